"""A crawl that is killed goes on with the same command, and loses nothing."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from newscrawl import Archive
from newscrawl.archive.crawl_state.frontier import Frontier, Waiting
from newscrawl.crawl.frontier.backlog import Reserve
from newscrawl.evidence import evidence_problems
from tests.crawling import ROOT, crawl, outcomes, rows
from tests.odd_server import Answer, OddServer, article, ferry_times, sitemap_of

PAGES = 400
ENDS = (("SIGKILL",), ("SIGTERM",), ("SIGINT", "SIGINT"))


@pytest.fixture
def server() -> Iterator[OddServer]:
    """A site whose sitemap lists PAGES articles."""
    with ferry_times(PAGES) as server:
        yield server


def command(server: OddServer, archive: Path) -> list[str]:
    settings = (f"NEWSCRAWL_ARCHIVE={archive}", "NEWSCRAWL_PRIVATE_HOSTS=127.0.0.1")
    options = [part for setting in settings for part in ("-s", setting)]
    site = ("crawl", "site", "-a", f"url={server.url}/")
    return [sys.executable, "-m", "scrapy", *site, *options, "--nolog"]


def crawl_and_end(
    server: OddServer, archive: Path, requests: int, signals: tuple[str, ...]
) -> int:
    """Start the crawl, end it after so many more requests, and return its exit status."""
    goal = len(server.asked) + requests
    with subprocess.Popen(command(server, archive), cwd=ROOT, env=os.environ) as process:
        while len(server.asked) < goal and process.poll() is None:
            time.sleep(0.005)
        for name in signals:
            process.send_signal(getattr(signal, name))
            time.sleep(0.02)
    return process.returncode


def end_and_check(
    server: OddServer, archive: Path, requests: int, signals: tuple[str, ...]
) -> None:
    """End the crawl after so many requests; its exit status says how it ended."""
    status = crawl_and_end(server, archive, requests, signals)
    # Before Scrapy listens to signals, the system's own way of ending is as right; where the
    # crawl was done by then, it is complete.
    expected = {"SIGKILL": {-9}, "SIGTERM": {3, -15}, "SIGINT": {3, -2}}[signals[0]]
    assert status in expected | {0}, (signals, status)
    if status == 0:
        check_whole(server, archive)


def check_whole(server: OddServer, archive: Path) -> None:
    stored = rows(archive, "SELECT url FROM article")
    assert len(stored) == PAGES
    assert {row["url"] for row in stored} == {
        f"{server.url}{path}" for path in server.answers if path.startswith("/2026/")
    }
    assert rows(archive, "PRAGMA integrity_check") == [{"integrity_check": "ok"}]
    assert rows(archive, "SELECT * FROM frontier_urls") == []
    with Archive.open_read_only(archive) as opened:
        assert list(evidence_problems(opened)) == []
    assert rows(archive, "SELECT id FROM runs WHERE finished_at IS NULL") == []


@pytest.mark.long
def test_ten_ends_lose_nothing(server: OddServer, tmp_path: Path) -> None:
    archive = tmp_path / "archive.db"
    chance = random.Random(6)  # noqa: S311 (not a secret)
    for number in range(10):
        end_and_check(server, archive, chance.randint(1, 60), ENDS[number % len(ENDS)])
    done = crawl(archive, "site", "-a", f"url={server.url}/")
    assert done.returncode == 0, done.stderr
    check_whole(server, archive)


def test_crawl_that_was_ended_twice_tells_how_much_it_left(
    server: OddServer, tmp_path: Path
) -> None:
    archive = tmp_path / "archive.db"
    options = [one for one in command(server, archive) if one != "--nolog"]
    goal = len(server.asked) + 60
    with subprocess.Popen(options, cwd=ROOT, stderr=subprocess.PIPE, text=True) as crawling:
        while len(server.asked) < goal and crawling.poll() is None:
            time.sleep(0.005)
        for _ in range(2):
            crawling.send_signal(signal.SIGINT)
            time.sleep(0.02)
        _, log = crawling.communicate(timeout=60)
    assert crawling.returncode == 3, log
    [waiting] = rows(archive, "SELECT count(*) AS n FROM frontier_urls WHERE NOT is_done")
    [run] = rows(archive, "SELECT counts FROM runs")
    assert json.loads(str(run["counts"]))["left_over"] == waiting["n"] > 0
    assert "Task was destroyed" not in log
    assert f"{waiting['n']} addresses were left for another run" in log.splitlines()[-1]


def test_resumed_crawl_asks_only_for_what_is_left(server: OddServer, tmp_path: Path) -> None:
    archive = tmp_path / "archive.db"
    crawl_and_end(server, archive, 200, ("SIGKILL",))
    settled = len(outcomes(archive))
    before = len(server.asked)
    done = crawl(archive, "site", "-a", f"url={server.url}/")
    assert "going on" in done.stderr
    assert len(server.asked) - before <= PAGES + 3 - (settled - 4)
    check_whole(server, archive)


@pytest.mark.slow
def test_five_hundred_ends_lose_nothing(server: OddServer, tmp_path: Path) -> None:
    chance = random.Random(7)  # noqa: S311 (not a secret)
    for number in range(125):
        archive = tmp_path / f"{number}.db"
        for _ in range(4):
            end_and_check(server, archive, chance.randint(1, 90), chance.choice(ENDS))
        done = crawl(archive, "site", "-a", f"url={server.url}/")
        assert done.returncode == 0, done.stderr
        check_whole(server, archive)
        archive.unlink()


def snapshot(archive: Path, folder: Path) -> Path:
    """Copy archive and evidence as a power cut would leave them."""
    folder.mkdir()
    shutil.copytree(archive.with_name("warc"), folder / "warc")
    for name in (f"{archive.name}-wal", archive.name):
        with suppress(FileNotFoundError):
            shutil.copyfile(archive.with_name(name), folder / name)
    return folder / archive.name


def test_power_cut_loses_nothing(server: OddServer, tmp_path: Path) -> None:
    archive = tmp_path / "archive.db"
    with subprocess.Popen(command(server, archive), cwd=ROOT, env=os.environ) as process:
        while len(server.asked) < 150 and process.poll() is None:
            time.sleep(0.005)
        # Stopped, all that it has written is as the disk may have it when the power goes.
        process.send_signal(signal.SIGSTOP)
        copy = snapshot(archive, tmp_path / "after")
        process.kill()
    assert rows(copy, "PRAGMA integrity_check") == [{"integrity_check": "ok"}]
    assert 0 < len(rows(copy, "SELECT url FROM article")) < PAGES
    done = crawl(copy, "site", "-a", f"url={server.url}/")
    assert done.returncode == 0, done.stderr
    check_whole(server, copy)


def test_limited_run_goes_on_where_it_ended(server: OddServer, tmp_path: Path) -> None:
    archive = tmp_path / "archive.db"
    for expected in (30, 60):
        done = crawl(archive, "site", "-a", f"url={server.url}/", "-a", "limit=30")
        assert done.returncode == 3, done.stderr
        assert len(rows(archive, "SELECT url FROM article")) == expected


def test_what_a_sitemap_named_waits_when_the_run_ends_before_its_turn(
    server: OddServer, tmp_path: Path
) -> None:
    archive = tmp_path / "archive.db"
    shown = [f"/2026/06/the-ferry-is-late-on-day-{number}" for number in range(20)]
    server.answers |= {path: article(f"The ferry is late: {path[-2:]}") for path in shown}
    links = "".join(f'<p><a href="{path}">The ferry is late {path}</a></p>' for path in shown)
    server.answers["/"] = Answer(f"<html><body>{links}</body></html>".encode())
    listed = [f"/2026/05/the-ferry-sails-on-day-{number}" for number in range(PAGES)]
    server.answers["/sitemap.xml"] = sitemap_of(server, listed[:60])
    site = ("site", "-a", f"url={server.url}/")
    first = crawl(archive, *site, "-a", "limit=10")
    assert "70 addresses were left for another run" in first.stderr
    # A rolling sitemap names them no longer.
    server.answers["/sitemap.xml"] = sitemap_of(server, listed[60:61])
    assert crawl(archive, *site).returncode == 0
    stored = {row["url"] for row in rows(archive, "SELECT url FROM article")}
    assert stored == {f"{server.url}{path}" for path in (*shown, *listed[:61])}


def test_what_waits_is_read_from_the_archive_in_parts(tmp_path: Path) -> None:
    urls = [f"https://shams.example/2026/05/story-{number:04}" for number in range(1_200)]
    listed = [
        Waiting(key=f"article:{url}", url=url, role="article", priority=50 + number % 2)
        for number, url in enumerate(urls)
    ]
    with Archive(tmp_path / "a.db") as archive:
        frontier = Frontier(archive, "shams.example", "all")
        frontier.add(listed)
        frontier.done(listed[1].key)
        waiting, settled = frontier.left_by_earlier_run()
        reserve = Reserve(waiting, frontier.waiting)
        frontier.done(listed[3].key)  # while it waits in the reserve
        parts = [reserve.take()]
        left = list(reserve.urls())
        while reserve:
            parts.append(reserve.take())
    assert settled == {listed[1].key}
    assert [len(part) for part in parts] == [499, 500, 199]
    found = [row.url for part in parts for row in part]
    assert found == [*urls[5::2], *urls[::2]]
    assert left == found[499:]


def test_a_plan_of_many_addresses_stands_in_no_row(tmp_path: Path) -> None:
    urls = [f"https://shams.example/2026/05/story-{number}" for number in range(2_000)]
    plans = [json.dumps(urls), json.dumps(urls[:-1])]
    listed = [Waiting(key=url, url=url, role="article", priority=0) for url in urls]
    with Archive(tmp_path / "a.db") as archive:
        Frontier(archive, "shams.example", plans[0]).add(listed)
        waiting, _ = Frontier(archive, "shams.example", plans[0]).left_by_earlier_run()
        others, _ = Frontier(archive, "shams.example", plans[1]).left_by_earlier_run()
    assert (len(waiting), len(others)) == (len(urls), 0)
    assert (tmp_path / "a.db").stat().st_size < 3_000_000
