"""Differences of two texts, word by word. Nothing here touches a database."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Literal

import attrs

Kind = Literal["same", "removed", "added"]

MAX_WORDS = 4_000
"""Above this many words a changed passage is shown as removed and added whole: comparing takes
time that grows with the square of its length."""

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


def _replaced(before: str, after: str) -> Iterator[Piece]:
    if before:
        yield Piece("removed", before)
    if after:
        yield Piece("added", after)


def _stretches(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[bool, str, str]]:
    # autojunk bounds the time: in long passages the commonest words are no anchors.
    matcher = SequenceMatcher(None, old, new, autojunk=True)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        yield tag == "equal", "".join(old[i1:i2]), "".join(new[j1:j2])


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
