"""Second attempts: after the time that the server demands, and no more than are worth it."""

from __future__ import annotations

import datetime as dt
from time import monotonic
from typing import Any

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.http import Response

from newscrawl.crawl.download.failures import Refused
from newscrawl.crawl.download.politeness.backoff import ABSURD, Patience
from newscrawl.crawl.download.politeness.pace import Pace
from newscrawl.crawl.frontier.postponed import Postponed
from newscrawl.outcomes import Outcome
from newscrawl.text.urls import host_of
from newscrawl.values.retry_after import parse_retry_after

TOO_MANY_REQUESTS = 429
WAITING_STATUSES = (TOO_MANY_REQUESTS, 503)
"""Statuses that demand a rest."""


class PatientRetryMiddleware(RetryMiddleware):
    """Scrapy's retries; 429 and 503 wait first."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> PatientRetryMiddleware:
        middleware: PatientRetryMiddleware = super().from_crawler(crawler)
        middleware.longest = crawler.settings.getfloat("NEWSCRAWL_LONGEST_WAIT")
        middleware.patience = Patience()
        return middleware

    longest = 120.0
    patience: Patience

    def process_request(self, request: Request) -> None:
        """Raise Postponed if the host rests for the run."""
        pace = self.crawler.get_extension(Pace)
        if pace is not None and host_of(request.url) in pace.resting:
            raise Postponed(Outcome.BLOCKED, pace.resting[host_of(request.url)])

    def process_response(
        self, request: Request, response: Response, spider: Any = None
    ) -> Request | Response:
        """Let the host rest if it demands it, and try again."""
        if response.status in WAITING_STATUSES and not request.meta.get("dont_retry"):
            self._let_rest(request, response)
        else:
            self.patience.note_answer(host_of(request.url))
        return super().process_response(request, response)

    def _let_rest(self, request: Request, response: Response) -> None:
        """Let a host rest that demands it.

        Raises Refused if that would be for longer than a run: if one address alone answers so,
        it is that address that is left alone, not its host. Raises Postponed if the host
        refuses several addresses, and nothing else came of them.
        """
        pace = self.crawler.get_extension(Pace)
        if pace is None:
            return
        header = (response.headers.get("Retry-After") or b"").decode("latin-1")
        wait = parse_retry_after(header, dt.datetime.now(dt.UTC)) if header else None
        host = host_of(request.url)
        if wait is not None and wait > self.longest:
            if wait <= ABSURD and self.patience.note_long_wait(host, request.url):
                pace.resting[host] = f"the host wants no requests for {wait:.0f} s"
            reason = f"HTTP {response.status}: to be requested again in {wait:.0f} s"
            raise Refused(Outcome.BLOCKED, reason)
        if response.status == TOO_MANY_REQUESTS:
            wait = self._back_off(pace, request, wait)
        pace.let_rest(request, wait)

    def _back_off(self, pace: Pace, request: Request, wait: float | None) -> float:
        """Return the seconds that a host rests that answered 429, each time twice as long.

        Raises Postponed if it answers nothing else to several addresses, in spite of that.
        """
        now = monotonic()
        sent_at = now - request.meta.get("download_latency", 0.0)
        host = host_of(request.url)
        rounds = self.patience.note_refusal(
            host, request.url, sent_at, now, is_last=not pace.is_busy(request)
        )
        if rounds is None:
            pace.resting[host] = "the host answers HTTP 429 to several addresses"
            raise Postponed(Outcome.BLOCKED, pace.resting[host])
        return pace.usual_rest(request) * 2 ** (rounds - 1) if wait is None else wait
