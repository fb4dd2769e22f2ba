"""A page read for its links: their targets, their texts and their places.

Nothing here knows articles; `shapes` estimates them.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import islice
from urllib.parse import urlsplit

import attrs
import lxml.html

from newscrawl.crawl.sources.paging import next_page_of
from newscrawl.page import Page
from newscrawl.resources import read_toml
from newscrawl.text.normalize import squeeze
from newscrawl.text.urls import clean_url, without_tracking

MAX_LINKS = 2_000
"""The most links read from one page: a home page has some hundred."""

_MAX_CLIMB = 40
_MENU = re.compile(
    r"(?:^|[\s_-])(?:nav|navbar|menu|mainmenu|topmenu|navigation|header)(?:$|[\s_-])"
)
_FOOT = re.compile(
    r"(?:^|[\s_-])(?:footer|foot|copyright|breadcrumbs?|social|tags?|share)(?:$|[\s_-])"
)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_FEED_TYPES = (
    *("application/rss+xml", "application/atom+xml", "application/rdf+xml"),
    "application/feed+json",
)


@attrs.frozen(kw_only=True)
class PageLink:
    """All links of one page to one address, taken together."""

    url: str
    """The absolute address."""
    text: str = ""
    """The longest text that links to it."""
    is_menu: bool = False
    """True if it stands only in the menus."""
    is_foot: bool = False
    """True if it stands only in the foot of the page, in breadcrumbs, tags or share buttons."""
    is_heading: bool = False
    """True if a heading links to it."""


@attrs.frozen(kw_only=True)
class Listing:
    """Links of a home page or section page."""

    links: tuple[PageLink, ...] = ()
    """The links in the order of the page, each address once."""
    feeds: tuple[str, ...] = ()
    """The addresses of the feeds that the page names."""
    next_page: str | None = None
    """The address of the next page of the same list."""
    last_page: int | None = None
    """The highest page number that the page links to."""


def parse_listing(page: Page) -> Listing:
    """Return the links of *page*. Raises ExtractionError if it cannot be parsed."""
    base = _base_of(page)
    anchors = list(islice(page.root.iter("a"), MAX_LINKS))
    links: dict[str, PageLink] = {}
    for anchor in anchors:
        link = _link(anchor, base)
        if link is not None:
            key = without_tracking(link.url)
            links[key] = _merged(links[key], link) if key in links else link
    next_page, last_page = next_page_of(page.url, _paging_links(page, anchors, base))
    return Listing(
        links=tuple(links.values()),
        feeds=_feeds(page, base),
        next_page=next_page,
        last_page=last_page,
    )


@cache
def link_words(name: str) -> frozenset[str]:
    """Return the list *name* of resources/pages/link_words.toml."""
    return frozenset(read_toml("pages/link_words")[name])


def _base_of(page: Page) -> str:
    named = next(page.root.iter("base"), None)
    href = named.get("href", "") if named is not None else ""
    return clean_url(page.url, href) or page.url


def _link(anchor: lxml.html.HtmlElement, base: str) -> PageLink | None:
    url = clean_url(base, anchor.get("href", ""))
    if url is None:
        return None
    text = squeeze("".join(islice(anchor.itertext(), 50))[:400])
    text = text or squeeze((anchor.get("title") or _alt(anchor))[:400])
    zone = _zone(anchor)
    return PageLink(
        url=url,
        text=text,
        is_menu=zone == "menu",
        is_foot=zone == "foot" or bool({"tag", "author", "nofollow"} & _rel(anchor)),
        is_heading=_is_heading(anchor),
    )


def _merged(one: PageLink, other: PageLink) -> PageLink:
    return PageLink(
        url=one.url,
        text=max(one.text, other.text, key=len),
        is_menu=one.is_menu and other.is_menu,
        is_foot=one.is_foot and other.is_foot,
        is_heading=one.is_heading or other.is_heading,
    )


def _alt(anchor: lxml.html.HtmlElement) -> str:
    image = next(anchor.iter("img"), None)
    return image.get("alt", "") if image is not None else ""


def _rel(element: lxml.html.HtmlElement) -> set[str]:
    return set(element.get("rel", "").lower().split())


def _zone(anchor: lxml.html.HtmlElement) -> str:
    """Return the part of the page that *anchor* stands in: menu, foot or text."""
    for ancestor in islice(anchor.iterancestors(), _MAX_CLIMB):
        tag = ancestor.tag
        if tag in {"article", "main", "body"}:
            return "text"
        names = f"{ancestor.get('class', '')} {ancestor.get('id', '')}"[:300].lower()
        if tag == "footer" or _FOOT.search(names):
            return "foot"
        if tag == "nav" or ancestor.get("role") == "navigation" or _MENU.search(names):
            return "menu"
        if tag == "header" and _is_child_of_body(ancestor):
            return "menu"
    return "text"


def _is_child_of_body(element: lxml.html.HtmlElement) -> bool:
    parent = element.getparent()
    return parent is not None and parent.tag == "body"


def _is_heading(anchor: lxml.html.HtmlElement) -> bool:
    above = islice(anchor.iterancestors(), 3)
    return any(e.tag in _HEADINGS for e in above) or any(e.tag in _HEADINGS for e in anchor)


def _feeds(page: Page, base: str) -> tuple[str, ...]:
    """Return the feeds that the page names in its head; those of comments are left out."""
    found = []
    for link in islice(page.root.iter("link"), 300):
        if "alternate" in _rel(link) and link.get("type", "").strip().lower() in _FEED_TYPES:
            url = clean_url(base, link.get("href", ""))
            if url and "comment" not in urlsplit(url).path:
                found.append(url)
    return tuple(dict.fromkeys(found))


def _paging_links(
    page: Page, anchors: list[lxml.html.HtmlElement], base: str
) -> list[tuple[str, str, bool]]:
    """Return address, text and whether it leads on of each link that may be to another page."""
    elements = [*islice(page.root.iter("link"), 300), *anchors]
    found = []
    for element in elements:
        text = squeeze("".join(islice(element.itertext(), 5))[:40]).lower()
        is_next = "next" in _rel(element) or text in link_words("next_page")
        href = element.get("href", "")
        if is_next or any(character.isdigit() for character in href[-12:]):
            url = clean_url(base, href)
            if url:
                found.append((url, text, is_next))
    return found
