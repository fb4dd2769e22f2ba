"""Home and section pages read for their links, and the page numbers of lists."""

from __future__ import annotations

import pytest

from newscrawl.crawl.sources.listings import MAX_LINKS, Listing, PageLink, parse_listing
from newscrawl.crawl.sources.paging import list_of, next_page_of
from newscrawl.page import Page

URL = "https://news.example/sport"


def listing(html: str, url: str = URL) -> Listing:
    body = f"<html><head><meta charset=utf-8></head><body>{html}</body></html>".encode()
    return parse_listing(Page(url=url, body=body, content_type="text/html; charset=utf-8"))


def only_link(html: str) -> PageLink:
    (link,) = listing(html).links
    return link


def test_links_are_absolute_with_their_text() -> None:
    link = only_link("<p><a href='/1#comments'> عنوان \n <b>طويل</b></a></p>")
    assert (link.url, link.text) == ("https://news.example/1", "عنوان طويل")


def test_links_to_one_address_count_once_with_the_longest_text() -> None:
    html = (
        "<a href='/1'><img alt=photo></a><h2><a href='/1'>A headline</a></h2><a href='/1'>…</a>"
    )
    link = only_link(html)
    assert link.text == "A headline"
    assert link.is_heading


@pytest.mark.parametrize(
    "around",
    [
        "<nav>{}</nav>",
        "<ul class='main-menu'>{}</ul>",
        "<div id='navbar'>{}</div>",
        "<div role='navigation'>{}</div>",
        "<header>{}</header>",
    ],
)
def test_menus_are_known(around: str) -> None:
    assert only_link(around.format("<a href='/sport'>Sport</a>")).is_menu


@pytest.mark.parametrize("around", ["<footer>{}</footer>", "<div class='site-footer'>{}</div>"])
def test_feet_are_known(around: str) -> None:
    assert only_link(around.format("<a href='/about'>About</a>")).is_foot


def test_header_of_an_article_is_no_menu() -> None:
    assert not only_link(
        "<article><header><a href='/1'>Headline</a></header></article>"
    ).is_menu


def test_feeds_are_those_of_the_page_without_comments() -> None:
    kind = "rel=alternate type='application/rss+xml'"
    html = (
        f"<link {kind} href='/rss'><link {kind} href='/comments/feed'>"
        "<link rel=alternate hreflang=fr href='/fr'>"
    )
    assert listing(html).feeds == ("https://news.example/rss",)


def test_base_is_obeyed() -> None:
    body = b"<html><head><base href='/section/'></head><body><a href='1'>x</a></body></html>"
    found = parse_listing(Page(url=URL, body=body))
    assert found.links[0].url == "https://news.example/section/1"


def test_broken_links_cost_only_themselves() -> None:
    html = (
        "<a href='http://[::1'>x</a><a href='http://a:99999/'>x</a><a>x</a><a href='/1'>y</a>"
    )
    assert only_link(html).url == "https://news.example/1"


def test_a_page_of_links_is_cut() -> None:
    html = "".join(f"<a href='/{n}'>x</a>" for n in range(MAX_LINKS + 10))
    assert len(listing(html).links) == MAX_LINKS


@pytest.mark.parametrize(
    ("page", "href", "text"),
    [
        (URL, "/sport/page/2", "2"),
        (URL, "/sport/page/2/", "Older posts"),
        (URL, "/sport?page=2", "التالي"),
        (URL, "?page=2", "2"),
        (URL, "/sport/2", "2"),
        (URL, "/sport/p2", "»"),
        (f"{URL}?page=2", "?page=3", "3"),
        (f"{URL}/page/9", "/sport/page/10", ">"),
        (f"{URL}.html", "/sport-page-2.html", "next"),
        (URL, "?start=20", "next"),
        (f"{URL}?start=20", "?start=40", "التالي"),
        ("https://news.example/", "/page/2", "Older posts"),
        ("https://news.example/?cat=5", "/?cat=5&paged=2", "2"),
        (URL, "?page=2", "Earlier stories"),
        (f"{URL}/2", "/sport/3", "3"),
        (URL, "/sport/safha-2", "2"),
        (f"{URL}/safha-2", "/sport/safha-3", "التالي"),
        (URL, "/sport/sivu/2/", "2"),
    ],
)
def test_next_page_of_a_list(page: str, href: str, text: str) -> None:
    found = listing(f"<a href='/sport/1'>1</a><a href='{href}'>{text}</a>", page)
    assert found.next_page is not None
    assert found.next_page.endswith(href)


def test_link_rel_next_is_a_next_page() -> None:
    assert listing("<link rel=next href='/sport/page/2'>").next_page == f"{URL}/page/2"


@pytest.mark.parametrize(
    ("href", "text"),
    [
        ("/world/page/2", "2"),
        ("/sport/1234", "التالي"),
        ("/sport/2", "Two years of sport"),
        ("/sport/page/3", "3"),
        ("https://elsewhere.example/sport/page/2", "2"),
        ("/sport/an-article", "next"),
        ("/sport/story-1234", "next"),
        ("/sport/final-2", "The final of two teams"),
    ],
)
def test_other_links_are_no_next_page(href: str, text: str) -> None:
    assert listing(f"<a href='{href}'>{text}</a>").next_page is None


def test_last_page_is_the_highest_number_shown() -> None:
    html = "".join(f"<a href='/sport/page/{n}'>{n}</a>" for n in (2, 3, 350))
    assert listing(html).last_page == 350


def test_pages_of_one_list_have_one_identity() -> None:
    assert list_of(f"{URL}/page/7") == list_of(URL) == list_of(f"{URL}?page=2")
    assert list_of(f"{URL}?a=1&page=2") == list_of(f"{URL}?a=1")


def test_list_without_links_has_no_next_page() -> None:
    assert next_page_of(URL, []) == (None, None)
