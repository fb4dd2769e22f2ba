"""docs/archive.md says what the schema is, and its queries run."""

from __future__ import annotations

import asyncio
import re
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from newscrawl import Archive
from newscrawl.article import Agency, Link, LinkList, mentions_from
from newscrawl.web.queries.questions import questions
from newscrawl.web.queries.sql_process import run_sql
from tests.archive_samples import MORNING, SITE, URL, article_at, hours, observation_at

DOCS = Path(__file__).parent.parent / "docs" / "archive.md"
TEXT = DOCS.read_text("utf-8")
QUERIES = re.findall(r"```sql\n(.*?)```", TEXT, re.DOTALL)


HOME = f"https://{SITE}/"
SHOWN = ("تفتح", "تفتح أبوابها", "تفتح أبوابها", None, "أبوابها", "أبوابها")
"""The headline of the story on the home page, every two hours."""


def latest(text: str) -> LinkList:
    """Return a list of the story under this headline."""
    link = Link(text=text, url=URL, position=1)
    return LinkList(heading="آخر الأخبار", kind="latest", links=(link,))


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small archive: a story of one agency, named twice, and its stay on a home page."""
    path = tmp_path_factory.mktemp("docs") / "archive.db"
    with Archive(path) as archive:
        afp = Agency(name="أ.ف.ب", id="afp")
        story = article_at(
            headline="المكتبة تفتح أبوابها",
            agencies=mentions_from([afp], "dateline") + mentions_from([afp], "source_credit"),
        )
        archive.save(story, observation_at(), site=SITE, key="1", run=None)
        for at, text in enumerate(SHOWN):
            home = observation_at(MORNING + hours(2 * at), HOME, outcome="source")
            lists = (latest(text),) if text else ()
            archive.record_visit(home, site=SITE, run=None, link_lists=lists)
    return path


@pytest.fixture(scope="module")
def plain(path: Path) -> Iterator[sqlite3.Connection]:
    """The archive as the sqlite3 module alone opens it."""
    connection = sqlite3.connect(path)
    yield connection
    connection.close()


@pytest.fixture(scope="module")
def ours(path: Path) -> Iterator[sqlite3.Connection]:
    """The archive as newscrawl opens it."""
    with Archive.open_read_only(path) as archive:
        yield archive.db.conn


def query_below(words: str) -> str:
    """Return the first query below *words*."""
    return TEXT.partition(words)[2].partition("```sql\n")[2].partition("```")[0]


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
def test_question_is_answered(
    plain: sqlite3.Connection, ours: sqlite3.Connection, query: str
) -> None:
    ours.execute(query).fetchall()
    if "search_query" not in query:
        plain.execute(query).fetchall()


def test_there_are_questions() -> None:
    assert len(QUERIES) >= 10


def test_search_in_sql_finds_other_forms_of_a_word(
    plain: sqlite3.Connection, ours: sqlite3.Connection, path: Path
) -> None:
    query = query_below("## Full-text search")
    assert "'المكتبه " in query
    found = [(1, SITE, "المكتبة تفتح أبوابها")]
    assert ours.execute(query).fetchall() == found
    _, rows = asyncio.run(run_sql(str(path), query, {}))
    assert list(rows) == found
    with pytest.raises(sqlite3.OperationalError, match="no such function: search_query"):
        plain.execute(query)


def test_plain_sqlite_finds_stems_alone(plain: sqlite3.Connection) -> None:
    sql = "SELECT rowid FROM article_search WHERE article_search MATCH ?"
    claims = re.findall(r"MATCH\s+'(\w+)'", TEXT.partition("**Plain sqlite3")[2])
    found = {word: len(plain.execute(sql, [word]).fetchall()) for word in claims}
    assert found == {"المكتبه": 0, "المكتبة": 0, "مكتبة": 1}


def test_words_that_are_found_are_marked_as_printed(plain: sqlite3.Connection) -> None:
    sql = """SELECT headline, highlight(article_search, 0, '[', ']')
        FROM article_search WHERE article_search MATCH 'مكتبة'"""
    assert plain.execute(sql).fetchall() == [
        ("المكتبة تفتح أبوابها", "[المكتبة] تفتح أبوابها"),
    ]


def test_search_query_leaves_filters_out(ours: sqlite3.Connection) -> None:
    with_filter, without = ours.execute(
        "SELECT search_query('site:qamar.example المكتبه'), search_query('المكتبه')"
    ).fetchone()
    assert with_filter.strip("()") == without


def test_search_example_in_python_runs(
    path: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    (tmp_path / "data").mkdir()
    shutil.copy(path, tmp_path / "data" / "archive.db")
    monkeypatch.chdir(tmp_path)
    exec(example, {})  # noqa: S102 -- that is what it is for
    assert "المكتبة تفتح أبوابها" in capsys.readouterr().out


def test_index_that_fts5_rebuilt_is_noticed_and_mended(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "archive.db"
    shutil.copy(path, copy)
    connection = sqlite3.connect(copy)
    with pytest.raises(sqlite3.DatabaseError, match="malformed"):
        connection.execute(
            "INSERT INTO article_search (article_search, rank) VALUES ('integrity-check', 1)"
        )
    connection.execute("INSERT INTO article_search (article_search) VALUES ('rebuild')")
    connection.commit()
    connection.close()
    with Archive(copy) as archive:
        assert list(archive.check())
        archive.reindex()
        assert not list(archive.check())


def test_articles_of_an_agency_are_counted_once(plain: sqlite3.Connection) -> None:
    mentions = plain.execute("SELECT code FROM agency_mention").fetchall()
    assert mentions == [("afp",), ("afp",)]
    found = plain.execute(query_below("Articles of each agency by month")).fetchall()
    assert found == [("afp", "2026-03", 1)]


def test_story_with_a_changed_headline_stays_once(plain: sqlite3.Connection) -> None:
    query = query_below("The longest promotions")
    rows = plain.execute(query)
    names = [column[0] for column in rows.description]
    first, second = (dict(zip(names, row, strict=True)) for row in rows)
    assert (first["text"], first["headlines"], first["hours"]) == ("تفتح أبوابها", 2, 4)
    assert (first["gone"], second["gone"]) == ("2026-03-01T12:30:00Z", None)
    assert (second["text"], second["headlines"], second["hours"]) == ("أبوابها", 1, 2)
    stays = plain.execute(query_below("How long stories stay up")).fetchall()
    assert stays == [(HOME, "latest", "آخر الأخبار", 2, 1, 4)]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("promoted_longest", [("تفتح أبوابها", 4.0, "آخر الأخبار", HOME, URL)]),
        ("stays", [("آخر الأخبار", HOME, "latest", 1, 4.0, 1)]),
    ],
)
def test_questions_join_the_headlines_of_a_story(
    ours: sqlite3.Connection, name: str, expected: list[tuple[object, ...]]
) -> None:
    for page in (None, HOME):
        assert ours.execute(questions()[name].sql, {"page": page}).fetchall() == expected
