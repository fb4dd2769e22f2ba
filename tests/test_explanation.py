"""The report of a reading shows for every field what competed and why it lost."""

from __future__ import annotations

from newscrawl import Page
from newscrawl.extraction.explain import FieldReading, explain
from newscrawl.generic.candidates import PLACES
from newscrawl.layouts.field_readers import FIELDS

TEXT = "".join(
    f"<p>The council met for the {n} time on Tuesday, and nobody left before the end of it.</p>"
    for n in ("first", "second", "third", "fourth")
)
MARKUP = f"""<html lang="en"><head><title>Mill becomes a library - Harbour Post</title>
<link rel="canonical" href="https://news.example/a/mill">
<meta property="og:url" content="https://news.example/other">
<meta property="og:locale" content="de_DE">
<meta property="og:image" content="https://news.example/m.jpg">
<meta property="og:image:url" content="https://news.example/u.jpg">
<meta name="twitter:image" content="https://news.example/t.jpg">
<meta name="author" content="Bob Ray">
<meta name="description" content="A mill, and what became of it in the end of all.">
<meta name="keywords" content="mill, books">
<meta property="article:section" content="Town">
<meta property="article:published_time" content="2026-05-17T10:00:00Z">
<meta property="article:modified_time" content="2026-05-18T10:00:00Z">
<meta property="article:content_tier" content="free">
<link rel="next" href="https://news.example/a/another-story">
<script type="application/ld+json">{{"@type": "NewsArticle", "headline": "Mill turned library",
"alternativeHeadline": "Books", "abstract": "A summary of it.",
"inLanguage": "fr", "datePublished": "2026-05-16T10:00:00Z",
"dateModified": "2026-05-19T10:00:00Z", "articleSection": "Culture", "articleBody": "Cut off.",
"description": "The council decides about the mill and the books in it at last.",
"isAccessibleForFree": false, "keywords": ["library"]}}</script></head><body><article>
<h1>Mill becomes a library</h1><p>By Ann Lee</p>{TEXT}</article>
<h3>Most read</h3><a href="/b">One story alone of the sea</a></body></html>"""


def fields() -> dict[str, FieldReading]:
    page = Page(url="https://news.example/a/mill", body=MARKUP.encode())
    return {field.field: field for field in explain(page).fields}


def losers(field: str) -> dict[str, tuple[str, str]]:
    return {rival.value: (rival.rule, rival.why_not) for rival in fields()[field].rivals}


def test_every_field_that_a_layout_may_rule_has_its_places() -> None:
    assert {*PLACES, "headline", "images"} >= FIELDS


def test_rivals_say_where_they_stand_and_why_they_lost() -> None:
    assert losers("authors")["Bob Ray"] == ("meta:author", "byline_line comes first")
    assert losers("in_language")["fr"] == ("jsonld", "html comes first")
    assert losers("canonical_url")["https://news.example/other"][0] == "meta:og:url"
    assert losers("article_body")["Cut off."] == ("jsonld", "density comes first")
    assert losers("is_accessible_for_free")["True"][0] == "meta:article:content_tier"
    assert losers("date_modified")["2026-05-18T10:00:00Z"][1] == "jsonld comes first"
    assert losers("main_image")["https://news.example/t.jpg"][0] == "meta:twitter:image"
    assert losers("headline")["Mill turned library"][1]


def test_rivals_are_of_the_sources_that_the_reader_tries() -> None:
    assert losers("main_image")["https://news.example/u.jpg"][0] == "meta:og:image:url"
    assert "Books" not in losers("alternative_headline")
    assert "A summary of it." not in losers("description")


def test_what_is_nothing_at_all_says_so() -> None:
    assert losers("missing_pages")["https://news.example/a/another-story"] == (
        "no page of this article",
        "its address is not this one's with another page number",
    )
    assert losers("link_lists")["Most read"] == (
        "no list of articles",
        "fewer than two links to articles follow it",
    )


def test_the_winner_is_not_among_the_rivals() -> None:
    found = fields()
    for name in ("description", "authors", "in_language", "canonical_url"):
        assert found[name].value not in {rival.value for rival in found[name].rivals}
