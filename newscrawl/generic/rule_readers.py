"""Readers of the elements that a layout's rules select, where their text alone is not enough.

A rule for the body need not name its inner parts: captions, read-also boxes and the line
of the credit are left out as on any page. A rule for link lists need not say their kinds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from contextlib import ExitStack
from types import MappingProxyType
from typing import Any

from lxml.etree import _Element

from newscrawl.article import Link, LinkList, body_from
from newscrawl.generic.body.article_node import weight_of
from newscrawl.generic.body.furniture import flagged
from newscrawl.generic.body.lines import body_of, runs_in
from newscrawl.generic.body.roles import classify_lines
from newscrawl.generic.fields.structured_data import StructuredData
from newscrawl.generic.fields.suppliers.dateline_and_credit import credit_of, outlets_of
from newscrawl.html.blocks import blocks_from
from newscrawl.html.parser import tree_from
from newscrawl.html.text_lines import TextLine, text_lines_of
from newscrawl.html.tree import Node
from newscrawl.layouts.field_readers import (
    ELLIPSES,
    NO_VALUES,
    PARSERS,
    Context,
    Parser,
    Values,
    text_below,
)
from newscrawl.layouts.rules import HeadedLinks, Matches
from newscrawl.text.list_headings import list_kind
from newscrawl.text.normalize import squeeze

MOST_FLAGGED = 0.5
"""Boxes of one kind that hold a larger share of the selected text are text."""


def _body(matches: Matches, context: Context) -> Values:
    selector = context.page.selector
    # lxml hands out one object an element while it is held, so `in` compares elements.
    left_out = {hit.root for query in context.without for hit in selector.css(query)}
    elements = [match for match in matches if isinstance(match, _Element)]
    with ExitStack() as stack:
        trees = [stack.enter_context(tree_from(element, left_out)) for element in elements]
        text_lines = text_lines_of((tree.root for tree in trees), _flagged_inside)
        lines = classify_lines(text_lines, _roles_by_box(text_lines), headline="")
        lines, _, _ = credit_of(lines, outlets_of(StructuredData(context.page)))
        blocks = blocks_from(body_of(lines) or runs_in(lines), context.absolute)
    if not blocks:
        return NO_VALUES
    return {"blocks": blocks, "article_body": body_from(blocks)}


def _flagged_inside(root: Node) -> Mapping[int, str]:
    """Return the roles of elements by their markup, without the selected element itself."""
    return {index: role for index, role in flagged(root).items() if index > 1}


def _roles_by_box(text_lines: Sequence[TextLine]) -> list[str]:
    """Return for each line the kind of box that it stands in, unless most of the text does."""
    roles = [next((role for _, role in text_line.flags), "") for text_line in text_lines]
    weights: Counter[str] = Counter()
    for text_line, role in zip(text_lines, roles, strict=True):
        weights[role] += round(weight_of(text_line))
    most = MOST_FLAGGED * weights.total()
    return [role if weights[role] <= most else "" for role in roles]


def _link_lists(matches: Matches, context: Context) -> Values:
    found = tuple(
        LinkList(heading=match.heading, kind=kind, links=links)
        for match in matches
        if isinstance(match, HeadedLinks)
        and (kind := match.kind or (list_kind(match.heading) if match.heading else "other"))
        and (links := _links(match.links, context))
    )
    return {"link_lists": found} if found else NO_VALUES


def _links(anchors: Collection[Any], context: Context) -> tuple[Link, ...]:
    pairs: dict[str, str | None] = {}
    for anchor in anchors:
        text = text_below(anchor) or squeeze(anchor.get("title") or "")
        if text:
            pairs.setdefault(text, context.absolute(anchor.get("href")))
    return tuple(
        Link(text=text, url=url, position=position, is_cut=text.endswith(ELLIPSES))
        for position, (text, url) in enumerate(pairs.items(), 1)
    )


READERS: Mapping[str, Parser] = MappingProxyType(
    {**PARSERS, "article_body": _body, "link_lists": _link_lists}
)
"""Reader of the selected elements, for every field that a layout may have a rule for."""
