"""Articles on several pages: the pages are requested one by one, and joined when all are there.

The address of the first page stays under way until then: a run that is killed in between begins
with that page again. A page that cannot be had leaves the article marked as not whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

import attrs
from scrapy import Request
from scrapy.http import Response
from scrapy.settings import BaseSettings
from twisted.python.failure import Failure

from newscrawl.article import Article
from newscrawl.crawl.download.response import observation_from
from newscrawl.crawl.frontier.postponed import is_postponed, unsent
from newscrawl.crawl.frontier.request_meta import meta_for
from newscrawl.crawl.run.recorder import Recorder
from newscrawl.ingest.acceptance import rejection_of
from newscrawl.ingest.joined_pages import in_order, is_further_page, join_pages, repeats
from newscrawl.outcomes import Observation, Outcome, Problem
from newscrawl.text.urls import url_key

PRIORITY = 1_000
"""Before everything else: a live page may change while its other half waits."""
MOST_REASONS = 3


@attrs.define(eq=False)
class Join:
    """An article of which further pages are awaited."""

    first: Article
    request_key: str
    observation: Observation
    """Observation of the first page; written with the joined article."""
    came_from: tuple[str, ...] = ()
    parts: list[Article] = attrs.field(factory=list)
    known: dict[str, str] = attrs.field(factory=dict)
    """The further pages that are not in `parts`, by key of their address."""
    asked: set[str] = attrs.field(factory=set)
    reasons: list[str] = attrs.field(factory=list)
    """Why pages are missing."""

    def add(self, page: Article, asked: str = "") -> None:
        """Add *page*, the answer at *asked*, and the further pages that it names."""
        self.parts.append(page)
        self.known.pop(url_key(asked), None)
        have = self.asked | {url_key(part.url) for part in self.parts}
        for url in page.missing_pages:
            if url_key(url) not in have:
                self.known.setdefault(url_key(url), url)

    def next_page(self) -> str | None:
        """Return the address of the next page to request; None if none is left."""
        urls = in_order([*(part.url for part in self.parts), *self.known.values()])
        left = (url for url in urls if url_key(url) in self.known)
        return next((url for url in left if url_key(url) not in self.asked), None)

    def joined(self) -> tuple[Article, Observation]:
        """Return the article of all pages there are, and the observation of its first request.

        That other pages are as they were cannot be known by the first one's validators.
        """
        missing = tuple(self.known.values())
        reason = self._incomplete() if missing else None
        observation = attrs.evolve(
            self.observation, etag=None, last_modified=None, reason=reason
        )
        return join_pages(self.parts, missing), observation

    def _incomplete(self) -> str:
        count = len(self.parts) + len(self.known)
        why = "; ".join(self.reasons[:MOST_REASONS]) or "the limit of pages was reached"
        return f"incomplete: {len(self.known)} of {count} pages missing: {why}"[:300]


class Reader(Protocol):
    """Interface of a spider that reads pages."""

    settings: BaseSettings

    @property
    def recorder(self) -> Recorder: ...

    def answered(self, response: Response) -> str: ...

    def read(self, response: Response) -> Article | Problem: ...

    def failed(self, failure: Failure) -> Observation: ...


class NextPages:
    """Requests for the further pages of articles, on behalf of a spider."""

    def __init__(self, spider: Reader) -> None:
        self._spider = spider
        self._limit = spider.settings.getint("NEWSCRAWL_ARTICLE_PAGES")

    def begin(self, join: Join) -> Iterator[Any]:
        """Yield the requests for the further pages of the article of *join*."""
        join.add(join.first)
        yield from self._onward(join)

    def _onward(self, join: Join) -> Iterator[Any]:
        url = join.next_page()
        if url is not None and len(join.asked) + 1 < self._limit:
            join.asked.add(url_key(url))
            yield Request(
                url,
                callback=self._read,
                errback=self._failed,
                cb_kwargs={"join": join, "asked": url},
                priority=PRIORITY,
                dont_filter=True,
                meta=meta_for(url, "continuation"),
            )
            return
        article, observation = join.joined()
        self._spider.recorder.expect(article, join.request_key, observation, join.came_from)
        yield article

    def _read(self, response: Response, join: Join, asked: str) -> Iterator[Any]:
        request_key = self._spider.answered(response)
        page = self._spider.read(response)
        outcome = self._take(page, join, asked) if isinstance(page, Article) else page
        if outcome[0] != Outcome.CONTINUATION and url_key(asked) in join.known:
            join.reasons.append(f"{asked}: {outcome[0]}")
        self._spider.recorder.record(request_key, observation_from(response, *outcome))
        yield from self._onward(join)

    def _take(self, page: Article, join: Join, asked: str) -> Problem:
        """Add *page* to *join* if it goes on there; return outcome and reason."""
        if repeats(page, join.parts):
            join.known.pop(url_key(asked), None)
            return Outcome.NOT_ARTICLE, f"it repeats a page of {join.first.url}"
        if is_further_page(page):
            join.add(page, asked)
            return Outcome.CONTINUATION, f"page {len(join.parts)} of {join.first.url}"
        return rejection_of(page) or (Outcome.NOT_ARTICLE, "no text")

    def _failed(self, failure: Failure) -> Iterator[Any]:
        observation = self._spider.failed(failure)
        arguments = failure.request.cb_kwargs  # type: ignore[attr-defined]
        join, asked = arguments["join"], arguments["asked"]
        if is_postponed(observation):
            # The next run begins with the first page again.
            postponed = unsent(join.first.url, observation.outcome, observation.reason or "")
            self._spider.recorder.record(join.request_key, postponed)
            return
        join.reasons.append(f"{asked}: {observation.reason or observation.outcome}")
        yield from self._onward(join)
