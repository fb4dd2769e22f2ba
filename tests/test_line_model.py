"""The line model: text that the rules lose is found, and dates and bylines keep their roles."""

from __future__ import annotations

import itertools
from importlib.resources import files

from newscrawl import Page
from newscrawl.extraction.explain import Explanation, explain
from newscrawl.extraction.extractor_identity import extraction_files

WORDS = "the ferry crosses a wide bay every morning and brings the post back home before noon"


def paragraph(number: int) -> str:
    """Return a paragraph unlike the others."""
    turned = itertools.islice(itertools.cycle(WORDS.split()), number, number + 40)
    return f"<p>Number {number}: {' '.join(turned)}.</p>"


def explained(body: str) -> Explanation:
    markup = f"<html><head><title>Ten ferries</title></head><body>{body}</body></html>"
    return explain(Page(url="https://news.example/a/1", body=markup.encode()))


def test_sections_with_headings_of_their_own_are_text() -> None:
    sections = "".join(
        f"<div class='slice'><h1>Ferry {n}</h1>{paragraph(n)}{paragraph(n + 20)}</div>"
        for n in range(5)
    )
    found = explained(
        f"<main><h1>Ten ferries of the north</h1><div class='slice'>{paragraph(90)}</div>"
        f"{sections}</main>"
    )
    body = found.article.article_body or ""
    assert [n for n in range(5) if f"Number {n + 20}:" not in body] == []
    assert found.article.headline == "Ten ferries of the north"


def test_lines_show_their_scores() -> None:
    text = "".join(map(paragraph, range(6)))
    found = explained(f"<main><h1>Ten ferries of the north</h1><p>By Ann Lee</p>{text}</main>")
    by_role = {line.role: line.score for line in found.text_lines}
    assert by_role["byline"] is None
    assert (by_role["body"] or 0) > 1_000


def test_date_above_the_text_is_no_text() -> None:
    text = "".join(map(paragraph, range(6)))
    for line in ("HARBOUR, 3 March 2026", "Published March 3, 2026 at 9 a.m.", "Tuesday"):
        found = explained(
            f"<main><h1>Ten ferries</h1><div>{line}</div><article>{text}</article></main>"
        )
        assert line not in (found.article.article_body or "")


def test_model_is_part_of_the_identity() -> None:
    assert "resources/pages/line_model.tsv" in extraction_files(files("newscrawl"))
