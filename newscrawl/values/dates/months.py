"""The day in a printed date's tokens where its month is named, in four calendars."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from contextlib import suppress

import attrs

from newscrawl.system.value_classes import frozen
from newscrawl.values.dates.calendars import hebrew_day, hijri_day, jalali_day
from newscrawl.values.dates.tokens import NoDateError, Token
from newscrawl.values.dates.words import Calendar, Word

YEARS = {
    "gregorian": range(1600, 2101),
    "jalali": range(1200, 1501),
    "hijri": range(1300, 1501),
    "hebrew": range(5650, 5851),
}
_CENTURY = 70
"""A year of two digits below this is of 2000. POSIX draws the line at 69."""


@frozen
class PrintedDay:
    """A day as printed."""

    calendar: Calendar
    days: tuple[dt.date, ...]
    """As Gregorian days: two, the day-first one first, if their order is unknown."""


@frozen
class _NamedMonth:
    """A named month and the numbers found for it."""

    start: int
    stop: int
    calendar: Calendar
    month: int
    day: int | None = None
    year: int | None = None


def named_days(tokens: Sequence[Token], languages: Sequence[str]) -> list[PrintedDay]:
    """Take each day with a named month, the words of it in any order."""
    months = _named_months(tokens, languages)
    if not months or (all(_is_ambiguous(tokens, m.start) for m in months) and _is_span(tokens)):
        return []
    for at, token in enumerate(tokens):
        if token.is_free_number:
            _give_number(tokens, at, months)
    printed = [day for month in months if (day := _printed_day(month)) is not None]
    if not printed:
        raise NoDateError("a month without a year or without a day")
    return printed


def _printed_day(month: _NamedMonth) -> PrintedDay | None:
    if month.year is None or month.day is None:
        return None
    day = day_of(month.calendar, month.year, month.month, month.day)
    return PrintedDay(month.calendar, (day,))


def _named_months(tokens: Sequence[Token], languages: Sequence[str]) -> list[_NamedMonth]:
    """Return the months named; two names of one month side by side are one (حزيران / يونيو)."""
    words = ((at, _month_word(token, languages)) for at, token in enumerate(tokens))
    names = [(at, word) for at, word in words if word is not None]
    sure = [(at, word) for at, word in names if not _is_ambiguous(tokens, at)]
    found: list[_NamedMonth] = []
    for at, word in sure or names[:1]:
        if found and _is_same(tokens, found[-1], at, word):
            found[-1] = attrs.evolve(found[-1], stop=at + 1)
        else:
            found.append(_NamedMonth(at, at + 1, word.calendar, int(word.value)))
    return found


def _is_span(tokens: Sequence[Token]) -> bool:
    """Return whether a unit of time is among the words: `3 hours ago` is not in August."""
    return any(token.means("unit") for token in tokens)


def _is_ambiguous(tokens: Sequence[Token], at: int) -> bool:
    """Return whether a month's name may be a weekday (mar., mardi) or `ago`."""
    return tokens[at].means("weekday") is not None or tokens[at].means("past") is not None


def _month_word(token: Token, languages: Sequence[str]) -> Word | None:
    """Return the month that *token* names; raise NoDateError if languages differ in it."""
    names = [word for word in token.meanings if word.kind == "month"]
    if not names or token.is_used:
        return None
    names = _in_languages(names, languages)
    if len({(word.calendar, word.value) for word in names}) > 1:
        raise NoDateError(f"{token.text} is not the same month in every language")
    return names[0]


def _in_languages(names: list[Word], languages: Sequence[str]) -> list[Word]:
    """Return the names of the page's languages, or all if none is."""
    spoken = {language.partition("-")[0].lower() for language in languages}
    return [word for word in names if word.language in spoken] or names


def _is_same(tokens: Sequence[Token], last: _NamedMonth, at: int, word: Word) -> bool:
    """Return whether *word* names the month *last* again; raise where it contradicts."""
    if word.calendar != last.calendar:
        return False
    between = tokens[last.stop : at]
    if any(token.number is not None for token in between):
        return False
    if word.value != last.month:
        raise NoDateError("two names of different months")
    return True


def _give_number(tokens: Sequence[Token], at: int, months: list[_NamedMonth]) -> None:
    """Give the number at *at* to the month before it if that lacks one, else to the next."""
    before = [number for number, month in enumerate(months) if month.start < at]
    after = [number for number, month in enumerate(months) if month.start > at]
    for number in (*before[-1:], *after[:1]):
        month = _with_number(tokens, at, months[number])
        if month is not None:
            months[number], tokens[at].is_used = month, True
            return


def _with_number(tokens: Sequence[Token], at: int, month: _NamedMonth) -> _NamedMonth | None:
    """Return *month* with the number at *at* as its day or year; None if it is neither."""
    token = tokens[at]
    number = token.number or 0
    if not token.is_digits and month.calendar != "hebrew":
        return None
    if month.year is None and number in YEARS[month.calendar]:
        return attrs.evolve(month, year=number)
    if token.is_digits and len(token.text) > 2:
        return None
    if month.day is None and number in range(1, 32):
        return attrs.evolve(month, day=number)
    return _with_short_year(month, token, at)


def _with_short_year(month: _NamedMonth, token: Token, at: int) -> _NamedMonth | None:
    """Return *month* with two digits beside it as its year; None if they are none."""
    if at not in {month.stop, month.stop + 1}:
        return None
    if month.year is not None or month.calendar != "gregorian" or len(token.text) != 2:
        return None
    return attrs.evolve(month, year=whole_year(token.number or 0))


def whole_year(digits: int) -> int:
    """Return the full year for one of two digits."""
    return digits + (2000 if digits < _CENTURY else 1900)


def day_of(calendar: Calendar, year: int, month: int, day: int) -> dt.date:
    """Return the Gregorian day, or raise NoDateError if the calendar lacks it."""
    found: dt.date | None = None
    if calendar == "gregorian":
        with suppress(ValueError):
            found = dt.date(year, month, day)
    else:
        found = {"hijri": hijri_day, "jalali": jalali_day, "hebrew": hebrew_day}[calendar](
            year, month, day
        )
    if found is None:
        raise NoDateError(f"there is no {year}-{month:02}-{day:02} ({calendar})")
    return found
