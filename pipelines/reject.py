"""Keeps out of the archive what is no article, with the reason on record."""

from __future__ import annotations

from typing import Any

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from newscrawl.article import Article
from newscrawl.crawl.ledger import ledger_of


class RejectPipeline:
    """Drops the pages that are listings, galleries, soft 404s and the like."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RejectPipeline:
        return cls(crawler)

    def process_item(self, item: Any) -> Any:
        if isinstance(item, Article) and item.page_kind != "article":
            reason = ": ".join(filter(None, (item.page_kind, item.page_kind_reason)))
            ledger_of(self.crawler).reject(item, "not_article", reason)
            raise DropItem(reason)
        return item
