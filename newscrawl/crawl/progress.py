"""What a crawl shows of itself: a line now and then, a display on a terminal, a summary at the end."""

from __future__ import annotations

import logging

from scrapy import Spider, signals
from scrapy.crawler import Crawler

from newscrawl.crawl.ledger import ledger_of

logger = logging.getLogger(__name__)


class Progress:
    """Tells how far the crawl is."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Progress:
        progress = cls(crawler)
        crawler.signals.connect(progress.spider_closed, signal=signals.spider_closed)
        return progress

    def spider_closed(self, spider: Spider, reason: str) -> None:
        ledger = ledger_of(self.crawler)
        logger.info("%s: %s %s", ledger.site, reason, dict(ledger.counts))
