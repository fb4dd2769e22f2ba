"""The headline, and what stands in its place on pages that print more than it."""

from __future__ import annotations

import json

import pytest

from newscrawl import Article, Page, extract

HEADLINE = "Council closes two libraries to save money"
PARAGRAPHS = "".join(
    f"<p>The {name} told the meeting that the crossing would be missed by everyone, and that"
    " nothing had been decided about the small boats and the pier yet.</p>"
    for name in ("pilot", "mayor", "harbour master", "baker")
)


def article(head: str, body: str, url: str = "https://news.example/a/1") -> Article:
    html = f"<html lang=en><head>{head}</head><body>{body}</body></html>"
    kind = "text/html; charset=utf-8"
    return extract(Page(url=url, body=html.encode(), content_type=kind))


SITE = "<meta property='og:site_name' content='Tideway Post'>"


@pytest.mark.parametrize("sign", ["|", "-", "–", "›", "»", ":", "·"])
def test_title_without_the_site_is_the_headline_of_a_page_without_headings(sign: str) -> None:
    title = f"<title>Bridge Ltd – trade disclosure (3) {sign} Tideway Post »</title>{SITE}"
    found = article(title, f"<article>{PARAGRAPHS}</article>")
    assert found.headline == "Bridge Ltd – trade disclosure (3)"


@pytest.mark.parametrize(
    "masthead",
    [
        "<h1 class=site-title><a href='/'>Oil & Gas Weekly</a></h1>",
        (
            "<h1 id=site-title><span><a href='https://news.example/'>Oil & Gas Weekly</a>"
            "</span></h1>"
        ),
        "<h1>Oil & Gas Weekly</h1>",
    ],
)
@pytest.mark.parametrize("tag", ["h1", "h2", "h3"])
def test_site_in_a_heading_is_not_the_headline(masthead: str, tag: str) -> None:
    title = f"<title>{HEADLINE} | Oil & Gas Weekly</title>"
    body = f"{masthead}<article><{tag}>{HEADLINE}</{tag}>{PARAGRAPHS}</article>"
    assert article(title, body).headline == HEADLINE


@pytest.mark.parametrize(
    "head",
    [
        "",
        "<title>Oil & Gas Weekly</title>",
        "<title>Oil & Gas Weekly</title><meta property='og:title' content='Oil & Gas Weekly'>",
    ],
)
def test_empty_heading_does_not_make_the_site_the_headline(head: str) -> None:
    masthead = "<h1 class=site-title><a href='/'>Oil & Gas Weekly</a></h1>"
    body = f"{masthead}<article><h1> </h1>{PARAGRAPHS}</article>"
    assert article(head, body).headline is None


def test_headline_marked_as_a_blog_title_is_not_the_site() -> None:
    head = f"<title>{HEADLINE}: 7 facts | News</title>"
    body = f"<h1 class=blog-title>{HEADLINE}: 7 facts</h1><article>{PARAGRAPHS}</article>"
    assert article(head, body).headline == f"{HEADLINE}: 7 facts"


def test_site_before_the_headline_in_the_title() -> None:
    head = (
        "<title>Ann's Blog: Small boats</title><meta property=og:title content='Small boats'>"
    )
    body = f"<h1><a href='/'>Ann's Blog</a></h1><article>{PARAGRAPHS}</article>"
    assert article(head, body).headline == "Small boats"


def test_headline_with_a_dash_keeps_it() -> None:
    head = f"<title>Ferries – and what became of them | Tideway Post</title>{SITE}"
    body = f"<h1>Ferries – and what became of them</h1>{PARAGRAPHS}"
    assert article(head, body).headline == "Ferries – and what became of them"


@pytest.mark.parametrize(
    "mark", ["roofline", "dachzeile", "article__kicker", "entry__toptitle"]
)
def test_kicker_in_the_heading_is_no_part_of_the_headline(mark: str) -> None:
    body = f"<h1><span class={mark}>Budget</span> {HEADLINE}</h1>{PARAGRAPHS}"
    found = article(f"<title>{HEADLINE}</title>", body)
    assert (found.headline, found.alternative_headline) == (HEADLINE, "Budget")


def test_readings_and_dates_in_a_heading_are_no_part_of_it() -> None:
    body = f"<h1><ruby>子<rt>こ</rt></ruby>どもの法律ができる</h1>{PARAGRAPHS}"
    assert article("", body).headline == "子どもの法律ができる"
    body = f"<h1><time>27.01.2022</time>{HEADLINE}</h1>{PARAGRAPHS}"
    assert article(f"<title>{HEADLINE}</title>", body).headline == HEADLINE


def test_meta_whose_content_is_in_value_is_read() -> None:
    head = f"<meta name='og:title' value='{HEADLINE}'>"
    assert article(head, f"<article>{PARAGRAPHS}</article>").headline == HEADLINE


def test_words_of_the_address_are_no_keywords() -> None:
    url = "https://news.example/local/six-people-die-in-forest-fire-12.html"
    head = "<meta name=news_keywords content='six, people, forest, fire'>"
    links = (
        "<p class=tags><a href='/tag/andalusia'>Andalusia</a> <a href='/tag/fire'>Fires</a></p>"
    )
    body = f"<article><h1>{HEADLINE}</h1>{PARAGRAPHS}{links}</article>"
    assert article(head, body, url).keywords == ("Andalusia", "Fires")


def test_links_to_tags_are_keywords_without_a_class() -> None:
    links = "<div><a href='/thema/bridge'>Bridge</a>, <a href='/thema/town'>Town hall</a></div>"
    body = f"<article><h1>{HEADLINE}</h1>{PARAGRAPHS}{links}</article>"
    found = article("", body)
    assert (found.keywords, found.provenance["keywords"]) == (
        ("Bridge", "Town hall"),
        "tag_links",
    )


@pytest.mark.parametrize("before", ["Blog:", "Dec 18 2025", "17 Jun", "3. Mai 2026"])
def test_label_or_day_before_the_headline_is_no_part_of_it(before: str) -> None:
    head = f"<title>{HEADLINE} | The Post</title><meta property=og:title content='{HEADLINE}'>"
    found = article(head, f"<article><h1>{before} {HEADLINE}</h1>{PARAGRAPHS}</article>")
    assert found.headline == HEADLINE


@pytest.mark.parametrize("before", ["Budget 2026:", "The", "Two years on,"])
def test_words_before_the_headline_that_og_title_lacks_are_kept(before: str) -> None:
    head = f"<meta property=og:title content='{HEADLINE}'>"
    found = article(head, f"<article><h1>{before} {HEADLINE}</h1>{PARAGRAPHS}</article>")
    assert found.headline == f"{before} {HEADLINE}"


def test_heading_of_a_section_does_not_replace_the_h1_above_it() -> None:
    head = "<meta property=og:title content='What is a harbour library? A guided tour'>"
    body = "<h1>A guided tour of our harbour library for new readers</h1><article>"
    found = article(head, f"{body}<h2>What is a harbour library?</h2>{PARAGRAPHS}</article>")
    assert found.headline == "A guided tour of our harbour library for new readers"


def test_heading_under_an_h1_of_other_words_is_the_headline() -> None:
    head = "<meta property=og:title content='Council closes two libraries at once'>"
    body = f"<h1>Harbour life and fun</h1><article><h2>{HEADLINE}</h2>{PARAGRAPHS}</article>"
    assert article(head, body).headline == HEADLINE


def test_sections_in_the_title_are_no_part_of_the_headline() -> None:
    title = f"{HEADLINE} | Town hall | Tideway County"
    body = f"<h1 hidden>{title}</h1><article><h2>{HEADLINE}</h2>{PARAGRAPHS}</article>"
    assert article(f"<title>{title}</title>", body).headline == HEADLINE
    assert article(f"<title>{title}</title>", f"<p>{PARAGRAPHS}").headline == HEADLINE


def test_hidden_heading_that_og_title_repeats_comes_before_a_longer_statement() -> None:
    data = json.dumps({"@type": "NewsArticle", "headline": f"Tideway - {HEADLINE}"})
    head = (
        f"<meta property=og:title content='{HEADLINE}'>"
        f"<script type=application/ld+json>{data}</script>"
    )
    found = article(head, f"<nav><h1>{HEADLINE}</h1></nav><article>{PARAGRAPHS}</article>")
    assert found.headline == HEADLINE
