"""JSON-LD as sites write it: every kind of damage, and each source failing alone."""

from __future__ import annotations

import json
from typing import Any

import pytest

from newscrawl import Page, extract
from newscrawl.html.linked_data import (
    json_ld_objects,
    meta_values,
    parse_json_ld,
    text_of,
    types_of,
    values_at,
)

HEADLINE = "Ferry resumes after repairs"
BODY = "<p>" + "The ferry resumed its crossing on Monday after a week of repairs. " * 8 + "</p>"


@pytest.mark.parametrize(
    "script",
    [
        '{"@type": "NewsArticle", "headline": "%s"}',
        '[{"@type": "WebSite"}, {"@type": "NewsArticle", "headline": "%s"}]',
        '{"@graph": [{"@type": ["Article", "NewsArticle"], "headline": "%s"}]}',
        '<!-- {"@type": "NewsArticle", "headline": "%s"} -->',
        '//<![CDATA[\n{"@type": "NewsArticle", "headline": "%s"}\n//]]>',
        '{"@type": "NewsArticle", "headline": "%s",}',
        '{"@type": "NewsArticle", "headline": "%s"};',
        '{"@type": "NewsArticle", "description": "two\nlines", "headline": "%s"}',
        "{&quot;@type&quot;: &quot;NewsArticle&quot;, &quot;headline&quot;: &quot;%s&quot;}",
        '{"@type": "NewsArticle", "headline": "%s"} trailing words',
        '{"@type": "NewsArticle", "wordCount": NaN, "headline": "%s"}',
        '{"@type": "NewsArticle", "wordCount": ' + "9" * 5000 + ', "headline": "%s"}',
        '{"@type": "http://schema.org/NewsArticle", "headline": "%s"}',
    ],
)
def test_a_damaged_script_is_read(script: str) -> None:
    objects = json_ld_objects([script.replace("%s", HEADLINE)])
    articles = [item for item in objects if "NewsArticle" in types_of(item)]
    assert [item["headline"] for item in articles] == [HEADLINE]


@pytest.mark.parametrize(
    "script", ["", "null", "7", "{", "[" * 100_000, '{"a": ' * 5000, "x" * 2_000_000]
)
def test_a_script_that_says_nothing_is_nothing(script: str) -> None:
    assert json_ld_objects([script]) == ()


def test_one_broken_script_does_not_silence_the_next() -> None:
    scripts = ["{broken", json.dumps({"@type": "NewsArticle", "headline": HEADLINE})]
    assert [item["headline"] for item in json_ld_objects(scripts)] == [HEADLINE]


def test_a_number_of_thousands_of_digits_is_none() -> None:
    assert parse_json_ld('{"n": ' + "9" * 5000 + "}") == {"n": None}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("  Two \n words ", "Two words"),
        ("Q&amp;A", "Q&A"),
        ({"name": "Muna Haddad"}, "Muna Haddad"),
        (["", "second"], "second"),
        ("lone \ud800 surrogate", "lone \ufffd surrogate"),
        (None, ""),
        (7, ""),
    ],
)
def test_text_of(value: Any, text: str) -> None:
    assert text_of(value) == text


def test_values_at_walks_lists() -> None:
    item = {"author": [{"name": "One"}, {"name": ""}, {"name": ["Two", "Three"]}]}
    assert values_at(item, "author.name") == ("One", "Two", "Three")


def test_meta_values_ignore_the_case_of_names() -> None:
    assert meta_values([("og:title", "One"), ("og:title", "Two")], "OG:Title") == ("One", "Two")


def test_of_many_articles_the_pages_own_is_read() -> None:
    others = "".join(
        f'<script type="application/ld+json">{{"@type": "NewsArticle", "headline": "Other {n}",'
        f' "url": "https://n.example/{n}", "datePublished": "2020-01-01"}}</script>'
        for n in range(300)
    )
    own = (
        '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Own",'
        ' "url": "https://n.example/own", "datePublished": "2026-03-01T10:00:00Z"}</script>'
    )
    markup = f"<html><head>{others}{own}</head><body>{BODY}</body></html>"
    article = extract(Page(url="https://n.example/own", body=markup.encode()))
    assert article.headline == "Own"
    assert str(article.date_published) == "2026-03-01 10:00:00+00:00"
