"""docs/archive.md says what the schema is, and its queries run."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from newscrawl import Archive
from tests.archive_samples import SITE, article_at, observation_at

DOCS = Path(__file__).parent.parent / "docs" / "archive.md"
TEXT = DOCS.read_text("utf-8")
QUERIES = re.findall(r"```sql\n(.*?)```", TEXT, re.DOTALL)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    """A small archive as the sqlite3 module alone opens it."""
    path = tmp_path_factory.mktemp("docs") / "archive.db"
    with Archive(path) as archive:
        archive.save(article_at(), observation_at(), site=SITE, key="1", run=None)
    connection = sqlite3.connect(path)
    yield connection
    connection.close()


def schema_table(connection: sqlite3.Connection, kind: str) -> str:
    """The rows of the documentation's table of views or tables."""
    names = connection.execute(
        """SELECT name FROM sqlite_master WHERE type = ? AND name NOT LIKE 'sqlite%'
        AND name NOT LIKE '\\_%' ESCAPE '\\' AND sql NOT LIKE '%VIRTUAL%'
        AND name NOT LIKE 'article\\_search%' ESCAPE '\\' ORDER BY name""",
        [kind],
    )
    lines = [f"| {kind} | columns |", "|---|---|"]
    for (name,) in names.fetchall():
        columns = [row[1] for row in connection.execute(f'PRAGMA table_info("{name}")')]
        lines.append(f"| `{name}` | {', '.join(columns)} |")
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("kind", ["view", "table"])
def test_schema_is_documented(plain: sqlite3.Connection, kind: str) -> None:
    expected = schema_table(plain, kind)
    assert expected in TEXT, f"put this into {DOCS.name}:\n{expected}"


@pytest.mark.parametrize("query", QUERIES, ids=range(len(QUERIES)))
def test_question_is_answered(plain: sqlite3.Connection, query: str) -> None:
    plain.execute(query).fetchall()


def test_there_are_questions() -> None:
    assert len(QUERIES) >= 10
