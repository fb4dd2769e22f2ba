"""Sitemaps, indexes of them and news sitemaps (sitemaps.org, Google). Nothing is fetched."""

from __future__ import annotations

import datetime as dt
import re

import attrs
from lxml import etree

from newscrawl.crawl.sources.lenient_xml import (
    child_texts,
    elements,
    local_name,
    parse_moment,
    unpacked,
)
from newscrawl.text.urls import clean_url

MAX_URLS = 50_000
"""The most addresses read from one sitemap: the protocol's own limit."""
MAX_SITEMAPS = 50
"""The most sitemaps read for one site in one run."""
MAX_DEPTH = 3
"""How many indexes may stand one in the other."""

_NAMES = frozenset({"urlset", "sitemapindex", "url", "sitemap"})
# What a part of an index says it lists, where that is not articles.
_OTHER_PARTS = re.compile(
    r"(?:^|[/_.-])(?:categor(?:y|ies)|tags?|post_tag|authors?|users?|images?|videos?|"
    r"pages?|topics?|sections?|static|taxonom(?:y|ies)|galler(?:y|ies)|products?)"
    r"(?:[/_.-]|sitemap|\d|$)",
    re.IGNORECASE,
)


@attrs.frozen(kw_only=True)
class SitemapEntry:
    """One address that a sitemap lists: a page, or in an index another sitemap."""

    url: str
    """The absolute address."""
    modified: dt.datetime | None = None
    """The publication date of a news sitemap, else lastmod; None where neither is stated."""
    title: str = ""
    """The headline, in a news sitemap."""
    is_news: bool = False
    """Whether the entry stands in a news sitemap: it is an article of the last days."""


@attrs.frozen(kw_only=True)
class Sitemap:
    """A sitemap as read: whole, or as far as it could be."""

    is_index: bool = False
    """Whether the entries are sitemaps."""
    entries: tuple[SitemapEntry, ...] = ()
    """The entries in the sitemap's order, each address once."""


def parse_sitemap(body: bytes, url: str) -> Sitemap | None:
    """Return the sitemap in *body*, packed or not, fetched from *url*; None if it is none."""
    text = unpacked(body)
    if text is None:
        return None
    is_sitemap = is_index = False
    entries: dict[str, SitemapEntry] = {}
    for element in elements(text, _NAMES):
        is_sitemap = True
        name = local_name(element)
        is_index = is_index or name in {"sitemapindex", "sitemap"}
        entry = _entry(element, url) if name in {"url", "sitemap"} else None
        if entry is not None:
            entries.setdefault(entry.url, entry)
        if len(entries) >= MAX_URLS:
            break
    if not is_sitemap:
        return _plain_list(text, url)
    return Sitemap(is_index=is_index, entries=tuple(entries.values()))


def lists_articles(url: str) -> bool:
    """Whether a part of a sitemap index may list articles, by its name."""
    return _OTHER_PARTS.search(url.partition("://")[2].partition("/")[2][:500]) is None


def _entry(element: etree._Element, base: str) -> SitemapEntry | None:
    texts = child_texts(element)
    url = clean_url(base, texts.get("loc", ""))
    if url is None:
        return None
    news = next((child_texts(child) for child in element if local_name(child) == "news"), None)
    dates = ((news or {}).get("publication_date"), texts.get("lastmod"))
    return SitemapEntry(
        url=url,
        modified=parse_moment(dates[0]) or parse_moment(dates[1]),
        title=(news or {}).get("title", ""),
        is_news=news is not None,
    )


def _plain_list(text: bytes, base: str) -> Sitemap | None:
    """Read the protocol's other form: one address a line."""
    lines = text[: 100 * MAX_URLS].decode("utf-8", "replace").split()
    if not lines or not all(line.startswith(("http://", "https://")) for line in lines):
        return None
    urls = [url for line in lines[:MAX_URLS] if (url := clean_url(base, line))]
    return Sitemap(entries=tuple(SitemapEntry(url=url) for url in dict.fromkeys(urls)))
