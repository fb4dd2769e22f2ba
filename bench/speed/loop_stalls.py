"""Longest time for which the event loop of a crawl of real pages stands still."""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.settings import BaseSettings

from bench.speed.pages import Site, real_pages, serving
from bench.speed.rows import REPETITIONS, Row, cost_of

PAGES = 700
"""Pages of each crawl: 2,000 in all repetitions."""
_TICK = 0.002


class StallMeter:
    """Scrapy extension: write the longest time between two turns of the event loop.

    BENCH_STALLS names the file. Its `cpu` is of the loop's thread, `clock` has waits for the
    disk and for other programs too; both in seconds.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._longest = {"cpu": 0.0, "clock": 0.0}
        self._file = Path(crawler.settings["BENCH_STALLS"])
        self._is_over = False
        crawler.signals.connect(self._begin, signals.engine_started)
        crawler.signals.connect(self._end, signals.engine_stopped)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> StallMeter:
        return cls(crawler)

    def _begin(self) -> None:
        self._cpu, self._clock = time.thread_time(), time.perf_counter()
        asyncio.get_event_loop().call_later(_TICK, self._tick)

    def _tick(self) -> None:
        cpu, clock = time.thread_time(), time.perf_counter()
        found = {"cpu": cpu - self._cpu, "clock": clock - self._clock - _TICK}
        self._longest = {name: max(self._longest[name], found[name]) for name in found}
        self._cpu, self._clock = cpu, clock
        if not self._is_over:
            asyncio.get_event_loop().call_later(_TICK, self._tick)

    def _end(self) -> None:
        self._is_over = True
        self._file.write_text(json.dumps(self._longest), "utf-8")


class MeterAddon:
    """Scrapy add-on: switch `StallMeter` on beside the project's extensions."""

    def update_settings(self, settings: BaseSettings) -> None:
        settings["EXTENSIONS"]["bench.speed.loop_stalls.StallMeter"] = 1


def rows() -> Iterator[Row]:
    """Yield the longest stall in ms."""
    with serving(real_pages(PAGES)) as site:
        found = [_longest(site) for _ in range(REPETITIONS)]
    for name in ("cpu", "clock"):
        work = f"longest stall of the event loop, {PAGES} real pages, ms ({name})"
        yield Row(work, 50, [1000 * one[name] for one in found])


def _longest(site: Site) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "stalls.json"
        settings = (
            f"NEWSCRAWL_ARCHIVE={folder}/a.db",
            "NEWSCRAWL_PRIVATE_HOSTS=127.0.0.1",
            "LOG_LEVEL=ERROR",
            f"BENCH_STALLS={out}",
            'ADDONS={"bench.speed.loop_stalls.MeterAddon": 1}',
        )
        options = [part for setting in settings for part in ("-s", setting)]
        crawl = [sys.executable, "-m", "scrapy", "crawl", "site", "-a", f"url={site.url}/"]
        cost_of([*crawl, "-a", "history=all", *options])
        longest: dict[str, float] = json.loads(out.read_text("utf-8"))
        return longest
