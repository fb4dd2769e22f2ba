"""What a crawl says on its way: few lines, and no text of a page that could forge one."""

from __future__ import annotations

import logging
from typing import Any

from scrapy.http import Response
from scrapy.logformatter import LogFormatter, LogFormatterResult
from scrapy.spiders import Spider
from twisted.python.failure import Failure

_NOISY = (
    *(f"scrapy.{part}" for part in ("addons", "core", "crawler", "downloadermiddlewares")),
    *(f"scrapy.{part}" for part in ("extensions", "middleware", "spidermiddlewares", "utils")),
    *("asyncio", "filelock", "protego", "tldextract"),
)
# It warns, twice in each crawl, that no Referer is sent after a redirect: as we want it.
_FUSSY = "scrapy.downloadermiddlewares.redirect"


class QuietFormatter(LogFormatter):
    """Scrapy's lines about single pages at DEBUG, and none with an item's text."""

    def dropped(
        self, item: Any, exception: BaseException, response: Any, spider: Spider
    ) -> LogFormatterResult:
        args = {"url": getattr(item, "url", ""), "reason": str(exception)}
        return {"level": logging.DEBUG, "msg": "dropped %(url)r: %(reason)r", "args": args}

    def scraped(
        self, item: Any, response: Response | Failure | None, spider: Spider
    ) -> LogFormatterResult:
        args = {"url": getattr(item, "url", type(item).__name__)}
        return {"level": logging.DEBUG, "msg": "scraped %(url)r", "args": args}

    def item_error(
        self, item: Any, exception: BaseException, response: Any, spider: Spider
    ) -> LogFormatterResult:
        args = {"url": getattr(item, "url", type(item).__name__)}
        return {"level": logging.ERROR, "msg": "a pipeline failed at %(url)r", "args": args}


def quieten_scrapy(level: str) -> None:
    """Keep Scrapy's own lines below warnings out of the log, unless *level* asks for all."""
    if level.upper() == "DEBUG":
        return
    for name in _NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger(_FUSSY).setLevel(logging.ERROR)
