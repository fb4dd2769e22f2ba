"""Rows of the archive with typed values, for programs that have types: Parquet, data frames.

A column that holds a time or a plain day becomes two: a timestamp in UTC, null where only the
day is known, and the day as the page's readers know it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any, Literal

import attrs

from newscrawl.archive.export.data_dictionary import Column

DAY = "_day"
"""What is appended to a date's name for the column of its day: a day has no hour in UTC."""
_ISO_DAY = len("YYYY-MM-DD")

Row = Mapping[str, Any]
Type = Literal["text", "integer", "number", "boolean", "time", "day"]


@attrs.frozen
class TypedColumn:
    """One column with values of one type."""

    name: str
    type: Type
    """text, integer, number (a float), boolean, time (in UTC) or day."""
    description: str
    value_of: Callable[[Row], Any]
    """Its value in a row of the archive; None where there is none."""


def typed_columns(columns: Sequence[Column]) -> tuple[TypedColumn, ...]:
    """Return the typed columns that *columns* of a table become."""
    made = []
    for column in columns:
        name, about = column.name, column.description
        type_: Type = "time" if column.kind == "date" else column.kind
        made.append(TypedColumn(name, type_, about, partial(_VALUES[type_], name=name)))
        if column.kind == "date":
            day = partial(_day_of_date, name=name)
            made.append(TypedColumn(name + DAY, "day", about, day))
    return tuple(made)


def _time(row: Row, name: str) -> dt.datetime | None:
    value = row[name]
    return dt.datetime.fromisoformat(value) if value and len(value) > _ISO_DAY else None


def _day(row: Row, name: str) -> dt.date | None:
    value = row[name]
    return dt.date.fromisoformat(value[:_ISO_DAY]) if value else None


def _day_of_date(row: Row, name: str) -> dt.date | None:
    local = f"{name}_local"
    if local in row:
        return _day(row, local)
    # Of a time in UTC nobody can tell which day its readers had.
    return _day(row, name) if row[name] and len(row[name]) == _ISO_DAY else None


def _boolean(row: Row, name: str) -> bool | None:
    return None if row[name] is None else bool(row[name])


def _text(row: Row, name: str) -> str | None:
    return None if row[name] is None else str(row[name])


def _as_it_is(row: Row, name: str) -> Any:
    return row[name]


_VALUES: Mapping[Type, Callable[..., Any]] = MappingProxyType(
    {
        "text": _text,
        "integer": _as_it_is,
        "number": _as_it_is,
        "boolean": _boolean,
        "time": _time,
        "day": _day,
    }
)
