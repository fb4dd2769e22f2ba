"""The lists of links on a page, each with the heading that a reader sees above it.

Lists are found by their shape: cards that follow each other. Menus, footers, tags and buttons
are left out, each with a reason that `--explain` shows.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import islice
from operator import attrgetter

from newscrawl.article import Link, LinkList, LinkListKind
from newscrawl.generic.body.article_node import Outline
from newscrawl.generic.link_lists.beside_titles import titles_among
from newscrawl.generic.link_lists.entries import (
    Card,
    Entry,
    address_of,
    cards_of,
    entries_of,
    page_key,
)
from newscrawl.generic.link_lists.exclusions import exclusion_of, is_card_of_story
from newscrawl.generic.link_lists.groups import Group, grouped
from newscrawl.generic.link_lists.heading_choice import with_headings
from newscrawl.generic.link_lists.headings import Heading, headings_of
from newscrawl.generic.link_lists.shapes import common, has_like_beside
from newscrawl.generic.link_lists.words import heads_ticker, is_paid_link, is_sponsored_mark
from newscrawl.html.tree import Node
from newscrawl.layouts.field_readers import ELLIPSES, Context
from newscrawl.text.list_headings import heading_kind, list_kind
from newscrawl.text.phrases import folded
from newscrawl.text.urls import host_of

MOST_LINKS = 100
MOST_LISTS = 60
_place_of_entry = attrgetter("anchor.index")
_place_of_node = attrgetter("index")


def link_lists_of(
    root: Node, outline: Outline, context: Context, headline: str, body: Sequence[int] = ()
) -> tuple[LinkList, ...]:
    """Return the lists on the page under *root*, in page order.

    *body* are the indexes of the elements that hold the lines of its text.
    """
    found: dict[tuple[str, ...], LinkList] = {}
    host = host_of(context.page.url)
    for group in groups_of(root, outline, headline, body, host=host):
        if not group.reason:
            one = _list_from(group, context, is_inside=_is_inside(group, body))
            key = (one.heading, *(link.url or link.text for link in one.links))
            if one.links and len(found) < MOST_LISTS:
                found.setdefault(key, one)
    return tuple(found.values())


def groups_of(
    root: Node, outline: Outline, headline: str, body: Sequence[int] = (), *, host: str = ""
) -> list[Group]:
    """Return the groups of cards on a page of *host*, those left out too, with headings."""
    links = entries_of(root, host)
    entries, titles = titles_among(links), {folded(link.text) for link in links}
    headings = [
        heading
        for heading in headings_of(root, outline, headline, titles)
        if not _is_label(heading, entries, root.tagged("a"), host)
    ]
    cards = cards_of(entries, [*(heading.node.index for heading in headings), *body])
    outer = _outside_cards(headings, cards)
    groups = with_headings(list(grouped(cards, outer)), outer)
    for group in groups:
        is_inside = _is_inside(group, body)
        if is_inside and is_card_of_story(group, outline, host):
            group.is_story_card, group.rule = True, "card between paragraphs"
        else:
            group.reason = exclusion_of(group, outline, is_inside=is_inside, host=host)
    return groups


def _is_label(
    heading: Heading, entries: Sequence[Entry], anchors: Sequence[Node], host: str
) -> bool:
    """Return whether *heading* is a card's label: leads to its article, or is within.

    *anchors* are all links of the page, which is of *host*: a card may begin with a picture's.
    """
    at = bisect_left(entries, heading.node.index, key=_place_of_entry)
    if heading_kind(heading.text) == "sponsored" and _is_badge(heading, entries, at):
        return True
    if heading.box is None and at < len(entries) and heading_kind(heading.text) is None:
        before = bisect_left(anchors, heading.node.index, key=_place_of_node) - 1
        if before >= 0 and _is_one_card(anchors[before], entries, at, host):
            return True
    near = {entry.key for entry in entries[max(0, at - 1) : at + 1]}
    keys = {page_key(address_of(anchor), host) for anchor in heading.node.tagged("a")}
    if not keys.isdisjoint(near):
        return True
    if not 0 < at < len(entries) or len(near) > 1:
        return False
    card = common(entries[at - 1].anchor, entries[at].anchor)
    beside = (*entries[max(0, at - 2) : at - 1], *entries[at + 1 : at + 2])
    return _holds_one(card, entries[at].key, beside)


def _is_badge(heading: Heading, entries: Sequence[Entry], at: int) -> bool:
    """Return whether *heading* marks the one card it stands in, which is one of several."""
    if at >= len(entries):
        return False
    card = common(heading.node, entries[at].anchor)
    beside = (*entries[max(0, at - 1) : at], *entries[at + 1 : at + 2])
    return _holds_one(card, entries[at].key, beside) and has_like_beside(card)


def _is_one_card(anchor: Node, entries: Sequence[Entry], at: int, host: str) -> bool:
    """Return whether *anchor*, a picture's link, begins the card of the entry number *at*."""
    if page_key(address_of(anchor), host) != entries[at].key:
        return False
    card = common(anchor, entries[at].anchor)
    beside = (*entries[max(0, at - 1) : at], *entries[at + 1 : at + 2])
    return _holds_one(card, entries[at].key, beside)


def _holds_one(card: Node, key: str, beside: Sequence[Entry]) -> bool:
    """Return whether *card* holds none of the entries *beside* that is of another article."""
    return not any(one.anchor.is_below(card) for one in beside if one.key != key)


def _outside_cards(headings: Sequence[Heading], cards: Sequence[Card]) -> list[Heading]:
    """Return the headings that are not part of a card."""
    starts = [card.root.index for card in cards]
    kept = []
    for heading in headings:
        at = bisect_left(starts, heading.node.index + 1) - 1
        if at < 0 or not heading.node.is_below(cards[at].root):
            kept.append(heading)
    return kept


def _is_inside(group: Group, body: Sequence[int]) -> bool:
    """Return whether *group* stands between the first and the last line of the text."""
    return bool(body) and body[0] <= group.cards[0].root.index <= body[-1]


def _list_from(group: Group, context: Context, *, is_inside: bool) -> LinkList:
    """Return *group* as a list of ranked links."""
    links = links_of(group.cards, context)
    return LinkList(
        heading=group.text, kind=_kind_of(group), is_inside_body=is_inside, links=links
    )


def links_of(cards: Sequence[Card], context: Context) -> tuple[Link, ...]:
    """Return *cards* as ranked links, each address once."""
    return tuple(
        Link(text=card.text, url=url, position=position, is_cut=card.text.endswith(ELLIPSES))
        for position, (card, url) in enumerate(linked_cards(cards, context), 1)
    )


def linked_cards(cards: Sequence[Card], context: Context) -> list[tuple[Card, str | None]]:
    """Return the *cards* with their absolute addresses, each address once.

    Of a page whose own address is not known, the texts are known all the same.
    """
    each: dict[str, Card] = {}
    for card in cards:
        each.setdefault(card.key, card)
    found = [(card, context.absolute(card.href)) for card in each.values()]
    return [pair for pair in found if pair[1] or not context.has_address][:MOST_LINKS]


def _kind_of(group: Group) -> LinkListKind:
    around = (group.container, *islice(group.container.ancestors(), 3))
    if any(node.class_and_id and is_sponsored_mark(node.class_and_id) for node in around):
        return "sponsored"
    if all(any(map(is_paid_link, card.root.tagged("a"))) for card in group.cards):
        return "sponsored"
    if group.is_story_card:
        return "related"
    if not group.text:
        return "other"
    return "latest" if heads_ticker(group.text) else list_kind(group.kind_text) or "section"
