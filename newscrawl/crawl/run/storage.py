"""Storage of the pages of a crawl: rows, evidence and frontier. Nothing here needs Scrapy.

A command is a method of `Storage` with its arguments. Several are carried out in one
transaction, which waits for the disk once.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

import attrs

from newscrawl.archive import Archive
from newscrawl.archive.crawl_state.frontier import Frontier, FrontierChanges
from newscrawl.archive.crawl_state.misses import Misses
from newscrawl.archive.crawl_state.reservations import write_reservations
from newscrawl.archive.search.index import updates_at_end
from newscrawl.archive.session import FileIdentity, file_identity, moved
from newscrawl.article import Article, LinkList
from newscrawl.crawl.frontier.revisit_policy import may_pass, next_try
from newscrawl.crawl.run.evidence_writer import EvidenceCounts, EvidenceSettings, EvidenceWriter
from newscrawl.crawl.run.prepared import unpack, use
from newscrawl.ingest.site_identity import SiteIdentities
from newscrawl.outcomes import Observation, Outcome
from newscrawl.warc.new_records import VIEW


@attrs.frozen(kw_only=True)
class StorageSettings:
    """Settings of the process that stores the pages of a crawl."""

    path: Path
    """The archive."""
    file: FileIdentity | None = None
    """The file that the crawl has open there; None if it may be any."""
    run: int | None
    site: str
    """The name of the site; of the spider, where it crawls none."""
    is_of_site: bool
    """True if all pages are of that site."""
    plan: str | None
    """The plan of the frontier; None for a crawl without one."""
    evidence: EvidenceSettings | None
    """None if no evidence is stored."""
    modules: tuple[str, ...] = ()
    """Modules that declare sites of the user."""


@attrs.frozen
class Answer:
    """Result of a command."""

    value: Any = None
    problem: Exception | None = None
    """The error that kept it from being stored; None if it is on disk."""
    cause: BaseException | None = None
    """Cause of the problem, which an exception loses on its way between processes."""

    @property
    def error(self) -> Exception | None:
        """The problem, with its cause."""
        if self.problem is not None:
            self.problem.__cause__ = self.cause
        return self.problem


class Storage:
    """Writes pages and their outcomes into *archive*, evidence beside it.

    Every method may raise ArchiveError or WarcError; then nothing of it is stored.
    """

    def __init__(self, archive: Archive, settings: StorageSettings) -> None:
        site, plan = settings.site, settings.plan
        fixed = site if settings.is_of_site else ""
        self.identities = SiteIdentities(fixed, archive)
        self.evidence = None
        if settings.evidence is not None:
            self.evidence = EvidenceWriter(archive, settings.evidence)
        self._archive, self._run = archive, settings.run
        self._frontier = Frontier(archive, site, plan) if plan is not None else None
        self._misses = Misses(archive, site) if fixed and plan is not None else None

    @property
    def evidence_counts(self) -> EvidenceCounts:
        """Number of answers stored as evidence."""
        return self.evidence.counts if self.evidence is not None else EvidenceCounts()

    def carry_out(
        self, commands: Sequence[Command], is_wanted: Callable[[], bool] = lambda: True
    ) -> list[Answer]:
        """Carry out *commands* in their order, in one transaction if none of them fails.

        If one does, each is carried out in a transaction of its own. Raises SystemExit, with
        nothing stored, if the result is not *wanted* any more before it is committed.
        """
        try:
            return [Answer(value) for value in self._together(commands, is_wanted)]
        except Exception as error:  # of any kind: it must not cost the other commands
            if len(commands) == 1:
                return [Answer(None, error, error.__cause__)]
        return [self.carry_out([command], is_wanted)[0] for command in commands]

    def _together(
        self, commands: Sequence[Command], is_wanted: Callable[[], bool]
    ) -> list[object]:
        with (
            self.evidence.together() if self.evidence is not None else nullcontext(),
            self._archive.transaction() as db,
            updates_at_end(db),
        ):
            values = [command(self) for command in commands]
            if self.evidence is not None:
                self.evidence.sync()
            if not is_wanted():
                raise SystemExit
        return values

    def close(self) -> None:
        """Close the files of evidence; all that was stored is on disk already."""
        if self.evidence is not None:
            self.evidence.close()

    # Commands

    def save(
        self,
        article: Article,
        observation: Observation,
        changes: FrontierChanges,
        *,
        request_key: str,
        came_from: tuple[str, ...] = (),
    ) -> Outcome:
        """Write *article* with its observation and evidence; return the outcome.

        *came_from* redirected to it.
        """
        site = self.identities.site_of(article.url)
        key = self.identities.key_for(article, came_from)
        with self._storing(observation, site, article, key) as kept:
            self._write(changes)
            saved = self._archive.save(article, kept, site=site, key=key, run=self._run)
            self.identities.follow_canonical(article)
            self.identities.follow_moves(article.url)
            if self._misses is not None:
                self._misses.forget(request_key)
        return Outcome(saved.outcome)

    def save_prepared(
        self,
        prepared: bytes,
        observation: Observation,
        changes: FrontierChanges,
        *,
        request_key: str,
        came_from: tuple[str, ...] = (),
    ) -> Outcome:
        """Save the article that `pack` has packed with the work done for it."""
        ahead = unpack(prepared)
        use(ahead)
        return self.save(
            ahead.article, observation, changes, request_key=request_key, came_from=came_from
        )

    def record(
        self,
        observation: Observation,
        changes: FrontierChanges,
        *,
        request_key: str,
        article: Article | None = None,
        is_as_before: bool = False,
    ) -> None:
        """Write the outcome of an address that gave no article to store.

        A source that *is_as_before* shows the lists of its last visit.
        """
        site = self.identities.site_of(observation.url)
        lists: tuple[LinkList, ...] = article.link_lists if article is not None else ()
        with self._storing(observation, site, article) as kept:
            self._write(changes)
            self._archive.record_visit(
                kept, site=site, run=self._run, link_lists=lists, is_as_before=is_as_before
            )
            if observation.outcome == Outcome.REDIRECT:
                self.identities.follow_moves(observation.url)
            self._note_miss(request_key, observation)

    def record_requisite(self, observation: Observation, site: str) -> None:
        """Write the outcome of a request for a requisite of a page of *site*."""
        with self._storing(observation, site) as kept:
            self._archive.requisites.record(kept, site=site, run=self._run)

    def name_requisites(self, page: str, urls: Iterable[str]) -> None:
        """Write that *page*, or a stylesheet at that address, names the files at *urls*."""
        self._archive.requisites.name(page, urls)

    def record_screenshot(
        self, page: str, picture: bytes, taken_at: dt.datetime, site: str
    ) -> None:
        """Write a screenshot (PNG) of the page at the address *page* of *site*."""
        if self.evidence is None:
            return
        observation = Observation(
            url=f"{VIEW}{page}",
            outcome=Outcome.REQUISITE,
            fetched_at=taken_at,
            content_type="image/png",
            size=len(picture),
            digest=hashlib.sha256(picture).hexdigest(),
        )
        with self.evidence.storing_picture(observation, picture, site) as kept:
            self._archive.requisites.record(kept, site=site, run=self._run)
            self._archive.requisites.name(page, [observation.url])

    def write_frontier(self, changes: FrontierChanges) -> None:
        """Write *changes* of the frontier."""
        self._write(changes)

    def write_reservations(self, origin: str, rules: list[dict[str, object]]) -> None:
        """Write the rules of the tdmrep.json of *origin*."""
        write_reservations(self._archive, origin, rules)

    def _write(self, changes: FrontierChanges) -> None:
        if self._frontier is not None:
            self._frontier.write(changes)

    def _storing(
        self,
        observation: Observation,
        site: str,
        article: Article | None = None,
        key: str | None = None,
    ) -> AbstractContextManager[Observation]:
        if self.evidence is None:
            return nullcontext(observation)
        return self.evidence.storing(observation, site, article=article, key=key)

    def _note_miss(self, request_key: str, observation: Observation) -> None:
        """Have an address that was to give an article tried again, if that may help."""
        if self._misses is None or not request_key.startswith("article:"):
            return
        # A known article is visited again in any case.
        is_known = self._archive.id_of(observation.url) is not None
        if is_known or not may_pass(observation.outcome):
            self._misses.forget(request_key)
            return
        tries = self._misses.tries_of(request_key) + 1
        self._misses.note(request_key, observation.url, tries, next_try(observation, tries))


Command = Callable[[Storage], object]
"""A method of Storage with arguments: `partial(Storage.record, …)`, which can be pickled."""


@contextmanager
def open_storage(settings: StorageSettings) -> Iterator[Storage]:
    """Open an archive to store the pages of a crawl. Raises ArchiveError."""
    if settings.file not in {None, file_identity(settings.path)}:
        raise moved(settings.path)  # in place of a deleted one, an empty one would be made
    with Archive(settings.path) as archive:
        archive.checkpoint_in_thread()
        storage = Storage(archive, settings)
        try:
            yield storage
        finally:
            storage.close()
