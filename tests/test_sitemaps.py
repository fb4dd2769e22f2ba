"""Sitemaps, indexes and news sitemaps, as sites send them."""

from __future__ import annotations

import datetime as dt
import gzip

import pytest

from newscrawl.crawl.sources.address_shapes import Shapes
from newscrawl.crawl.sources.documents import MAX_UNPACKED, UnreadableSourceError
from newscrawl.crawl.sources.sitemap_pool import MOST_TAKEN_WHOLE, SitemapPool
from newscrawl.crawl.sources.sitemaps import (
    Sitemap,
    SitemapEntry,
    lists_articles,
    parse_sitemap,
)

URL = "https://news.example/sitemap.xml"


def urlset(*entries: str) -> bytes:
    name = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    news = 'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
    return f'<?xml version="1.0"?><urlset {name} {news}>{"".join(entries)}</urlset>'.encode()


def entry(path: str, rest: str = "") -> str:
    return f"<url><loc>https://news.example{path}</loc>{rest}</url>"


def read(body: bytes) -> Sitemap:
    sitemap = parse_sitemap(body, URL)
    assert sitemap is not None
    return sitemap


def paths(sitemap: Sitemap) -> list[str]:
    return [found.url.removeprefix("https://news.example") for found in sitemap.entries]


def test_entries_have_their_last_change() -> None:
    sitemap = read(urlset(entry("/1", "<lastmod>2026-01-02</lastmod>"), entry("/2")))
    assert paths(sitemap) == ["/1", "/2"]
    assert sitemap.entries[0].modified == dt.datetime(2026, 1, 2, tzinfo=dt.UTC)
    assert sitemap.entries[1].modified is None
    assert not sitemap.is_index


def test_comment_in_an_address_is_no_part_of_it() -> None:
    loc = "<loc><!-- {0} -->https://news.example/{0}</loc>"
    cut = "<loc>https://news.example<!-- 2 -->/2<?x y?></loc>"
    sitemap = read(urlset(f"<url>{loc.format(1)}</url>", f"<url>{cut}</url>"))
    assert paths(sitemap) == ["/1", "/2"]


def test_news_entries_have_date_and_title() -> None:
    news = (
        "<news:news><news:publication_date>2026-01-02T03:04+01:00</news:publication_date>"
        "<news:title>عنوان</news:title></news:news><lastmod>2026-01-09</lastmod>"
    )
    (found,) = read(urlset(entry("/1", news))).entries
    assert found.is_news
    assert found.title == "عنوان"
    assert found.modified == dt.datetime(2026, 1, 2, 2, 4, tzinfo=dt.UTC)


def test_of_two_entries_of_one_address_the_later_date_counts() -> None:
    dated = [entry("/1", f"<lastmod>2026-01-0{day}</lastmod>") for day in (2, 4, 3)]
    (found,) = read(urlset(entry("/1"), *dated, entry("/1"))).entries
    assert found.modified == dt.datetime(2026, 1, 4, tzinfo=dt.UTC)


def test_index_lists_sitemaps() -> None:
    body = b"<sitemapindex><sitemap><loc>/sitemap-1.xml.gz</loc></sitemap></sitemapindex>"
    sitemap = read(body)
    assert sitemap.is_index
    assert paths(sitemap) == ["/sitemap-1.xml.gz"]


def test_packed_sitemap_is_unpacked() -> None:
    assert paths(read(gzip.compress(urlset(entry("/1"))))) == ["/1"]


def test_text_sitemap_is_a_sitemap() -> None:
    assert paths(read(b"https://news.example/1\nhttps://news.example/2\n")) == ["/1", "/2"]


def test_bare_ampersand_does_not_change_an_address() -> None:
    assert paths(read(urlset(entry("/?a=1&b=2")))) == ["/?a=1&b=2"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><body>404</body></html>",
        b"<rss><channel><item><link>https://news.example/1</link></item></channel></rss>",
        b"Please see https://news.example/1 for more.\nIt is not far.\n",
    ],
)
def test_what_is_no_whole_sitemap_is_none(body: bytes) -> None:
    assert parse_sitemap(body, URL) is None


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://news.example/sitemap-posts-2026.xml", True),
        ("https://news.example/post-sitemap3.xml", True),
        ("https://news.example/news-sitemap.xml", True),
        ("https://news.example/category-sitemap.xml", False),
        ("https://news.example/sitemap_tags_1.xml.gz", False),
        ("https://news.example/sitemaps/images.xml", False),
        ("https://pages.example/sitemap.xml", True),
    ],
)
def test_parts_of_an_index_tell_by_name_what_they_list(url: str, expected: bool) -> None:
    assert lists_articles(url) is expected


def pooled(count: int, *, days: int, **plan: object) -> int:
    pool = SitemapPool(
        since=plan.get("since"),  # type: ignore[arg-type]
        whole_history=bool(plan.get("whole_history")),
    )
    changed = dt.datetime.now(dt.UTC) - dt.timedelta(days=days)
    for number in range(count):
        url = f"https://news.example/2026/an-article-about-something-{number}"
        pool.add(SitemapEntry(url=url, modified=changed, latest=changed))
    return len(list(pool.take(Shapes())))


def test_small_site_is_taken_whole() -> None:
    assert pooled(MOST_TAKEN_WHOLE, days=900) == MOST_TAKEN_WHOLE


def test_history_of_a_large_site_waits_for_a_request() -> None:
    assert pooled(MOST_TAKEN_WHOLE + 1, days=900) == 0
    assert pooled(MOST_TAKEN_WHOLE + 1, days=900, whole_history=True) == MOST_TAKEN_WHOLE + 1


def test_recent_part_of_a_large_site_is_taken() -> None:
    assert pooled(MOST_TAKEN_WHOLE + 1, days=2) == MOST_TAKEN_WHOLE + 1


def test_address_that_one_sitemap_dates_and_another_does_not_has_the_date() -> None:
    pool = SitemapPool(since=None, whole_history=False)
    changed = dt.datetime.now(dt.UTC) - dt.timedelta(days=2)
    urls = [f"https://news.example/2026/an-article-{n}" for n in range(MOST_TAKEN_WHOLE + 1)]
    for date in (None, changed):
        for url in urls:
            pool.add(SitemapEntry(url=url, modified=date, latest=date))
    assert len(list(pool.take(Shapes()))) == len(urls)


def test_since_takes_what_is_younger() -> None:
    since = dt.datetime.now(dt.UTC) - dt.timedelta(days=10)
    assert pooled(5, days=11, since=since) == 0
    assert pooled(5, days=9, since=since) == 5


@pytest.mark.parametrize(
    "loc",
    [
        "<![CDATA[https://news.example/?a=1&b=2]]>",
        "https://news.example/?a=1&amp;b=2",
        "\n https://news.example/?a=1&b=2\n",
        "/?a=1&b=2",
    ],
)
@pytest.mark.parametrize("beside", ["", "<title>5 < 6</title>", "<n:x>no such prefix</n:x>"])
def test_an_address_is_requested_as_it_is_written(loc: str, beside: str) -> None:
    body = f"<urlset><url>{beside}<loc>{loc}</loc></url></urlset>".encode()
    assert paths(read(body)) == ["/?a=1&b=2"]


@pytest.mark.parametrize(
    "broken", ["<loc>/x</lo></url>", "<loc>/2<b>3</b></loc></url>", "<loc>/x"]
)
def test_one_broken_entry_costs_itself(broken: str) -> None:
    body = urlset(entry("/1"), f"<url>{broken}", entry("/4"))
    assert paths(read(body))[0] == "/1"
    assert paths(read(body))[-1] == "/4"
    assert "/2" not in paths(read(body))


@pytest.mark.parametrize(
    "text",
    [
        b"\xef\xbb\xbfhttps://news.example/1\r\nhttps://news.example/2\r\n",
        b"# our pages\nhttps://news.example/1\n\nnot an address\nhttps://news.example/2",
        b"HTTPS://news.example/1\nhttps://news.example/2\n",
        "https://news.example/1\nhttps://news.example/2\n".encode("utf-16"),
        gzip.compress(b"https://news.example/1\n") + gzip.compress(b"https://news.example/2\n"),
    ],
    ids=["bom", "comment", "capitals", "utf-16", "members"],
)
def test_text_sitemap_is_read_in_any_form(text: bytes) -> None:
    assert paths(read(text)) == ["/1", "/2"]


def test_index_written_as_a_list_of_pages_is_an_index() -> None:
    sitemap = read(urlset(entry("/posts-1.xml"), entry("/posts-2.xml.gz?x=1")))
    assert sitemap.is_index
    assert [part.is_part for part in sitemap.entries] == [True, True]


def test_pages_and_sitemaps_in_one_list_are_distinguished() -> None:
    sitemap = read(urlset(entry("/news/a-story.xml"), entry("/sitemap-2.xml"), entry("/1")))
    assert [found.is_part for found in sitemap.entries] == [False, True, False]


def test_picture_of_an_entry_is_no_page() -> None:
    picture = "<image:loc>https://news.example/1.jpg</image:loc>"
    body = f"<urlset xmlns:image='urn:x'><url>{picture}<loc>https://news.example/1</loc></url></urlset>"
    assert paths(read(body.encode())) == ["/1"]
    assert paths(read(body.replace(" xmlns:image='urn:x'", "").encode())) == ["/1"]


@pytest.mark.parametrize(
    "root", ["<urlset><urlset>{}</urlset></urlset>", "<s:urlset xmlns:s='urn:x'>{}</s:urlset>"]
)
def test_unusual_root_is_a_sitemap(root: str) -> None:
    name = "s:" if "s:urlset" in root else ""
    entries = f"<{name}url><{name}loc>/1</{name}loc></{name}url>"
    assert paths(read(root.format(entries).encode())) == ["/1"]


def test_doctype_is_passed_over() -> None:
    assert paths(read(b"<!DOCTYPE urlset>" + urlset(entry("/1")))) == ["/1"]


@pytest.mark.parametrize(
    "body",
    [
        gzip.compress(urlset(entry("/1")))[:-12],
        gzip.compress(b" " * (MAX_UNPACKED + 1)),
        b'<!DOCTYPE x [<!ENTITY a "b">]><urlset><url><loc>https://x.example/</loc></url></urlset>',
    ],
    ids=["cut", "bomb", "entities"],
)
def test_what_may_harm_is_refused(body: bytes) -> None:
    with pytest.raises(UnreadableSourceError):
        parse_sitemap(body, URL)
