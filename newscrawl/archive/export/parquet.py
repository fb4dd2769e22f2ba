"""Write rows as Parquet, a group of rows at a time, so that memory does not grow with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from types import ModuleType
from typing import Any, BinaryIO

from newscrawl.archive.export.columns import Column, TypedColumn, typed_columns
from newscrawl.errors import NewscrawlError
from newscrawl.system.programs import install_command
from newscrawl.system.version import VERSION

GROUP = 5_000
"""A row group has no more rows than this."""
GROUP_LETTERS = 2_000_000
"""A row group ends with the row that brings its texts to this number of letters."""


def write_rows(
    out: BinaryIO, columns: Sequence[Column], rows: Iterator[Mapping[str, Any]], table: str
) -> int:
    """Write *rows* to *out* with typed columns; return their number.

    `typed_values` says how a column is typed. The description of each column is in the file.
    Raise NewscrawlError if pyarrow is not installed.
    """
    pa, parquet = _arrow()
    typed = typed_columns(columns)
    schema = _schema(pa, typed, table)
    count = 0
    with parquet.ParquetWriter(out, schema, compression="zstd") as writer:
        while some := _group(rows):
            arrays = {one.name: [one.value_of(row) for row in some] for one in typed}
            writer.write_table(pa.Table.from_pydict(arrays, schema=schema))
            count += len(some)
    return count


def check_installed() -> None:
    """Raise NewscrawlError if pyarrow is not installed."""
    _arrow()


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
        raise NewscrawlError(
            f"Parquet needs the extra `parquet`: {install_command('parquet')}"
        ) from error
    return pa, parquet


def _schema(pa: ModuleType, columns: Sequence[TypedColumn], table: str) -> Any:
    types = {
        "text": pa.string(),
        "integer": pa.int64(),
        "number": pa.float64(),
        "boolean": pa.bool_(),
        "time": pa.timestamp("ms", tz="UTC"),
        "day": pa.date32(),
    }
    fields = [
        pa.field(one.name, types[one.type], metadata={"description": one.description})
        for one in columns
    ]
    named = {"newscrawl": VERSION, "table": table}
    return pa.schema(fields, metadata=named)
