"""The pictures of an article, with caption and credit."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from newscrawl.article import Image
from newscrawl.generic.article_node import Outline
from newscrawl.generic.fields.structured_data import Structured
from newscrawl.html.linked_data import text_of
from newscrawl.html.tree import Node
from newscrawl.layouts.field_readers import Context
from newscrawl.text.urls import url_key

MOST = 60
LONGEST_CAPTION = 600
SMALLEST = 90
"""A picture of fewer pixels in width is an icon."""
_SOURCES = ("data-src", "data-original", "data-lazy-src", "data-srcset", "srcset", "src")
_CREDIT_MARKS = re.compile(
    r"(?<![a-z])(?:credits?|copyright|photographer|source|quelle|byline|author|rights|agency)"
    r"(?![a-z])"
)
_CREDIT = re.compile(
    r"[(\[|–-]?\s{0,2}(?:photo|foto|image|bild|credit|photograph|picture|crédit|quelle|fotoğraf"
    r"|تصوير|صورة|عکس|צילום|©|\(c\))"
    r"\s{0,2}(?:credits?|by|par|von|courtesy of)?\s{0,2}[:：/]?\s{0,2}"
    r"(?P<who>[^)\]]{2,80})[)\]]?\s{0,2}$",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"(?:photo|foto|image|bild|credit|picture|crédit|quelle|fotoğraf|تصوير|صورة|عکس|צילום)s?"
    r"(?:\s(?:credit|by|par|von))?\s?[:：/]\s?",
    re.IGNORECASE,
)
"""Label at the start of a photo credit, which is no part of the name."""
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
    structured: Structured, near: Node, outline: Outline, context: Context
) -> tuple[Image, ...]:
    """Return the pictures of the article, the main one first."""
    main = _stated(structured, context)
    found: dict[str, Image] = {}
    for image in _printed(near, outline, context):
        if len(found) < MOST:
            found.setdefault(_identity(image.url), image)
    printed = list(found.values())
    if main is None:
        return tuple(printed)
    same = next((i for i in printed if _identity(i.url) == _identity(main.url)), None)
    first = same or (
        printed[0] if printed and not main.caption and printed[0].caption else None
    )
    if first is not None:
        main = Image(
            url=main.url,
            caption=main.caption or first.caption,
            credit=main.credit or first.credit,
        )
    return (main, *(image for image in printed if image is not first))


def _stated(structured: Structured, context: Context) -> Image | None:
    """Return the picture that og:image or JSON-LD state."""
    url = structured.meta("og:image", "og:image:url", "twitter:image", "twitter:image:src")
    caption = credit = None
    for value in structured.values("image"):
        if isinstance(value, Mapping):
            caption, credit = (
                _said(value, "caption", "description"),
                _said(value, "creditText", "copyrightHolder", "creator"),
            )
            url = url or text_of(value.get("url") or value.get("contentUrl"))
        elif isinstance(value, str):
            url = url or value
        break
    address = context.absolute(url)
    return Image(url=address, caption=caption, credit=credit) if address else None


def _said(value: Mapping[str, Any], *names: str) -> str | None:
    return next((text for text in (text_of(value.get(name)) for name in names) if text), None)


def _identity(url: str | None) -> str:
    """Return the file name of a picture, which its sizes share."""
    path = (url or "").partition("?")[0]
    name = path.rpartition("/")[2]
    return name if len(name) > 12 else url_key(path)


def _printed(near: Node, outline: Outline, context: Context) -> Iterator[Image]:
    for node in near.iter():
        if node.tag not in {"img", "amp-img"} or _is_small(node):
            continue
        above = list(node.ancestors())
        if outline.flags_above(node) & _OUT:
            continue
        figure = next((part for part in above[:6] if part.tag == "figure"), None)
        if figure is None and any(part.tag == "a" for part in above[:4]):
            continue  # a picture that links elsewhere is a card's
        address = context.absolute(_source(node))
        if address:
            caption, credit = _caption_of(node, figure)
            yield Image(url=address, caption=caption, credit=credit)


def _is_small(node: Node) -> bool:
    for name in ("width", "height"):
        value = node.attributes.get(name, "").removesuffix("px")
        if value.isdecimal() and len(value) < 6 and int(value) < SMALLEST:
            return True
    return False


def _source(node: Node) -> str | None:
    for name in _SOURCES:
        value = node.attributes.get(name, "").strip()
        if value and not value.startswith("data:"):
            return value.split()[0].rstrip(",") if "srcset" in name else value
    return None


def _caption_of(node: Node, figure: Node | None) -> tuple[str | None, str | None]:
    """Return caption and credit of a picture: in its figure, else marked beside it."""
    box = figure
    if box is None:
        above = list(node.ancestors())[:3]
        box = next(
            (
                part
                for part in above
                if part.size < LONGEST_CAPTION and "caption" in _marks_below(part)
            ),
            None,
        )
    if box is None or box.size > 2 * LONGEST_CAPTION:
        return None, None
    place = next(
        (
            part
            for part in box.iter()
            if part.tag == "figcaption" or ("caption" in part.marks.lower() and part.size > 3)
        ),
        box,
    )
    credit = next(
        (
            part
            for part in box.iter()
            if part is not box
            and 1 < part.size < 120
            and _CREDIT_MARKS.search(part.marks[:200].lower())
        ),
        None,
    )
    text, who = place.text(), credit.text() if credit is not None else None
    if who:
        text = text.removesuffix(who).rstrip(" |–-(/")
        who = _LABEL.sub("", who, count=1) if _LABEL.match(who) else who
    else:
        match = _CREDIT.search(text[-120:])
        if match:
            who, text = (
                match["who"].strip(),
                text[: len(text) - len(text[-120:]) + match.start()].rstrip(" |–-(/"),
            )
    return text[:LONGEST_CAPTION] or None, who or None


def _marks_below(node: Node) -> str:
    return " ".join(part.marks.lower() for part in node.iter()[:30])
