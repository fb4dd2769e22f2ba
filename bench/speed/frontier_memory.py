"""Memory of a crawl that begins with 100,000 addresses, at its first request for an article."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.speed.pages import Site, serving
from bench.speed.rows import REPETITIONS, ROOT, Row, memory_of
from newscrawl import Archive
from newscrawl.archive.crawl_state.frontier import Frontier, Waiting

ADDRESSES = 100_000
_LONGEST_WAIT = 300


def rows() -> Iterator[Row]:
    """Yield the most memory in MB: addresses named by sitemaps, and left by an earlier run."""
    found: dict[str, list[float]] = {"named by sitemaps": [], "left by an earlier run": []}
    with serving((), ADDRESSES) as site:
        for _ in range(REPETITIONS):
            found["named by sitemaps"].append(_peak(site))
            found["left by an earlier run"].append(_peak(site, is_left=True))
    for name, values in found.items():
        yield Row(f"memory of a crawl of {ADDRESSES} addresses {name}, MB", 150, values)


def _peak(site: Site, *, is_left: bool = False) -> float:
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder) / "a.db"
        urls = Path(folder) / "urls.txt"
        settings = (
            f"NEWSCRAWL_ARCHIVE={archive}",
            "NEWSCRAWL_PRIVATE_HOSTS=127.0.0.1",
            "LOG_LEVEL=ERROR",
            "NEWSCRAWL_PROGRESS=0",
        )
        options = [part for setting in settings for part in ("-s", setting)]
        named = ["site", "-a", f"url={site.url}/", "-a", "history=all"]
        if is_left:
            urls.write_text(next(site.urls()), "utf-8")
            named = ["articles", "-a", f"urls={urls}"]
            _leave(site, archive, str(urls))
        site.article_requested.clear()
        command = [sys.executable, "-m", "scrapy", "crawl", *named, *options]
        with subprocess.Popen(command, cwd=ROOT) as process:
            site.article_requested.wait(_LONGEST_WAIT)
            peak = memory_of(process.pid, "VmHWM")
            process.kill()
    return peak


def _leave(site: Site, archive: Path, urls: str) -> None:
    """Have all addresses wait in *archive*, as an interrupted run leaves them."""
    with Archive(archive) as opened:
        plan = _plan_of(urls)
        Frontier(opened, "articles", plan).add(
            Waiting(key=f"article:{url}", url=url, role="article", priority=0)
            for url in site.urls()
        )


def _plan_of(urls: str) -> str:
    """Return the plan under which a crawl of this file of addresses stores its frontier."""
    from spiders.articles import ArticlesSpider  # noqa: PLC0415 (Scrapy's settings)

    spider = ArticlesSpider()
    spider.arguments = ArticlesSpider.checked_arguments({"urls": urls})
    return spider.plan_text
