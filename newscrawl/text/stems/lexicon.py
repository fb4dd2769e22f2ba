"""The words that stemming is guided by, read from resources/lexicon; nothing here stems.

Every word is stored in the spelling that searching compares: folded, but with ة and ه apart.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from functools import cache
from types import MappingProxyType

import attrs

from newscrawl.resources import read_bytes, read_lines
from newscrawl.text.folding import folding_table

_FILES = (
    "words.txt",
    "names.txt",
    "plurals.txt",
    "variants.txt",
    "distinct.txt",
    "joined.txt",
    "owned.txt",
)


@attrs.frozen
class Lexicon:
    """Arabic words with their forms, every word folded."""

    words: frozenset[str]
    """Dictionary forms: a word in here is never cut."""
    plurals: Mapping[str, str]
    """Broken plurals, each with its singular."""
    variants: Mapping[str, str]
    """Other spellings of a word or name, each with the one that is searched."""
    distinct: frozenset[str]
    """Words as written (with hamza) that folding would take for another word."""
    owned: frozenset[str]
    """Words with the possessive ه that are commoner than those with a ة typed as ه: كتابه."""
    joined: frozenset[tuple[str, str]]
    """Pairs of words that are also written as one: أبو ظبي, أبوظبي."""


@cache
def word_table() -> dict[int, str]:
    """Return the folding of letters that leaves ة apart from ه, as stemming needs."""
    table = folding_table().copy()
    del table[ord("ة")]
    table[0xFE93] = table[0xFE94] = "ة"
    return table


def folded_word(word: str) -> str:
    """Return *word* folded for the lexicon; a word of marks alone stays as it is."""
    return word.translate(word_table()).replace(" ", "") or word


@cache
def lexicon() -> Lexicon:
    """Return the lexicon, read once."""
    plurals, variants = _forms("plurals.txt"), _forms("variants.txt")
    distinct = {word for line in _lines("distinct.txt") for word in line}
    joined = {(folded_word(first), folded_word(last)) for first, last in _lines("joined.txt")}
    words = _words("words.txt") | _words("names.txt")
    words |= set(plurals.values()) | set(variants.values()) | {a + b for a, b in joined}
    return Lexicon(
        frozenset(words - plurals.keys() - variants.keys()),
        MappingProxyType(plurals),
        MappingProxyType(variants),
        frozenset(distinct),
        _words("owned.txt"),
        frozenset(joined),
    )


def _words(name: str) -> frozenset[str]:
    return frozenset(folded_word(word) for line in _lines(name) for word in line)


def _forms(name: str) -> dict[str, str]:
    """Return each further form of a file with the first form of its line."""
    pairs = (
        (folded_word(other), folded_word(one)) for one, *more in _lines(name) for other in more
    )
    return {other: one for other, one in pairs if other != one}


@cache
def lexicon_digest() -> str:
    """Return a digest of the lexicon's files: an index made with others must be rebuilt."""
    digest = hashlib.sha256()
    for name in _FILES:
        digest.update(read_bytes(f"lexicon/{name}"))
    return digest.hexdigest()[:16]


def _lines(name: str) -> Iterator[list[str]]:
    """Give the words of each line of a file of the lexicon, without its comments."""
    for line in read_lines(f"lexicon/{name}"):
        if words := line.partition("#")[0].split():
            yield words
