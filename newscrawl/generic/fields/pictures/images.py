"""The pictures of an article, with caption and credit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice
from operator import attrgetter
from typing import Any

from newscrawl.article import Image
from newscrawl.generic.body.article_node import Outline
from newscrawl.generic.body.furniture import is_small
from newscrawl.generic.fields.pictures.captions import (
    LONGEST_BOX,
    box_of,
    caption_after,
    caption_in,
    caption_in_attributes,
    captions_in,
)
from newscrawl.generic.fields.structured_data import StructuredData
from newscrawl.html.linked_data import text_of
from newscrawl.html.tree import Node
from newscrawl.layouts.field_readers import Context
from newscrawl.text.urls import url_key
from newscrawl.values.caption import split_caption

MOST = 60
LONGEST_COMMON_NAME = 6
"""Files of longer names are one picture wherever they stand; `image.jpg` is many."""
FIGURE_ABOVE, LINK_ABOVE = 6, 4
"""So far above a picture its figure stands, and the link that it is a part of."""
METAS = ("og:image", "og:image:url", "twitter:image", "twitter:image:src")
_SIZE = re.compile(r"[-_]\d{2,4}x\d{2,4}$")
_SOURCES = ("data-src", "data-original", "data-lazy-src", "data-srcset", "srcset", "src")
_place = attrgetter("index")
_OUT = frozenset(
    {
        "navigation",
        "sidebar",
        "related",
        "teasers",
        "aside",
        "comments",
        "advert",
        "bio",
        "byline",
        "consent",
        "newsletter",
        "share",
    }
)


def images_of(
    structured_data: StructuredData,
    article_node: Node,
    outline: Outline,
    context: Context,
    text_start: int,
) -> tuple[Image, ...]:
    """Return the pictures of the article, the main one first.

    Only a picture above the element of the index *text_start* is the main one by its place.
    """
    main = _stated(structured_data, context)
    found = _each_once(article_node, outline, context)
    printed = tuple(image for _, image in found.values())
    if main is None:
        return printed
    _, same = found.get(_identity(main.url), (0, None))
    first = _first_above(found.values(), text_start)
    if first and same not in {None, first}:
        return printed  # the one stated stands further down, this one above the text
    if not printed:
        return (
            main if main.caption else _with_words(main, *_lone_caption(article_node, outline)),
        )
    beside = same or (None if main.caption else first)
    if beside is None:
        return main, *printed
    others = (image for image in printed if image is not beside)
    return _with_words(main, beside.caption, beside.credit), *others


def _first_above(pictures: Iterable[tuple[int, Image]], text_start: int) -> Image | None:
    """Return the first picture with a caption above the text."""
    above = (image for index, image in pictures if index < text_start and image.caption)
    return next(above, None)


def _with_words(image: Image, caption: str | None, credit: str | None) -> Image:
    """Return *image* with a printed caption and credit; its own where none is printed."""
    return Image(url=image.url, caption=caption or image.caption, credit=credit or image.credit)


def _each_once(
    article_node: Node, outline: Outline, context: Context
) -> Mapping[str, tuple[int, Image]]:
    """Return the first pictures of the article, and where they stand, by their file names."""
    found: dict[str, tuple[int, Image]] = {}
    plain: set[str] = set()
    pictures = chain(article_node.tagged("img"), article_node.tagged("amp-img"))
    for picture in sorted(pictures, key=_place):
        if len(found) == MOST:
            break
        if _is_decoration(picture, outline):
            continue
        address = context.absolute(_source(picture))
        name = _identity(address)
        if address and name not in found:
            image = _printed(picture, address, plain)
            if image is not None:
                found[name] = (picture.index, image)
    return found


def _lone_caption(article_node: Node, outline: Outline) -> tuple[str | None, str | None]:
    """Return the first caption of an article whose picture only a script draws."""
    for node in captions_in(article_node):
        if not outline.flags_above(node) & _OUT:
            return caption_in(node)
    return None, None


def _stated(structured_data: StructuredData, context: Context) -> Image | None:
    """Return the picture that og:image or JSON-LD state."""
    url = next((url for _, url in image_candidates(structured_data) if url), None)
    caption = credit = None
    value = next(structured_data.values("image"), None)
    if isinstance(value, Mapping):
        caption, credit = split_caption(text_of(value.get("caption")))
        credit = _said(value, "creditText", "copyrightHolder", "creator") or credit
    address = context.absolute(url)
    return Image(url=address, caption=caption, credit=credit) if address else None


def image_candidates(structured_data: StructuredData) -> Iterator[tuple[str, str]]:
    """Yield the rule of each source that states the main picture, and the address there."""
    for name in METAS:
        yield f"meta:{name}", structured_data.meta(name) or ""
    value = next(structured_data.values("image"), None)
    if isinstance(value, Mapping):
        value = text_of(value.get("url") or value.get("contentUrl"))
    yield "jsonld", value if isinstance(value, str) else ""


def _said(value: Mapping[str, Any], *names: str) -> str | None:
    return next((text for text in (text_of(value.get(name)) for name in names) if text), None)


def _identity(url: str | None) -> str:
    """Return the file name of a picture, which its sizes share."""
    path = (url or "").partition("?")[0]
    name = _SIZE.sub("", path.rpartition("/")[2].partition(".")[0])
    return name if len(name) > LONGEST_COMMON_NAME else url_key(path)


def _printed(picture: Node, address: str, plain: set[str]) -> Image | None:
    """Return *picture* with its caption; None for one of a card.

    *plain* are texts of the page that are known to be no credits; further ones are added.
    """
    figure = _part_above(picture, "figure", FIGURE_ABOVE)
    box = figure or box_of(picture, plain)
    if figure is None and _part_above(picture, "a", LINK_ABOVE) and _is_card(box):
        return None
    caption, credit = _caption_of(picture, figure, box)
    return Image(url=address, caption=caption, credit=credit)


def _is_decoration(picture: Node, outline: Outline) -> bool:
    """Return whether *picture* is small, or stands in a part that is no article text."""
    # A class name such as `modal-image` says how the picture opens, and makes it no dialog.
    own = {outline.flag(picture)} - {"consent"}
    return is_small(picture) or not _OUT.isdisjoint(own | outline.flags_above(picture.parent))


def _part_above(picture: Node, tag: str, levels: int) -> Node | None:
    """Return the nearest element of a *tag* among so many *levels* above *picture*."""
    above = islice(picture.ancestors(), levels)
    return next((part for part in above if part.tag == tag), None)


def _is_card(box: Node | None) -> bool:
    """Return whether a picture with a link is a card's: most in its box leads elsewhere."""
    return box is None or box.links * 2 > box.size


def _caption_of(
    picture: Node, figure: Node | None, box: Node | None
) -> tuple[str | None, str | None]:
    """Return caption and credit in the box of *picture*, else after it, else in attributes."""
    if box is not None and box.size <= LONGEST_BOX:
        found = caption_in(box)
        if found != (None, None):
            return found
    found = caption_after(figure or picture)
    return found if found != (None, None) else caption_in_attributes(picture)


def _source(node: Node) -> str | None:
    for name in _SOURCES:
        value = node.attributes.get(name, "").strip()
        if value and not value.startswith("data:"):
            return value.split()[0].rstrip(",") if "srcset" in name else value
    return None
