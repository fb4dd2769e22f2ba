"""Free and cut texts: `is_accessible_for_free`, and the body of a cut text."""

from __future__ import annotations

import pytest

from newscrawl import Article, Page, extract
from newscrawl.extraction.explain import explain

SHOWN = (
    "The council wants to sell the old mill to a foundation, which would make a library of it.",
    "The mayor spoke of the best offer in years, and the opposition of a gift to rich friends.",
    "Both want to vote before the summer, though the architect has asked for a year more.",
    "The miller's granddaughter, who lives next door, says that nobody has talked to her yet.",
)
BODY = "".join(f"<p>{text}</p>" for text in SHOWN)
WALLS = {
    "English": "Subscribe to continue reading this article and all others.",
    "English, a question": "Already a subscriber? Log in",
    "French": "La suite de cet article est réservée aux abonnés.",
    "German": "Jetzt weiterlesen mit dem Digitalabo, die ersten vier Wochen gratis.",
    "Spanish": "Para seguir leyendo, hazte socio hoy mismo.",
    "Portuguese": "Conteúdo exclusivo para assinantes",
    "Italian": "Riservato agli abbonati: scegli la tua offerta",
    "Dutch": "Alleen voor abonnees",
    "Norwegian": "Kun for abonnenter",
    "Polish": "Treść tylko dla prenumeratorów",
    "Russian": "Только для подписчиков",
    "Turkish": "Okumaya devam etmek için abone olun.",
    "Arabic": "هذا المحتوى للمشتركين فقط، اشترك الآن",
    "Arabic, an offer": "لمتابعة القراءة اختر الاشتراك المناسب لك",
    "Persian": "ویژه مشترکان روزنامه",
    "Hebrew": "כתבה זו למנויים בלבד",
    "Japanese": "この記事は有料会員限定です",
}


def page(body: str, head: str = "") -> Page:
    html = (
        f"<html><head><title>Mill for sale</title>{head}"
        '<meta property="og:type" content="article"></head><body><nav><a href="/s">Subscribe'
        f"</a></nav><article><h1>Town wants to sell the old mill</h1>{body}</article></body>"
    )
    return Page(url="https://news.example/a/mill", body=html.encode())


def read(body: str, head: str = "") -> Article:
    return extract(page(body, head))


def stated(data: str) -> str:
    return f'<script type="application/ld+json">{{"@type":"NewsArticle",{data}}}</script>'


@pytest.mark.parametrize("name", WALLS)
def test_wall_below_a_cut_text(name: str) -> None:
    article = read(f"{BODY}<p>{WALLS[name]}</p>")
    assert article.is_accessible_for_free is False
    assert article.provenance["is_accessible_for_free"] == "printed_wall"
    assert article.article_body == "\n".join(SHOWN)
    assert article.page_kind == "article"


def test_wall_in_a_part_of_its_own() -> None:
    wall = (
        '<div class="c-paywall"><h3>You have read your last free article</h3>'
        "<p>Read everything for one euro a week, and cancel at any time you like to.</p></div>"
    )
    article = read(BODY + wall)
    assert article.is_accessible_for_free is False
    assert article.article_body == "\n".join(SHOWN)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ('"isAccessibleForFree": false', False),
        ('"isAccessibleForFree": "False"', False),
        ('"isAccessibleForFree": "https://schema.org/False"', False),
        ('"isAccessibleForFree": true', True),
        ('"isAccessibleForFree": "maybe"', None),
        ('"hasPart": {"isAccessibleForFree": "False", "cssSelector": ".paid"}', False),
        ('"hasPart": [{"isAccessibleForFree": true}, {"isAccessibleForFree": false}]', False),
        ('"hasPart": {"isAccessibleForFree": true, "cssSelector": ".text"}', True),
        ('"hasPart": "x"', None),
    ],
)
def test_stated_access(data: str, expected: bool | None) -> None:
    assert read(BODY, stated(data)).is_accessible_for_free is expected


def test_stated_access_comes_before_a_printed_wall() -> None:
    article = read(f"{BODY}<p>Subscribe to read more.</p>", stated('"isAccessibleForFree": 1'))
    assert article.is_accessible_for_free is True
    assert article.provenance["is_accessible_for_free"] == "jsonld"


def test_microdata_and_meta() -> None:
    assert (
        read(BODY, '<meta itemprop="isAccessibleForFree" content="false">')
    ).is_accessible_for_free is False
    assert (
        read(BODY, '<meta property="article:content_tier" content="locked">')
    ).is_accessible_for_free is False


@pytest.mark.parametrize(
    "body",
    [
        BODY,
        BODY + '<div style="display:none" class="paywall">Subscribe to continue reading</div>',
        BODY
        + "<p>The club had been for subscribers only, until the mayor opened it to all.</p>",
        "".join(BODY for _ in range(20)).replace("mill", "long mill")
        + '<div class="wall"><p>Subscribe to continue reading</p></div>',
    ],
    ids=["nothing said", "hidden", "told of", "long body"],
)
def test_text_without_a_wall_says_nothing(body: str) -> None:
    article = read(body)
    assert article.is_accessible_for_free is None
    assert SHOWN[0].replace("mill", "long mill") in article.article_body or (
        SHOWN[0] in article.article_body
    )


def test_page_that_shows_little_but_a_wall_keeps_that_little() -> None:
    article = read(f"<p>{SHOWN[0]}</p><p>{WALLS['English']}</p>")
    assert (article.page_kind, article.article_body) == ("paywall", SHOWN[0])


def test_page_that_shows_nothing_but_a_wall_is_no_article() -> None:
    article = read('<div class="paywall">This article is for subscribers only.</div>')
    assert article.page_kind == "paywall"


def test_explanation_says_which_line_is_the_wall() -> None:
    text_lines = explain(page(f"{BODY}<p>{WALLS['English']}</p>")).text_lines
    assert {line.text: line.role for line in text_lines}[WALLS["English"]] in {
        "paywall",
        "newsletter",
    }
