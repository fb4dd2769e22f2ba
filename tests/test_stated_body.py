"""A body that only the JSON-LD states, for pages that a script draws."""

from __future__ import annotations

import json
from typing import Any

import pytest

from newscrawl import Article, Page, extract

TEXT = (
    "The council decided on Tuesday to move the town library to the old mill.\n"
    "The mayor said that nobody would lose a job, and readers asked for longer hours.\n"
    "The head of the library promised to look into that before the end of the summer."
)
SCRIPT = f"<script>{'draw();' * 400}</script>"
ONE_WALL = (
    '<div id="root"><p>To go on you have to log in with the address that you gave us, or make'
    f" an account for the reading of {'all the many papers of our house, ' * 20}</p></div>"
)


def read(body: str = '<div id="root"></div>', **more: object) -> Article:
    data = {"@type": "NewsArticle", "headline": "Library moves", "articleBody": TEXT} | more
    linked = f'<script type="application/ld+json">{json.dumps(data)}</script>'
    html = f"<html><head><title>Library moves</title>{linked}{SCRIPT}</head><body>{body}</body>"
    return extract(Page(url="https://news.example/a/1", body=html.encode()))


def test_stated_body_stands_in_for_what_a_script_draws() -> None:
    article = read()
    assert article.page_kind == "article"
    assert article.article_body == TEXT
    assert [block.kind for block in article.blocks] == ["paragraph"] * 3
    assert article.provenance["article_body"] == "jsonld"


def test_stated_body_with_markup_keeps_its_structure() -> None:
    lines = TEXT.split("\n")
    marked = f"<p>{lines[0]}</p><h2>Hours</h2><ul><li>{lines[1]}</li><li>{lines[2]}</li></ul>"
    article = read(articleBody=marked)
    assert [block.kind for block in article.blocks] == ["paragraph", "heading", "list"]


@pytest.mark.parametrize(
    "more",
    [{"articleBody": "Library moves."}, {"articleBody": [1]}, {"isAccessibleForFree": "False"}],
    ids=["short", "malformed", "not free"],
)
def test_page_without_any_text_is_refused(more: dict[str, Any]) -> None:
    article = read(**more)
    assert article.page_kind != "article"
    assert TEXT not in article.article_body


def test_printed_text_is_the_body_whatever_is_stated() -> None:
    printed = "".join(f"<p>{line} So it was.</p>" for line in TEXT.split("\n"))
    article = read(f"<article><h1>Library moves</h1>{printed}</article>")
    assert article.article_body.count("So it was.") == 3
    assert article.provenance["article_body"] == "density"


def test_page_that_shows_a_wall_gives_no_more_than_it_shows() -> None:
    assert TEXT.splitlines()[0] not in read(ONE_WALL).article_body
