"""Checking, copying and shrinking an archive, and withdrawing an article from it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from newscrawl import Archive
from newscrawl.errors import ArchiveError
from newscrawl.outcomes import Evidence
from tests.archive_samples import MORNING, SITE, URL, article_at, holds, hours, observation_at

OTHER = "https://shams.example/news/2"


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    """An archive with two articles, one of them edited."""
    with Archive(tmp_path / "archive.db") as archive:
        save(archive, URL)
        save(archive, URL, 1, "عنوان آخر")
        save(archive, OTHER, 2)
        yield archive


def save(archive: Archive, url: str, at: float = 0, headline: str = "عنوان") -> str:
    article = article_at(url, headline=headline, authors=(f"كاتب {url[-1]}",))
    seen = observation_at(MORNING + hours(at), url)
    return archive.save(article, seen, site=SITE, key=url, run=None).outcome


def test_sound_archive_has_no_problems(archive: Archive) -> None:
    assert archive.check() == ()


@pytest.mark.parametrize(
    ("damage", "problem"),
    [
        ("DELETE FROM bodies WHERE id = 1", "points at a row of bodies"),
        ("DELETE FROM addresses WHERE article_id = 2", "article 2 has no address"),
        ("UPDATE articles SET version_id = 3 WHERE id = 1", "article 1 shows a version of"),
        (
            "UPDATE articles SET version_id = NULL WHERE id = 2",
            "article 2 is neither stored",
        ),
        ("UPDATE articles SET withdrawn_at = 'x' WHERE id = 2", "article 2 is withdrawn, but"),
        (
            "UPDATE versions SET last_seen = '2020' WHERE id = 1",
            "version 1 was last seen before",
        ),
        (
            "UPDATE articles SET last_seen = '2020' WHERE id = 1",
            "article 1 was last seen before",
        ),
        ("DELETE FROM observations WHERE version_id = 2", "version 2 was never observed"),
        ("UPDATE versions SET headline = 'ميناء' WHERE id = 3", "with another text"),
        ("UPDATE versions SET headline = 'ميناء' WHERE id = 1", "version 1 is not what was"),
        ("UPDATE bodies SET article_body = ''", "version 2 is not what was saved"),
        ("UPDATE observations SET article_id = 2", "observation 1 shows a version of another"),
    ],
)
def test_check_names_what_is_wrong(archive: Archive, damage: str, problem: str) -> None:
    archive.db.execute("PRAGMA foreign_keys = OFF")
    archive.db.execute(damage)
    assert any(problem in line for line in archive.check())


def test_check_names_damaged_pages(archive: Archive, tmp_path: Path) -> None:
    archive.vacuum()
    query = "SELECT rootpage FROM sqlite_master WHERE name = 'bodies'"
    page, size = archive.db.execute(query).fetchone()[0], 4096
    archive.close()
    path = tmp_path / "archive.db"
    content = bytearray(path.read_bytes())
    content[(page - 1) * size : page * size] = b"\x55" * size
    path.write_bytes(content)
    with Archive(path) as damaged:
        assert any(line.startswith("SQLite: ") for line in damaged.check())


def test_check_follows_evidence(archive: Archive, tmp_path: Path) -> None:
    (tmp_path / "a.warc").write_bytes(b"WARC/1.1\r\n")
    for at, (file, offset) in enumerate([("a.warc", 0), ("a.warc", 5), ("b.warc.gz", 0)]):
        evidence = Evidence(file=file, offset=offset, length=10)
        seen = observation_at(MORNING + hours(5 + at), URL, evidence=evidence)
        archive.save(article_at(URL), seen, site=SITE, key=URL, run=None)
    assert archive.check() == (
        "the evidence of observation 5 is not in a.warc",
        "the evidence in b.warc.gz cannot be read: No such file or directory",
    )


@pytest.mark.parametrize("seed", range(20))
def test_flipped_byte_of_a_text_is_found(archive: Archive, tmp_path: Path, seed: int) -> None:
    archive.vacuum()
    archive.close()
    path = tmp_path / "archive.db"
    content = bytearray(path.read_bytes())
    body = article_at().article_body.encode()
    content[content.index(body) + seed] ^= 1
    path.write_bytes(content)
    with Archive(path) as damaged:
        assert any("is not what was saved" in line for line in damaged.check())


@pytest.mark.parametrize("pages", range(0, 40, 4))
def test_full_disk_loses_nothing_that_was_acknowledged(archive: Archive, pages: int) -> None:
    used = archive.db.execute("PRAGMA page_count").fetchone()[0]
    archive.db.execute(f"PRAGMA max_page_count = {used + pages}")
    tried: list[str] = []

    def fill() -> None:
        for number in range(1000):
            tried.append(f"https://shams.example/full/{number}")
            save(archive, tried[-1])

    with pytest.raises(ArchiveError, match="full"):
        fill()
    *saved, refused = tried
    assert archive.check() == ()
    assert [url for url in saved if not holds(archive, url)] == []
    assert not holds(archive, refused)
    archive.db.execute("PRAGMA max_page_count = 1000000")
    assert save(archive, refused) == "stored"


def test_backup_is_the_same_archive(archive: Archive, tmp_path: Path) -> None:
    target = tmp_path / "backup.db"
    archive.backup(target)
    with Archive.open_read_only(target) as copy:
        assert list(copy.db.conn.iterdump()) == list(archive.db.conn.iterdump())
        assert copy.check() == ()


def test_backup_never_overwrites(archive: Archive, tmp_path: Path) -> None:
    target = tmp_path / "backup.db"
    target.write_text("mine")
    with pytest.raises(ArchiveError, match="exists already"):
        archive.backup(target)
    assert target.read_text() == "mine"


def test_backup_that_cannot_be_written_leaves_nothing(archive: Archive, tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="cannot write the backup"):
        archive.backup(tmp_path / "missing" / "backup.db")
    assert not (tmp_path / "missing").exists()


def test_vacuum_gives_space_back(archive: Archive) -> None:
    for number in range(30):
        save(archive, f"https://shams.example/{number}", 3)
    archive.db.execute("DELETE FROM observations WHERE article_id > 2")
    archive.db.execute("DELETE FROM articles WHERE id > 2")
    assert archive.vacuum() > 0
    assert archive.stats().articles == 2


def test_withdrawn_article_leaves_no_text(archive: Archive, tmp_path: Path) -> None:
    archive.withdraw(URL, reason="بأمر المحكمة")
    assert not holds(archive, URL)
    assert archive.check() == ()
    assert holds(archive, OTHER)
    content = b"".join(file.read_bytes() for file in tmp_path.glob("archive.db*"))
    assert "عنوان آخر".encode() not in content
    assert "كاتب ء".encode() not in content
    assert "اخر".encode() not in content  # nor in the search index, folded
    assert "عنوان".encode() in content


def test_withdrawn_article_is_not_stored_again(archive: Archive) -> None:
    archive.withdraw(URL, reason="بأمر المحكمة")
    assert save(archive, URL, 9) == "unchanged"
    assert not holds(archive, URL)
    rows = archive.db.execute("SELECT url, withdrawn_reason FROM withdrawal").fetchall()
    assert rows == [(URL, "بأمر المحكمة")]
    last = archive.seen(URL)
    assert last is not None
    assert (last.outcome, last.reason) == ("not_article", "withdrawn")
    assert archive.check() == ()


def test_withdrawal_reports_the_evidence_that_is_left(archive: Archive) -> None:
    evidence = Evidence(file="a.warc.gz", offset=7, length=9, record_id="urn:x")
    seen = observation_at(MORNING + hours(5), URL, evidence=evidence)
    archive.save(article_at(URL), seen, site=SITE, key=URL, run=None)
    assert archive.withdraw(URL, reason="x").evidence == (evidence,)
    assert archive.withdraw(URL, reason="x").evidence == ()


def test_unknown_article_cannot_be_withdrawn(archive: Archive) -> None:
    with pytest.raises(ArchiveError, match="has no article"):
        archive.withdraw("https://shams.example/none", reason="x")


def test_space_of_a_withdrawn_text_is_overwritten(tmp_path: Path) -> None:
    with Archive(tmp_path / "archive.db") as archive:
        marker = "كلمة لا ترد في مكان آخر"
        article = article_at(URL, article_body=marker * 400)
        archive.save(article, observation_at(), site=SITE, key="1", run=None)
        archive.withdraw(URL, reason="x")
    assert marker.encode() not in (tmp_path / "archive.db").read_bytes()
    connection = sqlite3.connect(tmp_path / "archive.db")
    assert connection.execute("SELECT count(*) FROM bodies").fetchone() == (0,)
    connection.close()
