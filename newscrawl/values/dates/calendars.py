"""Days of the Hijri, Jalali and Hebrew calendars as Gregorian days. Nothing here reads text."""

from __future__ import annotations

import datetime as dt
from functools import cache
from itertools import accumulate

from newscrawl.resources import read_lines

UMM_AL_QURA_EPOCH = dt.date(1924, 8, 1)
"""1 Muharram 1343, where the table begins."""
JALALI_EPOCH = dt.date(1799, 3, 21)
"""1 Farvardin 1178."""
_HEBREW_EPOCH = -1373428
"""The day before 1 Tishri of the year 1, as `date.toordinal` counts."""


def hijri_day(year: int, month: int, day: int) -> dt.date | None:
    """Return the day of the Umm al-Qura calendar (AH 1343 to 1500), None where there is none.

    A sighting elsewhere may begin the month a day earlier or later.
    """
    lengths, starts = _umm_al_qura()
    months = lengths.get(year)
    if months is None or not 1 <= month <= 12 or not 1 <= day <= months[month - 1]:
        return None
    return UMM_AL_QURA_EPOCH + dt.timedelta(starts[year] + sum(months[: month - 1]) + day - 1)


@cache
def _umm_al_qura() -> tuple[dict[int, tuple[int, ...]], dict[int, int]]:
    """Return each year's month lengths, and the days between the epoch and its first day."""
    rows = [line.split() for line in read_lines("dates/umm_al_qura.txt")]
    lengths = {int(year): tuple(28 + int(digit) for digit in digits) for year, digits in rows}
    starts = accumulate((sum(months) for months in lengths.values()), initial=0)
    return lengths, dict(zip(lengths, starts, strict=False))


def jalali_day(year: int, month: int, day: int) -> dt.date | None:
    """Return the day of the Jalali calendar (1178 to 1633), None where there is none.

    Within these years the leap years repeat every 33, as Birashk's rule has it (Borkowski,
    "The Persian calendar for 3000 years", 1996).
    """
    if not (1178 <= year <= 1633 and 1 <= month <= 12 and 1 <= day <= 31):
        return None
    leap = _is_jalali_leap(year)
    if day > (31 if month <= 6 else 30 if month <= 11 or leap else 29):
        return None
    past = 365 * (year - 1178) + sum(_is_jalali_leap(y) for y in range(1178, year))
    within = 31 * min(month - 1, 6) + 30 * max(month - 7, 0)
    return JALALI_EPOCH + dt.timedelta(past + within + day - 1)


def _is_jalali_leap(year: int) -> bool:
    return (year * 8 + 29) % 33 < 8


def hebrew_day(year: int, month: int, day: int) -> dt.date | None:
    """Return the day of the Hebrew calendar, None where there is none.

    *month* counts from Tishri (1); 13 is Adar II, 6 is Adar I of a leap year, and 14 a plain
    Adar: 6 in a common year, None in a leap year, where it is a guess. The postponements are
    those of Reingold and Dershowitz, "Calendrical Calculations", chapter 8.
    """
    if not (5300 <= year <= 6000 and 1 <= month <= 14):
        return None
    lengths = _hebrew_months(year)
    if month == 14 and 13 not in lengths:
        month = 6
    order = [1, 2, 3, 4, 5, 6, 13, 7, 8, 9, 10, 11, 12] if 13 in lengths else list(range(1, 13))
    if month not in lengths or not 1 <= day <= lengths[month]:
        return None
    past = sum(lengths[m] for m in order[: order.index(month)])
    return dt.date.fromordinal(_HEBREW_EPOCH + _hebrew_new_year(year) + past + day)


def _hebrew_months(year: int) -> dict[int, int]:
    """Return the length in days of each month of *year*."""
    days = _hebrew_new_year(year + 1) - _hebrew_new_year(year)
    leap = days > 380
    months = {1: 30, 2: 29, 3: 30, 4: 29, 5: 30, 6: 29}
    months |= {7: 30, 8: 29, 9: 30, 10: 29, 11: 30, 12: 29}
    if leap:
        months |= {6: 30, 13: 29}
    if days % 10 == 5:
        months[2] = 30
    elif days % 10 == 3:
        months[3] = 29
    return months


@cache
def _hebrew_new_year(year: int) -> int:
    """Return the days from the epoch to 1 Tishri of *year*."""

    def molad(of: int) -> int:
        months = (235 * of - 234) // 19
        parts = 12084 + 13753 * months
        day = 29 * months + parts // 25920
        return day + 1 if (3 * (day + 1)) % 7 < 3 else day

    before, this, after = molad(year - 1), molad(year), molad(year + 1)
    if after - this == 356:
        return this + 2
    return this + 1 if this - before == 382 else this
