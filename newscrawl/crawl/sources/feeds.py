"""RSS, Atom and JSON feeds: the latest articles of a site. Nothing here fetches."""

from __future__ import annotations

import copy
import datetime as dt
import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from io import BytesIO
from itertools import islice
from typing import Any

import attrs
import feedparser
from lxml import etree

from newscrawl.crawl.sources.documents import (
    CONTROLS,
    Document,
    document_from,
    is_written,
    local_name,
    text_from,
)
from newscrawl.crawl.sources.stated_dates import StatedDate, parse_stated_date
from newscrawl.text.normalize import squeeze
from newscrawl.text.urls import clean_url

MAX_ENTRIES = 2_000
"""The most entries read from one feed: feedparser takes half a millisecond for each."""
_ALTERNATE = frozenset({"alternate", "http://www.iana.org/assignments/relation/alternate"})
"""The relation of an entry to its page: a name or its address (RFC 4287, 4.2.7.2)."""

_ROOTS = frozenset({"rss", "rdf", "feed", "channel"})
_READ = frozenset(
    {"title", "link", "guid", "id", "origlink", "date", "pubdate", "published", "updated"}
    | {"issued", "created", "modified"}
)
"""The elements of an item that are read; feedparser takes a second for a megabyte of others."""
_IDENTIFIERS = frozenset({"guid", "id"})
_DATES = ("published", "created", "updated")
_MAX_TEXT = 4096
_MAX_MARKUP = 50
_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_JSON = "https://jsonfeed.org/version/"


@attrs.frozen(kw_only=True)
class FeedEntry:
    """One entry of a feed."""

    url: str
    """The absolute address of the article."""
    permalink: str | None = None
    """Another address that the entry states as its own: a permanent guid."""
    title: str = ""
    """The headline in the feed."""
    published: dt.datetime | None = None
    """The publication date in the feed, or else the date of the update."""
    latest: dt.datetime | None = None
    """The latest time that this date may mean, where it states no zone or time."""


@attrs.frozen(kw_only=True)
class Feed:
    """A feed, whole or as far as it could be read."""

    entries: tuple[FeedEntry, ...] = ()
    """The entries, each address once; of a broken feed those that were mended come last."""
    is_cut: bool = False
    """True if MAX_ENTRIES was reached."""


def parse_feed(body: bytes, url: str, content_type: str | None = None) -> Feed | None:
    """Return the feed in *body*, fetched from *url*; None where *body* is no feed.

    A broken entry costs itself and not the feed. Raises UnreadableSourceError if *body* cannot
    be unpacked or declares entities.
    """
    document = document_from(body, content_type)
    if document is not None:
        found = _xml_entries(document, url) if document.name in _ROOTS else None
    else:
        found = _json_entries(text_from(body, content_type), url)
    if found is None:
        return None
    entries: dict[str, FeedEntry] = {}
    for entry in found:
        entries.setdefault(entry.url, entry)
    is_cut = len(entries) > MAX_ENTRIES
    return Feed(entries=tuple(islice(entries.values(), MAX_ENTRIES)), is_cut=is_cut)


def _xml_entries(document: Document, url: str) -> Iterator[FeedEntry]:
    """Yield the entries of a feed as feedparser reads them.

    In a broken feed the address of an entry counts only if it is written in its item.
    """
    sources: list[tuple[str | None, str | None]] = []
    pruned: list[bytes] = []
    for item in document.items(("item", "entry"), MAX_ENTRIES + 1):
        # What cannot be written again is lost with its item.
        with suppress(etree.SerialisationError, ValueError):
            pruned.append(etree.tostring(_pruned(item.element), encoding="utf-8"))
            sources.append((item.source, _permalink(item.element, url)))
    for raw, (source, permalink) in zip(_parsed(document, pruned, url), sources, strict=False):
        address = _address(raw, url)
        if address is not None and (source is None or is_written(address, source)):
            dates = [dict.get(raw, name) for name in _DATES]
            is_sure = permalink and (source is None or is_written(permalink, source))
            yield _entry(address, raw.get("title"), dates, permalink if is_sure else None)


def _parsed(document: Document, items: list[bytes], url: str) -> list[Any]:
    """Return feedparser's entries for *items*, under a root of the kind of *document*."""
    name = "feed" if document.name == "feed" else "rss"
    try:
        return _by_feedparser(f"<{name}>".encode(), items, url)
    except Exception:  # feedparser raises many kinds: find the item that it cannot read
        found: list[Any] = []
        for at, item in enumerate(items):
            with suppress(Exception):
                found += _by_feedparser(f"<{name}>".encode(), [item], url)
            found += [{}] * (at + 1 - len(found))
        return found


def _by_feedparser(root: bytes, items: list[bytes], url: str) -> list[Any]:
    text = root + b"".join(items) + root.replace(b"<", b"</")
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": url}
    # A file, as feedparser fetches or opens what it is given as text.
    feed = feedparser.parse(
        BytesIO(text),
        response_headers=headers,
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    entries: list[Any] = feed.entries
    return entries


def _entry(
    url: str, title: object, dates: Iterable[object], permalink: str | None = None
) -> FeedEntry:
    stated = (parse_stated_date(date) for date in dates if isinstance(date, str))
    date: StatedDate | None = next((one for one in stated if one), None)
    return FeedEntry(
        url=url,
        permalink=permalink,
        title=squeeze(title[:_MAX_TEXT]) if isinstance(title, str) else "",
        published=date.moment if date else None,
        latest=date.latest if date else None,
    )


def _permalink(element: etree._Element, base: str) -> str | None:
    """Return the guid of an RSS item, if it is an address and not said to be none."""
    for guid in element:
        if local_name(guid) == "guid" and guid.get("isPermaLink", "true").lower() != "false":
            text = (guid.text or "").strip()[:_MAX_TEXT]
            return clean_url(base, text) if text.startswith("http") else None
    return None


def _address(entry: Any, base: str) -> str | None:
    """Return the article's address: FeedBurner's original, the link, a permanent identifier."""
    links = [link for link in entry.get("links", ()) if link.get("rel") in _ALTERNATE]
    # A page of HTML first: an entry may have the same article as JSON or a sound file.
    links.sort(key=lambda link: "html" not in link.get("type", "html"))
    candidates = [entry.get("feedburner_origlink"), *(link.get("href") for link in links)]
    if not links and entry.get("guidislink", True):
        candidates.append(entry.get("id"))
    urls = (clean_url(base, text) for text in candidates if text and len(text) <= _MAX_TEXT)
    return next(filter(None, urls), None)


def _pruned(item: etree._Element) -> etree._Element:
    """Return a copy of *item* with the elements that we read, its own namespace left out.

    feedparser does not know every namespace that sites give to RSS and Atom.
    """
    own = etree.QName(item).namespace
    kept = etree.Element(local_name(item), {_BASE: item.base} if item.base else {})
    for child in item:
        name = local_name(child)
        # Markup inside is the sign of a broken text, of which only the head would be read.
        if name in _IDENTIFIERS and not (child.text or "").strip().startswith("http"):
            continue  # feedparser would make an address of it
        if name in _READ and len(child) <= (_MAX_MARKUP if name == "title" else 0):
            twin = _twin_of(child)
            if etree.QName(child).namespace == own:
                twin.tag = name
            kept.append(twin)
    return kept


def _twin_of(child: etree._Element) -> etree._Element:
    """Return a copy of *child* with clean text, and no more of it than is read."""
    twin = copy.deepcopy(child)
    twin.text = CONTROLS.sub("\ufffd", (twin.text or "")[:_MAX_TEXT])
    twin.tail = None
    return twin


def _json_entries(text: str, url: str) -> Iterator[FeedEntry] | None:
    """Return the entries of a JSON Feed (https://www.jsonfeed.org/version/1.1/)."""
    if _JSON not in text[:_MAX_TEXT] and _JSON not in text.replace("\\/", "/"):
        return None
    feed: object = None
    with suppress(ValueError, RecursionError):
        feed = json.loads(text)
    if not isinstance(feed, dict) or not str(feed.get("version")).startswith(_JSON):
        return None
    items = feed.get("items")
    return _json_items(items if isinstance(items, list) else [], url)


def _json_items(items: list[Any], url: str) -> Iterator[FeedEntry]:
    for item in items[: MAX_ENTRIES + 1]:
        if not isinstance(item, dict):
            continue
        identifier = str(item.get("id") or "")
        link = item.get("url") or (identifier if identifier.startswith("http") else "")
        address = clean_url(url, link) if isinstance(link, str) else None
        if address is not None:
            dates = (item.get("date_published"), item.get("date_modified"))
            yield _entry(address, item.get("title"), dates)
