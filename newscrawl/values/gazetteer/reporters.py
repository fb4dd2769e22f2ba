"""Whether words are built as a reporter's name: by form, and by a table of given names."""

from __future__ import annotations

import re

from newscrawl.values.gazetteer.names import name_key
from newscrawl.values.gazetteer.word_lists import keys

_WORD = re.compile(r"\S+")
_DIGIT = re.compile(r"\d")
_LATIN_NAME = re.compile(r"[A-ZÀ-ÖØ-Þ][\w'’.-]*")
_PARTICLES = frozenset(
    {"de", "la", "le", "van", "von", "der", "den", "di", "da", "del", "al", "el", "bin", "ben"}
)


def without_role(text: str) -> str:
    """Return *text* without `كتب`, `by` and the like before it; nothing where it is no more."""
    starts = (match.start() for match in _WORD.finditer(text) if not _is_role(match[0]))
    return text[next(starts, len(text)) :]


def _is_role(word: str) -> bool:
    return name_key(word) in keys("roles")


def _bare_words(name: str) -> list[str]:
    """Return the words of *name* without the titles before it."""
    words = name.split()
    while words and name_key(words[0]) in keys("titles"):
        words = words[1:]
    return words


def has_given_name(name: str) -> bool:
    """Whether *name* begins with a given name of the table."""
    words = _bare_words(name)
    return len(words) > 1 and name_key(words[0]) in keys("given_names")


def is_name_shaped(name: str, *, is_given: bool) -> bool:
    """Whether *name* has the length and the letters of a name, and none of prose's words."""
    words = _bare_words(name)
    if not 2 <= len(words) <= 6 or _DIGIT.search(name):
        return False
    if any(name_key(word) in keys("not_in_names") for word in words):
        return False
    if words[0][0].isascii() or _LATIN_NAME.match(words[0]):
        return all(_LATIN_NAME.fullmatch(word) or word in _PARTICLES for word in words)
    return is_given or not words[0].startswith(("ال", "وال", "بال", "لل"))
