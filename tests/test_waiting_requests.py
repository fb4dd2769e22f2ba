"""Addresses that wait for their request: most of them on disk, in their order, none lost."""

from __future__ import annotations

import datetime as dt
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from scrapy import Request

from newscrawl.crawl.address_set import AddressSet, AddressTimes
from newscrawl.crawl.frontier.request_meta import META, meta_for
from newscrawl.crawl.frontier.requests_on_disk import RequestsOnDisk
from spiders.articles import ArticlesSpider
from tests.crawling import ROOT, rows
from tests.odd_server import OddServer, ferry_times

PAGES = 60
SITES = """
from newscrawl.crawl.frontier import scheduler
from newscrawl.layouts.site import Site

scheduler._MOST_IN_MEMORY, scheduler._LEAST_WAITING = {most}, 5
SITE = Site(name="ferry", title="ferry", hosts=("127.0.0.1",))
"""


def test_address_set_is_a_set() -> None:
    chance = random.Random(3)  # noqa: S311 (not a secret)
    found, expected = AddressSet(), set[str]()
    for _ in range(20_000):
        text = f"https://shams.example/{chance.randrange(3_000)}"
        if chance.random() < 0.6:
            found.add(text)
            expected.add(text)
        else:
            found.discard(text)
            expected.discard(text)
    assert len(found) == len(expected)
    for number in range(3_000):
        text = f"https://shams.example/{number}"
        assert (text in found) == (text in expected)


def test_times_of_addresses_are_as_given() -> None:
    start = dt.datetime(2026, 11, 30, 8, 1, 2, 345678, dt.UTC)
    times = {f"https://shams.example/{n}": start + dt.timedelta(days=n) for n in range(2_000)}
    found = AddressTimes()
    for url in times:
        found.set(url, start)
    for url, time_ in times.items():
        found.set(url, time_)
    assert {url: found.get(url) for url in times} == times
    assert found.get("https://shams.example/") is None
    assert len(found) == len(times)


def test_requests_come_back_from_disk_whole_and_in_order() -> None:
    spider = ArticlesSpider()
    waiting = RequestsOnDisk(spider)
    assert waiting.take(5) == []
    requests = [
        Request(
            f"https://shams.example/{number}",
            callback=spider.parse,
            errback=spider.failed,
            headers={"If-None-Match": f'"{number}"'},
            priority=number % 3,
            meta=meta_for(f"https://shams.example/{number}", "article"),
        )
        for number in range(60)
    ]
    entries = [(-one.priority, number, one) for number, one in enumerate(requests)]
    waiting.add(entries[30:])
    waiting.add(entries[:30])
    places = [entry[:2] for entry in sorted(entries, key=lambda entry: entry[:2])]
    assert (len(waiting), waiting.first) == (60, places[0])
    assert list(waiting.urls()) == [requests[number].url for _, number in places]
    first = waiting.take(25)
    assert waiting.first == places[25]
    taken = [*first, *waiting.take(100)]
    assert [entry[:2] for entry in taken] == places
    assert list(waiting.urls()) == []
    for _, number, request in taken:
        before = requests[number]
        assert (request.url, request.headers) == (before.url, before.headers)
        assert (request.meta[META], request.priority) == (before.meta[META], before.priority)
        assert (request.callback, request.errback) == (spider.parse, spider.failed)
    waiting.close()


@pytest.fixture
def server() -> Iterator[OddServer]:
    """A site whose sitemap lists PAGES articles."""
    with ferry_times(PAGES) as server:
        yield server


def start(server: OddServer, folder: Path, most: int, *options: str) -> subprocess.Popen[str]:
    """Start a crawl into *folder* that holds *most* requests in memory."""
    (folder / "ferry_sites.py").write_text(SITES.format(most=most), "utf-8")
    settings = (
        f"NEWSCRAWL_ARCHIVE={folder / 'a.db'}",
        "NEWSCRAWL_PRIVATE_HOSTS=127.0.0.1",
        "NEWSCRAWL_SITES=ferry_sites",
        "CONCURRENT_REQUESTS=1",
    )
    further = [part for setting in settings for part in ("-s", setting)]
    site = ("crawl", "site", "-a", f"url={server.url}/", *options)
    return subprocess.Popen(
        [sys.executable, "-m", "scrapy", *site, *further],
        env=os.environ | {"PYTHONPATH": str(folder)},
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
    )


def visited(folder: Path) -> list[str]:
    query = "SELECT url FROM observation WHERE outcome = 'stored' ORDER BY fetched_at, id"
    return [row["url"] for row in rows(folder / "a.db", query)]


def test_requests_on_disk_go_in_the_same_order(server: OddServer, tmp_path: Path) -> None:
    found = []
    for most in (10, 1_000):
        folder = tmp_path / str(most)
        folder.mkdir()
        process = start(server, folder, most)
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors
        found.append(visited(folder))
    assert len(found[0]) == PAGES
    assert found[0] == found[1]


def test_requests_on_disk_outlive_a_kill_and_a_limit(server: OddServer, tmp_path: Path) -> None:
    process = start(server, tmp_path, 10)
    while len(server.asked) < 25 and process.poll() is None:
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    limited = start(server, tmp_path, 10, "-a", "limit=10")
    _, errors = limited.communicate(timeout=120)
    assert limited.returncode == 3, errors
    last = start(server, tmp_path, 10)
    _, errors = last.communicate(timeout=120)
    assert last.returncode == 0, errors
    assert len(rows(tmp_path / "a.db", "SELECT url FROM article")) == PAGES
    assert rows(tmp_path / "a.db", "SELECT * FROM frontier_urls") == []
