"""A crawl whose pages are stored by a process beside its event loop."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from newscrawl import Archive
from newscrawl.evidence import evidence_problems
from tests.crawling import crawl, rows
from tests.odd_server import OddServer, ferry_times
from tests.stored_beside import ALONE, BESIDE, Dying, Odd, options

PAGES = 30
ARTICLES = "SELECT url, headline, article_body FROM article ORDER BY 1"
OUTCOMES = "SELECT outcome, count(*) AS n FROM observations GROUP BY 1 ORDER BY 1"


@pytest.fixture(scope="module")
def server() -> Iterator[OddServer]:
    """A site whose sitemap lists PAGES articles."""
    with ferry_times(PAGES) as server:
        yield server


def whole(path: Path) -> list[dict[str, object]]:
    """Return the articles in an archive with nothing wrong in it, and nothing left to do."""
    assert rows(path, "SELECT * FROM openings") == []
    assert rows(path, "SELECT * FROM frontier_urls") == []
    with Archive.open_read_only(path) as archive:
        assert archive.check() == ()
        assert archive.check_index() == []
        assert list(evidence_problems(archive)) == []
    return rows(path, ARTICLES)


def test_process_stores_what_the_event_loop_would(server: OddServer, tmp_path: Path) -> None:
    here, beside = tmp_path / "here.db", tmp_path / "beside.db"
    arguments = ("site", "-a", f"url={server.url}/")
    done = [crawl(here, *arguments, *ALONE), crawl(beside, *arguments, *BESIDE)]
    assert [one.returncode for one in done] == [0, 0], done[1].stderr
    assert len(whole(beside)) == PAGES
    assert whole(beside) == whole(here)
    assert rows(beside, OUTCOMES) == rows(here, OUTCOMES)
    counts = "SELECT finish_reason, counts FROM runs"
    assert rows(beside, counts) == rows(here, counts)
    kept = [one.stderr.rpartition("evidence: ")[2] for one in done]
    assert kept[0] == kept[1]
    assert "answers kept" in kept[1]


def test_crawl_ends_when_its_storage_dies_and_goes_on_later(
    server: OddServer, tmp_path: Path
) -> None:
    path = tmp_path / "archive.db"
    arguments = ("site", "-a", f"url={server.url}/")
    done = crawl(path, *arguments, *options(Dying))
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    problem = "the process that stores died (exit code -9)"
    assert f"the crawl stops: {problem}" in done.stderr
    ended = rows(path, "SELECT finish_reason, exit_status FROM runs")
    assert ended == [{"finish_reason": problem, "exit_status": 1}]
    stored = len(rows(path, "SELECT id FROM articles"))
    assert stored < PAGES
    # What was reported as stored is stored.
    assert f"{stored} articles (" in done.stderr or f"{stored - 1} articles (" in done.stderr
    again = crawl(path, *arguments, *BESIDE)
    assert again.returncode == 0, again.stderr
    assert len(whole(path)) == PAGES


def test_crawl_ends_when_its_archive_is_moved(server: OddServer, tmp_path: Path) -> None:
    path, moved = tmp_path / "archive.db", tmp_path / "moved.db"
    first = "/2026/05/the-ferry-sails-on-day-0"
    answer = server.answers[first]

    def move(asked: object, handler: object) -> None:
        if path.exists():
            path.rename(moved)

    server.answers[first] = move
    done = crawl(path, "site", "-a", f"url={server.url}/", *BESIDE)
    server.answers[first] = answer
    assert done.returncode in {1, 3}
    assert "Traceback" not in done.stderr
    assert "the crawl stops" in done.stderr
    assert "was moved, replaced or deleted" in done.stderr
    assert rows(moved, "PRAGMA quick_check") == [{"quick_check": "ok"}]


def test_crawl_ends_when_its_folder_is_deleted(server: OddServer, tmp_path: Path) -> None:
    path = tmp_path / "folder" / "archive.db"
    path.parent.mkdir()
    first = "/2026/05/the-ferry-sails-on-day-0"
    answer = server.answers[first]

    def delete(asked: object, handler: object) -> None:
        shutil.rmtree(path.parent, ignore_errors=True)

    server.answers[first] = delete
    done = crawl(path, "site", "-a", f"url={server.url}/", *BESIDE)
    server.answers[first] = answer
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert "was moved, replaced or deleted" in done.stderr


def test_article_that_cannot_be_stored_has_its_outcome(
    server: OddServer, tmp_path: Path
) -> None:
    path = tmp_path / "archive.db"
    done = crawl(path, "site", "-a", f"url={server.url}/", *options(Odd))
    failed = rows(path, "SELECT url, reason FROM observation WHERE outcome = 'error'")
    assert [row["url"] for row in failed] == [f"{server.url}/2026/05/the-ferry-sails-on-day-7"]
    assert str(failed[0]["reason"]).endswith("in a pipeline")
    assert len(whole(path)) == PAGES - 1, done.stderr
