"""The lists of links on a page, each with the heading that a reader sees above it.

Lists are found by their shape: cards that follow each other. Menus, footers, tags and buttons
are left out, each with a reason that `--explain` shows.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence

from newscrawl.article import Link, LinkList, LinkListKind
from newscrawl.generic.body.article_node import Outline
from newscrawl.generic.link_lists.entries import (
    Card,
    Entry,
    address_of,
    cards_of,
    entries_of,
    is_article_address,
    page_key,
)
from newscrawl.generic.link_lists.exclusions import LEAST_LINKS, exclusion_of
from newscrawl.generic.link_lists.groups import DEPTH, MOST_BETWEEN, Group, grouped
from newscrawl.generic.link_lists.headings import LONGEST_HEADING, Heading, headings_of
from newscrawl.generic.link_lists.shapes import (
    are_alike,
    are_same,
    common,
    path,
    text_between,
)
from newscrawl.generic.link_lists.words import is_button, is_sponsored_mark
from newscrawl.html.text_lines import HEADINGS
from newscrawl.html.tree import Node
from newscrawl.layouts.field_readers import ELLIPSES, Context
from newscrawl.text.phrases import folded, heading_kind, list_kind

MOST_LINKS = 100
MOST_LISTS = 60
SIGNS = 8
"""Beside the text of a heading stand this many more characters at most."""
CLIMB = 6
"""Most elements between a heading and the first card of its list."""
LONGEST_LABEL = 50
"""A line without a mark heads a list up to this many characters and words."""
MOST_WORDS = 7
NEAREST = 6
"""Headings before a list that are tried: the last ones may be labels of something else."""
DEEP = 6
LONGEST_BOX = 400
_LABELS = frozenset({"a", "li", "button"})
_WHOLE = frozenset({"body", "html", "#document"})


def link_lists_of(
    root: Node, outline: Outline, context: Context, headline: str, body: Sequence[int] = ()
) -> tuple[LinkList, ...]:
    """Return the lists on the page under *root*, in page order.

    *body* are the indexes of the elements that hold the lines of its text.
    """
    found: dict[tuple[str, ...], LinkList] = {}
    for group in groups_of(root, outline, headline, body):
        if not group.reason:
            one = _list_from(group, context, is_inside=_is_inside(group, body))
            key = (one.heading, *(link.url or link.text for link in one.links[:3]))
            if one.links and len(found) < MOST_LISTS:
                found.setdefault(key, one)
    return tuple(found.values())


def groups_of(
    root: Node, outline: Outline, headline: str, body: Sequence[int] = ()
) -> list[Group]:
    """Return the groups of cards on a page with their headings, those left out too."""
    entries = entries_of(root)
    titles = {folded(entry.text) for entry in entries}
    headings = [
        heading
        for heading in headings_of(root, outline, headline, titles)
        if not _is_label(heading, entries)
    ]
    cards = cards_of(entries, [*(heading.node.index for heading in headings), *body])
    outer = _outside_cards(headings, cards)
    groups = list(grouped(cards, outer))
    _give_headings(groups, outer)
    for group in groups:
        _take_first_as_heading(group)
        if group.heading is None and len(group.cards) >= LEAST_LINKS:
            _take_line_above(group)
        elif group.heading is None:
            _take_run_in_label(group)
        group.reason = exclusion_of(group, outline, is_inside=_is_inside(group, body))
    return groups


def _is_label(heading: Heading, entries: Sequence[Entry]) -> bool:
    """Return whether *heading* is a card's label: leads to its article, or is within."""
    at = bisect_left(entries, heading.node.index, key=lambda entry: entry.anchor.index)
    near = {entry.key for entry in entries[max(0, at - 1) : at + 1]}
    keys = {page_key(address_of(anchor)) for anchor in heading.node.tagged("a")}
    if not keys.isdisjoint(near):
        return True
    if not 0 < at < len(entries) or len(near) > 1:
        return False
    card = common(entries[at - 1].anchor, entries[at].anchor)
    beside = (*entries[max(0, at - 2) : at - 1], *entries[at + 1 : at + 2])
    return not any(entry.anchor.is_below(card) for entry in beside if entry.key not in near)


def _outside_cards(headings: Sequence[Heading], cards: Sequence[Card]) -> list[Heading]:
    """Return the headings that are not part of a card."""
    starts = [card.root.index for card in cards]
    kept = []
    for heading in headings:
        at = bisect_left(starts, heading.node.index + 1) - 1
        if at < 0 or not heading.node.is_below(cards[at].root):
            kept.append(heading)
    return kept


def _give_headings(groups: Sequence[Group], headings: Sequence[Heading]) -> None:
    """Give each group the heading that a reader sees above it."""
    by_pane = {heading.box.index: heading for heading in headings if heading.box}
    plain = [heading for heading in headings if heading.box is None]
    places = [heading.node.index for heading in plain]
    for number, group in enumerate(groups):
        first = group.cards[0].root
        pane = _tab_of(first, by_pane)
        if pane is not None:
            group.heading, group.rule = pane, "label of its tab"
            continue
        at = bisect_left(places, first.index)
        before = groups[number - 1] if number else None
        near = reversed(plain[max(0, at - NEAREST) : at])
        found = next((one for one in near if _heads(one, group, before)), None)
        if found is not None:
            group.heading, group.rule = found, "heading above it"


def _tab_of(card: Node, by_pane: Mapping[int, Heading]) -> Heading | None:
    """Return the label of the tab whose pane holds *card*; None outside panes."""
    if not by_pane:
        return None
    around = (node.index for node in (card, *card.ancestors()))
    return next((by_pane[index] for index in around if index in by_pane), None)


def _heads(heading: Heading, group: Group, before: Group | None) -> bool:
    """Return whether *heading* stands above *group*, and above no other list before it."""
    first = group.cards[0].root
    around = common(heading.node, first)
    if around.tag in _WHOLE or len(path(first, around)) > CLIMB + DEPTH:
        return False
    if before is not None and before.cards[0].root.index > heading.node.index:
        # The panes of tabs share the heading above them.
        return before.heading is heading and _are_panes(before, group)
    if len(path(heading.node, around)) > CLIMB:
        return False
    if heading_kind(heading.text) == "not_a_list" and _links_between(heading.node, first):
        return False  # what it heads stands there
    return text_between(heading.node, first) <= MOST_BETWEEN


def _links_between(left: Node, right: Node) -> bool:
    """Return whether a link with a text stands between two parts of the page."""
    return any(node.tag == "a" and node.size > 1 for node in left.page[left.end : right.index])


def _are_panes(left: Group, right: Group) -> bool:
    """Return whether two groups stand in panes of one shape, shown one at a time."""
    around = common(left.container, right.container)
    one, other = path(left.container, around), path(right.container, around)
    return 0 < len(one) == len(other) <= DEEP and all(map(are_same, one, other))


def _take_first_as_heading(group: Group) -> None:
    """Let the first card be the heading where it is a short link unlike all that follow."""
    first, *others = group.cards
    if len(others) < LEAST_LINKS or group.heading is not None:
        return
    is_bare = first.root.size <= len(first.text) + SIGNS and not first.root.tagged("img")
    if not is_bare or len(first.text) > LONGEST_HEADING:
        return
    is_other = not any(are_alike(first.root, card.root) for card in others)
    is_heading = first.root.tag in HEADINGS or any(map(first.root.tagged, sorted(HEADINGS)))
    if is_other and (is_heading or not is_article_address(first.href)):
        group.heading, group.rule = (
            Heading(first.text.strip(" :"), first.root),
            "linked heading",
        )
        group.cards = others


def _take_line_above(group: Group) -> None:
    """Let a short line just before the list, in the part around it, be its heading."""
    node = group.cards[0].root
    for _ in range(DEPTH):
        parent = node.parent
        if parent is None or parent.tag in _WHOLE:
            return
        before = [
            part for part in parent.elements() if part.end <= node.index and part.size > 2
        ]
        if before and _is_heading_line(before[-1], node):
            group.heading = Heading(before[-1].text().strip(" :"), before[-1])
            group.rule = "line above it"
        if before or len(parent.text_before(node)) > 1:
            return
        node = parent


def _take_run_in_label(group: Group) -> None:
    """Let the words before a single link be its heading: `Read also: Ferry runs at night`."""
    root = group.cards[0].root
    for box in (root, root.parent):
        anchor = next(iter(root.tagged("a")), root)
        label = box.text_before(anchor).strip() if box and box.size <= LONGEST_BOX else ""
        if (
            label
            and len(label) <= LONGEST_LABEL
            and heading_kind(label.strip(" :")) == "related"
        ):
            group.heading = Heading(label.strip(" :"), box or root)
            group.rule = "label before the link"
            return


def _is_heading_line(line: Node, following: Node) -> bool:
    """Return whether an element holds a few words that may head the list in *following*."""
    text = line.text()
    if not 3 < len(text) <= LONGEST_LABEL or len(text.split()) > MOST_WORDS:
        return False
    if text_between(line, following) > SIGNS or are_alike(line, following):
        return False
    is_plain = text[-1].isalnum() or text[-1] in ":!?؟)】」»\"'"
    if not is_plain or text[0].isdigit() or is_button(text):
        return False
    return sum(part.tag in _LABELS and part.size > 1 for part in line.iter()) < 2


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
    pairs: dict[str, Card] = {}
    for card in cards:
        pairs.setdefault(card.key, card)
    found = [(card.text, context.absolute(card.href)) for card in pairs.values()]
    # Of a page whose own address is not known, the texts are known all the same.
    kept = [(text, url) for text, url in found if url is not None or not context.has_address]
    return tuple(
        Link(text=text, url=url, position=position, is_cut=text.endswith(ELLIPSES))
        for position, (text, url) in enumerate(kept[:MOST_LINKS], 1)
    )


def _kind_of(group: Group) -> LinkListKind:
    around = (group.container, *list(group.container.ancestors())[:3])
    if any(node.marks and is_sponsored_mark(node.marks) for node in around):
        return "sponsored"
    return (list_kind(group.text) or "section") if group.text else "other"
