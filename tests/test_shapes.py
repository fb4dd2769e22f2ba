"""Links taken for articles: by form, texts, feeds and earlier fetches."""

from __future__ import annotations

import pytest

from newscrawl.crawl.sources.address_shapes import LIKELY, Shapes, is_never_article, shape_of
from newscrawl.crawl.sources.listings import PageLink

BASE = "https://news.example"


def link(path: str, text: str, **where: bool) -> PageLink:
    return PageLink(url=BASE + path, text=text, **where)


@pytest.fixture
def shapes() -> Shapes:
    """A site about which nothing is known yet."""
    return Shapes()


ARTICLES = [
    ("/2026/05/17/ferry-returns-to-service/", "Ferry returns to service after winter"),
    ("/sport/4711-rowing-club-wins", "Rowing club wins the spring regatta"),
    ("/news/world-12345678", "Ministers meet in Brussels to talk"),
    ("/1187/214411-وزير-الدفاع-في-بروكسل", "وزير الدفاع الأميركي يصل إلى بروكسل"),
    ("/story?id=4711", "Mayor opens the new library on Sunday"),
    ("/a/5", "The council votes on the harbour plan"),
    ("/politics/the-council-votes-again.html", "The council votes again on the plan"),
]
OTHERS = [
    ("/category/sport", "Sport"),
    ("/sport", "Sport"),
    ("/sport/football", "Football"),
    ("/314-أخبار-عاجلة", "أخبار عاجلة"),
    ("/", "Home"),
    ("/about-us", "About us"),
    ("/tag/ferry", "Ferry"),
    ("/author/jane-doe", "Jane Doe"),
    ("/search?q=ferry", "More about the ferry and the harbour"),
    ("/files/report-of-the-harbour-master.pdf", "Report of the harbour master of 2026"),
]


@pytest.mark.parametrize(("path", "text"), ARTICLES)
def test_articles_have_the_form_of_articles(shapes: Shapes, path: str, text: str) -> None:
    shapes.note_link(link(path, text))
    assert shapes.is_likely_article(link(path, text))


@pytest.mark.parametrize(("path", "text"), OTHERS)
def test_other_pages_do_not(shapes: Shapes, path: str, text: str) -> None:
    shapes.note_link(link(path, text, is_menu=True))
    assert not shapes.is_likely_article(link(path, text, is_menu=True))


def test_long_texts_make_articles_of_plain_addresses(shapes: Shapes) -> None:
    for number in range(5):
        shapes.note_link(link(f"/n/{number}", "A headline has quite a few words"))
    assert shapes.probability(f"{BASE}/n/9") >= LIKELY


def test_what_was_fetched_outweighs_its_form(shapes: Shapes) -> None:
    url = f"{BASE}/gallery-of-day/some-words-that-look-right"
    assert shapes.probability(url) >= LIKELY
    for number in range(4):
        shapes.note_result(f"{BASE}/gallery-of-day/other-words-here-{number}", is_article=False)
    assert shapes.probability(url) < LIKELY


def test_one_bad_folder_does_not_spoil_the_others(shapes: Shapes) -> None:
    for number in range(4):
        shapes.note_result(f"{BASE}/news/other-words-here-{number}", is_article=True)
        shapes.note_result(f"{BASE}/photos/other-words-here-{number}", is_article=False)
    good = shapes.probability(f"{BASE}/news/some-words-that-look-right")
    assert good >= LIKELY
    assert good > shapes.probability(f"{BASE}/photos/some-words-that-look-right")


def test_feeds_teach_unusual_addresses(shapes: Shapes) -> None:
    for number in range(6):
        shapes.note_result(f"{BASE}/x/{number}", is_article=True)
    assert shapes.probability(f"{BASE}/x/99") >= LIKELY


def test_declared_pattern_decides() -> None:
    shapes = Shapes(lambda url: "/w-" in url)
    assert shapes.probability(f"{BASE}/w-5") > 0.9
    assert shapes.probability(f"{BASE}/2026/05/17/ferry-returns-to-service/") < 0.1


def test_words_that_never_name_articles_yield_to_place() -> None:
    assert is_never_article(f"{BASE}/weather")
    assert not is_never_article(f"{BASE}/weather/storm-closes-the-harbour")
    assert is_never_article(f"{BASE}/tag/storm-closes-the-harbour")


def test_shape_is_of_kinds_not_words() -> None:
    one, other = (
        f"{BASE}/sport/2026/4711-a-b-c.html?x=1",
        f"{BASE}/city/1999/1234-d-e-f.html?x=2",
    )
    assert shape_of(one) == shape_of(other) == ("word", "year", "id-slug.html", "?x")
