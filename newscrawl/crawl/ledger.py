"""The crawl's only writer: what became of every address, and every article, in the archive.

An article's observation waits here while the article goes through the pipelines, and is written
with it in one transaction. Whatever ends an item's way otherwise is written instead.
"""

from __future__ import annotations

import logging
from collections import Counter
from typing import Any

import attrs
from scrapy import Spider, signals
from scrapy.crawler import Crawler
from scrapy.http import Response

from newscrawl.archive import Archive
from newscrawl.article import Article
from newscrawl.crawl import exits
from newscrawl.crawl.identity import Identity
from newscrawl.crawl.response import observation_from, unanswered
from newscrawl.errors import ArchiveError
from newscrawl.observation import Observation
from newscrawl.project import anchored
from newscrawl.urls import site_name

ARTICLE_OUTCOMES = ("stored", "updated", "unchanged")

address_settled = object()
"""Sent when it is known what became of an address: *ticket*, *observation* and *article*."""

logger = logging.getLogger(__name__)


@attrs.frozen
class _Waiting:
    ticket: str
    observation: Observation


class Ledger:
    """Writes articles, observations and the run; counts outcomes; knows how the run ended."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.archive: Archive | None = None
        self.run: int | None = None
        self.site = ""
        self.counts: Counter[str] = Counter()
        self.reasons: Counter[str] = Counter()
        self.left_over = 0
        self.exit_status = exits.FAILED
        self._waiting: dict[str, _Waiting] = {}
        self._identity: Identity | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Ledger:
        ledger = cls(crawler)
        for handler, signal in (
            (ledger.spider_opened, signals.spider_opened),
            (ledger.spider_closed, signals.spider_closed),
            (ledger.spider_error, signals.spider_error),
            (ledger.item_dropped, signals.item_dropped),
            (ledger.item_error, signals.item_error),
        ):
            crawler.signals.connect(handler, signal=signal)
        return ledger

    @property
    def articles(self) -> int:
        """How many articles were found in this run, new or not."""
        return sum(self.counts[outcome] for outcome in ARTICLE_OUTCOMES)

    def spider_opened(self, spider: Spider) -> None:
        self.site = getattr(spider, "site_name", "") or spider.name
        self._identity = Identity(getattr(spider, "declared_site", None))
        if self.crawler.settings.getbool("NEWSCRAWL_RECORD", True):
            path = anchored(self.crawler.settings["NEWSCRAWL_ARCHIVE"])
            self.archive = Archive(path)
            settings = {
                name: value
                for name, value in self.crawler.settings.copy_to_dict().items()
                if name.startswith("NEWSCRAWL_") or name == "USER_AGENT"
            }
            self.run = self.archive.start_run(spider.name, self.site, settings)
            logger.info("%s: the archive is %s", self.site, path)

    def expect(self, article: Article, ticket: str, observation: Observation) -> None:
        """Keep *observation* until *article* comes out of the pipelines."""
        self._waiting[article.url] = _Waiting(ticket, observation)

    def save(self, article: Article) -> None:
        """Write *article* with its observation, as a new, changed or unchanged article."""
        waiting = self._waiting.pop(article.url, None)
        observation = (
            waiting.observation if waiting else unanswered(article.url, "stored", None)
        )
        outcome = "stored"
        if self.archive is not None and self._identity is not None:
            site = self.site if waiting else site_name(article.url)
            key = self._identity.key_for(article)
            saved = self.archive.save(article, observation, site=site, key=key, run=self.run)
            outcome = saved.outcome
        observation = attrs.evolve(observation, outcome=outcome)
        self._settle(waiting.ticket if waiting else article.url, observation, article)

    def record(
        self, ticket: str, observation: Observation, article: Article | None = None
    ) -> None:
        """Write what became of an address that gave no article to keep."""
        if article is not None:
            self._waiting.pop(article.url, None)
        if self.archive is not None:
            self.archive.record(observation, site=self.site, run=self.run)
        self._settle(ticket, observation, article)

    def reject(self, article: Article, outcome: str, reason: str) -> None:
        """Write that *article* is not kept."""
        waiting = self._waiting.get(article.url)
        observation = waiting.observation if waiting else unanswered(article.url, outcome, None)
        observation = attrs.evolve(observation, outcome=outcome, reason=reason)
        self.record(waiting.ticket if waiting else article.url, observation, article)

    def item_dropped(self, item: Any, exception: Exception) -> None:
        if isinstance(item, Article) and item.url in self._waiting:
            self.reject(item, "not_article", f"a pipeline dropped it: {exception}"[:300])

    def item_error(self, item: Any, failure: Any) -> None:
        if isinstance(failure.value, ArchiveError):
            self.crawler.stats.set_value("newscrawl/archive_error", str(failure.value))
            raise_stop(self.crawler, "archive_failed")
        elif isinstance(item, Article) and item.url in self._waiting:
            self.reject(item, "error", f"{type(failure.value).__name__} in a pipeline")

    def spider_error(self, failure: Any, response: Any) -> None:
        if isinstance(response, Response):
            ticket = response.meta.get("newscrawl", {}).get("ticket", response.url)
            reason = f"{type(failure.value).__name__}: {failure.value}"[:300]
            self.record(ticket, observation_from(response, "error", reason))

    def spider_closed(self, spider: Spider, reason: str) -> None:
        self.exit_status = self._exit_status(reason)
        if self.archive is not None and self.run is not None:
            counts = dict(self.counts) | {"left_over": self.left_over}
            self.archive.finish_run(self.run, reason, self.exit_status, counts)
            self.archive.close()

    def _settle(self, ticket: str, observation: Observation, article: Article | None) -> None:
        self.counts[observation.outcome] += 1
        if observation.reason and observation.outcome not in {"source", *ARTICLE_OUTCOMES}:
            self.reasons[f"{observation.outcome}: {observation.reason}"[:80]] += 1
        self.crawler.signals.send_catch_log(
            address_settled, ticket=ticket, observation=observation, article=article
        )

    def _exit_status(self, reason: str) -> int:
        if reason not in {"finished", "closespider_pagecount", "closespider_timeout"}:
            return exits.PARTIAL if reason == "shutdown" else exits.FAILED
        if reason != "finished" or self.left_over:
            return exits.PARTIAL
        got_something = self.articles or self.counts["source"] or self.counts["not_article"]
        if not got_something and sum(self.counts.values()):
            return exits.FAILED
        return exits.COMPLETE


def raise_stop(crawler: Crawler, reason: str) -> None:
    """Have the crawl stop by itself, with *reason*."""
    from scrapy.utils.defer import _schedule_coro  # noqa: PLC0415

    _schedule_coro(crawler.engine.close_spider_async(reason=reason))


def ledger_of(crawler: Crawler) -> Ledger:
    """Return the crawl's ledger."""
    ledger = crawler.get_extension(Ledger)
    assert ledger is not None, "EXTENSIONS names no Ledger"  # noqa: S101
    return ledger
