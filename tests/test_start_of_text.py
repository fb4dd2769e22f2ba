"""The first lines of an article: text, standfirst or an invitation to something else."""

from __future__ import annotations

import pytest

from newscrawl import Article, Page, extract

TEXT = "".join(
    f"<p>In {place} the mill turns again after {years} dry years, and the miller's daughter "
    f"counts the sacks of {grain} that leave the yard before the evening bell.</p>"
    for place, years, grain in (
        ("Upper Dale", "three", "barley"),
        ("Stone Ford", "seven", "rye"),
        ("Hill End", "nine", "oats"),
    )
)
LONG = (
    "Much has become better at the mills of the valley, but little of it is good. Those who "
    "carry the sacks are paid by the day, those who keep the books do not know whether they "
    "will be asked again in spring, and nobody has counted the hours of the children who sweep "
    "the yard. The council has promised rules since the last flood, and a year has gone since "
    "that promise, in which four mills were sold and two of them closed for good."
)


def read(body: str) -> Article:
    """Return the article whose headline and *body* these are."""
    markup = f"<title>Mills turn again</title><main><article>{body}</article></main>"
    return extract(Page(url="https://news.example/2026/mills", body=markup.encode()))


def test_long_paragraph_in_a_header_begins_the_text() -> None:
    article = read(
        f"<header><h1>Mills turn again</h1><p>{LONG}</p></header>"
        f"<aside><dl><dt>Date<dd>12.01.2026</dl></aside>{TEXT}"
    )
    assert (article.article_body or "").startswith("Much has become better")
    assert article.date_published is not None
    assert article.date_published.day == 12


@pytest.mark.parametrize("name", ["introText", "articleLead", "preface", "copete", "anriss"])
def test_standfirst_is_found_by_class_names_of_many_languages(name: str) -> None:
    standfirst = "After three dry years the council opens the sluices for good."
    article = read(
        f"<h1>Mills turn again</h1><div class={name}><p>{standfirst}</p></div>"
        f"<div class=body>{TEXT}</div>"
    )
    assert article.description == standfirst
    assert (article.article_body or "").startswith("In Upper Dale")


@pytest.mark.parametrize(
    "sentence",
    [
        "To get through the winter, the miller lends his boat to the neighbours.",
        "If you have a sack of your own, the mill takes a tenth of the flour.",
        "For more than a year the wheel stood still, and the pond filled with reeds.",
    ],
)
def test_sentence_that_begins_like_an_invitation_stays(sentence: str) -> None:
    article = read(f"<h1>Mills turn again</h1>{TEXT}<p>{sentence}</p>{TEXT[:-5]} too.</p>")
    assert sentence in (article.article_body or "")


def test_invitation_with_a_link_is_left_out() -> None:
    invitation = "<p>For more stories like this, see <a href=/news>our page of news</a>.</p>"
    article = read(f"<h1>Mills turn again</h1>{TEXT}{invitation}")
    assert "For more stories" not in (article.article_body or "")


def test_bold_first_line_of_a_paragraph_stays() -> None:
    first = f"<p><b>At a glance</b><br>{LONG}</p>"
    article = read(f"<h1>Mills turn again</h1><p>3 May 2026</p>{first}{TEXT}")
    assert (article.article_body or "").startswith("At a glance")


def test_paragraphs_in_headings_are_text() -> None:
    body = TEXT.replace("<p>", "<h3>").replace("</p>", "</h3>")
    article = read(f"<h1>Mills turn again</h1>{body}")
    assert [block.kind for block in article.blocks] == ["paragraph"] * 3
    assert article.page_kind == "article"


def test_heading_that_is_a_button_and_lines_around_a_list_stay() -> None:
    items = TEXT.replace("<p>", "<li><p>").replace("</p>", "</p></li>")
    article = read(
        f"<h1>Mills turn again</h1><ol>{items}</ol><p>The appeal is dismissed.</p>"
        f"<h3><button>Who pays?</button></h3><p>{LONG}</p>"
        "<ol><li>Book of the mill, March. <a href=#n1>↩︎</a></li></ol>"
    )
    text = article.article_body or ""
    assert "The appeal is dismissed.\nWho pays?\n" in text.replace("\n\n", "\n")
    assert text.rstrip("↩︎ ").endswith("Book of the mill, March.")


def test_poem_whose_title_is_shorter_than_the_stated_one_is_found() -> None:
    verses = "<br>".join(f"line {n} of a song about the mill" for n in range(7))
    article = read(f"<h1>Wheel</h1><h3>Verses: Ida Holm</h3><div>{verses}</div>")
    assert (article.article_body or "").count("song") == 7
