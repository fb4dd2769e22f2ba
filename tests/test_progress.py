"""The progress that a crawl shows while it runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from newscrawl.crawl.reporting.progress import time_left
from tests.crawling import crawl


@pytest.mark.parametrize(
    ("waiting", "pages", "seconds", "shown"),
    [
        (0, 50, 60.0, "0"),
        (30, 9, 1.0, "30"),
        (30, 10, 5.0, "30  (about 15 seconds at this speed)"),
        (600, 100, 60.0, "600  (about 6 minutes at this speed)"),
        (40_000, 100, 60.0, "40000  (about 7 hours at this speed)"),
        (900_000, 100, 60.0, "900000  (about 6 days at this speed)"),
    ],
)
def test_time_left_is_reported_once_the_speed_is_known(
    waiting: int, pages: int, seconds: float, shown: str
) -> None:
    assert time_left(waiting, pages, seconds) == shown


def test_the_display_shows_what_waits_and_that_nothing_is_left(
    news_site: str, tmp_path: Path
) -> None:
    drawn = ("-s", "NEWSCRAWL_PROGRESS=1")
    done = crawl(tmp_path / "a.db", "site", "-a", f"url={news_site}", "-a", "limit=15", *drawn)
    assert "at this speed)" in done.stderr
    assert "15 new" in done.stderr


def test_plain_lines_tell_what_waits(news_site: str, tmp_path: Path) -> None:
    lines = ("-s", "LOGSTATS_INTERVAL=0.2", "-s", "DOWNLOAD_DELAY=0.1")
    done = crawl(tmp_path / "a.db", "site", "-a", f"url={news_site}", "-a", "limit=15", *lines)
    assert "; waiting: " in done.stderr
