"""Any table of the archive written out, typed in Parquet, with a dictionary of its columns."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import pyarrow as pa
import pytest
from pyarrow import parquet

from newscrawl.archive import Archive, Selection
from newscrawl.archive.changes.edit_classes import CLASSES
from newscrawl.archive.export.columns import (
    ARTICLE_TABLES,
    CITATION,
    SQL_VIEWS,
    TABLES,
    columns_of,
    meaning_of,
)
from newscrawl.archive.export.parquet import GROUP, GROUP_LETTERS
from newscrawl.archive.export.tables import EXCEL_CELL
from newscrawl.article import LiveBlogUpdate
from newscrawl.errors import NewscrawlError, UsageError
from newscrawl.outcomes import Outcome, Statement
from newscrawl.resources import read_toml
from tests.archive_samples import (
    MORNING,
    RELATED,
    SITE,
    URL,
    article_at,
    hours,
    observation_at,
)
from tests.command_line import refusal, run

COLUMNS = Path(__file__).parent.parent / "docs" / "columns.md"
HEAD = """# Columns

Look up a column of a view of the archive. Most views are also tables that `newscrawl export`
writes; Parquet files and the command `newscrawl columns` have the same descriptions.
[Outcomes](#outcomes) of requests and [classes of edits](#classes-of-edits) stand at the end.
A *time* is in UTC; a *date* is a time or, if only that is known, the plain day: in Parquet
these are two columns, the second with `_day` after its name. Made from the docstrings of fields
and `newscrawl/resources/columns.toml`.
"""
OUTCOMES = """
## Outcomes

The values of `outcome` in `observation`. Those of the group `failure` are the failures: the
page could not be received or read. `article`: the page shows one, new or known. `part`: it was
read or stored for an article, or for its links. `no_article`: it was received, and is not
stored as an article. `not_requested`: no request was sent.
"""
EDITS = """
## Classes of edits

The values of `classes` in `edit`. They are decided by rule, each field for itself.
"""
OTHER = "https://shams.example/news/2"
GONE = "https://shams.example/news/9"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """An archive of an article in two versions, another with a mere day, and a run."""
    with Archive(tmp_path_factory.mktemp("tables") / "archive.db") as archive:
        run_id = archive.start_run("site", SITE, {})
        for hour, text in enumerate(("وصلت السفينة.", "=غادرت السفينة.")):
            article = article_at(article_body=text, blocks=())
            seen = observation_at(MORNING + hours(hour))
            archive.save(article, seen, site=SITE, key="1", run=run_id)
        entry = LiveBlogUpdate(article_body="غادرت السفينة.", headline="عاجل")
        dated = article_at(OTHER, headline="حديقة", date_published=dt.date(2026, 2, 28))
        dated = attrs.evolve(dated, live_blog_updates=(entry,))
        archive.save(dated, observation_at(url=OTHER), site=SITE, key="2", run=None)
        save_others(archive)
        save_absences(archive)
        archive.finish_run(run_id, "finished", 0, {"stored": 1})
        yield archive


def save_absences(archive: Archive) -> None:
    """Record that the second article moved, and was deleted there."""
    new = f"{OTHER}/b"
    moved = observation_at(
        MORNING + hours(2), url=OTHER, outcome="redirect", status=301, final_url=new
    )
    stated = Statement(signal="rsl", stated_in="link", words="https://shams.example/l.xml")
    moved = attrs.evolve(moved, statements=(stated,), source_url="https://web.example/1")
    archive.record_visit(moved, site=SITE, run=None)
    there = observation_at(MORNING + hours(2), url=new)
    article = attrs.evolve(archive.get(OTHER), url=new)
    archive.save(article, there, site=SITE, key="2", run=None)
    deleted = observation_at(MORNING + hours(3), url=new, outcome="http_error", status=404)
    archive.record_visit(deleted, site=SITE, run=None)


def save_others(archive: Archive) -> None:
    """Save copies of one text, a page of links, an amendment and a withdrawn article."""
    copied = " ".join(f"كلمة{number}" for number in range(60))
    for site in ("qamar", "najm", "badr"):
        url = f"https://{site}.example/1"
        article = article_at(url, article_body=copied, blocks=())
        archive.save(
            article, observation_at(url=url), site=f"{site}.example", key="1", run=None
        )
    amended = attrs.evolve(article, authors=("ليلى الشاطئ",))
    later = observation_at(MORNING + hours(3), url)
    archive.save(amended, later, site="badr.example", key="1", run=None)
    archive.update_copies()
    for hour in (1, 2):
        home = observation_at(MORNING + hours(hour), "https://shams.example/", outcome="source")
        archive.record_visit(
            home, site=SITE, run=None, link_lists=(RELATED,) if hour == 1 else ()
        )
    archive.save(article_at(GONE), observation_at(url=GONE), site=SITE, key="3", run=None)
    archive.withdraw(GONE, reason="asked for")


def exported(archive: Archive, form: Any, **options: Any) -> list[dict[str, Any]]:
    """Return the rows of an export, as it gives them back."""
    if form == "parquet":
        binary = io.BytesIO()
        archive.export(binary, form, Selection(**options))
        rows: list[dict[str, Any]] = parquet.read_table(binary).to_pylist()
        return rows
    text = io.StringIO(newline="")
    archive.export(text, form, Selection(**options))
    if form == "csv":
        return list(csv.DictReader(io.StringIO(text.getvalue(), newline="")))
    return [json.loads(line) for line in text.getvalue().splitlines()]


def dictionary_page(archive: Archive) -> str:
    """Return docs/columns.md as it must be."""
    parts = [HEAD]
    for view in (*TABLES, *SQL_VIEWS):
        alone = "" if view in TABLES else " (In SQL only; not exported.)"
        parts.append(f"\n## {view}\n\n{meaning_of(view)}{alone}\n")
        parts += ["| column | kind | meaning |", "|---|---|---|"]
        for one in columns_of(archive.db, view):
            words = one.description.replace("|", "\\|")
            parts.append(f"| `{one.name}` | {one.kind} | {words} |")
    parts += [OUTCOMES, "| outcome | group | meaning |", "|---|---|---|"]
    parts += [f"| `{one}` | {one.group} | {one.meaning} |" for one in Outcome]
    parts += [EDITS, "| class | meaning |", "|---|---|"]
    classes = read_toml("columns")["edit_classes"]
    parts += [f"| `{one}` | {classes[one]} |" for one in CLASSES]
    return "\n".join(parts) + "\n"


def test_dictionary_is_what_the_docstrings_say(archive: Archive) -> None:
    page = dictionary_page(archive)
    assert COLUMNS.read_text("utf-8") == page, (
        f"describe it in newscrawl/resources/columns.toml, then write {COLUMNS.name} again: "
        "python -c 'from tests.test_archive_tables import write; write()'"
    )


def test_each_view_has_a_section(archive: Archive) -> None:
    assert sorted((*TABLES, *SQL_VIEWS)) == sorted(archive.db.view_names())
    toml = read_toml("columns")
    assert set(toml["rows"]) == set(archive.db.view_names())
    assert tuple(toml["edit_classes"]) == CLASSES


@pytest.mark.parametrize("table", [*TABLES, *SQL_VIEWS])
def test_each_column_is_described(archive: Archive, table: str) -> None:
    columns = columns_of(archive.db, table)
    assert not [one.name for one in columns if not one.description]
    exported = {one.name for one in columns if one.description.startswith("In exports only")}
    assert exported == (set(CITATION) if table in ARTICLE_TABLES else set())


@pytest.mark.parametrize("table", TABLES)
def test_each_table_is_whole_in_every_form(archive: Archive, table: str) -> None:
    count = archive.db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
    assert count > 0
    for form in ("csv", "jsonl", "parquet"):
        assert len(exported(archive, form, table=table)) == count, form


def test_parquet_columns_have_types(archive: Archive) -> None:
    binary = io.BytesIO()
    archive.export(binary, "parquet")
    schema = parquet.read_schema(binary)
    types = {
        "id": pa.int64(),
        "first_seen": pa.timestamp("ms", tz="UTC"),
        "date_published": pa.timestamp("ms", tz="UTC"),
        "date_published_day": pa.date32(),
        "dateline_day": pa.date32(),
        "is_accessible_for_free": pa.bool_(),
        "headline": pa.string(),
    }
    assert {name: schema.field(name).type for name in types} == types
    assert schema.field("headline").metadata[b"description"].startswith(b"The headline")


def test_parquet_invents_no_hour_for_a_day(archive: Archive) -> None:
    timed, dated = exported(archive, "parquet")[:2]
    assert timed["date_published"] == MORNING
    assert timed["date_published_day"] == MORNING.date()
    assert dated["date_published"] is None
    assert dated["date_published_day"] == dt.date(2026, 2, 28)
    assert timed["captured_url"] == URL
    assert timed["is_accessible_for_free"] is True
    assert json.loads(timed["provenance"])["headline"] == "Shams:css"


@pytest.mark.parametrize("table", TABLES)
def test_parquet_says_what_the_table_says(archive: Archive, table: str) -> None:
    written = exported(archive, "parquet", table=table)
    for row, told in zip(archive.db.query(f"SELECT * FROM {table}"), written, strict=True):
        for name, value in row.items():
            if name in {"date_published", "date_modified"}:
                continue
            if isinstance(told[name], dt.date):
                assert told[name].isoformat()[:19] == value[:19], name
            else:
                assert told[name] == value, name


def test_parquet_is_written_in_groups_of_rows(tmp_path: Path) -> None:
    with Archive(tmp_path / "many.db") as archive:
        with archive.transaction():
            for number in range(GROUP + 1):
                url = f"https://shams.example/{number}"
                seen = observation_at(url=url, outcome="timeout", status=None)
                archive.record_visit(seen, site=SITE, run=None)
        binary = io.BytesIO()
        done = archive.export(binary, "parquet", Selection(table="observation"))
    assert done.count == GROUP + 1
    assert parquet.ParquetFile(binary).metadata.num_row_groups == 2


def test_parquet_group_of_long_texts_has_few_rows(tmp_path: Path) -> None:
    with Archive(tmp_path / "long.db") as archive:
        body = "ن" * (GROUP_LETTERS // 2 + 1)
        for number in range(4):
            url = f"https://shams.example/{number}"
            article = article_at(url, article_body=body, blocks=())
            archive.save(article, observation_at(url=url), site=SITE, key=url, run=None)
        binary = io.BytesIO()
        archive.export(binary, "parquet")
    assert parquet.ParquetFile(binary).metadata.num_row_groups == 2


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
@pytest.mark.parametrize("table", ["article", "version", "amendment"])
def test_export_without_text_has_none(archive: Archive, form: str, table: str) -> None:
    rows = exported(archive, form, table=table, with_text=False)
    assert "السفينة." not in str(rows)
    assert not {"article_body", "description", "was"} & {name for row in rows for name in row}


def test_query_is_for_tables_of_articles(archive: Archive) -> None:
    rows = exported(archive, "jsonl", table="version", query="حديقة")
    assert [row["article_id"] for row in rows] == [2]
    with pytest.raises(UsageError, match="leave the query out"):
        exported(archive, "csv", table="run", query="حديقة")


def test_excel_user_is_warned_of_what_it_cannot_show(archive: Archive, tmp_path: Path) -> None:
    with Archive(tmp_path / "long.db") as long:
        article = article_at(article_body="كلمة " * (EXCEL_CELL // 4), blocks=())
        long.save(article, observation_at(), site=SITE, key="1", run=None)
        done = long.export(io.StringIO(newline=""), "csv", for_excel=True)
        assert (done.count, done.too_long) == (1, 1)
    out = io.StringIO(newline="")
    archive.export(out, "csv", Selection(table="version"), for_excel=True)
    assert "'=غادرت" in out.getvalue()


def test_missing_extra_is_named(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(NewscrawlError, match=r"pip install 'newscrawl\[parquet\]'"):
        archive.export(io.BytesIO(), "parquet")


def test_command_writes_parquet(archive: Archive, tmp_path: Path) -> None:
    out = tmp_path / "out.parquet"
    done = run("export", "--format", "parquet", "-o", out, "-d", archive.path)
    assert done.stderr == f"5 articles in {out}\n"
    assert parquet.read_table(out).num_rows == 5


def test_command_lists_columns(archive: Archive) -> None:
    assert "warc_record_id" in run("columns", "article", "-d", archive.path).stdout
    listed = json.loads(run("columns", "--json", "-d", archive.path).stdout)
    assert tuple(listed) == TABLES


def test_command_refuses_what_makes_no_sense(archive: Archive) -> None:
    asked = ("export", "-d", archive.path, "--table", "run", "--format")
    assert run(*asked, "jsonld").returncode == 2
    assert "none.db" in refusal(run("columns", "-d", archive.path.with_name("none.db")))


def write() -> None:
    """Write docs/columns.md again."""
    import tempfile  # noqa: PLC0415 -- for a person, not for the tests

    with tempfile.TemporaryDirectory() as folder, Archive(Path(folder) / "a.db") as archive:
        COLUMNS.write_text(dictionary_page(archive), "utf-8")
