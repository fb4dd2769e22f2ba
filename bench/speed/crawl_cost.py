"""CPU time of a crawl with extraction, evidence and archive beside a bare Scrapy spider."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.crawl import BARE
from bench.speed.pages import Site, real_pages, serving
from bench.speed.rows import REPETITIONS, ROOT, Cost, Row, cost_of

FEW, MANY = 60, 260
"""Pages of the two crawls whose difference counts: starting up is left out."""


def rows() -> Iterator[Row]:
    """Yield the CPU time as multiples of the bare spider's."""
    with serving(real_pages(MANY)) as site:
        found = [_ratios(site) for _ in range(REPETITIONS)]
    main, everything = zip(*found, strict=True)
    yield Row("crawl, extraction and all stored, main process, times bare spider", 3, main)
    yield Row("the same, all processes", 6, everything)


def _ratios(site: Site) -> tuple[float, float]:
    costs = {
        is_ours: [_crawl(site, pages, is_ours=is_ours) for pages in (FEW, MANY)]
        for is_ours in (False, True)
    }
    (bare_few, bare), (few, many) = costs[False], costs[True]
    return (
        (many.own - few.own) / (bare.own - bare_few.own),
        (many.all - few.all) / (bare.all - bare_few.all),
    )


def _crawl(site: Site, pages: int, *, is_ours: bool) -> Cost:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        urls = folder / "urls.txt"
        urls.write_text("\n".join(site.urls(end=pages)), "utf-8")
        python = [sys.executable, "-m", "scrapy"]
        if not is_ours:
            spider = folder / "bare.py"
            spider.write_text(BARE, "utf-8")
            # In the project's folder Scrapy would give its settings to any spider.
            command = [*python, "runspider", str(spider), "-a", f"urls={urls}"]
            return cost_of(command, folder)
        settings = (
            f"NEWSCRAWL_ARCHIVE={folder}/a.db",
            "NEWSCRAWL_PRIVATE_HOSTS=127.0.0.1",
            "LOG_LEVEL=ERROR",
        )
        options = [part for setting in settings for part in ("-s", setting)]
        return cost_of([*python, "crawl", "articles", "-a", f"urls={urls}", *options], ROOT)
