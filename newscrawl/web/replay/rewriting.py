"""A stored page as it is shown again: its requisites from the archive, and nothing live.

What leads out, runs or sends is taken out. The policy of the answer forbids it as well: a
browser may read the markup in another way than this does.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from lxml import etree
from sqlite_utils import Database

from newscrawl.archive.read.captures import nearest_requisite
from newscrawl.html.page_requisites import (
    ABSENT,
    Replace,
    Requisite,
    base_of,
    replace_in_css,
    replace_requisites,
)
from newscrawl.page import Page
from newscrawl.text.urls import clean_url

MAX_REQUISITES = 1_000
"""The most addresses of one page, or of one stylesheet, that are looked up."""
_DROPPED = frozenset({"script", "iframe", "applet", "fencedframe", "audio"})
"""Elements that are taken out with their content."""
_UNWRAPPED = frozenset({"object", "embed", "base", "frame", "portal", "bgsound"})
"""Elements that are taken out; libxml2 lets some of them hold what follows."""
_CONTROLS = frozenset({"input", "button", "select", "textarea", "fieldset"})
_ADDRESSES = frozenset(
    (
        *("href", "{http://www.w3.org/1999/xlink}href", "xlink:href", "src", "action", "data"),
        *("formaction", "poster", "background", "ping", "cite", "longdesc", "manifest"),
        *("codebase", "srcdoc", "dynsrc", "lowsrc", "profile", "classid", "archive", "usemap"),
    )
)
"""Attributes that hold an address, or a page."""
_OTHERS = frozenset({"target", "download", "autofocus", "autoplay", "integrity", "nonce"})


class Archived:
    """Address of a stored requisite on the replay origin; None for one that is not stored."""

    def __init__(self, db: Database, at: dt.datetime, prefix: str) -> None:
        self._db, self._at, self._prefix = db, at, prefix
        self._known: dict[str, str | None] = {}

    def __call__(self, one: Requisite) -> str | None:
        """Return the address of *one*, as captured nearest to the time of the page."""
        if one.url not in self._known and len(self._known) < MAX_REQUISITES:
            found = nearest_requisite(self._db, one.url, self._at)
            self._known[one.url] = None if found is None else f"{self._prefix}{found}"
        return self._known.get(one.url)


def replayed_page(page: Page, archived: Replace, prefix: str) -> str:
    """Return the markup of *page* to be shown in a frame.

    Raises ExtractionError if it is over a limit. Addresses begin with *prefix*.
    """
    root = page.root
    base = base_of(root, page.url)
    replace_requisites(root, page.url, archived)
    for element in list(root.iter()):
        if not isinstance(element.tag, str):
            continue  # a comment
        tag = element.tag.rpartition("}")[2].lower()
        if tag in _DROPPED:
            element.drop_tree()
        elif tag in _UNWRAPPED or _is_command(element, tag):
            element.drop_tag()
        else:
            _make_inert(element, tag, base, prefix)
    return str(etree.tostring(root.getroottree(), method="html", encoding="unicode"))


def replayed_style(text: str, url: str, archived: Replace) -> str:
    """Return the stylesheet *text* of *url*, with its addresses on the replay origin."""
    return replace_in_css(text, url, archived)


def _is_command(element: Any, tag: str) -> bool:
    """Return whether an element tells the browser to do something: to reload, to connect."""
    if tag == "meta":
        return bool(element.get("http-equiv")) or element.get("name", "").lower() == "referrer"
    return tag == "link" and not element.get("href")


def _make_inert(element: Any, tag: str, base: str, prefix: str) -> None:
    """Take out of an element what leads out of the page, runs or sends."""
    if tag in {"a", "area"}:
        _close_link(element, base)
    if tag in _CONTROLS:
        element.set("disabled", "")
    for name, value in element.attrib.items():
        if _leads_out(name.lower(), value, prefix):
            del element.attrib[name]


def _leads_out(name: str, value: str, prefix: str) -> bool:
    """Return whether an attribute, by its name in small letters, runs a script or leads out."""
    if name.startswith("on") or name in _OTHERS:
        return True
    return name in _ADDRESSES and not _is_harmless(value, prefix)


def _is_harmless(value: str, prefix: str) -> bool:
    """Return whether an address is a part of the page, data, or on the replay origin."""
    return value.startswith(("#", prefix, "data:image/", "data:font/", ABSENT))


def _close_link(element: Any, base: str) -> None:
    """Let a link lead nowhere, and tell its address to a pointer that rests on it."""
    href = element.get("href")
    if href is None or href.startswith("#"):
        return
    url = clean_url(base, href)
    if url is not None and not element.get("title"):
        element.set("title", url)
    element.set("href", "#")
