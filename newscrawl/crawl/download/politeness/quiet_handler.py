"""Nothing is sent in quiet hours, or to a host that rests: seen as a request leaves."""

from __future__ import annotations

import datetime as dt
from functools import cache, lru_cache
from typing import Any

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.utils.defer import deferred_from_coro
from twisted.internet.endpoints import HostnameEndpoint

from newscrawl.crawl.download.politeness.pace import Pace
from newscrawl.crawl.download.response_headers import with_checked_headers
from newscrawl.crawl.frontier.postponed import Postponed
from newscrawl.layouts.catalogue import site_for
from newscrawl.layouts.quiet_hours import QuietHours, parse_quiet_hours
from newscrawl.layouts.site import Site
from newscrawl.outcomes import Outcome
from newscrawl.text.urls import host_of

REASON = "quiet_hours"
"""Scrapy's reason for the end of a crawl because of quiet hours."""
# What is sent now arrives a little later.
_MARGIN = dt.timedelta(seconds=2)


class QuietGate:
    """Stands before each request that leaves."""

    def __init__(self, crawler: Crawler) -> None:
        self._setting = crawler.settings.get("NEWSCRAWL_QUIET_HOURS") or ""
        self._crawler = crawler
        self._is_ending = False

    def check(self, request: Request) -> None:
        """Raise Postponed if the host of *request* rests, or its site has quiet hours.

        A crawl of a site that has quiet hours ends.
        """
        pace = self._crawler.get_extension(Pace)
        if pace is not None and host_of(request.url) in pace.resting:
            raise Postponed(Outcome.BLOCKED, pace.resting[host_of(request.url)])
        until = quiet_until(request.url, self._setting, dt.datetime.now(dt.UTC))
        if until is None:
            return
        reason = f"quiet hours until {until:%H:%M} ({until.tzname()})"
        if getattr(self._crawler.spider, "site_name", "") and not self._is_ending:
            self._is_ending = True
            deferred_from_coro(self._crawler.engine.close_spider_async(reason=REASON))
        raise Postponed(Outcome.OVER_LIMIT, reason)


class QuietHandler(HTTP11DownloadHandler):
    """Scrapy's own handler of HTTP, outside quiet hours, with a bound on headers."""

    lazy = False

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._gate = QuietGate(crawler)
        self._pool._factory = with_checked_headers(self._pool._factory)
        _remember_hosts()

    async def download_request(self, request: Request) -> Response:
        """Send *request*. Raises Postponed if the host rests, or its site has quiet hours."""
        self._gate.check(request)
        return await super().download_request(request)


@cache
def _remember_hosts() -> None:
    """Have Twisted encode the name of a host once, not for each request."""
    read: Any = HostnameEndpoint._hostAsBytesAndText
    endpoint: Any = HostnameEndpoint
    endpoint._hostAsBytesAndText = staticmethod(lru_cache(maxsize=1024)(read))


def quiet_until(url: str, setting: str, now: dt.datetime) -> dt.datetime | None:
    """Return when the quiet hours of the site of *url* end; None if it has none now."""
    moments = (
        hours.end_after(moment)
        for hours in _hours_at(host_of(url), setting)
        for moment in (now, now + _MARGIN)
    )
    return max((moment for moment in moments if moment), default=None)


@cache
def _hours_at(host: str, setting: str) -> tuple[QuietHours, ...]:
    return quiet_hours_of(site_for(f"http://{host}/"), setting)


def quiet_hours_of(site: Site | None, setting: str) -> tuple[QuietHours, ...]:
    """Return the quiet hours that *setting* and the declaration of *site* state."""
    zone = site.zone if site is not None else None
    texts = (setting, (site.quiet_hours or "") if site is not None else "")
    return tuple(hours for text in texts if (hours := parse_quiet_hours(text, zone)))
