"""The steps of an import, in the order of the files: records to be read, and what is passed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import attrs

from newscrawl.archive import Archive
from newscrawl.archive.crawl_state.file_imports import FileImport, Imports
from newscrawl.errors import NewscrawlError, WarcError
from newscrawl.importing.readings import Task
from newscrawl.importing.sources import Stretch, stretches
from newscrawl.warc.scanning import Damaged, Span, spans

READ = frozenset({"response", "conversion", "resource", "revisit"})
"""The types of records that may hold a page."""


@attrs.frozen
class FileBegins:
    """A file is begun, or gone on with."""

    path: Path
    state: FileImport


@attrs.frozen(kw_only=True)
class Passed:
    """Up to *position* in the file all is looked at; what ends there is no page."""

    position: int = 0
    skipped: str | None = None
    """What the record is instead."""
    damage: str | None = None
    """What cannot be read there."""


@attrs.frozen
class FileEnds:
    """A file was looked at to its end."""

    size: int


class Steps:
    """Makes the steps of an import of files into *archive*, one after the other when asked.

    Records of addresses that are not wanted are passed. What is compressed as a whole is
    unpacked into *folder*. *evidence_name* is how the archive is to name the file, whatever it
    is called here.
    """

    def __init__(
        self,
        archive: Archive,
        run: int,
        is_wanted: Callable[[str], bool],
        folder: Path,
        *,
        evidence_name: str | None = None,
    ) -> None:
        self._evidence_name = evidence_name
        self._beside, self._imports, self._run = archive.path.parent, Imports(archive), run
        self._is_wanted, self._folder = is_wanted, folder

    def of(self, files: Sequence[Path]) -> Iterator[Any]:
        """Yield FileBegins, then Task or Passed for each record, then FileEnds, for each file.

        A file that cannot be read is one Passed with its damage.
        """
        for path in files:
            try:
                yield from self._of_file(path)
            except (WarcError, OSError) as error:
                reason = error if isinstance(error, NewscrawlError) else error.strerror
                yield Passed(damage=f"{path}: {reason}")

    def _of_file(self, path: Path) -> Iterator[Any]:
        size = path.stat().st_size
        state = self._imports.begin(path.resolve(), self._run)
        yield FileBegins(path, state)
        if not state.is_complete:
            for stretch in stretches(path.resolve(), self._folder):
                if isinstance(stretch, Damaged):
                    yield _damage(path, stretch)
                elif stretch.after > state.position:
                    yield from self._of_stretch(path, stretch, state.position)
        yield FileEnds(size)

    def _of_stretch(self, path: Path, stretch: Stretch, position: int) -> Iterator[Any]:
        begin = stretch.begin if stretch.is_copy else max(stretch.begin, position)
        evidence_file = None if stretch.is_copy else self._name_of(path)
        with stretch.file.open("rb") as file:
            for span in spans(file, begin, stretch.end):
                if isinstance(span, Damaged):
                    yield _damage(path, span)
                elif span.kind in READ and self._is_wanted(span.url):
                    yield Task(
                        file=stretch.file,
                        offset=span.offset,
                        length=span.length,
                        evidence_file=evidence_file,
                    )
                else:
                    yield self._passed(span, is_copy=stretch.is_copy)
        yield Passed(position=stretch.after)

    def _passed(self, span: Span, *, is_copy: bool) -> Passed:
        reason = "another site" if span.kind in READ else span.kind
        return Passed(position=0 if is_copy else span.offset + span.length, skipped=reason)

    def _name_of(self, path: Path) -> str:
        """Return how the archive names a file: relative where it lies beside or below it."""
        if self._evidence_name is not None:
            return self._evidence_name
        folder, file = self._beside.resolve(), path.resolve()
        return str(file.relative_to(folder) if file.is_relative_to(folder) else file)


def _damage(path: Path, damaged: Damaged) -> Passed:
    return Passed(damage=f"{path} is damaged at byte {damaged.offset}: {damaged.reason}")
