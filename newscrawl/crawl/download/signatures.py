"""Requests signed with the crawler's key, where NEWSCRAWL_IDENTITY_KEY names one."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.settings import BaseSettings

from newscrawl.crawl.identity.keys import read_key
from newscrawl.crawl.identity.web_bot_auth import signed_headers
from newscrawl.errors import UsageError
from newscrawl.system.project import anchored

_ORIGIN = re.compile(r"https://[a-z0-9.-]+(:\d{1,5})?", re.ASCII)


class SignatureMiddleware:
    """Signs each request as it leaves, redirects and robots.txt included."""

    def __init__(self, key: Path, agent: str) -> None:
        self._key = read_key(key)
        self._agent = agent

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make the middleware. Raises NotConfigured if no key is set."""
        check_identity(crawler.settings)
        key = crawler.settings.get("NEWSCRAWL_IDENTITY_KEY")
        if not key:
            raise NotConfigured
        return cls(anchored(key), crawler.settings["NEWSCRAWL_IDENTITY_URL"])

    def process_request(self, request: Request) -> None:
        """Put the signature into *request*, in place of one from an earlier try."""
        now = dt.datetime.now(dt.UTC)
        for name in ("Signature-Agent", "Signature-Input", "Signature"):
            request.headers.pop(name, None)
        try:
            headers = signed_headers(request.url, self._agent, self._key, now, request.method)
        except ValueError:  # a host that no header can hold: it is requested unsigned
            return
        for name, value in headers.items():
            request.headers[name] = value


def check_identity(settings: BaseSettings) -> None:
    """Raise UsageError if the settings of the identity do not fit, or its key is none."""
    key, agent = settings.get("NEWSCRAWL_IDENTITY_KEY"), settings.get("NEWSCRAWL_IDENTITY_URL")
    if not key and not agent:
        return
    if not key or not agent:
        raise UsageError("NEWSCRAWL_IDENTITY_KEY and NEWSCRAWL_IDENTITY_URL go together")
    if not _ORIGIN.fullmatch(agent):
        raise UsageError(
            f"NEWSCRAWL_IDENTITY_URL: {agent!r} is not an origin such as https://bot.example"
        )
    read_key(anchored(key))
