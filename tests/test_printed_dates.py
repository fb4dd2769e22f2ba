"""The day of publication where no structured data state it, and other dates that are not it."""

from __future__ import annotations

import datetime as dt

import pytest

from newscrawl import Article, Page, extract

VISIT = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
HEADLINE = "The old ferry leaves the harbour for the last time"
BODY = "".join(
    f"<p>The {name} told the meeting that the crossing would be missed by everyone, and that"
    " nothing had been decided about the small boats and the pier yet.</p>"
    for name in ("pilot", "mayor", "harbour master", "baker", "oldest passenger")
)


def article(markup: str) -> Article:
    body = f"<html lang=en><body>{markup}</body></html>".encode()
    kind = "text/html; charset=utf-8"
    page = Page(url="https://news.example/a", body=body, content_type=kind, fetched_at=VISIT)
    return extract(page)


def story(head: str) -> str:
    return f"<div><h1>{HEADLINE}</h1>{head}{BODY}</div>"


def day_of(found: Article) -> dt.date | None:
    value = found.date_published
    return value.date() if isinstance(value, dt.datetime) else value


@pytest.mark.parametrize(
    "head",
    [
        "<div>Posted 3 November 2026</div>",
        "<p>By Ruth Ansell | November 3, 2026</p>",
        "<div><span>By Ruth Ansell</span> <span>November 3, 2026 at 4:20 pm</span></div>",
        "<p>Publié le 3 novembre 2026 à 14h30, mis à jour le 4 novembre 2026 à 9h</p>",
        "<div>نشر بتاريخ 3 نونبر 2026 الساعة 14:30</div>",
        "<span class=tarikh>3 تشرين الثاني/نوفمبر 2026</span>",
    ],
)
def test_date_on_a_line_between_headline_and_text_is_found(head: str) -> None:
    found = article(story(head))
    assert day_of(found) == dt.date(2026, 11, 3)
    assert len(found.blocks) == 5


def test_date_above_the_headline_is_found() -> None:
    markup = f"<main><div class=post-date>3 November 2026</div><h1>{HEADLINE}</h1>{BODY}</main>"
    assert day_of(article(markup)) == dt.date(2026, 11, 3)


@pytest.mark.parametrize("byline", ["footer", "header", "div"])
def test_byline_of_the_article_may_stand_in_any_element(byline: str) -> None:
    head = f"<{byline}><span class=date>3 November 2026</span></{byline}>"
    markup = f"<article><h1>{HEADLINE}</h1>{head}<div>{BODY}</div></article>"
    assert day_of(article(markup)) == dt.date(2026, 11, 3)


@pytest.mark.parametrize(
    "markup",
    [
        f"<div><b class=date>Monday 23 November 2026</b></div>{story('')}",
        f"<header><div class=date>Monday 23 November 2026</div></header>{story('')}",
        f"<div class=date>Last update 21 November 2026 21:44</div>{story('')}",
        f"<b class=date>Monday 23 November 2026</b><h1>{HEADLINE}</h1>{BODY}",
        f"<nav><i class=date>20 November 2026</i></nav><h1>{HEADLINE}</h1>{BODY}",
    ],
)
def test_clock_of_the_visit_is_no_date_of_the_article(markup: str) -> None:
    assert article(markup).date_published is None


def test_dates_of_other_articles_are_left_to_them() -> None:
    cards = "".join(
        f"<li><a href='/{day}'>Another story of another day</a>"
        f" <time datetime='2026-11-{day}'>{day} Nov</time></li>"
        for day in (10, 11, 12)
    )
    markup = f"{story('')}<aside><h3>Read also</h3><ul>{cards}</ul></aside>"
    assert article(markup).date_published is None


@pytest.mark.parametrize(
    "head",
    ["<h2>12 April 2027</h2>", "<p>Last updated 3 November 2026</p>", "<p>1,350 days</p>"],
)
def test_other_lines_are_no_date_of_publication(head: str) -> None:
    assert article(story(head)).date_published is None
