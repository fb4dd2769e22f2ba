"""The archive for other programs: plain SQLite opens it, and every view works there."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from newscrawl import Archive
from tests.archive_samples import MORNING, SITE, URL, article_at, hours, observation_at


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed archive with an edited article and a failed request."""
    path = tmp_path_factory.mktemp("views") / "archive.db"
    with Archive(path) as archive:
        run = archive.start_run("site", SITE, {})
        archive.save(article_at(), observation_at(), site=SITE, key="1", run=run)
        later = observation_at(MORNING + hours(1))
        edited = article_at(headline="أول سفينة", keywords=())
        archive.save(edited, later, site=SITE, key="1", run=run)
        failed = observation_at(outcome="robots", status=None, url=f"https://{SITE}/private")
        archive.record_visit(failed, site=SITE, run=run)
        archive.finish_run(run, "finished", 0, {})
    return path


@pytest.fixture
def plain(path: Path) -> Iterator[sqlite3.Connection]:
    """The archive as the sqlite3 module alone opens it."""
    connection = sqlite3.connect(path)
    connection.row_factory = sqlite3.Row
    yield connection
    connection.close()


def test_every_view_can_be_read_without_us(plain: sqlite3.Connection) -> None:
    views = plain.execute("SELECT name FROM sqlite_master WHERE type = 'view'").fetchall()
    assert {"article", "observation", "link", "version", "run", "agency"} <= {
        v[0] for v in views
    }
    for (view,) in views:
        plain.execute(f'SELECT * FROM "{view}"').fetchall()


def test_every_table_can_be_written_without_us(plain: sqlite3.Connection) -> None:
    """No trigger, index or check needs our functions."""
    tables = plain.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'"
    ).fetchall()
    for (table,) in tables:
        column = plain.execute(f'PRAGMA table_info("{table}")').fetchone()["name"]
        plain.execute(f'UPDATE "{table}" SET "{column}" = "{column}"')
    plain.rollback()


def test_tables_are_plural_and_views_singular(plain: sqlite3.Connection) -> None:
    names = plain.execute(
        """SELECT type, name FROM sqlite_master
        WHERE name NOT LIKE 'sqlite%' AND name NOT LIKE 'article\\_search%' ESCAPE '\\'
        AND name NOT LIKE '\\_%' ESCAPE '\\'"""
    ).fetchall()
    assert [name for kind, name in names if kind == "table" and not name.endswith("s")] == []
    views = {name for kind, name in names if kind == "view"}
    assert {name for name in views if name.endswith("s")} == {"address"}


def test_article_reads_like_the_page(plain: sqlite3.Connection) -> None:
    row = dict(plain.execute("SELECT * FROM article").fetchone())
    expected = {
        "url": URL,
        "breadcrumbs": "الرئيسية › اقتصاد",
        "headline": "أول سفينة",
        "dateline_raw": "صحار ـ شمس",
        "dateline_place": "صحار",
        "dateline_agency": "شمس",
        "dateline_author": None,
        "dateline_day": "2026-03-01",
        "date_published": "2026-03-01T06:30:00Z",
        "date_published_local": "2026-03-01T10:30:00+04:00",
        "date_published_precision": "minute",
        "date_published_zone": "Asia/Muscat",
        "date_published_zone_origin": "site",
        "date_published_source": "jsonld",
        "date_modified": "2026-03-02",
        "authors": "ليلى الشاطئ; سالم البحري",
        "article_body": "وصلت السفينة.\nقال الربان إنها الأولى.",
        "source_credit": "المصدر: أ.ف.ب + وكالات",
        "agencies": "شمس; أ.ف.ب; وكالات",
        "agency_ids": "afp",
        "main_image_caption": "الميناء فجرا",
        "images": 2,
        "keywords": None,
        "link_lists": 1,
        "links": 2,
        "first_seen": "2026-03-01T06:30:00Z",
        "last_seen": "2026-03-01T07:30:00Z",
        "versions": 2,
        "addresses": 1,
    }
    assert {name: row[name] for name in expected} == expected


def test_every_field_of_the_plan_is_a_column(plain: sqlite3.Connection) -> None:
    columns = {row["name"] for row in plain.execute("PRAGMA table_info(article)")}
    fields = set(article_at().as_dict()) - {"blocks", "provenance"}
    parts = {"dateline", "main_image"}
    assert fields - parts <= columns
    assert all(any(name.startswith(f"{part}_") for name in columns) for part in parts)


def test_drift_is_a_group_by(plain: sqlite3.Connection) -> None:
    query = "SELECT source, count(*) FROM provenance WHERE field = 'headline' GROUP BY source"
    assert [tuple(row) for row in plain.execute(query)] == [("Shams:css", 1)]


def test_sqlite_shell_reads_every_view(path: Path) -> None:
    shell = shutil.which("sqlite3")
    if shell is None:
        pytest.skip("the Debian package sqlite3 is not installed")
    ask = [shell, "-readonly", "-json", str(path)]
    out = subprocess.run(
        [*ask, "SELECT name FROM sqlite_master WHERE type = 'view'"],
        capture_output=True,
        text=True,
        check=True,
    )
    for view in json.loads(out.stdout):
        asked = subprocess.run(
            [*ask, f"SELECT * FROM {view['name']}"], capture_output=True, text=True, check=True
        )
        assert asked.stderr == ""


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM article WHERE url = 'x'",
        "SELECT * FROM article WHERE id = 1",
        "SELECT * FROM version WHERE article_id = 1",
        "SELECT * FROM observation WHERE url = 'x'",
        "SELECT * FROM observation WHERE run_id = 1",
        "SELECT * FROM link WHERE article_id = 1",
        "SELECT * FROM link WHERE url = 'x'",
        "SELECT * FROM amendment WHERE article_id = 1",
        "SELECT * FROM provenance WHERE article_id = 1",
        "SELECT * FROM promotion WHERE url = 'x'",
        "SELECT * FROM promotion WHERE page_url = 'x'",
    ],
)
def test_lookups_scan_no_table(plain: sqlite3.Connection, query: str) -> None:
    plan = [row["detail"] for row in plain.execute(f"EXPLAIN QUERY PLAN {query}")]
    scans = [step for step in plan if step.startswith("SCAN")]
    assert [step for step in scans if "(subquery" not in step and "CONSTANT" not in step] == []
