"""Keys for comparing names as printed: of agencies, of places, of the words beside them.

A key is for looking up only; what is kept is the name as printed.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_LETTERS = str.maketrans(
    {
        **dict.fromkeys("ٱ", "ا"),
        **dict.fromkeys("ىیےېۍ", "ي"),
        **dict.fromkeys("ةھہەۃ", "ه"),
        **dict.fromkeys("کڪ", "ك"),
        "ı": "i",
        "ø": "o",
        "ł": "l",
        "œ": "oe",
        "æ": "ae",
        "ـ": None,
    }
)
_MARKS = re.compile(
    "[\u00ad\u0300-\u036f\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed"
    "\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)
"""Accents, tashkeel, niqqud, and the characters that nobody sees."""
_FINALS = str.maketrans("ךםןףץ", "כמנפצ")


@lru_cache(maxsize=8192)
def name_key(name: str) -> str:
    """Return the letters and digits of *name*, folded: hamza, alef, ya, ta marbuta, case.

    Spaces and points are dropped too (`العربية. نت` is `العربية.نت`), but letters that stand
    alone keep a point between them, so that the agency `د.ب.أ` is not the town `دبا`.
    """
    words = "".join(c if c.isalnum() else " " for c in folded(name)).split()
    if len(words) > 1 and all(len(word) == 1 for word in words):
        return "".join(words) if words[0].isascii() else ".".join(words)
    return "".join(words)


def folded(text: str) -> str:
    """Return *text* with its letters folded, and its spaces and punctuation as they are."""
    plain = (
        unicodedata.normalize("NFKD", text).casefold().translate(_LETTERS).translate(_FINALS)
    )
    return _MARKS.sub("", plain)


def words_of(name: str) -> list[str]:
    """Return the folded words of *name*, without punctuation at their ends."""
    words = (word.strip("-_.,،:؛;/|()[]«»\"'“”‘’!؟?*…") for word in folded(name).split())
    return [word for word in words if word]


def is_one_off(left: str, right: str) -> bool:
    """Whether one insertion, deletion or replacement turns the key *left* into *right*."""
    if abs(len(left) - len(right)) > 1:
        return False
    start = 0
    while start < min(len(left), len(right)) and left[start] == right[start]:
        start += 1
    mine, other = left[start:], right[start:]
    return mine[1:] == other[1:] or mine[1:] == other or mine == other[1:]
