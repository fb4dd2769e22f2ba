"""Extraction beside the event loop: the article is read before the spider gets the response."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.http import Response

from newscrawl.article import Article
from newscrawl.crawl.download.exchanges import has_plain_body, take_deflated
from newscrawl.crawl.download.response import content_type_of, page_from
from newscrawl.crawl.extraction_pool import ExtractionPool, Found, Read
from newscrawl.crawl.frontier.request_meta import target_of
from newscrawl.crawl.run.prepared import expect
from newscrawl.ingest.acceptance import problem_of, read_article
from newscrawl.page import Page


class ExtractionMiddleware:
    """Extract the articles of pages in worker processes.

    `NEWSCRAWL_EXTRACTION_PROCESSES` is their number, `NEWSCRAWL_EXTRACTION_SECONDS` the longest
    time for one page; with 0 processes the spider extracts each page itself.
    """

    def __init__(self, crawler: Crawler) -> None:
        from twisted.internet import reactor  # noqa: PLC0415 (Scrapy installs it first)

        settings = crawler.settings
        number = settings.getint("NEWSCRAWL_EXTRACTION_PROCESSES")
        seconds = settings.getfloat("NEWSCRAWL_EXTRACTION_SECONDS")
        self._pool = ExtractionPool(number, deadline=seconds) if number > 0 else None
        self._found: WeakKeyDictionary[Response, Found] = WeakKeyDictionary()
        is_stored = settings.getbool("NEWSCRAWL_RECORD")
        self._evidence = settings["NEWSCRAWL_EVIDENCE"] if is_stored else None
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
            if response.request is None:  # Scrapy says it later; the time of arrival is in it
                response.request = request
            page = page_from(response)
            read = await self._read(self._pool, request, page)
            self._found[response] = read.found
            if read.head_tags is not None:  # the opt-outs are read without parsing it here
                page.head_tags = read.head_tags
            if read.ahead is not None:
                page.digest = read.ahead.digest
                if read.ahead.article is not None and isinstance(read.found, Article):
                    expect(read.found, read.ahead.article)
                if read.ahead.deflated is not None:
                    take_deflated(request, page.body, read.ahead.deflated)
        return response

    async def _read(self, pool: ExtractionPool, request: Request, page: Page) -> Read:
        """Return the article on *page*, and what can be done ahead for storing it."""
        is_deflated = self._evidence == "warc" and has_plain_body(request, page.body)
        return await pool.read(page, evidence=self._evidence, is_deflated=is_deflated)

    def found_in(self, response: Response) -> Found:
        """Return the article on *response*, extracted here if that is not done yet."""
        found = self._found.get(response)
        return read_article(page_from(response)) if found is None else found


def _is_page(request: Request, response: Response) -> bool:
    target = target_of(request)
    if target is None or not target.is_page or response.status == 304:
        return False
    return problem_of(response.body, content_type_of(response), response.status) is None
