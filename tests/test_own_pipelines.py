"""Crawls with pipelines of the user's own that lose articles, or end the program."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crawling import crawl, rows
from tests.odd_server import OddServer, ferry_times
from tests.own_pipelines import Interrupted, Leaving, Losing
from tests.stored_beside import ALONE, options

PAGES = 8
DAYS = "SELECT url, outcome, reason FROM observation WHERE url LIKE '%/the-ferry-sails%'"
LEFT = "SELECT url FROM frontier_urls WHERE NOT is_done"


@pytest.fixture(scope="module")
def server() -> Iterator[OddServer]:
    """A site whose sitemap lists PAGES articles."""
    with ferry_times(PAGES) as server:
        yield server


def test_article_that_a_pipeline_loses_has_its_outcome(
    server: OddServer, tmp_path: Path
) -> None:
    path = tmp_path / "archive.db"
    done = crawl(path, "site", "-a", f"url={server.url}/", *options(Losing))
    assert done.returncode == 0, done.stderr
    found = {row["url"][-1]: (row["outcome"], row["reason"]) for row in rows(path, DAYS)}
    pipeline = "tests.own_pipelines.LosingPipeline"
    assert found == {
        "0": ("stored", None),
        "1": ("error", f"{pipeline} returned None in place of the article"),
        "2": ("error", f"{pipeline} returned a dict in place of the article"),
        "3": ("not_article", "a pipeline dropped it: not wanted here"),
        "4": ("stored", None),
        "5": ("error", "RuntimeError in a pipeline"),
        "6": ("error", "a middleware left the article out"),
        "7": ("stored", None),
    }
    assert rows(path, LEFT) == []
    lines = [line for line in done.stderr.splitlines() if "-day-1" in line]
    assert len(lines) == 1
    assert f"{pipeline} returned None" in lines[0]
    moved = "SELECT url FROM article WHERE url LIKE '%edition=2'"
    assert rows(path, moved) == [
        {"url": f"{server.url}/2026/05/the-ferry-sails-on-day-4?edition=2"}
    ]


@pytest.mark.parametrize(
    ("addon", "is_beside", "problem"),
    [
        (Leaving, True, "SystemExit('no key for the translation')"),
        (Leaving, False, "SystemExit('no key for the translation')"),
        (Interrupted, False, "KeyboardInterrupt()"),
    ],
    ids=["pipeline-beside", "pipeline", "callback"],
)
def test_crawl_fails_when_its_code_ends_the_program(
    server: OddServer, tmp_path: Path, addon: type[object], is_beside: bool, problem: str
) -> None:
    path = tmp_path / "archive.db"
    arguments = ("site", "-a", f"url={server.url}/")
    off = () if is_beside else ALONE
    done = crawl(path, *arguments, *options(addon), *off)
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert f"the crawl stops: {problem} was raised in " in done.stderr
    assert "failed: " in done.stderr.splitlines()[-1]
    ended = rows(path, "SELECT finish_reason, exit_status FROM runs")
    assert [row["exit_status"] for row in ended] == [1]
    assert str(ended[0]["finish_reason"]).startswith(problem)
    settled = {row["url"][-1] for row in rows(path, DAYS)}
    left = {row["url"][-1] for row in rows(path, LEFT)}
    assert "3" in left
    assert settled | left == {str(day) for day in range(PAGES)}
    assert not settled & left
    assert rows(path, "SELECT * FROM openings") == []
