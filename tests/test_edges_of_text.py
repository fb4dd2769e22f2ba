"""Lines at the edges of a text: short first lines, tables and lists at its end."""

from __future__ import annotations

import pytest

from newscrawl import Page, extract

TEXT = "".join(
    f"<p>The {name} of the valley wrote to the council in spring, and an answer came in fall, "
    f"when the {thing} had long been carried off by the river.</p>"
    for name, thing in (("miller", "sluice"), ("smith", "bridge"), ("widow", "garden wall"))
)
ROWS = "".join(f"<tr><td>Mill {n}<td>{n * 7}<td>{n * 3}" for n in range(1, 6))


def lines_of(body: str) -> list[str]:
    """Return the lines of the text of a page with this *body* under a headline."""
    return lines_of_page(f"<title>Letters of old</title><article><h1>Letters of old</h1>{body}")


def lines_of_page(markup: str) -> list[str]:
    page = Page(url="https://news.example/2026/letters", body=markup.encode())
    return (extract(page).article_body or "").splitlines()


@pytest.mark.parametrize(
    ("first", "lines"),
    [
        ("<p><strong>What it costs</strong><br>{}</p>", ["What it costs"]),
        ("<p>Who answers?<br>{}</p>", ["Who answers?"]),
        ("<p>“Is it you?”</p><p>“It is.”</p><p>{}</p>", ["“Is it you?”", "“It is.”"]),
        ("<p>No.</p><p>{}</p>", ["No."]),
    ],
    ids=["bold", "question", "dialogue", "a word"],
)
def test_short_first_lines_stay(first: str, lines: list[str]) -> None:
    sentence = "That was all the clerk would say about the letters of the valley that day."
    assert lines_of(first.format(sentence) + TEXT)[: len(lines) + 1] == [*lines, sentence]


def test_byline_and_date_above_the_text_are_no_lines_of_it() -> None:
    head = "<p>By Ida Holm<br>3 May 2026<br>"
    assert lines_of(f"{head}{TEXT[3:]}")[0].startswith("The miller")


@pytest.mark.parametrize("heading", ["", "<h2>Harvest</h2>"])
def test_table_at_the_end_of_the_text_stays_with_its_heading(heading: str) -> None:
    lines = [line for line in lines_of(f"{TEXT}{heading}<table>{ROWS}</table>") if line]
    assert lines[-1] == "Mill 5 35 15"
    assert ("Harvest" in lines) is bool(heading)


def test_list_at_the_end_of_the_text_stays() -> None:
    lines = [line for line in lines_of(f"{TEXT}<ul><li>Barley: up<li>Rye: down</ul>") if line]
    assert lines[-2:] == ["Barley: up", "Rye: down"]


def test_lines_that_the_last_sentence_announces_stay() -> None:
    names = "".join(f"<p>{name}</p>" for name in ("Ida Holm, chair", "Olaf Rud, clerk"))
    lines = [line for line in lines_of(f"{TEXT}<p>The members are:</p>{names}") if line]
    assert lines[-3:] == ["The members are:", "Ida Holm, chair", "Olaf Rud, clerk"]


def test_signature_and_links_below_the_text_are_left_out() -> None:
    links = "".join(f"<li><a href=/n/{n}>Another letter of the valley</a>" for n in range(4))
    lines = [line for line in lines_of(f"{TEXT}<p>Ida Holm</p><ul>{links}</ul>") if line]
    assert lines[-1].endswith("by the river.")


def test_code_in_a_figure_is_text() -> None:
    code = "<figure><pre>level = read(gauge)</pre><figcaption>The gauge</figcaption></figure>"
    lines = lines_of(f"{TEXT}{code}<p>That is how the gauge is read since the flood.</p>")
    assert "level = read(gauge)" in lines


def test_links_that_a_line_announces_are_its_list() -> None:
    items = "<li><a href=/a.pdf>Letter of the miller</a><li><a href=/b.pdf>Answer of fall</a>"
    announced = f"<p>The papers are:</p><ul>{items}</ul>"
    lines = ["The papers are:", "Letter of the miller", "Answer of fall"]
    assert lines_of(f"{TEXT}{announced}{TEXT.replace('spring', 'May')}")[3:6] == lines
    related = f"<p>Read also:</p><ul>{items}</ul>"
    assert lines_of(f"{TEXT}{related}") == lines_of(TEXT)


def cards(count: int, tag: str, section: str) -> str:
    inside = "".join(
        f"<{tag} class=card><a href=/n/{n}><h3>Lamp number {n} of the old lighthouse</h3></a>"
        f"<p>A longer text than the article, on nets, ropes, dogs and the quay, no. {n}."
        f"</p><span>{n} April 2026</span></{tag}>"
        for n in range(1, 9)
    )
    return f"<section class={section}><h2>Related news</h2>{inside}</section>"


@pytest.mark.parametrize(("tag", "section"), [("div", "related"), ("article", "more")])
@pytest.mark.parametrize("is_above", [True, False])
def test_cards_of_other_pages_never_stand_for_a_short_text(
    tag: str, section: str, is_above: bool
) -> None:
    text = "The lighthouse keeper went home on Monday, and nobody lit the lamp."
    around = cards(8, tag, section)
    article = f"<article><h1>Lamp stays dark</h1><p>6 May 2026</p><p>{text}</p></article>"
    page = f"{around}{article}" if is_above else f"{article}{around}"
    assert lines_of_page(page) == [text]
