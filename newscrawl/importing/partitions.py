"""Partitions: each imported file as an archive of its own, as Parquet tables, or both.

A partition depends on its file alone, so that any number of machines can make partitions in
any order. One that exists is not made again.
"""

from __future__ import annotations

import json
import re
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, process_time

import attrs

from newscrawl.archive import Archive
from newscrawl.archive.export.tables import Selection
from newscrawl.errors import NewscrawlError, not_writable
from newscrawl.importing.importer import Import, Options
from newscrawl.importing.input_files import (
    ENDINGS,
    fetch,
    is_there,
    name_in,
    put,
    read_text,
    remove,
    within,
)
from newscrawl.importing.page_engines import read_here, read_locally
from newscrawl.importing.tally import Tally
from newscrawl.system.whole_file import NO_ROOM, whole_file
from newscrawl.text.urls import without_passwords

TABLES = (
    *("article", "version", "live_blog_update", "address", "provenance"),
    *("observation", "link", "promotion", "run"),
)
"""The tables of a partition, by the archive's names: those that one import can fill."""
REPORTS = "report"
"""Folder of one file a partition that confirms that it is whole, with its source."""
DAMAGES = ".damages.json"
"""Ending of the file beside an archive that lists the unreadable parts of its source."""
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


@attrs.frozen(kw_only=True)
class Partition:
    """A file to read, and the folders for its content."""

    source: str
    """Its path or address."""
    archives: str | None = None
    """The folder that gets it as an archive."""
    parquet: str | None = None
    """The folder that gets it as Parquet: a folder for each table in it."""
    sites: frozenset[str] = frozenset()
    """The names of the sites whose pages are wanted; empty for all."""
    is_guarded: bool = False
    """True to read each page in a process of its own, after a page has ended the process."""

    @property
    def name(self) -> str:
        """Name of the partition: the name of the file and a digest of its path."""
        base = name_in(self.source)
        for ending in sorted(ENDINGS, key=len, reverse=True):
            base = base.removesuffix(ending)
        digest = sha256(self.source.encode("utf-8", "surrogateescape")).hexdigest()[:8]
        return f"{_UNSAFE.sub('_', base)[:100]}-{digest}"

    @property
    def shown_source(self) -> str:
        """Its path or address without a password, as reports and the archive name it."""
        return without_passwords(self.source)

    @property
    def is_done(self) -> bool:
        """True if the partition exists, and all of its file could be read.

        A damaged file is read again, as it may have been mended. Raises OSError if the
        folders cannot be examined.
        """
        if self.archives is not None and not (
            is_there(self.archives, f"{self.name}.db")
            and read_text(self.archives, f"{self.name}{DAMAGES}") is None
        ):
            return False
        if self.parquet is None:
            return True
        report = read_text(within(self.parquet, REPORTS), f"{self.name}.json")
        return report is not None and not _has_damage(report)

    def make(self) -> Tally:
        """Read the file and put its partition where it belongs; return the tally.

        A file of which something cannot be read has a partition of the rest. One that cannot be
        read at all has none. Raises only exceptions that end the process.
        """
        tally = Tally()
        try:
            with TemporaryDirectory(prefix="newscrawl-") as folder:
                tally = self._make_in(Path(folder))
        except (NewscrawlError, OSError) as error:
            reason, source = without_passwords(_reason_of(error)), self.shown_source
            tally.report(reason if source in reason else f"{source}: {reason}")
        return tally

    def _make_in(self, folder: Path) -> Tally:
        started, cpu = monotonic(), process_time()
        path = fetch(self.source, folder)
        if not path.is_file():
            raise OSError(f"{self.source}: there is no such file")
        with Archive(folder / "archive.db") as archive:
            options = Options(
                jobs=1,
                sites=self.sites,
                engine=read_locally if self.is_guarded else read_here,
                evidence_name=self.shown_source,
            )
            importing = Import(archive, options, lambda *_: None)
            importing.read([path])
        tally = importing.tally
        report = folder / "report.json"
        numbers = {
            "file": self.shown_source,
            "seconds": round(monotonic() - started, 3),
            "cpu_seconds": round(process_time() - cpu, 3),
            **tally.as_dict(),
        }
        report.write_text(json.dumps(numbers, ensure_ascii=False) + "\n", "utf-8")
        # The copy of a closed archive is marked as closed.
        with Archive.open_read_only(folder / "archive.db") as archive:
            if self.archives is not None:
                self._put_archive(archive, folder, self.archives, is_whole=not tally.damaged)
            if self.parquet is not None:
                self._put_tables(archive, folder, self.parquet)
                put(report, within(self.parquet, REPORTS), f"{self.name}.json")
        return tally

    def _put_archive(
        self, archive: Archive, folder: Path, archives: str, *, is_whole: bool
    ) -> None:
        """Put the archive, and beside it the list of damages, into *archives*."""
        if not is_whole:  # before the archive: else it might count as done
            put(folder / "report.json", archives, f"{self.name}{DAMAGES}")
        archive.backup(folder / "whole.db")
        put(folder / "whole.db", archives, f"{self.name}.db")
        if is_whole:
            remove(archives, f"{self.name}{DAMAGES}")

    def _put_tables(self, archive: Archive, folder: Path, parquet: str) -> None:
        for table in TABLES:
            file = folder / f"{table}.parquet"
            with whole_file(file) as out:
                archive.export(out, "parquet", Selection(table=table))
            put(file, within(parquet, table), f"{self.name}.parquet")


def _reason_of(error: NewscrawlError | OSError) -> str:
    """Return the message of an error, with the file that cannot be written."""
    if not isinstance(error, OSError) or error.filename is None:
        return str(error)
    if error.errno in NO_ROOM:
        return not_writable(Path(error.filename), error)
    return f"{error.filename}: {error.strerror}"


def _has_damage(report: str) -> bool:
    """Return whether a report lists damage, or cannot be read."""
    try:
        return bool(json.loads(report)["damaged"])
    except (ValueError, LookupError, TypeError):
        return True
