"""Printed dates become moments, or None with a reason; never a wrong date."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newscrawl.resources import read_toml
from newscrawl.values.dates import (
    ParsedDate,
    dates_in,
    may_state_change,
    parse_date,
    why_not_a_date,
)

NOW = dt.datetime(2026, 3, 10, 15, 30, tzinfo=dt.UTC)
PRINTED = [
    line.split("\t")
    for line in Path(__file__).with_name("printed_dates.tsv").read_text("utf-8").splitlines()
    if not line.startswith("#")
]
CORPUS = os.environ.get("NEWSCRAWL_CORPUS")

READ = {
    # Gulf, Egypt, Levant, Maghreb, Morocco, Mauritania
    "1 يناير 2024": "2024-01-01",
    "٧ فبراير ٢٠٢٣": "2023-02-07",
    "20 مارس 2020": "2020-03-20",
    "5 ابريل 2021": "2021-04-05",
    "9 إبريل 2021": "2021-04-09",
    "30 يونية 2013": "2013-06-30",
    "23 يوليه 1952": "1952-07-23",
    "6 اغسطس 2022": "2022-08-06",
    "10 أوكتوبر 2021": "2021-10-10",
    "14 كانون الثاني 2024": "2024-01-14",
    "14 كانون ثاني 2024": "2024-01-14",
    "22 شباط 2019": "2019-02-22",
    "8 آذار 2011": "2011-03-08",
    "1 أيار 2020": "2020-05-01",
    "28 تموز 2018": "2018-07-28",
    "11 أيلول 2001": "2001-09-11",
    "3 تشرين أول 2020": "2020-10-03",
    "29 تشرين الثاني 2015": "2015-11-29",
    "2 جانفي 2020": "2020-01-02",
    "14 فيفري 2021": "2021-02-14",
    "1 ماي 2022": "2022-05-01",
    "5 جويلية 1962": "1962-07-05",
    "20 غشت 2021": "2021-08-20",
    "30 يوليوز 2019": "2019-07-30",
    "16 نونبر 2020": "2020-11-16",
    "تموز / يوليو 5، 2016": "2016-07-05",
    "26 يونيو/حزيران 2016": "2016-06-26",
    "2016 فبراير 11": "2016-02-11",
    "الأحد، 3 مارس 2024": "2024-03-03",
    "نُشر في: 12 مايو 2021": "2021-05-12",
    "آخر تحديث: 12 مايو 2021 الساعة 9 مساءً": "2021-05-12T21:00",
    "الجمعة 1 ديسمبر 2023 - 12:05 ص": "2023-12-01T00:05",
    "10:30 صباحا | 2 يونيو 2020": "2020-06-02T10:30",
    "السبت ١٨ نوفمبر ٢٠٢٣ ٠٥:٠٧ مساءً": "2023-11-18T17:07",
    "18/11/2023": "2023-11-18",
    "٠٣/٠٤/٢٠٢٥": "2025-04-03",
    "2023/11/18 - 09:15": "2023-11-18T09:15",
    "18-11-2023 09:15:42": "2023-11-18T09:15:42",
    # other calendars
    "1 محرم 1445 هـ": "2023-07-19",
    "9 ذو الحجة 1444هـ": "2023-06-27",
    "12 ربيع الأول 1446": "2024-09-15",
    "27 رجب 1445 هـ الموافق 8 فبراير 2024": "2024-02-08",
    "۱۳ مرداد ۱۴۰۲": "2023-08-04",
    "شنبه ۱ فروردین ۱۳۹۹ ساعت ۰۸:۳۰": "2020-03-20T08:30",
    "۱۴۰۲/۰۵/۱۳ شمسی": "2023-08-04",
    'ט"ו בניסן תשפ"ד': "2024-04-23",
    "3 באוקטובר 2023 בשעה 14:20": "2023-10-03T14:20",
    "15 جولائی 2022": "2022-07-15",
    # other languages
    "March 5, 2024": "2024-03-05",
    "5 March 2024 at 3:45 pm": "2024-03-05T15:45",
    "Tuesday, Mar. 5, 2024 9 am": "2024-03-05T09:00",
    "Oct. 11, 2024, 6:18 p.m. EDT": "2024-10-11T18:18",
    "Oct. 11, 2024, 6:18 p.m., PST": "2024-10-11T18:18",
    "Oct. 11, 2024 at 6:18 p.m. (GMT)": "2024-10-11T18:18",
    "Published on Sept 1st, 2023": "2023-09-01",
    "publié le 1er mai 2021 à 14h05": "2021-05-01T14:05",
    "mercredi 3 août 2022": "2022-08-03",
    "5. März 2024, 14:05 Uhr": "2024-03-05T14:05",
    "05.03.2024": "2024-03-05",
    "3 de febrero de 2021": "2021-02-03",
    "12 grudnia 2020": "2020-12-12",
    "7 ноября 2019 г.": "2019-11-07",
    "12 mai 24": "2024-05-12",
    # machines
    "2024-03-05": "2024-03-05",
    "20240305": "2024-03-05",
    "2024-03-05T10:00:00.123Z": "2024-03-05T10:00",
    "2024-03-05 10:00:00 +0100": "2024-03-05T10:00",
    "Tue, 05 Mar 2024 10:00:07 GMT": "2024-03-05T10:00:07",
    # before now
    "منذ 5 دقائق": "2026-03-10T15:25",
    "قبل ساعتين": "2026-03-10T13:30",
    "منذ ساعة و 20 دقيقة": "2026-03-10T14:10",
    "منذ يومين": "2026-03-08",
    "قبل ثلاثة أيام": "2026-03-07",
    "منذ أسبوعين": "2026-02-24",
    "منذ شهر": "2026-02-10",
    "قبل عامين": "2024-03-10",
    "أمس": "2026-03-09",
    "أمس الساعة 10:20": "2026-03-09T10:20",
    "أول أمس": "2026-03-08",
    "۳ ساعت پیش": "2026-03-10T12:30",
    "לפני שעתיים": "2026-03-10T13:30",
    "3 hours ago": "2026-03-10T12:30",
    "il y a 2 jours": "2026-03-08",
    "vor 3 Stunden": "2026-03-10T12:30",
}
UNREADABLE = (
    "",
    "10",
    "2016",
    "؟؟؟",
    "الأحد",
    "المغرب اليوم",
    "14:05",
    "11 فبراير",
    "مارس 2024",
    "1.2.3.4",
    "10.0.12.2024",
    "3-1",
    "0522-123-456",
    "1,250,000",
    "31 فبراير 2024",
    "2024-02-30",
    "0001-01-01",
    "9999-12-31",
    "1970-01-01T00:00:00Z",
    "03/04/2026",
    "1445/03/05",
    "قال الرئيس إن بلاده ستشارك في القمة المقررة يوم 3 مارس 2024 في الرباط مع الوزراء",
    "في عام 2011 شارك 30 ألف متفرج",
    "12 مايو 2035",
    "? " * 1500,
    "9" * 5000,
)


def shown(date: ParsedDate | None) -> str | None:
    """The date in the form of this page's tables."""
    if date is None:
        return None
    if date.precision == "day":
        return date.value.isoformat()
    return date.value.strftime("%Y-%m-%dT%H:%M" + (":%S" if date.precision == "second" else ""))


@pytest.mark.parametrize(("raw", "want"), READ.items(), ids=READ)
def test_printed_date_is_read(raw: str, want: str) -> None:
    assert shown(parse_date(raw, page_time=NOW)) == want
    assert why_not_a_date(raw, page_time=NOW) is None


@pytest.mark.parametrize("raw", UNREADABLE, ids=range(len(UNREADABLE)))
def test_what_is_no_date_is_none_with_a_reason(raw: str) -> None:
    assert parse_date(raw, page_time=NOW) is None
    assert why_not_a_date(raw, page_time=NOW)


@pytest.mark.parametrize(("want", "raw"), PRINTED, ids=range(len(PRINTED)))
def test_form_of_a_news_site_is_read_or_refused(want: str, raw: str) -> None:
    date = parse_date(raw, page_time=NOW)
    assert (shown(date) or "none") == want
    assert (why_not_a_date(raw, page_time=NOW) is None) == (date is not None)


@pytest.mark.parametrize(
    ("raw", "want"),
    [
        ("\u200f7 أكتوبر\u200f 2023", "2023-10-07"),
        ("\u202b٧ أكتوبر ٢٠٢٣\u202c", "2023-10-07"),
        ("سه\u200cشنبه ۳ تیر ۱۳۹۹ - ۱۰:۴۵", "2020-06-23T10:45"),
        ("سه شنبه ۳ تیر ۱۳۹۹", "2020-06-23"),
        ("7\u00a0أكتوبر\u202f2023", "2023-10-07"),
        ("\U0001f552 7 أكتوبر 2023", "2023-10-07"),
        ("7 أكت\u0640\u0640\u0640وبر 2023", "2023-10-07"),
        ("7 أُكتُوبر 2023", "2023-10-07"),
        ("\u0667\u2010\u0661\u0660\u2010\u0662\u0660\u0662\u0663", "2023-10-07"),
        ("\n\t 7 أكتوبر \n 2023 \n", "2023-10-07"),
    ],
)
def test_invisible_characters_change_nothing(raw: str, want: str) -> None:
    assert shown(parse_date(raw, page_time=NOW)) == want


def test_relative_date_needs_the_time_of_the_page() -> None:
    assert parse_date("منذ ساعة") is None
    assert "not known" in str(why_not_a_date("منذ ساعة"))


def test_future_is_refused_but_not_the_clocks_of_two_zones() -> None:
    assert why_not_a_date("13 مارس 2026", page_time=NOW) == "in the future of the page"
    assert shown(parse_date("11 مارس 2026", page_time=NOW)) == "2026-03-11"


@pytest.mark.parametrize(
    ("raw", "zone", "value", "origin"),
    [
        ("5 مارس 2024 10:00", None, "2024-03-05T10:00:00+00:00", "guessed"),
        ("5 مارس 2024 10:00", "Africa/Cairo", "2024-03-05T10:00:00+02:00", "site"),
        (
            "5 مارس 2024 10:00 بتوقيت القدس",
            "Africa/Cairo",
            "2024-03-05T10:00:00+02:00",
            "stated",
        ),
        ("5 مارس 2024 10:00 بتوقيت مكة المكرمة", None, "2024-03-05T10:00:00+03:00", "stated"),
        (
            "5 مارس 2024 10:00 بتوقيت غرينتش",
            "Asia/Dubai",
            "2024-03-05T10:00:00+00:00",
            "stated",
        ),
        ("GMT 10:00 2024 5 مارس", "Asia/Dubai", "2024-03-05T10:00:00+00:00", "stated"),
        ("March 5, 2024 10:00 AM GMT+3", None, "2024-03-05T10:00:00+03:00", "stated"),
        ("May 9, 2022 at 3:45 pm EDT", None, "2022-05-09T15:45:00-04:00", "stated"),
        ("2024-03-05T10:00:00", "Africa/Casablanca", "2024-03-05T10:00:00+01:00", "site"),
        ("2024-03-05T10:00:00-0500", "Asia/Dubai", "2024-03-05T10:00:00-05:00", "stated"),
    ],
)
def test_zone_is_stated_or_the_sites_or_guessed(
    raw: str, zone: str | None, value: str, origin: str
) -> None:
    date = parse_date(raw, zone=zone)
    assert date is not None
    assert (date.value.isoformat(), date.zone_origin) == (value, origin)


def test_code_of_two_zones_is_the_sites_own() -> None:
    raw = "May 9, 2022 10:00 IST"
    indian = parse_date(raw, zone="Asia/Kolkata")
    assert indian is not None
    assert (indian.zone, indian.zone_origin) == ("+05:30", "stated")
    unknown = parse_date(raw)
    assert unknown is not None
    assert (unknown.zone, unknown.zone_origin) == ("UTC", "guessed")


def test_zone_that_is_none_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="no time zone is named 'Asia/Mecca'"):
        parse_date("5 مارس 2024 10:00", zone="Asia/Mecca")


def test_time_that_the_clocks_skipped_is_the_one_they_showed() -> None:
    date = parse_date("31 March 2024 02:30", zone="Europe/Paris")
    assert date is not None
    assert date.value.isoformat() == "2024-03-31T03:30:00+02:00"


def test_hours_are_counted_over_a_change_of_clocks() -> None:
    page_time = dt.datetime(2024, 3, 31, 6, 0, tzinfo=dt.UTC)
    date = parse_date("6 hours ago", page_time=page_time, zone="Europe/Paris")
    assert date is not None
    assert date.value == page_time - dt.timedelta(hours=6)
    assert date.zone == "Europe/Paris"


def test_today_is_the_day_at_the_site() -> None:
    late = dt.datetime(2026, 3, 10, 22, 30, tzinfo=dt.UTC)
    assert shown(parse_date("اليوم", page_time=late, zone="Asia/Riyadh")) == "2026-03-11"
    assert shown(parse_date("اليوم", page_time=late)) == "2026-03-10"


@pytest.mark.parametrize(
    ("raw", "languages", "want"),
    [
        ("5 listopada 2020", ("pl",), "2020-11-05"),
        ("5 listopada 2020", ("hr",), "2020-10-05"),
        ("5 listopada 2020", (), None),
        ("1445/03/05", ("ar",), "2023-09-20"),
        ("1402/05/13", ("ar",), None),
        ("22.04.10", (), None),
        ("22.04.10", ("de",), "2010-04-22"),
        ("03/04/2026", ("ja",), None),
        ("03.04.2026", ("en",), "2026-04-03"),
        ("03/04/2026", ("en-GB",), "2026-04-03"),
        ("03/04/2026", ("en-CA",), None),
    ],
)
def test_languages_decide_what_the_text_leaves_open(
    raw: str, languages: tuple[str, ...], want: str | None
) -> None:
    page_time = NOW + dt.timedelta(days=90)
    assert shown(parse_date(raw, languages=languages, page_time=page_time)) == want


@pytest.mark.parametrize("raw", ["الجمعة 03/04/2026", "03/04/2026 - 15 شوال 1447"])
def test_weekday_and_other_calendar_order_day_and_month(raw: str) -> None:
    latin = raw.replace("الجمعة", "Friday")
    page_time = NOW + dt.timedelta(days=90)
    date = parse_date(latin, languages=("en-US",), page_time=page_time)
    assert shown(date) == "2026-04-03"


def test_grammar_never_loads_dateparser() -> None:
    code = (
        "import sys; from newscrawl.values.dates import parse_date;"
        "parse_date('5 مارس 2024'); parse_date('قال'); print('dateparser' in sys.modules)"
    )
    out = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert out.stdout.strip() == "False"


@pytest.mark.parametrize(
    ("zone", "languages", "want"),
    [
        (None, ("ar",), "2026-04-03"),
        (None, ("fr",), "2026-04-03"),
        (None, ("en",), None),
        (None, ("en-US",), "2026-03-04"),
        ("America/New_York", ("en",), "2026-03-04"),
        ("Europe/London", ("en",), "2026-04-03"),
        ("America/Sao_Paulo", ("pt-BR",), "2026-04-03"),
        ("America/Sao_Paulo", (), "2026-04-03"),
        ("America/Toronto", ("en",), None),
        ("Asia/Riyadh", ("en-US",), "2026-03-04"),
    ],
)
def test_order_of_day_and_month_is_the_readers(
    zone: str | None, languages: tuple[str, ...], want: str | None
) -> None:
    assert shown(parse_date("03/04/2026", zone=zone, languages=languages)) == want


def test_numeric_year_of_a_persian_page_is_jalali() -> None:
    assert shown(parse_date("1402/05/13", languages=("fa",))) == "2023-08-04"


def test_language_without_words_of_ours_is_read_by_dateparser() -> None:
    assert shown(parse_date("5 მარტი 2024", languages=("ka",))) == "2024-03-05"
    assert parse_date("5 მარტი", languages=("ka",)) is None
    assert parse_date("10", languages=("ka",)) is None


@pytest.mark.skipif(not CORPUS, reason="NEWSCRAWL_CORPUS names no folder of saved pages")
def test_dates_of_the_corpus() -> None:
    lines = Path(str(CORPUS), "dates.jsonl").read_text("utf-8").splitlines()
    cases = [json.loads(line) for line in lines]
    clock = {"relative": NOW}
    read = {
        c["text"]: shown(parse_date(c["text"], page_time=clock.get(c["shape"]))) for c in cases
    }
    assert read == {case["text"]: case["want"] for case in cases}


PIECES = st.sampled_from(sorted({word for _, raw in PRINTED for word in raw.split()}))
TEXTS = st.text(max_size=300) | st.lists(PIECES, max_size=12).map(" ".join)


@given(TEXTS, st.sampled_from([None, NOW]), st.sampled_from([(), ("ar",), ("en-US",), ("fa",)]))
def test_any_text_is_a_sane_date_or_has_a_reason(
    raw: str, page_time: dt.datetime | None, languages: tuple[str, ...]
) -> None:
    date = parse_date(raw, page_time=page_time, languages=languages)
    reason = why_not_a_date(raw, page_time=page_time, languages=languages)
    assert (date is None) == bool(reason)
    if date is not None:
        assert 1605 <= date.value.year <= 2100
        is_moment = isinstance(date.value, dt.datetime)
        assert is_moment == (date.precision != "day") == (date.zone is not None)


@given(
    st.dates(dt.date(1700, 1, 1), dt.date(2099, 12, 31)).filter(
        lambda day: (day.month, day.day) not in {(1, 1), (12, 30), (12, 31)}
    )
)
def test_every_day_is_read_back_from_its_iso_form(day: dt.date) -> None:
    date = parse_date(day.isoformat())
    assert date is not None
    assert date.value == day


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("Ann Lee / 7 May 2026 / 09:30", [("", "2026-05-07 09:30")]),
        (
            "By Ann on 3 March 2026, updated 4 March 2026",
            [("", "2026-03-03"), ("updated", "2026-03-04")],
        ),
        ("Posted on 3 May 2026 by Olga, 12 comments", [("published", "2026-05-03")]),
        ("3 May 2026 12 comments", [("", "2026-05-03")]),
        ("February 4, 2026 - 11 minutes", [("", "2026-02-04")]),
        ("Date: 16-19 March 2026", []),
        ("Version 3, 29", []),
        ("Fogo 14.-20. Januar", []),
        ("Ann Lee and Bob Ray", []),
    ],
)
def test_dates_in_a_line_that_says_more(line: str, found: list[tuple[str, str]]) -> None:
    assert [(label, str(date.value)[:16]) for label, date in dates_in(line)] == found


def test_cheap_test_lets_every_label_of_a_change_pass() -> None:
    labels = read_toml("dates/date_words")["labels"]["updated"]
    lines = [f"{label} 4/3/2026 – 10:30" for label in (*labels, *map(str.upper, labels))]
    labelled = [line for line in lines if "updated" in dict(dates_in(line, languages=["de"]))]
    assert len(labelled) > len(labels)
    assert all(map(may_state_change, labelled))
    assert not may_state_change("2026-03-04T10:30:00+03:00")
    assert not may_state_change("4 March 2026, 10:30 GMT")


@pytest.mark.parametrize(
    ("raw", "hours"),
    [
        ("Oct. 11, 2024, 6:18 p.m. EDT", -4),
        ("Oct. 11, 2024, 6:18 p.m., PST", -8),
        ("Oct. 11, 2024, 6:18 a.m. ET", -4),
        ("Oct. 11, 2024 at 6:18 p.m. (GMT)", 0),
    ],
)
def test_zone_behind_a_dotted_half_of_the_day_is_read(raw: str, hours: int) -> None:
    date = parse_date(raw)
    assert date is not None
    assert isinstance(date.value, dt.datetime)
    assert date.value.utcoffset() == dt.timedelta(hours=hours)
    assert date.zone_origin == "stated"
