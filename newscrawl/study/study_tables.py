"""The tables of a study file, to be exported and published with a package."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import partial
from typing import IO, Any

from newscrawl.archive.export.columns import Column
from newscrawl.study.coding.codebook import codes, value_text, variables
from newscrawl.study.contents import Table
from newscrawl.study.selections import collected, collections, notes, searches, tags
from newscrawl.study.study_file import StudyFile

_NAME = (
    Column("site", "text", "The name of the site."),
    Column("key", "text", "The identity of the article on its site."),
    Column("url", "text", "The address that the article was first read at."),
)
_CODER = Column("coder", "text", "The person who made this entry.")
_SEARCHES = (
    Column("name", "text", "The name of the search."),
    Column("query", "text", "The query, in the language of newscrawl search."),
    _CODER,
    Column("saved_at", "time", "The time at which it was saved (UTC)."),
)
_COLLECTED = (
    Column("collection", "text", "The name of the collection."),
    *_NAME,
    _CODER,
    Column("added_at", "time", "The time at which the article was added (UTC)."),
)
_NOTES = (
    Column("id", "integer", "The number of the note."),
    *_NAME,
    _CODER,
    Column("text", "text", "The note, in the words of its writer."),
    Column("written_at", "time", "The time at which it was written (UTC)."),
)
_TAGS = (
    *_NAME,
    Column("tag", "text", "The tag."),
    _CODER,
    Column("tagged_at", "time", "The time at which the article got the tag (UTC)."),
)
_VARIABLES = (
    Column("name", "text", "The name of the variable."),
    Column("level", "text", "The level of measurement: nominal, ordinal or interval."),
    Column("description", "text", "The instruction for coders."),
    Column("minimum", "number", "The least number of an interval variable; empty for none."),
    Column("maximum", "number", "The greatest number of an interval variable; empty for none."),
)
_VALUES = (
    Column("variable", "text", "The name of the variable."),
    Column("value", "text", "A permitted value of a nominal or ordinal variable."),
    Column("label", "text", "The meaning of the value."),
    Column("position", "integer", "The place of the value in the order, from 1."),
)
_CODES = (
    *_NAME,
    Column("variable", "text", "The name of the variable."),
    _CODER,
    Column("value", "text", "The value; a number of an interval variable."),
    Column("coded_at", "time", "The time at which the value was set (UTC)."),
    Column("text_sha256", "text", "SHA-256 of the coded texts (newscrawl.study.texts)."),
)
_IsIncluded = Callable[[Mapping[str, Any]], bool]


def study_tables(
    study: StudyFile, names: Collection[tuple[str, str]] | None = None
) -> tuple[Table, ...]:
    """Return the tables of *study*: all rows, or those of the articles *names* (site, key).

    Searches and codebook are always whole.
    """

    def is_included(row: Mapping[str, Any]) -> bool:
        return names is None or (row["site"], row["key"]) in names

    table = partial(_table, is_included)
    return (
        _table(_whole, "study_search", "Saved searches.", _SEARCHES, searches(study)),
        table("study_collection", "Articles of collections.", _COLLECTED, _members(study)),
        table("study_note", "Notes on articles.", _NOTES, notes(study)),
        table("study_tag", "Tags of articles.", _TAGS, tags(study)),
        _table(_whole, "study_variable", "Variables.", _VARIABLES, _variables(study)),
        _table(_whole, "study_value", "Permitted values.", _VALUES, _values(study)),
        table("study_code", "Codes of articles by coder.", _CODES, _codes(study)),
    )


def write_study(out: IO[bytes], study: StudyFile) -> None:
    """Write the tables of *study* to *out*: a ZIP file of CSV files and a codebook."""
    tables = study_tables(study)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for table in tables:
            file.writestr(f"tables/{table.name}.csv", table.as_csv())
        file.writestr("codebook.csv", _columns(tables))


def _columns(tables: Iterable[Table]) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(("table", "column", "kind", "description"))
    writer.writerows(
        (table.name, column.name, column.kind, column.description)
        for table in tables
        for column in table.columns
    )
    return out.getvalue()


def _table(
    is_included: _IsIncluded,
    name: str,
    description: str,
    columns: tuple[Column, ...],
    rows: Iterable[Mapping[str, Any]],
) -> Table:
    return Table(
        name=name,
        description=description,
        columns=columns,
        rows=tuple(row for row in rows if is_included(row)),
    )


def _whole(_row: Mapping[str, Any]) -> bool:
    return True


def _members(study: StudyFile) -> Iterable[dict[str, Any]]:
    for one in collections(study):
        for row in collected(study, one["name"]):
            yield {**row, "collection": one["name"]}


def _codes(study: StudyFile) -> Iterable[dict[str, Any]]:
    for row in codes(study):
        yield {**row, "value": value_text(row["value"])}


def _variables(study: StudyFile) -> Iterable[dict[str, Any]]:
    for one in variables(study):
        yield {column.name: getattr(one, column.name) for column in _VARIABLES}


def _values(study: StudyFile) -> Iterable[dict[str, Any]]:
    for one in variables(study):
        for position, (value, label) in enumerate(one.values.items(), 1):
            yield {"variable": one.name, "value": value, "label": label, "position": position}
