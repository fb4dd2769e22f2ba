"""`newscrawl sites check`: the rules and sources of a site before the first crawl."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator

import attrs
import pytest

from tests.crawling import ROOT
from tests.odd_server import Answer, OddServer, article, odd_server, text

HTML = ("Content-Type", "text/html; charset=utf-8")


@pytest.fixture
def server() -> Iterator[OddServer]:
    """A site with a feed, a sitemap that is not there, and an article nobody may mine."""
    with odd_server() as server:
        robots = "User-agent: newscrawl\nCrawl-delay: 0.1\nDisallow: /no/\n"
        link = f"<link rel=alternate type=application/rss+xml href='{server.url}/feed.xml'>"
        story = "/2026/05/the-ferry-sails-on-day-1"
        teaser = f"<main><h2><a href='{story}'>The ferry sails again on day one</a></h2></main>"
        reserved = (*(HTML,), ("TDM-Reservation", "1"))
        server.answers |= {
            "/robots.txt": text(f"{robots}Sitemap: {server.url}/sitemap.xml\n"),
            "/": Answer(f"<html><head>{link}</head><body>{teaser}".encode()),
            "/feed.xml": text(f"<rss><item><link>{server.url}{story}</link></item></rss>"),
            "/.well-known/tdmrep.json": text('[{"location": "/no/", "tdm-reservation": 1}]'),
            story: attrs.evolve(article("The ferry sails again"), headers=reserved),
        }
        yield server


def check(*arguments: str) -> subprocess.CompletedProcess[str]:
    env = {name: text for name, text in os.environ.items() if not name.startswith("NEWSCRAWL")}
    return subprocess.run(
        [
            sys.executable,
            "-c",
            "from newscrawl.cli import main; main()",
            "sites",
            "check",
            *arguments,
        ],
        cwd=ROOT,
        env=env | {"NEWSCRAWL_PRIVATE_HOSTS": "127.0.0.1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_check_reports_what_is_allowed_and_offered(server: OddServer) -> None:
    done = check(server.url, "--json")
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    robots = {"outcome": "rules", "allows_home": True, "delay": 0.1}
    assert robots.items() <= seen["robots"].items()
    rows = {row["url"].removeprefix(server.url): row for row in seen["sources"]}
    assert (rows["/feed.xml"]["found"], rows["/feed.xml"]["origin"]) == (1, "home page")
    assert rows["/sitemap.xml"]["outcome"] == "HTTP 404"
    assert [row["opt_outs"] for row in seen["opt_outs"]] == [["tdm (header)"]]
    assert seen["tdmrep"] == [{"location": "/no/", "tdm-reservation": 1}]


def test_look_fits_a_terminal(server: OddServer) -> None:
    done = check(server.url)
    assert done.returncode == 0, done.stderr
    assert max(map(len, done.stdout.splitlines())) <= 80
    for word in ("robots.txt", "0.1 s", "quiet hours", "tdm (header)", "feed.xml"):
        assert word in done.stdout


def test_look_obeys_robots(server: OddServer) -> None:
    server.answers["/robots.txt"] = text("User-agent: *\nDisallow: /\n")
    done = check(server.url)
    assert done.returncode == 0, done.stderr
    assert {asked.path for asked in server.asked} == {"/robots.txt"}
    assert "forbidden to us" in done.stdout


def test_what_is_no_site_is_reported() -> None:
    done = check("nosuchsite")
    assert done.returncode == 2
    assert "nosuchsite" in done.stderr
    assert "Traceback" not in done.stderr
