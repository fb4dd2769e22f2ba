"""The day in a printed date's tokens: in numbers or with its month named, in four calendars."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from contextlib import suppress

import attrs

from newscrawl.calendars import hebrew_day, hijri_day, jalali_day
from newscrawl.date_clock import NoDateError
from newscrawl.date_tokens import Token
from newscrawl.date_words import Calendar, Word

_YEARS = {
    "gregorian": range(1600, 2101),
    "jalali": range(1200, 1501),
    "hijri": range(1300, 1501),
    "hebrew": range(5650, 5851),
}
_CENTURY = 70
"""A year of two digits below this is of 2000, as POSIX has it (69 is 1969 there, too)."""
_ROUND_THE_MONTH = 3
"""How many days two calendars of one text may disagree: sightings differ from Umm al-Qura."""
_COUNTERS = {"year": 0, "month": 1, "day": 2}


class SeveralDatesError(NoDateError):
    """The text states several days, and none of them first."""


@attrs.frozen
class Printed:
    """A day as printed."""

    calendar: Calendar
    days: tuple[dt.date, ...]
    """As Gregorian days: two where day and month may be either way round, day first."""


@attrs.define
class _Named:
    """A named month and the numbers found for it."""

    start: int
    stop: int
    calendar: Calendar
    month: int
    day: int | None = None
    year: int | None = None


def take_day(
    tokens: Sequence[Token], languages: Sequence[str], *, month_first: bool | None
) -> dt.date | None:
    """Return the day and mark its tokens as used; None where no whole day is printed.

    A Gregorian day wins over other calendars, which must agree with it. *month_first* orders
    03/04/2026: True is March; None refuses to choose unless the weekday or another calendar
    does. Raise NoDateError for a day that does not exist, or for several days.
    """
    printed = _numeric(tokens, languages) + _with_names(tokens, languages)
    if not printed:
        return None
    gregorian = [day for day in printed if day.calendar == "gregorian"]
    others = [day for day in printed if day.calendar != "gregorian"]
    candidates = _common(gregorian or others, is_exact=bool(gregorian))
    if gregorian and others:
        candidates = _near(candidates, others)
    if len(candidates) > 1:
        candidates = _on_weekday(tokens, candidates)
    if len(candidates) > 1 and month_first is None:
        raise NoDateError("day and month may be either way round")
    return candidates[-1] if month_first else candidates[0]


def _common(printed: Sequence[Printed], *, is_exact: bool) -> tuple[dt.date, ...]:
    """Return the days that all of *printed* agree upon."""
    first, *rest = printed
    if not is_exact:
        return _near(first.days, rest)
    days = tuple(day for day in first.days if all(day in other.days for other in rest))
    if not days:
        raise SeveralDatesError("several days")
    return days


def _near(days: tuple[dt.date, ...], others: Sequence[Printed]) -> tuple[dt.date, ...]:
    """Return those of *days* that every other calendar's day is near."""
    near = tuple(
        day
        for day in days
        if all(abs((day - other.days[0]).days) <= _ROUND_THE_MONTH for other in others)
    )
    if not near:
        raise SeveralDatesError("the calendars of the text do not agree")
    return near


def _on_weekday(tokens: Sequence[Token], days: tuple[dt.date, ...]) -> tuple[dt.date, ...]:
    """Return those of *days* that fall on a weekday printed with them; all where none does."""
    printed = {word.value for t in tokens for word in t.meanings if word.kind == "weekday"}
    return tuple(day for day in days if day.weekday() in printed) or days


def day_of(calendar: Calendar, year: int, month: int, day: int) -> dt.date:
    """Return the Gregorian day, or raise NoDateError where the calendar has none such."""
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


# --- in numbers ------------------------------------------------------------------------------


def _numeric(tokens: Sequence[Token], languages: Sequence[str]) -> list[Printed]:
    """Take each `11/02/2016`, `2016-02-11`, `11.2.16` and `2016年2月11日`."""
    found = []
    for at in range(len(tokens) - 4):
        numbers = tokens[at], tokens[at + 2], tokens[at + 4]
        if not all(token.is_free_number and token.is_digits for token in numbers):
            continue
        is_counted = _is_counted(tokens, at)
        if not is_counted and not _is_separated(tokens, at):
            continue
        texts = [token.text for token in numbers]
        found.append(_three(tokens, at, texts, languages))
        for token in tokens[at : at + 5 + is_counted]:
            token.is_used = True
    return found


def _is_counted(tokens: Sequence[Token], at: int) -> bool:
    """Return whether the numbers at *at* are year, month and day by the words behind them."""
    behind = [token.means("clock") for token in tokens[at + 1 : at + 6 : 2]]
    return [word.value for word in behind if word] == list(_COUNTERS)


def _is_separated(tokens: Sequence[Token], at: int) -> bool:
    """Return whether one sign, twice, parts three numbers, and not a fourth."""
    sign = tokens[at + 1].text
    if sign not in "/-." or tokens[at + 3].text != sign:
        return False
    for side, beyond in ((at - 1, at - 2), (at + 5, at + 6)):
        if beyond < 0 or beyond >= len(tokens) or tokens[side].text != sign:
            continue
        if tokens[beyond].is_free_number:
            raise NoDateError("more numbers than a day has: an address, a version, a telephone")
    return True


def _three(
    tokens: Sequence[Token], at: int, texts: Sequence[str], languages: Sequence[str]
) -> Printed:
    """Return the day of three numbers, of both orders where both are days."""
    sign = tokens[at + 1].text
    a, b, c = (int(text) for text in texts)
    widths = tuple(len(text) for text in texts)
    if widths[0] == 4 and max(widths[1:]) <= 2:
        calendar = _calendar_of(tokens, at, a, languages)
        return Printed(calendar, (day_of(calendar, a, b, c),))
    if max(widths[:2]) > 2 or widths[2] not in (2, 4):
        raise NoDateError("three numbers that are no day")
    if widths[2] == 2:
        if sign != "/" and not _has_company(tokens, at, languages):
            raise NoDateError("three small numbers alone: a version, a score, a telephone")
        c = c + (2000 if c < _CENTURY else 1900)
    calendar = _calendar_of(tokens, at, c, languages)
    return Printed(calendar, _both_orders(calendar, a, b, c, is_dotted=sign == "."))


def _both_orders(
    calendar: Calendar, a: int, b: int, year: int, *, is_dotted: bool
) -> tuple[dt.date, ...]:
    """Return the readings, day first before month first; dots are never month first."""
    if calendar != "gregorian" or is_dotted or a == b or a > 12:
        return (day_of(calendar, year, b, a),)
    if b > 12:
        return (day_of(calendar, year, a, b),)
    return day_of(calendar, year, b, a), day_of(calendar, year, a, b)


def _has_company(tokens: Sequence[Token], at: int, languages: Sequence[str]) -> bool:
    """Return whether a time, a weekday, a label or the page's language speaks for a date."""
    others = [*tokens[:at], *tokens[at + 5 :]]
    return bool(languages) or any(
        token.is_used or token.means("weekday") or token.means("label") for token in others
    )


def _calendar_of(
    tokens: Sequence[Token], at: int, year: int, languages: Sequence[str]
) -> Calendar:
    """Return whose year it is: 13xx and 14xx are told by a mark, or by the page's language."""
    if year in _YEARS["gregorian"]:
        return "gregorian"
    mark = _mark_at(tokens, at + 5) or _mark_at(tokens, at - 1)
    if mark is None and languages:
        persian = languages[0][:2] in ("fa", "ps", "tg")
        mark = (
            "jalali" if persian else "hijri" if languages[0][:2] == "ar" and year > 1410 else ""
        )
    if mark in ("hijri", "jalali") and year in _YEARS[mark]:
        return "hijri" if mark == "hijri" else "jalali"
    raise NoDateError(f"the year {year} is of no calendar that the text names")


def _mark_at(tokens: Sequence[Token], at: int) -> str | None:
    """Return the calendar that a mark (هـ, ش) at *at* names."""
    word = tokens[at].means("mark") if 0 <= at < len(tokens) else None
    return None if word is None else str(word.value)


# --- with the month named --------------------------------------------------------------------


def _with_names(tokens: Sequence[Token], languages: Sequence[str]) -> list[Printed]:
    """Take each day with a named month, the words of it in any order."""
    months = _named_months(tokens, languages)
    if not months or (all(_is_rather(tokens, m.start) for m in months) and _is_span(tokens)):
        return []
    for at, token in enumerate(tokens):
        if token.is_free_number:
            _give(tokens, at, months)
    printed = [
        Printed(month.calendar, (day_of(month.calendar, month.year, month.month, month.day),))
        for month in months
        if month.year is not None and month.day is not None
    ]
    if not printed:
        raise NoDateError("a month without a year or without a day")
    return printed


def _named_months(tokens: Sequence[Token], languages: Sequence[str]) -> list[_Named]:
    """Return the months named; two names of one month side by side are one (حزيران / يونيو)."""
    words = ((at, _month_word(token, languages)) for at, token in enumerate(tokens))
    names = [(at, word) for at, word in words if word is not None]
    sure = [(at, word) for at, word in names if not _is_rather(tokens, at)]
    found: list[_Named] = []
    for at, word in sure or names[:1]:
        last = found[-1] if found else None
        if last is not None and _is_same(tokens, last, at, word):
            last.stop = at + 1
        else:
            found.append(_Named(at, at + 1, word.calendar, int(word.value)))
    return found


def _is_span(tokens: Sequence[Token]) -> bool:
    """Return whether a unit of time is among the words: `3 hours ago` is not in August."""
    return any(token.means("unit") for token in tokens)


def _is_rather(tokens: Sequence[Token], at: int) -> bool:
    """Return whether a month's name may be a weekday (mar., mardi) or a past (ago)."""
    return tokens[at].means("weekday") is not None or tokens[at].means("past") is not None


def _month_word(token: Token, languages: Sequence[str]) -> Word | None:
    """Return the month that *token* names; raise NoDateError where languages differ in it."""
    names = [word for word in token.meanings if word.kind == "month"]
    if not names or token.is_used:
        return None
    spoken = {language.partition("-")[0].lower() for language in languages}
    names = [word for word in names if word.language in spoken] or names
    if len({(word.calendar, word.value) for word in names}) > 1:
        raise NoDateError(f"{token.text} is not the same month in every language")
    return names[0]


def _is_same(tokens: Sequence[Token], last: _Named, at: int, word: Word) -> bool:
    """Return whether *word* names the month *last* again; raise where it contradicts."""
    if word.calendar != last.calendar:
        return False
    between = tokens[last.stop : at]
    if any(token.number is not None for token in between):
        return False
    if word.value != last.month:
        raise NoDateError("two names of different months")
    return True


def _give(tokens: Sequence[Token], at: int, months: Sequence[_Named]) -> None:
    """Give the number to the month before it that lacks it, or else to the one behind."""
    token = tokens[at]
    before = next((month for month in reversed(months) if month.start < at), None)
    behind = next((month for month in months if month.start > at), None)
    for month in (before, behind):
        if month is not None and _fits(tokens, at, month):
            token.is_used = True
            return


def _fits(tokens: Sequence[Token], at: int, month: _Named) -> bool:
    """Take the number at *at* as the day or the year of *month*, where it can be that."""
    token = tokens[at]
    number = token.number or 0
    is_letters = not token.is_digits
    if is_letters and month.calendar != "hebrew":
        return False
    if number in _YEARS[month.calendar] and month.year is None:
        month.year = number
        return True
    small = len(token.text) <= 2 or is_letters
    if small and month.day is None and 1 <= number <= 31:
        month.day = number
        return True
    if small and month.year is None and month.calendar == "gregorian" and at - month.stop <= 1:
        month.year = number + (2000 if number < _CENTURY else 1900)
        return len(token.text) == 2
    return False
