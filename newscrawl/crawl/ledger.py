"""The crawl's only writer: the outcome of every address, and every article, in the archive.

An article's observation waits here while the article goes through the pipelines, and is written
with it in one transaction. If an item ends otherwise, that outcome is written instead.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import attrs
from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.utils.defer import deferred_from_coro

from newscrawl import exit_status as exits
from newscrawl.archive import Archive
from newscrawl.archive.crawl_state.frontier import Frontier
from newscrawl.archive.crawl_state.history import count_articles, ended_without_articles
from newscrawl.archive.crawl_state.misses import Misses
from newscrawl.article import Article
from newscrawl.crawl.disk_space import DISK_FULL, has_room, is_no_room
from newscrawl.crawl.download.response import observation_from, unanswered
from newscrawl.crawl.evidence_writer import EvidenceKeeper
from newscrawl.crawl.peers import Others
from newscrawl.crawl.postponed import is_put_off
from newscrawl.crawl.reporting.log import format_log
from newscrawl.crawl.request_meta import target_of, ticket_for
from newscrawl.crawl.revisit_policy import may_pass, next_try
from newscrawl.crawl.source_book import SourceBook
from newscrawl.errors import ArchiveError, FrontierError, NewscrawlError, WarcError
from newscrawl.ingest.site_identity import SiteIdentities
from newscrawl.outcomes import Observation
from newscrawl.project import anchored

NOT_REQUESTED = ("robots", "offsite", "forbidden_address", "bad_url", "over_limit")
ARTICLE_OUTCOMES = ("stored", "updated", "unchanged")

_REFUSALS = frozenset({"http_error", "blocked", "redirect", "redirect_loop"})
SEVERAL_REFUSED = 3
"""From so many refused articles on, a crawl that finds none is not taken for a calm one."""

_FINISHED = (exits.COMPLETE, exits.NOTHING_FOUND)

_LOOK_AT_DISK = 20

address_settled = object()
"""Sent when the outcome of an address is known: *ticket*, *observation* and *article*."""

logger = logging.getLogger(__name__)
_TOLD = frozenset({"USER_AGENT", "ROBOTSTXT_OBEY", "DOWNLOAD_VERIFY_CERTIFICATES"})
"""Settings of Scrapy's that a run in the archive names."""


@attrs.frozen
class _Waiting:
    ticket: str
    observation: Observation
    came_from: tuple[str, ...] = ()


class Ledger:
    """Writes articles, observations and the run; counts outcomes; knows how the run ended."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.archive: Archive | None = None
        self.evidence: EvidenceKeeper | None = None
        self.run: int | None = None
        self.counts: Counter[str] = Counter()
        self.reasons: Counter[tuple[str, str]] = Counter()
        self.frontier: Frontier | None = None
        self.resumed = 0
        """Number of addresses that an earlier, unfinished run had settled."""
        self.not_due = 0
        """Number of known articles that were not requested again."""
        self.left_over = 0
        """Number of addresses that wait for the next run."""
        self.refused = 0
        """Number of articles' addresses that gave an error, or led to no article elsewhere."""
        self.is_silent = False
        """True if the site answered, and no article was found where some should be."""
        self.exit_status = exits.FAILED
        self.failure: str | None = None
        self.unread: str | None = None
        """The start page that could not be read, and the reason; None if all were read."""
        self.book: SourceBook | None = None
        """States of the site's sources; None for a crawl of no site."""
        self.put_off: str | None = None
        """Why requests were put off to the next run, where some were."""
        self.others = Others()
        """The other workers of a crawl over several machines."""
        self.before_write: Callable[[Iterable[Request]], None] = lambda _: None
        """Writes waiting and newly found requests to the frontier, in the same transaction."""
        self._misses: Misses | None = None
        self._robots_read = 0
        self._is_closed = False
        self._waiting: dict[str, _Waiting] = {}
        self._identities = SiteIdentities("", None)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Ledger:
        ledger = cls(crawler)
        for handler, signal in (
            (ledger.spider_closed, signals.spider_closed),
            (ledger.spider_error, signals.spider_error),
            (ledger.item_dropped, signals.item_dropped),
            (ledger.item_error, signals.item_error),
        ):
            crawler.signals.connect(handler, signal=signal)
        return ledger

    @property
    def site(self) -> str:
        """The name of the site that is crawled; of the spider, where it crawls none."""
        spider = self.crawler.spider
        return getattr(spider, "site_name", "") or getattr(spider, "name", "")

    @property
    def articles(self) -> int:
        """Number of articles found in this run, new or not."""
        return sum(self.counts[outcome] for outcome in ARTICLE_OUTCOMES)

    @property
    def found(self) -> int:
        """Number of articles found in this crawl, by all its workers."""
        return self.articles + self.others.articles

    def open(self, spider: Spider) -> None:
        """Open the archive and begin the run. The scheduler calls it, which opens first."""
        settings = self.crawler.settings
        # Scrapy makes its log handler anew until now.
        format_log(settings)
        if settings.getbool("NEWSCRAWL_RECORD", True):
            self.archive = Archive(anchored(settings["NEWSCRAWL_ARCHIVE"]))
            ours = {name: settings[name] for name in settings if _is_ours(str(name))}
            self.run = self.archive.start_run(spider.name, self.site, ours)
            if settings["NEWSCRAWL_EVIDENCE"] != "none":
                self.evidence = EvidenceKeeper(self.archive, settings)
            logger.info("crawling %s into %s", self.site, self.archive.path)
        plan = getattr(spider, "plan_text", None)
        if self.archive is not None and plan is not None:
            self.frontier = Frontier(self.archive, self.site, self.others.plan_of(plan))
            if getattr(spider, "site_name", ""):
                self._misses = Misses(self.archive, self.site)
        fixed = self.site if getattr(spider, "site_name", "") else ""
        self._identities = SiteIdentities(fixed, self.archive)

    def expect(
        self,
        article: Article,
        ticket: str,
        observation: Observation,
        came_from: tuple[str, ...] = (),
    ) -> None:
        """Keep *observation* until *article* comes out of the pipelines.

        *came_from* are the addresses that redirected to it: perhaps it has moved.
        """
        self._waiting[article.url] = _Waiting(ticket, observation, came_from)

    def save(self, article: Article) -> None:
        """Write *article* with its observation and evidence.

        Raise ArchiveError or WarcError where that is impossible.
        """
        waiting = self._waiting_for(article, "stored")
        outcome = "stored"
        # Whatever becomes of it, it is not for `item_dropped` to say.
        self._waiting.pop(article.url, None)
        if self.archive is not None:
            site = self._identities.site_of(article.url)
            key = self._identities.key_for(article, waiting.came_from)
            with (
                self._keeping(waiting.observation, site, article, key) as observation,
                self.archive.transaction(),
            ):
                self.before_write(())
                saved = self.archive.save(
                    article, observation, site=site, key=key, run=self.run
                )
                self._done(waiting.ticket)
                if self._misses is not None:
                    self._misses.forget(waiting.ticket)
            outcome = saved.outcome
        self._settle(
            waiting.ticket, attrs.evolve(waiting.observation, outcome=outcome), article
        )

    def record(
        self,
        ticket: str,
        observation: Observation,
        article: Article | None = None,
        *,
        is_as_before: bool = False,
        leads_to: Iterable[Request] = (),
    ) -> None:
        """Write the outcome of an address that gave no article to store.

        A source that *is_as_before* shows the lists of its last visit. The requests that it
        *leads_to* are in the frontier from the same transaction on.
        """
        if self.archive is not None:
            site = self._identities.site_of(observation.url)
            lists = article.link_lists if article is not None else ()
            try:
                with (
                    self._keeping(observation, site, article) as kept,
                    self.archive.transaction(),
                ):
                    self.before_write(leads_to)
                    self.archive.record_visit(
                        kept,
                        site=site,
                        run=self.run,
                        link_lists=lists,
                        is_as_before=is_as_before,
                    )
                    if not is_put_off(observation):
                        self._done(ticket)
                    self._note_miss(ticket, observation)
            except (ArchiveError, WarcError) as error:
                self.stop(error)
        if is_put_off(observation):
            self.left_over += bool(ticket)
            self.put_off = observation.reason
        self._settle(ticket, observation, article)

    def record_left_over(self, urls: list[str], reason: str) -> None:
        """Record wanted addresses that were not requested; they stay in the frontier."""
        if self.archive is None or self.failure is not None:
            return
        with self.archive.transaction():
            for url in urls:
                self.record("", unanswered(url, "over_limit", reason))

    def reject(self, article: Article, outcome: str, reason: str) -> None:
        """Write that *article* is not kept, and why."""
        waiting = self._waiting_for(article, outcome)
        self._waiting.pop(article.url, None)
        observation = attrs.evolve(waiting.observation, outcome=outcome, reason=reason[:300])
        self.record(waiting.ticket, observation)

    def stop(self, failure: NewscrawlError | str) -> None:
        """Have the crawl end by itself, because of *failure*."""
        if self.failure is None:
            self.failure = str(failure)
            logger.error("the crawl stops: %s", failure)
            is_full = is_no_room(failure) or not self._has_room()
            broken = "frontier" if isinstance(failure, FrontierError) else "archive"
            reason = DISK_FULL if is_full else f"{broken}_failed"
            deferred_from_coro(self.crawler.engine.close_spider_async(reason=reason))

    def _has_room(self) -> bool:
        """Return whether the disk of the archive has more free space than it must keep."""
        least = self.crawler.settings.getint("NEWSCRAWL_LEAST_FREE_MB", 100)
        return self.archive is None or has_room(self.archive.path.parent, least)

    def _keeping(
        self,
        observation: Observation,
        site: str,
        article: Article | None = None,
        key: str | None = None,
    ) -> AbstractContextManager[Observation]:
        if self.evidence is None:
            return nullcontext(observation)
        return self.evidence.keeping(observation, site, article=article, key=key)

    def item_dropped(self, item: Any, exception: Exception) -> None:
        if isinstance(item, Article) and item.url in self._waiting:
            self.reject(item, "not_article", f"a pipeline dropped it: {exception}")

    def item_error(self, item: Any, failure: Any) -> None:
        if isinstance(failure.value, ArchiveError | WarcError):
            self.stop(failure.value)
        elif isinstance(item, Article) and item.url in self._waiting:
            self.reject(item, "error", f"{type(failure.value).__name__} in a pipeline")

    def spider_error(self, failure: Any, response: Any) -> None:
        if isinstance(response, Response) and response.request is not None:
            target = target_of(response.request)
            reason = f"{type(failure.value).__name__}: {failure.value}"[:300]
            observation = observation_from(response, "error", reason)
            self.record(target.ticket if target else response.url, observation)

    def spider_closed(self, spider: Spider, reason: str) -> None:
        self.close(reason)

    def close(self, reason: str) -> None:
        """End the run and close the archive; a second call does nothing."""
        if self._is_closed:
            return
        self._is_closed = True
        self.is_silent = self.failure is None and self._finds_no_articles()
        # Of a stranger's spider only its articles and robots.txt are known here. That
        # robots.txt could be read says nothing of the pages.
        known = self.counts if hasattr(self.crawler.spider, "plan_text") else Counter[str]()
        known = known - Counter(source=self._robots_read)
        lost = bool(self.book and self.book.lost)
        self.exit_status = exits.status_for(
            reason, known, self.left_over, self.is_silent or lost, self.unread
        )
        is_complete = self.exit_status in _FINISHED and self.failure is None
        if not self.others.end(is_complete=is_complete) and is_complete:
            is_complete, self.exit_status = False, exits.PARTIAL
        self._keep_for_next(is_complete=is_complete)
        if self.archive is not None and self.run is not None:
            counts = dict(self.counts) | {"left_over": self.left_over}
            try:
                end = self.failure or reason
                if self.failure and reason == DISK_FULL:
                    end = f"{DISK_FULL}: {self.failure}"
                self.archive.finish_run(self.run, end, self.exit_status, counts)
            except ArchiveError as error:
                logger.error("the run has no end in the archive: %s", error)
                self.exit_status = exits.FAILED
            self.archive.close()
        if self.evidence is not None:
            self.evidence.close()

    def _keep_for_next(self, *, is_complete: bool) -> None:
        """Store the states of the sources; clear the frontier after a complete crawl."""
        if self.archive is None or self.failure is not None:
            return
        try:
            with self.archive.transaction():
                if self.book is not None:
                    self.book.close(is_complete=is_complete)
                if self.frontier is not None and is_complete:
                    self.frontier.clear()
        except ArchiveError as error:
            logger.error("the sources are not kept: %s", error)
            self.exit_status = exits.FAILED

    def _note_miss(self, ticket: str, observation: Observation) -> None:
        """Have an address that was to give an article tried again, if that may help."""
        if self._misses is None or self.archive is None or not ticket.startswith("article:"):
            return
        # A known article is looked at again in any case.
        is_known = self.archive.id_of(observation.url) is not None
        if is_known or not may_pass(observation.outcome):
            self._misses.forget(ticket)
            return
        tries = self._misses.tries_of(ticket) + 1
        self._misses.note(ticket, observation.url, tries, next_try(observation, tries))

    def _done(self, ticket: str) -> None:
        if self.frontier is not None and ticket:
            self.frontier.done(ticket)

    def _finds_no_articles(self) -> bool:
        """Return whether a site gave no article in a crawl that should have found some."""
        is_of_site = bool(getattr(self.crawler.spider, "site_name", ""))
        if self.found or self.left_over or self.archive is None or not self.others.has_led:
            return False
        if is_of_site and self.refused >= SEVERAL_REFUSED:
            return True
        try:
            if is_of_site and ended_without_articles(self.archive, self.site):
                return True
            was_calm = self.book is not None and self.book.unchanged
            if self.resumed or was_calm or self.not_due:
                return False
            arguments = getattr(self.crawler.spider, "arguments", None)
            is_all_wanted = is_of_site and getattr(arguments, "since", None) is None
            return is_all_wanted or count_articles(self.archive, self.site) > 0
        except ArchiveError:
            return False

    def _waiting_for(self, article: Article, outcome: str) -> _Waiting:
        waiting = self._waiting.get(article.url)
        return waiting or _Waiting(article.url, unanswered(article.url, outcome, None))

    def _settle(self, ticket: str, observation: Observation, article: Article | None) -> None:
        self.counts[observation.outcome] += 1
        self.refused += _is_refused(ticket, observation)
        is_about_site = observation.reason in {"robots.txt", "tdmrep.json"}
        self._robots_read += observation.outcome == "source" and is_about_site
        if observation.outcome not in {"source", "continuation", *ARTICLE_OUTCOMES}:
            self.reasons[observation.outcome, (observation.reason or "")[:60]] += 1
        if sum(self.counts.values()) % _LOOK_AT_DISK == 0 and not self._has_room():
            self.stop("the disk is nearly full")
        self.crawler.signals.send_catch_log(
            address_settled, ticket=ticket, observation=observation, article=article
        )


def _is_refused(ticket: str, observation: Observation) -> bool:
    """Return whether an article's address gave an error, or a page elsewhere and no article."""
    if not ticket.startswith("article:") or is_put_off(observation):
        return False
    has_moved = ticket != ticket_for(observation.url, "article")
    return observation.outcome in _REFUSALS or (
        observation.outcome == "not_article" and has_moved
    )


def _is_ours(name: str) -> bool:
    return name.startswith("NEWSCRAWL_") or name in _TOLD


def ledger_of(crawler: Crawler) -> Ledger:
    """Return the crawl's ledger."""
    ledger = crawler.get_extension(Ledger)
    if ledger is None:
        raise RuntimeError("EXTENSIONS names no newscrawl.crawl.ledger.Ledger")
    return ledger
