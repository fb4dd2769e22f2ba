"""RSS and Atom feeds: what was published lately, as the site says it. Nothing here fetches."""

from __future__ import annotations

import datetime as dt
from urllib.parse import urljoin

import attrs
from lxml import etree

from newscrawl.crawl.sources.lenient_xml import (
    MAX_TEXT,
    child_texts,
    elements,
    local_name,
    parse_moment,
)
from newscrawl.text.urls import clean_url

MAX_ENTRIES = 500
"""The most entries read from one feed; a feed is what is new, and none is new beyond that."""

_NAMES = frozenset({"rss", "rdf", "channel", "feed", "item", "entry"})
_PLACES = ("origlink", "link", "guid", "id")


@attrs.frozen(kw_only=True)
class FeedEntry:
    """One entry of a feed."""

    url: str
    """The absolute address of the story."""
    permalink: str | None = None
    """Another address that the entry states as its own: a permanent guid."""
    title: str = ""
    """The headline as the feed has it."""
    published: dt.datetime | None = None
    """When the feed says it was published, or else updated."""


@attrs.frozen(kw_only=True)
class Feed:
    """A feed as read: whole, or as far as it could be."""

    entries: tuple[FeedEntry, ...] = ()
    """The entries in the feed's order, each address once."""
    is_cut: bool = False
    """Whether MAX_ENTRIES was reached."""


def parse_feed(body: bytes, url: str) -> Feed | None:
    """Return the feed in *body*, fetched from *url*; None where *body* is no feed.

    A broken entry costs itself and not the feed.
    """
    is_feed = False
    entries: dict[str, FeedEntry] = {}
    for element in elements(body, _NAMES):
        is_feed = True
        entry = _entry(element, url) if local_name(element) in {"item", "entry"} else None
        if entry is not None:
            entries.setdefault(entry.url, entry)
        if len(entries) >= MAX_ENTRIES:
            break
    if not is_feed:
        return None
    return Feed(entries=tuple(entries.values()), is_cut=len(entries) >= MAX_ENTRIES)


def _entry(element: etree._Element, base: str) -> FeedEntry | None:
    texts = child_texts(element)
    url = _address(element, texts, base)
    if url is None:
        return None
    dates = (texts.get(name) for name in ("pubdate", "published", "date", "updated"))
    moments = (parse_moment(date) for date in dates if date)
    return FeedEntry(
        url=url,
        permalink=_permalink(element, base),
        title=texts.get("title", ""),
        published=next((moment for moment in moments if moment), None),
    )


def _permalink(element: etree._Element, base: str) -> str | None:
    """Return the guid of an RSS item, if it is an address and not said to be none."""
    for guid in element:
        if local_name(guid) == "guid" and guid.get("isPermaLink", "true").lower() != "false":
            text = (guid.text or "").strip()[:MAX_TEXT]
            return clean_url(base, text) if text.startswith("http") else None
    return None


def _address(element: etree._Element, texts: dict[str, str], base: str) -> str | None:
    """Return the story's address: Atom's alternate link, RSS's link, else a permanent guid."""
    for link in element:
        is_alternate = link.get("rel", "alternate") == "alternate"
        href = link.get("href", "")[:MAX_TEXT]
        if local_name(link) == "link" and href and is_alternate:
            return clean_url(base, urljoin(link.base or base, href))
    candidates = [texts.get(name, "") for name in _PLACES]
    # A link may be relative; a guid that is no whole address is no address at all.
    candidates[2:] = [text for text in candidates[2:] if text.startswith("http")]
    return next((url for text in candidates if text and (url := clean_url(base, text))), None)
