"""Feeds as sites send them: whole, broken, hostile."""

from __future__ import annotations

import datetime as dt
import gzip
import json

import pytest

from newscrawl.crawl.sources.documents import MAX_TAGS, MAX_UNPACKED, UnreadableSourceError
from newscrawl.crawl.sources.feeds import MAX_ENTRIES, Feed, parse_feed
from newscrawl.crawl.sources.reading import parse_source
from newscrawl.crawl.sources.sitemaps import Sitemap
from newscrawl.crawl.sources.stated_dates import parse_stated_date

URL = "https://news.example/rss"


def rss(*items: str, head: str = '<?xml version="1.0" encoding="UTF-8"?>') -> bytes:
    return f'{head}<rss version="2.0"><channel>{"".join(items)}</channel></rss>'.encode()


def item(path: str, title: str = "عنوان", rest: str = "") -> str:
    link = f"<link>https://news.example{path}</link>"
    return f"<item><title>{title}</title>{link}{rest}</item>"


def addresses(body: bytes, content_type: str | None = None) -> list[str]:
    feed = parse_feed(body, URL, content_type)
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


def test_relation_may_be_written_as_its_address() -> None:
    relation = "http://www.iana.org/assignments/relation/alternate"
    feed = parse_feed(
        b'<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>T</title>'
        b'<link rel="enclosure" href="/1.pdf"/>'
        b'<link rel="%s" href="/1"/></entry></feed>' % relation.encode(),
        URL,
    )
    assert feed is not None
    assert [entry.url for entry in feed.entries] == ["https://news.example/1"]


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


@pytest.mark.parametrize(
    "broken",
    [
        "profit < 5% in",
        "we <3 the town",
        "bold</b> move",
        "bell&#7; rings",
        "<![CDATA[profit",
        "<dc:creator>no such prefix</dc:creator>",
        "</title></item2><title>",
        "<a href='x>quote</a>",
        "&#xD800;",
        "]]>",
    ],
)
@pytest.mark.parametrize("at", [0, 1, 3])
def test_one_item_that_is_not_well_formed_costs_itself_at_most(broken: str, at: int) -> None:
    items = [item(f"/{n}", broken if n == at else "عنوان") for n in range(4)]
    others = [f"/{n}" for n in range(4) if n != at]
    assert [path for path in addresses(rss(*items)) if path != f"/{at}"] == others


@pytest.mark.parametrize(
    "link",
    [
        "<link><![CDATA[https://news.example/?id=1&lang=ar]]></link>",
        "<link>https://news.example/?id=1&amp;lang=ar</link>",
        "<link>https://news.example/?id=1&lang=ar</link>",
        "<link>\n  https://news.example/?id=1&#38;lang=ar\n</link>",
        "<title>5 < 6</title><link>https://news.example/?id=1&lang=ar</link>",
        "<title>5 < 6</title><link><![CDATA[/?id=1&lang=ar]]></link>",
        "<dc:x>y</dc:x><link>/?id=1&lang=ar</link>",
        "<guid>https://news.example/?id=1&lang=ar</guid>",
    ],
)
def test_an_address_is_requested_as_it_is_written(link: str) -> None:
    assert addresses(rss(f"<item>{link}</item>")) == ["/?id=1&lang=ar"]


@pytest.mark.parametrize(
    "item_text",
    [
        "<item><title>5 < 6</title><link>https://news.example/a<b>c</b></link></item>",
        "<item><link>https://news.example/\ufffd</link><title>5 < 6</title></item>",
        "<item><guid isPermaLink='false'>https://news.example/?p=9</guid></item>",
        "<item><title>5 < 6</title><guid>77</guid></item>",
    ],
)
def test_an_address_that_is_not_written_whole_is_left_out(item_text: str) -> None:
    assert addresses(rss(item("/1"), item_text)) == ["/1"]


@pytest.mark.parametrize("title", ["bell&#7; rings", "we <3 the town", "5 < 6 & 7", "a</b>"])
def test_broken_title_does_not_cost_the_address_beside_it(title: str) -> None:
    assert addresses(rss(item("/1", title), item("/2"))) == ["/1", "/2"]


@pytest.mark.parametrize(
    "before",
    [
        "<br />\n<b>Deprecated</b>: mysql() in <b>/x.php</b> on line <b>1</b><br />\n",
        "Notice: undefined index\n",
        "\ufeff\ufeff",
        "<script src='/x.js'></script>\n",
        "<!-- cached -->\n",
        "\n\n",
    ],
)
def test_what_stands_before_the_declaration_is_passed_over(before: str) -> None:
    assert addresses(before.encode() + rss(item("/1"))) == ["/1"]


@pytest.mark.parametrize(
    ("encoding", "declared", "content_type"),
    [
        ("utf-16", "utf-16", None),
        ("utf-16-le", "utf-16", None),
        ("utf-16", "utf-8", None),
        ("utf-8", "utf-16", None),
        ("utf-8", "windows-1256", None),
        ("utf-8", "us-ascii", "text/xml"),
        ("windows-1256", "utf-8", None),
        ("windows-1256", "windows-1256", "text/xml; charset=utf-8"),
        ("windows-1256", "no-such-name", "text/xml; charset=windows-1256"),
        ("utf-8-sig", "iso-8859-1", None),
    ],
)
def test_feed_is_read_in_its_real_encoding(
    encoding: str, declared: str, content_type: str | None
) -> None:
    title = "وزير الدفاع يزور المدينة القديمة ويلتقي سكانها"
    head = f'<?xml version="1.0" encoding="{declared}"?>'
    body = rss(item("/1", title), head=head).decode().encode(encoding)
    feed = parse_feed(body, URL, content_type)
    assert feed is not None
    assert feed.entries[0].title == title


def test_feed_packed_without_a_header_is_unpacked() -> None:
    body = rss(*(item(f"/{n}") for n in range(3)))
    parts = gzip.compress(body[:100]) + gzip.compress(body[100:])
    assert addresses(parts) == ["/0", "/1", "/2"]


def test_doctype_is_passed_over_and_in_an_item_is_text() -> None:
    netscape = '<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://x.example/d.dtd">'
    whole = "<description><![CDATA[<!DOCTYPE html><html><body>x]]></description>"
    body = rss(item("/1"), item("/2", rest=whole), head=netscape)
    assert addresses(body) == ["/1", "/2"]


def test_xml_base_is_what_relative_links_start_from() -> None:
    body = (
        b'<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://news.example/a/">'
        b'<entry xml:base="b/"><link href="1"/></entry><entry><link href="2"/></entry></feed>'
    )
    assert addresses(body) == ["/a/b/1", "/a/2"]


def test_atom_link_to_the_page_is_taken_of_several_types() -> None:
    body = (
        b'<feed xmlns="http://www.w3.org/2005/Atom"><entry>'
        b'<link rel="enclosure" href="/x.mp3"/>'
        b'<link rel="alternate" type="application/json" href="/1.json"/>'
        b'<link rel="alternate" type="text/html" href="/1"/><link rel="self" href="/s"/>'
        b'<link rel="alternate" type="text/html" hreflang="en" href="/en/1"/></entry></feed>'
    )
    assert addresses(body) == ["/1"]


@pytest.mark.parametrize(
    "root",
    [
        '<rss xmlns="http://www.rssboard.org/rss-specification" version="2.0">',
        "<RSS>",
        '<r:rss xmlns:r="urn:x">',
    ],
)
def test_feed_of_an_unusual_namespace_is_read(root: str) -> None:
    prefix = "r:" if "r:rss" in root else ""
    name = root.strip("<>").partition(" ")[0]
    entry = f"<{prefix}item><{prefix}link>/1</{prefix}link></{prefix}item>"
    assert addresses(f"{root}{entry}</{name}>".encode()) == ["/1"]


def test_json_feed_is_a_feed() -> None:
    feed = parse_feed(
        json.dumps(
            {
                "version": "https://jsonfeed.org/version/1.1",
                "items": [
                    {"url": "/1", "title": "عنوان", "date_published": "2026-01-02T03:04:05Z"},
                    "no item",
                    {"id": "https://news.example/2"},
                    {"id": 7},
                ],
            }
        ).encode(),
        URL,
    )
    assert feed is not None
    assert [entry.url.removeprefix("https://news.example") for entry in feed.entries] == [
        "/1",
        "/2",
    ]
    assert feed.entries[0].title == "عنوان"
    assert feed.entries[0].published == dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    "body",
    [
        b'<!DOCTYPE rss [<!ENTITY a "b">]><rss><channel><item/></channel></rss>',
        gzip.compress(b"<rss><channel/></rss>")[:-5],
        gzip.compress(b" " * (MAX_UNPACKED + 1)),
        b"<rss>" + b"<" * (MAX_TAGS + 1),
    ],
    ids=["entities", "cut", "bomb", "tags"],
)
def test_what_may_harm_is_refused(body: bytes) -> None:
    with pytest.raises(UnreadableSourceError):
        parse_feed(body, URL)


@pytest.mark.parametrize(
    ("body", "kind", "reason"),
    [
        (rss(item("/1")), Feed, ""),
        (b"<urlset><url><loc>/1</loc></url></urlset>", Sitemap, ""),
        (b"https://news.example/1\n", Sitemap, ""),
        (b"<!DOCTYPE html><html><body><rss></body></html>", None, "HTML page"),
        (b"{}", None, "no feed and no sitemap"),
    ],
)
def test_a_source_is_what_it_holds(body: bytes, kind: type | None, reason: str) -> None:
    if kind is None:
        with pytest.raises(UnreadableSourceError, match=reason):
            parse_source(body, URL)
    else:
        assert isinstance(parse_source(body, URL), kind)


EVENING = dt.datetime(2026, 11, 29, 3, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    "date",
    [
        "Sat, 28 Nov 2026 22:00:00 -0500",
        "Sat, 28 Nov 2026 22:00:00 -05:00",
        "Sat, 28 Nov 2026 22:00:00 GMT-5",
        "Sat, 28 Nov 2026 10:00 PM -0500",
        "Sat, 28 Nov 2026 22:00:00 EST",
        "Sun, 29 Nov 2026 04:00:00 CET",
        "Sun, 29 Nov 2026 06:00:00 MSK",
        "2026-11-28T22:00:00-05:00",
        "2026-11-29T06:00:00 +0300",
        "Sun, 29 Nov 2026 08:30:00+5:30",
        "الأحد 29 نوفمبر 2026 06:00 +0300",
    ],
)
def test_zone_of_a_date_counts(date: str) -> None:
    stated = parse_stated_date(date)
    assert stated is not None
    assert stated.moment == EVENING == stated.latest


@pytest.mark.parametrize(
    ("date", "latest"),
    [
        ("2026-11-28", "2026-11-28T23:59:59.999999Z"),
        ("2026-11-28T10:00:00", "2026-11-28T22:00:00Z"),
        ("Sat, 28 Nov 2026 10:00:00 IST", "2026-11-28T22:00:00Z"),
    ],
)
def test_date_without_a_sure_zone_may_be_later(date: str, latest: str) -> None:
    stated = parse_stated_date(date)
    assert stated is not None
    assert stated.latest == dt.datetime.fromisoformat(latest)


@pytest.mark.parametrize(
    "date",
    [
        "",
        "soon",
        "Sat, 28 Nov 2026 22:00:00 -9999",
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "1795903200",
    ],
)
def test_date_that_cannot_be_trusted_is_none(date: str) -> None:
    assert parse_stated_date(date) is None
