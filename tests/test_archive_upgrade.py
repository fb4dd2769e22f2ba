"""Archives that earlier programs wrote (tests/archives) open and migrate."""

from __future__ import annotations

import lzma
from pathlib import Path

import pytest
from sqlite_utils import Database

from newscrawl import Archive
from newscrawl.archive.schema.migrations import schema_version
from tests.command_line import refusal, run

SAVED = sorted(Path(__file__).with_name("archives").glob("schema-*.db.xz"))
HEADLINES = ["الميناء يستقبل أول سفينة", "الميناء يستقبل سفينتين"]


@pytest.fixture(params=SAVED, ids=lambda path: path.name.partition(".")[0])
def old_archive(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A copy of one saved archive: two articles, one with two versions, and a home page."""
    path = tmp_path / "archive.db"
    path.write_bytes(lzma.decompress(request.param.read_bytes()))
    return path


def definitions(path: Path) -> dict[str, list[tuple[str, ...]]]:
    """The columns of every table, and the text of every view."""
    db = Database(path)
    found: dict[str, list[tuple[str, ...]]] = {
        name: sorted((column.name, column.type) for column in db.table(name).columns)
        for name in db.table_names()
    }
    views = db.query("SELECT name, sql FROM sqlite_master WHERE type = 'view'")
    return found | {row["name"]: [(row["sql"],)] for row in views}


def test_there_is_an_archive_of_the_present_schema() -> None:
    assert SAVED[-1].name == f"schema-{schema_version():02}.db.xz", "keep one of each schema"


def test_old_archive_opens_sound_and_whole(old_archive: Path) -> None:
    with Archive(old_archive) as archive:
        archive.reindex()  # newer stems
        assert archive.check() == ()
        assert [one.headline for one in archive.versions(1)] == HEADLINES
        article = archive.get("https://shams.example/news/2")
        assert article is not None
        assert (article.headline, article.keywords) == ("افتتاح رصيف ثان", ("سفن",))
        assert article.date_published is not None
        assert article.date_published.isoformat() == "2026-03-01T10:30:00+04:00"
        assert archive.stats().observations == 6
        assert [hit.article_id for hit in archive.search('="سفينتين"')] == [1]
        assert len(archive.db.execute("SELECT * FROM promotion").fetchall()) == 1


def test_upgraded_archive_has_the_tables_of_a_new_one(old_archive: Path) -> None:
    with Archive(old_archive), Archive(old_archive.with_name("new.db")):
        pass
    assert definitions(old_archive) == definitions(old_archive.with_name("new.db"))


def test_archive_before_the_upgrade_is_copied(old_archive: Path) -> None:
    version = Database(old_archive).execute("PRAGMA user_version").fetchone()[0]
    with Archive(old_archive):
        pass
    copy = old_archive.with_name(f"archive.db.schema-{version}")
    assert copy.exists() == (version < schema_version())


def test_kind_of_an_answer_is_taken_from_its_reason(old_archive: Path) -> None:
    db = Database(old_archive)
    if "kind" in db.table("observations").columns_dict:
        return  # written with the kind
    reasons = ["robots.txt", "soft_404: the headline says: not found", "it was not there: 1"]
    ids = [row["id"] for row in db.query("SELECT id FROM observations ORDER BY id LIMIT 3")]
    for number, (id_, reason) in enumerate(zip(ids, reasons, strict=True)):
        outcome = "not_article" if number else "source"
        values = [outcome, reason, id_]
        db.execute("UPDATE observations SET outcome = ?, reason = ? WHERE id = ?", values)
    db.close()
    with Archive(old_archive) as archive:
        found = archive.db.execute(
            "SELECT kind FROM observation ORDER BY id LIMIT 3"
        ).fetchall()
    assert found == [("robots.txt",), ("soft_404",), (None,)]


def test_upgrade_is_rehearsed_on_a_copy(old_archive: Path) -> None:
    before = old_archive.read_bytes()
    schema = Database(old_archive).execute("PRAGMA user_version").fetchone()[0]
    done = run("upgrade", "--dry-run", "--archive", old_archive)
    assert done.returncode == 0, done.stderr
    assert old_archive.read_bytes() == before
    assert [path.name for path in old_archive.parent.iterdir()] == [old_archive.name]
    if schema == schema_version():
        assert "there is nothing to upgrade" in done.stdout
        return
    assert f"from schema {schema} to {schema_version()}, and is sound" in done.stdout
    assert run("upgrade", "--archive", old_archive).returncode == 0
    assert run("check", "--archive", old_archive).returncode == 0
    assert old_archive.with_name(f"archive.db.schema-{schema}").exists()


def test_rehearsal_reports_what_is_no_archive(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    assert "no such file" in refusal(run("upgrade", "--dry-run", "-d", path)).lower()
    path.write_text("text")
    assert "not an SQLite database" in refusal(run("upgrade", "--dry-run", "-d", path))
