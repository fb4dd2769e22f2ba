"""Extraction beside the event loop: the article is read before the spider gets the response."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.http import Response

from newscrawl.crawl.download.response import content_type_of, page_from
from newscrawl.crawl.extraction_pool import ExtractionPool, Found
from newscrawl.crawl.frontier.request_meta import target_of
from newscrawl.ingest.acceptance import problem_of, read_article


class ExtractionMiddleware:
    """Extract the articles of pages in worker processes.

    `NEWSCRAWL_EXTRACTION_PROCESSES` is their number, `NEWSCRAWL_EXTRACTION_SECONDS` the longest
    time for one page; with 0 processes the spider extracts each page itself. The first pages
    are left to the spider too: a crawl of a few pages is over before a process has started.
    """

    START_AFTER = 20
    """Number of pages that the spider extracts before the processes start."""

    def __init__(self, crawler: Crawler) -> None:
        from twisted.internet import reactor  # noqa: PLC0415 (Scrapy installs it first)

        number = crawler.settings.getint("NEWSCRAWL_EXTRACTION_PROCESSES")
        seconds = crawler.settings.getfloat("NEWSCRAWL_EXTRACTION_SECONDS")
        self._pool = ExtractionPool(number, deadline=seconds) if number > 0 else None
        self._found: WeakKeyDictionary[Response, Found] = WeakKeyDictionary()
        self._pages = 0
        if self._pool is not None:
            crawler.signals.connect(self._pool.end, signals.engine_stopped)
            # A second Ctrl-C stops the reactor without stopping the engine.
            reactor.addSystemEventTrigger("before", "shutdown", self._pool.end)  # type: ignore[arg-type]

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ExtractionMiddleware:
        return cls(crawler)

    async def process_response(self, request: Request, response: Response) -> Response:
        """Return *response* when its article has been extracted."""
        if self._pool is not None and _is_page(request, response):
            self._pages += 1
            if self._pages > self.START_AFTER:
                page = page_from(response)
                self._found[response], tags = await self._pool.read(page)
                if tags is not None:  # the opt-outs are read without parsing the page here
                    page.head_tags = tags
        return response

    def found_in(self, response: Response) -> Found:
        """Return the article on *response*, extracted here if no process has done it."""
        found = self._found.get(response)
        return read_article(page_from(response)) if found is None else found


def _is_page(request: Request, response: Response) -> bool:
    target = target_of(request)
    if target is None or not target.is_page or response.status == 304:
        return False
    return problem_of(response.body, content_type_of(response), response.status) is None
