"""Saves articles, each with the observation of the request that brought it."""

from __future__ import annotations

from typing import Any

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from newscrawl.article import Article
from newscrawl.crawl.run.recorder import recorder_of
from newscrawl.errors import ArchiveError, WarcError


class ArchivePipeline:
    """Hands each article to the crawl's recorder, and waits until it is on disk."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ArchivePipeline:
        return cls(crawler)

    async def process_item(self, item: Any) -> Any:
        if isinstance(item, Article):
            recorder = recorder_of(self.crawler)
            try:
                await recorder.save(item)
            except (ArchiveError, WarcError) as error:
                recorder.stop(error)
                raise DropItem(str(error)) from error
        return item
