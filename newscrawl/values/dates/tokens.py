"""Tokens of a printed date, each with all its meanings in the tables."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache

import attrs

from newscrawl.values.dates.words import LONGEST_NAME, Kind, Word, first_words, fold_date, words

_TOKEN = re.compile(r"(\d{1,20})|([^\W\d_]{1,60})|(\S)")
_SEPARATORS = frozenset("-/.,:|()[]'@<>·•*~_+")
"""Signs that may stand around the parts of a date; `%`, `$`, `=` and the rest may not."""
_GLUED = re.compile(r"(?<!\d)((?:19|20)\d\d)(?=\d{1,2}:\d\d)")
"""A year that a time follows without white space, as the text of two elements does."""
_ORNAMENTS = re.compile("[\u2190-\u2bff\ue000-\uf8ff\ufe0e\ufe0f\U0001f000-\U0001faff]")
"""Arrows, dingbats, icon fonts and emoji: pictures of clocks and calendars."""


class NoDateError(Exception):
    """The text states no date that can be trusted; the message says why."""


class SeveralDatesError(NoDateError):
    """The text states several days or times, and which of them counts is not plain."""


@attrs.define
class Token:
    """A number, a word (or the words of one entry of the tables) or a sign."""

    text: str
    """Folded."""
    gap: bool = False
    """True if white space precedes it."""
    number: int | None = None
    """Its value; Hebrew letters that write a number have one, too."""
    meanings: tuple[Word, ...] = ()
    is_used: bool = False
    """True if a part of the date has used it."""

    def means(self, kind: Kind) -> Word | None:
        """Return the first meaning of that kind."""
        for word in self.meanings:  # most tokens have none
            if word.kind == kind:
                return word
        return None

    def copy(self) -> Token:
        """Return a token like this one, to be used apart from it."""
        return Token(self.text, self.gap, self.number, self.meanings, self.is_used)

    @property
    def is_free_number(self) -> bool:
        """Return whether it is a number that nothing has taken yet."""
        return self.number is not None and not self.is_used

    @property
    def is_digits(self) -> bool:
        """Return whether it is written in digits."""
        return self.text.isdigit()

    @property
    def is_strange(self) -> bool:
        """Return whether it is a word that no table knows, or a sign that no date has."""
        if self.number is not None or self.meanings:
            return False
        return self.text not in _SEPARATORS


@lru_cache(maxsize=64)
def tokens_of(text: str) -> tuple[Token, ...]:
    """Return the tokens of *text* (at most some hundred characters); use copies of them.

    One text is read in turn as a date, as several dates and as a sentence.
    """
    folded = _GLUED.sub(r"\1 ", _ORNAMENTS.sub(" ", fold_date(text)))
    raw = list(_TOKEN.finditer(folded))
    found: list[Token] = []
    at = 0
    while at < len(raw):
        start = raw[at].start()
        gap = start > 0 and folded[start - 1].isspace()
        entry, length = _entry(raw, at)
        number = int(entry) if entry.isascii() and entry.isdigit() else None
        found.append(Token(entry, gap, number, words().get(entry, ())))
        at += length
    _forget_places(found)
    if any(word.calendar == "hebrew" for token in found for word in token.meanings):
        for token in found:
            token.number = hebrew_numerals().get(token.text, token.number)
    return tuple(found)


def _forget_places(tokens: Sequence[Token]) -> None:
    """Let the name of a place be a strange word where nothing makes it a zone."""
    for at, token in enumerate(tokens):
        if token.means("place") is None:
            continue
        beside = (*tokens[max(at - 1, 0) : at], *tokens[at + 1 : at + 2])
        if not any(other.means("introduction") for other in beside):
            token.meanings = tuple(word for word in token.meanings if word.kind != "place")


def _entry(raw: Sequence[re.Match[str]], at: int) -> tuple[str, int]:
    """Return the longest entry of the tables at *at*, and of how many raw tokens it is made."""
    text = str(raw[at][0])
    if raw[at][2] is None:
        return text, 1
    joined, length = _joined(raw, at)
    if length > 1:
        return joined, length
    most = first_words().get(text, 1)
    for many in range(min(most, LONGEST_NAME, len(raw) - at), 1, -1):
        phrase = " ".join(match[0] for match in raw[at : at + many])
        if phrase in words():
            return phrase, many
    return text, 1


def _joined(raw: Sequence[re.Match[str]], at: int) -> tuple[str, int]:
    """Return `am` for a.m., and the like for quotes within a word (Hebrew abbreviations)."""
    pieces, end = raw[at][0], at + 1
    best = (pieces, 1)
    while end + 1 < len(raw) and end - at <= 4 and raw[end][0] in ".'" and raw[end + 1][2]:
        if raw[end].start() != raw[end - 1].end():
            break
        pieces += raw[end + 1][0]
        end += 2
        if pieces in words() or pieces in hebrew_numerals():
            best = (pieces, end - at)
    return best


@cache
def hebrew_numerals() -> dict[str, int]:
    """Return the numbers 1 to 30 and the years 5650 to 5850 as Hebrew letters write them."""
    table = {_hebrew_letters(number): number for number in range(1, 31)}
    for year in range(5650, 5851):
        letters = _hebrew_letters(year - 5000)
        table[letters] = table["ה" + letters] = year
    return table


def _hebrew_letters(number: int) -> str:
    """Return *number* (below 1000) in letters; 15 and 16 avoid the divine name."""
    letters = "ת" * (number // 400) + ("", "ק", "ר", "ש")[number % 400 // 100]
    rest = number % 100
    if rest in (15, 16):
        return letters + ("טו", "טז")[rest - 15]
    tens, ones = " יכלמנסעפצ"[rest // 10], " אבגדהוזחט"[rest % 10]
    return (letters + tens + ones).replace(" ", "")


# --- questions about the token at a place, which may be beyond the ends -----------------------


def take(tokens: Sequence[Token], start: int, stop: int) -> None:
    """Mark the tokens from *start* to before *stop* as used."""
    for token in tokens[start:stop]:
        token.is_used = True


def is_number(tokens: Sequence[Token], at: int, *widths: int) -> bool:
    """Return whether a free number of one of these widths stands at *at*."""
    if not 0 <= at < len(tokens):
        return False
    token = tokens[at]
    return token.is_free_number and token.is_digits and len(token.text) in widths


def is_sign(tokens: Sequence[Token], at: int, signs: str) -> bool:
    """Return whether one of *signs* stands at *at*."""
    return 0 <= at < len(tokens) and tokens[at].text in signs and len(tokens[at].text) == 1


def means(tokens: Sequence[Token], at: int, kind: Kind, value: object = None) -> bool:
    """Return whether the free token at *at* has a meaning of that kind (and value)."""
    if not 0 <= at < len(tokens) or tokens[at].is_used:
        return False
    word = tokens[at].means(kind)
    return word is not None and (value is None or word.value == value)


def is_pair(tokens: Sequence[Token], at: int) -> bool:
    """Return whether a colon and two digits follow the token at *at*."""
    return is_sign(tokens, at + 1, ":") and is_number(tokens, at + 2, 2)
