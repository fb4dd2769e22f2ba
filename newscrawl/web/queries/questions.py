"""Named questions: their SQL, parameters and charts, from `resources/questions.toml`."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from io import StringIO
from string import Template
from typing import Any, Literal

import attrs
from datasette.app import Datasette
from sqlite_utils import Database

from newscrawl.archive.export.tables import guarded
from newscrawl.resources import read_toml
from newscrawl.web.queries.archive_reader import read_cached

MOST_ROWS = 20_000


@attrs.frozen(kw_only=True)
class Chart:
    """The chart of an answer; every field but `mark` names columns."""

    mark: Literal["bar", "line", "span"]
    x: str
    y: str
    x2: str | None = None
    color: str | None = None
    beside: str | None = None
    """The column printed after the label of a row."""
    row: tuple[str, ...] = attrs.field(default=(), converter=tuple)
    """The columns equal within one row of a list chart; none: each row of the answer is one."""


@attrs.frozen(kw_only=True)
class Question:
    """A question that the archive answers."""

    name: str
    title: Mapping[str, str]
    """The title by language of the interface."""
    group: str
    """The group of questions that it is listed in; empty if it is on other pages only."""
    says: Mapping[str, str]
    """A sentence of the answer by language, with columns of a row in braces; may be empty."""
    lead: Literal["first", "most", "least"]
    """The row of the sentence: the first, or the one with the most or least of `chart.y`."""
    asks: tuple[str, ...]
    """The names of its parameters, all optional."""
    sql: str
    chart: Chart | None


@attrs.frozen
class Answer:
    """The rows that answer a question."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]

    def records(self) -> list[dict[str, Any]]:
        """Return the rows by column."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]

    def as_csv(self) -> str:
        """Return the rows as CSV in which no cell is a formula."""
        out = StringIO(newline="")
        writer = csv.writer(out)
        writer.writerow([guarded(name) for name in self.columns])
        writer.writerows([guarded(value) for value in row] for row in self.rows)
        return "\ufeff" + out.getvalue()


@cache
def questions() -> Mapping[str, Question]:
    """Return every question by name."""
    rows = dict(read_toml("questions"))
    parts = rows.pop("parts")
    return {name: _question(name, row, parts) for name, row in rows.items()}


async def answer(datasette: Datasette, question: Question, values: Mapping[str, str]) -> Answer:
    """Answer *question* from the archive; *values* that it has no parameter for are ignored.

    Raises sqlite3.OperationalError ("interrupted") after QUESTION_SECONDS.
    """
    wanted = tuple((name, values.get(name) or None) for name in question.asks)

    def asked(db: Database) -> Answer:
        found = db.execute(question.sql, dict(wanted))
        columns = tuple(column[0] for column in found.description)
        return Answer(columns, tuple(found.fetchmany(MOST_ROWS)))

    return await read_cached(datasette, (question.name, wanted), asked)


def lead_row(question: Question, found: Answer) -> dict[str, Any] | None:
    """Return the row that the sentence of *question* speaks of; None without rows.

    A row of "…", the sum of the small ones, is not the most of anything.
    """
    records = [record for record in found.records() if "…" not in record.values()]
    if not records or question.lead == "first" or question.chart is None:
        return records[0] if records else None
    best = max if question.lead == "most" else min
    number = question.chart.y
    return best(records, key=lambda record: record[number])


def _question(name: str, fields: Mapping[str, Any], parts: Mapping[str, str]) -> Question:
    chart = fields.get("chart")
    return Question(
        name=name,
        title=fields["title"],
        group=fields.get("group", ""),
        says=fields.get("says", {}),
        lead=fields.get("lead", "first"),
        asks=tuple(fields["asks"]),
        sql=Template(fields["sql"].strip()).substitute(parts),
        chart=Chart(**chart) if chart else None,
    )
