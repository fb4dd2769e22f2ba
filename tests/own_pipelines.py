"""Scrapy add-ons with pipelines and a middleware that lose articles, or end the program."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import attrs
from scrapy.exceptions import DropItem
from scrapy.settings import BaseSettings

from newscrawl.article import Article
from spiders.base import NewsSpider


def _is_of_day(item: Any, day: int) -> bool:
    return isinstance(item, Article) and item.url.endswith(f"-day-{day}")


class Losing:
    """Add-on: the articles of days 1 to 6 are lost or changed on their way to the archive."""

    def update_settings(self, settings: BaseSettings) -> None:
        settings["ITEM_PIPELINES"][f"{__name__}.LosingPipeline"] = 500
        settings["ITEM_PIPELINES"][f"{__name__}.PackingPipeline"] = 950
        settings["SPIDER_MIDDLEWARES"][f"{__name__}.LosingMiddleware"] = 500


class LosingPipeline:
    """Does to each article what its day says."""

    async def process_item(self, item: Any) -> Any:
        if _is_of_day(item, 1):
            return None
        if _is_of_day(item, 2):
            return item.as_dict()
        if _is_of_day(item, 3):
            raise DropItem("not wanted here")
        if _is_of_day(item, 4):
            return attrs.evolve(item, url=f"{item.url}?edition=2")
        if _is_of_day(item, 5):
            raise asyncio.CancelledError
        return item


class PackingPipeline:
    """Makes a dictionary of each article, which is stored by then."""

    def process_item(self, item: Any) -> Any:
        return item.as_dict()


class LosingMiddleware:
    """Leaves the article of day 6 out."""

    async def process_spider_output(
        self, response: Any, result: AsyncIterator[Any]
    ) -> AsyncIterator[Any]:
        async for item in result:
            if not _is_of_day(item, 6):
                yield item


class Leaving:
    """Add-on: a pipeline ends the program at the article of day 3."""

    def update_settings(self, settings: BaseSettings) -> None:
        settings["ITEM_PIPELINES"][f"{__name__}.LeavingPipeline"] = 500


class LeavingPipeline:
    def process_item(self, item: Any) -> Any:
        if _is_of_day(item, 3):
            raise SystemExit("no key for the translation")
        return item


class Interrupted:
    """Add-on: the callback of the article of day 3 is interrupted."""

    def update_settings(self, settings: BaseSettings) -> None:
        parse = NewsSpider.parse

        def interrupted(self: NewsSpider, response: Any) -> Any:
            if response.url.endswith("-day-3"):
                raise KeyboardInterrupt
            yield from parse(self, response)

        NewsSpider.parse = interrupted  # type: ignore[assignment, method-assign]
