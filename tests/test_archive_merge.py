"""Two archives made into one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest

from newscrawl import Archive
from newscrawl.errors import ArchiveError
from newscrawl.evidence import read_stored
from newscrawl.outcomes import Evidence
from newscrawl.warc import WarcWriter
from newscrawl.warc.evidence_records import read_answer
from newscrawl.warc.new_records import Exchange
from tests.archive_samples import MORNING, SITE, URL, article_at, holds, hours, observation_at

OTHER = f"https://{SITE}/news/2"


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    """An archive that saw one story twice."""
    with Archive(tmp_path / "one.db") as archive:
        run = archive.start_run("site", SITE, {})
        for at in (0, 2):
            save(archive, URL, at, run=run)
        yield archive


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Archive]:
    """An archive elsewhere that saw its edit in between, another story, and a failure."""
    (tmp_path / "elsewhere").mkdir()
    with Archive(tmp_path / "elsewhere" / "two.db") as other:
        run = other.start_run("site", SITE, {})
        save(other, URL, 1, "عنوان آخر", run=run)
        evidence = Evidence(file="a.warc.gz", offset=3, length=4, record_id="urn:x")
        seen = observation_at(MORNING, OTHER, evidence=evidence)
        other.save(article_at(OTHER), seen, site=SITE, key=OTHER, run=run)
        failed = observation_at(url=f"https://{SITE}/gone", outcome="http_error", status=404)
        other.record_visit(failed, site=SITE, run=run)
        other.finish_run(run, "finished", 0, {})
        yield other


def save(
    archive: Archive, url: str, at: int, headline: str = "عنوان", run: int | None = None
) -> None:
    seen = observation_at(MORNING + hours(at), url)
    archive.save(article_at(url, headline=headline), seen, site=SITE, key=url, run=run)


def dump(archive: Archive) -> list[str]:
    return list(archive.db.conn.iterdump())


def test_everything_of_the_other_archive_is_here(archive: Archive, other: Archive) -> None:
    archive.merge(other.path)
    assert archive.get(OTHER) == article_at(OTHER)
    versions = [(v.headline, f"{v.first_seen:%H}") for v in archive.versions(URL)]
    assert versions == [("عنوان", "06"), ("عنوان آخر", "07"), ("عنوان", "08")]
    query = "SELECT outcome, count(*) FROM observations GROUP BY 1 ORDER BY 1"
    assert archive.db.execute(query).fetchall() == [
        ("http_error", 1),
        ("stored", 2),
        ("unchanged", 1),
        ("updated", 1),
    ]
    assert archive.db.execute("SELECT observations FROM run ORDER BY id").fetchall() == [
        (2,),
        (3,),
    ]


def test_merging_twice_changes_nothing(archive: Archive, other: Archive) -> None:
    archive.merge(other.path)
    before = dump(archive)
    archive.merge(other.path)
    assert dump(archive) == before


def test_what_a_field_had_been_comes_over_once(archive: Archive, other: Archive) -> None:
    for at, names in ((3, ("ليلى",)), (4, ("ليلى", "سالم"))):
        seen = observation_at(MORNING + hours(at), OTHER)
        other.save(article_at(OTHER, authors=names), seen, site=SITE, key=OTHER, run=None)
    query = "SELECT url, seen_at, field, was FROM amendment ORDER BY seen_at"
    expected = other.db.execute(query).fetchall()
    assert [row[2] for row in expected] == ["authors", "authors"]
    for _ in range(2):
        archive.merge(other.path)
        assert archive.db.execute(query).fetchall() == expected


def test_evidence_is_found_from_here(archive: Archive, other: Archive) -> None:
    archive.merge(other.path)
    files = archive.db.execute("SELECT path FROM evidence_files").fetchall()
    assert files == [("elsewhere/a.warc.gz",)]


def test_what_the_other_withdrew_is_withdrawn_here(archive: Archive, other: Archive) -> None:
    other.withdraw(URL, reason="طلب")
    other.withdraw(OTHER, reason="طلب")
    archive.merge(other.path)
    assert not holds(archive, URL)
    assert archive.stats().articles == 0
    save(archive, OTHER, 9)
    assert not holds(archive, OTHER)
    assert archive.check() == ()


def test_what_was_withdrawn_here_does_not_come_back(archive: Archive, other: Archive) -> None:
    archive.withdraw(URL, reason="طلب")
    archive.merge(other.path)
    assert not holds(archive, URL)
    assert holds(archive, OTHER)
    assert archive.check() == (
        "the evidence in elsewhere/a.warc.gz cannot be read: No such file or directory",
    )


def test_evidence_of_the_same_second_stands_for_both(archive: Archive, other: Archive) -> None:
    """Two archives saw a page in one second; the other one saw later that it was the same."""
    body = "<h1>الجسر</h1>".encode()
    exchange = Exchange(
        url=URL, fetched_at=MORNING + hours(5), status=200, headers=(), body=body
    )
    digest = hashlib.sha256(body).hexdigest()
    for one in (archive, other):
        with WarcWriter(one.path.parent / "warc", "shams") as writer:
            place = writer.write(exchange)
            keep(one, place, digest, 5)
            if one is other:
                later = attrs.evolve(exchange, fetched_at=MORNING + hours(6))
                original = read_answer(writer.path, place).original
                assert original is not None
                keep(one, writer.write_revisit(later, original), digest, 6)
    archive.merge(other.path)
    later_capture = archive.captures(URL)[0]
    assert f"{later_capture.fetched_at:%Y-%m-%dT%H}" == "2026-03-01T12"
    assert read_stored(archive, later_capture).body == body


def keep(archive: Archive, place: Evidence, digest: str, at: int) -> None:
    evidence = attrs.evolve(place, file=f"warc/{place.file}")
    seen = observation_at(MORNING + hours(at), evidence=evidence, digest=digest)
    archive.save(article_at(), seen, site=SITE, key=URL, run=None)


def test_only_an_archive_can_be_merged(archive: Archive, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no archive")
    with pytest.raises(ArchiveError, match="not an SQLite database"):
        archive.merge(tmp_path / "notes.txt")
