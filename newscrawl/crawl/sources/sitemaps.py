"""Sitemaps, indexes of them and news sitemaps (sitemaps.org, Google). Nothing is fetched."""

from __future__ import annotations

import datetime as dt
import re
from itertools import islice
from urllib.parse import urlsplit

import attrs
from lxml import etree

from newscrawl.crawl.sources.documents import (
    Document,
    document_from,
    is_written,
    local_name,
    text_from,
)
from newscrawl.crawl.sources.stated_dates import StatedDate, parse_stated_date
from newscrawl.text.urls import clean_url

MAX_URLS = 50_000
"""The most addresses read from one sitemap: the protocol's own limit."""
MAX_SITEMAPS = 50
"""The most sitemaps read for one site in one run."""
MAX_DEPTH = 3
"""The most levels of indexes."""

OLDEST = dt.datetime.min.replace(tzinfo=dt.UTC)
_MAX_TEXT = 4096
_ROOTS = frozenset({"urlset", "sitemapindex"})
_PART = re.compile(r"\.xml(?:\.gz)?$|\.gz$", re.IGNORECASE)
_NAMED_PART = re.compile(r"sitemap[^/]*\.xml(?:\.gz)?$", re.IGNORECASE)
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
    """The publication date of a news sitemap, else lastmod; None for neither."""
    title: str = ""
    """The headline, in a news sitemap."""
    latest: dt.datetime | None = None
    """The latest time that `modified` may mean, where it states no zone or time."""
    is_part: bool = False
    """True if it is the address of another sitemap."""
    is_news: bool = False
    """True if the entry stands in a news sitemap: it is an article of the last days."""

    def joined_with(self, other: SitemapEntry | None) -> SitemapEntry:
        """Return this entry and *other* of the same address as one, with the later date."""
        if other is None:
            return self
        newer = max(other, self, key=lambda entry: entry.modified or OLDEST)
        return attrs.evolve(newer, is_news=self.is_news or other.is_news)


@attrs.frozen(kw_only=True)
class Sitemap:
    """A sitemap as read: whole, or as far as it could be."""

    entries: tuple[SitemapEntry, ...] = ()
    """The entries in the sitemap's order, each address once."""

    @property
    def is_index(self) -> bool:
        """True if all entries are sitemaps."""
        return bool(self.entries) and all(entry.is_part for entry in self.entries)


def parse_sitemap(body: bytes, url: str, content_type: str | None = None) -> Sitemap | None:
    """Return the sitemap in *body*, packed or not, fetched from *url*; None if it is none.

    A broken entry costs itself. Raises UnreadableSourceError if *body* cannot be unpacked or
    declares entities.
    """
    document = document_from(body, content_type)
    if document is None:
        return _plain_list(text_from(body, content_type), url)
    if document.name not in _ROOTS:
        return None
    return Sitemap(entries=_with_parts(_entries(document, url)))


def lists_articles(url: str) -> bool:
    """Return whether a part of a sitemap index may list articles, by its name."""
    return _OTHER_PARTS.search(url.partition("://")[2].partition("/")[2][:500]) is None


def _entries(document: Document, url: str) -> dict[str, SitemapEntry]:
    entries: dict[str, SitemapEntry] = {}
    for item in document.items(("url", "sitemap"), MAX_URLS):
        entry = _entry(item.element, url)
        is_sure = item.source is None or (entry and is_written(entry.url, item.source))
        if entry is not None and is_sure:
            is_part = entry.is_part or document.name == "sitemapindex"
            entry = attrs.evolve(entry, is_part=is_part)
            entries[entry.url] = entry.joined_with(entries.get(entry.url))
    return entries


def _entry(element: etree._Element, base: str) -> SitemapEntry | None:
    texts = _child_texts(element)
    url = clean_url(base, texts.get("loc", ""))
    if url is None:
        return None
    news = next((_child_texts(child) for child in element if local_name(child) == "news"), None)
    dates = ((news or {}).get("publication_date"), texts.get("lastmod"))
    date: StatedDate | None = next(filter(None, map(parse_stated_date, dates)), None)
    return SitemapEntry(
        url=url,
        modified=date.moment if date else None,
        latest=date.latest if date else None,
        title=(news or {}).get("title", ""),
        is_part=local_name(element) == "sitemap",
        is_news=news is not None,
    )


def _child_texts(element: etree._Element) -> dict[str, str]:
    """Return the text of each child of *element* by local name; the first of a name counts.

    Children of another namespace are left out: `image:loc` is no page.
    """
    texts: dict[str, str] = {}
    own = element.tag.rpartition("}")[0]
    for child in element.iterchildren("{*}*"):
        text = _text_of(child)[:_MAX_TEXT].strip()
        is_own = child.tag.rpartition("}")[0] in {"", own}
        # Markup inside is the sign of a broken text, of which only the head would be read.
        if text and is_own and next(child.iterchildren("*"), None) is None:
            texts.setdefault(local_name(child), text)
    return texts


def _text_of(element: etree._Element) -> str:
    """Return the text of *element*, around comments and instructions in it."""
    return "".join([element.text or "", *(child.tail or "" for child in element)])


def _with_parts(entries: dict[str, SitemapEntry]) -> tuple[SitemapEntry, ...]:
    """Return *entries* with those marked that are sitemaps though they are given as pages.

    Some sites write an index as a `urlset`: all its addresses end as files of XML do.
    """
    paths = {url: urlsplit(url).path for url in entries}
    is_index = all(_PART.search(path) for path in paths.values())
    return tuple(
        attrs.evolve(entry, is_part=True)
        if not entry.is_news and (is_index or _NAMED_PART.search(paths[url]))
        else entry
        for url, entry in entries.items()
    )


_ADDRESS = re.compile(r"https?://[^\s\ufffd]*", re.IGNORECASE)


def _plain_list(text: str, base: str) -> Sitemap | None:
    """Return the protocol's other form: one address a line; None if most lines are others."""
    lines = [line.strip() for line in islice(text.splitlines(), 2 * MAX_URLS)]
    lines = [line for line in lines if line and not line.startswith("#")]
    named = list(filter(_ADDRESS.fullmatch, lines))
    if not named or 2 * len(named) < len(lines):
        return None
    urls = [url for line in named[:MAX_URLS] if (url := clean_url(base, line))]
    entries = {url: SitemapEntry(url=url) for url in urls}
    return Sitemap(entries=_with_parts(entries))
