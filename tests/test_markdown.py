"""An article as Markdown."""

from __future__ import annotations

import pytest

from newscrawl.article import Article, Block, Dateline, SourceCredit
from newscrawl.formats.markdown import markdown_from


def test_the_body_keeps_its_structure() -> None:
    article = Article(
        url="https://x.example/1",
        headline="عنوان",
        description="مقدمة",
        dateline=Dateline(raw="صحار ـ شمس"),
        blocks=(
            Block(kind="paragraph", text="فقرة."),
            Block(kind="heading", text="فرعي"),
            Block(kind="quote", text="قول"),
            Block(kind="list", text="أول\nثان"),
            Block(kind="table", text="أ | ب\n1 | 2"),
        ),
        source_credit=SourceCredit(raw="وكالات"),
    )
    assert markdown_from(article) == (
        "# عنوان\n\n*مقدمة*\n\n**صحار ـ شمس**\n\nفقرة.\n\n## فرعي\n\n> قول\n\n"
        "- أول\n- ثان\n\n    أ | ب\n    1 | 2\n\nوكالات"
    )


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("# not a heading", "\\# not a heading"),
        ("- 5 degrees", "\\- 5 degrees"),
        ("1. May", "1\\. May"),
        ("12) x", "12\\) x"),
        ("a*b_c`d [e] <f>", "a\\*b\\_c\\`d \\[e\\] \\<f\\>"),
        ("1.5 million", "1.5 million"),
        ("-5 degrees", "-5 degrees"),
    ],
)
def test_marks_of_the_page_are_no_markdown(text: str, escaped: str) -> None:
    assert markdown_from(Article(url="https://x.example/1", article_body=text)) == escaped


def test_an_article_without_blocks_has_its_lines() -> None:
    article = Article(url="https://x.example/1", article_body="أول\nثان")
    assert markdown_from(article) == "أول\n\nثان"


def test_nothing_gives_nothing() -> None:
    assert markdown_from(Article(url="https://x.example/1")) == ""
