"""Pages that scripts draw: fetched by a real browser, the system's Chromium.

It is for sites that declare `needs_browser`, or for a crawl with NEWSCRAWL_BROWSER=always. A
page costs a hundred times what a plain request does. All that the browser requests goes through
a proxy of ours (`proxy`), each page has a context of its own, and no cookie is kept.
"""

from __future__ import annotations

import asyncio
import importlib.util
import os
import shutil
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from typing import Any, Protocol

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.settings import BaseSettings

from newscrawl.crawl.download.browser.boxes import VIEWPORT, ask_for_boxes
from newscrawl.crawl.download.browser.picture import ask_for_picture
from newscrawl.crawl.download.browser.proxy import refused_places
from newscrawl.crawl.download.failures import Refused
from newscrawl.crawl.download.offsite import OffsiteMiddleware
from newscrawl.crawl.download.politeness.quiet_handler import QuietGate
from newscrawl.crawl.download.politeness.robots import RobotsMiddleware
from newscrawl.crawl.frontier.request_meta import target_of
from newscrawl.crawl.run.requisites import may_be_wanted, wants_requisites
from newscrawl.errors import UsageError
from newscrawl.ingest.public_addresses import PrivateHosts
from newscrawl.limits import size_text
from newscrawl.outcomes import Outcome
from newscrawl.system.environment import environment_with
from newscrawl.system.programs import install_command
from newscrawl.text.urls import as_sent, host_of, port_of

DRAWN_BY = "X-Newscrawl-Drawn-By"
"""The header that marks an answer as drawn by a browser, in evidence too."""
_HANDLER = "scrapy_playwright.handler.ScrapyPlaywrightDownloadHandler"
_PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
_UNSEEN = frozenset({"image", "media", "font", "websocket", "eventsource", "manifest"})
"""Resource types that a page's text does without."""
_SECONDS = 20
_SWITCHES = (
    "--disable-dev-shm-usage",
    # UDP would go past the proxy.
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-quic",
    # The proxy resolves names; nothing is looked up ahead of it.
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
    "--disable-features=Prerender2,SpeculationRulesPrefetchProxy,WebRtcHideLocalIpsWithMdns",
)
"""Switches of Chromium (https://peter.sh/experiments/chromium-command-line-switches/)."""
_INIT = """
delete window.RTCPeerConnection;
delete window.webkitRTCPeerConnection;
window.open = () => null;
"""
"""Run in each frame before the scripts of the page."""


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

    Raises UsageError if the extra or a browser is missing.
    """
    if importlib.util.find_spec("scrapy_playwright") is None:
        raise UsageError(f"pages drawn by scripts need more: {install_command('browser')}")
    program = next((path for name in _PROGRAMS if (path := shutil.which(name))), None)
    if program is None:
        raise UsageError("pages drawn by scripts need Chromium: apt install chromium")
    # scrapy_playwright is an extra, and the provider imports it.
    from newscrawl.crawl.download.browser.provider import ProxiedChromium  # noqa: PLC0415

    has_pictures = may_be_wanted(str(settings["NEWSCRAWL_REQUISITES"]))
    hosts = PrivateHosts.named(settings["NEWSCRAWL_PRIVATE_HOSTS"])
    handlers = settings.getdict("DOWNLOAD_HANDLERS")
    middlewares = settings.getdict("DOWNLOADER_MIDDLEWARES")
    changes = {
        "DOWNLOAD_HANDLERS": {**handlers, "http": _HANDLER, "https": _HANDLER},
        "DOWNLOADER_MIDDLEWARES": {
            **middlewares,
            # Between robots and what notes the answers.
            "newscrawl.crawl.download.browser.middleware.BrowserMiddleware": 980,
        },
        "PLAYWRIGHT_BROWSER_TYPE": "chromium",
        "PLAYWRIGHT_BROWSER_PROVIDER": partial(ProxiedChromium, hosts),
        "PLAYWRIGHT_LAUNCH_OPTIONS": {
            "executable_path": program,
            "chromium_sandbox": os.geteuid() != 0,
            # Workers and frames send it too: none is named HeadlessChrome.
            "args": [*_SWITCHES, f"--user-agent={settings['USER_AGENT']}"],
            "env": _without_proxies(environment_with()),
        },
        "PLAYWRIGHT_DEFAULT_NAVIGATION_TIMEOUT": _SECONDS * 1000,
        "PLAYWRIGHT_MAX_CONTEXTS": 2,
        "PLAYWRIGHT_MAX_PAGES_PER_CONTEXT": 1,
        "PLAYWRIGHT_ABORT_REQUEST": is_unpictured if has_pictures else is_unseen,
    }
    for name, value in changes.items():
        settings.set(name, value, priority="spider")


def is_unpictured(request: BrowserRequest) -> bool:
    """Return whether *request* is not sent where a screenshot is taken, with its images."""
    is_of_picture = request.resource_type in {"image", "font"}
    return is_unseen(request) and not (
        is_of_picture and request.url.startswith(("http://", "https://", "data:"))
    )


def _without_proxies(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, text in environment.items() if "proxy" not in name.lower()}


def is_unseen(request: BrowserRequest) -> bool:
    """Return whether *request* is not sent: it brings no text, or is not HTTP."""
    if request.resource_type in _UNSEEN:
        return True
    return not request.url.startswith(("http://", "https://", "data:", "blob:"))


async def _prepare(page: Any, _request: Request) -> None:
    """Let the context of a new page end with it, and have no other page in it."""
    from playwright.async_api import Error  # noqa: PLC0415 (an extra)

    context = page.context
    await context.add_init_script(_INIT)
    # The page has a route of its own: this one is for windows that it opens.
    await context.route("**", _abort)
    ending: set[asyncio.Task[Any]] = set()

    async def end(one: Any) -> None:
        with suppress(Error):  # it has gone already, or the browser has
            await one.close()

    def close(one: Any) -> None:
        ending.add(task := asyncio.ensure_future(end(one)))
        task.add_done_callback(ending.discard)

    page.once("close", lambda _page: close(context))
    page.once("crash", lambda _page: close(context))
    context.on("page", close)


async def _abort(route: Any) -> None:
    await route.abort()


class BrowserMiddleware:
    """Sends pages to the browser, and the rest (robots.txt, feeds, sitemaps) past it."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._largest = crawler.settings.getint("DOWNLOAD_MAXSIZE")
        self._user_agent = crawler.settings["USER_AGENT"]
        self._gate = QuietGate(crawler)
        self._wish = str(crawler.settings["NEWSCRAWL_REQUISITES"])
        self._pages = 0

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> BrowserMiddleware:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Mark a page for the browser. It is drawn when nothing has moved for half a second.

        Raises Refused if the site has quiet hours, which Scrapy's own handler would find.
        """
        self._gate.check(request)
        target = target_of(request)
        if target is not None and target.is_page:
            request.meta["playwright"] = True
            request.meta["playwright_page_methods"] = []
            if target.is_listing:
                ask_for_boxes(request)
            if wants_requisites(self._wish, request.url):
                ask_for_picture(request)
            request.meta["playwright_page_goto_kwargs"] = {"wait_until": "networkidle"}
            request.meta["playwright_page_init_callback"] = _prepare
            self._pages += 1
            request.meta["playwright_context"] = f"page {self._pages}"
            request.meta["playwright_context_kwargs"] = {
                "service_workers": "block",
                "accept_downloads": False,
                "user_agent": self._user_agent,
                "viewport": VIEWPORT,
            }

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Raise Refused if the browser could not draw the page."""
        if not request.meta.get("playwright"):
            return
        if _place_of(request.url) in refused_places:
            raise _at_no_public_address(request.url) from exception
        if type(exception).__module__.startswith("playwright"):
            is_timeout = type(exception).__name__ == "TimeoutError"
            reason = str(exception).partition("\n")[0][:300]
            raise Refused(
                Outcome.TIMEOUT if is_timeout else Outcome.CONNECTION, reason
            ) from exception

    async def process_response(self, request: Request, response: Response) -> Response:
        """Mark a drawn page.

        Raises Refused if it has become too large, or if the browser has gone where a plain
        request would not have been sent.
        """
        if not request.meta.get("playwright"):
            return response
        await self._check_place(request, response)
        if len(response.body) > self._largest:
            size, limit = size_text(len(response.body)), size_text(self._largest)
            raise Refused(Outcome.TOO_LARGE, f"the drawn page has {size}; the limit is {limit}")
        headers: Any = response.headers
        headers[DRAWN_BY] = "Chromium"
        return response

    async def _check_place(self, request: Request, response: Response) -> None:
        """Raise Refused if the address of the drawn page is one that we do not request."""
        url = response.url
        if not url.startswith(("http://", "https://")):
            raise Refused(Outcome.BAD_URL, "a script has left the page")
        if _place_of(url) in refused_places:
            raise _at_no_public_address(url)
        if as_sent(url) == as_sent(request.url):
            return
        final = request.replace(url=url)
        guard = self._crawler.get_downloader_middleware(OffsiteMiddleware)
        robots = self._crawler.get_downloader_middleware(RobotsMiddleware)
        if guard is not None:
            guard.process_request(final)
        if robots is not None:
            await robots.process_request(final)


def _place_of(url: str) -> tuple[str, int]:
    return host_of(url), port_of(url) or 0


def _at_no_public_address(url: str) -> Refused:
    return Refused(Outcome.FORBIDDEN_ADDRESS, f"{host_of(url)} is at no public address")
