"""Pace of requests to one host: by its answers and its robots.txt, and no slower than needed.

Public hosts get DOWNLOAD_DELAY at least; private hosts that are named get no delay of ours,
only that of their robots.txt.
"""

from __future__ import annotations

import logging
from time import monotonic

from scrapy import Request, Spider, signals
from scrapy.core.downloader import Slot
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.extensions.throttle import AutoThrottle
from scrapy.http import Response

from newscrawl.ingest.public_addresses import PrivateHosts

# A server's clock sees two requests a little nearer than ours did.
_MARGIN = 1.05
_LEAST = 0.01
# Seconds of rest after 429 or 503 without a Retry-After, at a public host and at a private one.
_USUAL_REST, _SHORT_REST = 10.0, 0.25

logger = logging.getLogger(__name__)

host_rests = object()
"""Sent when a host demands a rest: *host* and *seconds*."""


class Pace(AutoThrottle):
    """Scrapy's AutoThrottle with a floor for each host."""

    def __init__(self, crawler: Crawler) -> None:
        self.resting: dict[str, str] = {}
        """The hosts that are left alone for the rest of this run, with the reason."""
        self._floors: dict[str, float] = {}
        self._has_warned = False
        self.private_hosts = PrivateHosts.named(crawler.settings["NEWSCRAWL_PRIVATE_HOSTS"])
        self.longest = crawler.settings.getfloat("NEWSCRAWL_LONGEST_WAIT")
        self.is_adaptive = crawler.settings.getbool("AUTOTHROTTLE_ENABLED")
        try:
            super().__init__(crawler)
        except NotConfigured:
            self.crawler = crawler
        crawler.signals.connect(self._reached_downloader, signals.request_reached_downloader)

    def set_least_delay(self, host: str, delay: float) -> None:
        """Leave *delay* seconds between two requests to *host*, as its robots.txt demands."""
        if delay > self.longest:
            logger.warning(
                "%s wants %.0f s between pages; %.0f are left", host, delay, self.longest
            )
        self._floors[host] = min(delay, self.longest) * _MARGIN + _LEAST
        slot = self.crawler.engine.downloader.slots.get(host)
        if slot is not None:
            self._keep_floor(host, slot)

    def let_rest(self, request: Request, seconds: float | None) -> None:
        """Send nothing to the host of *request* for *seconds*; None for the usual rest."""
        host: str = request.meta.get("download_slot", "")
        slot = self.crawler.engine.downloader.slots.get(host)
        seconds = self.usual_rest(request) if seconds is None else seconds
        if slot is None or not seconds:
            return
        logger.info("%s wants a rest: nothing is sent for %.0f s", host, seconds)
        # A slot without delay does not check when it may go on.
        slot.delay = max(slot.delay, 0.001)
        slot.lastseen = max(slot.lastseen, monotonic() + seconds + _LEAST - slot.delay / 2)
        self.crawler.signals.send_catch_log(host_rests, host=host, seconds=seconds + _LEAST)

    def usual_rest(self, request: Request) -> float:
        """Return the seconds that a host rests if it does not say for how long."""
        is_private = self.private_hosts.includes_url(request.url)
        return _SHORT_REST if is_private else _USUAL_REST

    def is_busy(self, request: Request) -> bool:
        """Return whether the host of *request* has still to answer other requests."""
        slot = self.crawler.engine.downloader.slots.get(request.meta.get("download_slot", ""))
        return slot is not None and bool(slot.transferring - {request})

    def spacing_of(self, request: Request) -> tuple[float, bool]:
        """Return the seconds between two requests to a host, and True if they follow an answer.

        True: counted from the answer, with one request at a time; False: from the last request
        sent.
        """
        host = request.meta.get("download_slot", "")
        slot = self.crawler.engine.downloader.slots.get(host)
        delay, floor = slot.delay if slot is not None else 0.0, self._floors.get(host)
        return (delay, False) if floor is None else (max(delay, floor), True)

    def _reached_downloader(self, request: Request, spider: Spider) -> None:
        """Set the pace of a host before the first request to it is sent."""
        host, slot = self._get_slot(request, spider)
        if host is None or slot is None or len(slot.active) > 1 or slot.lastseen:
            return
        is_private = self.private_hosts.includes_url(request.url)
        if not is_private:
            self._warn_without_contact()
        if is_private:
            slot.delay = 0.0
        elif delay := getattr(spider, "delay", None):
            self._floors.setdefault(host, delay)
        self._keep_floor(host, slot)

    def _warn_without_contact(self) -> None:
        """Say once that the user agent names nobody to write to."""
        agent = str(self.crawler.settings["USER_AGENT"])
        if not self._has_warned and "@" not in agent and "+" not in agent:
            self._has_warned = True
            logger.warning(
                "NEWSCRAWL_CONTACT is not set: %r names nobody whom a site could write to",
                agent,
            )

    def _response_downloaded(
        self, response: Response, request: Request, spider: Spider
    ) -> None:
        host, slot = self._get_slot(request, spider)
        if not self.private_hosts.includes_url(request.url):
            super()._response_downloaded(response, request, spider)
        if host is not None and slot is not None:
            self._keep_floor(host, slot)

    def _keep_floor(self, host: str, slot: Slot) -> None:
        """Let nothing be sent to *host* within its floor after the last answer.

        Counted from the answer, and one request at a time: by the server's clock too, however
        long each was on its way.
        """
        floor = self._floors.get(host)
        if floor is None:
            return
        slot.concurrency = 1
        if slot.lastseen:
            slot.lastseen = max(slot.lastseen, monotonic())
        if slot.delay <= floor:
            # Without jitter: half of the crawl-delay would break it.
            slot.delay, slot.jitter = floor, 0.0
