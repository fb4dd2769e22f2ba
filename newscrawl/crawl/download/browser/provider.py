"""Chromium as scrapy-playwright starts it, behind the proxy of ours."""

from __future__ import annotations

from typing import Any

from playwright.async_api import Browser
from scrapy_playwright.provider import PlaywrightBrowserProvider

from newscrawl.crawl.download.browser.proxy import BrowserProxy
from newscrawl.ingest.public_addresses import PrivateHosts


class ProxiedChromium(PlaywrightBrowserProvider):
    """A browser that has no other way to the network than the proxy."""

    def __init__(self, private_hosts: PrivateHosts, config: Any) -> None:
        super().__init__(config)
        self._proxy = BrowserProxy(private_hosts)
        self._address = ""

    async def start(self) -> None:
        """Start Playwright and the proxy."""
        self._address = await self._proxy.start()
        await super().start()

    async def launch_browser(self) -> Browser:
        """Start Chromium; requests to this machine go through the proxy as well."""
        options = dict(self.config.launch_options)
        proxied = (f"--proxy-server={self._address}", "--proxy-bypass-list=<-loopback>")
        options["args"] = [*options["args"], *proxied]
        self.config.launch_options = options
        browser: Browser = await super().launch_browser()
        return browser

    async def close(self) -> None:
        """Stop both."""
        await super().close()
        self._proxy.close()
