"""How each field's raw matches are read: one table from a field to its parser.

A rule says where a field stands; a parser makes of what stands there the values of the article,
or none. Nothing here looks for anything on a page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import Any

import attrs
from lxml.etree import _Element

from newscrawl.article import Article, Image, Link, LinkList
from newscrawl.blocks import blocks_from, runs_of
from newscrawl.credit import parse_credit
from newscrawl.dateline import parse_dateline
from newscrawl.dates import parse_date
from newscrawl.linked_data import text_of
from newscrawl.page import Page
from newscrawl.parsing import tree_from
from newscrawl.rules import HeadedLinks, Matches
from newscrawl.text import squeeze
from newscrawl.urls import clean_url

# An absolute address that `clean_url` would hand back as it is; most links are such.
_PLAIN = re.compile(
    r"https?://[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,9}"
    r"(?:/|(?:/[\w~-]+(?:[.,:=+][\w~-]+)*)+/?)(?:\?[\w=&.-]+)?",
    re.ASCII,
)
_PLAIN_LENGTH = 500
ELLIPSES = ("…", "...")
LONGEST_LINE = 1_000
"""A headline, name or tag of more characters is cut: the whole page stays in the archive."""

Values = Mapping[str, Any]
NO_VALUES: Values = MappingProxyType({})


@attrs.frozen(kw_only=True, slots=False)
class Context:
    """What the reading of a field needs to know besides its matches."""

    page: Page
    """The page."""
    zone: str | None = None
    """The site's zone."""
    languages: tuple[str, ...] = ()
    """The site's languages."""
    without: tuple[str, ...] = ()
    """CSS queries of what the body's elements hold that is no part of it."""

    def absolute(self, href: str | None) -> str | None:
        """Return *href* as an absolute address; None for what is none."""
        if not href:
            return None
        if len(href) < _PLAIN_LENGTH:
            if _PLAIN.fullmatch(href):
                return href
            if href[0] == "/" and _PLAIN.fullmatch(f"{self._origin}{href}"):
                return f"{self._origin}{href}"
        return clean_url(self._base, href)

    @cached_property
    def _base(self) -> str:
        """What relative addresses start from."""
        base = self.page.tree.base
        return (clean_url(self.page.url, base) if base else None) or self.page.url

    @cached_property
    def _origin(self) -> str:
        """Scheme and host of the base."""
        return "/".join(self._base.split("/", 3)[:3])


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


def _body(matches: Matches, context: Context) -> Values:
    selector = context.page.selector
    # lxml hands out one object an element while it is held, so `in` compares elements.
    left_out = {hit.root for query in context.without for hit in selector.css(query)}

    trees = [tree_from(match, left_out) for match in matches if isinstance(match, _Element)]
    blocks = blocks_from(runs_of(tree.root for tree in trees))
    if not blocks:
        return NO_VALUES
    return {"blocks": blocks, "article_body": "\n".join(block.text for block in blocks)}


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


def _link_lists(matches: Matches, context: Context) -> Values:
    found = tuple(
        LinkList(heading=match.heading, kind=match.kind or "other", links=links)
        for match in matches
        if isinstance(match, HeadedLinks) and (links := _links(match.links, context))
    )
    return {"link_lists": found} if found else NO_VALUES


def _links(anchors: Sequence[Any], context: Context) -> tuple[Link, ...]:
    pairs: dict[str, str | None] = {}
    for anchor in anchors:
        text = text_below(anchor) or squeeze(anchor.get("title") or "")
        if text:
            pairs.setdefault(text, context.absolute(anchor.get("href")))
    return tuple(
        Link(text=text, url=url, position=position, is_cut=text.endswith(ELLIPSES))
        for position, (text, url) in enumerate(pairs.items(), 1)
    )


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
        "article_body": _body,
        "source_credit": _credit,
        "main_image": _main_image,
        "images": _all_images,
        "keywords": _texts("keywords"),
        "in_language": _text("in_language"),
        "link_lists": _link_lists,
        "canonical_url": _address("canonical_url"),
        "is_accessible_for_free": _free,
    }
)
"""The fields that a layout may have rules for, and how what a rule finds is read."""

FIELDS = frozenset(PARSERS)

assert {field.name for field in attrs.fields(Article)} >= FIELDS  # noqa: S101
