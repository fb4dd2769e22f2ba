"""Feeds as Atom (RFC 4287) and JSON Feed 1.1. Every text in them is other people's."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal

import attrs
from lxml import etree
from markupsafe import Markup, escape

from newscrawl.archive import FieldChange
from newscrawl.archive.schema.storable import utc_text
from newscrawl.text.urls import host_of
from newscrawl.web.display.formatting import clean, plain

Form = Literal["atom", "json"]
KINDS = {
    "atom": "application/atom+xml; charset=utf-8",
    "json": "application/feed+json; charset=utf-8",
}
"""The formats with their media types."""
LONGEST_TITLE = 300
_LONGEST_PIECE = 2_000
_ATOM = "http://www.w3.org/2005/Atom"
_NAMESPACES: Any = {None: _ATOM}  # lxml-stubs do not know the default namespace


@attrs.frozen(kw_only=True)
class Entry:
    """One entry of a feed."""

    id: str
    """A URI that names it in every archive, and never changes."""
    title: str
    url: str
    """The page of `newscrawl serve` that shows it."""
    updated: dt.datetime
    html: str
    """Its content, with every text escaped."""
    author: str
    """The name of the site."""
    tags: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class Feed:
    """A feed and its newest entries."""

    title: str
    url: str
    """The address of the feed itself."""
    home: str
    """The address of `newscrawl serve`."""
    entries: Sequence[Entry]


def tag_uri(kind: str, url: str, moment: dt.datetime) -> str:
    """Return the tag URI (RFC 4151) of what happened to the article at *url* at a time."""
    name = hashlib.sha256(f"{kind} {url} {utc_text(moment)}".encode()).hexdigest()[:24]
    return f"tag:{host_of(url)},{moment:%Y-%m-%d}:newscrawl/{kind}/{name}"


def written(feed: Feed, form: Form) -> str:
    """Return *feed* in a format, one of KINDS."""
    return _as_atom(feed) if form == "atom" else _as_json(feed)


def changes_html(changes: Iterable[FieldChange]) -> str:
    """Return changes as HTML: each field with its removed and added words marked."""
    return "".join(_change_html(change) for change in changes)


def _change_html(change: FieldChange) -> str:
    parts = [Markup("<p><strong>{}</strong></p><p>").format(change.field.replace("_", " "))]
    marks = {"removed": Markup("<del>{}</del>"), "added": Markup("<ins>{}</ins>")}
    for piece in change.pieces:
        text = piece.text if piece.kind != "same" else _shortened(piece.text)
        lines = Markup("<br>").join(escape(line) for line in _lines(text))
        parts.append(marks.get(piece.kind, Markup("{}")).format(lines))
    return str(Markup("").join([*parts, Markup("</p>")]))


def _lines(text: str) -> Iterator[str]:
    yield from clean(text, _LONGEST_PIECE).split("\n")


def _shortened(text: str) -> str:
    """Return unchanged text with its middle left out."""
    return text if len(text) < 200 else f"{text[:80]} … {text[-80:]}"


def _as_atom(feed: Feed) -> str:
    root = etree.Element(f"{{{_ATOM}}}feed", nsmap=_NAMESPACES)
    _add(root, "id", feed.url)
    _add(root, "title", plain(feed.title, LONGEST_TITLE))
    _add(root, "updated", utc_text(_updated(feed)))
    _add(root, "link", rel="self", href=feed.url, type="application/atom+xml")
    _add(root, "link", rel="alternate", href=feed.home, type="text/html")
    _add(root, "generator", "newscrawl")
    for one in feed.entries:
        entry = etree.SubElement(root, f"{{{_ATOM}}}entry")
        _add(entry, "id", one.id)
        _add(entry, "title", plain(one.title, LONGEST_TITLE) or "–")
        _add(entry, "updated", utc_text(one.updated))
        _add(entry, "link", rel="alternate", href=one.url, type="text/html")
        _add(etree.SubElement(entry, f"{{{_ATOM}}}author"), "name", plain(one.author))
        for tag in one.tags:
            _add(entry, "category", term=plain(tag))
        _add(entry, "content", one.html, type="html")
    text: str = etree.tostring(root, encoding="unicode", pretty_print=True)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}'


def _add(parent: etree._Element, name: str, text: str | None = None, **values: str) -> None:
    element = etree.SubElement(parent, f"{{{_ATOM}}}{name}", values)
    element.text = text


def _as_json(feed: Feed) -> str:
    items = [
        {
            "id": one.id,
            "url": one.url,
            "title": plain(one.title, LONGEST_TITLE),
            "content_html": one.html,
            "date_modified": utc_text(one.updated),
            "authors": [{"name": plain(one.author)}],
            "tags": list(one.tags),
        }
        for one in feed.entries
    ]
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": plain(feed.title, LONGEST_TITLE),
        "home_page_url": feed.home,
        "feed_url": feed.url,
        "items": items,
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _updated(feed: Feed) -> dt.datetime:
    return max(
        (one.updated for one in feed.entries), default=dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    )
