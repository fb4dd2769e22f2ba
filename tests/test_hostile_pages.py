"""Pages made to hang or kill a parser: an article, or a refusal that has a name, never less."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newscrawl import Article, Page, extract
from newscrawl.errors import ExtractionError
from newscrawl.html.parse_limits import MAX_ELEMENTS
from newscrawl.html.parser import parse_tree

PARAGRAPH = "<p>" + "The council met on Tuesday to speak of the new harbour. " * 4 + "</p>"
TOP = f"<html><body><h1>The harbour of the town</h1>{PARAGRAPH * 4}"


def outcome(markup: str) -> str:
    """Return the kind of the page, or the reason why it was refused."""
    try:
        return extract(Page(url="https://n.example/1", body=markup.encode())).page_kind
    except ExtractionError as error:
        return error.reason


@pytest.mark.parametrize(
    "attributes",
    [
        lambda n: f'a{n}="x"',
        lambda n: f'a{n}=">"',
        lambda n: f"a{n}",
        lambda n: f"a{n}='\"'",
    ],
)
def test_a_tag_of_many_attributes_is_refused(attributes: Callable[[int], str]) -> None:
    tag = " ".join(attributes(n) for n in range(100_000))
    assert outcome(f"<html><body><div {tag}>{PARAGRAPH}") == "too_many_attributes"


def test_a_long_attribute_is_no_reason_to_refuse() -> None:
    assert outcome(f'{TOP}<div data-state="{"x" * 300_000}"></div>') == "article"


@pytest.mark.parametrize(
    "markup",
    [
        TOP + "<b>x</b>" * 1_000_000,
        TOP + "<div>some words here</div>" * 190_000,
        TOP + "<p>some words of a text</p>" * 100_000,
        TOP + "<span>a" * 200_000,
    ],
    ids=["tiny", "divs", "long", "unclosed"],
)
def test_a_page_of_very_many_elements_is_refused(markup: str) -> None:
    assert outcome(markup) == "too_many_elements"


def test_a_page_that_is_too_large_is_refused() -> None:
    assert outcome(TOP + "x" * 13_000_000) == "too_large"


@pytest.mark.parametrize("depth", [200, 254, 300, 5_000, 40_000])
def test_the_text_below_any_nesting_is_read(depth: int) -> None:
    markup = f"<html><body><h1>The harbour of the town</h1>{'<div>' * depth}{PARAGRAPH * 4}"
    article = extract(Page(url="https://n.example/1", body=markup.encode()))
    assert article.article_body.count("\n") == 3
    assert article.headline == "The harbour of the town"


def test_text_outlives_the_nesting_after_it() -> None:
    article = extract(Page(url="https://n.example/1", body=(TOP + "<div>" * 100_000).encode()))
    assert article.article_body.count("\n") == 3


@pytest.mark.parametrize(
    "tail",
    [
        "".join(f'<a href="/{n}">A story of the town number {n}</a>' for n in range(20_000)),
        "<b><i><font>" * 11_000,
        "<table><tr><td>" * 3_000,
        "<!--" + "x " * 500_000,
        "<script>" + 'a<b>"' * 900_000,
        "<div class='title'>Latest news</div>" * 25_000,
        "<h2>Latest news</h2><p>&amp;</p>" * 20_000,
        "<time>no date at all 12</time>" * 25_000,
    ],
    ids=["links", "inline", "tables", "comment", "script", "titles", "headings", "times"],
)
def test_what_follows_an_article_does_not_spoil_it(tail: str) -> None:
    article = extract(Page(url="https://n.example/1", body=(TOP + tail).encode()))
    assert article.headline == "The harbour of the town"
    assert article.article_body.startswith("The council met on Tuesday")


def test_a_headline_of_a_megabyte_is_cut() -> None:
    markup = f"<html><body><h1>{'word ' * 200_000}</h1>{PARAGRAPH * 4}"
    article = extract(Page(url="https://n.example/1", body=markup.encode()))
    assert len(article.headline or "") == 1_000
    assert len(article.article_body) < 2_000


def test_nul_and_lone_surrogates_do_not_reach_the_article() -> None:
    markup = TOP.replace("harbour", "har\0bour") + "<p>and &#xD800; more of it</p>"
    article = extract(Page(url="https://n.example/1", body=markup.encode()))
    assert article.headline == "The harbour of the town"
    article.article_body.encode("utf-8")
    assert "\0" not in article.article_body


@pytest.mark.parametrize(
    "body", [b"", b"   ", b"\0" * 900, b"<" * 9_000, b"&" * 9_000, b"<html>"]
)
def test_an_empty_page_says_why_it_is_no_article(body: bytes) -> None:
    article = extract(Page(url="https://n.example/1", body=body))
    assert article.page_kind != "article"
    assert article.page_kind_reason


def test_events_and_tree_read_a_page_alike() -> None:
    deep = parse_tree(TOP + "<div>" * 300 + "<a href='/x' class='y'>deep</a>")
    flat = parse_tree(TOP + "<a href='/x' class='y'>deep</a>")
    assert [
        (n.tag, n.class_and_id, n.text()) for n in deep.root.iter() if n.tag in "h1 p a"
    ] == [(n.tag, n.class_and_id, n.text()) for n in flat.root.iter() if n.tag in "h1 p a"]


def test_every_element_below_the_limit_is_read() -> None:
    markup = f"<html><body>{'<b>x</b>' * (MAX_ELEMENTS - 100)}"
    assert len(parse_tree(markup).flow.nodes) == MAX_ELEMENTS - 97


PIECES = st.sampled_from(
    [
        *("<p>", "</p>", "<div>", "</div>", "<a href='/1'>", "</a>", "<h1>", "</h1>", "<br>"),
        *("<table><tr><td>", "<li>", "<ul>", "<script>", "</script>", "<!--", "-->", "<time>"),
        *("<script type='application/ld+json'>", '{"@type":"NewsArticle","author":', "]}", "{"),
        *("<meta property='og:title' content='x'>", "<img src=a.jpg>", "<figure>", "</figure>"),
        *(
            "بروكسل ـ المغرب اليوم",
            "Read more",
            "© 2026",
            "2026-03-01",
            "\x00",
            "\ud800",
            "&#0;",
        ),
        *("The council met on Tuesday to speak of it. " * 3, "، ", "\u200f", "http://[::1"),
    ]
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.one_of(PIECES, st.text(max_size=8)), max_size=60))
def test_any_markup_in_an_article_or_a_refusal_out(pieces: list[str]) -> None:
    body = "".join(pieces).encode("utf-8", "surrogatepass")
    assert outcome_of(body)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400), st.sampled_from([None, "text/html", "text/plain; charset=x"]))
def test_any_bytes_in_an_article_or_a_refusal_out(
    body: bytes, content_type: str | None
) -> None:
    assert outcome_of(body, content_type)


def outcome_of(body: bytes, content_type: str | None = None) -> str:
    page = Page(url="https://n.example/1", body=body, content_type=content_type)
    try:
        article = extract(page)
    except ExtractionError as error:
        return error.reason
    assert isinstance(article, Article)
    assert article.article_body or article.page_kind != "article"
    article.article_body.encode("utf-8")
    return article.page_kind


def test_threads_read_alike() -> None:
    markups = [TOP.replace("Tuesday", f"day {n}") for n in range(8)]
    pages = [Page(url=f"https://n.example/{n}", body=m.encode()) for n, m in enumerate(markups)]
    alone = [extract(page) for page in pages]
    found: dict[int, Article] = {}

    def read(number: int) -> None:
        body = markups[number].encode()
        found[number] = extract(Page(url=f"https://n.example/{number}", body=body))

    threads = [threading.Thread(target=read, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [found[number] for number in range(8)] == alone


@pytest.mark.parametrize(
    "piece",
    [
        "<a href='?page={n}'>{n}</a>",
        "<h1>Story {n} of the town and its mill</h1><p>A line.</p>",
        "<div class=s><h2>Story {n} of the town</h2><p>The council met today.</p></div>",
        "<div><time>10:05</time><p>The council met for the {n} time.</p></div>",
        "<p>Subscribe to read story {n}</p>",
    ],
    ids=["pages", "headlines", "stories", "entries", "walls"],
)
def test_many_of_one_thing_are_read(piece: str) -> None:
    many = "".join(piece.format(n=n) for n in range(9_000))
    assert outcome(f"{TOP}{many}")
