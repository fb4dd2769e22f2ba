"""The `Archive`: articles, versions, evidence and search of one SQLite file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from sqlite_utils import Database

from newscrawl.archive.read import articles
from newscrawl.archive.session import Session
from newscrawl.errors import NotInArchive
from newscrawl.system.deferred import deferred

if TYPE_CHECKING:
    from newscrawl import outcomes
    from newscrawl.archive.changes import layout_judgement
    from newscrawl.archive.changes.difference import FieldChange
    from newscrawl.archive.copies import outlets, pairs
    from newscrawl.archive.copies.outlets import ClusterSummary, Copy, CopyCluster
    from newscrawl.archive.crawl_state import runs
    from newscrawl.archive.export import columns, frames, tables
    from newscrawl.archive.export.columns import Column
    from newscrawl.archive.export.frames import Filters, Library
    from newscrawl.archive.export.tables import Exported, Format, Selection
    from newscrawl.archive.links import front_pages
    from newscrawl.archive.links.front_pages import FrontPage
    from newscrawl.archive.maintenance import archive_file, check, merge, withdraw
    from newscrawl.archive.maintenance.archive_file import Growth
    from newscrawl.archive.maintenance.withdraw import Withdrawal
    from newscrawl.archive.read import absences, captures, edits, statements, stats, versions
    from newscrawl.archive.read.absences import Absence, Move
    from newscrawl.archive.read.articles import Seen
    from newscrawl.archive.read.captures import Capture, EvidenceIndex
    from newscrawl.archive.read.edits import Edit, EditCause
    from newscrawl.archive.read.statements import SiteStatement
    from newscrawl.archive.read.stats import Stats
    from newscrawl.archive.read.versions import Difference, Version
    from newscrawl.archive.search import hits
    from newscrawl.archive.search.hits import CountBy, Hit, Sort
    from newscrawl.archive.search.semantic import models, ranking, vectors
    from newscrawl.archive.search.semantic.ranking import By
    from newscrawl.archive.search.semantic.vectors import VectorState
    from newscrawl.archive.write import moves, reextraction, stored_requisites, visits
    from newscrawl.archive.write.article_versions import Saved
    from newscrawl.archive.write.reextraction import Reextraction
    from newscrawl.archive.write.stored_requisites import Requisites
    from newscrawl.article import Article, LinkList
    from newscrawl.outcomes import Observation
    from newscrawl.text import urls
else:  # by the methods that use them
    _ARCHIVE = "newscrawl.archive"
    layout_judgement, outlets, pairs, runs = deferred(
        _ARCHIVE,
        "changes.layout_judgement",
        "copies.outlets",
        "copies.pairs",
        "crawl_state.runs",
    )
    columns, frames, tables = deferred(f"{_ARCHIVE}.export", "columns", "frames", "tables")
    (front_pages,) = deferred(f"{_ARCHIVE}.links", "front_pages")
    archive_file, check, merge, withdraw = deferred(
        f"{_ARCHIVE}.maintenance", "archive_file", "check", "merge", "withdraw"
    )
    absences, captures, edits, statements, stats, versions = deferred(
        f"{_ARCHIVE}.read", "absences", "captures", "edits", "statements", "stats", "versions"
    )
    (hits,) = deferred(f"{_ARCHIVE}.search", "hits")
    models, ranking, vectors = deferred(
        f"{_ARCHIVE}.search.semantic", "models", "ranking", "vectors"
    )
    moves, reextraction, stored_requisites, visits = deferred(
        f"{_ARCHIVE}.write", "moves", "reextraction", "stored_requisites", "visits"
    )
    (outcomes,) = deferred("newscrawl", "outcomes")
    (urls,) = deferred("newscrawl.text", "urls")


class Archive:
    """An archive of news pages, open for writing; a context manager.

    The file is created if it does not exist, and upgraded if its schema is older. Any number of
    programs may write one archive at the same time. `db` is its sqlite-utils Database, for SQL
    of your own. Raises ArchiveError if the file is no archive, is newer than this program, or
    cannot be written.
    """

    def __init__(self, path: Path | str) -> None:
        self._attach(Session(Path(path)))

    @classmethod
    def open_read_only(cls, path: Path | str) -> Archive:
        """Open an archive that must exist, so that nothing in it can be changed."""
        archive = cls.__new__(cls)
        archive._attach(Session(Path(path), is_read_only=True))
        return archive

    def _attach(self, session: Session) -> None:
        self._session = session
        self.path = session.path
        self.db: Database = session.db

    @cached_property
    def evidence(self) -> EvidenceIndex:
        """The stored responses."""
        return captures.EvidenceIndex(self._session)

    @cached_property
    def reextraction(self) -> Reextraction:
        """The articles to read again from their stored pages."""
        return reextraction.Reextraction(self._session)

    @cached_property
    def requisites(self) -> Requisites:
        """The stored stylesheets, images and fonts of pages."""
        return stored_requisites.Requisites(self._session)

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file. Everything saved is on disk already."""
        self._session.close()

    def checkpoint_in_thread(self) -> None:
        """Have no commit wait until the file is brought up to date, for a long run of writes.

        What is committed is on disk all the same, in the write-ahead log.
        """
        self._session.checkpoint_in_thread()

    def transaction(self) -> AbstractContextManager[Database]:
        """Hold one transaction over several calls: all of them are stored, or none.

        Yields the sqlite-utils Database. Raises ArchiveError if the disk or another program
        does not allow it.
        """
        return self._session.transaction()

    # Articles

    def articles(
        self,
        *,
        site: str | None = None,
        since: dt.datetime | dt.date | None = None,
        until: dt.datetime | dt.date | None = None,
        query: str | None = None,
    ) -> Iterator[Article]:
        """Yield articles as they were last seen, in the order of their ids.

        *since* and *until* bound the time at which an article was first seen; *query* is a
        search. Withdrawn articles are left out.
        """
        selection = tables.Selection(site=site, since=since, until=until, query=query)
        with self._session.clear_errors():
            for article_id in tables.ids_of(self.db, selection):
                article = articles.read_article(self.db, article_id)
                if article is not None:  # not withdrawn since
                    yield article

    def get(
        self, url_or_id: str | int, *, version: int | None = None, at: dt.datetime | None = None
    ) -> Article:
        """Return an article as it was last seen, by its id or any of its addresses.

        With *version* by the number of a version, with *at* as it was at that time. Raises
        NotInArchive if there is none, or it was withdrawn, and ArchiveError if the article has
        no such version, or was first seen later.
        """
        with self._session.clear_errors():
            if version is not None or at is not None:
                found = versions.read_version_at(self.db, url_or_id, version, at)
                article = articles.read_version(self.db, found.id)
            else:
                article = articles.read_article(self.db, url_or_id)
        if article is None:
            raise NotInArchive(f"{self.path} has no article {url_or_id}")
        return article

    def id_of(self, url_or_id: str | int) -> int | None:
        """Return the id of the article with this address; None if there is none."""
        with self._session.clear_errors():
            return articles.article_id_for(self.db, url_or_id)

    def add(
        self,
        article: Article,
        *,
        fetched_at: dt.datetime | None = None,
        site: str | None = None,
        key: str | None = None,
    ) -> Saved:
        """Save an article that was read from a page fetched at *fetched_at* (default: now).

        *site* is the name of its site (default: from its host), *key* its identity there
        (default: from its address).
        """
        visit = outcomes.Observation(
            url=article.url,
            outcome=outcomes.Outcome.STORED,
            fetched_at=fetched_at or dt.datetime.now(dt.UTC),
        )
        return self.save(
            article,
            visit,
            site=site or urls.site_name(article.url),
            key=key or urls.url_key(article.url),
            run=None,
        )

    def save(
        self,
        article: Article,
        observation: Observation,
        *,
        site: str,
        key: str,
        run: int | None,
    ) -> Saved:
        """Save *article* and the visit of its page, in one transaction.

        *key* is the identity of the story on its *site*; the addresses it was read at become
        addresses of that one article. Saving it again unchanged only adds the visit. The
        outcome of the observation is replaced by that of saving.
        """
        with self.transaction() as db:
            visit = visits.visit_from(db, observation, site, run)
            return visits.save_article(db, article, visit, key)

    def record_visit(
        self,
        observation: Observation,
        *,
        site: str,
        run: int | None,
        link_lists: tuple[LinkList, ...] = (),
        is_as_before: bool = False,
    ) -> None:
        """Record a request without an article.

        `unchanged` (the server answered 304) means that the article at this address was seen
        again. *link_lists* are the lists of a home or section page; one that *is_as_before*
        shows the lists of the last visit.
        """
        with self.transaction() as db:
            visit = visits.visit_from(db, observation, site, run)
            visits.record_visit(db, visit, link_lists, is_as_before=is_as_before)

    def forget_error(self, observation: Observation) -> None:
        """Delete the `error` of the visit *observation*, whose page has been read again."""
        with self.transaction() as db:
            visits.delete_error(db, observation)

    def record_revisit(
        self,
        observation: Observation,
        same_as: visits.Reference | None,
        *,
        site: str,
        run: int | None,
    ) -> str | None:
        """Record a response equal to an earlier one, of the address and time *same_as*.

        Without *same_as* it is the last one of the same address. Returns the outcome; None if
        that response is not in the archive, and nothing was recorded.
        """
        with self.transaction() as db:
            return visits.save_revisit(db, observation, same_as, site=site, run=run)

    def move(self, article_id: int, url: str) -> None:
        """Have *url*, one of its addresses, be the one that an article is stored under."""
        with self.transaction() as db:
            moves.move_article(db, article_id, url)

    def join(self, moved: int, into: int) -> None:
        """Give article *into* all of article *moved*, which its site has moved there.

        No version is lost, and the old id leads to *into*.
        """
        with self.transaction() as db:
            moves.join_articles(db, moved, into)

    def seen(self, url: str) -> Seen | None:
        """Return the results of the last visits of exactly this address; None without any."""
        with self._session.clear_errors():
            return articles.last_visit(self.db, url)

    def versions(self, url_or_id: str | int) -> tuple[Version, ...]:
        """Return the versions of an article, oldest first. Raises NotInArchive."""
        with self._session.clear_errors():
            return versions.read_versions(self.db, url_or_id)

    def diff(
        self, url_or_id: str | int, old: int | None = None, new: int | None = None
    ) -> Difference:
        """Return the differences of two versions by number, by default of the last two.

        Raises NotInArchive, and ArchiveError if a version is unknown or there is only one.
        """
        with self._session.clear_errors():
            return versions.read_difference(self.db, url_or_id, old, new)

    def absences(
        self,
        *,
        url_or_id: str | int | None = None,
        site: str | None = None,
        since: dt.datetime | None = None,
        is_open: bool = False,
    ) -> tuple[Absence, ...]:
        """Return when articles were gone, the last first; with *is_open* only those gone now.

        Of one article, of one site, or found since a time. Raises NotInArchive.
        """
        with self._session.clear_errors():
            number = None if url_or_id is None else self._known_id(url_or_id)
            return absences.read_absences(
                self.db, article_id=number, site=site, since=since, is_open=is_open
            )

    def moves(
        self,
        *,
        url_or_id: str | int | None = None,
        site: str | None = None,
        since: dt.datetime | None = None,
    ) -> tuple[Move, ...]:
        """Return the moves of articles to other addresses, as `absences` selects them."""
        with self._session.clear_errors():
            number = None if url_or_id is None else self._known_id(url_or_id)
            return absences.read_moves(self.db, article_id=number, site=site, since=since)

    def _known_id(self, url_or_id: str | int) -> int:
        number = articles.article_id_for(self.db, url_or_id)
        if number is None:
            raise NotInArchive(f"{self.path} has no article {url_or_id}")
        return number

    def statements(self, site: str | None = None) -> tuple[SiteStatement, ...]:
        """Return what one site, or each, states about the use of its pages by machines.

        Word for word, with the times of the first and last visit that saw it.
        """
        with self._session.clear_errors():
            return statements.read_statements(self.db, site)

    def edits(
        self,
        *,
        site: str | None = None,
        since: dt.datetime | None = None,
        cause: EditCause | None = "publisher",
    ) -> Iterator[Edit]:
        """Yield the edits of articles, the last first, by default those of publishers alone.

        Of one site, or first seen since a time; *cause* None means every cause.
        """
        with self._session.clear_errors():
            yield from edits.read_edits(self.db, site=site, since=since, cause=cause)

    def edit_changes(self, edit: Edit) -> tuple[FieldChange, ...]:
        """Return the changes of an edit, word by word."""
        with self._session.clear_errors():
            return versions.read_changes(self.db, edit.version_id, edit.fields)

    def reclassify(self, site: str | None = None) -> int:
        """Judge again who changed each version, the publisher or the site's layout.

        Of one site or all. Returns the number of versions with another cause than before.
        """
        with self.transaction() as db:
            return layout_judgement.reclassify(db, site)

    def front_page(self, url: str, at: dt.datetime | None = None) -> FrontPage:
        """Return a home or section page as readers saw it at the time *at*, by default now.

        Raises NotInArchive if no visit up to then found stories on it.
        """
        with self._session.clear_errors():
            return front_pages.read_front_page(self.db, url, at)

    def captures(self, url_or_id: str | int) -> tuple[Capture, ...]:
        """Return the stored responses of an article or another page, newest first."""
        return self.evidence.of_page(url_or_id)

    def stats(self, *, run: int | None = None, site: str | None = None) -> Stats:
        """Return counts of the whole archive, or of one run or site."""
        with self._session.clear_errors():
            return stats.read_stats(self.db, run=run, site=site)

    def site_names(self) -> list[str]:
        """Return the names of the sites in the archive, sorted."""
        with self._session.clear_errors():
            return stats.site_names(self.db)

    # Copies

    def copies(self, url_or_id: str | int) -> CopyCluster | None:
        """Return the outlets that had an article's text, as of the last `update_copies`.

        None if no other site had it. Raises NotInArchive.
        """
        with self._session.clear_errors():
            return outlets.read_copies(self.db, url_or_id)

    def copy_clusters(
        self,
        *,
        limit: int = 20,
        since: dt.datetime | dt.date | None = None,
        agency: str | None = None,
    ) -> tuple[ClusterSummary, ...]:
        """Return the agency texts that most sites had, as of the last `update_copies`."""
        with self._session.clear_errors():
            return outlets.list_clusters(self.db, limit=limit, since=since, agency=agency)

    def copy_changes(self, first: Copy, other: Copy) -> tuple[FieldChange, ...]:
        """Return the changes that one outlet made to a text, word by word."""
        with self._session.clear_errors():
            return outlets.read_copy_changes(self.db, first, other)

    def has_compared_all(self) -> bool:
        """Return whether no text has come since the last `update_copies`; under 1 ms."""
        with self._session.clear_errors():
            return pairs.has_compared_all(self.db)

    def update_copies(self, on_progress: Callable[[str, int], object] = lambda *_: None) -> int:
        """Compare the texts that are new since the last time; return their number.

        Done in batches, so that crawls go on writing; *on_progress* is called with the step and
        the number done.
        """
        return pairs.update_copies(self.transaction, on_progress)

    # Search

    def search(
        self,
        query: str,
        *,
        limit: int = 20,
        sort: Sort = "rank",
        offset: int = 0,
        one_per_text: bool = False,
    ) -> list[Hit]:
        """Return the articles that a typed query finds; docs/arabic.md has its language.

        *sort* is rank, date or fresh; *offset* leaves out the first ones. *one_per_text* shows
        the best outlet of each agency text, as of the last `update_copies`.
        """
        with self._session.clear_errors():
            return hits.search(
                self.db,
                query,
                limit=limit,
                sort=sort,
                offset=offset,
                one_per_text=one_per_text,
            )

    def search_by_meaning(
        self,
        query: str,
        model: str | Callable[..., Any],
        *,
        by: By = "meaning",
        limit: int = 20,
        offset: int = 0,
    ) -> list[Hit]:
        """Return the articles nearest in meaning to a typed query, among those with a vector.

        *model* is that of `embed`; *by* "both" joins this order with that of `search`. Needs
        the extra `semantic`. Raises UsageError if the query has no words, and NewscrawlError if
        the archive has no vectors, or those of another model.
        """
        with self._session.clear_errors():
            return ranking.search_by_meaning(
                self.db, query, models.model_from(model), by=by, limit=limit, offset=offset
            )

    def embed(
        self,
        model: str | Callable[..., Any],
        *,
        is_again: bool = False,
        on_progress: Callable[[int, int], None] | None = None,
    ) -> int:
        """Store a vector of each article that has none; return their number.

        *model* is a command line, `module:function` or a function (docs/semantic-search.md).
        With *is_again* all vectors are made again, as for another model. Stopped, the next
        call resumes. *on_progress* gets the numbers of articles done and to do. Raises
        NewscrawlError if the archive has vectors of another model, or the model fails.
        """
        chosen = models.model_from(model)
        with self._session.clear_errors():
            vectors.register_distance(self.db.conn)
        probe = chosen.vectors_of([("document", vectors.PROBE)])[0]
        with self.transaction() as db:
            vectors.prepare_vectors(db, chosen, probe, is_again=is_again)
        with self._session.clear_errors():
            pending = vectors.pending_versions(self.db)
        for start in range(0, len(pending), vectors.BATCH):
            versions = pending[start : start + vectors.BATCH]
            with self._session.clear_errors():
                texts = vectors.texts_of(self.db, versions)
            made = chosen.vectors_of([("document", text) for text in texts])
            with self.transaction() as db:
                vectors.refuse_other_model(db, chosen, probe)
                vectors.store_vectors(db, versions, made)
            if on_progress is not None:
                on_progress(start + len(versions), len(pending))
        return len(pending)

    def vectors(self) -> VectorState | None:
        """Return the model and the numbers of vectors; None if there are none."""
        with self._session.clear_errors():
            return vectors.vector_state(self.db)

    def ids_of_hits(self, query: str) -> list[int]:
        """Return the ids of all the articles that a query finds, in order."""
        with self._session.clear_errors():
            return hits.ids_of_hits(self.db, query)

    def number_of_hits(self, query: str) -> int:
        """Return the number of articles that a query finds."""
        with self._session.clear_errors():
            return hits.number_of_hits(self.db, query)

    def query_problems(self, query: str, *, is_found: bool = True) -> tuple[str, ...]:
        """Return the mistakes of a typed query, a sentence each.

        With *is_found* False, for a query without results, also possible changes to it.
        """
        with self._session.clear_errors():
            return hits.problems_of(self.db, query, is_found=is_found)

    def also_found(self, query: str) -> tuple[str, ...]:
        """Return the names that a query finds beside those typed, in any spelling and script.

        `names:-NAME` in the query leaves one of them out, `names:off` all.
        """
        with self._session.clear_errors():
            return hits.also_found(self.db, query)

    def count_hits(self, query: str, by: CountBy) -> dict[str, int]:
        """Count the articles that a query finds, by one of the facets of `CountBy`."""
        with self._session.clear_errors():
            return hits.count_hits(self.db, query, by)

    def reindex(self) -> int:
        """Rebuild the search index; return the number of articles in it."""
        with self.transaction() as db:
            return hits.reindex(db)

    def check_index(self) -> list[str]:
        """Return the problems of the search index, a line each."""
        with self._session.clear_errors():
            return hits.check_index(self.db)

    # Export

    def export(
        self,
        out: Any,
        format_: Format,
        selection: Selection | None = None,
        *,
        for_excel: bool = False,
    ) -> Exported:
        """Write articles, or another table, to *out* as csv, jsonl, jsonld or parquet.

        CSV is exact unless it is *for_excel*; open a file for it with newline="", and one for
        Parquet in binary. Raises UsageError if the selection does not fit the table.
        """
        with self._session.clear_errors():
            return tables.write(
                self.db, out, format_, selection or tables.Selection(), for_excel=for_excel
            )

    def columns(self, table: str) -> tuple[Column, ...]:
        """Return the columns that an export of *table* has, with their descriptions."""
        with self._session.clear_errors():
            return columns.columns_of(self.db, table)

    def rows(self, selection: Selection) -> Iterator[dict[str, Any]]:
        """Yield the rows of a table as an export has them."""
        with self._session.clear_errors():
            yield from tables.rows_of(self.db, selection)

    def frame(
        self,
        table: str = "article",
        *,
        library: Library = "pandas",
        limit: int | None = None,
        **filters: Unpack[Filters],
    ) -> Any:
        """Return the rows of a view, one of `columns.TABLES`, as a data frame.

        `archive.frame("version", agency="afp", after="2026-01-01")`: *filters* select articles,
        as `Filters` says. Times are in UTC; a date without an hour is null, and stands in the
        column `…_day` beside it. Raises UsageError if a table or filter is unknown, and
        NewscrawlError if *library* is not installed.
        """
        with self._session.clear_errors():
            return frames.read_frame(self.db, table, library, limit, filters)

    # Maintenance

    def check(self, *, looks_at_evidence: bool = True) -> tuple[str, ...]:
        """Return one line for each problem of the archive; empty if it is sound.

        Of evidence only the places of records are checked; `newscrawl.evidence` reads them all.
        """
        with self._session.clear_errors():
            folder = self.path.parent if looks_at_evidence else None
            return tuple(check.problems(self.db, folder))

    def backup(self, target: Path | str) -> None:
        """Copy the archive to a new file, while others may go on writing it."""
        with self._session.clear_errors():
            archive_file.copy_to(self.db, Path(target))

    def vacuum(self) -> int:
        """Return unused space to the disk; return the number of bytes."""
        with self._session.clear_errors():
            return archive_file.shrink(self.db)

    def growth(self, now: dt.datetime, days: int = 30) -> Growth:
        """Return the share of the archive that was written in the last *days*."""
        with self._session.clear_errors():
            return archive_file.read_growth(self.db, now, days)

    def counts(self) -> dict[str, int]:
        """Return the numbers of articles, versions, observations and captures."""
        with self._session.clear_errors():
            return stats.read_counts(self.db)

    def merge(self, other: Path | str) -> None:
        """Add everything of another archive to this one; doing it twice changes nothing.

        Articles that either of them has withdrawn stay withdrawn. Raises ArchiveError if
        *other* is no archive.
        """
        with Archive.open_read_only(other) as source, self._session.clear_errors():
            merge.merge(self._session, source.db, source.path.parent)

    def withdraw(self, url_or_id: str | int, *, reason: str) -> Withdrawal:
        """Delete every text of an article, and refuse to save it again.

        The freed pages are overwritten. Raises NotInArchive.
        """
        with self.transaction() as db:
            withdrawal = withdraw.withdraw_article(db, url_or_id, reason)
        with self._session.clear_errors():
            # Texts written before stay in the log until it is emptied.
            self.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return withdrawal

    # Runs

    def start_run(self, spider: str, site: str | None, settings: Mapping[str, Any]) -> int:
        """Record that a crawl or import begins; return the run's id."""
        with self.transaction() as db:
            run = runs.start_run(db, spider, site, settings)
            self._session.own_run(run)
            return run

    def finish_run(
        self, run: int, reason: str, exit_status: int, counts: Mapping[str, Any]
    ) -> None:
        """Record the end of a run."""
        with self.transaction() as db:
            runs.finish_run(db, run, reason, exit_status, counts)

    def runs(self, limit: int = 20) -> list[dict[str, Any]]:
        """Return the rows of the last runs, newest first."""
        with self._session.clear_errors():
            return runs.read_runs(self.db, limit)

    def run(self, number: int) -> dict[str, Any] | None:
        """Return the row of one run with its settings and counts; None if there is none."""
        with self._session.clear_errors():
            return runs.read_run(self.db, number)
