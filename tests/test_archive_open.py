"""Opening: an archive, or one clear line saying why not."""

from __future__ import annotations

import os
import sqlite3
import sys
from pathlib import Path
from types import FrameType

import pytest
from sqlite_utils import Database

from newscrawl import Archive
from newscrawl.archive.schema.migrations import APPLICATION_ID, MIGRATIONS, schema_version
from newscrawl.errors import ArchiveError
from tests.archive_samples import SITE, URL, article_at, observation_at


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where an archive could be."""
    return tmp_path / "archive.db"


@pytest.fixture
def saved(path: Path) -> Path:
    """An archive with one article."""
    with Archive(path) as archive:
        archive.save(article_at(), observation_at(), site=SITE, key="1", run=None)
    return path


def pragma(path: Path, statement: str) -> None:
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA {statement}")
    connection.close()


def refusal(path: Path) -> str:
    """The one line with which both ways of opening refuse *path*."""
    with pytest.raises(ArchiveError) as error:
        Archive(path)
    assert "\n" not in str(error.value)
    with pytest.raises(ArchiveError):
        Archive.open_read_only(path)
    return str(error.value)


def test_new_archive_is_marked_as_ours(path: Path) -> None:
    with Archive(path) as archive:
        found = [
            archive.db.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("application_id", "user_version", "journal_mode", "synchronous")
        ]
    assert found == [APPLICATION_ID, schema_version(), "wal", 2]


def test_archive_opens_again(saved: Path) -> None:
    with Archive(str(saved)) as archive:
        assert archive.get(URL) == article_at()
        assert not MIGRATIONS.pending(archive.db)


def test_archive_opens_under_a_profiler(path: Path) -> None:
    held: list[FrameType] = []
    before = sys.getprofile()
    sys.setprofile(lambda frame, *_: held.append(frame))
    try:
        with Archive(path) as archive:
            archive.save(article_at(), observation_at(), site=SITE, key="1", run=None)
    finally:
        sys.setprofile(before)
    with Archive(path) as archive:
        assert archive.get(URL) == article_at()


def test_empty_file_becomes_an_archive(path: Path) -> None:
    path.touch()
    with Archive(path) as archive:
        assert archive.stats().articles == 0


def test_database_of_another_program_is_refused_and_left_alone(path: Path) -> None:
    Database(path).table("notes").insert({"text": "mine"})
    before = path.read_bytes()
    assert "a database of another program" in refusal(path)
    assert path.read_bytes() == before


def test_empty_database_marked_by_another_program_is_refused(path: Path) -> None:
    pragma(path, "application_id = 1196444487")  # a GeoPackage
    assert "a database of another program" in refusal(path)


def test_newer_schema_is_refused(saved: Path) -> None:
    pragma(saved, f"user_version = {schema_version() + 1}")
    assert "upgrade newscrawl" in refusal(saved)


def test_older_schema_is_not_read_without_an_upgrade(saved: Path) -> None:
    pragma(saved, "user_version = 0")
    with pytest.raises(ArchiveError, match="schema 0"):
        Archive.open_read_only(saved)


def test_file_that_is_no_database_is_refused(path: Path) -> None:
    path.write_bytes(b"\xff\xd8\xff\xe0 a picture")
    assert "is not an SQLite database" in refusal(path)


def test_damaged_database_is_refused(saved: Path) -> None:
    content = bytearray(saved.read_bytes())
    content[100:4096] = os.urandom(3996)
    saved.write_bytes(content)
    saved.with_name("archive.db-wal").unlink(missing_ok=True)
    assert "cannot open" in refusal(saved)


def test_folder_is_refused(tmp_path: Path) -> None:
    assert "is a folder" in refusal(tmp_path)


def test_missing_folder_is_refused(tmp_path: Path) -> None:
    assert "there is no folder" in refusal(tmp_path / "missing" / "archive.db")


def test_folder_that_cannot_be_written_is_refused() -> None:
    # Not even root can make a file in /proc.
    assert "cannot be written" in refusal(Path("/proc/archive.db"))


def test_missing_archive_is_not_made_by_reading(path: Path) -> None:
    with pytest.raises(ArchiveError, match="there is no archive"):
        Archive.open_read_only(path)
    assert not path.exists()


def test_archive_is_copied_before_it_is_upgraded(
    saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = schema_version()
    monkeypatch.setattr(MIGRATIONS, "_migrations", [*MIGRATIONS._migrations])
    MIGRATIONS(name="m999_more")(lambda db: db.execute("CREATE TABLE additions (id)"))
    with Archive(saved) as archive:
        assert "additions" in archive.db.table_names()
        assert archive.get(URL) == article_at()
    monkeypatch.undo()
    with Archive(saved.with_name(f"archive.db.schema-{version}")) as copy:
        assert "additions" not in copy.db.table_names()
        assert copy.get(URL) == article_at()


def test_failed_upgrade_leaves_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(db: Database) -> None:
        db.execute("CREATE TABLE half_done (id)")
        db.execute("SELECT no_such_function()")

    monkeypatch.setattr(MIGRATIONS, "_migrations", [*MIGRATIONS._migrations])
    MIGRATIONS(name="m999_broken")(broken)
    with pytest.raises(ArchiveError, match="no_such_function"):
        Archive(path)
    monkeypatch.undo()
    with Archive(path) as archive:
        assert "half_done" not in archive.db.table_names()
