"""Links of a card beside its title: of its section, of its author, of a copy of the card."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from newscrawl.generic.link_lists.entries import (
    LONGEST_CARD,
    LONGEST_SECTION,
    MOST_WORDS,
    Entry,
)
from newscrawl.generic.link_lists.shapes import are_alike, common, has_like_beside, path
from newscrawl.html.tree import Node

MOST_LINKS = 4
"""A card has no more links to other pages than these."""
LEAST_REPEATED = 3
_CLONES = frozenset(
    {
        *("slick-cloned", "swiper-slide-duplicate", "cloned", "clone", "is-clone", "bx-clone"),
        *("splide__slide--clone", "glide__slide--clone", "flickity-clone", "carousel-clone"),
        *("tns-slide-cloned", "slide-clone", "item-clone", "duplicate"),
    }
)

_CLONE_WORDS = ("clone", "duplicate")
"""Each of these names holds one of the words."""


def titles_among(entries: Sequence[Entry]) -> list[Entry]:
    """Return *entries* without copies, and without the links beside the titles of cards."""
    originals = _without_copies(entries)
    minor = {entry.anchor.index for entry in _beside_titles(originals)}
    return [entry for entry in originals if entry.anchor.index not in minor]


def _without_copies(entries: Sequence[Entry]) -> list[Entry]:
    """Return *entries* without those of a carousel's copies that stand in it themselves too."""
    copies = _Copies(entries[0].anchor.page[0]) if entries else None
    if copies is None or not copies.places:
        return list(entries)
    parts = [copies.around(entry) for entry in entries]
    firm = [entry for entry, part in zip(entries, parts, strict=True) if part is None]
    return [
        entry
        for entry, part in zip(entries, parts, strict=True)
        if part is None or not _stands_beside(entry, part, firm)
    ]


def _stands_beside(entry: Entry, part: Node, others: Sequence[Entry]) -> bool:
    """Return whether the part around *part* has the article of *entry* among *others*."""
    around = part.parent or part
    return any(one.key == entry.key and one.anchor.is_below(around) for one in others)


class _Copies:
    """The parts of a page that are copies of others, for the eye only."""

    def __init__(self, root: Node) -> None:
        clones = root.marked(bool, _CLONE_WORDS)
        self.clones = {node.index for node in clones if _is_clone(node)}
        hidden = root.having("aria-hidden")
        self.places = self.clones | {
            node.index for node in hidden if node.attributes["aria-hidden"] == "true"
        }
        """Indexes of the clones, and of the parts that are hidden from screen readers."""

    def around(self, entry: Entry) -> Node | None:
        """Return the copied part around *entry*; None where it is in none.

        Of a card the picture's link alone may be hidden from screen readers.
        """
        places = self.places if entry.is_printed else self.clones
        node: Node | None = entry.anchor
        while node is not None and node.index not in places:
            node = node.parent
        return node


def _is_clone(node: Node) -> bool:
    return not _CLONES.isdisjoint(node.attributes.get("class", "").split())


def _beside_titles(entries: Sequence[Entry]) -> Iterator[Entry]:
    """Yield the entries that are short, in a card with one title, or in many cards alike."""
    keys = Counter(entry.key for entry in entries)
    for part, card in _cards_with_several(entries):
        title = _title_of(card)
        if title is not None:
            yield from (entry for entry in card if _is_minor(entry, title, part, keys))


def _is_minor(entry: Entry, title: Entry, card: Node, keys: Mapping[str, int]) -> bool:
    """Return whether *entry* is short, and unlike the title of its card or in many cards."""
    if entry.key == title.key or not _is_short(entry):
        return False
    own, other = (path(one.anchor, card)[-1] for one in (entry, title))
    is_card = bool(entry.anchor.tagged("img"))
    return keys[entry.key] >= LEAST_REPEATED or not (is_card or are_alike(own, other))


def _title_of(card: Sequence[Entry]) -> Entry | None:
    """Return the title of a card: its only heading, else its longest link by far."""
    headed = {entry.key: entry for entry in card if entry.rank == 0}
    if len(headed) == 1:
        return next(iter(headed.values()))
    long = [entry for entry in card if not _is_short(entry)]
    return long[0] if not headed and len({entry.key for entry in long}) == 1 else None


def _is_short(entry: Entry) -> bool:
    return len(entry.text) <= LONGEST_SECTION and entry.text.count(" ") < MOST_WORDS


def _cards_with_several(entries: Sequence[Entry]) -> Iterator[tuple[Node, Sequence[Entry]]]:
    """Yield each part that is one of several alike and has a few links, and its entries."""
    places = [entry.anchor.index for entry in entries]
    seen: set[int] = set()
    for left, right in pairwise(entries):
        if left.key == right.key:
            continue
        part = common(left.anchor, right.anchor)
        if part.size > LONGEST_CARD or part.index in seen or not has_like_beside(part):
            continue
        seen.add(part.index)
        card = entries[bisect_left(places, part.index) : bisect_left(places, part.end)]
        if len({entry.key for entry in card}) <= MOST_LINKS:
            yield part, card
