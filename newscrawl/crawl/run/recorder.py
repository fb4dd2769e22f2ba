"""The crawl's only writer: the outcome of every address, and every article, in the archive.

An article's observation waits here while the article goes through the pipelines, and is written
with it in one transaction. If an item ends otherwise, that outcome is written instead.

A process writes them, which the event loop does not wait for. An address is settled when its
outcome is on disk.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import gc
import logging
import sys
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import attrs
from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.utils.defer import deferred_from_coro

from newscrawl import exit_status as exits
from newscrawl.archive import Archive
from newscrawl.archive.crawl_state.change_history import count_articles, ended_without_articles
from newscrawl.archive.crawl_state.frontier import FrontierChanges
from newscrawl.archive.session import file_identity
from newscrawl.article import Article
from newscrawl.crawl.download.response import observation_from, unanswered
from newscrawl.crawl.frontier.frontier_writer import FrontierWriter
from newscrawl.crawl.frontier.peers import Peers
from newscrawl.crawl.frontier.postponed import is_postponed
from newscrawl.crawl.frontier.request_meta import target_of
from newscrawl.crawl.frontier.source_book import SourceBook
from newscrawl.crawl.reporting.log import format_log
from newscrawl.crawl.run.disk_space import DISK_FULL, has_room, is_no_room
from newscrawl.crawl.run.evidence_writer import EvidenceCounts, EvidenceSettings
from newscrawl.crawl.run.prepared import prepared_for
from newscrawl.crawl.run.run_status import RunStatus
from newscrawl.crawl.run.storage import Answer, Command, Storage, StorageSettings
from newscrawl.crawl.run.storage_process import StorageProcess
from newscrawl.errors import ArchiveError, FrontierError, WarcError
from newscrawl.ingest.acceptance import kind_of
from newscrawl.ingest.site_identity import SiteIdentities
from newscrawl.layouts.catalogue import declared_modules
from newscrawl.outcomes import Observation, Outcome
from newscrawl.system.parsing_thread import in_thread
from newscrawl.system.project import anchored
from newscrawl.text.counted import counted

_SWITCH = 0.001
"""Time after which a thread lets the event loop go on, in seconds; Python's is 0.005.

The loop waits that long behind each statement of SQLite and each other wait for the system.
"""
KILLED = "killed"
"""End of a run that was ended by a second signal: Scrapy has closed nothing."""
SEVERAL_REFUSED = 3
"""From this many refused articles on, a crawl that finds none is not taken for a calm one."""

_LOOK_AT_DISK = 20

address_settled = object()
"""Sent when the outcome of an address is known: *request_key*, *observation* and *article*."""

logger = logging.getLogger(__name__)
_RECORDED_SETTINGS = frozenset({"USER_AGENT", "ROBOTSTXT_OBEY", "DOWNLOAD_VERIFY_CERTIFICATES"})
"""Settings of Scrapy's that a run in the archive names."""


@attrs.frozen
class _Waiting:
    article: Article
    request_key: str
    observation: Observation
    came_from: tuple[str, ...] = ()


class Recorder:
    """Writes articles, observations, evidence and the run into the archive."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.status = RunStatus()
        self.archive: Archive | None = None
        """The open archive; None before `open`, and in a crawl that stores nothing."""
        self.book: SourceBook | None = None
        """States of the site's sources; None for a crawl of no site."""
        self.peers = Peers()
        """The other workers of a crawl over several machines."""
        self._run: int | None = None
        self._frontier = FrontierWriter()
        self._storage: Storage | None = None
        self._storage_settings: StorageSettings | None = None
        self._process: StorageProcess | None = None
        self._may_start = crawler.settings.getint("NEWSCRAWL_EXTRACTION_PROCESSES") > 0
        self._evidence_of_process = EvidenceCounts()
        self._is_closed = False
        # By the identity of the article: two pages may show one, and pipelines may change it.
        self._waiting: dict[int, _Waiting] = {}
        self._identities = SiteIdentities("", None)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Recorder:
        recorder = cls(crawler)
        for handler, signal in (
            (recorder.spider_closed, signals.spider_closed),
            (recorder.spider_error, signals.spider_error),
            (recorder.item_dropped, signals.item_dropped),
            (recorder.item_error, signals.item_error),
        ):
            crawler.signals.connect(handler, signal=signal)
        return recorder

    @property
    def is_closed(self) -> bool:
        """True if the run has its end in the archive."""
        return self._is_closed

    @property
    def site(self) -> str:
        """The name of the site that is crawled; of the spider, where it crawls none."""
        spider = self.crawler.spider
        return getattr(spider, "site_name", "") or getattr(spider, "name", "")

    @property
    def found(self) -> int:
        """Number of articles found in this crawl, by all its workers."""
        return self.status.articles + self.peers.articles

    def open(self, spider: Spider, frontier: FrontierWriter) -> None:
        """Open the archive and *frontier*, and begin the run.

        The scheduler calls it, which opens first and owns the frontier. Raises ArchiveError.
        """
        settings = self.crawler.settings
        # Scrapy may replace its log handler until this point.
        format_log(settings)
        if settings.getbool("NEWSCRAWL_RECORD"):
            self.archive = Archive(anchored(settings["NEWSCRAWL_ARCHIVE"]))
            self.archive.checkpoint_in_thread()
            ours = {name: settings[name] for name in settings if _is_ours(str(name))}
            self._run = self.archive.start_run(spider.name, self.site, ours)
            logger.info("crawling %s into %s", self.site, self.archive.path)
            sys.setswitchinterval(_SWITCH)
            # What is there by now stays; a search of it for garbage takes 0.1 s each time.
            gc.freeze()
        self._frontier = frontier
        plan = getattr(spider, "plan_text", None)
        if self.archive is not None and plan is not None:
            frontier.open(self.archive, self.site, self.peers.plan_of(plan))
        if self.archive is not None:
            self._storage_settings = self._settings_for(spider, self.archive, self._run)
            self._storage = Storage(self.archive, self._storage_settings)
            self._identities = self._storage.identities
        else:
            fixed = self.site if getattr(spider, "site_name", "") else ""
            self._identities = SiteIdentities(fixed, None)

    def _settings_for(
        self, spider: Spider, archive: Archive, run: int | None
    ) -> StorageSettings:
        plan, settings = getattr(spider, "plan_text", None), self.crawler.settings
        has_evidence = settings["NEWSCRAWL_EVIDENCE"] != "none"
        return StorageSettings(
            path=archive.path,
            file=file_identity(archive.path),
            run=run,
            site=self.site,
            is_of_site=bool(getattr(spider, "site_name", "")),
            plan=None if plan is None else self.peers.plan_of(plan),
            evidence=EvidenceSettings.from_settings(settings) if has_evidence else None,
            modules=declared_modules(),
        )

    @property
    def evidence(self) -> EvidenceCounts | None:
        """Number of answers stored as evidence; None if none is stored."""
        if self._storage is None or self._storage.evidence is None:
            return None
        beside = self._process.evidence if self._process is not None else EvidenceCounts()
        return self._storage.evidence_counts + self._evidence_of_process + beside

    @property
    def is_idle(self) -> bool:
        """True if everything is on disk that is to be stored."""
        return self._process is None or self._process.is_idle

    @property
    def is_full(self) -> bool:
        """True if so much is still to be stored that no page should be requested now."""
        return self._process is not None and self._process.is_full

    def expect(
        self,
        article: Article,
        request_key: str,
        observation: Observation,
        came_from: tuple[str, ...] = (),
    ) -> None:
        """Keep *observation* until *article* comes out of the pipelines.

        *came_from* are the addresses that redirected to it: perhaps it has moved.
        """
        self._waiting[id(article)] = _Waiting(article, request_key, observation, came_from)

    def is_expecting(self, item: Any) -> bool:
        """Return whether *item* is an article that still has no outcome."""
        waiting = self._waiting.get(id(item))
        return waiting is not None and waiting.article is item

    def replace(self, article: Any, by: Article) -> None:
        """Expect the article *by*, which a pipeline has made of *article*, in its place."""
        if by is not article and self.is_expecting(article):
            waiting = self._waiting.pop(id(article))
            self._waiting[id(by)] = attrs.evolve(waiting, article=by)

    async def save(self, article: Article) -> None:
        """Write *article* with its observation and evidence; return when it is on disk.

        Raises ArchiveError or WarcError if that is impossible.
        """
        waiting = self._waiting_for(article, Outcome.STORED)
        # Whatever becomes of it, it is not for `item_dropped` to say.
        self._waiting.pop(id(article), None)
        stored = asyncio.get_running_loop().create_future()

        def settle(answer: Answer) -> None:
            if not stored.done():
                stored.set_result(answer.error)
            if answer.error is None:
                observation = attrs.evolve(waiting.observation, outcome=answer.value)
                self._settle(waiting.request_key, observation, article)
            elif not isinstance(answer.error, ArchiveError | WarcError):
                # It has values that cannot be stored, which is for `item_error` to record.
                self._waiting[id(article)] = waiting
                self._frontier.take_back(changes)

        changes = self._frontier.take(done=waiting.request_key)
        prepared = prepared_for(article)
        save = partial(
            partial(Storage.save, article=article)
            if prepared is None
            else partial(Storage.save_prepared, prepared=prepared),
            observation=waiting.observation,
            changes=changes,
            request_key=waiting.request_key,
            came_from=waiting.came_from,
        )
        self._store(save, settle, unstored=Answer(Outcome.STORED))
        error = await stored
        if error is not None:
            raise error

    def record(
        self,
        request_key: str,
        observation: Observation,
        article: Article | None = None,
        *,
        is_as_before: bool = False,
        leads_to: Iterable[Request] = (),
    ) -> None:
        """Have the outcome of an address written that gave no article to store.

        A source that *is_as_before* shows the lists of its last visit. The requests that it
        *leads_to* are in the frontier from the same transaction on. Where it cannot be written,
        the crawl stops, and the address stays unsettled.
        """

        def settle(answer: Answer) -> None:
            error = answer.error
            if error is None:
                self._settle(request_key, observation, article)
            elif observation.outcome == Outcome.ERROR or isinstance(
                error, ArchiveError | WarcError
            ):
                self.stop(error)
            else:  # a value that cannot be stored costs its page alone
                self._frontier.take_back(changes)
                reason = f"{type(error).__name__}: {error}"[:300]
                self.record(request_key, unanswered(observation.url, Outcome.ERROR, reason))

        changes = FrontierChanges()
        if self.archive is not None:
            done = "" if is_postponed(observation) else request_key
            changes = self._frontier.take(leads_to, done=done)
        record = partial(
            Storage.record,
            observation=observation,
            changes=changes,
            request_key=request_key,
            article=article,
            is_as_before=is_as_before,
        )
        self._store(record, settle)

    async def record_requisite(self, observation: Observation, site: str) -> None:
        """Write the outcome of a request for a requisite of a page of *site*."""
        await self._write(partial(Storage.record_requisite, observation=observation, site=site))

    async def name_requisites(self, page: str, urls: Iterable[str]) -> None:
        """Write that *page*, or a stylesheet at that address, names the files at *urls*."""
        await self._write(partial(Storage.name_requisites, page=page, urls=tuple(urls)))

    async def record_screenshot(
        self, page: str, picture: bytes, taken_at: dt.datetime, site: str
    ) -> None:
        """Write a screenshot (PNG) of the page at the address *page* of *site*."""
        await self._write(
            partial(
                Storage.record_screenshot,
                page=page,
                picture=picture,
                taken_at=taken_at,
                site=site,
            )
        )

    async def write_reservations(self, origin: str, rules: list[dict[str, object]]) -> None:
        """Write the rules of the tdmrep.json of *origin*."""
        await self._write(partial(Storage.write_reservations, origin=origin, rules=rules))

    async def written(self) -> None:
        """Wait until the archive has all that was given to store so far."""
        if not self.is_idle:
            await self._write(partial(Storage.write_frontier, changes=FrontierChanges()))

    def write_frontier(self, changes: FrontierChanges) -> None:
        """Have *changes* of the frontier written."""
        if changes:
            self._store(partial(Storage.write_frontier, changes=changes), self._stop_on_problem)

    async def _write(self, command: Command) -> None:
        """Return when *command* is carried out; where it cannot be, the crawl stops."""
        written = asyncio.get_running_loop().create_future()

        def settle(answer: Answer) -> None:
            self._stop_on_problem(answer)
            if not written.done():
                written.set_result(None)

        self._store(command, settle)
        await written

    def _stop_on_problem(self, answer: Answer) -> None:
        if answer.error is not None:
            self.stop(answer.error)

    def _store(
        self,
        command: Command,
        settle: Callable[[Answer], None],
        unstored: Answer = Answer(),  # noqa: B008  # it is frozen
    ) -> None:
        """Have *command* carried out; call *settle* with the answer when it is on disk.

        In a crawl that stores nothing the answer is *unstored*.
        """
        if self._storage is None:
            settle(unstored)
            return
        if self._may_start and self._process is None and self._storage_settings is not None:
            self._process = StorageProcess(self._storage_settings, self._go_on)
        if self._process is not None:
            self._process.submit(command, settle)
        else:
            settle(self._storage.carry_out([command])[0])

    def _go_on(self) -> None:
        """Have the engine go on: it may have waited for room, or for an outcome."""
        slot = self.crawler.engine._slot  # Scrapy would look in 5 seconds
        if slot is not None and slot.closing is None:
            slot.nextcall.schedule()

    async def drain(self) -> None:
        """Wait until all is on disk; later records are written at once.

        The scheduler calls it when no page is in the spider or the pipelines any more.
        """
        self._record_lost()
        self._may_start = False
        if self._process is not None:
            await self._process.drain()
            await self._without_process(self._process).end()

    def _record_lost(self) -> None:
        """Record the articles that the spider gave and no pipeline was given as errors."""
        if self.status.failure is not None:  # the crawl may have ended within a pipeline
            return
        lost = [waiting.article for waiting in self._waiting.values()]
        if lost:
            logger.error(
                "%s reached no pipeline: a middleware left them out, such as %r",
                counted(len(lost), "articles"),
                lost[0].url,
            )
        for article in lost:
            self.reject(article, Outcome.ERROR, "a middleware left the article out")

    def _drain_now(self) -> None:
        """Drain after the event loop has stopped."""
        self._may_start = False
        if self._process is not None:
            self._process.drain_now()
            self._without_process(self._process).end_now()

    def _without_process(self, process: StorageProcess) -> StorageProcess:
        """Store nothing in *process* any more; return it."""
        self._evidence_of_process += process.evidence
        self._process = None
        return process

    def site_of(self, url: str) -> str:
        """Return the name of the site that the page at *url* belongs to."""
        return self._identities.site_of(url)

    def record_left_over(self, urls: list[str], reason: str) -> None:
        """Record wanted addresses that were not requested; they stay in the frontier."""
        if self.archive is None or self.status.failure is not None:
            return
        with self.archive.transaction():
            for url in urls:
                self.record("", unanswered(url, Outcome.OVER_LIMIT, reason))

    def reject(self, article: Article, outcome: Outcome, reason: str) -> None:
        """Record that *article* was rejected, and why."""
        waiting = self._waiting_for(article, outcome)
        self._waiting.pop(id(article), None)
        observation = attrs.evolve(
            waiting.observation, outcome=outcome, reason=reason[:300], kind=kind_of(article)
        )
        self.record(waiting.request_key, observation)

    def stop(self, failure: Exception | str) -> None:
        """Have the crawl end by itself, because of *failure*."""
        if self.status.failure is None:
            self.fail(failure)
            is_full = is_no_room(failure) or not self._has_room()
            broken = "frontier" if isinstance(failure, FrontierError) else "archive"
            reason = DISK_FULL if is_full else f"{broken}_failed"
            deferred_from_coro(self.crawler.engine.close_spider_async(reason=reason))

    def fail(self, failure: Exception | str) -> None:
        """Note that the crawl ends because of *failure*, and log it."""
        self.status.failure = str(failure)
        logger.error("the crawl stops: %s", failure)

    def _has_room(self) -> bool:
        """Return whether the disks of archive and evidence have the space that must be free."""
        if self.archive is None:
            return True
        settings, folder = self.crawler.settings, self.archive.path.parent
        evidence = folder / settings["NEWSCRAWL_EVIDENCE_FOLDER"]
        disks = (folder, evidence) if evidence.is_dir() else (folder,)
        least = settings.getint("NEWSCRAWL_LEAST_FREE_MB")
        return all(has_room(disk, least) for disk in disks)

    def item_dropped(self, item: Any, exception: Exception) -> None:
        if self.is_expecting(item):
            self.reject(item, Outcome.NOT_ARTICLE, f"a pipeline dropped it: {exception}")

    def item_error(self, item: Any, failure: Any) -> None:
        if isinstance(failure.value, ArchiveError | WarcError):
            self.stop(failure.value)
        elif self.is_expecting(item):
            self.reject(item, Outcome.ERROR, f"{type(failure.value).__name__} in a pipeline")

    def spider_error(self, failure: Any, response: Any) -> None:
        if isinstance(response, Response) and response.request is not None:
            target = target_of(response.request)
            reason = f"{type(failure.value).__name__}: {failure.value}"[:300]
            observation = observation_from(response, Outcome.ERROR, reason)
            self.record(target.request_key if target else response.url, observation)

    async def spider_closed(self, spider: Spider, reason: str) -> None:
        if not self._is_closed:
            self._end_run(reason)
            await in_thread(self._close_files)

    def close(self, reason: str) -> None:
        """End the run and close the archive, unless that is done."""
        if not self._is_closed:
            self._end_run(reason)
            self._close_files()

    def _end_run(self, reason: str) -> None:
        """Store the end of the run with all that is left to store."""
        self._is_closed = True
        self._drain_now()
        if reason == KILLED:  # the scheduler has counted nothing
            self.status.left_over = self._frontier.count_waiting()
        self._end(reason)
        self._store_for_next(is_complete=self.status.is_complete)
        if self.book is not None and self.book.unread:
            self.status.note_unread_sources()
        if self.archive is not None and self._run is not None:
            self._finish_run(self.archive, self._run, reason)

    def _close_files(self) -> None:
        """Close archive and evidence, which waits for the disk several times."""
        if self.archive is not None and self._run is not None:
            self.archive.close()
        if self._storage is not None:
            self._storage.close()

    def _finish_run(self, archive: Archive, run: int, reason: str) -> None:
        """Store the end of the run, its exit status and its counts."""
        counts = dict(self.status.counts) | {"left_over": self.status.left_over}
        end = self.status.failure or reason
        if self.status.failure and reason == DISK_FULL:
            end = f"{DISK_FULL}: {self.status.failure}"
        try:
            archive.finish_run(run, end, self.status.exit_status, counts)
        except ArchiveError as error:
            logger.error("the run has no end in the archive: %s", error)
            self.status.exit_status = exits.FAILED

    def _end(self, reason: str) -> None:
        """Set the exit status, as this worker and its peers see the end of the crawl."""
        status, spider = self.status, self.crawler.spider
        status.is_silent = status.failure is None and self._finds_no_articles()
        is_lost = bool(self.book and self.book.lost)
        status.end(reason, is_lost=is_lost, records_pages=hasattr(spider, "plan_text"))
        is_complete = status.is_complete
        if not self.peers.end(is_complete=is_complete) and is_complete:
            status.exit_status = exits.PARTIAL

    def _store_for_next(self, *, is_complete: bool) -> None:
        """Store the states of the sources; clear the frontier after a complete crawl."""
        if self.archive is None or self.status.failure is not None:
            return
        try:
            with self.archive.transaction():
                if self.book is not None:
                    self.book.close(is_complete=is_complete)
                # A failed run that left nothing is not gone on with: articles are due again.
                is_failed = self.status.exit_status == exits.FAILED
                if is_complete or (is_failed and self._frontier.count_waiting() == 0):
                    self._frontier.clear()
        except ArchiveError as error:
            logger.error("the sources are not kept: %s", error)
            self.status.exit_status = exits.FAILED

    def _finds_no_articles(self) -> bool:
        """Return whether a site gave no article in a crawl that should have found some."""
        is_of_site = bool(getattr(self.crawler.spider, "site_name", ""))
        status = self.status
        if self.found or status.left_over or self.archive is None or not self.peers.has_led:
            return False
        if is_of_site and status.refused >= SEVERAL_REFUSED:
            return True
        try:
            return self._is_silent(self.archive, is_of_site=is_of_site)
        except ArchiveError:
            return False

    def _is_silent(self, archive: Archive, *, is_of_site: bool) -> bool:
        """Return whether a run without articles should have had some."""
        if is_of_site and ended_without_articles(archive, self.site):
            return True
        was_calm = self.book is not None and self.book.unchanged
        if self.status.resumed or was_calm or self.status.not_due:
            return False
        arguments = getattr(self.crawler.spider, "arguments", None)
        is_all_wanted = is_of_site and getattr(arguments, "since", None) is None
        return is_all_wanted or count_articles(archive, self.site) > 0

    def _waiting_for(self, article: Article, outcome: Outcome) -> _Waiting:
        if self.is_expecting(article):
            return self._waiting[id(article)]
        return _Waiting(article, article.url, unanswered(article.url, outcome, None))

    def _settle(
        self, request_key: str, observation: Observation, article: Article | None
    ) -> None:
        self.status.note(request_key, observation)
        if self.status.addresses % _LOOK_AT_DISK == 0 and not self._has_room():
            self.stop("the disk is nearly full")
        self.crawler.signals.send_catch_log(
            address_settled, request_key=request_key, observation=observation, article=article
        )


def _is_ours(name: str) -> bool:
    return name.startswith("NEWSCRAWL_") or name in _RECORDED_SETTINGS


def recorder_of(crawler: Crawler) -> Recorder:
    """Return the crawl's recorder."""
    recorder = crawler.get_extension(Recorder)
    if recorder is None:
        raise RuntimeError("EXTENSIONS names no newscrawl.crawl.run.recorder.Recorder")
    return recorder
