"""Cards that follow each other as one list: nothing but their like stands between them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence

import attrs

from newscrawl.generic.link_lists.entries import Card
from newscrawl.generic.link_lists.headings import Heading
from newscrawl.generic.link_lists.shapes import are_alike, common, path, text_between
from newscrawl.html.tree import Node

DEPTH = 4
"""Most parts alike that the cards of one list stand in."""
NEAR = 3
MOST_BETWEEN = 200
"""No more text outside cards stands between two cards of a list."""
MOST_BETWEEN_ROWS = 2
"""Between the rows of a list stands no text: a label there heads another list."""
FAR = 300
"""Two cards with this many tags and strings between them are of no one list."""
_WHOLE = frozenset({"body", "html", "#document"})
_PANES = ("tab", "pane", "panel")


@attrs.define(eq=False)
class Group:
    """Cards that are one list."""

    cards: list[Card]
    container: Node
    """The part that holds them all."""
    heading: Heading | None = None
    above: Heading | None = None
    """The heading above the tabs one of whose labels is its heading: `Most read`."""
    rule: str = ""
    """Rule that found its heading, for people."""
    is_story_card: bool = False
    """True of a card between the paragraphs of a text, which leads to a story of its own."""
    has_run_in_label: bool = False
    """True if its heading is a label in the line of its link."""
    is_again: bool = False
    """True if it begins where the list before it is repeated in part: a further ranking."""
    reason: str = ""
    """Why it is no list of articles; the empty string for a list."""
    keys: set[str] = attrs.field(factory=set)
    """The keys of its cards, while it is collected."""
    tags: set[str] = attrs.field(factory=set)
    """Tags of the elements of the container that hold its cards, while it is collected."""

    def add(self, card: Card) -> None:
        """Add *card*, the next on the page; the container grows to hold it."""
        around = common(self.container, card.root)
        if around is not self.container:
            self.tags = {path(self.container, around)[-1].tag}
        self.container = around
        self.tags.update(part.tag for part in path(card.root, around)[-1:])
        self.keys.add(card.key)
        self.cards.append(card)

    @property
    def text(self) -> str:
        """The heading as printed; the empty string without one."""
        return self.heading.text if self.heading else ""

    @property
    def kind_text(self) -> str:
        """The heading that says what the list holds: of tabs by day that above them all."""
        return self.above.text if self.above else self.text


def grouped(cards: Sequence[Card], headings: Sequence[Heading]) -> Iterator[Group]:
    """Yield *cards* as lists, parted by *headings*, tabs, text and shape."""
    places = [heading.node.index for heading in headings]
    panes = [heading.box.index for heading in headings if heading.box]
    group: Group | None = None
    for card in cards:
        if group is not None and _joins(group, card, places, panes):
            group.add(card)
            continue
        begun = _begun_with(group, card) if group is not None else []
        if group is not None:
            yield group
        group = _begin([*begun, card])
    if group is not None:
        yield group


def _begin(cards: Sequence[Card]) -> Group:
    """Return *cards*, which stand in one element, as the beginning of a group."""
    first = cards[0].root
    group = Group([], first.parent or first, is_again=len(cards) > 1)
    for card in cards:
        group.add(card)
    return group


def _begun_with(group: Group, card: Card) -> list[Card]:
    """Take from *group* its last cards that are of the list of *card*, and return them.

    A part alike that names an article again is another list: a ranking of another day.
    """
    around, first = card.root.parent, group.cards[0].root.parent
    count = sum(other.root.parent is around for other in group.cards)
    head = group.cards[:-count]
    is_again = count > 1 and any(card.key == other.key for other in head)
    if not is_again or first is None or around is None or not are_alike(first, around):
        return []
    begun = group.cards[-count:]
    group.cards, group.container = head, common(first, head[-1].root)
    return begun


def _joins(group: Group, card: Card, places: Sequence[int], panes: Sequence[int]) -> bool:
    """Return whether *card* goes on with the list of *group*."""
    last = group.cards[-1].root
    is_parted = bisect_left(places, last.end) != bisect_left(places, card.root.index + 1)
    if is_parted or any(last.index < pane <= card.root.index for pane in panes):
        return False
    is_repeated = card.key in group.keys and card.key != group.cards[-1].key
    if is_repeated or card.root.start - last.stop > FAR:
        return False
    between = text_between(last, card.root)
    if len(group.cards) > 1 and card.root.is_below(group.container):
        return between <= MOST_BETWEEN and _is_of_container(group, card)
    if between <= MOST_BETWEEN and _are_items(group.container, card.root):
        return True
    around = common(last, card.root)
    if around.tag in _WHOLE:
        return False
    return between <= MOST_BETWEEN_ROWS and _is_row(group, card, around)


def _are_items(container: Node, card: Node) -> bool:
    """Return whether a list's *container* and *card* are in two items of one list."""
    around = common(container, card)
    outer = (*path(container, around)[-1:], *path(card, around)[-1:])
    return around.tag in {"ul", "ol"} and [part.tag for part in outer] == ["li", "li"]


def _is_of_container(group: Group, card: Card) -> bool:
    """Return whether *card* is in the list's container, in a part of the same tag."""
    outer = path(card.root, group.container)[-1:]
    return bool(outer) and outer[0].tag in group.tags


def _is_row(group: Group, card: Card, around: Node) -> bool:
    """Return whether *card* begins a further row in a like part, or follows the first."""
    last = group.cards[-1].root
    left, right = path(last, around), path(card.root, around)
    if any(_is_pane(node) for node in (*left[1:][-1:], *right[1:][-1:])):
        return False
    is_like = len(left) == len(right) <= DEPTH and all(map(are_alike, left, right))
    is_near = len(group.cards) == 1 and max(len(left), len(right)) <= NEAR
    return is_like or (is_near and around.links * 3 >= around.size)


def _is_pane(node: Node) -> bool:
    """Return whether *node* is the pane of a tab."""
    class_and_id = node.class_and_id[:160].lower()
    return node.attributes.get("role") == "tabpanel" or any(
        word in class_and_id for word in _PANES
    )
