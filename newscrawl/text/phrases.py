"""Phrases that distinguish navigation, credits and boxes from text, from tables, folded.

Phrases are compared after folding, so that spelling habits need no lines of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from typing import Any

from newscrawl.resources import read_toml
from newscrawl.text.folding import TranslationTable, folding_table, search_key
from newscrawl.text.normalize import DIRECTION_MARKS, without_direction_marks

SIGNS = " .:;,،؛|-–—_«»\"'”“…!؟?*#>›•[]()：【】（）"
"""Punctuation and spaces at the ends of a phrase, which are no part of it."""
LONGEST_OPENING = 80
"""Characters at the start of a line in which a phrase is looked for."""


def phrase_table(name: str) -> Mapping[str, Any]:
    """Return the table `resources/<name>.toml`."""
    return read_toml(name)


@lru_cache(maxsize=4096)
def folded(text: str) -> str:
    """Return *text* as phrases are compared: folded, without punctuation at its ends.

    Marks of the writing direction are no part of a phrase, nor are zero-width non-joiners:
    Persian plurals are written with one, or attached.
    """
    if text.isascii():
        return text.lower().strip(SIGNS)
    return (text.translate(_folding_of_phrases()) or _signs_of(text)).strip(SIGNS)


def _signs_of(text: str) -> str:
    """Return *text*, which is all marks, as `search_key` has it: what it would drop stays."""
    return search_key(without_direction_marks(text).replace("’", "'").replace("\u200c", ""))


@cache
def _folding_of_phrases() -> TranslationTable:
    """Return the replacements of folding and of what is no part of a phrase, as one table."""
    dropped = dict.fromkeys((*DIRECTION_MARKS, 0x200C), "")
    return TranslationTable({**folding_table(), **dropped, ord("’"): "'"})


def first_word(line: str) -> str:
    """Return the first word of *line*, folded; the empty string without one.

    By it openings are ruled out of most lines.
    """
    words = line[:LONGEST_OPENING].split(maxsplit=1)
    return folded(words[0]) if words else ""


class Openings:
    """Phrases that a line may begin with, found in a time that their number does not change."""

    def __init__(self, phrases: Iterable[str]) -> None:
        self._phrases = {tuple(folded(phrase).split()) for phrase in phrases}
        self.first_words = frozenset(word for words in self._phrases for word in words[:1])
        """The folded words that the phrases begin with."""
        self._longest = max(map(len, self._phrases), default=0)

    def words_of(self, line: str) -> int:
        """Return how many words of *line* are one of the phrases, the longest; 0 for none."""
        if first_word(line) not in self.first_words:  # as of most lines
            return 0
        split = line[:LONGEST_OPENING].split(maxsplit=self._longest)[: self._longest]
        words = tuple(map(folded, split))
        for length in range(len(words), 0, -1):
            if words[:length] in self._phrases:
                return length
        return 0


@cache
def openings(table: str, key: str) -> Openings:
    """Return the phrases of the list *key* in `resources/<table>.toml` as openings of lines."""
    return Openings(phrase_table(table)[key])


def after_opening(line: str, phrases: Openings) -> str | None:
    """Return the rest of *line* after the phrase it begins with, or None."""
    count = phrases.words_of(line)
    if not count:
        return None
    rest = line.split(maxsplit=count)
    return rest[count].lstrip(" :：-–—ـ|") if len(rest) > count else ""
