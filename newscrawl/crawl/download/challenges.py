"""Challenge pages (Cloudflare, DataDome and others): recognised and reported as `blocked`.

A challenge is never solved or avoided, and not requested again.
"""

from __future__ import annotations

from collections import Counter

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from newscrawl.crawl.download.failures import Refused
from newscrawl.crawl.download.politeness.pace import Pace
from newscrawl.ingest.acceptance import challenge_reason, challenger
from newscrawl.outcomes import Outcome
from newscrawl.text.urls import host_of

_IN_A_ROW = 5
"""After this many challenges in a row, a host gets no request for the rest of the run."""


def challenger_of(response: Response) -> str | None:
    """Return the service that sent the challenge in *response*; None for any other answer."""
    mitigated = (response.headers.get("cf-mitigated") or b"").decode("latin-1")
    return challenger(response.status, mitigated, response.body)


class ChallengeMiddleware:
    """Refuse challenges as `blocked`, and rest a host that answers with nothing else."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self._in_a_row: Counter[str] = Counter()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ChallengeMiddleware:
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Response:
        """Return *response*. Raises Refused if it is a challenge."""
        host, service = host_of(request.url), challenger_of(response)
        if service is None:
            self._in_a_row[host] = 0
            return response
        self._in_a_row[host] += 1
        reason = challenge_reason(service, response.status)
        pace = self.crawler.get_extension(Pace)
        if pace is not None and self._in_a_row[host] >= _IN_A_ROW:
            pace.resting[host] = f"{reason}, {_IN_A_ROW} times in a row"
        raise Refused(Outcome.BLOCKED, reason)
