"""The day of publication where no structured data state it, and other dates that are not it."""

from __future__ import annotations

import datetime as dt

import pytest

from newscrawl import Article, Page, extract
from newscrawl.generic.body.article_node import outline_of
from newscrawl.generic.body.lines import Line
from newscrawl.generic.fields.dates.printed_dates import (
    LONGEST_HEAD,
    LONGEST_WAY,
    Surroundings,
)
from newscrawl.html.parser import parse_tree
from newscrawl.html.tree import Node

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


@pytest.mark.parametrize(
    "head",
    [
        "<p>3 November 2026 · 8 min read</p>",
        "<p>Ann Lee / 03.11.2026 / 09:30</p>",
        "<p>Von Ann Lee am 3. November 2026, 11:51 | 4 Kommentare</p>",
        "<h5>November 3, 2026</h5>",
        "<div><div>Published</div><div>3 November 2026</div></div>",
        "<aside class=post-meta><time datetime=2026-11-03>3 Nov</time></aside>",
        "<p class=sidebar>3 November 2026</p>",
    ],
)
def test_date_beside_other_words_is_found(head: str) -> None:
    markup = f"<html lang=de><body>{story(head)}</body></html>"
    page = Page(url="https://news.example/a", body=markup.encode(), fetched_at=VISIT)
    assert day_of(extract(page)) == dt.date(2026, 11, 3)


def test_date_above_the_headline_in_its_own_small_line_is_found() -> None:
    assert day_of(article(f"<main><p>3 November 2026</p>{story('')}</main>")) == dt.date(
        2026, 11, 3
    )


@pytest.mark.parametrize(
    "below",
    [
        "<p>Posted on 3 November 2026 by Ann</p>",
        "<p>Last change: 5 November 2026<br>Published: 3 November 2026</p>",
        "<abbr class=published>3 November 2026</abbr>",
        "<div class=nav><p>Published: 3 November 2026</p></div>",
    ],
)
def test_labelled_date_below_the_text_is_found(below: str) -> None:
    markup = f"<article><h1>{HEADLINE}</h1>{BODY}{below}</article>"
    assert day_of(article(markup)) == dt.date(2026, 11, 3)


@pytest.mark.parametrize(
    "part",
    [
        (
            "<p>The ship left on <time datetime=2026-06-14>14 June</time> with all the people"
            " who had come to see it off, and came back ten days later than that, without the"
            " nets that the council had paid for in the year before the last one.</p>"
        ),
        (
            "<section class=comments><time datetime=2026-11-10>10 November 2026</time> Nice."
            "</section>"
        ),
        "<p>Copyright 3 November 2026 The Harbour Post, all rights reserved by all of us</p>",
        (
            "<figure><img src=a><figcaption>The harbour on the evening of the first trip,"
            " 24 April 2026</figcaption></figure>"
        ),
    ],
)
def test_date_of_something_else_is_none_of_the_article(part: str) -> None:
    assert article(story("") + part).date_published is None
    inside = (
        f"<div><h1>{HEADLINE}</h1><p class=date>1 November 2026</p>{BODY}{part}{BODY}</div>"
    )
    assert day_of(article(inside)) == dt.date(2026, 11, 1)


UPDATED = "<time itemprop=dateModified datetime=2026-11-15>15 Nov</time>"
PUBLISHED = "<time itemprop=datePublished datetime=2026-11-03>3 Nov</time>"


@pytest.mark.parametrize(
    "head",
    [
        UPDATED + PUBLISHED,
        "<p>Updated 15 November 2026</p><p>Published 3 November 2026</p>",
        "<p class=date>Published 3 November 2026 | Updated 15 November 2026</p>",
        (
            "<time class=updated datetime=2026-11-15></time><time class=entry-date"
            " datetime=2026-11-03></time>"
        ),
        (
            "<div><span>Last updated:</span> <time datetime=2026-11-15>15 Nov</time></div>"
            "<time datetime=2026-11-03>3 Nov</time>"
        ),
    ],
)
def test_day_of_change_is_distinguished_from_the_day_of_publication(head: str) -> None:
    found = article(story(f"<div>{head}</div>"))
    changed = found.date_modified
    assert day_of(found) == dt.date(2026, 11, 3)
    assert (changed.date() if isinstance(changed, dt.datetime) else changed) == dt.date(
        2026, 11, 15
    )


def test_line_of_an_update_alone_is_a_change_and_no_publication() -> None:
    found = article(story("<p>Article updated on 3 November 2026</p>"))
    assert (found.date_published, found.date_modified) == (None, dt.date(2026, 11, 3))


def test_marked_day_of_change_is_no_day_of_publication() -> None:
    found = article(story("<p class=updated><time>November 3, 2026</time></p>"))
    assert (found.date_published, found.date_modified) == (None, dt.date(2026, 11, 3))


def test_record_without_its_type_is_read() -> None:
    kind = '"@context": "https://schema.org", "@type": "NewsArticle"'
    record = f'{{{kind}, "datePublished": "2026-11-03"}}'
    assert day_of(stating(f"<script>{record}</script>", "")) == dt.date(2026, 11, 3)


def stating(meta: str, head: str, url: str = "https://news.example/a") -> Article:
    markup = f"<html lang=en><head>{meta}</head><body>{story(head)}</body></html>"
    return extract(Page(url=url, body=markup.encode(), fetched_at=VISIT))


def test_label_of_the_text_wins_over_the_attribute_of_its_element() -> None:
    head = "<time class=date datetime=2026-11-07T10:18:46Z>Published 3 November 2026</time>"
    found = stating("<meta property=article:published_time content=2026-11-03T08:00:00Z>", head)
    assert day_of(found) == dt.date(2026, 11, 3)


def test_address_and_line_outvote_a_stated_day_of_moving() -> None:
    meta = "<meta name=date content=2026-11-10>"
    url = "https://news.example/2024/03/05/ferry/"
    assert day_of(stating(meta, "<p class=date>5 March 2024</p>", url)) == dt.date(2024, 3, 5)


def test_future_day_of_an_address_is_none() -> None:
    found = stating("", "<p class=date>3 November 2026</p>", "https://n.example/20270101/a")
    assert day_of(found) == dt.date(2026, 11, 3)
    assert stating("", "", "https://n.example/20270101/a").date_published is None


def test_zone_of_the_place_wins_over_the_same_moment_in_utc() -> None:
    meta = "<meta property=article:published_time content=2026-11-09T06:35:29Z>"
    head = "<time datetime=2026-11-08T22:35:29-08:00>8 November</time>"
    assert day_of(stating(meta, head)) == dt.date(2026, 11, 8)


@pytest.mark.parametrize(
    "beginning",
    [
        "(03.11.2026) ",
        "<strong>(3 November 2026)</strong> ",
        "3 November 2026. ",
        "3 November 2026 – ",
    ],
)
def test_date_parted_from_the_text_that_it_begins_is_found(beginning: str) -> None:
    found = article(
        f"<div><h1>{HEADLINE}</h1>{BODY.replace('<p>', f'<p>{beginning}', 1)}</div>"
    )
    assert day_of(found) == dt.date(2026, 11, 3)
    assert found.provenance["date_published"] == "text_head"


@pytest.mark.parametrize(
    "beginning",
    ["On 3 November 2026. ", "3 November 2026 was grey. ", "Trends of 2026: ", "(2026) "],
)
def test_date_within_the_first_sentence_is_none_of_the_article(beginning: str) -> None:
    found = article(
        f"<div><h1>{HEADLINE}</h1>{BODY.replace('<p>', f'<p>{beginning}', 1)}</div>"
    )
    assert found.date_published is None


@pytest.mark.parametrize(("content", "day"), [("01/01/2004", None), ("2004-01-02", 2)])
def test_first_day_of_a_year_in_the_record_of_a_page_is_no_day(
    content: str, day: int | None
) -> None:
    found = article(f"<meta name=datecreated content='{content}'>{story('')}")
    assert day_of(found) == (None if day is None else dt.date(2004, 1, day))


@pytest.mark.parametrize(
    ("printed", "day"),
    [
        ("3 November 2024", dt.date(2024, 11, 3)),
        ("3 May 2026", dt.date(2026, 11, 2)),
        ("7 May 1856", dt.date(2026, 11, 2)),  # before the Web: what the text is about
    ],
)
def test_line_of_an_earlier_year_outvotes_the_stated_day_of_a_move(
    printed: str, day: dt.date
) -> None:
    meta = "<meta property=article:published_time content='2026-11-02T10:00:00+00:00'>"
    assert day_of(article(meta + story(f"<p>{printed}</p>"))) == day


def test_marked_date_in_a_head_with_the_class_of_a_card_is_found() -> None:
    head = "<div class=post-card><p>Ann Lee</p><time datetime=2026-11-03>3 Nov</time></div>"
    assert day_of(article(story(head))) == dt.date(2026, 11, 3)


def test_place_of_an_element_depends_on_the_text_between_it_and_the_article() -> None:
    short = "".join(f"<div>Line number {number} of a list</div>" for number in range(60))
    markup = f"{short}<article><h1>{HEADLINE}</h1>{short}{BODY}</article>{short}"
    tree = parse_tree(f"<html><body>{markup}</body></html>")
    outline = outline_of(tree.root)
    around = Surroundings(
        root=tree.root,
        article_node=tree.root.tagged("article")[0],
        heading=tree.root.tagged("h1")[0],
        outline=outline,
        lines=tuple(map(Line, outline.text_lines)),
    )
    lines = [(line.node.index, len(line.text)) for line in outline.text_lines]

    def text_between(low: int, high: int) -> int:
        return sum(length for index, length in lines if low < index < high)

    def zone(node: Node) -> str:
        first, (begin, end) = around.first, around.text
        if first <= node.index < begin:
            return "head" if text_between(first, node.index) <= LONGEST_HEAD else "inside"
        if begin <= node.index <= end:
            return "inside"
        if node.index < first:
            is_near = text_between(node.end - 1, first) <= LONGEST_WAY
            return "above" if is_near else "far"
        return "below" if text_between(end, node.index) <= LONGEST_WAY else "far"

    found = [around.zone(node) for node in tree.root.iter()]
    assert found == [zone(node) for node in tree.root.iter()]
    assert set(found) == {"far", "above", "head", "inside", "below"}
