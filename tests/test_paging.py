"""Further pages of an article, as its page names them."""

from __future__ import annotations

import pytest

from newscrawl import Page
from newscrawl.generic.fields.further_pages import further_pages, place_of
from newscrawl.ingest.joined_pages import in_order
from newscrawl.layouts.field_readers import Context

HOST = "https://news.example"


def pages_named(path: str, *links: tuple[str, str], head: str = "") -> tuple[str, ...]:
    """Return the further pages of the one at *path* with *links*, without the host."""
    anchors = " ".join(f'<a href="{href}">{text}</a>' for href, text in links)
    markup = f"<html><head>{head}</head><body>{anchors}</body></html>"
    context = Context(page=Page(url=f"{HOST}{path}", body=markup.encode()))
    found = further_pages(context.page.tree, context)
    return tuple(url.removeprefix(HOST) for url in found)


def head_links(**rels: str) -> str:
    return "".join(f'<link rel="{rel}" href="{href}">' for rel, href in rels.items())


def test_numbers_below_the_text() -> None:
    links = (("/a/story/2/", "2"), ("/a/story/3/", "[3]"))
    assert pages_named("/a/story/", *links) == ("/a/story/2/", "/a/story/3/")


def test_gaps_between_the_numbers_are_filled() -> None:
    found = pages_named("/story.html", ("/story-2.html", "2"), ("/story-6.html", "6"))
    assert found == tuple(f"/story-{number}.html" for number in (2, 3, 4, 5, 6))


def test_later_page_names_the_first_and_not_itself() -> None:
    links = (("/story.html", "1"), ("/story-2.html", "2"), ("/story-3.html", "3"))
    assert pages_named("/story-2.html", *links) == ("/story.html", "/story-3.html")


def test_numbers_of_addresses_may_begin_with_zero() -> None:
    links = (("?page=0", "1"), ("?page=1", "2"), ("?page=2", "3"))
    assert pages_named("/story", *links) == ("/story?page=1", "/story?page=2")
    links = (("/story", "1"), ("?page=1", "2"), ("?page=2", "3"))
    assert pages_named("/story?page=1", *links) == ("/story", "/story?page=2")


@pytest.mark.parametrize(
    "word", ["next", "التالي", "Page suivante", "Weiter", "Page 2", "2 / 5"]
)
def test_words_of_links(word: str) -> None:
    assert pages_named("/a/story", ("/a/story?page=2", word)) == ("/a/story?page=2",)


def test_what_the_head_names() -> None:
    head = head_links(next="/a?id=7&page=3", prev="/a?id=7")
    assert pages_named("/a?id=7&page=2", head=head) == ("/a?id=7", "/a?id=7&page=3")


@pytest.mark.parametrize(
    ("path", "links", "head"),
    [
        ("/news/12", [("/news/13", "Next")], head_links(next="/news/13")),
        ("/?p=12", [], head_links(next="/?p=13")),
        ("/2024/05/story", [("/2024/05/story-2", "The story again, a year later")], ""),
        ("/story", [("/other?page=2", "2")], head_links(next="/another-story")),
        ("/story", [("/story?page=2#comments", "2")], ""),
        ("/story", [("https://other.example/story?page=2", "2")], ""),
        ("/story", [("javascript:page(2)", "2"), ("http://[::1", "3"), ("", "4")], ""),
    ],
    ids=["next story", "by id", "slug", "another story", "comments", "host", "no address"],
)
def test_links_that_are_no_pages_of_the_article(
    path: str, links: list[tuple[str, str]], head: str
) -> None:
    assert pages_named(path, *links, head=head) == ()


def test_pages_are_put_in_order() -> None:
    urls = [f"{HOST}/s/10", f"{HOST}/s/", f"{HOST}/s/2", f"{HOST}/s"]
    assert in_order(urls) == (f"{HOST}/s/", f"{HOST}/s/2", f"{HOST}/s/10")
    assert [place_of(url, urls) for url in urls] == [10, 0, 2, 0]
