"""Hosts that answer nothing any more: left alone for the run, and tried in the next one.

Each address of a dead host costs several timeouts; a site of thousands would hold a crawl for
days.
"""

from __future__ import annotations

from collections import defaultdict

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from scrapy.utils.httpobj import urlparse_cached

from newscrawl.crawl.download.failures import outcome_from
from newscrawl.crawl.download.politeness.pace import Pace
from newscrawl.crawl.download.response import observation_from, unanswered
from newscrawl.crawl.frontier.request_meta import target_of
from newscrawl.crawl.run.recorder import recorder_of
from newscrawl.outcomes import Outcome
from newscrawl.text.urls import host_of

SILENT = 10
"""After this many different addresses without an answer, robots.txt is requested once more."""
_SILENCE = frozenset({Outcome.TIMEOUT, Outcome.CONNECTION, Outcome.DNS_ERROR})


class SilenceMiddleware:
    """Counts the addresses that have failed since the last answer of their host."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self._silent: defaultdict[str, set[str]] = defaultdict(set)
        crawler.signals.connect(self._note_answer, signal=signals.response_downloaded)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> SilenceMiddleware:
        return cls(crawler)

    def _note_answer(self, request: Request) -> None:
        self._silent.pop(host_of(request.url), None)

    async def process_exception(self, request: Request, exception: Exception) -> None:
        """Note a failure; let the host rest if its robots.txt gets no answer either."""
        if isinstance(exception, IgnoreRequest) or target_of(request) is None:
            return
        pace, host = self.crawler.get_extension(Pace), host_of(request.url)
        if pace is None or outcome_from(exception, request.url)[0] not in _SILENCE:
            return
        self._silent[host].add(request.url)
        if len(self._silent[host]) < SILENT or host in pace.resting:
            return
        del self._silent[host]
        if not await self._answers(request):
            pace.resting[host] = (
                f"{SILENT} addresses of the host and its robots.txt had no answer"
            )

    async def _answers(self, request: Request) -> bool:
        """Return whether the host of *request* answers a request for its robots.txt."""
        parts, recorder = urlparse_cached(request), recorder_of(self.crawler)
        url = f"{parts.scheme}://{parts.netloc}/robots.txt"
        meta = {"dont_obey_robotstxt": True, "allow_offsite": True, "dont_retry": True}
        again = Request(url, priority=1000, callback=NO_CALLBACK, meta=meta)
        try:
            response: Response = await self.crawler.engine.download_async(again)
        except Exception as error:
            outcome, reason = outcome_from(error, url)
            recorder.record("", unanswered(url, outcome, f"robots.txt: {reason}"[:300]))
            return outcome not in _SILENCE
        recorder.record("", observation_from(response, Outcome.SOURCE, "robots.txt"))
        return True
