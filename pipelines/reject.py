"""Pipeline that rejects pages that are no article, or too little of one, with the reason."""

from __future__ import annotations

from typing import Any

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from newscrawl.article import Article
from newscrawl.crawl.run.recorder import recorder_of
from newscrawl.ingest.acceptance import rejection_of


class RejectPipeline:
    """Drops listings, galleries, soft 404s and the like, and pages of which half is missing."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.doubtful = str(crawler.settings["NEWSCRAWL_DOUBTFUL_PAGES"])

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RejectPipeline:
        return cls(crawler)

    def process_item(self, item: Any) -> Any:
        rejection = rejection_of(item, self.doubtful) if isinstance(item, Article) else None
        if rejection is None:
            return item
        recorder_of(self.crawler).reject(item, *rejection)
        raise DropItem(rejection[1])
