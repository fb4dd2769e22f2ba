"""Politeness of a crawl, by the clock and counters of a server."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from newscrawl.values.retry_after import parse_retry_after
from tests.crawling import Done, crawl, outcomes, rows
from tests.hostile_answers import dripping
from tests.odd_server import Answer, OddServer, article, odd_server, text

NOW = dt.datetime(2026, 5, 17, 10, 0, 0, tzinfo=dt.UTC)


@pytest.fixture
def server() -> Iterator[OddServer]:
    """A server with nothing on it yet."""
    with odd_server() as server:
        yield server


def crawl_articles(server: OddServer, archive: Path, *paths: str) -> Done:
    urls = ",".join(f"{server.url}{path}" for path in paths)
    return crawl(archive, "articles", "-a", f"urls={urls}")


def became(server: OddServer, archive: Path) -> dict[str, str]:
    return {url.removeprefix(server.url): out for url, out in outcomes(archive).items()}


def test_crawl_delay_is_obeyed(server: OddServer, tmp_path: Path) -> None:
    server.answers["/robots.txt"] = text("User-agent: *\nCrawl-delay: 0.4\n")
    paths = [f"/{number}" for number in range(5)]
    server.answers |= {path: article(f"The ferry sails on day {path[1:]}") for path in paths}
    done = crawl_articles(server, tmp_path / "a.db", *paths)
    assert done.returncode == 0, done.stderr
    gaps = [after - before for before, after in pairwise(server.times())]
    assert len(gaps) == 6  # robots.txt and tdmrep.json come first
    assert min(gaps) >= 0.4


def test_user_agent_is_honest_and_no_cookie_is_sent(server: OddServer, tmp_path: Path) -> None:
    headers = (("Content-Type", "text/html"), ("Set-Cookie", "a=b"))
    page = article("The ferry sails again")
    server.answers |= {"/1": Answer(page.body, 200, headers), "/2": page}
    crawl_articles(server, tmp_path / "a.db", "/1", "/2")
    assert all(asked.headers["User-Agent"].startswith("newscrawl/") for asked in server.asked)
    assert not any(
        "Cookie" in asked.headers or "Referer" in asked.headers for asked in server.asked
    )


def test_retry_after_is_waited_for(server: OddServer, tmp_path: Path) -> None:
    busy = Answer(b"busy", 429, (("Retry-After", "2"),))
    server.answers["/1"] = [busy, article("The ferry sails again")]
    crawl_articles(server, tmp_path / "a.db", "/1")
    first, second = server.times("/1")
    assert second - first >= 2
    assert became(server, tmp_path / "a.db")["/1"] == "stored"


def test_address_that_asks_for_a_day_is_asked_once(server: OddServer, tmp_path: Path) -> None:
    busy = Answer(b"busy", 503, (("Retry-After", "86400"),))
    server.answers |= {"/1": busy, "/2": article("The ferry sails again")}
    crawl_articles(server, tmp_path / "a.db", "/1", "/2")
    found = became(server, tmp_path / "a.db")
    assert (found["/1"], found["/2"]) == ("blocked", "stored")
    assert server.count("/1") == 1


@pytest.mark.parametrize("status", [500, 503, 429])
def test_robots_that_cannot_be_read_forbids(
    server: OddServer, tmp_path: Path, status: int
) -> None:
    server.answers |= {"/robots.txt": text("trouble", status), "/1": article("The ferry sails")}
    crawl_articles(server, tmp_path / "a.db", "/1")
    assert server.count("/1") == 0
    assert became(server, tmp_path / "a.db")["/1"] == "robots"


def test_robots_without_a_whole_answer_postpones_its_host(
    server: OddServer, tmp_path: Path
) -> None:
    archive = tmp_path / "a.db"
    server.answers |= {"/robots.txt": dripping(b"User"), "/1": article("The ferry sails")}
    urls = f"urls={server.url}/1"
    options = ("-s", "DOWNLOAD_TIMEOUT=1", "-s", "RETRY_TIMES=0")
    done = crawl(archive, "articles", "-a", urls, *options)
    found = became(server, archive)
    assert (found["/robots.txt"], found["/1"]) == ("timeout", "robots")
    assert "1 address was left for another run" in done.stderr
    assert server.count("/1") == 0
    server.answers["/robots.txt"] = text("User-agent: *\nAllow: /\n")
    assert crawl_articles(server, archive, "/1").returncode == 0
    assert became(server, archive)["/1"] == "stored"


def test_robots_that_is_not_there_allows(server: OddServer, tmp_path: Path) -> None:
    server.answers["/1"] = article("The ferry sails again")
    crawl_articles(server, tmp_path / "a.db", "/1")
    found = became(server, tmp_path / "a.db")
    assert (found["/robots.txt"], found["/1"]) == ("http_error", "stored")


def test_robots_that_redirects_in_a_circle_allows(server: OddServer, tmp_path: Path) -> None:
    """RFC 9309, 2.3.1.2: it counts as not there."""
    server.answers |= {
        "/robots.txt": Answer(b"", 302, (("Location", "/robots.txt"),)),
        "/1": article("The ferry sails again"),
    }
    crawl_articles(server, tmp_path / "a.db", "/1")
    found = became(server, tmp_path / "a.db")
    assert (found["/robots.txt"], found["/1"]) == ("redirect_loop", "stored")
    assert server.count("/robots.txt") == 1


def test_robots_that_asks_for_an_hour_puts_its_host_off(
    server: OddServer, tmp_path: Path
) -> None:
    server.answers |= {
        "/robots.txt": Answer(b"later", 503, (("Retry-After", "3600"),)),
        "/1": article("The ferry sails again"),
    }
    archive = tmp_path / "a.db"
    crawl_articles(server, archive, "/1")
    assert became(server, archive)["/1"] == "blocked"
    assert len(rows(archive, "SELECT * FROM frontier_urls")) == 1
    server.answers["/robots.txt"] = text("User-agent: *\nAllow: /\n")
    assert crawl_articles(server, archive, "/1").returncode == 0
    assert became(server, archive)["/1"] == "stored"


def test_robots_beyond_500_kib_is_not_read(server: OddServer, tmp_path: Path) -> None:
    padding = "# padding\n" * 60_000
    robots = f"User-agent: *\nDisallow: /no\n{padding}Disallow: /1\n"
    server.answers |= {"/robots.txt": text(robots), "/1": article("The ferry sails again")}
    crawl_articles(server, tmp_path / "a.db", "/1", "/no/1")
    found = became(server, tmp_path / "a.db")
    assert (found["/1"], found["/no/1"]) == ("stored", "robots")


def test_robots_holds_behind_a_redirect(server: OddServer, tmp_path: Path) -> None:
    server.answers["/robots.txt"] = text("User-agent: newscrawl\nDisallow: /no\n")
    server.answers["/1"] = Answer(b"", 301, (("Location", "/no/1"),))
    crawl_articles(server, tmp_path / "a.db", "/1")
    found = became(server, tmp_path / "a.db")
    assert (found["/1"], found["/no/1"]) == ("redirect", "robots")
    assert server.count("/no/1") == 0


def test_redirects_never_leave_the_public_internet(server: OddServer, tmp_path: Path) -> None:
    targets = ["http://127.0.0.2:9/", "http://2130706434:9/", "http://[::ffff:127.0.0.2]:9/"]
    targets += ["file:///etc/passwd", "http://localhost:9/"]
    for number, target in enumerate(targets):
        server.answers[f"/{number}"] = Answer(b"", 302, (("Location", target),))
    crawl_articles(server, tmp_path / "a.db", *(f"/{n}" for n in range(len(targets))))
    found = outcomes(tmp_path / "a.db")
    refused = [found.get(target) for target in targets if target.startswith("http")]
    assert set(refused) == {"forbidden_address"}
    assert found[f"{server.url}/3"] == "forbidden_address"


def test_redirect_loops_end(server: OddServer, tmp_path: Path) -> None:
    server.answers["/a"] = Answer(b"", 302, (("Location", "/b"),))
    server.answers["/b"] = Answer(b"", 302, (("Location", "/a"),))
    for number in range(9):
        server.answers[f"/c{number}"] = Answer(b"", 302, (("Location", f"/c{number + 1}"),))
    crawl_articles(server, tmp_path / "a.db", "/a", "/c0")
    found = became(server, tmp_path / "a.db")
    assert found["/a"] == found["/b"] == found["/c5"] == "redirect_loop"
    assert server.count("/c6") == 0


def test_one_story_at_three_addresses_is_one_article(server: OddServer, tmp_path: Path) -> None:
    canonical = f"<link rel=canonical href='{server.url}/story'>"
    page = article("The ferry sails again", canonical)
    server.answers |= {"/story": page, "/w-5/story": page, "/print.php?id=5": page}
    crawl_articles(server, tmp_path / "a.db", "/w-5/story", "/story", "/print.php?id=5")
    assert len(rows(tmp_path / "a.db", "SELECT url FROM article")) == 1
    crawl_articles(server, tmp_path / "a.db", "/print.php?id=5", "/story")
    assert len(rows(tmp_path / "a.db", "SELECT url FROM article")) == 1


def test_canonical_does_not_replace_another_article(server: OddServer, tmp_path: Path) -> None:
    canonical = f"<link rel=canonical href='{server.url}/victim'>"
    thief = article("Something quite different", canonical).body.replace(b"ferry", b"prize")
    thief = thief.replace(b"council", b"winner").replace(b"island", b"lottery")
    server.answers |= {"/victim": article("The ferry sails again"), "/thief": Answer(thief)}
    crawl_articles(server, tmp_path / "a.db", "/thief", "/victim")
    stored = rows(tmp_path / "a.db", "SELECT headline FROM article ORDER BY headline")
    assert [row["headline"] for row in stored] == [
        "Something quite different",
        "The ferry sails again",
    ]


@pytest.mark.parametrize(
    ("raw", "seconds"),
    [
        ("3", 3.0),
        ("Sun, 17 May 2026 10:01:00 GMT", 60.0),
        ("Sun, 17 May 2026 09:00:00 GMT", 0.0),
        ("soon", None),
        ("-5", None),
        ("9" * 500, 999999999.0),
    ],
)
def test_retry_after_has_two_forms(raw: str, seconds: float | None) -> None:
    assert parse_retry_after(raw, NOW) == seconds


def test_host_that_shows_only_challenges_is_left_alone(
    server: OddServer, tmp_path: Path
) -> None:
    challenge = Answer(b"<html></html>", 403, (("cf-mitigated", "challenge"),))
    server.answers |= {f"/{number}": challenge for number in range(40)}
    crawl_articles(server, tmp_path / "a.db", *(f"/{number}" for number in range(40)))
    found = became(server, tmp_path / "a.db")
    assert [found[f"/{number}"] for number in range(40)] == ["blocked"] * 40
    assert sum(asked.path.strip("/").isdigit() for asked in server.asked) < 30
