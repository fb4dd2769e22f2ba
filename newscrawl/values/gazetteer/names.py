"""Keys for comparing names as printed: of agencies, of places, of the words beside them.

A key is for look-up only; the name as printed is stored.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any

from newscrawl.resources import read_toml
from newscrawl.text.folding import TranslationTable, search_key

_HIDDEN = re.compile("[ـ\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
"""Tatweel, and the characters that nobody sees."""
_FINALS = TranslationTable(str.maketrans("ךםןףץ", "כמנפצ"))
_LETTERS_AND_DIGITS = re.compile(r"[^\W_]+")


@lru_cache(maxsize=8192)
def name_key(name: str) -> str:
    """Return the letters and digits of *name*, folded: hamza, alef, ya, ta marbuta, case.

    Spaces and points are dropped too (`العربية. نت` is `العربية.نت`), but letters that stand
    alone keep a point between them, so that the agency `د.ب.أ` is not the town `دبا`.
    """
    folded = fold_name(name)
    if folded.isalnum():  # one word, as most names are
        return folded
    words = _LETTERS_AND_DIGITS.findall(folded)
    if len(words) > 1 and all(len(word) == 1 for word in words):
        return "".join(words) if words[0].isascii() else ".".join(words)
    return "".join(words)


def fold_name(text: str) -> str:
    """Return *text* with its letters folded, and its spaces and punctuation as they are.

    Folded as for search; names are also compared without the final forms of Hebrew letters.
    """
    if text.isascii():
        return text.lower()
    plain = search_key(unicodedata.normalize("NFKD", text)).translate(_FINALS)
    return _HIDDEN.sub("", plain)


def words_of(name: str) -> list[str]:
    """Return the folded words of *name*, without punctuation at their ends."""
    words = (word.strip("-_.,،:؛;/|()[]«»\"'“”‘’!؟?*…") for word in fold_name(name).split())
    return [word for word in words if word]


def is_one_off(left: str, right: str) -> bool:
    """Return whether one insertion, deletion or replacement turns *left* into *right*."""
    if abs(len(left) - len(right)) > 1:
        return False
    start = 0
    while start < min(len(left), len(right)) and left[start] == right[start]:
        start += 1
    mine, other = left[start:], right[start:]
    return mine[1:] == other[1:] or mine[1:] == other or mine == other[1:]


@cache
def keys(group: str, table: str = "") -> frozenset[str]:
    """Return the keys of the words of *group*, e.g. `roles`, or of `[credit]` with *table*."""
    return frozenset(name_key(word) for word in phrases(group, table))


@cache
def phrases(group: str, table: str = "") -> tuple[str, ...]:
    """Return the words of *group* as they stand in the resource, the longest first."""
    groups = read_toml("credits/dateline_words")
    words: Mapping[str, Any] = groups[table] if table else groups
    return tuple(sorted(words[group], key=len, reverse=True))


_WORD = re.compile(r"\S+")
_DIGIT = re.compile(r"\d")
_LATIN_NAME = re.compile(r"[A-ZÀ-ÖØ-Þ][\w'’.-]*")
PARTICLES = frozenset(
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
    """Return whether *name* begins with a given name of the table."""
    words = _bare_words(name)
    return len(words) > 1 and name_key(words[0]) in keys("given_names")


def is_name_shaped(name: str, *, is_given: bool) -> bool:
    """Return whether *name* has the length and letters of a name, and no words of prose."""
    words = _bare_words(name)
    if not 2 <= len(words) <= 6 or _DIGIT.search(name):
        return False
    if any(name_key(word) in keys("not_in_names") for word in words):
        return False
    if words[0][0].isascii() or _LATIN_NAME.match(words[0]):
        return all(_LATIN_NAME.fullmatch(word) or word in PARTICLES for word in words)
    return is_given or not words[0].startswith(("ال", "وال", "بال", "لل"))
