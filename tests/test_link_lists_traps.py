"""Link lists on odd markup: direction marks, repeated links, labels in the text, nesting."""

from __future__ import annotations

import time

import pytest

from newscrawl import Page, extract
from newscrawl.text.list_headings import heading_kind
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


def test_table_with_a_heading_above_each_column_is_a_list_for_each() -> None:
    head = "<tr><th>In this section</th><th>Elsewhere</th></tr>"
    cells = f"<td><ul>{rows(1, 2, 3)}</ul></td><td><ul>{rows(4, 5)}</ul></td>"
    found = lists_in(f"<table>{head}<tr>{cells}</tr></table>")
    assert [(one.heading, len(one.links)) for one in found] == [
        ("In this section", 3),
        ("Elsewhere", 2),
    ]


def test_tab_shows_the_pane_after_it_of_those_with_one_id() -> None:
    around = "".join(
        f'<div><a href="#t" role="tab">{label}</a></div><div id="t">{items}</div>'
        for label, items in (("Latest", rows(1, 2)), ("Most read", rows(3, 4)))
    )
    assert [(one.heading, texts(one)) for one in lists_in(around)] == [
        ("Latest", TITLES[:2]),
        ("Most read", TITLES[2:4]),
    ]


def test_list_with_lists_in_its_items_is_one() -> None:
    items = "".join(f"{rows(n)[:-5]}<ul>{rows(n + 1)}</ul></li>" for n in (1, 3))
    (found,) = lists_in(f"<div><h3>Related</h3><ul>{items}{rows(5)}</ul></div>")
    assert (found.heading, texts(found)) == ("Related", TITLES)


@pytest.mark.parametrize("end", ["", ".html", "/"])
def test_titles_that_lead_to_numbers_of_one_folder_are_a_list(end: str) -> None:
    titles = ("The bridge must close now", "The ferry is a good idea", "A valley by train")
    items = "".join(f'<li><a href="/o/{n}{end}">{t}</a></li>' for n, t in enumerate(titles))
    (found,) = lists_in(f"<aside><h3>Opinion</h3><ul>{items}</ul></aside>")
    assert (found.heading, texts(found)) == ("Opinion", list(titles))


def test_title_may_be_the_caption_of_a_figure() -> None:
    figures = "".join(
        f"""<figure><a href="/news/2026/{n}/story"><img src="/{n}.jpg"></a>
        <figcaption>{title}</figcaption></figure>"""
        for n, title in enumerate(TITLES[:3])
    )
    (found,) = lists_in(f"<section><h3>Pictures of the week</h3>{figures}</section>")
    assert texts(found) == TITLES[:3]
    whole = figures.replace("/story", "/large.jpg")
    assert lists_in(f"<section><h3>Pictures of the week</h3>{whole}</section>") == ()


def test_picture_in_a_heading_stands_for_its_known_words() -> None:
    heading = '<h3><img src="/mr.gif" alt="Most read"></h3>'
    (found,) = lists_in(f"<div>{heading}<ul>{rows(1, 2, 3)}</ul></div>")
    assert (found.heading, found.kind) == ("Most read", "most_read")


@pytest.mark.parametrize(
    "address",
    [
        "/privacy-policy-of-the-post-{}",
        "/en/cookies-of-the-post-{}",
        "/newsletters/morning-{}",
        "/games/sudoku-{}",
    ],
)
def test_links_to_services_and_legal_notices_are_no_list(address: str) -> None:
    items = "".join(
        f'<li><a href="{address.format(n)}">{title}</a></li>'
        for n, title in zip("abc", TITLES, strict=False)
    )
    assert lists_in(f"<div><h3>From the Post</h3><ul>{items}</ul></div>") == ()


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("مرتبط\u200cها", "related"),
        ("مرتبطها", "related"),
        ("پربازدیدترین\u200cها", "most_read"),
        ("پیشنهاد سردبیر", "editors_picks"),
        ("إعلان ممول", "sponsored"),
        ("Editörün seçtikleri", "editors_picks"),
        ("Le fil info", "latest"),
    ],
)
def test_headings_are_known_in_more_spellings(heading: str, kind: str) -> None:
    assert heading_kind(heading) == kind


def test_one_card_under_a_known_heading_is_a_list_if_it_is_whole() -> None:
    def below(inside: str) -> list[tuple[str, list[str]]]:
        page = f"<article>{TEXT * 5}<div><h3>Read next</h3>{inside}</div></article>"
        return [(one.heading, texts(one)) for one in lists_in("", body=page)]

    title = f'<a href="{URL}">{TITLES[0]}</a>'
    whole = f'<div><a href="{URL}"><img src="/1.jpg"></a><h4>{title}</h4></div>'
    assert below(whole) == [("Read next", TITLES[:1])]
    assert below(f"<p>{title}</p>") == []
