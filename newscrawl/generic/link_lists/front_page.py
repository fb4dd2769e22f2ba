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
from newscrawl.generic.link_lists.exclusions import (
    flags_of,
    lead_to_comments,
    lead_to_services,
)
from newscrawl.generic.link_lists.groups import Group
from newscrawl.generic.link_lists.lists import MOST_LISTS, groups_of, linked_cards
from newscrawl.generic.link_lists.shapes import are_alike, path
from newscrawl.generic.link_lists.slots import has_picture, kicker_of, slot_of, story_part
from newscrawl.html.text_lines import HEADINGS
from newscrawl.html.tree import Node
from newscrawl.layouts.field_readers import ELLIPSES, Context
from newscrawl.text.list_headings import heading_kind
from newscrawl.text.urls import host_of, leads_home

LEAST_WORDS = 3
_OUT = frozenset({"hidden", "navigation", "form", "byline", "share", "tags", "comments"})
_LISTS = frozenset({"ol", "aside"})


def zones_of(root: Node, outline: Outline, context: Context) -> tuple[LinkList, ...]:
    """Return the zones of the front page under *root*, in page order, each with its stories.

    Zones without a heading are `lead`, `grid` (with pictures), `strip` (without), `list`
    (numbered or aside), `related` (links under the title of a story) and `sponsored`; further
    ones of a kind go on with the first, so that their number may change.
    """
    host = host_of(context.page.url)
    groups = [
        group
        for group in _split(groups_of(root, outline, "", host=host))
        if not _is_left_out(group, outline)
    ]
    zones: dict[tuple[LinkListKind, str], list[Card]] = {}
    for kind, group in _with_kinds(groups, host):
        for card in group.cards:
            if _is_paid(card):
                zones.setdefault(("sponsored", ""), []).append(card)
            else:
                zones.setdefault((kind, group.text), []).append(card)
    found = []
    for (kind, heading), cards in list(zones.items())[:MOST_LISTS]:
        links = _slots(cards, context)
        if links:
            found.append(LinkList(heading=heading, kind=kind, links=links))
    return tuple(found)


def _with_kinds(groups: Sequence[Group], host: str) -> Iterator[tuple[LinkListKind, Group]]:
    """Yield *groups* with the kinds of their zones; their cards hold all of their stories."""
    slots = [
        attrs.evolve(group, cards=[slot_of(card, host) for card in group.cards])
        for group in groups
    ]
    lead = _lead_among(slots)
    around: Node | None = None
    for group, slot in zip(groups, slots, strict=True):
        is_under = around is not None and group.cards[0].root.is_below(around)
        if is_under and group.heading is None:
            yield "related", slot
            continue
        around = story_part(group.cards[-1], host)
        yield "lead" if slot is lead else _zone_kind(slot), slot


def _lead_among(groups: Sequence[Group]) -> Group | None:
    """Return the first story that stands alone, below no more than a ticker and an alert.

    Of several such stories it is the first with a picture or a heading; below a list with a
    heading, one with a picture.
    """
    alone = list(_alone_above_lists(groups))
    large = (one for one in alone if _shows_pictures(one) or _is_headed(one.cards[0]))
    return next(large, alone[0] if alone else None)


def _alone_above_lists(groups: Iterable[Group]) -> Iterator[Group]:
    """Yield the stories that stand alone, up to the first list that is no ticker above them."""
    is_below_ticker = has_found = False
    for group in groups:
        has_pictures = _shows_pictures(group)
        if group.heading is None and len(group.cards) == 1:
            if has_pictures or not is_below_ticker:
                has_found = True
                yield group
        elif has_found or is_below_ticker or has_pictures:
            return
        else:
            is_below_ticker = group.heading is not None


def _shows_pictures(group: Group) -> bool:
    return any(has_picture(card.root) for card in group.cards)


def _is_paid(card: Card) -> bool:
    """Return whether a card says that it is paid for."""
    kicker = kicker_of(card)
    return kicker is not None and heading_kind(kicker) == "sponsored"


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
                cards = parts[-1][1]
                cards.append(card)
                parts[-1] = (part, cards)
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
    if _leads_to_no_story(group):
        return True
    if flags_of(group.cards[0].root, outline) & _OUT:
        return True
    stories = sum(
        is_article_address(card.href) or _is_headed(card) or card.text.count(" ") >= LEAST_WORDS
        for card in group.cards
    )
    return stories * 2 < len(group.cards)


def _leads_to_no_story(group: Group) -> bool:
    """Return whether all cards lead to comments, to services, or to the home page."""
    lead_home = all(leads_home(card.href) for card in group.cards)
    return lead_home or lead_to_comments(group) or lead_to_services(group)


def _is_headed(card: Card) -> bool:
    return any(card.root.tagged(tag) for tag in HEADINGS) or card.root.tag in HEADINGS


def _zone_kind(group: Group) -> LinkListKind:
    """Return the kind of a zone: by its heading's words, else by the shape of its cards."""
    if group.heading is None:
        return _kind_by_shape([card.root for card in group.cards])
    kind = heading_kind(group.kind_text)
    return "section" if kind is None or kind == "not_a_list" else kind


def _kind_by_shape(roots: Sequence[Node]) -> LinkListKind:
    """Return the kind of a zone without a heading."""
    if sum(map(has_picture, roots)) * 2 > len(roots):
        return "grid"
    return "list" if all(root.is_inside(_LISTS) for root in roots) else "strip"
