"""A second article, loaded under the first as the reader scrolls down, is not glued to it."""

from __future__ import annotations

import json

import pytest

from newscrawl import Article, Page, extract
from newscrawl.extraction.explain import explain

FIRST, SECOND = "Harbour opens again after the storm", "Town library moves to the old mill"
URL = "https://news.example/a/1"


def prose(word: str, count: int = 4) -> str:
    return "".join(
        f"<p>{word} paragraph {number}: the council met on Tuesday, heard what had been said"
        " about the plans, and nobody left before the end.</p>"
        for number in range(count)
    )


def story(tag: str, heading: str, title: str, writer: str, text: str) -> str:
    return (
        f'<{tag} class="story"><{heading}>{title}</{heading}><div class="byline">By {writer}'
        f'</div><div class="text">{text}</div></{tag}>'
    )


def linked(title: str, url: str, writer: str) -> str:
    data = {
        "@type": "NewsArticle",
        "headline": title,
        "url": url,
        "author": {"@type": "Person", "name": writer},
    }
    return f'<script type="application/ld+json">{json.dumps(data)}</script>'


LINKED = linked(SECOND, "https://news.example/a/2", "Bob Ray") + linked(FIRST, URL, "Ann Lee")
ALPHA, BETA = prose("Alpha"), prose("Beta", 8)
ONE = story("article", "h1", FIRST, "Ann Lee", ALPHA)


def flat(heading: str) -> str:
    """Return both articles in one part, one below the other."""
    return (
        f'<div class="page"><h1>{FIRST}</h1><p class="byline">By Ann Lee</p>{ALPHA}'
        f'<{heading}>{SECOND}</{heading}><p class="byline">By Bob Ray</p>{BETA}</div>'
    )


LAYOUTS = {
    "articles": ONE + story("article", "h1", SECOND, "Bob Ray", BETA),
    "articles of other heads": ONE + story("article", "h2", SECOND, "Bob Ray", BETA),
    "nested": f"<article>{story('div', 'h1', FIRST, 'Ann Lee', ALPHA)}"
    f"<div>{story('article', 'h1', SECOND, 'Bob Ray', BETA)}</div></article>",
    "alike": story("div", "h1", FIRST, "Ann Lee", ALPHA)
    + story("div", "h2", SECOND, "Bob Ray", BETA),
    "flat": flat("h1"),
}
STATED = {"stated": ONE + story("section", "h3", SECOND, "Bob Ray", BETA), "flat": flat("h2")}


def read(body: str, head: str = "") -> Article:
    html = f"<html><head><title>{FIRST} - News</title>{head}</head><body>{body}</body></html>"
    return extract(Page(url=URL, body=html.encode()))


def assert_first_alone(article: Article) -> None:
    assert article.headline == FIRST
    assert article.article_body.count("Alpha paragraph") == 4
    assert "Beta" not in article.article_body
    assert SECOND not in article.article_body
    assert article.authors == ("Ann Lee",)


@pytest.mark.parametrize("name", LAYOUTS)
@pytest.mark.parametrize("head", ["", LINKED], ids=["bare", "json_ld"])
def test_second_article_stays_out(name: str, head: str) -> None:
    assert_first_alone(read(LAYOUTS[name], head))


@pytest.mark.parametrize("name", STATED)
def test_second_article_that_the_json_ld_names_stays_out(name: str) -> None:
    assert_first_alone(read(STATED[name], LINKED))


def test_sub_head_with_the_headline_s_tag_is_no_second_article() -> None:
    body = f"<article><h2>{FIRST}</h2>{ALPHA}<h2>What the plans say</h2>{BETA}</article>"
    article = read(body)
    assert article.article_body.count("Alpha") == 4
    assert article.article_body.count("Beta") == 8


def test_teaser_inside_the_text_does_not_end_it() -> None:
    teaser = f'<div class="card"><h3><a href="/a/2">{SECOND}</a></h3></div>'
    article = read(f"<article><h1>{FIRST}</h1>{ALPHA}{teaser}{BETA}</article>", LINKED)
    assert article.article_body.count("Beta") == 8


def test_explanation_says_that_it_is_a_second_article() -> None:
    html = f"<html><body>{LAYOUTS['flat']}</body></html>"
    text_lines = explain(Page(url=URL, body=html.encode())).text_lines
    roles = {line.role for line in text_lines if line.text.startswith("Beta")}
    assert roles == {"second article"}


def section(tag: str, number: int) -> str:
    return (
        f'<div class="block"><{tag}>Section {number}</{tag}><div class="meta-labels">'
        f"Rated: Good</div><div>{prose(f'Alpha {number}')}</div></div>"
    )


DATED = "".join(f"<h1>Section {at}</h1>{prose(f'Alpha {at}')}" for at in range(6))
SECTIONS = {
    "labels under each": (
        f'<article><div class="block"><h1>{FIRST}</h1>{ALPHA}</div>'
        f"{''.join(section('h2', at) for at in range(6))}</article>"
    ),
    "all in a part named by a date": (
        f'<div class="date-posts"><h3 class="title">{FIRST}</h3><h1>Opening</h1>{ALPHA}{DATED}'
        "</div>"
    ),
}


@pytest.mark.parametrize("name", SECTIONS)
def test_sections_are_no_second_articles(name: str) -> None:
    body = read(SECTIONS[name]).article_body or ""
    assert [body.count(f"Alpha {at} paragraph") for at in range(6)] == [4] * 6
