"""A withdrawal reaches every record of a story, also those that no row points at."""

from __future__ import annotations

from pathlib import Path

import pytest

from newscrawl import Archive
from newscrawl.outcomes import Evidence
from newscrawl.warc import WarcWriter, read_pages
from tests.archive_samples import MORNING, SITE, article_at, hours, observation_at
from tests.command_line import run
from tests.evidence_driver import answered, keep

STORY = f"https://{SITE}/1"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """An archive of four pages, and a fifth answer that a kill left unacknowledged."""
    path = tmp_path / "archive.db"
    assert list(keep(path, 0, 3, 500))
    with WarcWriter(tmp_path / "warc" / SITE, SITE) as series:
        exchange = answered(1, 700).exchange
        assert exchange is not None
        series.write(exchange, json=b'{"headline": "unacknowledged"}')
    assert list(keep(path, 3, 4, 500))
    return path


def test_what_no_row_points_at_is_erased_too(path: Path) -> None:
    warc = path.parent / "warc" / SITE / f"{SITE}-00001.warc.gz"
    assert [page.url for page in read_pages(warc)].count(STORY) == 2
    done = run("withdraw", STORY, "--reason", "x", "--yes", "-d", path)
    assert done.returncode == 0, done.stderr
    assert [page.url[-1] for page in read_pages(warc)] == ["0", "2", "3"]
    checked = run("check", "-d", path)
    assert checked.returncode == 0, checked.stdout


def test_further_pages_of_a_story_go_with_it(tmp_path: Path) -> None:
    further = f"{STORY}?page=2"
    second = Evidence(file="a.warc.gz", offset=900, length=50, record_id="<urn:2>")
    with Archive(tmp_path / "archive.db") as archive:
        seen = observation_at(
            MORNING + hours(1), further, outcome="continuation", evidence=second
        )
        archive.record_visit(seen, site=SITE, run=None)
        whole = article_at(STORY, pages=(STORY, further))
        archive.save(whole, observation_at(url=STORY), site=SITE, key="1", run=None)
        assert archive.withdraw(STORY, reason="x").evidence == (second,)
        assert archive.captures(further) == ()
