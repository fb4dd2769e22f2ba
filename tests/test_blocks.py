"""The body as blocks: links, emphasis, code, tables and embeds; the text stays plain."""

from __future__ import annotations

import json
from pathlib import Path

import attrs
import pytest

from newscrawl import Archive, Article, Block, Page, extract
from newscrawl.article import Mark, body_from
from newscrawl.formats.markdown import markdown_from
from newscrawl.text.normalize_article import normalize_article
from tests.archive_samples import SITE, URL, article_at, observation_at

PLAIN = "The council decided on Tuesday to move the town library to the old mill by the river."


def read(body: str) -> Article:
    page = f"<html><body><article><h1>Library moves to the mill</h1><p>{PLAIN}</p>{body}"
    page += f"<p>{PLAIN[::-1].capitalize()}.</p></article></body></html>"
    return extract(Page(url="https://news.example/a/1", body=page.encode()))


def marked(block: Block) -> list[tuple[str, str, str | None]]:
    return [(one.kind, block.text[one.start : one.end], one.url) for one in block.marks]


def test_links_and_emphasis_are_marks_of_the_plain_text() -> None:
    article = read(
        "<p>The mayor, <strong>Ann <em>Lee</em></strong>, said in a "
        '<a href="/report?page=2">report\n on the mill</a> that <code>x = 1</code> holds '
        '<a href="#top">here</a>, and <b> </b>nobody would lose a job.</p>'
    )
    block = article.blocks[1]
    assert block.text == (
        "The mayor, Ann Lee, said in a report on the mill that x = 1 holds here, "
        "and nobody would lose a job."
    )
    assert marked(block) == [
        ("strong", "Ann Lee", None),
        ("emphasis", "Lee", None),
        ("link", "report on the mill", "https://news.example/report?page=2"),
        ("code", "x = 1", None),
    ]
    assert article.article_body == body_from(article.blocks)
    assert (
        "The mayor, **Ann *Lee***, said in a "
        "[report on the mill](<https://news.example/report?page=2>) that `x = 1` holds here"
    ) in markdown_from(article)


def test_marks_stand_in_the_line_that_a_break_begins() -> None:
    article = read(
        f"<p>{PLAIN} <b>First</b>.<br>Work on <b>the roof</b> of the mill begins in May, "
        "and the books are to follow.</p>"
    )
    assert [marked(block) for block in article.blocks[1:3]] == [
        [("strong", "First", None)],
        [("strong", "the roof", None)],
    ]


def test_items_of_a_list_have_their_marks() -> None:
    article = read(
        "<p>This is what the council wants to do with the mill in the next year:</p>"
        "<ul><li>mend <b>the roof</b> before the winter comes</li>"
        "<li>move <i>all the books</i> from the old house</li></ul>"
    )
    (block,) = (block for block in article.blocks if block.kind == "list")
    assert [words for _, words, _ in marked(block)] == ["the roof", "all the books"]
    assert "- move *all the books* from" in markdown_from(article)


def test_table_has_rows_and_cells() -> None:
    article = read(
        "<table><tr><th>House</th><th>Books</th></tr><tr><td>Old house</td><td>12,000</td></tr>"
        "<tr><td>Mill | tower</td><td></td></tr></table>"
    )
    (block,) = (block for block in article.blocks if block.kind == "table")
    assert block.rows == (("House", "Books"), ("Old house", "12,000"), ("Mill | tower", ""))
    assert block.text.split("\n")[1] == "Old house 12,000"
    assert "| House | Books |\n| --- | --- |\n| Old house | 12,000 |" in markdown_from(article)
    assert "| Mill \\| tower |  |" in markdown_from(article)


def test_code_has_its_lines() -> None:
    article = read(
        "<p>The list of the books is printed by a program of three lines, as the head says:</p>"
        "<pre>for book in books:\n    print(book.title, book.place)\nprint('the end.')</pre>"
    )
    (block,) = (block for block in article.blocks if block.kind == "code")
    assert block.text.split("\n")[1] == "    print(book.title, book.place)"
    assert "```\nfor book in books:\n    print" in markdown_from(article)


@pytest.mark.parametrize(
    ("markup", "url"),
    [
        (
            '<iframe src="//www.youtube.com/embed/abc123"></iframe>',
            "https://www.youtube.com/embed/abc123",
        ),
        (
            '<iframe data-src="https://w.soundcloud.com/player/?url=1"></iframe>',
            "https://w.soundcloud.com/player/?url=1",
        ),
        ('<audio src="/sound/1.mp3"></audio>', "https://news.example/sound/1.mp3"),
        (
            '<blockquote class="twitter-tweet"><a href="//x.com/a/1">1 May</a></blockquote>',
            "https://x.com/a/1",
        ),
        (
            '<blockquote class="fb-post" data-href="https://fb.example/p/1/"></blockquote>',
            "https://fb.example/p/1/",
        ),
    ],
)
def test_embeds_stand_between_the_paragraphs(markup: str, url: str) -> None:
    article = read(markup)
    kinds = [block.kind for block in article.blocks if block.kind != "quote"]
    assert kinds == ["paragraph", "embed", "paragraph"]
    (embed,) = (block for block in article.blocks if block.kind == "embed")
    assert (embed.url, embed.text) == (url, "")
    assert f"<{url}>" in markdown_from(article)
    assert url not in article.article_body


@pytest.mark.parametrize(
    "markup",
    [
        '<iframe src="https://ads.example/banner"></iframe>',
        '<iframe src="https://www.facebook.com/plugins/like.php"></iframe>',
        '<div class="advertisement"><iframe src="https://youtube.com/embed/1"></iframe></div>',
        '<iframe src="javascript:void(0)"></iframe>',
        "<blockquote>We move, said the mayor of the town to all readers.</blockquote>",
    ],
)
def test_adverts_and_counters_are_no_embeds(markup: str) -> None:
    assert all(block.kind != "embed" for block in read(markup).blocks)


def test_blocks_are_stored_whole(tmp_path: Path) -> None:
    blocks = (
        Block(
            kind="paragraph",
            text="وصلت السفينة الأولى.",
            marks=(Mark(kind="link", start=5, end=12, url="https://shams.example/2"),),
        ),
        Block(kind="embed", text="", url="https://www.youtube.com/embed/1"),
        Block(kind="table", text="أ ب", rows=(("أ", "ب", ""),)),
    )
    article = article_at(blocks=blocks, article_body=body_from(blocks))
    with Archive(tmp_path / "archive.db") as archive:
        archive.save(article, observation_at(), site=SITE, key="1", run=None)
        assert archive.get(URL) == article
    assert json.loads(json.dumps(article.as_dict()))["blocks"][0]["marks"][0]["end"] == 12


def test_marks_move_with_the_text_that_is_normalised() -> None:
    text = "قالــت\u200f  الوزيرة إن التقريــر جاهز، والتقرير طويل"
    start = text.index("التقريــر")
    mark = Mark(kind="strong", start=start, end=start + len("التقريــر"))
    block = Block(kind="paragraph", text=text, marks=(mark,))
    article = article_at(blocks=(block,), article_body=text, in_language="ar")
    (once,) = normalize_article(article).blocks
    assert [once.text[one.start : one.end] for one in once.marks] == ["التقرير"]
    assert once.text[: once.marks[0].start].endswith("إن ")
    twice = normalize_article(normalize_article(article))
    assert twice == normalize_article(article)


def test_crossing_marks_and_odd_addresses_stay_markdown() -> None:
    marks = (
        Mark(kind="strong", start=0, end=6),
        Mark(kind="link", start=4, end=9, url="https://x.example/a b>c"),
        Mark(kind="link", start=10, end=13, url="https://x.example/(d)>"),
    )
    block = Block(kind="paragraph", text="one `two` six", marks=marks)
    article = attrs.evolve(article_at(), blocks=(block,), headline=None, description=None)
    line = markdown_from(article).split("\n\n")[1]
    assert line == "**one \\`t**wo\\` [six](<https://x.example/(d)%3E>)"
