"""Differences of two texts, word by word. Nothing here touches a database."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from typing import Literal

import attrs

Kind = Literal["same", "removed", "added"]

MAX_WORDS = 4_000
"""Above this many words a changed passage is shown as removed and added whole."""
MAX_LINE_PAIRS = 400_000_000
"""Lines of the old text times lines of the new one. Above it the text between the first and the
last change is shown as removed and added whole: comparing takes a bit of memory for each pair,
50 MB here."""

# A word with its vowel signs and joiners, a run of spaces, or one other character.
_TOKEN = re.compile(
    "[\\w\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670\u200c\u200d]+|\\s+|.", re.DOTALL
)


@attrs.frozen
class Piece:
    """A stretch of text that is in both texts, or in one of them."""

    kind: Kind
    """same, removed or added."""
    text: str
    """The stretch."""


@attrs.frozen(kw_only=True)
class FieldChange:
    """The difference of one field between two versions."""

    field: str
    """The field's name."""
    pieces: tuple[Piece, ...]
    """The old and the new text in stretches; same and removed make the old one."""

    @property
    def share(self) -> float:
        """Share of the text that changed, 0 to 1, in letters."""
        sizes = dict.fromkeys(("same", "removed", "added"), 0)
        for piece in self.pieces:
            sizes[piece.kind] += len(piece.text)
        changed = max(sizes["removed"], sizes["added"])
        return changed / (sizes["same"] + changed) if changed else 0.0

    @property
    def is_too_long(self) -> bool:
        """True if a changed passage was too long to be compared word by word."""
        changed = [piece for piece in self.pieces if piece.kind != "same"]
        return any(
            (old.kind, new.kind) == ("removed", "added")
            and max(_count_words(old.text), _count_words(new.text)) > MAX_WORDS
            for old, new in pairwise(changed)
        )


def pieces_between(old: str, new: str) -> tuple[Piece, ...]:
    """Return *old* and *new* as stretches, same, removed or added, in reading order."""
    pieces: list[Piece] = []
    old_lines, new_lines = (text.splitlines(keepends=True) for text in (old, new))
    for is_same, before, after in _stretches(old_lines, new_lines):
        if is_same:
            pieces.append(Piece("same", before))
        else:
            pieces.extend(_word_pieces(before, after))
    return tuple(_joined(pieces))


def _word_pieces(old: str, new: str) -> Iterator[Piece]:
    old_words, new_words = _TOKEN.findall(old), _TOKEN.findall(new)
    if max(len(old_words), len(new_words)) > MAX_WORDS:
        yield from _replaced(old, new)
        return
    for is_same, before, after in _stretches(old_words, new_words):
        if is_same:
            yield Piece("same", before)
        else:
            yield from _replaced(before, after)


def _count_words(text: str) -> int:
    return sum(1 for _word in _TOKEN.finditer(text))


def _replaced(before: str, after: str) -> Iterator[Piece]:
    if before:
        yield Piece("removed", before)
    if after:
        yield Piece("added", after)


def _stretches(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[bool, str, str]]:
    """Yield the stretches of both sequences in order, each as (is it in both, old, new)."""
    start = _common(old, new)
    end = _common(old[start:][::-1], new[start:][::-1])
    middle = old[start : len(old) - end], new[start : len(new) - end]
    yield from _same_stretch(old[:start])
    if len(middle[0]) * len(middle[1]) > MAX_LINE_PAIRS:
        yield False, "".join(middle[0]), "".join(middle[1])
    else:
        yield from _compared(*middle)
    yield from _same_stretch(old[len(old) - end :])


def _same_stretch(words: Sequence[str]) -> Iterator[tuple[bool, str, str]]:
    if words:
        yield True, "".join(words), ""


def _common(old: Sequence[str], new: Sequence[str]) -> int:
    """Return how many items both sequences begin with."""
    pairs = enumerate(zip(old, new, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(old), len(new)))


def _compared(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[bool, str, str]]:
    steps = _steps(old, new)
    for is_same, group in groupby(steps, key=lambda step: None not in step):
        pairs = list(group)
        before = "".join(old[i] for i, _j in pairs if i is not None)
        after = "".join(new[j] for _i, j in pairs if j is not None)
        yield is_same, before, after


def _steps(old: Sequence[str], new: Sequence[str]) -> Sequence[tuple[int | None, int | None]]:
    """Return the positions in *old* and *new*, in order: both, or None for a missing one.

    Items at both positions make the longest common subsequence, found with the bits of integers
    (Hyyrö 2004): the time is the product of the lengths, by 64, for any input.
    """
    rows = _rows(old, new)
    steps: list[tuple[int | None, int | None]] = []
    i, j = len(old), len(new)
    while i and j:
        bit = 1 << (j - 1)
        if rows[i] & bit:
            j -= 1
            steps.append((None, j))
        elif not rows[i - 1] & bit:
            i -= 1
            steps.append((i, None))
        else:
            i, j = i - 1, j - 1
            steps.append((i, j))
    steps.extend((None, at) for at in range(j - 1, -1, -1))
    steps.extend((at, None) for at in range(i - 1, -1, -1))
    return steps[::-1]


def _rows(old: Sequence[str], new: Sequence[str]) -> Sequence[int]:
    """Return, for each start of *old*, an integer whose zero bits count matches in *new*."""
    places: defaultdict[str, int] = defaultdict(int)
    for at, item in enumerate(new):
        places[item] |= 1 << at
    full = (1 << len(new)) - 1
    rows = [full]
    for item in old:
        row = rows[-1]
        matched = row & places.get(item, 0)
        rows.append(((row + matched) | (row - matched)) & full)
    return rows


def _joined(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Join stretches: two words replaced with the space between them are one change."""
    same = removed = added = ""
    for index, piece in enumerate(pieces):
        is_gap = piece.kind == "same" and piece.text.isspace() and "\n" not in piece.text
        if is_gap and 0 < index < len(pieces) - 1 and removed and added:
            removed, added = removed + piece.text, added + piece.text
        elif piece.kind == "same":
            yield from _replaced(removed, added)
            same, removed, added = same + piece.text, "", ""
        else:
            yield from _same(same)
            same = ""
            if piece.kind == "removed":
                removed += piece.text
            else:
                added += piece.text
    yield from _replaced(removed, added)
    yield from _same(same)


def _same(text: str) -> Iterator[Piece]:
    if text:
        yield Piece("same", text)
