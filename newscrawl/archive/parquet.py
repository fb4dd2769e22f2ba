"""Write rows as Parquet, a group of rows at a time, so that memory does not grow with them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from types import MappingProxyType, ModuleType
from typing import Any, BinaryIO

import newscrawl
from newscrawl.archive.dictionary import Column
from newscrawl.errors import NewscrawlError

GROUP = 5_000
"""A row group has no more rows than this."""
GROUP_LETTERS = 2_000_000
"""A row group ends with the row that brings its texts to so many letters."""
DAY = "_day"
"""What is appended to a date's name for the column of its day: a day has no hour in UTC."""
_ISO_DAY = len("YYYY-MM-DD")
_MISSING = "Parquet needs the extra `parquet`: pip install 'newscrawl[parquet]'"


def write_rows(
    out: BinaryIO, columns: Sequence[Column], rows: Iterator[Mapping[str, Any]], table: str
) -> int:
    """Write *rows* to *out* with typed columns; return their number.

    A column that holds a time or a plain day becomes two: a timestamp in UTC, null where only
    the day is known, and the day as the page's readers know it. The description of each column
    is in the file. Raises NewscrawlError where pyarrow is not installed.
    """
    pa, parquet = _arrow()
    schema = _schema(pa, columns, table)
    count = 0
    with parquet.ParquetWriter(out, schema, compression="zstd") as writer:
        while some := _group(rows):
            arrays = {
                field.name: [_VALUES[kind](row, name) for row in some]
                for field, (name, kind) in zip(schema, _sources(columns), strict=True)
            }
            writer.write_table(pa.Table.from_pydict(arrays, schema=schema))
            count += len(some)
    return count


def _group(rows: Iterator[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    some: list[Mapping[str, Any]] = []
    letters = 0
    for row in islice(rows, GROUP):
        some.append(row)
        letters += sum(len(value) for value in row.values() if isinstance(value, str))
        if letters >= GROUP_LETTERS:
            break
    return some


def _arrow() -> tuple[ModuleType, ModuleType]:
    try:
        import pyarrow as pa  # noqa: PLC0415 -- an extra
        from pyarrow import parquet  # noqa: PLC0415
    except ImportError as error:
        raise NewscrawlError(_MISSING) from error
    return pa, parquet


def _schema(pa: ModuleType, columns: Sequence[Column], table: str) -> Any:
    types = {
        "text": pa.string(),
        "integer": pa.int64(),
        "number": pa.float64(),
        "boolean": pa.bool_(),
        "time": pa.timestamp("ms", tz="UTC"),
        "date": pa.timestamp("ms", tz="UTC"),
        "day": pa.date32(),
    }
    fields = []
    for column in columns:
        about = {"description": column.description}
        fields.append(pa.field(column.name, types[column.kind], metadata=about))
        if column.kind == "date":
            fields.append(pa.field(column.name + DAY, types["day"], metadata=about))
    named = {"newscrawl": newscrawl.__version__, "table": table}
    return pa.schema(fields, metadata=named)


def _sources(columns: Sequence[Column]) -> Iterator[tuple[str, str]]:
    """Yield for each column of the file the column it comes from, and how it is read."""
    for column in columns:
        yield column.name, column.kind
        if column.kind == "date":
            yield column.name, "day of date"


def _time(row: Mapping[str, Any], name: str) -> dt.datetime | None:
    value = row[name]
    return dt.datetime.fromisoformat(value) if value and len(value) > _ISO_DAY else None


def _day(row: Mapping[str, Any], name: str) -> dt.date | None:
    value = row[name]
    return dt.date.fromisoformat(value[:_ISO_DAY]) if value else None


def _day_of_date(row: Mapping[str, Any], name: str) -> dt.date | None:
    local = f"{name}_local"
    if local in row:
        return _day(row, local)
    # Of a time in UTC nobody can tell which day its readers had.
    return _day(row, name) if row[name] and len(row[name]) == _ISO_DAY else None


def _boolean(row: Mapping[str, Any], name: str) -> bool | None:
    return None if row[name] is None else bool(row[name])


def _text(row: Mapping[str, Any], name: str) -> str | None:
    return None if row[name] is None else str(row[name])


def _as_it_is(row: Mapping[str, Any], name: str) -> Any:
    return row[name]


_VALUES: Mapping[str, Callable[[Mapping[str, Any], str], Any]] = MappingProxyType(
    {
        "text": _text,
        "integer": _as_it_is,
        "number": _as_it_is,
        "boolean": _boolean,
        "time": _time,
        "date": _time,
        "day": _day,
        "day of date": _day_of_date,
    }
)
