"""Dates given as a distance from now: منذ 3 ساعات, أمس, 2 days ago."""

from __future__ import annotations

from collections.abc import Sequence

from newscrawl.system.value_classes import frozen
from newscrawl.values.dates.tokens import NoDateError, Token
from newscrawl.values.dates.words import Word

_SECONDS = {"second": 1, "minute": 60, "hour": 3600}
_DAYS = {"day": 1, "week": 7}
_MONTHS = {"month": 1, "year": 12}
_MOST = 5000
"""A larger number is no distance from now."""


@frozen(kw_only=True)
class Past:
    """A time given as a distance from now."""

    days: int | None = None
    """Whole days ago: today is 0."""
    months: int = 0
    """Calendar months ago, besides the days."""
    seconds: int | None = None
    """Seconds ago, for minutes and hours; then the time of day is known."""


def take_past(tokens: Sequence[Token]) -> Past | None:
    """Return the distance from now in the text and mark its tokens as used.

    None if there is none. Raises NoDateError if the distance has no number (منذ ساعات).
    """
    if any(token.means("past") for token in tokens):
        spans = _spans(tokens)
        if spans:
            return _sum(spans)
    if any(token.means("now") for token in tokens):
        return Past(seconds=0)
    days = [token.means("day") for token in tokens]
    numbers = {int(word.value) for word in days if word is not None}
    return Past(days=max(numbers)) if numbers else None


def _sum(spans: Sequence[tuple[str, float]]) -> Past:
    """Add up the spans: whole days and months, or seconds if the time of day is given."""
    seconds = sum(_SECONDS.get(unit, 0) * count for unit, count in spans)
    days = sum(_DAYS.get(unit, 0) * count for unit, count in spans)
    months = sum(_MONTHS.get(unit, 0) * count for unit, count in spans)
    if any(unit in _SECONDS for unit, _ in spans):
        if months:
            raise NoDateError("months and hours in one distance")
        return Past(seconds=round(seconds + days * 86_400))
    return Past(days=int(days), months=int(months))


def _spans(tokens: Sequence[Token]) -> list[tuple[str, float]]:
    """Take each unit with its count; `ساعة ونصف` adds half of the unit before."""
    found: list[tuple[str, float]] = []
    count: float | None = None
    for at, token in enumerate(tokens):
        number = token.means("number")
        if token.is_free_number and token.is_digits:
            count = _counted(token)
        elif (unit := _unit_at(tokens, at, count)) is not None:
            found.append(_span(unit, count))
            count, token.is_used = None, True
        elif number is not None:
            count = float(number.value)
            if count < 1 and found and not _has_unit_behind(tokens, at):
                found.append((found[-1][0], count))
                count = None
    return found


def _unit_at(tokens: Sequence[Token], at: int, count: float | None) -> Word | None:
    """Return the unit at *at*; None for `an` in `an hour ago`, which is a year in French."""
    token = tokens[at]
    is_number = token.means("number") is not None and _has_unit_behind(tokens, at)
    if is_number or token.is_used or _is_only_a_letter(token, count):
        return None
    return token.means("unit")


def _span(unit: Word, count: float | None) -> tuple[str, float]:
    """Return the name of the unit and how many there are: two for a dual without a number."""
    name, implied = unit.value
    if count is None and implied is None:
        raise NoDateError("does not say how long ago")
    return name, 0 if count == 0 else (count or 1) * (implied or 1)


def _counted(token: Token) -> float:
    number = token.number or 0
    if number > _MOST:
        raise NoDateError("too large a distance from now")
    token.is_used = True
    return float(number)


def _is_only_a_letter(token: Token, count: float | None) -> bool:
    """Return whether a unit's letter is none here, without a number before it."""
    return count is None and len(token.text) == 1


def _has_unit_behind(tokens: Sequence[Token], at: int) -> bool:
    return at + 1 < len(tokens) and tokens[at + 1].means("unit") is not None
