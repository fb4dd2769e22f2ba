"""The Archive: one door to one SQLite file. What it does is in the modules beside this one."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import Any, Unpack

from sqlite_utils import Database

from newscrawl.archive.copies.outlets import (
    ClusterSummary,
    Copy,
    CopyCluster,
    list_clusters,
    read_copies,
    read_copy_changes,
)
from newscrawl.archive.copies.pairing import has_compared_all, update_copies
from newscrawl.archive.export import tables as exporting
from newscrawl.archive.export.frames import Filters, Library, read_frame
from newscrawl.archive.export.tables import Exported, Format, Selection
from newscrawl.archive.maintenance import merge as merging
from newscrawl.archive.maintenance import upkeep as keeping
from newscrawl.archive.maintenance.withdraw import Withdrawal, withdraw_article
from newscrawl.archive.read import articles as reading
from newscrawl.archive.read import stats
from newscrawl.archive.read.captures import Capture, read_captures
from newscrawl.archive.read.difference import FieldChange
from newscrawl.archive.read.versions import Difference, Version, read_difference, read_versions
from newscrawl.archive.schema.opening import open_database, open_database_read_only
from newscrawl.archive.schema.writer_locks import Opening
from newscrawl.archive.search import search as search_module
from newscrawl.archive.write import observations as observing
from newscrawl.archive.write import runs
from newscrawl.archive.write.articles import Saved
from newscrawl.article import Article, LinkList
from newscrawl.errors import ArchiveError
from newscrawl.outcomes import Observation


class Archive:
    """An archive of news pages, open for writing; a context manager.

    The file is made where it does not exist yet, and its schema upgraded where it is older. Any
    number of programs may write one archive at the same time. Raises ArchiveError where the
    file is not an archive, is newer than this program, or cannot be written.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self.db: Database = open_database(self.path)
        self._opening: Opening | None = Opening(self.path)
        self._lock = RLock()

    @classmethod
    def open_read_only(cls, path: Path | str) -> Archive:
        """Open an archive that must exist, so that nothing in it can be changed."""
        archive = cls.__new__(cls)
        archive.path = Path(path)
        archive.db = open_database_read_only(archive.path)
        archive._opening = None
        archive._lock = RLock()
        return archive

    def __enter__(self) -> Archive:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file. What was saved is on disk already."""
        if self._opening is not None:
            self._opening.end(self.db)
        self.db.close()

    @contextmanager
    def transaction(self) -> Iterator[Database]:
        """Hold one transaction over several calls: all of them are kept, or none.

        Yields the sqlite-utils Database. Raises ArchiveError where the disk or another program
        does not allow it.
        """
        with self._lock, self._clear_errors():
            if self.db.conn.in_transaction:
                with self.db.atomic():
                    yield self.db
                return
            self.db.execute("BEGIN IMMEDIATE")
            try:
                if self._opening is not None:
                    self._opening.note(self.db)
                yield self.db
                self.db.execute("COMMIT")
                if self._opening is not None:
                    self._opening.was_kept()
            except BaseException:
                self.db.rollback()
                raise

    def save(
        self,
        article: Article,
        observation: Observation,
        *,
        site: str,
        key: str,
        run: int | None,
    ) -> Saved:
        """Keep *article* and the observation it was read from, in one transaction.

        *key* is the identity of the story on its *site*; the addresses it was read at become
        addresses of that one article. An article that is kept already changes nothing but its
        last-seen time. The observation's outcome becomes what saving came to.
        """
        with self.transaction() as db:
            visit = observing.visit_from(db, observation, site, run)
            return observing.save_article(db, article, visit, key)

    def record(
        self,
        observation: Observation,
        *,
        site: str,
        run: int | None,
        link_lists: tuple[LinkList, ...] = (),
        is_as_before: bool = False,
    ) -> None:
        """Keep what became of a request without an article.

        `unchanged` (the server answered 304) means that the article at this address was seen
        again. *link_lists* are the lists of a home or section page; one that *is_as_before*
        shows what it showed at the last look.
        """
        with self.transaction() as db:
            visit = observing.visit_from(db, observation, site, run)
            observing.record_visit(db, visit, link_lists, is_as_before=is_as_before)

    def start_run(self, spider: str, site: str | None, settings: Mapping[str, Any]) -> int:
        """Note that a crawl or import begins; return the run's id."""
        with self.transaction() as db:
            run = runs.start_run(db, spider, site, settings)
            if self._opening is not None:
                self._opening.belongs_to(db, run)
            return run

    def finish_run(
        self, run: int, reason: str, exit_status: int, counts: Mapping[str, Any]
    ) -> None:
        """Note how a run ended."""
        with self.transaction() as db:
            runs.finish_run(db, run, reason, exit_status, counts)

    def get(self, url_or_id: str | int) -> Article | None:
        """Return an article as it was last seen, by its id or any of its addresses."""
        with self._clear_errors():
            return reading.read_article(self.db, url_or_id)

    def versions(self, url_or_id: str | int) -> tuple[Version, ...]:
        """Return the versions of an article, oldest first. Raises ArchiveError without one."""
        with self._clear_errors():
            return read_versions(self.db, url_or_id)

    def diff(
        self, url_or_id: str | int, old: int | None = None, new: int | None = None
    ) -> Difference:
        """Return what differs between two versions by number, by default between the last two.

        Raises ArchiveError where the article or a version is unknown, or there is only one.
        """
        with self._clear_errors():
            return read_difference(self.db, url_or_id, old, new)

    def copies(self, url_or_id: str | int) -> CopyCluster | None:
        """Return the outlets that had an article's text, as of the last `update_copies`.

        None where no other site had it. Raises ArchiveError where there is no such article.
        """
        with self._clear_errors():
            return read_copies(self.db, url_or_id)

    def copy_clusters(
        self, *, limit: int = 20, since: str | None = None, agency: str | None = None
    ) -> tuple[ClusterSummary, ...]:
        """Return the agency texts that most sites had, as of the last `update_copies`."""
        with self._clear_errors():
            return list_clusters(self.db, limit=limit, since=since, agency=agency)

    def copy_changes(self, first: Copy, other: Copy) -> tuple[FieldChange, ...]:
        """Return what one outlet made of a text, word by word."""
        with self._clear_errors():
            return read_copy_changes(self.db, first, other)

    def has_compared_all(self) -> bool:
        """Whether no text has come since the last `update_copies`; takes less than 1 ms."""
        with self._clear_errors():
            return has_compared_all(self.db)

    def update_copies(self, told: Callable[[str, int], object] = lambda *_: None) -> int:
        """Compare the texts that are new since the last time; return their number.

        Some at a time, so that crawls go on writing; *told* is called with the step and how
        many are done.
        """
        return update_copies(self.transaction, told)

    def seen(self, url: str) -> reading.Seen | None:
        """Return what the last visits of this very address came to; None without any."""
        with self._clear_errors():
            return reading.last_visit(self.db, url)

    def captures(self, url_or_id: str | int) -> tuple[Capture, ...]:
        """Return the answers kept as received of an article or another page, newest first."""
        with self._clear_errors():
            return read_captures(self.db, url_or_id)

    def stats(self, *, run: int | None = None, site: str | None = None) -> stats.Stats:
        """Return what the archive holds in numbers, of all or of one run or site."""
        with self._clear_errors():
            return stats.read_stats(self.db, run=run, site=site)

    def search(
        self, query: str, *, limit: int = 20, sort: search_module.Sort = "rank"
    ) -> list[search_module.Hit]:
        """Return the articles that a typed query finds; docs/arabic.md has its language."""
        with self._clear_errors():
            return search_module.search(self.db, query, limit=limit, sort=sort)

    def count_hits(self, query: str, by: search_module.CountBy) -> dict[str, int]:
        """Return how many articles a query finds, by site, agency, month or language."""
        with self._clear_errors():
            return search_module.count_hits(self.db, query, by)

    def reindex(self) -> int:
        """Make the search index anew; return the number of articles in it."""
        with self.transaction() as db:
            return search_module.reindex(db)

    def check_index(self) -> list[str]:
        """Return what is wrong with the search index, a line each."""
        with self._clear_errors():
            return search_module.check_index(self.db)

    def export(
        self,
        out: Any,
        form: Format,
        selection: Selection | None = None,
        *,
        for_excel: bool = False,
    ) -> Exported:
        """Write articles, or another table, to *out* as csv, jsonl, jsonld or parquet.

        CSV is exact unless it is *for_excel*; a file for it is opened with newline="", and one
        for Parquet in binary. Raises UsageError where the selection makes no sense.
        """
        chosen = selection or Selection()
        with self._clear_errors():
            if form == "csv":
                return exporting.write_csv(self.db, out, chosen, for_excel=for_excel)
            if form == "jsonl":
                return exporting.write_json_lines(self.db, out, chosen)
            if form == "parquet":
                return exporting.write_parquet(self.db, out, chosen)
            return exporting.write_json_ld(self.db, out, chosen)

    def frame(
        self,
        table: str = "article",
        *,
        library: Library = "pandas",
        limit: int | None = None,
        **filters: Unpack[Filters],
    ) -> Any:
        """Return the rows of a view, one of `dictionary.TABLES`, as a data frame.

        `archive.frame("version", agency="afp", after="2026-01-01")`: *filters* name articles,
        as `Filters` says. Times are in UTC; a date whose hour is not known is null there and
        stands in the column beside it, `…_day`. Raises UsageError for what there is not, and
        NewscrawlError where *library* is not installed.
        """
        with self._clear_errors():
            return read_frame(self.db, table, library, limit, filters)

    def check(self, *, looks_at_evidence: bool = True) -> tuple[str, ...]:
        """Return one line for each thing that is wrong with the archive; empty if sound.

        Of evidence it is looked at only whether some record is where each pointer leads;
        `newscrawl.evidence.evidence_problems` reads them all.
        """
        with self._clear_errors():
            folder = self.path.parent if looks_at_evidence else None
            return tuple(keeping.problems(self.db, folder))

    def backup(self, target: Path | str) -> None:
        """Copy the archive to a new file, while others may go on writing it."""
        with self._clear_errors():
            keeping.copy_to(self.db, Path(target))

    def vacuum(self) -> int:
        """Give unused space back to the disk; return how many bytes."""
        with self._clear_errors():
            return keeping.give_space_back(self.db)

    def merge(self, other: Path | str) -> None:
        """Bring everything of another archive into this one; doing it twice changes nothing.

        What either of them has withdrawn stays withdrawn. Raises ArchiveError where *other* is
        not an archive.
        """
        with Archive.open_read_only(other) as source, self._clear_errors():
            merge = merging.Merge(self.db, self.path.parent, source.db, source.path.parent)
            with self.transaction():
                merge.runs()
            for batch in merging.batches(source.db):
                with self.transaction():
                    merge.observations(batch)
            with self.transaction():
                merge.superseded()
                merge.amendments()
                merge.withdrawals()

    def withdraw(self, url_or_id: str | int, *, reason: str) -> Withdrawal:
        """Remove every text of an article for good and leave a tombstone that saving respects.

        The freed pages are overwritten. Raises ArchiveError where there is no such article.
        """
        with self.transaction() as db:
            withdrawal = withdraw_article(db, url_or_id, reason)
        with self._clear_errors():
            # What was written before is still in the log until it is emptied.
            self.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return withdrawal

    @contextmanager
    def _clear_errors(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, UnicodeDecodeError) as error:
            raise ArchiveError(f"the archive {self.path} refused: {error}") from error
