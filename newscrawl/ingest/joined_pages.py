"""One article of several pages: the order of its pages, and the pages joined. Pure.

`Article.missing_pages` names the pages on which a text goes on; a caller that can fetch reads
them and joins their text. Pages that could not be had stay in `missing_pages`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import TypeVar

import attrs

from newscrawl.article import (
    AgencyMention,
    Article,
    Block,
    Image,
    LinkList,
    body_from,
    mentions_from,
)
from newscrawl.generic.fields.further_pages import place_of
from newscrawl.text.phrases import folded
from newscrawl.text.urls import url_key

T = TypeVar("T")

LEAST_REPEATED = 40
"""A paragraph of this many characters that an earlier page has as well is its repetition."""


def first_page(article: Article) -> str:
    """Return the address of the first page of the article; *article* is any of its pages."""
    own = place_of(article.url, article.missing_pages)
    return next(
        (url for url in article.missing_pages if place_of(url, (article.url,)) < own),
        article.url,
    )


def in_order(urls: Iterable[str]) -> tuple[str, ...]:
    """Return *urls*, pages of one article, in the order of their numbers, each once."""
    unique = list({url_key(url): url for url in reversed(list(urls))}.values())[::-1]
    return tuple(sorted(unique, key=lambda url: place_of(url, unique)))


def is_further_page(page: Article) -> bool:
    """Return whether *page* can be a later page of an article: its text may be short."""
    return page.page_kind in {"article", "no_text"} and bool(page.article_body)


def repeats(page: Article, parts: Sequence[Article]) -> bool:
    """Return whether *page* is one of *parts* again.

    A site that knows no page numbers answers each of them with the first page.
    """
    return any(page.article_body == part.article_body for part in parts)


def _sorted(parts: Sequence[Article]) -> list[Article]:
    """Return *parts* in the order of their pages."""
    order = {url: place for place, url in enumerate(in_order(part.url for part in parts))}
    return sorted(parts, key=lambda part: order.get(part.url, 0))


def join_pages(parts: Sequence[Article], missing: Sequence[str]) -> Article:
    """Return *parts*, the pages of one article in any order, as one; *missing* are not there.

    Text and pictures follow one another, and a list of links that several pages show counts
    once. Everything else is the first page's, or the next one's that says it.
    """
    parts = _sorted(parts)
    first = parts[0]
    blocks = _joined_blocks(parts)
    return attrs.evolve(
        first,
        blocks=blocks,
        article_body=body_from(blocks),
        images=_joined_images(parts),
        link_lists=_joined_lists(parts),
        live_blog_updates=tuple(chain.from_iterable(part.live_blog_updates for part in parts)),
        source_credit=_first(part.source_credit for part in parts),
        agencies=_joined_agencies(parts),
        authors=_first(part.authors for part in parts) or (),
        keywords=_first(part.keywords for part in parts) or (),
        is_accessible_for_free=_access(parts),
        pages=tuple(part.url for part in parts if len(parts) > 1),
        missing_pages=in_order(missing),
        provenance=_provenance(parts),
    )


def _first(values: Iterable[T]) -> T | None:
    return next((value for value in values if value), None)


def _joined_blocks(parts: Sequence[Article]) -> tuple[Block, ...]:
    """Return the blocks of all pages, without the headline and repetitions on later pages."""
    blocks = list(parts[0].blocks)
    headline = folded(parts[0].headline or "")
    for part in parts[1:]:
        known = {block.text for block in blocks if len(block.text) >= LEAST_REPEATED}
        known |= {parts[0].description or ""}
        blocks += [
            block
            for block in part.blocks
            if block.kind == "embed"
            or (block.text not in known and folded(block.text[:1_000]) != headline)
        ]
    return tuple(blocks)


def _joined_images(parts: Sequence[Article]) -> tuple[Image, ...]:
    images = {
        image.url or image.caption: image for part in reversed(parts) for image in part.images
    }
    order = dict.fromkeys(image.url or image.caption for part in parts for image in part.images)
    return tuple(images[key] for key in order)


def _joined_agencies(parts: Sequence[Article]) -> tuple[AgencyMention, ...]:
    """Return the agencies of all pages; of the credits, those of the one that is taken."""
    credit = _first(part.source_credit for part in parts)
    others = {
        agency: None
        for part in parts
        for agency in part.agencies
        if agency.found_in != "source_credit"
    }
    return (*others, *mentions_from(credit.agencies if credit else (), "source_credit"))


def _joined_lists(parts: Sequence[Article]) -> tuple[LinkList, ...]:
    lists: dict[tuple[str, str], LinkList] = {}
    for part in parts:
        for one in part.link_lists:
            lists.setdefault((one.kind, folded(one.heading[:1_000])), one)
    return tuple(lists.values())


def _access(parts: Sequence[Article]) -> bool | None:
    said = {part.is_accessible_for_free for part in parts}
    return False if False in said else parts[0].is_accessible_for_free


def _provenance(parts: Sequence[Article]) -> Mapping[str, str]:
    provenance: dict[str, str] = {}
    for part in reversed(parts):
        provenance |= part.provenance
    provenance.pop("missing_pages", None)
    if len(parts) > 1:
        provenance["pages"] = "paging"
    return provenance
