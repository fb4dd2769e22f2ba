"""Given names and words that are no names: they tell a person from a town or a thing."""

from __future__ import annotations

from functools import cache

from newscrawl.resources import read_lines
from newscrawl.values.gazetteer.names import keys, name_key


def has_known_given_name(name: str) -> bool:
    """Return whether *name* has two words or more and begins with a known given name."""
    words = name.split()
    return len(words) > 1 and is_given_name(words[0])


def is_given_name(word: str) -> bool:
    """Return whether *word*, or its first part before a hyphen, is a given name."""
    known = _given_names()
    return name_key(word) in known or name_key(word.partition("-")[0]) in known


def is_english_word(word: str) -> bool:
    """Return whether *word* is an English word that is no name of persons or places."""
    return word.isascii() and word.lower() in _english_words()


@cache
def _english_words() -> frozenset[str]:
    lines = read_lines("lexicon/english.txt")
    return frozenset(word for line in lines for word in line.split())


@cache
def _given_names() -> frozenset[str]:
    lines = (
        *read_lines("names/first_names.txt"),
        *read_lines("names/given_names.txt"),
        *read_lines("names/gendered_names.txt"),
    )
    names = frozenset(name_key(name) for line in lines for name in line.split())
    return (names | keys("given_names")) - {""}
