"""Days of publication in forms of many countries, and days of events, issues and defaults."""

from __future__ import annotations

import datetime as dt

import pytest

from newscrawl import Article, Page, extract

HEADLINE = "The old ferry leaves the harbour for the last time"
BODY = "".join(
    f"<p>The {name} told the meeting that the crossing would be missed by everyone, and that"
    " nothing had been decided about the small boats and the pier yet.</p>"
    for name in ("pilot", "mayor", "harbour master", "baker", "oldest passenger")
)


def article(
    head: str, *, lang: str = "en", meta: str = "", body: str = BODY, path: str = "/a"
) -> Article:
    html = (
        f"<html lang={lang}><head><meta charset=utf-8>{meta}</head><body><article>"
        f"<h1>{HEADLINE}</h1>{head}{body}</article></body></html>"
    )
    return extract(Page(url=f"https://news.example{path}", body=html.encode()))


def day_of(value: dt.datetime | dt.date | None) -> dt.date | None:
    return value.date() if isinstance(value, dt.datetime) else value


@pytest.mark.parametrize(
    ("lang", "line"),
    [
        ("en", "Tue 3 Nov 2026 09.00 GMT"),
        ("en", "Tue., Nov 3, 2026 timer 4 min. read"),
        ("en", "<span>by Ann Lee</span><span>November 3, 2026</span>"),
        ("en", "This article was first published on 3 November 2026 and updated on 6 May 2027"),
        ("ar", "السنة الثانية والعشرون - العدد: 7812 - الثلاثاء 3 نوفمبر 2026"),
        ("ar", "العدد 7812 الثلاثاء 3 تشرين الثاني 2026"),
        ("ja", "令和8年11月3日"),
        ("ja", "公開日 2026.11.03 更新日 2026.11.04"),
        ("zh", "发布时间：2026-11-03 更新时间：2026-11-04"),
        ("fr", "Jean Dupont, avec Zoé Martin - Publié le 3 novembre 2026 à 14:20"),
    ],
)
def test_day_between_headline_and_text_is_read(lang: str, line: str) -> None:
    found = article(f"<div>{line}</div>", lang=lang)
    assert day_of(found.date_published) == dt.date(2026, 11, 3)


@pytest.mark.parametrize(
    ("lang", "line", "time"),
    [
        ("he", "מאת: דנה לוי ורון כהן 03.11.26 | 14:22", dt.time(14, 22)),
        ("ru", "3 ноября 2026, 12:44 Автор: Иван Петров, специальный корреспондент", None),
        ("pt-BR", "03/11/2026 05h01 Atualizado há 2 horas", dt.time(5, 1)),
        ("en", "Tuesday 3 November 2026 · 14:20 · Reading time 3 min", dt.time(14, 20)),
        ("fa", "شناسه خبر: 123456 | سه‌شنبه 12 آبان 1405 | 14:20", dt.time(14, 20)),
    ],
)
def test_time_beside_the_day_is_read(lang: str, line: str, time: dt.time | None) -> None:
    found = article(f"<div>{line}</div>", lang=lang).date_published
    assert isinstance(found, dt.datetime)
    assert (found.date(), found.time()) == (dt.date(2026, 11, 3), time or dt.time(12, 44))


@pytest.mark.parametrize(
    ("lang", "head"),
    [
        ("en", "<div><h4>When</h4><p>3 November 2026, 7 pm</p></div>"),
        ("en", "<p>Concert: Tuesday 3 November 2026, Old Pier Hall</p>"),
        ("en", "<p>Exhibition until 3 November 2026</p>"),
        ("en", "<p>Date of hearing: 3 November 2026</p>"),
        ("en", "<p>Embargoed until 3 November 2026</p>"),
        ("en", "<p>Issue 3 / November 2026</p>"),
        ("ar", "<p>تقام الاحتفالات في 3 نوفمبر 2026 في الميناء</p>"),
        ("ar", "<p>صدر العدد الأول في 3 نوفمبر 1995</p>"),
        ("en", "<p>The feast begins on 3 November 2026 in the harbour</p>"),
    ],
)
def test_day_of_an_event_or_issue_is_no_day_of_publication(lang: str, head: str) -> None:
    assert article(head, lang=lang).date_published is None


def test_day_below_an_embargo_is_the_day_of_publication() -> None:
    found = article("<p>Embargoed until 4 November 2026</p><p>3 November 2026</p>")
    assert found.date_published == dt.date(2026, 11, 3)


@pytest.mark.parametrize(
    ("lang", "line"),
    [
        ("en", "Updated: November 4, 2026 | Original: November 3, 2026"),
        ("en", "Updated 4 November 2026, first published 3 November 2026"),
        ("ar", "آخر تحديث: 4 نوفمبر 2026 | نشر: 3 نوفمبر 2026"),
        ("ar", "نُشر في 3 نوفمبر 2026، وحُدِّث في 4 نوفمبر 2026"),
        (
            "ar",
            (
                "تم نشره الثلاثاء 03 تشرين الثاني / نوفمبر 2026 02:20 مساءً، آخر تعديل الأربعاء"
                " 04 تشرين الثاني / نوفمبر 2026 10:00 صباحاً"
            ),
        ),
        ("tr", "Oluşturulma: 3 Kasım 2026 Güncellenme: 4 Kasım 2026"),
        ("ja", "2026年11月3日 公開（2026年11月4日 更新）"),
    ],
)
@pytest.mark.parametrize("mark", ["class=date", ""])
def test_line_with_publication_and_change_gives_both(lang: str, line: str, mark: str) -> None:
    found = article(f"<div {mark}>{line}</div>", lang=lang)
    days = (day_of(found.date_published), day_of(found.date_modified))
    assert days == (dt.date(2026, 11, 3), dt.date(2026, 11, 4))


@pytest.mark.parametrize(
    "beginning",
    [
        "LEEDS, 3 November 2026 – ",
        "LEEDS, Nov. 3, 2026 (Wirelane) - ",
        "<strong>LEEDS, UK / WIRELANE / November 3, 2026 / </strong>",
    ],
)
def test_day_in_the_dateline_of_a_release_is_read(beginning: str) -> None:
    found = article("", body=BODY.replace("<p>", f"<p>{beginning}", 1))
    assert found.date_published == dt.date(2026, 11, 3)


@pytest.mark.parametrize("stated", ["1970-01-19T23:00:00Z", "2000-01-01T00:00:00Z"])
def test_default_of_a_system_gives_way_to_the_printed_day(stated: str) -> None:
    meta = (
        '<script type="application/ld+json">{"@type": "NewsArticle", "datePublished": "'
        f'{stated}"}}</script>'
    )
    found = article("<p>3 November 2026</p>", meta=meta)
    assert found.date_published == dt.date(2026, 11, 3)


@pytest.mark.parametrize("stated", ["1793703600", "1793703600000"])
def test_seconds_since_1970_in_a_meta_tag_are_a_moment(stated: str) -> None:
    found = article("", meta=f"<meta property=article:published_time content={stated}>")
    assert day_of(found.date_published) == dt.date(2026, 11, 3)


@pytest.mark.parametrize(
    ("lang", "clock"), [("en", "Tuesday, 3 November 2026"), ("ar", "الثلاثاء 3 نوفمبر 2026")]
)
def test_clock_above_the_menu_is_no_day_of_the_article(lang: str, clock: str) -> None:
    html = (
        f"<html lang={lang}><head><meta charset=utf-8></head><body><div class=top><span>{clock}"
        f"</span> <span>12°C</span></div><header><a href='/'>Post</a></header><article><h1>"
        f"{HEADLINE}</h1>{BODY}</article></body></html>"
    )
    found = extract(Page(url="https://news.example/a", body=html.encode()))
    assert found.date_published is None


def test_number_of_a_file_is_no_day() -> None:
    assert article("", path="/2024/05/2.html").date_published is None
    assert article("", path="/2024/05/02.html").date_published == dt.date(2024, 5, 2)


def test_day_between_breaks_in_the_element_of_the_text_is_read() -> None:
    text = BODY.replace("<p>", "").replace("</p>", "<br><br>")
    html = (
        f"<html lang=en><body><table><tr><td><b>{HEADLINE}</b><br>3 November 2026<br>"
        f"By Ann Lee<br><br>{text}</td></tr></table></body></html>"
    )
    found = extract(Page(url="https://news.example/1.asp", body=html.encode()))
    assert found.date_published == dt.date(2026, 11, 3)
    assert found.authors == ("Ann Lee",)
