"""Archives that earlier programs wrote (tests/archives) open and migrate."""

from __future__ import annotations

import lzma
from pathlib import Path

import attrs
import pytest
from sqlite_utils import Database

from newscrawl import Archive
from newscrawl.archive.schema.migrations import schema_version
from tests.command_line import Done, refusal, run

SAVED = sorted(Path(__file__).with_name("archives").glob("schema-*.db.xz"))
HEADLINES = ["الميناء يستقبل أول سفينة", "الميناء يستقبل سفينتين"]


@pytest.fixture(params=SAVED, ids=lambda path: path.name.partition(".")[0])
def old_archive(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A copy of one saved archive: two articles, one with two versions, and a home page."""
    path = tmp_path / "archive.db"
    path.write_bytes(lzma.decompress(request.param.read_bytes()))
    return path


@attrs.frozen
class Upgrade:
    """A saved archive that the commands upgraded."""

    path: Path
    schema: int
    """Its schema before."""
    rehearsal: Done
    is_untouched: bool
    """The rehearsal left the file, and its folder, as they were."""
    upgrade: Done
    check: Done


@pytest.fixture(scope="module", params=SAVED, ids=lambda path: path.name.partition(".")[0])
def upgraded(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Upgrade:
    """A copy of one saved archive, upgraded by command."""
    path = tmp_path_factory.mktemp("upgrade") / "archive.db"
    before = lzma.decompress(request.param.read_bytes())
    path.write_bytes(before)
    schema = Database(path).execute("PRAGMA user_version").fetchone()[0]
    rehearsal = run("upgrade", "--dry-run", "--archive", path)
    is_untouched = path.read_bytes() == before and [*path.parent.iterdir()] == [path]
    upgrade, check = run("upgrade", "--archive", path), run("check", "--archive", path)
    return Upgrade(path, schema, rehearsal, is_untouched, upgrade, check)


@pytest.fixture(scope="module")
def new_definitions(
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, list[tuple[str, ...]]]:
    """The tables and views of a new archive."""
    path = tmp_path_factory.mktemp("new") / "archive.db"
    with Archive(path):
        pass
    return definitions(path)


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


def test_old_archive_opens_sound_and_whole(upgraded: Upgrade) -> None:
    with Archive(upgraded.path) as archive:
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


def test_upgraded_archive_has_the_tables_of_a_new_one(
    upgraded: Upgrade, new_definitions: dict[str, list[tuple[str, ...]]]
) -> None:
    assert definitions(upgraded.path) == new_definitions


def test_archive_before_the_upgrade_is_copied(upgraded: Upgrade) -> None:
    copy = upgraded.path.with_name(f"archive.db.schema-{upgraded.schema}")
    assert copy.exists() == (upgraded.schema < schema_version())


REASONS = ("robots.txt", "soft_404: the headline says: not found", "it was not there: 1")


def write_reasons(db: Database) -> None:
    """Give the first observations these reasons, as programs without a kind wrote them."""
    ids = [row["id"] for row in db.query("SELECT id FROM observations ORDER BY id LIMIT 3")]
    for number, (id_, reason) in enumerate(zip(ids, REASONS, strict=True)):
        outcome = "not_article" if number else "source"
        values = [outcome, reason, id_]
        db.execute("UPDATE observations SET outcome = ?, reason = ? WHERE id = ?", values)


def test_archive_that_is_opened_is_upgraded_and_copied(old_archive: Path) -> None:
    db = Database(old_archive)
    schema = db.execute("PRAGMA user_version").fetchone()[0]
    has_kinds = "kind" in db.table("observations").columns_dict
    if not has_kinds:
        write_reasons(db)
    db.close()
    with Archive(old_archive) as archive:
        assert len(archive.versions(1)) == len(HEADLINES)
        found = archive.db.execute(
            "SELECT kind FROM observation ORDER BY id LIMIT 3"
        ).fetchall()
    # The kind of an answer was a part of its reason.
    assert has_kinds or found == [("robots.txt",), ("soft_404",), (None,)]
    copy = old_archive.with_name(f"archive.db.schema-{schema}")
    assert copy.exists() == (schema < schema_version())


def test_upgrade_is_rehearsed_on_a_copy(upgraded: Upgrade) -> None:
    done, schema = upgraded.rehearsal, upgraded.schema
    assert done.returncode == 0, done.stderr
    assert upgraded.is_untouched
    assert upgraded.upgrade.returncode == 0, upgraded.upgrade.stderr
    assert upgraded.check.returncode == 0, upgraded.check.stdout
    if schema == schema_version():
        assert "there is nothing to upgrade" in done.stdout
    else:
        assert f"from schema {schema} to {schema_version()}, and is sound" in done.stdout


def test_rehearsal_reports_what_is_no_archive(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    assert "no such file" in refusal(run("upgrade", "--dry-run", "-d", path)).lower()
    path.write_text("text")
    assert "not an SQLite database" in refusal(run("upgrade", "--dry-run", "-d", path))
