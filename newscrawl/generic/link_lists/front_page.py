"""A home or section page as zones: every story printed on it, in order, under its heading.

A zone is known by what a reader sees, never by class names: its heading, or the shape of its
cards. So it has one name on each visit, and after a new design of the page's classes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import attrs

from newscrawl.article import Link, LinkList, LinkListKind
from newscrawl.generic.body.article_node import Outline
from newscrawl.generic.link_lists.entries import Card, is_article_address
from newscrawl.generic.link_lists.exclusions import flags_of
from newscrawl.generic.link_lists.groups import Group
from newscrawl.generic.link_lists.lists import MOST_LISTS, groups_of, linked_cards
from newscrawl.generic.link_lists.shapes import are_alike, path
from newscrawl.generic.link_lists.slots import has_picture, kicker_of
from newscrawl.html.text_lines import HEADINGS
from newscrawl.html.tree import Node
from newscrawl.layouts.field_readers import ELLIPSES, Context
from newscrawl.text.list_headings import heading_kind

LEAST_WORDS = 3
_OUT = frozenset({"hidden", "navigation", "form", "byline", "share", "tags", "comments"})
_LISTS = frozenset({"ol", "aside"})


def zones_of(root: Node, outline: Outline, context: Context) -> tuple[LinkList, ...]:
    """Return the zones of the front page under *root*, in page order, each with its stories.

    Zones without a heading are `lead`, `grid` (with pictures), `strip` (without) and `list`
    (numbered or aside); further ones of a kind go on with the first, so that their number may
    change.
    """
    zones: dict[tuple[LinkListKind, str], list[Card]] = {}
    for group in _split(groups_of(root, outline, "")):
        if not _is_left_out(group, outline):
            kind = _zone_kind(group, is_first=zones.keys() <= {("strip", "")})
            zones.setdefault((kind, group.text), []).extend(group.cards)
    found = []
    for (kind, heading), cards in list(zones.items())[:MOST_LISTS]:
        links = _slots(cards, context)
        if links:
            found.append(LinkList(heading=heading, kind=kind, links=links))
    return tuple(found)


def _slots(cards: Sequence[Card], context: Context) -> tuple[Link, ...]:
    """Return *cards* as ranked links, each with its kicker and whether it has a picture."""
    return tuple(
        Link(
            text=card.text,
            url=url,
            position=position,
            is_cut=card.text.endswith(ELLIPSES),
            kicker=kicker_of(card),
            has_picture=has_picture(card.root),
        )
        for position, (card, url) in enumerate(linked_cards(cards, context), 1)
    )


def _split(groups: Iterable[Group]) -> Iterator[Group]:
    """Yield *groups* by the parts of the page that their cards stand in.

    The first large card stands apart from those that follow it, a grid apart from a strip.
    """
    for group in groups:
        parts: list[tuple[Node, list[Card]]] = []
        for card in group.cards:
            part = path(card.root, group.container)[-1]
            if parts and _goes_on(*parts[-1], part, card):
                parts[-1][1].append(card)
            else:
                parts.append((part, [card]))
        yield from (attrs.evolve(group, cards=cards) for _, cards in parts)


def _goes_on(last: Node, cards: Sequence[Card], part: Node, card: Card) -> bool:
    """Return whether *card* is in the *last* part too, or both parts are cards alike."""
    are_cards = last is cards[-1].root and part is card.root
    return part is last or (are_cards and are_alike(last, part))


def _is_left_out(group: Group, outline: Outline) -> bool:
    """Return whether *group* is no zone of stories: a menu, tags, buttons."""
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


def _zone_kind(group: Group, *, is_first: bool) -> LinkListKind:
    """Return the kind of a zone: by its heading's words, else by the shape of its cards."""
    kind = heading_kind(group.text) if group.heading else None
    if kind is not None and kind != "not_a_list":
        return kind
    if group.heading is not None:
        return "section"
    return _kind_by_shape([card.root for card in group.cards], is_first=is_first)


def _kind_by_shape(roots: Sequence[Node], *, is_first: bool) -> LinkListKind:
    """Return the kind of a zone without a heading; nothing but a ticker is above the first."""
    if len(roots) == 1 and is_first:
        return "lead"
    if sum(map(has_picture, roots)) * 2 > len(roots):
        return "grid"
    return "list" if all(root.is_inside(_LISTS) for root in roots) else "strip"
