"""Tables of the archive as data frames of pandas or polars."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypedDict

from sqlite_utils import Database

from newscrawl.archive.export.columns import (
    ARTICLE_TABLES,
    CITATION,
    TABLES,
    TypedColumn,
    columns_of,
    typed_columns,
)
from newscrawl.archive.search.hits import ids_of_hits
from newscrawl.errors import NewscrawlError, UsageError
from newscrawl.system.programs import install_command

Library = Literal["pandas", "polars"]
Day = str | dt.date

_NAMES = {"language": "lang"}
"""The names of filters in the search language that differ from their own."""
_DAY = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")


class Filters(TypedDict, total=False):
    """Filters of the articles in a frame; names are compared as in search."""

    query: str
    """A search, in its whole language."""
    site: str
    """A site, by its name or host."""
    agency: str
    """An agency, by its code (`afp`) or a name in any spelling."""
    section: str
    """A part of a section's name."""
    author: str
    """A part of an author's name."""
    language: str
    """A language code: `ar`."""
    after: Day
    """Published on this day or later: a date, or `2026`, `2026-01`, `2026-01-31`."""
    before: Day
    """Published before this day."""


def read_frame(
    db: Database, table: str, library: Library, limit: int | None, filters: Filters
) -> Any:
    """Return the rows of *table*, one of TABLES, as a frame of *library*, at most *limit*.

    Raises UsageError if there is no such table, filter or day, and NewscrawlError where the
    library is not installed.
    """
    if table not in TABLES:
        raise UsageError(f"there is no table {table}; there are {', '.join(TABLES)}")
    if library not in _MAKERS:
        raise UsageError(f"there are frames of {' and '.join(_MAKERS)}, not of {library}")
    columns = [one for one in columns_of(db, table) if one.name not in _citation(table)]
    rows = _rows(db, table, limit, filters)
    typed = typed_columns(columns)
    return _MAKERS[library](
        typed, {one.name: [one.value_of(row) for row in rows] for one in typed}
    )


def _citation(table: str) -> Sequence[str]:
    """Return the columns that only an export has: they take a query for each row."""
    return CITATION if table in ARTICLE_TABLES else ()


def _rows(
    db: Database, table: str, limit: int | None, filters: Filters
) -> list[Mapping[str, Any]]:
    where, values = _condition(db, table, filters) if filters else ("1", [])
    most = -1 if limit is None else limit
    return list(db.query(f"SELECT * FROM {table} WHERE {where} LIMIT ?", [*values, most]))


def _condition(db: Database, table: str, filters: Filters) -> tuple[str, list[Any]]:
    """Return the condition in SQL for *filters*, and its values."""
    names = [column.name for column in db.view(table).columns]
    id_name = "id" if table in ARTICLE_TABLES else "article_id"
    is_by_site = set(filters) == {"site"} and "site" in names
    if id_name in names and not (is_by_site and table == "observation"):
        ids = ids_of_hits(db, search_for(filters))
        return f"{id_name} IN (SELECT value FROM json_each(?))", [json.dumps(ids)]
    if is_by_site:
        return "site = ?", [filters["site"]]
    able = "site= and limit= go" if "site" in names else "limit= goes"
    raise UsageError(f"the rows of {table} are not of single articles: only {able} with it")


def search_for(filters: Filters) -> str:
    """Return the search for *filters*."""
    unknown = set(filters) - set(Filters.__annotations__)
    if unknown:
        known = ", ".join(Filters.__annotations__)
        raise UsageError(f"there is no filter {', '.join(sorted(unknown))}; there are {known}")
    given = dict(filters)
    parts = [str(given.pop("query", ""))]
    for name, value in given.items():
        text = _day_from(name, value) if name in {"after", "before"} else str(value)
        parts.append('{}:"{}"'.format(_NAMES.get(name, name), text.replace('"', " ")))
    return " ".join(parts)


def _day_from(name: str, value: Any) -> str:
    text = value.isoformat()[:10] if isinstance(value, dt.date) else str(value)
    if not _DAY.fullmatch(text):
        raise UsageError(f"{name}={value!r}: write a day as 2026-01-31, or its beginning")
    return text


def _pandas(columns: Sequence[TypedColumn], values: Mapping[str, list[Any]]) -> Any:
    try:
        import pandas as pd  # noqa: PLC0415 -- an extra
    except ImportError as error:
        raise NewscrawlError(_missing("pandas")) from error
    types = {
        "text": "string",
        "integer": "Int64",
        "number": "Float64",
        "boolean": "boolean",
        "time": "datetime64[us, UTC]",
        "day": "datetime64[s]",
    }
    return pd.DataFrame(
        {one.name: pd.Series(values[one.name], dtype=types[one.type]) for one in columns}
    )


def _polars(columns: Sequence[TypedColumn], values: Mapping[str, list[Any]]) -> Any:
    try:
        import polars as pl  # noqa: PLC0415 -- an extra
    except ImportError as error:
        raise NewscrawlError(_missing("polars")) from error
    types = {
        "text": pl.String(),
        "integer": pl.Int64(),
        "number": pl.Float64(),
        "boolean": pl.Boolean(),
        "time": pl.Datetime("us", "UTC"),
        "day": pl.Date(),
    }
    return pl.DataFrame(values, schema={one.name: types[one.type] for one in columns})


_MAKERS: Mapping[str, Any] = {"pandas": _pandas, "polars": _polars}


def _missing(library: Library) -> str:
    return f"frames of {library} need the extra `{library}`: {install_command(library)}"
