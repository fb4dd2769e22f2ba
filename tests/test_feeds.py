"""Feeds as sites send them: whole, broken, hostile."""

from __future__ import annotations

import datetime as dt

import pytest

from newscrawl.crawl.sources.feeds import MAX_ENTRIES, parse_feed

URL = "https://news.example/rss"


def rss(*items: str, head: str = '<?xml version="1.0" encoding="UTF-8"?>') -> bytes:
    return f'{head}<rss version="2.0"><channel>{"".join(items)}</channel></rss>'.encode()


def item(path: str, title: str = "عنوان", rest: str = "") -> str:
    link = f"<link>https://news.example{path}</link>"
    return f"<item><title>{title}</title>{link}{rest}</item>"


def addresses(body: bytes) -> list[str]:
    feed = parse_feed(body, URL)
    assert feed is not None
    return [entry.url.removeprefix("https://news.example") for entry in feed.entries]


def test_rss_items_have_address_title_and_date() -> None:
    date = "<pubDate>Sun, 26 Jun 2016 10:22:00 +0300</pubDate>"
    feed = parse_feed(rss(item("/1", "وزير الدفاع", date)), URL)
    assert feed is not None
    (entry,) = feed.entries
    assert entry.url == "https://news.example/1"
    assert entry.title == "وزير الدفاع"
    assert entry.published == dt.datetime(2016, 6, 26, 7, 22, tzinfo=dt.UTC)


def test_atom_entries_have_their_alternate_link() -> None:
    feed = parse_feed(
        b'<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>T</title>'
        b'<link rel="edit" href="/edit/1"/><link rel="alternate" href="/1"/>'
        b"<published>2026-01-02T03:04:05Z</published></entry></feed>",
        URL,
    )
    assert feed is not None
    (entry,) = feed.entries
    assert entry.url == "https://news.example/1"
    assert entry.published == dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC)


def test_rdf_is_a_feed() -> None:
    body = (
        b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        b'xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        b"<item><link>https://news.example/1</link><dc:date>2026-01-02</dc:date></item></rdf:RDF>"
    )
    assert addresses(body) == ["/1"]


def test_permanent_guid_stands_in_for_a_link() -> None:
    body = rss(
        "<item><guid>https://news.example/1</guid></item>", "<item><guid>77</guid></item>"
    )
    assert addresses(body) == ["/1"]


@pytest.mark.parametrize(
    "broken", ["a \x0b control", "a & b", "AT&T; &nbsp; x", "<b>unclosed", "\x00"]
)
def test_one_broken_item_costs_only_itself(broken: str) -> None:
    body = rss(item("/1"), item("/2", broken), item("/3"))
    found = addresses(body)
    assert found[0] == "/1"
    assert found[-1] == "/3"


def test_bare_ampersands_stay_in_addresses() -> None:
    assert addresses(rss(item("/?a=1&b=2&copy=3"))) == ["/?a=1&b=2&copy=3"]


def test_address_with_markup_in_it_is_left_out() -> None:
    assert addresses(rss(item("/1"), item("/cut<b>off</b>"))) == ["/1"]


def test_cut_feed_gives_its_whole_items() -> None:
    body = rss(item("/1"), item("/2"))
    assert addresses(body[: body.rindex(b"<link>")]) == ["/1"]


def test_addresses_that_cannot_be_requested_are_left_out() -> None:
    links = ("file:///etc/passwd", "javascript:x()", "http://[::1", "")
    items = [f"<item><link>{link}</link></item>" for link in links]
    assert addresses(rss(*items, item("/1"))) == ["/1"]


def test_repeated_items_count_once() -> None:
    assert addresses(rss(item("/1"), item("/2"), item("/1"))) == ["/1", "/2"]


def test_endless_feed_is_cut() -> None:
    feed = parse_feed(rss(*(item(f"/{n}") for n in range(MAX_ENTRIES + 100))), URL)
    assert feed is not None
    assert len(feed.entries) == MAX_ENTRIES
    assert feed.is_cut


def test_windows_1256_feed_is_read() -> None:
    head = '<?xml version="1.0" encoding="windows-1256"?>'
    body = rss(item("/1", "المغرب"), head=head).decode().encode("windows-1256")
    feed = parse_feed(body, URL)
    assert feed is not None
    assert feed.entries[0].title == "المغرب"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><body><p>Not found</p></body></html>",
        b'<!DOCTYPE rss [<!ENTITY a "b">]><rss><channel><item><link>https://x.example/</link></item></channel></rss>',
        b"\x89PNG\r\n\x1a\n",
        b'{"items": []}',
    ],
)
def test_what_is_no_feed_is_none(body: bytes) -> None:
    assert parse_feed(body, URL) is None


def test_empty_feed_is_a_feed() -> None:
    feed = parse_feed(rss(), URL)
    assert feed is not None
    assert feed.entries == ()
