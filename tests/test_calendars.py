"""Days of other calendars, held against the libraries that are trusted with them."""

from __future__ import annotations

import datetime as dt

import hijridate
import jdatetime
import pytest

from newscrawl.values.dates.calendars import hebrew_day, hijri_day, jalali_day


def test_every_day_of_umm_al_qura_is_as_hijridate_says() -> None:
    day, last = dt.date(1924, 8, 1), dt.date(2077, 11, 16)
    while day <= last:
        year, month, of_month = hijridate.Gregorian(*day.timetuple()[:3]).to_hijri().datetuple()
        assert hijri_day(year, month, of_month) == day
        day += dt.timedelta(1)
    assert (year, month, of_month) == (1500, 12, 30)


def test_every_day_of_the_jalali_calendar_is_as_jdatetime_says() -> None:
    day, last = dt.date(1979, 1, 1), dt.date(2039, 12, 31)
    while day <= last:
        theirs = jdatetime.date.fromgregorian(date=day)
        assert jalali_day(theirs.year, theirs.month, theirs.day) == day
        day += dt.timedelta(1)


def test_every_month_of_the_jalali_calendar_begins_as_jdatetime_says() -> None:
    months = [(year, month) for year in range(1178, 1634) for month in range(1, 13)]
    ours = [jalali_day(*month, 1) for month in months]
    assert ours == [jdatetime.date(*month, 1).togregorian() for month in months]


def test_hebrew_days_follow_each_other_and_the_rules_of_the_new_year() -> None:
    """No day is left out or counted twice, and 1 Tishri is no Sunday, Wednesday or Friday."""
    order = (1, 2, 3, 4, 5, 6, 13, 7, 8, 9, 10, 11, 12)
    expected = hebrew_day(5650, 1, 1)
    assert expected is not None
    for year in range(5650, 5851):
        days = [hebrew_day(year, month, day) for month in order for day in range(1, 31)]
        real = [day for day in days if day is not None]
        assert real == [expected + dt.timedelta(n) for n in range(len(real))]
        assert len(real) in {353, 354, 355, 383, 384, 385}
        assert expected.weekday() not in {6, 2, 4}
        expected += dt.timedelta(len(real))


@pytest.mark.parametrize(
    ("year", "month", "day", "want"),
    [
        (5784, 1, 1, "2023-09-16"),
        (5785, 1, 1, "2024-10-03"),
        (5786, 1, 1, "2025-09-23"),
        (5784, 13, 14, "2024-03-24"),
        (5784, 7, 15, "2024-04-23"),
        (5783, 6, 14, "2023-03-07"),
        (5708, 8, 5, "1948-05-14"),
        (5783, 14, 14, "2023-03-07"),
    ],
)
def test_feasts_fall_on_their_days(year: int, month: int, day: int, want: str) -> None:
    assert str(hebrew_day(year, month, day)) == want


@pytest.mark.parametrize(
    "found",
    [
        hijri_day(1445, 13, 1),
        hijri_day(1445, 1, 31),
        hijri_day(1200, 1, 1),
        jalali_day(1402, 12, 30),
        jalali_day(1402, 7, 31),
        jalali_day(900, 1, 1),
        hebrew_day(5785, 13, 1),
        hebrew_day(5784, 14, 1),
        hebrew_day(5785, 2, 31),
        hebrew_day(4000, 1, 1),
    ],
)
def test_day_that_no_calendar_has_is_none(found: dt.date | None) -> None:
    assert found is None
