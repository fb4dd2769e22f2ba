"""A site as a declaration: its hosts, where it announces its articles, its clock, its layouts.

SITE = Site(
    name="shams",
    title="شمس",
    hosts=("shams.example", "www.shams.example"),
    sources=Sources(feeds=("https://shams.example/rss",)),
    zone="Africa/Cairo",
    languages=("ar",),
    layouts=(Shams2019, Shams2021),
)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import attrs

from newscrawl.errors import LayoutError
from newscrawl.layouts.layout import Layout
from newscrawl.layouts.quiet_hours import parse_quiet_hours
from newscrawl.limits import LONGEST_ADDRESS
from newscrawl.page import Page
from newscrawl.system.value_classes import frozen
from newscrawl.text.urls import host_of

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


@frozen(kw_only=True)
class Sources:
    """Addresses at which a site announces its articles, absolute. Empty ones are looked for."""

    home: str | None = None
    """The home page."""
    feeds: tuple[str, ...] = ()
    """RSS and Atom feeds."""
    sitemaps: tuple[str, ...] = ()
    """Sitemaps, sitemap indexes and news sitemaps."""
    sections: tuple[str, ...] = ()
    """The first pages of sections."""

    def __bool__(self) -> bool:
        """Return whether any source is named."""
        return bool(self.home or self.feeds or self.sitemaps or self.sections)


def _compiled(patterns: Iterable[str]) -> tuple[re.Pattern[str], ...]:
    if isinstance(patterns, str):
        raise LayoutError(f"article_urls is a tuple of patterns, not {patterns!r}")
    try:
        return tuple(re.compile(pattern) for pattern in patterns)
    except re.error as error:
        raise LayoutError(f"article_urls: {error}") from error


@frozen(kw_only=True)
class Site:
    """One site, as its crawl and its extraction know it. Raises LayoutError if it is wrong."""

    name: str
    """Its name in commands and in the archive: small letters, digits and underscores."""
    title: str
    """Its own name, as it prints it."""
    hosts: tuple[str, ...]
    """Its hosts, the main one first; sub-domains are the site's too, unless claimed."""
    sources: Sources = attrs.field(factory=Sources)
    """Sources that announce its articles."""
    zone: str | None = None
    """The IANA zone of the times it prints without one, e.g. `Africa/Casablanca`."""
    delay: float | None = None
    """Seconds between two requests; None for the crawl's own."""
    needs_browser: bool = False
    """Its pages are drawn by scripts: they are fetched by a real browser (extra `browser`)."""
    requisites: bool = False
    """The stylesheets, images and fonts of its article pages are stored too, so that
    `newscrawl serve` shows a page as it looked."""
    verifies_certificate: bool = True
    """False for a site whose certificate is known to be wrong: it is read all the same, by its
    own crawl alone, and the run's settings in the archive say so."""
    quiet_hours: str | None = None
    """Hours without requests by its clock (*zone*), e.g. `01:00-05:30`; see quiet_hours."""
    languages: tuple[str, ...] = ()
    """The languages it writes in, as BCP 47 tags, the main one first."""
    layouts: tuple[type[Layout], ...] = ()
    """The layouts of its pages, the newest last."""
    article_urls: tuple[re.Pattern[str], ...] = attrs.field(default=(), converter=_compiled)
    """Patterns of which an article's address holds one; empty for unknown."""
    article_key: Callable[[str], str | None] | None = attrs.field(default=None, eq=False)
    """From an address to the identity of its story, for sites with several addresses a story;
    None, or a result of None, stands for the address' own `url_key`."""

    def __attrs_post_init__(self) -> None:
        """Check the declaration."""
        if not _NAME.fullmatch(self.name):
            raise LayoutError(
                f"site {self.name!r}: a name is small letters, digits, underscores"
            )
        self._check_hosts()
        self._check_clock()

    def _check_hosts(self) -> None:
        if isinstance(self.hosts, str) or not self.hosts:
            raise LayoutError(f"site {self.name}: hosts is a tuple of at least one host")
        for host in self.hosts:
            if host != host.lower() or "/" in host or ":" in host:
                raise LayoutError(f"site {self.name}: {host!r} is no host name")

    def _check_clock(self) -> None:
        if self.quiet_hours is not None and parse_quiet_hours(self.quiet_hours) is None:
            raise LayoutError(f"site {self.name}: no hours: {self.quiet_hours!r}")
        if self.zone is not None:
            try:
                ZoneInfo(self.zone)
            except (ZoneInfoNotFoundError, ValueError, OSError) as error:
                raise LayoutError(f"site {self.name}: no such zone: {self.zone}") from error

    def is_article_url(self, url: str) -> bool | None:
        """Return whether *url* looks like an article of this site; None if it is unknown."""
        if not self.article_urls:
            return None
        return any(pattern.search(url[:LONGEST_ADDRESS]) for pattern in self.article_urls)

    def layout_for(self, page: Page) -> type[Layout] | None:
        """Return the newest layout that recognizes *page*, or None."""
        host = host_of(page.url)
        for layout in reversed(self.layouts):
            hosts: Any = layout.hosts or self.hosts
            if any(host == own or host.endswith(f".{own}") for own in hosts) and (
                layout.recognizes(page)
            ):
                return layout
        return None


def _host(url_or_host: str) -> str:
    return host_of(url_or_host) if "//" in url_or_host else url_or_host.lower().rstrip(".")
