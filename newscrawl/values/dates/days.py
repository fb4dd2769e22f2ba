"""The day in a printed date's tokens: in numbers or with its month named, in four calendars."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

from newscrawl.values.dates.months import YEARS, PrintedDay, day_of, named_days, whole_year
from newscrawl.values.dates.tokens import NoDateError, SeveralDatesError, Token
from newscrawl.values.dates.words import Calendar

_ROUND_THE_MONTH = 3
"""Most days that two calendars of one text may differ: sightings differ from Umm al-Qura."""
_COUNTERS = {"year": 0, "month": 1, "day": 2}


def take_day(
    tokens: Sequence[Token], languages: Sequence[str], *, month_first: bool | None
) -> dt.date | None:
    """Return the day and mark its tokens as used; None where no whole day is printed.

    A Gregorian day wins over other calendars, which must agree with it. *month_first* orders
    03/04/2026: True is March; None refuses to choose unless the weekday or another calendar
    does. Raises NoDateError if the day does not exist, or there are several.
    """
    printed = _numeric(tokens, languages) + named_days(tokens, languages)
    if not printed:
        return None
    gregorian = [day for day in printed if day.calendar == "gregorian"]
    others = [day for day in printed if day.calendar != "gregorian"]
    candidates = _common(gregorian or others, is_exact=bool(gregorian))
    if gregorian and others:
        candidates = _near(candidates, others)
    return _one_of(tokens, candidates, month_first=month_first)


def _one_of(
    tokens: Sequence[Token], days: tuple[dt.date, ...], *, month_first: bool | None
) -> dt.date:
    """Return the day of *days*, of which there are two if either number may be the month."""
    if len(days) > 1:
        days = _on_weekday(tokens, days)
    if len(days) > 1 and month_first is None:
        raise NoDateError("day and month may be either way round")
    return days[-1] if month_first else days[0]


def _common(printed: Sequence[PrintedDay], *, is_exact: bool) -> tuple[dt.date, ...]:
    """Return the days that all of *printed* agree upon."""
    first, *rest = printed
    if not is_exact:
        return _near(first.days, rest)
    days = tuple(day for day in first.days if all(day in other.days for other in rest))
    if not days:
        raise SeveralDatesError("several days")
    return days


def _near(days: tuple[dt.date, ...], others: Sequence[PrintedDay]) -> tuple[dt.date, ...]:
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


def _numeric(tokens: Sequence[Token], languages: Sequence[str]) -> list[PrintedDay]:
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
) -> PrintedDay:
    """Return the day of three numbers, of both orders where both are days."""
    sign = tokens[at + 1].text
    a, b, c = (int(text) for text in texts)
    widths = tuple(len(text) for text in texts)
    if widths[0] == 4 and max(widths[1:]) <= 2:
        calendar = _calendar_of(tokens, at, a, languages)
        return PrintedDay(calendar, (day_of(calendar, a, b, c),))
    if max(widths[:2]) > 2 or widths[2] not in (2, 4):
        raise NoDateError("three numbers that are no day")
    if widths[2] == 2:
        if sign != "/" and not _has_company(tokens, at, languages):
            raise NoDateError("three small numbers alone: a version, a score, a telephone")
        c = whole_year(c)
    calendar = _calendar_of(tokens, at, c, languages)
    return PrintedDay(calendar, _both_orders(calendar, a, b, c, is_dotted=sign == "."))


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
    """Return the year's calendar: of 13xx and 14xx by a mark, or by the page's language."""
    if year in YEARS["gregorian"]:
        return "gregorian"
    mark = _mark_at(tokens, at + 5) or _mark_at(tokens, at - 1) or _only_mark(tokens)
    if mark is None and languages:
        mark = _calendar_in(languages[0], year)
    if mark in ("hijri", "jalali") and year in YEARS[mark]:
        return "hijri" if mark == "hijri" else "jalali"
    raise NoDateError(f"the year {year} is of no calendar that the text names")


def _calendar_in(language: str, year: int) -> str:
    """Return the calendar of a *year* without a mark, in pages of *language*; "" if unknown."""
    if language[:2] in ("fa", "ps", "tg"):
        return "jalali"
    return "hijri" if language[:2] == "ar" and year > 1410 else ""


def _only_mark(tokens: Sequence[Token]) -> str | None:
    """Return the calendar that the only mark names, in any place (… 22:07 هـ)."""
    marks = {word.value for token in tokens for word in token.meanings if word.kind == "mark"}
    marks.discard("gregorian")
    return str(marks.pop()) if len(marks) == 1 else None


def _mark_at(tokens: Sequence[Token], at: int) -> str | None:
    """Return the calendar that a mark (هـ, ش) at *at* names."""
    word = tokens[at].means("mark") if 0 <= at < len(tokens) else None
    return None if word is None else str(word.value)


_RIGHT_TO_LEFT = re.compile("[\u0590-\u06ff]")
_MONTH_FIRST = frozenset(["en-us", "en-ph", "es-us"])
_YEAR_FIRST = frozenset(["zh", "ja", "ko", "hu", "lt", "mn", "eu"])
"""A year at the end is foreign to these, and so is the order before it (CLDR 45)."""
_AMERICAN_ZONES = frozenset(
    f"America/{city}"
    for city in (
        "New_York",
        "Chicago",
        "Denver",
        "Los_Angeles",
        "Phoenix",
        "Detroit",
        "Anchorage",
    )
) | {"Pacific/Honolulu", "US/Eastern", "US/Central", "US/Mountain", "US/Pacific"}
_EITHER_WAY_ZONES = frozenset(
    f"America/{city}" for city in ("Toronto", "Vancouver", "Montreal", "Halifax", "Winnipeg")
) | {"UTC", "Asia/Manila"}
"""Canada and the Philippines write both, and UTC is nowhere."""


def is_month_first(text: str, zone: str | None, languages: Sequence[str]) -> bool | None:
    """Return whether 03/04/2026 is March: so in the United States, nowhere else.

    None where that is not known: no language, English of no region, or a language that writes
    the year first. Text in Arabic or Hebrew letters, or Arabic digits, puts the day first.
    """
    if _RIGHT_TO_LEFT.search(text):
        return False
    spoken = [language.lower().replace("_", "-") for language in languages]
    if any(language in _MONTH_FIRST for language in spoken):
        return True
    if not spoken or spoken[0] == "en":
        return _is_american(zone)
    return None if spoken[0].partition("-")[0] in _YEAR_FIRST or spoken[0] == "en-ca" else False


def _is_american(zone: str | None) -> bool | None:
    """Return whether *zone* is American; None if its dates are of either kind."""
    return None if zone is None or zone in _EITHER_WAY_ZONES else zone in _AMERICAN_ZONES
