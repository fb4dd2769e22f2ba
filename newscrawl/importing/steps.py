"""Steps of an import in the order of the files: records to read, and records skipped."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import attrs

from newscrawl.archive import Archive
from newscrawl.archive.crawl_state.file_imports import FileImport, Imports
from newscrawl.errors import NewscrawlError, WarcError
from newscrawl.importing.readings import Policy, Task
from newscrawl.warc.file_parts import PartRead, Place, places
from newscrawl.warc.scan import Damaged, Span

READ = frozenset({"response", "conversion", "resource", "revisit"})
"""The types of records that may hold a page."""


@attrs.frozen
class FileBegins:
    """The beginning of a file, or of the rest of it."""

    path: Path
    state: FileImport


@attrs.frozen(kw_only=True)
class Passed:
    """A record that is no page, damage, or the end of a part of the file."""

    position: int = 0
    """All records before this byte were found."""
    skipped: str | None = None
    """The kind of the record."""
    damage: str | None = None
    """Description of damage."""
    copy: Path | None = None
    """The unpacked copy that the records up to here are read from, to be deleted now."""


@attrs.frozen
class Again:
    """A file that has begun, of which the places from some byte on are found again."""

    state: FileImport
    position: int


@attrs.frozen
class FileEnds:
    """The end of a file."""

    size: int


class Steps:
    """Steps of an import of files into *archive*, made when they are needed.

    Records of addresses that are not wanted are skipped. Files compressed as a whole are
    unpacked into *folder*. *evidence_name* is the name of the file in the archive, if it is
    another one.
    """

    def __init__(
        self,
        archive: Archive,
        run: int,
        is_wanted: Callable[[str], bool],
        folder: Path,
        *,
        evidence_name: str | None = None,
        policy: Policy | None = None,
    ) -> None:
        self._policy = policy or Policy()
        self._evidence_name = evidence_name
        self._beside, self._imports, self._run = archive.path.parent, Imports(archive), run
        self._is_wanted, self._folder = is_wanted, folder

    def of(self, files: Sequence[Path], again: Again | None = None) -> Iterator[Any]:
        """Yield FileBegins, then Task or Passed for each record, then FileEnds, for each file.

        A file that cannot be read is one Passed with its damage. *again* is of the first file.
        """
        for path in files:
            try:
                yield from self._of_file(path, again)
            except (WarcError, OSError) as error:
                reason = error if isinstance(error, NewscrawlError) else error.strerror
                yield Passed(damage=f"{path}: {reason}")
            again = None

    def _of_file(self, path: Path, again: Again | None) -> Iterator[Any]:
        size = path.stat().st_size
        if again is None:
            state = self._imports.begin(path.resolve(), self._run)
            yield FileBegins(path, state)
            start, is_read = state.position, self._is_task
        else:
            state, start, is_read = again.state, again.position, None
        if not state.is_complete:
            try:
                name = self._name_of(path)
                for found in places(path.resolve(), self._folder, start, is_read=is_read):
                    yield self._of(path, name, found)
            except WarcError as error:
                yield Passed(damage=str(error))
        yield FileEnds(size)

    def _is_task(self, span: Span) -> bool:
        return span.kind in READ and self._is_wanted(span.url)

    def _of(self, path: Path, name: str, found: Place | Damaged | PartRead) -> Task | Passed:
        if isinstance(found, PartRead):
            return Passed(position=found.position, copy=found.copy)
        if isinstance(found, Damaged):
            reason = f"{path} is damaged at byte {found.offset}: {found.reason}"
            return Passed(damage=reason)
        span = found.span
        if self._is_task(span):
            return Task(
                file=found.file,
                offset=span.offset,
                length=span.length,
                evidence_file=None if found.is_copy else name,
                source=path,
                policy=self._policy,
                is_stored=True,
                is_guessed=span.is_guessed,
            )
        reason = "another site" if span.kind in READ else span.kind
        position = 0 if found.is_copy else span.offset + span.length
        return Passed(position=position, skipped=reason)

    def _name_of(self, path: Path) -> str:
        """Return the name of a file in the archive: relative if it lies beside or below it."""
        if self._evidence_name is not None:
            return self._evidence_name
        folder, file = self._beside.resolve(), path.resolve()
        return str(file.relative_to(folder) if file.is_relative_to(folder) else file)
