"""Questions that have a name: their SQL, what they ask for, how the answer is drawn."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from io import StringIO
from typing import Any, Literal

import attrs
from datasette.app import Datasette
from sqlite_utils import Database

from newscrawl.archive.export.tables import guarded
from newscrawl.web.kept_answers import kept
from newscrawl.web.rendering import ARCHIVE, read

SECONDS = 20.0
"""How long a question may take: on an archive that is not in memory yet some take 12 s."""
MOST_ROWS = 20_000


@attrs.frozen(kw_only=True)
class Chart:
    """How an answer is drawn; each but mark names a column."""

    mark: Literal["bar", "line", "span"]
    x: str
    y: str
    x2: str | None = None
    color: str | None = None


@attrs.frozen(kw_only=True)
class Question:
    """One question."""

    name: str
    title: Mapping[str, str]
    """By the language of the interface."""
    asks: tuple[str, ...]
    """The names of its parameters; each may be left out."""
    sql: str
    chart: Chart | None


@attrs.frozen
class Answer:
    """What a question came to."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]

    def records(self) -> list[dict[str, Any]]:
        """Return the rows by column."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]

    def as_csv(self) -> str:
        """Return the rows as CSV that no spreadsheet takes for formulas."""
        out = StringIO(newline="")
        writer = csv.writer(out)
        writer.writerow(self.columns)
        writer.writerows([guarded(value) for value in row] for row in self.rows)
        return "\ufeff" + out.getvalue()


@cache
def questions() -> Mapping[str, Question]:
    """Return every question by its name; resources/questions.toml has them."""
    text = files("newscrawl.resources").joinpath("questions.toml").read_text("utf-8")
    return {name: _question(name, fields) for name, fields in tomllib.loads(text).items()}


async def answer(datasette: Datasette, question: Question, values: Mapping[str, str]) -> Answer:
    """Return what the archive answers; of *values* those count that the question asks for.

    Raises sqlite3.OperationalError ("interrupted") after SECONDS.
    """
    wanted = tuple((name, values.get(name) or None) for name in question.asks)

    def asked(db: Database) -> Answer:
        found = db.execute(question.sql, dict(wanted))
        columns = tuple(column[0] for column in found.description)
        return Answer(columns, tuple(found.fetchmany(MOST_ROWS)))

    path = datasette.get_database(ARCHIVE).path
    key = (question.name, wanted)
    return await kept(path, key, lambda: read(datasette, asked, SECONDS))


def _question(name: str, fields: Mapping[str, Any]) -> Question:
    chart = fields.get("chart")
    return Question(
        name=name,
        title=fields["title"],
        asks=tuple(fields["asks"]),
        sql=fields["sql"].strip(),
        chart=Chart(**chart) if chart else None,
    )
