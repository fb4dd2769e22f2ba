"""The credit of a page: below the text, in parts of their own, or beside the byline."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from newscrawl import Page, extract

TEXT = (
    "<p>The ferry ran at night for the first time, and people had come to see it leave.</p>" * 4
)


def credited(byline: str = "", below: str = "", url: str = "https://post.example/ferry") -> str:
    page = f"""<title>Ferry runs at night | Tideway Post</title><body><article>
    <h1>Ferry runs at night</h1><div class="byline">{byline}</div><div class="text">{TEXT}</div>
    {below}</article></body>"""
    credit = extract(Page(url=url, body=page.encode())).source_credit
    return "" if credit is None else "; ".join(one.id or one.name for one in credit.agencies)


CREDITS: Mapping[str, tuple[dict[str, str], str]] = {
    "bare-byline": ({"byline": "dpa/AFP"}, "dpa; afp"),
    "hebrew": ({"byline": "<span>רויטרס</span>"}, "reuters"),
    "labelled-byline": ({"byline": "المصدر: رويترز"}, "reuters"),
    "brackets": ({"below": "<div class='source'>المصدر: (أبوظبي - البيان)</div>"}, "albayan"),
    "footer": ({"below": "<footer>Quelle: dpa</footer>"}, "dpa"),
    "bare": ({"below": "<div><span>(أ ف ب)</span></div>"}, "afp"),
    "russian": ({"below": "<div>Источник: ТАСС</div>"}, "tass"),
    "reports": (
        {"below": "<p>With reports from Reforma and El Economista</p>"},
        "Reforma; El Economista",
    ),
    "person": ({"byline": "By Ann Lee"}, ""),
    "button": ({"byline": "<button>AA</button>"}, ""),
    "dateline": ({"byline": "نواكشوط - رويترز"}, ""),
    "own-outlet": ({"below": "<div>Source: Tideway Post</div>"}, ""),
    "own-agency": ({"byline": "Reuters", "url": "https://www.reuters.com/ferry"}, ""),
}


@pytest.mark.parametrize(("parts", "expected"), CREDITS.values(), ids=CREDITS)
def test_credit_is_found_wherever_it_stands(parts: dict[str, str], expected: str) -> None:
    assert credited(**parts) == expected


@pytest.mark.parametrize(
    ("above", "agency"),
    [
        ('<div class="source">المصدر: (أبوظبي - البيان)</div>', "albayan"),
        ('<div class="credit">רויטרס</div>', "reuters"),
        ("<div>Source: Reuters</div>", "reuters"),
    ],
)
def test_credit_beside_the_byline_is_found_and_no_text(above: str, agency: str) -> None:
    text = "<p>The ferry ran at night, and many people had come to see it leave the port.</p>"
    page = f"<article><h1>Ferry runs at night</h1>{above}{text * 5}</article>"
    article = extract(Page(url="https://post.example/news/1", body=page.encode()))
    assert article.source_credit is not None
    assert [one.id for one in article.source_credit.agencies] == [agency]
    assert article.article_body.startswith("The ferry")


def test_agency_beside_a_picture_is_no_credit_of_the_text() -> None:
    text = "<p>The ferry ran at night, and many people had come to see it leave the port.</p>"
    above = '<div><img src="/harbour-at-dawn.jpg"><div class="credit">Reuters</div></div>'
    page = f"<article><h1>Ferry runs at night</h1>{above}{text * 5}</article>"
    article = extract(Page(url="https://post.example/news/1", body=page.encode()))
    assert article.source_credit is None
