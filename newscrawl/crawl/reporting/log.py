"""Log of a crawl: few lines, and no text of a page that could forge one."""

from __future__ import annotations

import datetime as dt
import json
import logging
import re
from typing import Any

from scrapy.http import Response
from scrapy.logformatter import LogFormatter, LogFormatterResult
from scrapy.settings import BaseSettings
from scrapy.spiders import Spider
from scrapy.utils.log import get_scrapy_root_handler
from twisted.python.failure import Failure

from newscrawl.text.urls import without_passwords

_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)
_NOISY = (
    *(f"scrapy.{part}" for part in ("addons", "core", "crawler", "downloadermiddlewares")),
    *(f"scrapy.{part}" for part in ("extensions", "middleware", "spidermiddlewares", "utils")),
    *("asyncio", "filelock", "protego", "tldextract"),
)
# It warns, twice in each crawl, that no Referer is sent after a redirect: as we want it.
# What the browser could not draw has an outcome, and needs no traceback.
_FUSSY = ("scrapy.downloadermiddlewares.redirect", "scrapy-playwright")


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


class JsonLines(logging.Formatter):
    """A line of the log as one JSON object: time (UTC), level, logger, message, exception."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; control characters of a page stay escaped."""
        moment = dt.datetime.fromtimestamp(record.created, dt.UTC)
        line = {
            "time": moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "level": record.levelname,
            "logger": record.name,
            "message": without_passwords(record.getMessage()),
        }
        if record.exc_info:
            line["exception"] = without_passwords(self.formatException(record.exc_info))
        text = json.dumps(line, ensure_ascii=False)
        return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


class TextLines(logging.Formatter):
    """A line of the log as text, without characters of a page that move a terminal's cursor."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 (logging's name)
        """Return the line; further lines of a message are indented, so that it forges none."""
        return _safe(super().formatMessage(record))

    def formatException(self, ei: Any) -> str:  # noqa: N802 (logging's name)
        """Return the traceback likewise: the text of an error may be a page's."""
        return _safe(super().formatException(ei))


def _safe(text: str) -> str:
    escaped = _UNSAFE.sub(lambda found: f"\\x{ord(found[0]):02x}", without_passwords(text))
    return escaped.replace("\n", "\n    ")


def format_log(settings: BaseSettings) -> None:
    """Write the lines of the log in the form of NEWSCRAWL_LOG."""
    handler = get_scrapy_root_handler()
    if handler is None:
        return
    if is_json(settings):
        handler.setFormatter(JsonLines())
    else:
        handler.setFormatter(TextLines(settings["LOG_FORMAT"], settings["LOG_DATEFORMAT"]))


def is_json(settings: BaseSettings) -> bool:
    """Return whether log lines are written as JSON."""
    return str(settings["NEWSCRAWL_LOG"]).lower() == "json"


def quieten_scrapy(level: str) -> None:
    """Keep Scrapy's own lines below warnings out of the log, unless *level* is DEBUG."""
    if level.upper() == "DEBUG":
        return
    for name in _NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in _FUSSY:
        logging.getLogger(name).setLevel(logging.ERROR)
