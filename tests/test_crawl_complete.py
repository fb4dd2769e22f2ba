"""A crawl says complete when all was asked for, and a site has gone silent when it has."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from newscrawl.crawl.download.politeness.backoff import Patience
from tests.crawling import crawl, outcomes, rows
from tests.odd_server import Answer, Asked, OddServer, article, ferry_times, text

PAGES = 40
DAY = "86400"


@pytest.fixture
def server() -> Iterator[OddServer]:
    """A site whose sitemap lists PAGES articles."""
    with ferry_times(PAGES) as server:
        yield server


def page(number: int) -> str:
    return f"/2026/05/the-ferry-sails-on-day-{number}"


def busy(after: str, status: int = 503) -> Answer:
    return Answer(b"later", status, (("Retry-After", after), ("Content-Type", "text/plain")))


def stored(archive: Path) -> int:
    return len(rows(archive, "SELECT url FROM article"))


@pytest.mark.parametrize("after", [DAY, "Fri, 31 Dec 2066 23:59:59 GMT", "99999999999"])
def test_one_address_that_asks_for_long_is_left_alone_by_itself(
    server: OddServer, tmp_path: Path, after: str
) -> None:
    server.answers[page(7)] = busy(after)
    done = crawl(tmp_path / "a.db", "site", "-a", f"url={server.url}/")
    assert done.returncode == 0, done.stderr
    assert stored(tmp_path / "a.db") == PAGES - 1
    assert outcomes(tmp_path / "a.db")[f"{server.url}{page(7)}"] == "blocked"
    assert server.count(page(7)) == 1


def test_absurd_pleas_of_many_addresses_are_theirs_alone(
    server: OddServer, tmp_path: Path
) -> None:
    for number in range(0, PAGES, 2):
        server.answers[page(number)] = busy("Fri, 31 Dec 2066 23:59:59 GMT")
    done = crawl(tmp_path / "a.db", "site", "-a", f"url={server.url}/")
    assert done.returncode == 0, done.stderr
    assert stored(tmp_path / "a.db") == PAGES // 2


def test_a_host_rests_that_several_addresses_ask_for(server: OddServer, tmp_path: Path) -> None:
    archive = tmp_path / "a.db"
    whole = dict(server.answers)
    for number in range(PAGES):
        server.answers[page(number)] = busy(DAY, 429)
    done = crawl(archive, "site", "-a", f"url={server.url}/")
    assert done.returncode == 3, done.stderr
    # What was on its way when the third asked is answered yet.
    asked = len(server.times("/2026"))
    assert 3 <= asked <= 20
    assert len(rows(archive, "SELECT 1 FROM frontier_urls WHERE is_done = 0")) == PAGES - asked
    server.answers |= whole
    done = crawl(archive, "site", "-a", f"url={server.url}/")
    assert done.returncode == 0, done.stderr
    known = outcomes(archive)
    assert all(
        known[f"{server.url}{page(number)}"] in {"stored", "blocked"} for number in range(PAGES)
    )
    assert stored(archive) >= PAGES - asked


def test_a_host_that_refuses_everything_rests(server: OddServer, tmp_path: Path) -> None:
    archive = tmp_path / "a.db"
    whole = dict(server.answers)
    for number in range(PAGES):
        server.answers[page(number)] = text("slow down", 429)
    done = crawl(archive, "site", "-a", f"url={server.url}/")
    assert done.returncode == 3, done.stderr
    assert "the host answers HTTP 429 to several addresses" in done.stderr
    # Three rounds, of as many as are under way at once.
    assert 3 <= len(server.times("/2026")) <= 3 * 16
    assert len(rows(archive, "SELECT 1 FROM frontier_urls WHERE is_done = 0")) == PAGES
    server.answers |= whole
    done = crawl(archive, "site", "-a", f"url={server.url}/")
    assert done.returncode == 0, done.stderr
    assert stored(archive) == PAGES


def hang_up(asked: Asked, handler: BaseHTTPRequestHandler) -> None:
    """Close the connection without an answer."""


def test_a_host_that_falls_silent_rests_and_is_crawled_on_later(tmp_path: Path) -> None:
    archive, pages = tmp_path / "a.db", 100
    with ferry_times(pages) as server:
        answers = dict(server.answers)

        def dying(asked: Asked, handler: BaseHTTPRequestHandler) -> None:
            server.answers |= dict.fromkeys(answers, hang_up)

        server.answers[page(5)] = dying
        done = crawl(archive, "site", "-a", f"url={server.url}/")
        assert done.returncode == 3, done.stderr
        assert "10 addresses of the host and its robots.txt had no answer" in done.stderr
        assert len({asked.path for asked in server.asked}) < pages / 2
        server.answers |= answers
        done = crawl(archive, "site", "-a", f"url={server.url}/")
        assert done.returncode == 0, done.stderr
        assert stored(archive) == pages


def test_silent_addresses_of_a_host_that_answers_are_theirs_alone(
    server: OddServer, tmp_path: Path
) -> None:
    for number in range(12, PAGES):
        server.answers[page(number)] = hang_up
    done = crawl(tmp_path / "a.db", "site", "-a", f"url={server.url}/", "-s", "RETRY_TIMES=0")
    assert done.returncode == 0, done.stderr
    found = list(outcomes(tmp_path / "a.db").values())
    assert (found.count("stored"), found.count("connection")) == (12, PAGES - 12)


def test_a_host_that_refuses_now_and_then_is_crawled_on(
    server: OddServer, tmp_path: Path
) -> None:
    for number in range(0, PAGES, 2):
        whole = server.answers[page(number)]
        assert isinstance(whole, Answer)
        server.answers[page(number)] = [text("slow down", 429), whole]
    done = crawl(tmp_path / "a.db", "site", "-a", f"url={server.url}/")
    assert done.returncode == 0, done.stderr
    assert stored(tmp_path / "a.db") == PAGES


def test_refusals_are_counted_in_rounds() -> None:
    patience = Patience()

    def refuse(number: int, sent_at: float, now: float, *, is_last: bool = True) -> int | None:
        url = f"https://a.example/{number}"
        return patience.note_refusal("a.example", url, sent_at, now, is_last=is_last)

    # Three under way together are one round; after a rest, each later one is another.
    assert [refuse(number, 0.0, 1.0, is_last=False) for number in range(2)] == [1, 1]
    assert refuse(2, 0.0, 1.0) == 1
    # Another answer is still to come, which may be a page.
    assert refuse(2, 11.0, 12.0, is_last=False) == 1
    assert refuse(3, 11.0, 12.0) == 2
    assert refuse(4, 32.0, 33.0) is None
    patience.note_answer("a.example")
    assert refuse(5, 40.0, 41.0) == 1
    # One address that refuses for ever says nothing of its host.
    assert [refuse(5, at, at + 1) for at in (50.0, 60.0, 70.0)] == [2, 3, 4]


def test_a_site_without_any_article_is_not_complete(server: OddServer, tmp_path: Path) -> None:
    for number in range(PAGES):
        server.answers[page(number)] = text("not for you", 403)
    for _ in range(3):
        done = crawl(tmp_path / "a.db", "site", "-a", f"url={server.url}/")
        assert done.returncode == 4, done.stderr
    assert "the site answers, but" in done.stderr


def test_articles_that_all_lead_home_are_reported_until_one_is_found(
    server: OddServer, tmp_path: Path
) -> None:
    archive = tmp_path / "a.db"
    whole = dict(server.answers)
    assert crawl(archive, "site", "-a", f"url={server.url}/").returncode == 0
    for number in range(PAGES):
        server.answers[page(number)] = Answer(b"", 302, (("Location", "/"),))
    for _ in range(2):
        done = crawl(archive, "site", "-a", f"url={server.url}/")
        assert done.returncode == 4, done.stderr
    server.answers |= whole
    assert crawl(archive, "site", "-a", f"url={server.url}/").returncode == 0


def test_a_clock_that_was_ahead_hides_nothing(server: OddServer, tmp_path: Path) -> None:
    archive = tmp_path / "a.db"
    assert crawl(archive, "site", "-a", f"url={server.url}/").returncode == 0
    move_ahead(archive)
    path = "/2026/05/the-ferry-sails-on-a-new-day"
    server.answers[path] = article("The ferry sails on a new day")
    listed = server.answers["/sitemap.xml"]
    assert isinstance(listed, Answer)
    more = f"<url><loc>{server.url}{path}</loc></url></urlset>".encode()
    server.answers["/sitemap.xml"] = text(listed.body.replace(b"</urlset>", more).decode())
    before = len(server.asked)
    done = crawl(archive, "site", "-a", f"url={server.url}/")
    assert done.returncode == 0, done.stderr
    asked = {one.path for one in server.asked[before:]}
    assert {path, page(3), "/sitemap.xml"} <= asked
    assert stored(archive) == PAGES + 1


def move_ahead(archive: Path) -> None:
    """Have all times in *archive* be of a clock that was 400 days ahead."""
    columns = {
        "sources": ("read_at", "changed_at", "kept_at", "next_at"),
        "observations": ("fetched_at",),
        "articles": ("first_seen", "last_seen"),
        "versions": ("first_seen", "last_seen"),
    }
    connection = sqlite3.connect(archive)
    for table, names in columns.items():
        for name in names:
            connection.execute(
                f"UPDATE {table} SET {name} = replace(strftime('%Y-%m-%dT%H:%M:%SZ', {name},"  # noqa: S608
                f" '+400 days'), 'Z', substr({name}, 20)) WHERE {name} IS NOT NULL"
            )
    connection.commit()
    connection.close()
