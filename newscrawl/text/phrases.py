"""Phrases that tell navigation, credits and boxes from text: tables of resources, folded.

Phrases are compared after folding, so that spelling habits need no lines of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from itertools import chain
from typing import Any, Literal, cast

from newscrawl.article import LinkListKind
from newscrawl.resources import read_toml
from newscrawl.text.folding import search_key

HeadingKind = Literal[
    "related", "latest", "most_read", "editors_picks", "sponsored", "section", "not_a_list"
]

LONGEST_HEADING = 80
"""A line of more characters is no heading of a list."""
EXTRA_WORDS = 3
"""A heading may go on after the phrase it is known by: `الأكثر قراءة في أخبار عالمية`."""


def phrase_table(name: str) -> Mapping[str, Any]:
    """Return the table `resources/<name>.toml`."""
    return read_toml(name)


@lru_cache(maxsize=4096)
def folded(text: str) -> str:
    """Return *text* as phrases are compared: folded, without punctuation at its ends."""
    return search_key(text.replace("’", "'")).strip(" .:;,،؛|-–—_«»\"'”“…!؟?*#>›•[]()")


@cache
def _heading_kinds() -> Mapping[str, HeadingKind]:
    table = phrase_table("pages/list_headings")
    kinds: dict[str, HeadingKind] = {}
    for phrase in chain.from_iterable(table["not_lists"].values()):
        kinds[folded(phrase)] = "not_a_list"
    for kind, phrases in table["kinds"].items():
        kinds.update((folded(phrase), cast("HeadingKind", kind)) for phrase in phrases)
    return kinds


@cache
def _first_words() -> frozenset[str]:
    return frozenset(folded(phrase.partition(" ")[0]) for phrase in _heading_kinds())


@lru_cache(maxsize=8192)
def heading_kind(heading: str) -> HeadingKind | None:
    """Return the kind of the list under *heading*, `not_a_list` for comments, tags etc.

    None if the heading is unknown: the name of a section, or no heading at all.
    """
    if len(heading) > LONGEST_HEADING:
        return None
    # Most headings are an article's, and no phrase begins with their first word.
    first = folded(heading.partition(" ")[0])
    if first and first not in _first_words():
        return None
    kinds, words = _heading_kinds(), folded(heading).split()
    for length in range(len(words), max(0, len(words) - EXTRA_WORDS - 1), -1):
        kind = kinds.get(" ".join(words[:length]))
        # A known word alone does not make a heading of a sentence: `related officials said so`.
        if kind and (length == len(words) or length > 1):
            return kind
    return None


def list_kind(heading: str) -> LinkListKind | None:
    """Return the kind of the link list that *heading* stands above; None where it heads none.

    A heading that is not known is taken for a section's name.
    """
    kind = heading_kind(heading)
    if kind == "not_a_list":
        return None
    return kind or "section"


class Openings:
    """Phrases that a line may begin with, found in a time that their number does not change."""

    def __init__(self, phrases: Iterable[str]) -> None:
        self._phrases = {tuple(folded(phrase).split()) for phrase in phrases}
        self._first_words = {word for words in self._phrases for word in words[:1]}
        self._longest = max(map(len, self._phrases), default=0)

    def words_of(self, line: str) -> int:
        """Return how many words of *line* are one of the phrases, the longest; 0 for none."""
        split = line[:LONGEST_HEADING].split(maxsplit=self._longest)[: self._longest]
        if not split or folded(split[0]) not in self._first_words:
            return 0
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
