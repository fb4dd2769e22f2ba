"""Pages that scripts draw: fetched by a real browser, the system's Chromium.

It is for sites that declare `needs_browser`, or for a crawl with NEWSCRAWL_BROWSER=always. A
page costs a hundred times as much as a plain request. The browser's other requests go past
Scrapy, so a guard of its own stands before each of them.
"""

from __future__ import annotations

import asyncio
import importlib.util
import os
import shutil
import socket
from typing import Any, Protocol

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.settings import BaseSettings

from newscrawl.crawl.download.guard import Refused
from newscrawl.crawl.download.quiet import QuietGate
from newscrawl.crawl.request_meta import target_of
from newscrawl.errors import UsageError
from newscrawl.ingest.public_addresses import PrivateHosts
from newscrawl.text.urls import host_of, port_of

DRAWN_BY = "X-Newscrawl-Drawn-By"
"""The header that marks an answer as drawn by a browser, in evidence too."""
_HANDLER = "scrapy_playwright.handler.ScrapyPlaywrightDownloadHandler"
_PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
_PAGES = frozenset({"article", "home", "section", "page"})
_UNSEEN = frozenset({"image", "media", "font", "websocket", "eventsource", "manifest"})
"""Resource types that a page's text does without."""
_SECONDS = 20


class BrowserRequest(Protocol):
    """Interface of one of the browser's own requests."""

    @property
    def url(self) -> str:
        """Its address."""

    @property
    def resource_type(self) -> str:
        """Purpose of the request: document, script, image …"""


def use_browser(settings: BaseSettings) -> None:
    """Have pages fetched by the browser.

    Raise UsageError where the extra or a browser is missing.
    """
    if importlib.util.find_spec("scrapy_playwright") is None:
        raise UsageError("pages drawn by scripts need more: pip install 'newscrawl[browser]'")
    program = next((path for name in _PROGRAMS if (path := shutil.which(name))), None)
    if program is None:
        raise UsageError("pages drawn by scripts need Chromium: apt install chromium")
    guard = BrowserGuard(PrivateHosts.named(settings["NEWSCRAWL_PRIVATE_HOSTS"]))
    handlers = settings.getdict("DOWNLOAD_HANDLERS")
    middlewares = settings.getdict("DOWNLOADER_MIDDLEWARES")
    changes = {
        "DOWNLOAD_HANDLERS": {**handlers, "http": _HANDLER, "https": _HANDLER},
        "DOWNLOADER_MIDDLEWARES": {
            **middlewares,
            # Between robots and what notes the answers.
            "newscrawl.crawl.download.browser.BrowserMiddleware": 980,
        },
        "PLAYWRIGHT_BROWSER_TYPE": "chromium",
        "PLAYWRIGHT_LAUNCH_OPTIONS": {
            "executable_path": program,
            "chromium_sandbox": os.geteuid() != 0,
            "args": ["--disable-dev-shm-usage"],
        },
        "PLAYWRIGHT_DEFAULT_NAVIGATION_TIMEOUT": _SECONDS * 1000,
        "PLAYWRIGHT_MAX_PAGES_PER_CONTEXT": 2,
        "PLAYWRIGHT_CONTEXTS": {
            "default": {"service_workers": "block", "accept_downloads": False}
        },
        "PLAYWRIGHT_ABORT_REQUEST": guard,
    }
    for name, value in changes.items():
        settings.set(name, value, priority="spider")


class BrowserGuard:
    """Refuses requests of the browser that are private or that no reader needs."""

    def __init__(self, private_hosts: PrivateHosts) -> None:
        self._private_hosts = private_hosts
        self._known: dict[tuple[str, int], bool] = {}

    async def __call__(self, request: BrowserRequest) -> bool:
        """Return whether to refuse *request*."""
        if request.resource_type in _UNSEEN:
            return True
        if not request.url.startswith(("http://", "https://")):
            return not request.url.startswith(("data:", "blob:"))
        place = (host_of(request.url), port_of(request.url) or 443)
        if place not in self._known:
            self._known[place] = await self._is_allowed(*place)
        return not self._known[place]

    async def _is_allowed(self, host: str, port: int) -> bool:
        try:
            found = await asyncio.get_running_loop().getaddrinfo(
                host, port, type=socket.SOCK_STREAM
            )
        except OSError:
            return False
        addresses = {str(one[4][0]) for one in found}
        return bool(addresses) and all(
            self._private_hosts.allows(host, address, port) for address in addresses
        )


class BrowserMiddleware:
    """Sends pages to the browser, and the rest (robots.txt, feeds, sitemaps) past it."""

    def __init__(self, largest: int, gate: QuietGate) -> None:
        self._largest = largest
        self._gate = gate

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> BrowserMiddleware:
        return cls(crawler.settings.getint("DOWNLOAD_MAXSIZE"), QuietGate(crawler))

    def process_request(self, request: Request) -> None:
        """Mark a page for the browser. It is drawn when nothing has moved for half a second.

        Raise Refused in quiet hours: the browser's handler stands in for the one that looks.
        """
        self._gate.check(request)
        target = target_of(request)
        if target is not None and target.role in _PAGES:
            request.meta["playwright"] = True
            request.meta["playwright_page_goto_kwargs"] = {"wait_until": "networkidle"}

    def process_response(self, request: Request, response: Response) -> Response:
        """Mark a drawn page. Raises Refused if it has become too large."""
        if not request.meta.get("playwright"):
            return response
        if len(response.body) > self._largest:
            raise Refused("too_large", f"the drawn page has {len(response.body)} bytes")
        headers: Any = response.headers
        headers[DRAWN_BY] = "Chromium"
        return response
