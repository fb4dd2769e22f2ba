"""What a crawl says on its way: few lines, each of use, and no page text that could forge one."""

from __future__ import annotations

import logging
from typing import Any

from scrapy.logformatter import LogFormatter, LogFormatterResult

NOISY = ("scrapy", "twisted", "asyncio", "filelock", "tldextract")


class QuietFormatter(LogFormatter):
    """Scrapy's lines about single pages, at DEBUG, and never with an item's text."""

    def dropped(self, item: Any, exception: BaseException, *_: Any) -> LogFormatterResult:
        return {
            "level": logging.DEBUG,
            "msg": "Dropped: %(exception)r",
            "args": {"exception": str(exception)},
        }

    def scraped(self, item: Any, *_: Any) -> LogFormatterResult:
        url = getattr(item, "url", None)
        return {"level": logging.DEBUG, "msg": "Scraped %(url)r", "args": {"url": url}}

    def item_error(self, item: Any, exception: BaseException, *_: Any) -> LogFormatterResult:
        args = {"url": getattr(item, "url", type(item).__name__)}
        return {"level": logging.ERROR, "msg": "Error in a pipeline at %(url)r", "args": args}


def quieten_scrapy(level: str) -> None:
    """Keep Scrapy's own lines below warnings out of the log, unless *level* asks for all."""
    if level.upper() != "DEBUG":
        for name in NOISY:
            logging.getLogger(name).setLevel(logging.WARNING)
