"""One pace for a host over all workers: before a request leaves, it is its worker's turn."""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import cast

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from newscrawl.crawl.download.politeness.pace import Pace, host_rests
from newscrawl.crawl.download.politeness.quiet_handler import QuietHandler
from newscrawl.crawl.frontier.postponed import Postponed
from newscrawl.crawl.run.recorder import recorder_of
from newscrawl.crawl.shared.shared_scheduler import SharedScheduler
from newscrawl.outcomes import Outcome

_AGAIN = 0.5
"""Seconds between two tries where Redis does not answer."""
_TRUSTED = 0.25
"""Seconds for which a host without a pace of its own counts as ready."""
_NO_TURN = "the shared frontier does not say whose turn it is"
_HELD, _LEAST_HELD = 1 / 3, 5.0
"""The part of a lease, and the least seconds, that a turn is held which nobody prolongs.

Its worker was killed then, or stands still.
"""


class TurnHandler(QuietHandler):
    """Sends a request when no worker has sent one to its host for long enough."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._crawler = crawler
        self._free_until: dict[str, float] = {}
        lease = crawler.settings.getfloat("NEWSCRAWL_FRONTIER_LEASE")
        self._holds = max(lease * _HELD, _LEAST_HELD)
        crawler.signals.connect(self._rest, signal=host_rests)

    async def download_request(self, request: Request) -> Response:
        """Send *request* in its turn; raise Postponed if nobody can say when that is."""
        host = str(request.meta.get("download_slot", ""))
        pace = self._crawler.get_extension(Pace)
        assert pace is not None  # noqa: S101  # settings name it
        spacing, is_alone = pace.spacing_of(request)
        await self._wait_for_turn(host, spacing, is_alone=is_alone)
        if not is_alone:
            return await super().download_request(request)
        holding = asyncio.ensure_future(self._hold_turn(host))
        try:
            return await super().download_request(request)
        finally:
            holding.cancel()
            self._rest(host, spacing)

    async def _hold_turn(self, host: str) -> None:
        """Prolong this worker's turn for as long as it waits for an answer."""
        while True:
            await asyncio.sleep(self._holds / 4)
            if self._scheduler.redis.may_try:
                self._scheduler.redis.query(lambda queue: queue.hold_turn(host, self._holds))

    async def _wait_for_turn(self, host: str, spacing: float, *, is_alone: bool) -> None:
        scheduler, recorder = self._scheduler, recorder_of(self._crawler)
        if not spacing and monotonic() < self._free_until.get(host, 0.0):
            return
        holds = self._holds if is_alone else 0.0
        while True:
            wait = self._seconds_to_turn(host, spacing, holds)
            if wait == 0:
                self._free_until[host] = monotonic() + _TRUSTED
                return
            if wait is None and (recorder.status.failure is not None or scheduler.is_closing):
                raise Postponed(Outcome.OVER_LIMIT, _NO_TURN)
            await asyncio.sleep(wait or _AGAIN)

    def _seconds_to_turn(self, host: str, spacing: float, holds: float) -> float | None:
        """Take a turn at *host*; return 0, the seconds until the next try, or None."""
        redis = self._scheduler.redis
        if not redis.may_try:
            return None
        return redis.query(lambda queue: queue.wait_for_turn(host, spacing, holds))

    @property
    def _scheduler(self) -> SharedScheduler:
        return cast("SharedScheduler", self._crawler.engine.scheduler)

    def _rest(self, host: str, seconds: float) -> None:
        """Have all workers leave *host* alone for so long."""
        self._free_until.pop(host, None)
        self._scheduler.redis.query(lambda queue: queue.rest(host, seconds))
