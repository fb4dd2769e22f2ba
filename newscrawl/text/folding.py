"""The folding of letters for search: spellings that readers take for one become one.

Nothing here stems or stores; the writer's own text is never replaced by its key.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import cache
from itertools import chain
from typing import Any


class TranslationTable(dict[int, Any]):
    """A table for `str.translate` that learns the characters which stay as they are.

    Without an entry for each, `str.translate` raises and catches an error at every one of them,
    which takes most of its time.
    """

    def __missing__(self, code: int) -> int:
        if code <= _LAST_OF_PLANE:  # so that it does not grow without end
            self[code] = code
        return code


_LAST_OF_PLANE = 0xFFFF


def _presentation_forms() -> dict[int, str]:
    """Map each presentation form to its letters; a form of a mark alone loses its carrier."""
    table = {}
    for code in (*range(0xFB50, 0xFE00), *range(0xFE70, 0xFEFD)):
        plain = unicodedata.normalize("NFKC", chr(code))
        if plain != chr(code):
            table[code] = plain.strip(" ") if code >= 0xFE70 else plain
    return table


FORMS = _presentation_forms()
"""Arabic presentation forms and the letters they stand for."""

_LETTERS = {
    "ا": "أإآٱٲٳٵ",
    "و": "ؤۆۇۈۉۋ",
    "ي": "ئىیےېۍێ",
    "ك": "کڪګ",
    "ه": "ةۀہۂۃەھ",
    "oe": "œŒ",
    "ae": "æÆ",
    "ss": "ßẞ",
    "o": "øØ",
    "l": "łŁ",
    "d": "đĐ",
    "i": "ıİ",
    "е": "ёЁ",
}
_DROPPED = (
    *(0x0640, 0x0670, *range(0x0610, 0x061B), *range(0x064B, 0x0660), *range(0x06D6, 0x06DD)),
    *(*range(0x06DF, 0x06E5), 0x06E7, 0x06E8, *range(0x06EA, 0x06EE), *range(0x08D3, 0x08E2)),
    *(*range(0x08E3, 0x0900), *range(0x0300, 0x0370), *range(0x0591, 0x05BE), 0x05BF),
    *(0x05C1, 0x05C2, 0x05C4, 0x05C5, 0x05C7),
)
"""Tatweel, tashkeel, Quranic marks, Hebrew points and the accents of decomposed Latin."""


def search_key(text: str) -> str:
    """Return *text* folded for comparison: letters readers take for one are one, marks gone.

    Digits are 0 to 9 and Latin letters small and without accents; a lone tatweel stays, being a
    dash. Folding twice changes nothing. The rules, with an example each, are in docs/arabic.md.
    """
    if text.isascii():
        return text.lower()
    return text.translate(_search_table()) or text


@cache
def _search_table() -> TranslationTable:
    return TranslationTable(folding_table())


@cache
def folding_table() -> dict[int, str]:
    """Return the replacement of every character that folding changes, for `str.translate`."""
    table = dict.fromkeys(_DROPPED, "")
    table |= {ord(char): letter for letter, chars in _LETTERS.items() for char in chars}
    table |= dict(_latin_and_greek(table))
    for zero in (0x0660, 0x06F0, 0xFF10):
        table |= {zero + value: str(value) for value in range(10)}
    for small in range(0x61, 0x7B):  # the wide letters of East Asian keyboards
        table |= {small + 0xFEE0: chr(small), small + 0xFEC0: chr(small)}
    for code, plain in FORMS.items():
        table[code] = plain.translate(table)
    return table


def _latin_and_greek(special: dict[int, str]) -> Iterator[tuple[int, str]]:
    """Give each cased letter its small letter without accents, where that is another text."""
    for code in chain(range(0x41, 0x530), range(0x1E00, 0x2000), range(0xFF21, 0xFF5B)):
        char = chr(code)
        if code in special or not char.isalpha():
            continue
        plain = char.casefold()
        if not 0x0400 <= code < 0x0530:  # й is a letter of its own, not an accented и
            plain = unicodedata.normalize("NFKD", plain)
        if not plain.isalpha():
            plain = "".join(c for c in plain if not unicodedata.combining(c))
        plain = plain.translate(special)
        if plain and plain != char:
            yield code, plain
