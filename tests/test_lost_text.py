"""Text that broken markup or class names hide from the reader is found."""

from __future__ import annotations

import itertools

import pytest

from newscrawl import Page, extract
from newscrawl.generic.body.furniture import is_cards
from newscrawl.html.parser import parse_tree

WORDS = "the ferry crosses a wide bay every morning and brings the post back home before noon"


def paragraph(number: int) -> str:
    """Return a paragraph unlike the others."""
    turned = itertools.islice(itertools.cycle(WORDS.split()), number, number + 40)
    return f"<p>Number {number}: {' '.join(turned)}.</p>"


TEXT = "".join(map(paragraph, range(6)))
HEADLINE = "<h1>Old ferry leaves the harbour</h1>"
CARD = "<article><a href='/b{}'><h3>A story of the sea and of the wind</h3></a></article>"
CARDS = "".join(map(CARD.format, range(200)))
COMMENTS = f"<div class=comments>{''.join(map(paragraph, range(20, 34)))}</div>"
# libxml2 does not end a button with an element left open inside it.
OPEN_BUTTON = f"<header><button>Menu<div></button></header><main>{HEADLINE}{TEXT}</main>"
OPEN_HEADING = f"<main>{HEADLINE}<h2 class=excerpt>Goodbye<div>{TEXT}</div></main>{COMMENTS}"
# Nor does it end a noscript so.
OPEN_NOSCRIPT = f"<noscript><div id=no></noscript><main>{HEADLINE}{TEXT}</main>"
WRITTEN_NOSCRIPT = (
    "<script>document.write('<noscript><div>')</script>"
    f"<main>{HEADLINE}{TEXT}</main><noscript><img src=/a></noscript>"
)
# WordPress writes the tags of an article into the class names of its element.
TAGS = f"<div class='post-6 type-post hentry tag-tags tags'>{HEADLINE}{TEXT}</div>{COMMENTS}"
AMONG_CARDS = f"<section class=content>{CARDS}<div>{HEADLINE}</div>{TEXT}</section>"


@pytest.mark.parametrize(
    "body",
    [OPEN_BUTTON, OPEN_HEADING, OPEN_NOSCRIPT, WRITTEN_NOSCRIPT, TAGS],
    ids=["open button", "open heading", "open noscript", "written noscript", "tags"],
)
def test_text_is_found(body: str) -> None:
    markup = f"<html><head><title>Old ferry</title></head><body>{body}</body></html>"
    article = extract(Page(url="https://news.example/a/1", body=markup.encode()))
    paragraphs = [block.text for block in article.blocks if block.kind == "paragraph"]
    assert [text.partition(":")[0] for text in paragraphs] == [f"Number {n}" for n in range(6)]
    assert article.page_kind == "article"


@pytest.mark.parametrize("head", ["<title>A</title>", "<!doctype html><meta charset=utf-8>"])
@pytest.mark.parametrize("element", ["main", "article", "section"])
def test_text_without_a_body_tag_is_found(head: str, element: str) -> None:
    markup = f"{head}<header>Menu</header><{element}>{HEADLINE}{TEXT}</{element}>".encode()
    article = extract(Page(url="https://news.example/a", body=markup))
    assert (article.headline, article.page_kind) == ("Old ferry leaves the harbour", "article")
    assert (article.article_body or "").count("Number") == 6


@pytest.mark.parametrize(
    ("markup", "headings"),
    [
        ("<h2>Tide</h3><p>Text", ["Tide"]),
        ("<H2>Tide</h3><p>Text", ["Tide"]),
        ("<H2>Tide</H3><p>Text", ["Tide"]),
        ("<h2>Tide<hr></h2></h3><p>Text<h2>Ebb</h4>x", ["Tide", "Ebb"]),
    ],
)
def test_heading_ends_at_the_end_tag_of_another_level(markup: str, headings: list[str]) -> None:
    with parse_tree(f"<body>{markup}</body>") as tree:
        assert [node.text() for node in tree.flow.tagged("h2")] == headings


def test_noscript_without_an_end_holds_what_follows() -> None:
    markup = "<p>Seen</p><noscript><div>a</div" + "<noscript" * 3 + "<div></noscript"
    assert parse_tree(markup).root.text() == "Seen"


def test_part_with_the_headline_is_no_row_of_cards() -> None:
    for body, is_row in ((AMONG_CARDS, False), (f"<section>{CARDS}</section>", True)):
        tree = parse_tree(body)
        assert is_cards(tree.root.tagged("section")[0]) == is_row


def lines_of(body: str) -> list[str]:
    page = f"<html><head><title>Old ferry leaves the harbour</title></head><body>{body}"
    article = extract(Page(url="https://port.example/a/1", body=page.encode()))
    return article.article_body.split("\n")


def test_text_directly_in_the_article_element_is_found() -> None:
    plain = [paragraph(number)[3:-4] for number in range(3)]
    assert (
        lines_of(f"<article>{HEADLINE}{plain[0]}<br>{plain[1]}<p>{plain[2]}</p></article>")
        == plain
    )


def test_poem_keeps_its_first_and_last_lines() -> None:
    poem = ["The harbour sleeps", "beneath the moon", "and no one keeps", "its ancient tune"]
    poem += ["The gulls are gone", "the nets are dry", "the tide goes on", "and so do I"]
    text = (
        f"<article>{HEADLINE}<p class=author>By Ann Lee</p><p>{'<br>'.join(poem)}</p></article>"
    )
    assert lines_of(text) == poem


def test_live_blog_keeps_its_lead() -> None:
    updates = "".join(
        f"<div class=update><time datetime='2026-05-03T1{n}:05:00Z'>1{n}:05</time>"
        f"{paragraph(n)}</div>"
        for n in range(6)
    )
    lead = paragraph(30)[3:-4]
    assert (
        lines_of(f"<article>{HEADLINE}<p>{lead}</p><div>{updates}</div></article>")[0] == lead
    )


def test_comments_of_a_match_with_its_minutes_are_the_text() -> None:
    items = "".join(
        f"<li class=comment><span class=minute>{90 - n}’</span><p>{paragraph(n)[3:-4]}</p></li>"
        for n in range(6)
    )
    others = f"<div>{''.join(paragraph(n) for n in range(40, 46))}</div>"
    match = f"<main>{HEADLINE}{others}<ul class=comments>{items}</ul></main>"
    assert sum(line.startswith("Number") for line in lines_of(match)) == 12
    readers = match.replace("’</span>", " likes</span>")
    assert sum(line.startswith("Number") for line in lines_of(readers)) == 6


def read_body(body: str) -> str:
    """Return the body of a page with a headline and *body*."""
    markup = f"<html><head><title>Old ferry</title></head><body><main>{HEADLINE}{body}</main>"
    article = extract(Page(url="https://news.example/a/1", body=markup.encode()))
    return article.article_body or ""


def test_equal_items_of_several_lists_are_text() -> None:
    """Readability and trafilatura lose repeated specifications, too."""
    sheet = (
        "<h3>Remote with screen</h3>"
        "<ul><li>Light: front and rear</li><li>Weight: {} kg</li></ul>"
    )
    sheets = "".join(f"{paragraph(at)}{sheet.format(at)}" for at in range(5))
    body = read_body(sheets + paragraph(5))
    assert (body.count("Light: front and rear"), body.count("Remote with screen")) == (5, 5)


def test_second_copy_of_a_text_is_left_out() -> None:
    """Some pages hold a text for wide and one for narrow screens."""
    text = f"{TEXT}<ul><li>Light: front and rear</li><li>Weight: 14 kg</li></ul>{paragraph(7)}"
    body = read_body(f"<div class=wide>{text}</div><div class=narrow>{text}</div>")
    assert (body.count("Number 3"), body.count("Light: front")) == (1, 1)


def test_linked_subheads_and_items_are_text() -> None:
    sections = "".join(
        f"<h2><a href='/y{at}'>Yard {at}</a></h2>{paragraph(at)}" for at in range(5)
    )
    items = (
        "<ul><li>Oars made of ash</li><li><a href='/r'>Rope</a></li>"
        "<li>A lamp of brass</li></ul>"
    )
    body = read_body(f"{paragraph(9)}{sections}{items}{paragraph(8)}")
    assert [f"Yard {at}\n" in body for at in range(5)] == [True] * 5
    assert "Oars made of ash\nRope\nA lamp of brass" in body


def test_code_that_begins_with_a_tag_is_text() -> None:
    code = "<pre>&lt;nav&gt;\n  &lt;a href=x&gt;\n&lt;/nav&gt;</pre>"
    assert "<nav>" in read_body(f"{TEXT}{code}{paragraph(7)}")


def guide(links: str) -> str:
    """Return a text with a row of cards; the links in it are *links*."""
    cards = "".join(
        f"<div class=find><a href='{links.format(at)}'>A lamp for the cabin, number {at}</a>"
        f"<p>Lamp {at} burned for nine nights and needed oil only once in that time.</p></div>"
        for at in range(5)
    )
    return f"{TEXT}<div class=finds>{cards}</div>{paragraph(7)}"


@pytest.mark.parametrize("links", ["https://shop.example.org/p/{}", "#answer-{}"])
def test_finds_of_a_guide_are_no_teasers(links: str) -> None:
    assert read_body(guide(links)).count("burned for nine nights") == 5


def test_cards_of_the_same_site_are_teasers() -> None:
    assert "burned for nine nights" not in read_body(guide("https://www.news.example/a/{}"))


LINKED = "All three men denied taking the ferry without leave, the court of the harbour heard."
SUBHEAD = (
    "<h2 class=header-with-anchor-widget>The model of a pier<div id=a1 "
    "class='header-anchor-widget'></div></h2>"
)
EDITED = (
    "<div class=mw-heading><h2>History of it</h2><span class=mw-editsection>"
    "<a href='/e'>edit</a></span></div>"
)
ITEMS = (
    "<ul><li><span tabindex=0>You may know what we keep</span></li>"
    "<li><span>You may have it put right</span></li></ul>"
)
REPORTS = {
    "mozilla/readability 878": (f"<p><a href='/x'><strong>{LINKED}</strong></a></p>", LINKED),
    "j0k3r/php-readability 85": (SUBHEAD, "The model of a pier"),
    "mozilla/readability 963": (
        "<div class=subhead id=update><a href='#update'>Update, August</a></div>",
        "Update, August",
    ),
    "mozilla/readability 986": (EDITED, "History of it"),
    "adbar/trafilatura 431": (ITEMS, "You may know what we keep\nYou may have it put right"),
}


@pytest.mark.parametrize("report", REPORTS)
def test_text_that_other_readers_lost(report: str) -> None:
    part, text = REPORTS[report]
    body = read_body(f"{paragraph(0)}{part}{paragraph(1)}{paragraph(2)}")
    assert f"\n{text}\n" in body


def test_linked_headline_of_another_page_is_no_text() -> None:
    link = "<p><a href='/z'>Court of the harbour hears the men who took the ferry</a></p>"
    assert "hears the men" not in read_body(f"{paragraph(0)}{link}{paragraph(1)}{paragraph(2)}")


def test_element_of_a_freed_tree_is_not_read_as_empty() -> None:
    root = Page(url="https://news.example/a/1", body=b"<p>The ferry sails.</p>").tree.root
    with pytest.raises(AttributeError, match="Flow"):
        root.text()
