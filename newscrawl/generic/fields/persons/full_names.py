"""Full names of persons by their form alone: two words or more, in any script."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

from newscrawl.system.deferred import compiled_on_use
from newscrawl.text.phrases import phrase_table
from newscrawl.values.gazetteer.agencies import is_agency
from newscrawl.values.gazetteer.places import is_place
from newscrawl.values.given_names import has_known_given_name
from newscrawl.values.person_names import is_person

LEAST_WORDS = 2
_WORD = compiled_on_use(r"[^\W\d_]+(?:[-'’.ʼ\u200c][^\W\d_]+)*\.?")


def is_full_name(name: str) -> bool:
    """Return whether *name* has the form of a person's full name, perhaps with degrees."""
    name = name.partition(", ")[0]
    words = name.split()
    if len(words) < LEAST_WORDS or not is_person(name) or not _may_be_names(words):
        return False
    if is_place(name) or is_agency(name):
        return False
    main = [word for word in words if word.lower() not in _words("particles")]
    return len(main) >= LEAST_WORDS and (_are_capital(main) or not _has_case(words))


def is_known_name(name: str) -> bool:
    """Return whether *name* has that form and begins with a known given name."""
    return has_known_given_name(name) and is_full_name(name)


def _may_be_names(words: Sequence[str]) -> bool:
    """Return whether each of *words* is written in letters, and none is never a name's."""
    return all(map(_WORD.fullmatch, words)) and _words("no_name_words").isdisjoint(words)


def _has_case(words: Iterable[str]) -> bool:
    return any(word[0].lower() != word[0].upper() for word in words)


def _are_capital(words: Iterable[str]) -> bool:
    return all(word[0].isupper() for word in words)


@cache
def _words(key: str) -> frozenset[str]:
    return frozenset(phrase_table("credits/bylines")[key])
