"""docs/duckdb.md: each pair of queries gives the same answer, in SQLite and over Parquet."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import duckdb
import pytest

from newscrawl.sample_site import Newsroom
from tests.command_line import run
from tests.crawling import crawl
from tests.front_server import fill

PAGE = (Path(__file__).parent.parent / "docs" / "duckdb.md").read_text("utf-8")
PAIR = re.compile(
    r"^## ([^\n]*)\n\n```sqlite\n(.*?)```\n\n```duckdb\n(.*?)```", re.MULTILINE | re.DOTALL
)
PAIRS = PAIR.findall(PAGE)
TABLES = re.findall(r"for table in (.*); do", PAGE)[0].split()


@pytest.fixture(scope="module")
def folder(newsroom: Newsroom, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of edits, lists, copies and a crawl, and its tables as Parquet."""
    folder = tmp_path_factory.mktemp("duckdb")
    archive = folder / "archive.db"
    fill(archive)
    crawl(archive, "site", "-a", f"url={newsroom.base_url}/", "-a", "limit=12")
    for table in TABLES:
        (folder / "parquet" / table).mkdir(parents=True)
        out = folder / "parquet" / table / "one.parquet"
        done = run(
            *("export", "--format", "parquet", "--table", table),
            *("-o", out, "-d", archive),
        )
        assert done.returncode == 0, done.stderr
    return folder


@pytest.mark.parametrize(("title", "ours", "theirs"), PAIRS, ids=[pair[0] for pair in PAIRS])
def test_both_give_the_same_answer(title: str, ours: str, theirs: str, folder: Path) -> None:
    with sqlite3.connect(folder / "archive.db") as connection:
        expected = connection.execute(ours).fetchall()
    connection.close()
    with duckdb.connect() as quack:
        found = quack.execute(theirs.replace("'parquet/", f"'{folder}/parquet/")).fetchall()
    assert found == expected, title
    assert expected, title


def test_there_are_pairs() -> None:
    assert len(PAIRS) == PAGE.count("```sqlite") == PAGE.count("```duckdb") >= 7
