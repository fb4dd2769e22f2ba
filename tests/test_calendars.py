"""Days of other calendars, held against the libraries that are trusted with them."""

from __future__ import annotations

import datetime as dt

import hijridate
import jdatetime
import pytest

from newscrawl.calendars import hebrew_day, hijri_day, jalali_day


def test_every_month_of_umm_al_qura_begins_as_hijridate_says() -> None:
    months = [(year, month) for year in range(1343, 1501) for month in range(1, 13)]
    ours = [hijri_day(*month, 1) for month in months]
    assert ours == [
        dt.date(*hijridate.Hijri(*month, 1).to_gregorian().datetuple()) for month in months
    ]


def test_every_month_of_the_jalali_calendar_begins_as_jdatetime_says() -> None:
    months = [(year, month) for year in range(1178, 1634) for month in range(1, 13)]
    ours = [jalali_day(*month, 1) for month in months]
    assert ours == [jdatetime.date(*month, 1).togregorian() for month in months]


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
        hebrew_day(5785, 2, 31),
        hebrew_day(4000, 1, 1),
    ],
)
def test_day_that_no_calendar_has_is_none(found: dt.date | None) -> None:
    assert found is None
