"""Where the answers of an article are kept as received, and export by a search."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from newscrawl import Archive
from newscrawl.archive import Selection
from newscrawl.outcomes import Evidence
from tests.archive_samples import MORNING, PAGE_DIGEST, SITE, URL, article_at, hours
from tests.archive_samples import observation_at as seen_at

HOME = "https://shams.example/"


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    """An archive of one article in two versions, and a home page, all with evidence."""
    with Archive(tmp_path / "archive.db") as archive:
        for at, headline in enumerate(("الميناء", "المطار", "المطار")):
            seen = seen_at(MORNING + hours(at), evidence=evidence(at))
            article = article_at(headline=headline)
            archive.save(article, seen, site=SITE, key="1", run=None)
        archive.save(
            article_at(f"{HOME}2", headline="الحديقة", article_body="نص آخر.", blocks=()),
            seen_at(url=f"{HOME}2"),
            site=SITE,
            key="2",
            run=None,
        )
        home = seen_at(url=HOME, outcome="source", evidence=evidence(9))
        archive.record_visit(home, site=SITE, run=None)
        yield archive


def evidence(number: int) -> Evidence:
    return Evidence(file="a.warc.gz", offset=number, length=1, record_id=f"<urn:{number}>")


def exported(archive: Archive, query: str) -> list[str]:
    out = io.StringIO()
    archive.export(out, "jsonl", Selection(query=query))
    return [json.loads(line)["headline"] for line in out.getvalue().splitlines()]


def test_captures_are_listed_newest_first_with_their_version(archive: Archive) -> None:
    found = archive.captures(URL)
    assert [capture.evidence for capture in found] == [evidence(2), evidence(1), evidence(0)]
    assert [capture.version for capture in found] == [2, 2, 1]
    assert (found[2].url, found[2].sha256) == (URL, PAGE_DIGEST)
    assert found == archive.captures(1)


def test_a_page_that_is_no_article_has_captures_too(archive: Archive) -> None:
    (capture,) = archive.captures(HOME)
    assert (capture.version, capture.evidence) == (None, evidence(9))


def test_without_evidence_there_is_no_capture(archive: Archive) -> None:
    assert archive.captures(f"{HOME}2") == archive.captures("99") == ()


@pytest.mark.parametrize(
    ("query", "headlines"),
    [
        ("المطار", ["المطار"]),
        ("site:shams.example", ["المطار", "الحديقة"]),
        ("-المطار", ["الحديقة"]),
        ("زرافة", []),
        ("", []),
    ],
)
def test_export_of_a_search_is_what_it_finds(
    archive: Archive, query: str, headlines: list[str]
) -> None:
    assert exported(archive, query) == headlines


def test_export_of_a_search_is_not_cut(tmp_path: Path) -> None:
    with Archive(tmp_path / "many.db") as archive:
        with archive.transaction():
            for number in range(450):
                url = f"{HOME}{number}"
                archive.save(article_at(url), seen_at(url=url), site=SITE, key=url, run=None)
        assert len(exported(archive, "الميناء")) == 450
