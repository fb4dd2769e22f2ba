"""The test internet itself: names, ports, certificates, keep-alive, encodings, kills."""

from __future__ import annotations

from pathlib import Path

from tests.crawling import rows
from tests.internet.network import Internet
from tests.internet.sites.plain import Plain


def test_crawl_reads_a_site_on_https(internet: Internet, tmp_path: Path) -> None:
    site = Plain("feed")
    with internet.serving(site):
        done = internet.crawl("https://nahar.example/", archive=tmp_path / "a.db")
    assert done.status == 0, done.stderr
    stored = rows(tmp_path / "a.db", "SELECT url FROM article")
    assert {row["url"] for row in stored} == set(site.stories)
