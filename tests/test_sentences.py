"""Words of a sentence stay in it, whatever element they stand in; hidden words are none."""

from __future__ import annotations

import pytest

from newscrawl import Page, extract
from newscrawl.article import Article

FIRST = (
    "The harbour office said on Monday that the ferry would be back before the summer is over."
)
LAST = (
    "Nobody in the old town expects the second bridge to be open again before the next winter."
)


def read(middle: str, below: str = "") -> Article:
    body = (
        f"<article><h1>Ferry returns</h1><p>{FIRST}</p>{middle}<p>{LAST}</p></article>{below}"
    )
    markup = f"<html><head><title>Ferry returns</title></head><body>{body}</body></html>"
    return extract(Page(url="https://news.example/a/1", body=markup.encode()))


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("It left on <time>3 June</time> with two crews.", "It left on 3 June with two crews."),
        (
            "All <button>pilots</button> of the port were there.",
            "All pilots of the port were there.",
        ),
        (
            "A <x-term>lighter</x-term> of the port brought it in.",
            "A lighter of the port brought it in.",
        ),
        (
            "The crew<span class=sr-only>opens in a tab</span> of nine went home.",
            "The crew of nine went home.",
        ),
        (
            "The crew<i style='clip: rect(0,0,0,0)'>opens in a tab</i> of nine went home.",
            "The crew of nine went home.",
        ),
    ],
)
def test_words_stay_in_their_sentence(markup: str, text: str) -> None:
    assert (read(f"<p>{markup}</p>").article_body or "").split("\n") == [FIRST, text, LAST]


def test_section_named_by_the_words_of_its_heading_is_text() -> None:
    section = (
        f"<section id=related-damage><h2>Related damage</h2><p>{FIRST[::-1]}.</p></section>"
    )
    assert FIRST[::-1] in (read(section).article_body or "")


def test_cards_in_whole_links_are_no_text() -> None:
    card = f"<a href='/b'><div>A story of the sea</div><div>{FIRST[4:]}</div></a>"
    assert read(card).article_body == f"{FIRST}\n{LAST}"


def test_hidden_terms_are_no_text_however_long() -> None:
    terms = "".join(
        f"<p>By visit {n} you agree to be bound by these terms, which we may alter.</p>"
        for n in range(9)
    )
    hidden = f"<div style='display: none'>{terms}</div>"
    assert read("", hidden).article_body == f"{FIRST}\n{LAST}"
