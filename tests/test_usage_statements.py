"""Permissions of publishers for machines: recorded word for word, and obeyed by setting."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import attrs
import pytest

from newscrawl import Archive
from newscrawl.ingest.opt_outs import opt_outs_of
from newscrawl.ingest.usage_statements import page_statements, parse_robots_statements
from newscrawl.outcomes import Statement
from newscrawl.page import Page
from tests.archive_samples import MORNING, SITE, hours, observation_at
from tests.command_line import run
from tests.crawling import crawl, outcomes, rows
from tests.front_server import serving
from tests.odd_server import OddServer, article, odd_server, text
from tests.test_sites_check import check

HTML = ("Content-Type", "text/html; charset=utf-8")
ROBOTS = """# As a condition of access: content-signal: search=yes
User-agent: *
Content-Signal: search=yes, ai-train=no
Content-Usage: /free/ train-ai=y
content-usage: train-ai=n  # IETF
Disallow: /admin

User-Agent: GPTBot
User-agent: CCBot
Disallow: /paid/*.html
Allow: /

User-agent: Googlebot
Content-Signal: ai-input=no
License: https://news.example/license.xml
"""


def page(head: str = "") -> Page:
    return Page(url="https://news.example/1", body=f"<head>{head}</head><p>text".encode())


def test_robots_txt_is_recorded_word_for_word() -> None:
    found = parse_robots_statements(ROBOTS).statements
    assert {one.stated_in for one in found} == {"robots.txt"}
    assert [(one.signal, one.words) for one in found] == [
        ("content-signal", "Content-Signal: search=yes, ai-train=no"),
        ("content-usage", "Content-Usage: /free/ train-ai=y"),
        ("content-usage", "content-usage: train-ai=n"),
        ("ai-robots", "User-agent: GPTBot; Disallow: /paid/*.html; Allow: /"),
        ("ai-robots", "User-agent: CCBot; Disallow: /paid/*.html; Allow: /"),
        ("content-signal", "User-agent: Googlebot; Content-Signal: ai-input=no"),
        ("rsl", "License: https://news.example/license.xml"),
    ]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/1", {"ai-train": "robots.txt Content-Usage"}),
        ("/free/1", {"ai-train": "robots.txt Content-Signal"}),
        ("/paid/1.html", {"ai-train": "robots.txt Content-Usage", "ai-robots": "robots.txt"}),
    ],
)
def test_lines_of_robots_txt_concern_paths(path: str, expected: dict[str, str]) -> None:
    found = parse_robots_statements(ROBOTS).opt_outs_for(path)
    assert found == expected | {"rsl": "robots.txt License"}


def test_group_that_names_us_goes_before_that_for_all() -> None:
    both = "User-agent: *\nContent-Signal: search=no\nUser-agent: newscrawl\n"
    assert parse_robots_statements(f"{both}Content-Signal: search=yes").opt_outs_for("/") == {}
    alone = parse_robots_statements("User-agent: *\nContent-Signal: search=no")
    assert alone.opt_outs_for("/") == {"search": "robots.txt Content-Signal"}


@pytest.mark.parametrize(
    "body", ["", "\0\xff", "<html>", ":" * 9_000, "User-agent: GPTBot", "Content-Signal:\n" * 9]
)
def test_what_states_nothing_makes_no_opt_out(body: str) -> None:
    assert parse_robots_statements(body).opt_outs_for("/") == {}


@pytest.mark.parametrize(
    ("headers", "head", "statement", "opt_out"),
    [
        ((("Content-Usage", "train-ai=n"),), "", ("content-usage", "header"), "ai-train"),
        ((("X-Robots-Tag", "noai"),), "", ("robots", "header"), "noai"),
        ((("X-Robots-Tag", "noindex"),), "", None, None),
        ((("TDM-Policy", "https://a/p"),), "", ("tdm", "header"), None),
        (
            (("Link", '<https://a/l.xml>; rel="license"; type="application/rsl+xml"'),),
            "",
            ("rsl", "header"),
            "rsl",
        ),
        ((("Link", '<https://a/l>; rel="license"'),), "", None, None),
        (
            (),
            "<link rel='license' type='application/rsl+xml' href='/l.xml'>",
            ("rsl", "link"),
            "rsl",
        ),
        ((), "<link rel=license href=https://creativecommons.org/>", None, None),
        ((), "<meta name=robots content='noai, noimageai'>", ("robots", "meta"), "noai"),
        ((), "<meta name=tdm-policy content=https://a/p>", ("tdm", "meta"), None),
    ],
)
def test_headers_and_pages_are_read(
    headers: tuple[tuple[str, str], ...],
    head: str,
    statement: tuple[str, str] | None,
    opt_out: str | None,
) -> None:
    found = page_statements(page(head), headers)
    assert [(one.signal, one.stated_in) for one in found] == ([statement] if statement else [])
    names = [one.partition(" ")[0] for one in opt_outs_of(page(head), headers)]
    assert (opt_out in names) if opt_out else names == []


@pytest.fixture
def server() -> Iterator[OddServer]:
    """A site that states what it permits in every place."""
    with odd_server() as server:
        licence = "<link rel=license type=application/rsl+xml href=/license.xml>"
        server.answers |= {
            "/robots.txt": text("User-agent: *\nContent-Signal: search=yes, ai-train=no\n"),
            "/one": article("The ferry sails again", licence),
            "/two": attrs.evolve(
                article("A second boat is bought"),
                headers=(HTML, ("Content-Usage", "train-ai=n, bots=n")),
            ),
            "/.well-known/tdmrep.json": text('[{"location": "/x/", "tdm-reservation": 1}]'),
        }
        yield server


def crawled(server: OddServer, archive: Path, *options: str) -> dict[str, str]:
    urls = ",".join(f"{server.url}{path}" for path in ("/one", "/two"))
    crawl(archive, "articles", "-a", f"urls={urls}", *options)
    return {url.removeprefix(server.url): one for url, one in outcomes(archive).items()}


def test_statements_are_stored_with_their_times(server: OddServer, tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    became = crawled(server, path)
    assert (became["/one"], became["/two"]) == ("stored", "stored"), "none obeyed by default"
    with Archive.open_read_only(path) as archive:
        site = server.url.removeprefix("http://")
        stated = archive.statements(site)
        assert archive.check() == ()
    assert {(one.signal, one.stated_in, one.words) for one in stated} == {
        ("content-signal", "robots.txt", "Content-Signal: search=yes, ai-train=no"),
        ("content-usage", "header", "Content-Usage: train-ai=n, bots=n"),
        ("rsl", "link", "/license.xml"),
        ("tdm", "tdmrep.json", '{"location": "/x/", "tdm-reservation": 1}'),
    }
    [robots] = [one for one in stated if one.stated_in == "robots.txt"]
    assert robots.url == f"{server.url}/robots.txt"
    told = rows(path, "SELECT url, opt_outs FROM observation WHERE opt_outs IS NOT NULL")
    assert {row["url"].removeprefix(server.url): row["opt_outs"] for row in told} == {
        "/one": "ai-train (robots.txt Content-Signal), rsl (link)",
        "/two": "ai-train (header), bots (header)",
    }
    exported = run("export", "--table", "statement", "--format", "jsonl", "--archive", path)
    lines = [json.loads(line) for line in exported.stdout.splitlines()]
    assert {line["words"] for line in lines} == {one.words for one in stated}
    with serving(path) as front:
        shown = front.get(f"/site/{quote(site)}").text
    assert "Content-Signal: search=yes, ai-train=no" in shown


def test_each_signal_may_be_obeyed(server: OddServer, tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    became = crawled(server, path, "-s", "NEWSCRAWL_OBEY_OPT_OUTS=bots")
    assert (became["/one"], became["/two"]) == ("stored", "opted_out")
    other = tmp_path / "other.db"
    became = crawled(server, other, "-s", "NEWSCRAWL_OBEY_OPT_OUTS=ai-train")
    assert set(became.values()) & {"stored"} == set()
    assert server.count("/one") == 1, "what robots.txt states is known before the request"


def test_check_of_a_site_prints_the_words(server: OddServer) -> None:
    server.answers["/"] = article("A front page", "<meta name=robots content=noai>")
    done = check(server.url, "--json")
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    words = {row["words"]: row["stated_in"] for row in seen["statements"]}
    assert words["Content-Signal: search=yes, ai-train=no"] == "robots.txt"
    assert words["robots: noai"] == "meta"
    assert [row["opt_outs"] for row in seen["opt_outs"]] == [
        ["noai (meta)", "ai-train (robots.txt Content-Signal)"]
    ]


def test_merged_archives_keep_the_first_and_last_time(tmp_path: Path) -> None:
    stated = Statement(signal="rsl", stated_in="link", words="/license.xml")
    for name, hour in (("one.db", 1), ("two.db", 5)):
        with Archive(tmp_path / name) as archive:
            seen = observation_at(MORNING + hours(hour), outcome="source")
            archive.record_visit(attrs.evolve(seen, statements=(stated,)), site=SITE, run=None)
    with Archive(tmp_path / "one.db") as archive:
        for _ in range(2):
            archive.merge(tmp_path / "two.db")
        [one] = archive.statements()
    assert (one.first_seen, one.last_seen) == (MORNING + hours(1), MORNING + hours(5))
