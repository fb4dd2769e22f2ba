"""A home or section page as zones: every story printed on it, in order, under its heading.

A zone is known by what a reader sees, never by class names: its heading, or the shape of its
cards. So it has one name on each visit, and after a new design of the page's classes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import attrs

from newscrawl.article import LinkList, LinkListKind
from newscrawl.generic.body.article_node import Outline
from newscrawl.generic.link_lists.entries import Card, is_article_address
from newscrawl.generic.link_lists.exclusions import flags_of
from newscrawl.generic.link_lists.groups import Group
from newscrawl.generic.link_lists.lists import MOST_LINKS, MOST_LISTS, groups_of, links_of
from newscrawl.generic.link_lists.shapes import are_alike
from newscrawl.html.text_lines import HEADINGS
from newscrawl.html.tree import Node
from newscrawl.layouts.field_readers import Context
from newscrawl.text.phrases import heading_kind

LEAST_WORDS = 3
_OUT = frozenset({"hidden", "navigation", "form", "byline", "share", "tags", "comments"})
_LISTS = frozenset({"ol", "ul"})


def zones_of(root: Node, outline: Outline, context: Context) -> tuple[LinkList, ...]:
    """Return the zones of the front page under *root*, in page order, each with its stories.

    Zones without a heading are `lead`, `grid` (with pictures), `strip` (without) and `list`;
    further ones of a kind go on with the first, so that their number may change.
    """
    zones: dict[tuple[LinkListKind, str], list[Card]] = {}
    for group in _split(groups_of(root, outline, "")):
        if not _is_left_out(group, outline):
            zones.setdefault((_zone_kind(group), group.text), []).extend(group.cards)
    found = []
    for (kind, heading), cards in list(zones.items())[:MOST_LISTS]:
        links = links_of(cards, context)[:MOST_LINKS]
        if links:
            found.append(LinkList(heading=heading, kind=kind, links=links))
    return tuple(found)


def _split(groups: list[Group]) -> Iterator[Group]:
    """Yield *groups*, with the first large card of a page apart from those that follow it."""
    for group in groups:
        first, *others = group.cards
        is_apart = bool(others) and not any(are_alike(first.root, one.root) for one in others)
        if is_apart and first.root.parent is not others[0].root.parent:
            yield attrs.evolve(group, cards=[first])
            yield attrs.evolve(group, cards=others)
        else:
            yield group


def _is_left_out(group: Group, outline: Outline) -> bool:
    """Return True if *group* is no zone of stories: a menu, tags, buttons."""
    if group.heading and heading_kind(group.text) == "not_a_list":
        return True
    if flags_of(group.cards[0].root, outline) & _OUT:
        return True
    stories = sum(
        is_article_address(card.href) or _is_headed(card) or card.text.count(" ") >= LEAST_WORDS
        for card in group.cards
    )
    return stories * 2 < len(group.cards)


def _is_headed(card: Card) -> bool:
    return any(card.root.tagged(tag) for tag in HEADINGS) or card.root.tag in HEADINGS


def _has_picture(root: Node) -> bool:
    return bool(root.tagged("img") or root.tagged("picture"))


def _zone_kind(group: Group) -> LinkListKind:
    """Return the kind of a zone: by its heading's words, else by the shape of its cards."""
    kind = heading_kind(group.text) if group.heading else None
    if kind is not None and kind != "not_a_list":
        return kind
    return "section" if group.heading is not None else _kind_by_shape(group.cards)


def _kind_by_shape(cards: Sequence[Card]) -> LinkListKind:
    """Return the kind of a zone without a heading."""
    roots = [card.root for card in cards]
    if len(roots) == 1 and _is_headed(cards[0]):
        return "lead"
    if sum(map(_has_picture, roots)) * 2 > len(roots):
        return "grid"
    is_list = all(root.tag == "li" or root.is_inside(_LISTS) for root in roots)
    return "list" if is_list else "strip"
