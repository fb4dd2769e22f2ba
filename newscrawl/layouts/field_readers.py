"""Parsers of fields: one table from a field to the parser of its matches.

A rule finds a field on a page; a parser turns the matches into values of the article, or none.
Nothing here searches a page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Any

import attrs
from lxml.etree import _Element

from newscrawl.article import Article, Image
from newscrawl.html.linked_data import meta_values, text_of
from newscrawl.html.parser import tree_from
from newscrawl.html.tree import Tree
from newscrawl.layouts.rules import Matches
from newscrawl.page import Page
from newscrawl.system.value_classes import frozen
from newscrawl.text.normalize import squeeze
from newscrawl.text.urls import clean_url
from newscrawl.values.credit import parse_credit
from newscrawl.values.dateline import parse_dateline
from newscrawl.values.dates import parse_date

# An absolute address that `clean_url` would hand back as it is; most links are such.
_PLAIN = re.compile(
    r"https?://[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,9}"
    r"(?:/|(?:/[\w~-]+(?:[.,:=+][\w~-]+)*)+/?)(?:\?[\w=&.-]+)?",
    re.ASCII,
)
_PLAIN_LENGTH = 500
_WEB = ("http://", "https://")
ELLIPSES = ("…", "...")
LONGEST_LINE = 1_000
"""A headline, name or tag of more characters is cut: the whole page stays in the archive."""

Values = Mapping[str, Any]
NO_VALUES: Values = MappingProxyType({})


@frozen(kw_only=True, slots=False)
class Context:
    """The page and site of a field that is read."""

    page: Page
    """The page."""
    zone: str | None = None
    """The site's zone."""
    languages: tuple[str, ...] = ()
    """The site's languages."""
    without: tuple[str, ...] = ()
    """CSS queries of elements inside the body that are not part of it."""

    def absolute(self, href: str | None) -> str | None:
        """Return *href* as an absolute address; None if it is not one."""
        if not href:
            return None
        if len(href) < _PLAIN_LENGTH:
            if _PLAIN.fullmatch(href):
                return href
            if href[0] == "/":
                start = self._origin.partition("//")[0] if href[:2] == "//" else self._origin
                if _PLAIN.fullmatch(f"{start}{href}"):
                    return f"{start}{href}"
            elif href.startswith("javascript:"):
                return None
        return clean_url(self._base, href)

    @property
    def has_address(self) -> bool:
        """Return whether it is known where the page stands, and relative addresses lead."""
        return self._base.startswith(_WEB)

    @cached_property
    def _base(self) -> str:
        """The address that relative ones start from.

        A file saved without its address may still name it.
        """
        tree = self.page.tree
        url = self.page.url if self.page.url.startswith(_WEB) else ""
        named = () if url else (clean_url("", href) for href in _own_addresses(tree))
        url = url or next(filter(None, named), self.page.url)
        return (clean_url(url, tree.base) if tree.base else None) or url

    @cached_property
    def _origin(self) -> str:
        """Scheme and host of the base."""
        return "/".join(self._base.split("/", 3)[:3])


def _own_addresses(tree: Tree) -> Iterator[str]:
    """Yield the addresses that the page states: rel=canonical, then og:url."""
    for head in tree.heads:
        if "canonical" in head.get("rel", "").lower().split():
            yield head.get("href", "")
    yield from meta_values(tree.metas, "og:url")


Parser = Callable[[Matches, Context], Values]


def text_below(element: _Element) -> str:
    """Return the text below an element of lxml on one line."""
    tree = tree_from(element)
    return tree.root.text()


def texts_from(matches: Matches) -> Iterator[str]:
    """Yield the text of each match that has any, on one line."""
    for match in matches:
        if isinstance(match, _Element):
            text = text_below(match)
        else:
            text = squeeze(match) if isinstance(match, str) else text_of(match)
        if text:
            yield text[:LONGEST_LINE]


def _text(field: str) -> Parser:
    def parse(matches: Matches, context: Context) -> Values:
        return next(({field: text} for text in texts_from(matches)), NO_VALUES)

    return parse


def _texts(field: str) -> Parser:
    def parse(matches: Matches, context: Context) -> Values:
        found = tuple(dict.fromkeys(texts_from(matches)))
        return {field: found} if found else NO_VALUES

    return parse


def _address(field: str) -> Parser:
    def parse(matches: Matches, context: Context) -> Values:
        found = (context.absolute(text) for text in texts_from(matches))
        return next(({field: url} for url in found if url), NO_VALUES)

    return parse


def _date(field: str) -> Parser:
    def parse(matches: Matches, context: Context) -> Values:
        for raw in texts_from(matches):
            date = parse_date(
                raw,
                page_time=context.page.fetched_at,
                zone=context.zone,
                languages=context.languages,
            )
            if date is not None:
                return date_values(field, date, raw)
        return NO_VALUES

    return parse


def date_values(field: str, date: Any, raw: str) -> Values:
    """Return the article's values for a *date* read from *raw*."""
    values = {field: date.value, f"{field}_raw": raw}
    if field == "date_published":
        values["date_published_zone"] = date.zone
        values["date_published_zone_origin"] = date.zone_origin
    return values


def _dateline(matches: Matches, context: Context) -> Values:
    found = (parse_dateline(text) for text in texts_from(matches))
    return next(({"dateline": dateline} for dateline in found if dateline), NO_VALUES)


def _credit(matches: Matches, context: Context) -> Values:
    found = (parse_credit(text) for text in texts_from(matches))
    return next(({"source_credit": credit} for credit in found if credit), NO_VALUES)


def _free(matches: Matches, context: Context) -> Values:
    words = {True: True, False: False, "true": True, "false": False, "1": True, "0": False}
    for match in matches:
        word = match.strip().lower() if isinstance(match, str) else match
        if isinstance(word, (str, bool)) and word in words:
            return {"is_accessible_for_free": words[word]}
    return NO_VALUES


def _images(matches: Matches, context: Context) -> tuple[Image, ...]:
    return tuple(image for image in (_image(match, context) for match in matches) if image)


def _image(match: Any, context: Context) -> Image | None:
    if not isinstance(match, _Element):
        url = context.absolute(text_of(match))
        return Image(url=url) if url else None
    picture = match if match.tag == "img" else next(iter(match.iter("img", "amp-img")), None)
    caption = next((text_below(found) for found in match.iter("figcaption")), None)
    source = None if picture is None else picture.get("data-src") or picture.get("src")
    url = context.absolute(source)
    return Image(url=url, caption=caption or None) if url or caption else None


def _main_image(matches: Matches, context: Context) -> Values:
    return {"main_image": found[0]} if (found := _images(matches, context)) else NO_VALUES


def _all_images(matches: Matches, context: Context) -> Values:
    return {"images": found} if (found := _images(matches, context)) else NO_VALUES


PARSERS: Mapping[str, Parser] = MappingProxyType(
    {
        "headline": _text("headline"),
        "alternative_headline": _text("alternative_headline"),
        "description": _text("description"),
        "breadcrumbs": _texts("breadcrumbs"),
        "dateline": _dateline,
        "date_published": _date("date_published"),
        "date_modified": _date("date_modified"),
        "authors": _texts("authors"),
        "source_credit": _credit,
        "main_image": _main_image,
        "images": _all_images,
        "keywords": _texts("keywords"),
        "in_language": _text("in_language"),
        "canonical_url": _address("canonical_url"),
        "is_accessible_for_free": _free,
    }
)
"""The parser of each field whose value is the matched text."""

FIELDS = frozenset({*PARSERS, "article_body", "link_lists"})
"""The fields that a layout may have rules for; `generic.ruled` reads the other two."""

assert {field.name for field in attrs.fields(Article)} >= FIELDS  # noqa: S101
