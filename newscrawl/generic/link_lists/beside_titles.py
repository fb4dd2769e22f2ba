"""Links of a card beside its title: of its section, of its author, of a copy of the card."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from newscrawl.generic.link_lists.entries import (
    LONGEST_CARD,
    LONGEST_SECTION,
    MOST_WORDS,
    Entry,
)
from newscrawl.generic.link_lists.shapes import common, has_like_beside
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


def titles_among(entries: Sequence[Entry]) -> list[Entry]:
    """Return *entries* without copies, and without the links beside the titles of cards."""
    originals = _without_copies(entries)
    minor = {entry.anchor.index for entry in _beside_titles(originals)}
    return [entry for entry in originals if entry.anchor.index not in minor]


def _without_copies(entries: Sequence[Entry]) -> list[Entry]:
    """Return *entries* without those of a carousel's copies that stand in it themselves too."""
    parts = [_copied_part(entry.anchor) for entry in entries]
    if not any(parts):
        return list(entries)
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


def _copied_part(anchor: Node) -> Node | None:
    """Return the part around *anchor* that is a copy, for the eye only."""
    for node in (anchor, *anchor.ancestors()):
        attributes = node.attributes
        if attributes.get("aria-hidden") == "true":
            return node
        classes = attributes.get("class")
        if classes and not _CLONES.isdisjoint(classes.split()):
            return node
    return None


def _beside_titles(entries: Sequence[Entry]) -> Iterator[Entry]:
    """Yield the entries that are short, in a card with one title, or in many cards alike."""
    cards = Counter(entry.key for entry in entries)
    for card in _cards_with_several(entries):
        title = _title_of(card)
        if title is None:
            continue
        for entry in card:
            is_repeated = cards[entry.key] >= LEAST_REPEATED
            is_other = entry.rank > title.rank or _shape(entry) != _shape(title)
            if entry.key != title.key and _is_short(entry) and (is_repeated or is_other):
                yield entry


def _title_of(card: Sequence[Entry]) -> Entry | None:
    """Return the title of a card: its only heading, else its longest link by far."""
    headed = {entry.key: entry for entry in card if entry.rank == 0}
    if len(headed) == 1:
        return next(iter(headed.values()))
    long = [entry for entry in card if not _is_short(entry)]
    return long[0] if not headed and len({entry.key for entry in long}) == 1 else None


def _is_short(entry: Entry) -> bool:
    return len(entry.text) <= LONGEST_SECTION and entry.text.count(" ") < MOST_WORDS


def _shape(entry: Entry) -> tuple[str, ...]:
    """Return tag and class of a link and of the part around it."""
    anchor, parent = entry.anchor, entry.anchor.parent
    classes = [node.attributes.get("class", "") for node in (anchor, parent) if node]
    return (parent.tag if parent else "", *classes)


def _cards_with_several(entries: Sequence[Entry]) -> Iterator[Sequence[Entry]]:
    """Yield the entries of each part that is one of several alike and has a few links."""
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
            yield card
