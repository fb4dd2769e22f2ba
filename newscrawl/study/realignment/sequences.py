r"""Hashed word sequences: they stand for a text without holding it, and align it with another.

A word is a run of letters, digits and underscores (`\w+`) of the text in NFC, case-folded.
The hash at place i is of the words i to i+4, joined by a space: the first 10 hexadecimal digits
of the SHA-256 of `newscrawl-words-1`, a line feed and the words. A text of n words has n-4
hashes; one of 1 to 4 words has a single hash, of all of them. docs/studies.md has an example.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from difflib import SequenceMatcher

FORMAT = "newscrawl-words-1"
"""The name of the format, which is hashed with the words."""
WIDTH = 5
"""Words in a sequence. One word alone could be guessed from its hash."""
_DIGITS = 10
_WORD = re.compile(r"\w+")

Span = tuple[int, int]
"""Beginning and end of a word, in characters of the text in NFC."""


def word_spans(text: str) -> list[Span]:
    """Return the place of each word of *text*, which is in NFC."""
    return [match.span() for match in _WORD.finditer(text)]


def sequence_hashes(text: str) -> list[str]:
    """Return the hash of each sequence of words of *text*."""
    text = unicodedata.normalize("NFC", text)
    words = [text[start:end].casefold() for start, end in word_spans(text)]
    if not words:
        return []
    places = range(max(1, len(words) - WIDTH + 1))
    return [_hashed(words[place : place + WIDTH]) for place in places]


def aligned_words(theirs: Sequence[str], ours: Sequence[str], words: int) -> dict[int, int]:
    """Return which word of our text each word of theirs is, by the hashes of both.

    *words* is the number of words of their text. Words of a changed passage have no entry.
    """
    width = min(WIDTH, words)
    matcher = SequenceMatcher(None, theirs, ours, autojunk=False)
    found: dict[int, int] = {}
    for block in matcher.get_matching_blocks():
        for step in range(block.size + width - 1 if block.size else 0):
            found.setdefault(block.a + step, block.b + step)
    return found


def _hashed(words: Sequence[str]) -> str:
    text = f"{FORMAT}\n{' '.join(words)}"
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]
