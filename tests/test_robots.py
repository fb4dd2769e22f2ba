"""robots.txt as sites send it: groups, sitemaps, encodings, pages in its place."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from protego import Protego

from newscrawl.crawl.download.politeness.robots import with_whole_tokens
from tests.crawling import crawl, outcomes
from tests.odd_server import Answer, article, odd_server

URL = "https://news.example/shut/1"
SHUT = "Disallow: /shut/\n"


def is_open(text: str) -> bool:
    rules = Protego.parse(with_whole_tokens(text, "newscrawl"))
    return bool(rules.can_fetch(URL, "newscrawl"))


@pytest.mark.parametrize(
    "line",
    [
        "User-agent: newscrawl",
        "User-Agent: NewsCrawl/1.0",
        "user-agent : newscrawl (news archiving)",
        "User-agent: *",
        "User-agent: other\nUser-agent: newscrawl # ours",
        "\ufeffUser-agent: newscrawl",
        "Sitemap: /x\rUser-agent: newscrawl",
        "User-agent newscrawl",
    ],
)
def test_group_that_names_us_whole_is_obeyed(line: str) -> None:
    assert not is_open(f"{line}\n{SHUT}")


@pytest.mark.parametrize(
    "line",
    [
        "User-agent: news",
        "User-agent: crawl",
        "User-agent: newscrawl-images",
        "User-agent: newscrawler",
        "User-agent: not-newscrawl",
        "User-agent: newscraw*",
        "User-agent:",
        "User-agent: 1",
    ],
)
def test_group_of_another_name_is_not_ours(line: str) -> None:
    assert is_open(f"{line}\n{SHUT}")


def test_our_own_group_stands_in_for_that_of_all() -> None:
    assert is_open(f"User-agent: *\n{SHUT}\nUser-agent: newscrawl/2\nDisallow: /other/\n")


RULES = f"User-agent: newscrawl\n{SHUT}"


@pytest.mark.parametrize(
    ("body", "is_shut"),
    [
        (gzip.compress(RULES.encode()), True),
        (RULES.encode("utf-16"), True),
        (b"\xef\xbb\xbf" + RULES.replace("\n", "\r").encode(), True),
        (b"<!DOCTYPE html><html><body><h1>Not found</h1></body></html>", False),
        (gzip.compress(RULES.encode())[:-9], True),
    ],
    ids=["gzip", "utf-16", "bom and cr", "html", "broken gzip forbids all"],
)
def test_robots_txt_is_read_in_any_form(tmp_path: Path, body: bytes, is_shut: bool) -> None:
    with odd_server() as server:
        server.answers["/robots.txt"] = Answer(body, 200, (("Content-Type", "text/plain"),))
        server.answers["/shut/1"] = article("The ferry sails again")
        url = f"{server.url}/shut/1"
        crawl(tmp_path / "archive.db", "articles", "-a", f"urls={url}")
        assert outcomes(tmp_path / "archive.db")[url] == ("robots" if is_shut else "stored")


@pytest.mark.parametrize("line", ["Sitemap: /s/map.txt", "SITEMAP:s/map.txt"])
def test_relative_sitemap_lines_are_followed(tmp_path: Path, line: str) -> None:
    with odd_server() as server:
        plain = (("Content-Type", "text/plain"),)
        story = f"{server.url}/news/2026/the-ferry-sails-again"
        server.answers["/robots.txt"] = Answer(line.encode(), 200, plain)
        server.answers["/s/map.txt"] = Answer(story.encode(), 200, plain)
        server.answers["/"] = Answer(b"<html><body><p>The Port Paper</p></body></html>")
        server.answers["/news/2026/the-ferry-sails-again"] = article("The ferry sails again")
        crawl(tmp_path / "archive.db", "site", "-a", f"url={server.url}/")
        assert outcomes(tmp_path / "archive.db")[story] == "stored"
