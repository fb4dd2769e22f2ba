"""The number of new articles that a site may bring in a day."""

from __future__ import annotations

import datetime as dt
import sqlite3
from pathlib import Path

import pytest

from newscrawl.crawl.frontier.new_article_quota import room_for_new
from tests.crawling import crawl, rows
from tests.odd_server import article, odd_server, text

TODAY = dt.date(2026, 5, 17)


def days_ago(*counts: tuple[int, int]) -> dict[dt.date, int]:
    return {TODAY - dt.timedelta(days=days): count for days, count in counts}


@pytest.mark.parametrize(
    ("by_day", "room"),
    [
        ({}, None),
        (days_ago((0, 5_000)), None),
        (days_ago((6, 10), (1, 10)), None),
        (days_ago((9, 10), (1, 10)), 200),
        (days_ago((9, 10), (1, 10), (0, 150)), 50),
        (days_ago((9, 10), (1, 10), (0, 900)), 0),
        (days_ago((9, 100), (2, 5_000), (1, 100)), 300),
        (days_ago((40, 100), (4, 100)), 1_200),
        (days_ago((40, 100)), None),
    ],
)
def test_room_is_three_times_what_is_usual(
    by_day: dict[dt.date, int], room: int | None
) -> None:
    assert room_for_new(by_day, TODAY) == room


def test_a_flood_of_new_stories_is_left_and_reported(tmp_path: Path) -> None:
    archive = tmp_path / "a.db"
    with odd_server() as server:

        def print_stories(count: int) -> None:
            paths = [f"/2026/05/the-ferry-sails-on-day-{number}" for number in range(count)]
            for path in paths:
                server.answers[path] = article(
                    f"The ferry sails on day {path.rpartition('-')[2]}"
                )
            items = "".join(f"<item><link>{server.url}{path}</link></item>" for path in paths)
            server.answers["/rss.xml"] = text(f"<rss><channel>{items}</channel></rss>")

        head = "<link rel=alternate type=application/rss+xml href=/rss.xml>"
        server.answers["/"] = article("The paper of the bay", head)
        site = ("site", "-a", f"url={server.url}/")
        print_stories(3)
        assert crawl(archive, *site).returncode == 0
        with sqlite3.connect(archive) as db:
            db.execute(
                "UPDATE articles SET first_seen = date('now', '-8 days') || 'T00:00:00Z'"
            )
        db.close()
        print_stories(230)
        for _ in range(2):
            done = crawl(archive, *site)
            assert done.returncode == 3, done.stderr
            assert len(rows(archive, "SELECT 1 FROM articles")) == 203
        assert "over three times as many new articles" in done.stderr
    left = rows(archive, "SELECT DISTINCT url FROM observation WHERE outcome = 'over_limit'")
    assert len(left) == 27
