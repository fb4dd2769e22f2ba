"""Link lists on odd markup: direction marks, repeated links, labels in the text, nesting."""

from __future__ import annotations

import time

import pytest

from newscrawl import Page, extract
from tests.test_link_lists import TEXT, TITLES, lists_in, rows, texts

URL = "/news/2026/1/story-number-1"


@pytest.mark.parametrize("marks", ["\u200f{}\u200f", "\u2067{}\u2069", "\u202b{}\u202c"])
def test_direction_marks_are_no_part_of_headings_and_titles(marks: str) -> None:
    heading, title = marks.format("الأكثر قراءة"), marks.format("وصول العبارة إلى الميناء ليلا")
    items = "".join(f'<li><a href="/news/2026/{n}">{title} {n}</a></li>' for n in range(3))
    (found,) = lists_in(f"<aside><h3>{heading}</h3><ul>{items}</ul></aside>")
    assert (found.heading, found.kind) == ("الأكثر قراءة", "most_read")
    assert texts(found) == [f"وصول العبارة إلى الميناء ليلا {n}" for n in range(3)]


@pytest.mark.parametrize("again", [f"{URL}#c", f"{URL}?utm_source=x", f"//post.example{URL}"])
def test_link_repeated_with_another_address_of_the_article_is_listed_once(again: str) -> None:
    repeated = f'<li><a href="{again}">{TITLES[0]}</a></li>'
    around = f"<aside><h3>Related</h3><ul>{rows(1)}{repeated}{rows(2, 3)}</ul></aside>"
    (found,) = lists_in(around)
    assert (found.heading, found.kind, texts(found)) == ("Related", "related", TITLES[:3])


def test_rankings_with_the_same_first_entries_are_lists_of_their_own() -> None:
    around = "".join(
        f"<section><h3>Most read</h3><ol>{rows(1, 2, 3, last)}</ol></section>"
        for last in (4, 5)
    )
    assert [one.links[-1].text for one in lists_in(around)] == [TITLES[3], TITLES[4]]


@pytest.mark.parametrize(
    "label", ["READ MORE:", "&gt;&gt; Lire aussi :", "اقرأ أيضا:", "► Lesen Sie auch:"]
)
def test_label_with_a_link_between_paragraphs_is_a_list_and_no_text(label: str) -> None:
    line = f'<p><b>{label} <a href="{URL}">{TITLES[0]}</a></b></p>'
    title = "<h1>Mayor speaks of the harbour</h1>"
    page = f"{title}{TEXT}{TEXT}{line}<p>She left early, they say.</p>"
    body = f"<html><body><main><article>{page}</article></main></body></html>"
    article = extract(Page(url="https://post.example/news/1", body=body.encode()))
    (found,) = article.link_lists
    assert found.is_inside_body
    assert found.kind == "related"
    assert found.heading[0].isalpha()
    assert TITLES[0] not in article.article_body


def test_time_for_many_links_grows_with_their_number() -> None:
    def seconds(markup: str) -> float:
        begun = time.process_time()
        lists_in(f"<aside><h3>Latest</h3>{markup}</aside>")
        return time.process_time() - begun

    def nested(count: int) -> str:
        return "".join(
            f'<ul><li><a href="/2026/03/04/{n}">Story number {n} of the valley</a>'
            for n in range(count)
        )

    def flat(count: int) -> str:
        items = nested(count).replace("<ul>", "")
        return f"<ul>{items}</ul>"

    for shape in (nested, flat):
        assert seconds(shape(3_000)) < 10 * max(seconds(shape(750)), 0.02)


def test_heading_shut_by_another_headings_end_tag_ends_there() -> None:
    (found,) = lists_in(f"<h2>Elsewhere</h3><aside><h4>Most read</H2><ul>{rows(1, 2, 3)}</ul>")
    assert (found.heading, found.kind, texts(found)) == ("Most read", "most_read", TITLES[:3])


def test_heading_of_a_section_with_its_own_text_heads_no_list_beside_it() -> None:
    weather = "<section><h3>Weather</h3><p>Sun, 12 degrees</p></section>"
    (found,) = lists_in(f"<aside>{weather}<section><ul>{rows(1, 2, 3)}</ul></section></aside>")
    assert found.heading == ""


@pytest.mark.parametrize("tag", ["button", "a href='#'"])
def test_tabs_by_day_are_of_the_kind_that_the_heading_above_them_says(tag: str) -> None:
    labels = "".join(
        f"<{tag} role=tab aria-controls=p{n}>{day}</{tag[:6].strip(' hr')}>"
        for n, day in ((1, "Today"), (2, "This week"))
    )
    panes = f"<div id=p1><ol>{rows(1, 2, 3)}</ol></div>"
    panes += f"<div id=p2><ol>{rows(3, 4, 5)}</ol></div>"
    tabs = f"<div role=tablist>{labels}</div>{panes}"
    found = lists_in(f"<aside><h3>Most read</h3>{tabs}</aside>")
    assert [(one.heading, one.kind) for one in found] == [
        ("Today", "most_read"),
        ("This week", "most_read"),
    ]
