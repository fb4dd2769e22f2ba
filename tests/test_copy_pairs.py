"""Copies of one agency text are told from what only looks like them, on texts written for it.

The limits in newscrawl/archive/copies/likeness.py were set on the stories of even number; those
of odd number measure them.
"""

from __future__ import annotations

from collections import Counter

import pytest

from newscrawl.archive.copies import (
    compared_text,
    is_candidate,
    is_copy,
    likeness_of,
    sketch_of,
)
from tests.copy_pairs import Pair, Text, pairs

PAIRS = tuple(pairs())
PRECISION, RECALL = 0.98, 0.90


def is_found(pair: Pair) -> bool:
    """Whether the archive would find *pair* and take it for a copy."""
    one, other = (
        compared_text(text.body, dateline=text.dateline) for text in (pair.one, pair.other)
    )
    sketches = [set(sketch_of(text)) for text in (one, other)]
    shared = len(sketches[0] & sketches[1])
    return is_candidate(shared, *map(len, sketches)) and is_copy(likeness_of(one, other))


def scores(some: list[Pair]) -> tuple[float, float]:
    """Return precision and recall."""
    found = [pair for pair in some if is_found(pair)]
    right = sum(pair.is_copy for pair in found)
    return right / len(found), right / sum(pair.is_copy for pair in some)


def test_there_are_pairs_enough() -> None:
    kinds = Counter(pair.kind for pair in PAIRS)
    assert kinds.total() >= 200
    assert len({pair.name for pair in PAIRS}) == len(PAIRS)
    assert (
        min(kinds[name] for name in ("independent", "next_day", "follow_up", "template")) > 15
    )


@pytest.mark.parametrize("half", ["set", "measured"])
def test_copies_are_distinguished_from_others(half: str) -> None:
    some = [pair for pair in PAIRS if pair.group % 2 == (half == "measured")]
    precision, recall = scores(some)
    assert precision >= PRECISION, [p.name for p in some if is_found(p) and not p.is_copy]
    assert recall >= RECALL, [p.name for p in some if p.is_copy and not is_found(p)]


@pytest.mark.parametrize("kind", ["independent", "next_day", "follow_up", "template"])
def test_no_kind_of_other_text_is_a_copy(kind: str) -> None:
    assert not [pair.name for pair in PAIRS if pair.kind == kind and is_found(pair)]


def test_spelling_dateline_and_numerals_change_nothing() -> None:
    one = Text(dateline="", paragraphs=("وصلت إلى المدينة ٩٬٣٠٠ حاويّة",))
    other = Text(dateline="", paragraphs=("وصلت الى المدينه 9,300 حـاوية",))
    assert compared_text(one.body).words == compared_text(other.body).words
    dated = compared_text("مرسى النخيل - وصلت إلى المدينة", dateline="مرسى النخيل -")
    assert dated.words == compared_text("وصلت الى المدينة").words
