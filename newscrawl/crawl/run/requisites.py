"""Requisites of pages, requested and stored beside them: stylesheets, images and fonts.

Those of a site that declares `requisites`, for each page whose answer was stored as evidence.
They go through the guards of the crawl, at the pace of their hosts, and never become articles.
One that fails costs itself alone.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Iterable
from http import HTTPStatus
from itertools import islice
from time import monotonic
from typing import Any

import attrs
from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from newscrawl.article import Article
from newscrawl.crawl.download.browser.picture import picture_of
from newscrawl.crawl.download.failures import outcome_from
from newscrawl.crawl.download.politeness.opt_out_middleware import refused_by
from newscrawl.crawl.download.response import (
    content_type_of,
    observation_from,
    page_from,
    redirects_before,
    unanswered,
)
from newscrawl.crawl.frontier.request_meta import Target, meta_for, target_of
from newscrawl.crawl.run.answered import REQUISITE, Answered
from newscrawl.crawl.run.recorder import recorder_of
from newscrawl.errors import ArchiveError, ExtractionError, WarcError
from newscrawl.evidence import read_stored
from newscrawl.html.page_requisites import Requisite, requisites_in, requisites_in_css
from newscrawl.ingest.media_types import requisite_type
from newscrawl.layouts.catalogue import all_sites, site_for
from newscrawl.outcomes import Observation, Outcome
from newscrawl.page import Page

AT_ONCE = 4
"""Number of requisites of a page that are requested at the same time."""
_PAGES = frozenset({"article", "continuation"})
_ACCEPT = "image/avif,image/webp,image/*,text/css,font/woff2,*/*;q=0.1"
_MB = 2**20


@attrs.frozen(kw_only=True)
class Limits:
    """The most that the requisites of one page may cost."""

    number: int
    bytes_of_one: int
    bytes_of_all: int
    seconds: float
    rest: dt.timedelta
    """Time for which one is not requested again."""


def may_be_wanted(wish: str) -> bool:
    """Return whether the requisites of any page are wanted, by NEWSCRAWL_REQUISITES."""
    if wish.lower() == "declared":
        return any(site.requisites for site in all_sites())
    return wish.lower() == "always"


def wants_requisites(wish: str, url: str) -> bool:
    """Return whether the requisites of the page at *url* are wanted."""
    if wish.lower() == "declared":
        site = site_for(url)
        return site is not None and site.requisites
    return wish.lower() == "always"


class RequisitesMiddleware:
    """Requests the requisites of a page after its article was stored."""

    def __init__(self, crawler: Crawler) -> None:
        settings = crawler.settings
        self._wish = str(settings["NEWSCRAWL_REQUISITES"]).lower()
        is_stored = (
            settings.getbool("NEWSCRAWL_RECORD") and settings["NEWSCRAWL_EVIDENCE"] != "none"
        )
        if not is_stored or not may_be_wanted(self._wish):
            raise NotConfigured
        self._crawler = crawler
        self._obeyed = frozenset(settings.getlist("NEWSCRAWL_OBEY_OPT_OUTS"))
        self._under_way: set[str] = set()
        self._limits = Limits(
            number=settings.getint("NEWSCRAWL_PAGE_REQUISITES"),
            bytes_of_one=int(settings.getfloat("NEWSCRAWL_REQUISITE_MB") * _MB),
            bytes_of_all=int(settings.getfloat("NEWSCRAWL_PAGE_REQUISITES_MB") * _MB),
            seconds=settings.getfloat("NEWSCRAWL_PAGE_REQUISITES_SECONDS"),
            rest=dt.timedelta(hours=settings.getfloat("NEWSCRAWL_REQUISITE_HOURS")),
        )

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RequisitesMiddleware:
        middleware = cls(crawler)
        crawler.signals.connect(middleware.item_scraped, signal=signals.item_scraped)
        return middleware

    async def process_spider_output(
        self, response: Response, result: AsyncIterator[Any]
    ) -> AsyncIterator[Any]:
        """Hand on *result*; request the requisites of a page that was stored as no article."""
        has_article = False
        async for one in result:
            has_article = has_article or isinstance(one, Article)
            yield one
        if not has_article:
            await recorder_of(self._crawler).written()
            await self._draw(self._page_of(response), response)

    async def item_scraped(self, item: Any, response: Response) -> None:
        """Request the requisites of an article that was stored, on all its pages that came."""
        if not isinstance(item, Article):  # the outcome of a request that brought no page
            return
        await self._draw(self._page_of(response), response)
        if item.url != response.url:
            await self._draw(self._stored_page(item.url), response)

    def _page_of(self, response: Response) -> Page | None:
        """Return the page that *response* brought, or that it says is as it was."""
        is_unchanged = response.status == HTTPStatus.NOT_MODIFIED
        return self._stored_page(response.url) if is_unchanged else page_from(response)

    def _stored_page(self, url: str) -> Page | None:
        """Return the page at *url* as it was stored last; the first one of a joined article."""
        archive = recorder_of(self._crawler).archive
        try:
            last = archive.evidence.last(url) if archive is not None else None
            if archive is None or last is None:
                return None
            body = read_stored(archive, last).body
        except (ArchiveError, WarcError):
            return None
        return Page(
            url=url, body=body, content_type=last.content_type, fetched_at=last.fetched_at
        )

    async def _draw(self, page: Page | None, response: Response) -> None:
        """Record the screenshot of *page* and request its requisites, if its site wants them.

        Of home and section pages no requisites are requested.
        """
        target = target_of(response.request) if response.request is not None else None
        try:
            if page is None or target is None or not self._wants(page, target):
                return
            await self._record_picture(page, response)
            if target.role in _PAGES:
                await self._fetch_all(page)
        except ArchiveError as error:
            recorder_of(self._crawler).stop(error)

    async def _record_picture(self, page: Page, response: Response) -> None:
        """Record the screenshot of *page*, if a browser took one with this *response*."""
        picture = picture_of(response.request) if response.request is not None else None
        if picture is not None and page.url == response.url and page.fetched_at:
            recorder = recorder_of(self._crawler)
            site = recorder.site_of(page.url)
            await recorder.record_screenshot(page.url, picture, page.fetched_at, site)

    def _wants(self, page: Page, target: Target) -> bool:
        """Return whether *page* was stored just now, and its site wants its requisites."""
        archive = recorder_of(self._crawler).archive
        if archive is None or not (target.role in _PAGES or target.is_listing):
            return False
        if not wants_requisites(self._wish, page.url):
            return False
        last = archive.evidence.last(page.url)
        return last is not None and last.fetched_at == page.fetched_at

    async def _fetch_all(self, page: Page) -> None:
        """Request the requisites of a page, and those that its stylesheets name."""
        try:
            # The tree of the page itself may be in use, and this one is changed.
            root = Page(url=page.url, body=page.body, content_type=page.content_type).root
        except ExtractionError:
            return
        first = requisites_in(root, page.url)
        batch, site = _Batch(self._limits, first), recorder_of(self._crawler).site_of(page.url)
        await self._name(page.url, first)
        while (some := batch.take(AT_ONCE)) and self._goes_on():
            found = await asyncio.gather(*(self._fetch(one, site) for one in some))
            for body, further in found:
                batch.add(body, further)

    async def _name(self, url: str, requisites: Iterable[Requisite]) -> None:
        """Record the requisites that a page or a stylesheet names, up to the limit."""
        named = [one.url for one in islice(requisites, self._limits.number)]
        if named:
            await recorder_of(self._crawler).name_requisites(url, named)

    def _goes_on(self) -> bool:
        """Return whether the crawl has not been told to stop."""
        status = recorder_of(self._crawler).status
        return bool(self._crawler.crawling) and status.failure is None

    async def _fetch(self, one: Requisite, site: str) -> tuple[int, tuple[Requisite, ...]]:
        """Request a requisite; return its size, and the requisites that it names."""
        if one.url in self._under_way:
            return 0, ()
        self._under_way.add(one.url)
        try:
            return await self._request(one, site)
        finally:
            self._under_way.discard(one.url)

    async def _request(self, one: Requisite, site: str) -> tuple[int, tuple[Requisite, ...]]:
        recorder = recorder_of(self._crawler)
        archive = recorder.archive
        since = dt.datetime.now(dt.UTC) - self._limits.rest
        if archive is None or archive.requisites.requested_since(one.url, since):
            return 0, ()
        meta = {
            "allow_offsite": True,
            "dont_retry": True,
            "download_maxsize": self._limits.bytes_of_one,
        }
        request = Request(
            one.url,
            callback=NO_CALLBACK,
            headers={"Accept": _ACCEPT},
            meta=meta_for(one.url, REQUISITE) | meta,
        )
        try:
            response: Response = await self._crawler.engine.download_async(request)
        except Exception as error:  # an answer costs itself alone, whatever it was
            problem = outcome_from(error, one.url)
            await recorder.record_requisite(_unstored(unanswered(one.url, *problem)), site)
            return 0, ()
        for redirect in redirects_before(response.request) if response.request else ():
            seen = attrs.evolve(redirect, outcome=Outcome.REQUISITE, role=REQUISITE)
            await recorder.record_requisite(seen, site)
        await recorder.record_requisite(self._observed(response, one), site)
        if response.url != one.url:
            await self._name(one.url, [Requisite(response.url)])
        further = _named_in(response, one)
        await self._name(response.url, further)
        return len(response.body), further

    def _observed(self, response: Response, one: Requisite) -> Observation:
        """Return the observation of an answer, without evidence if it is no requisite."""
        opt_out = refused_by(response, Page(url=response.url, body=b""), self._obeyed)
        if opt_out:
            return _unstored(observation_from(response, Outcome.OPTED_OUT, opt_out))
        if response.status != 200:
            reason = f"HTTP {response.status}"
            return _unstored(observation_from(response, Outcome.HTTP_ERROR, reason))
        if _type_of(response, one) is None:
            label = content_type_of(response).partition(";")[0] or "no type"
            expected = "stylesheet" if one.is_style else "image or font"
            reason = f"{label} is no {expected}"
            return _unstored(observation_from(response, Outcome.PARSE_ERROR, reason))
        return observation_from(response, Outcome.REQUISITE)


class _Batch:
    """The requisites of one page that are still to be requested, within its limits."""

    def __init__(self, limits: Limits, first: tuple[Requisite, ...]) -> None:
        self._limits = limits
        self._waiting: list[Requisite] = []
        self._bytes = 0
        self._end = monotonic() + limits.seconds
        self.seen: dict[str, None] = {}
        """The addresses so far, in the order in which they were found."""
        self.add(0, first)

    def add(self, size: int, found: tuple[Requisite, ...]) -> None:
        """Count the bytes of an answer, and let the requisites that it names wait."""
        self._bytes += size
        for one in found:
            if one.url not in self.seen and len(self.seen) < self._limits.number:
                self.seen[one.url] = None
                self._waiting.append(one)

    def take(self, number: int) -> list[Requisite]:
        """Return the next ones to request; none when a limit is reached."""
        if self._bytes >= self._limits.bytes_of_all or monotonic() >= self._end:
            return []
        taken, self._waiting = self._waiting[:number], self._waiting[number:]
        return taken


def _type_of(response: Response, one: Requisite) -> str | None:
    return requisite_type(response.body, content_type_of(response), is_style=one.is_style)


def _named_in(response: Response, one: Requisite) -> tuple[Requisite, ...]:
    """Return the requisites that an answered stylesheet names."""
    if not one.is_style or response.status != 200 or _type_of(response, one) is None:
        return ()
    return requisites_in_css(page_from(response).text, response.url)


def _unstored(seen: Observation) -> Observation:
    """Return the observation of a requisite that is not stored, with its outcome as reason."""
    reason = f"{seen.outcome}: {seen.reason}"[:300]
    seen = seen.without_exchange() if isinstance(seen, Answered) else seen
    return attrs.evolve(seen, outcome=Outcome.REQUISITE, reason=reason)
