"""A sketch of a text: some of its shingles, chosen so that texts that share much share some.

Kept are the least shingle of each line (a MinHash of each paragraph, since outlets keep
paragraphs), the LEAST least of the text, and every one that is a multiple of RATE: a sample
that measures how much of a text another contains, as a MinHash of whole texts does not (Broder
1997, "On the resemblance and containment of documents").
"""

from __future__ import annotations

from collections.abc import Collection
from heapq import nsmallest

from newscrawl.archive.copies.words import ComparedText

METHOD = "1"
"""Which way of sketching this is. Raised with every change of the words or the choice of them,
so that sketches made another way are made anew."""
RATE = 16
LEAST = 4
FEWEST_SHARED = 2
LEAST_SHARE = 0.15
"""Two texts are worth comparing where so much of the smaller sketch is in the other."""

_MIX = 0x9E3779B1
_MASK = 0xFFFFFFFF
_SIGN = 0x80000000


def sketch_of(text: ComparedText) -> tuple[int, ...]:
    """Return the sketch of *text*: signed 32-bit numbers, in ascending order, each once."""
    numbers = [_number(shingle) for shingle in text.shingles]
    chosen = {number for number in numbers if number % RATE == 0}
    chosen.update(nsmallest(LEAST, numbers))
    chosen.update(min(numbers[line.start : line.stop]) for line in text.line_ranges())
    return tuple(sorted(chosen))


def line_numbers(text: ComparedText) -> tuple[int, ...]:
    """Return the number of the sketch that stands for each line of RUN words or more."""
    return tuple(
        min(map(_number, text.shingles[line.start : line.stop])) for line in text.line_ranges()
    )


def shingles_of_lines(text: ComparedText, numbers: Collection[int]) -> frozenset[int]:
    """Return the shingles of the lines that one of *numbers* stands for."""
    found: set[int] = set()
    for line, number in zip(text.line_ranges(), line_numbers(text), strict=True):
        if number in numbers:
            found.update(text.shingles[line.start : line.stop])
    return frozenset(found)


def is_candidate(shared: int, size: int, other_size: int) -> bool:
    """Whether two sketches of these sizes that share so many numbers are worth comparing."""
    return shared >= max(FEWEST_SHARED, LEAST_SHARE * min(size, other_size))


def _number(shingle: int) -> int:
    """Return the number that a shingle is chosen by: CRC-32 alone is not spread evenly."""
    return ((shingle ^ (shingle >> 15)) * _MIX & _MASK) - _SIGN
