"""Similarity of two texts: their shared words, and the decision that one is a copy.

The limits were set on one half of the pairs in tests/copy_pairs_*.toml and measured on the
other (tests/test_copy_pairs.py).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from itertools import compress, groupby

import attrs

from newscrawl.archive.copies.compared_text import RUN, ComparedText

LEAST_WORDS = 25
"""Fewer shared words prove nothing: two flashes of one event read alike."""
LEAST_OF_SHORTER = 0.6
"""An outlet cuts, but prints the agency's words. The next day's text keeps half of it."""
LEAST_OF_LONGER = 0.3
"""Below this the longer text is another one, which the shorter is a part of: a round-up."""
LEAST_RUN = 8.0
"""Shorter runs on average are a pattern (weather, markets) filled with other words."""
LEAST_NUMBERS = 0.5
"""A pattern has other numbers each time, a copy has the same."""
FEWEST_NUMBERS = 3
"""With fewer numbers than this their share is not used."""


@attrs.frozen(kw_only=True)
class Likeness:
    """Words that two texts share, in runs of RUN or more that are in both, in any order."""

    words: int
    """The number of words of the shorter text."""
    shared: int
    """The number of them that are in the longer text."""
    runs: int
    """The number of unbroken runs of them."""
    longer_words: int
    """The number of words of the longer text."""
    longer_shared: int
    """The number of them that are in the shorter text."""
    start: float
    """Position of the first shared word in the longer text, 0 to 1."""
    end: float
    """Position of the end of the last one."""
    numbers: int
    """The count of numbers in the shorter text."""
    shared_numbers: int
    """The count of these that are in the longer text."""

    @property
    def of_shorter(self) -> float:
        """The share of the shorter text that is in the longer, 0 to 1."""
        return self.shared / max(self.words, 1)

    @property
    def of_longer(self) -> float:
        """The share of the longer text that is in the shorter, 0 to 1."""
        return self.longer_shared / max(self.longer_words, 1)


def likeness_of(
    one: ComparedText, other: ComparedText, ignored: Collection[int] = frozenset()
) -> Likeness:
    """Compare two texts exactly. Words covered by *ignored* shingles count in neither."""
    shorter, longer = sorted((one, other), key=lambda text: len(text.words))
    flags = _counted(shorter, longer, ignored)
    longer_flags = _counted(longer, shorter, ignored)
    places = [place for place, is_shared in enumerate(longer_flags) if is_shared]
    numbers = _numbers(shorter, ignored)
    return Likeness(
        words=len(flags),
        shared=sum(flags),
        runs=sum(is_shared for is_shared, _ in groupby(flags)),
        longer_words=len(longer_flags),
        longer_shared=len(places),
        start=places[0] / len(longer_flags) if places else 0.0,
        end=(places[-1] + 1) / len(longer_flags) if places else 0.0,
        numbers=numbers.total(),
        shared_numbers=(numbers & _numbers(longer, ignored)).total(),
    )


def is_copy(likeness: Likeness) -> bool:
    """Return True for a similarity of texts that are one text: cut, added to or edited."""
    return (
        likeness.shared >= LEAST_WORDS
        and likeness.of_shorter >= LEAST_OF_SHORTER
        and likeness.of_longer >= LEAST_OF_LONGER
        and likeness.shared >= LEAST_RUN * likeness.runs
        and not _has_other_numbers(likeness)
    )


def covered(text: ComparedText, shingles: Collection[int]) -> list[bool]:
    """Return for each word of *text* whether it stands in one of these shingles."""
    flags = [False] * len(text.words)
    for at, shingle in enumerate(text.shingles):
        if shingle in shingles:
            flags[at : at + RUN] = [True] * RUN
    return flags


def _has_other_numbers(likeness: Likeness) -> bool:
    return (
        likeness.numbers >= FEWEST_NUMBERS
        and likeness.shared_numbers < LEAST_NUMBERS * likeness.numbers
    )


def _counted(text: ComparedText, other: ComparedText, ignored: Collection[int]) -> list[bool]:
    """Return for each word of *text* that counts whether *other* has it too."""
    flags = covered(text, frozenset(other.shingles))
    return list(compress(flags, _is_counted(text, ignored)))


def _numbers(text: ComparedText, ignored: Collection[int]) -> Counter[str]:
    words = compress(text.words, _is_counted(text, ignored))
    return Counter(word for word in words if word[0].isdecimal())


def _is_counted(text: ComparedText, ignored: Collection[int]) -> list[bool]:
    if not ignored:
        return [True] * len(text.words)
    return [not is_ignored for is_ignored in covered(text, ignored)]
