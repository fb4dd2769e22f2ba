"""Addresses, buttons and types that tell other pages from articles."""

from __future__ import annotations

import pytest

from newscrawl import Article, Page, extract

SUMMARY = "The harbour office said on Monday that the ferry would be back before the summer."
HEADLINE = "The ferry to the old harbour is back after two years of repairs"


def read(body: str, head: str = "", title: str = HEADLINE, path: str = "x/12") -> Article:
    page = Page(
        url=f"https://port.example/{path}",
        body=f"<html><head><title>{title}</title>{head}</head><body>{body}</body></html>".encode(),
        content_type="text/html; charset=utf-8",
    )
    return extract(page)


def kind_of(body: str, head: str = "", title: str = HEADLINE, path: str = "x/12") -> str:
    return read(body, head, title, path).page_kind


def sentences(count: int) -> list[str]:
    return [f"{SUMMARY} It carries {number} cars a day." for number in range(count)]


QUIZ = 8 * "<label><input type='radio'> Old</label>"
NEWS = f"<h1>{HEADLINE}</h1><p>By Mara Linde</p><p>6 May 2026</p>"
LINKS = "".join(
    f"<li><a href='/n/{number}'>Other news of the harbour, number {number}</a></li>"
    for number in range(8)
)


PATHS = (
    *("category/port", "topics/port", "archive/2026", "video", "products", "gallery"),
    *("podcasts", "tag/port", "author/linde"),
)


@pytest.mark.parametrize("path", PATHS)
def test_a_signed_and_dated_text_outweighs_a_step_of_its_address(path: str) -> None:
    text = "".join(f"<p>{one}</p>" for one in sentences(4))
    assert kind_of(f"<article>{NEWS}{text}</article>", path=f"{path}/ferry") == "article"


def test_a_flash_beside_links_is_an_article_if_it_has_a_day() -> None:
    text = f"<p>{SUMMARY}</p>"
    aside = f"<aside><h3>Most read</h3><ul>{LINKS}</ul></aside>"
    dated = f"<article><h1>{HEADLINE}</h1><time>6 May 2026</time>{text}</article>{aside}"
    assert kind_of(dated) == "article"
    undated = read(f"<article><h1>{HEADLINE}</h1>{text}</article>{aside}")
    assert undated.page_kind_certainty == "doubtful"
    links = read(f"<main><h1>Harbour</h1>{text}<ul>{LINKS}</ul></main>", title="Harbour")
    assert (links.page_kind, links.page_kind_certainty) == ("listing", "certain")


@pytest.mark.parametrize(
    ("kind", "body", "head"),
    [
        ("jobs", "<h2>Your tasks</h2><p>{0}</p><a class='btn'>Apply now</a>", ""),
        ("jobs", "<h2>المهام</h2><p>{0}</p><button>قدّم الآن</button>", ""),
        ("schedule", "<p>{0}</p><a>Buy tickets</a>", ""),
        ("schedule", "<p>{0}</p>", "Event"),
        ("service", "<p>{0}</p><a href='/v'>Book viewing</a>", ""),
        ("service", "<p>{0}</p><button>Contacter l’agence</button>", ""),
        ("service", "<p>{0}</p><a href='/t'>احجز الآن</a>", ""),
        ("shop", "<p>{0}</p><button>В корзину</button>", ""),
        ("service", "<p>{0}</p>", "Course"),
        ("service", "<p>{0}</p>", "Restaurant"),
        ("service", "<p>{0}</p><form><button>Donate</button></form>", ""),
        ("podcast", "<audio src='a.mp3'></audio><p>{0}</p>", "PodcastEpisode"),
        ("poll", f"<p>{{0}}</p>{QUIZ}<button>Submit</button>", ""),
    ],
)
def test_pages_to_act_on_are_no_articles_but_doubtful(kind: str, body: str, head: str) -> None:
    data = f'<script type="application/ld+json">{{"@type": "{head}"}}</script>'
    stated = data if head else ""
    text = " ".join(sentences(3))
    found = read(f"<main><h1>{HEADLINE}</h1>{body.format(text)}</main>", stated)
    assert (found.page_kind, found.page_kind_certainty) == (kind, "doubtful")
    signed = f"<main>{NEWS}{body.format(text)}</main>"
    assert kind_of(signed, stated) == "article"


def test_teasers_whose_titles_are_no_links_end_in_one() -> None:
    cards = "".join(
        f"<div><h2>Title {number}</h2><p>{text}</p><span>1 May</span> "
        f"<a href='/{number}'>More</a></div>"
        for number, text in enumerate(sentences(6))
    )
    assert kind_of(f"<main><h1>Local</h1>{cards}</main>", title="Local - Port") == "listing"


def test_cards_whose_picture_is_the_link_are_teasers() -> None:
    cards = "".join(
        f"<li><a href='/n/{number}'><img src='i.jpg'></a><h3>Headline {number}</h3>"
        f"<span>{number} May 2026</span><p>{text}</p></li>"
        for number, text in enumerate(sentences(5), start=1)
    )
    assert kind_of(f"<main><h1>Port</h1><ul>{cards}</ul></main>", title="Port") == "listing"
    sections = "".join(
        f"<section><a href='/{number}.jpg'><img src='i.jpg'></a><h3>Part {number}</h3>"
        f"<p>{text}</p></section>"
        for number, text in enumerate(sentences(5))
    )
    assert kind_of(f"<article>{NEWS}{sections}</article>") == "article"


def test_a_question_with_its_number_is_a_thread() -> None:
    text = "".join(f"<p>{one}</p>" for one in sentences(3))
    page = f"<main><h1>Why is the ferry late?</h1>{text}</main>"
    assert kind_of(page, path="questions/99/why-is-the-ferry-late") == "forum"


def test_fields_of_settings_and_logins_beside_a_flash_are_no_quiz_and_no_login() -> None:
    fields = f"<div>{QUIZ}<input type='password'></div>"
    flash = f"<main><h1>{HEADLINE}</h1><time>6 May 2026</time><p>{SUMMARY}</p></main>"
    assert kind_of(fields + flash) == "article"
