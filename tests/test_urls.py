"""Addresses: spellings of one page, and those that may be requested at all."""

from __future__ import annotations

import random
from urllib.parse import urlsplit

import pytest

from newscrawl.limits import LONGEST_ADDRESS
from newscrawl.text import urls
from newscrawl.text.urls import (
    clean_url,
    path_segments,
    site_name,
    url_key,
    variant_key,
    without_tracking,
)

BASE = "https://news.example/section/page.html"

SAME = [
    ("https://news.example/a/b", "http://news.example/a/b"),
    ("https://news.example/a/b", "https://www.news.example/a/b"),
    ("https://news.example/a/b", "HTTPS://News.Example:443/a/b"),
    ("http://news.example/a/b", "http://news.example:80/a/b/"),
    ("https://news.example/a/b", "https://news.example/a/./c/../b#comments"),
    ("https://news.example/a/b", "https://news.example/a//b"),
    ("https://news.example/a/b", "https://news.example/a/b?utm_source=x&utm_medium=y&fbclid=z"),
    ("https://news.example/a?x=1&y=2", "https://news.example/a?y=2&x=1&gclid=3"),
    ("https://news.example/a", "https://news.example/a?PHPSESSID=0123456789abcdef"),
    ("https://news.example/a", "https://news.example/a;jsessionid=12AB"),
    ("https://news.example/a%2fb", "https://news.example/a%2Fb"),
    ("https://news.example/أخبار", "https://news.example/%D8%A3%D8%AE%D8%A8%D8%A7%D8%B1"),
    ("https://news.example/caf\u00e9", "https://news.example/cafe\u0301"),
    ("https://news.example/caf%C3%A9", "https://news.example/cafe%CC%81"),
]

VARIANTS = [
    ("https://news.example/a/b", "https://m.news.example/a/b"),
    ("https://news.example/a", "https://news.example/a?sid=0123456789abcdef0123"),
    ("https://news.example/a/b", "https://news.example/a/b/amp/"),
    ("https://news.example/a/b", "https://news.example/amp/a/b"),
    ("https://news.example/a/b", "https://news.example/a/b?amp=1"),
    ("https://news.example/a/b.html", "https://news.example/a/b.amp.html"),
    ("https://news.example/a/b", "https://news.example/a/b?print=1"),
    ("https://news.example/a/b", "https://news.example/a/b/print"),
    ("https://news.example/a/", "https://news.example/a/index.html"),
    ("https://news.example/story", "https://news.example/story;art261"),
    ("https://news.example/story;art261", "https://news.example/story;art262"),
    ("https://news.example/show.php?pk_news=1", "https://news.example/show.php?pk_news=2"),
    ("https://news.example/show.php?ncid=1", "https://news.example/show.php?ncid=2"),
    ("https://news.example/show.php?at_id=1", "https://news.example/show.php?at_id=2"),
    (
        "https://news.example/show.php?session_id=1",
        "https://news.example/show.php?session_id=2",
    ),
]
"""Addresses that are one page on some sites, and two on others."""

DIFFERENT = [
    ("https://news.example/a", "https://news.example/b"),
    ("https://news.example/a", "https://news.example/A"),
    ("https://news.example/a%2Fb", "https://news.example/a/b"),
    ("https://news.example/a?id=1", "https://news.example/a?id=2"),
    ("https://news.example/a?b=c%26d=e", "https://news.example/a?b=c&d=e"),
    ("https://news.example/a", "https://other.example/a"),
    ("http://127.0.0.1:8001/a", "http://127.0.0.1:8002/a"),
    ("https://news.example/", "https://news.example/amp"),
    ("https://news.example/a", "https://news.example/a?page=2"),
    ("https://news.example/a?sid=12", "https://news.example/a?sid=13"),
    ("https://www.example/a", "https://m.example/a"),
    ("https://news.example/a;b", "https://news.example/a%3Bb"),
    ("https://news.example/#/news/1", "https://news.example/#/news/2"),
    ("https://news.example/#!/a/1", "https://news.example/#!/a/2"),
    ("https://news.example/", "https://news.example/#!/a/2"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_two_ways_to_write_one_address_have_one_key(one: str, other: str) -> None:
    assert url_key(one) == url_key(other)


@pytest.mark.parametrize(("one", "other"), VARIANTS)
def test_what_may_be_one_page_shares_only_the_variant_key(one: str, other: str) -> None:
    assert url_key(one) != url_key(other)
    assert variant_key(one) == variant_key(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different_pages_have_different_keys(one: str, other: str) -> None:
    assert url_key(one) != url_key(other)


def test_key_is_readable_and_stable_when_made_again() -> None:
    key = url_key("https://www.news.example/%D8%A3%D8%AE/1?b=2&a=%201")
    assert key == "news.example/أخ/1?a=%201&b=2"
    assert url_key(f"https://{key}") == key


@pytest.mark.parametrize(
    ("href", "url"),
    [
        ("next.html", "https://news.example/section/next.html"),
        (" /a\n b\n", "https://news.example/a%20b"),
        ("//cdn.example/x", "https://cdn.example/x"),
        ("https://news.example", "https://news.example/"),
        ("/أ#top", "https://news.example/%D8%A3"),
        ("?page=2", "https://news.example/section/page.html?page=2"),
        ("https://مثال.example/", "https://xn--mgbh0fb.example/"),
        ("/#!/a/1", "https://news.example/#!/a/1"),
        ("https://News.Example:443/a", "https://news.example/a"),
        ("http://news.example:80", "http://news.example/"),
        ("http://news.example:443/a", "http://news.example:443/a"),
        ("https://news.example./a", "https://news.example/a"),
        ("https://news.example.:8443/a", "https://news.example:8443/a"),
        ("https://news.example:/a", "https://news.example/a"),
        ("#/news/1", "https://news.example/section/page.html#/news/1"),
        ("//%6Eews.example/a", "https://news.example/a"),
        ("http://news%2Eexample:8080/%D8%A3", "http://news.example:8080/%D8%A3"),
        ("https://%D9%85%D8%AB%D8%A7%D9%84.example/", "https://xn--mgbh0fb.example/"),
        ("https:///news.example/a", "https://news.example/a"),
        (r"https:\\news.example\a", "https://news.example/a"),
        ("http:/news.example/a", "http://news.example/a"),
        ("https:/a", "https://news.example/a"),
        (r"\alt\story", "https://news.example/alt/story"),
        (r"..\story?a=\1", "https://news.example/story?a=%5C1"),
    ],
)
def test_links_become_addresses(href: str, url: str) -> None:
    assert clean_url(BASE, href) == url


@pytest.mark.parametrize(
    "href",
    [
        "",
        "#top",
        "#!",
        "#/",
        "javascript:void(0)",
        "mailto:desk@news.example",
        "tel:+2125",
        "data:text/html,x",
        "file:///etc/passwd",
        "ftp://news.example/a",
        "http://[::1",
        "http://news.example:99999/",
        "http://news.example:x/",
        "http://user@news.example/",
        "http://news.example:80@127.0.0.1/",
        "http://",
        "http://..",
        "https://",
        "https:///",
        "https://a%2Fb.example/",
        "https://news.example%3A80/",
        "https://desk%40news.example/",
        "https://%5B::1%5D/",
        "https://caf%E9.example/",
        "https://%E3%80%82/",
        "https://%E2%80%AE.example/",
        "https://news%2525.example/",
        "http://a b/",
        "/" + "x" * LONGEST_ADDRESS,
        "/" + "x" * 10_000_000,
    ],
)
def test_what_cannot_be_requested_is_no_address(href: str) -> None:
    assert clean_url(BASE, href) is None


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://n.example/a?utm_source=x&id=5&fbclid=y", "https://n.example/a?id=5"),
        ("https://n.example/a?utm_source=x", "https://n.example/a"),
        ("https://n.example/a?b=2&a=%d8%a3", "https://n.example/a?b=2&a=%d8%a3"),
        ("https://n.example/a?amp=1", "https://n.example/a?amp=1"),
        ("https://n.example/utm_source=x", "https://n.example/utm_source=x"),
        ("https://n.example/a?pk_news=1", "https://n.example/a?pk_news=1"),
        ("https://n.example/?utm_source=x#!/a/1", "https://n.example/#!/a/1"),
    ],
)
def test_tracking_is_left_out_and_nothing_else_is_changed(url: str, expected: str) -> None:
    assert without_tracking(url) == expected


def test_broken_addresses_are_their_own_key() -> None:
    assert url_key("http://[::1") == "http://[::1"
    assert url_key(" not an address ") == "not an address"


def test_site_name_is_the_host_and_an_unusual_port() -> None:
    assert site_name("https://www.news.example/a") == "news.example"
    assert site_name("http://127.0.0.1:8001/") == "127.0.0.1:8001"


def test_path_segments_are_decoded() -> None:
    assert path_segments("https://news.example/%D8%A3//b?c") == ("أ", "b")


@pytest.mark.parametrize("seed", range(20))
def test_plain_addresses_have_the_key_and_form_that_the_rules_give(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311
    hosts = "paper.example www.paper.example www.example m.a-b.example 10.0.0.1 a.b.c.de"
    hosts += " xn--mgbaa.example paper.example:8080 www.paper.example:65000 a.example:80"
    parts = "news 2026 a-b_c x.html ~me - index.php V1.2. amp _ .. . a;b %41 ü a?b=1 a#b"
    for _ in range(200):
        path = "/".join(chance.choices([*parts.split(), "", "a b"], k=chance.randint(0, 4)))
        scheme = chance.choice(("http", "https"))
        url = f"{scheme}://{chance.choice(hosts.split())}/{path}{chance.choice(('', '/'))}"
        assert url_key(url) == urls._key(url, urls._SPELLING)
        base = "https://paper.example/section/"
        slow = urls._parsed(base, url, "utf-8")
        assert clean_url(base, url) == slow


@pytest.mark.parametrize("seed", range(20))
def test_paths_are_encoded_as_the_rules_give(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311
    bases = "https://paper.example/section/ http://paper.example:8080?a https://a.example:80/"
    bases += " https://me@paper.example/ HTTP://paper.example/ http://paper.example./"
    hosts = "https://paper.example http://www.paper.example:8080 https://a.example:80 https:"
    hosts += " //paper.example https://me@paper.example https://مثال.example"
    parts = "news أخبار خبر-٢٠٢٠ %D8%A3 %2e%2E %zz ü.html a:b,c= me@x می‌شود .. . a;b a?b=ت 日本"
    parts += " a?b=%D8%A3&c=1:2/x? a?"
    encoded = 0
    for _ in range(200):
        base = chance.choice(bases.split())
        path = "/".join(chance.choices([*parts.split(), "", "a b"], k=chance.randint(1, 4)))
        href = f"{chance.choice([*hosts.split(), '', '', ''])}/{path}"
        slow, fast = _parsed(base, href), urls._with_encoded_path(base, href)
        assert clean_url(base, href) == slow
        assert fast in {None, slow}
        encoded += fast is not None
    assert encoded > 5


def _parsed(base: str, href: str) -> str | None:
    try:
        return urls._parsed(base, href, "utf-8")
    except ValueError:
        return None


@pytest.mark.parametrize(
    "url",
    [
        *("http://a.b\t/c", "http://a.b\n.c/", "/\t/x.y/z", "http://a.b:80/", "http://a.b?x"),
        *("http://...", "http://[::1]/", "http://A.b", "/a:b", "//x/y", "http:///a", "", "/"),
        *("https://a.b\x00/", " http://a.b", "http://a.b#", "http://a.b\\c", "http://a.b."),
        *("http://me@a.b/", "http://a.b@c.d/", "a/b", "/news//b.c", "http:a.b"),
        "mailto:me@a.b",
    ],
)
def test_host_of_an_address_is_the_one_that_a_parser_finds(url: str) -> None:
    try:
        expected = (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        expected = ""
    assert urls.host_of(url) == expected
