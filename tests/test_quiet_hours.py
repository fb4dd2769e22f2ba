"""Quiet hours: what they are, and that nothing is sent in them."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from newscrawl.errors import LayoutError
from newscrawl.layouts.quiet_hours import parse_quiet_hours
from newscrawl.layouts.site import Site
from tests.crawling import crawl, outcomes, rows
from tests.odd_server import OddServer, ferry_times, text

HOUR = dt.timedelta(hours=1)


def end(raw: str, moment: str, zone: str | None = "UTC") -> str | None:
    """Return when the quiet hours *raw* end, asked at *moment* (UTC), by the site's clock."""
    hours = parse_quiet_hours(raw, zone)
    assert hours is not None
    found = hours.end_after(dt.datetime.fromisoformat(f"{moment}+00:00"))
    return f"{found:%m-%d %H:%M}" if found else None


@pytest.mark.parametrize(
    ("raw", "moment", "expected"),
    [
        ("01:00-05:30", "2026-05-17T00:59", None),
        ("01:00-05:30", "2026-05-17T01:00", "05-17 05:30"),
        ("01:00-05:30", "2026-05-17T05:30", None),
        ("22:00-05:00", "2026-05-17T23:00", "05-18 05:00"),
        ("22:00-05:00", "2026-05-17T04:59", "05-17 05:00"),
        ("22:00-05:00", "2026-05-17T12:00", None),
        ("1:00-2:00, 13:00-14:00", "2026-05-17T13:30", "05-17 14:00"),
        ("01:00-03:00,03:00-05:00", "2026-05-17T01:30", "05-17 05:00"),
        ("01:00-05:30 Africa/Cairo", "2026-05-17T00:00", "05-17 05:30"),
        ("01:00-05:30 Africa/Cairo", "2026-05-17T03:00", None),
    ],
)
def test_quiet_hours_are_by_the_clock_of_the_site(
    raw: str, moment: str, expected: str | None
) -> None:
    assert end(raw, moment) == expected


def test_hours_follow_the_change_of_clocks() -> None:
    assert end("01:00-02:00", "2026-01-17T00:30", "Europe/Berlin") == "01-17 02:00"
    assert end("01:00-02:00", "2026-07-17T00:30", "Europe/Berlin") is None


@pytest.mark.parametrize(
    "raw", ["", "at night", "25:00-26:00", "01:00", "01:00-01:00", "01:00-02:00 Nowhere/Land"]
)
def test_what_is_no_range_is_none(raw: str) -> None:
    assert parse_quiet_hours(raw) is None


def test_wrong_hours_of_a_site_are_reported() -> None:
    with pytest.raises(LayoutError, match="at night"):
        Site(name="x", title="x", hosts=("x.example",), quiet_hours="at night")


@pytest.fixture
def server() -> Iterator[OddServer]:
    """A site of twenty articles that asks for a second between two requests."""
    with ferry_times(20) as server:
        yield server


def hours_around(now: dt.datetime) -> str:
    return f"{now - HOUR:%H:%M}-{now + HOUR:%H:%M} UTC"


def test_nothing_is_sent_in_quiet_hours(server: OddServer, tmp_path: Path) -> None:
    archive = tmp_path / "archive.db"
    quiet = f"NEWSCRAWL_QUIET_HOURS={hours_around(dt.datetime.now(dt.UTC))}"
    done = crawl(archive, "site", "-a", f"url={server.url}/", "-s", quiet)
    assert server.asked == []
    assert done.returncode == 3, done.stderr
    assert "quiet hours until" in done.stderr.splitlines()[-1]
    (run,) = rows(archive, "SELECT finish_reason FROM runs")
    assert run["finish_reason"] == "quiet_hours"
    done = crawl(archive, "site", "-a", f"url={server.url}/")
    assert done.returncode == 0, done.stderr
    assert len(rows(archive, "SELECT url FROM article")) == 20


def test_single_addresses_wait_for_the_end_of_quiet_hours(
    server: OddServer, tmp_path: Path
) -> None:
    archive = tmp_path / "archive.db"
    url = f"{server.url}/2026/05/the-ferry-sails-on-day-1"
    quiet = f"NEWSCRAWL_QUIET_HOURS={hours_around(dt.datetime.now(dt.UTC))}"
    done = crawl(archive, "articles", "-a", f"urls={url}", "-s", quiet)
    assert (done.returncode, server.asked) == (3, []), done.stderr
    assert outcomes(archive)[url] == "over_limit"
    done = crawl(archive, "articles", "-a", f"urls={url}")
    assert (done.returncode, outcomes(archive)[url]) == (0, "stored"), done.stderr


@pytest.mark.slow
def test_crawl_ends_where_quiet_hours_begin(server: OddServer, tmp_path: Path) -> None:
    archive = tmp_path / "archive.db"
    robots = f"User-agent: *\nCrawl-delay: 5\nSitemap: {server.url}/sitemap.xml\n"
    server.answers["/robots.txt"] = text(robots)
    now = dt.datetime.now(dt.UTC)
    begin = (now + dt.timedelta(seconds=75)).replace(second=0, microsecond=0)
    until_begin = time.monotonic() + (begin - now).total_seconds()
    quiet = f"NEWSCRAWL_QUIET_HOURS={begin:%H:%M}-{begin + HOUR:%H:%M} UTC"
    done = crawl(archive, "site", "-a", f"url={server.url}/", "-s", quiet)
    assert done.returncode == 3, done.stderr
    assert 0 < len(server.asked) < 23
    assert max(server.times()) < until_begin
    server.answers["/robots.txt"] = text(f"Sitemap: {server.url}/sitemap.xml\n")
    assert crawl(archive, "site", "-a", f"url={server.url}/").returncode == 0
    assert len(rows(archive, "SELECT url FROM article")) == 20
