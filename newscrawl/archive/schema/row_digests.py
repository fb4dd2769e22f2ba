"""Digests of rows: a value that changed by itself, or that another program wrote, is found.

A row's digest is the first 64 bits of the BLAKE2b of its columns that are not NULL, by name, so
that a later schema may add a column without touching the rows there are. SQLite computes it in
temporary triggers, which exist only on the connections of this program: other programs can read
and write the archive, and what they wrote is reported by `newscrawl check`. As a trigger writes
the row a second time, rows that are inserted often come with their digest, by `insertion`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import Any

import attrs
from sqlite_utils import Database

_COLUMN = "row_digest"


@attrs.frozen
class _Table:
    name: str
    key: tuple[str, ...]
    columns: tuple[str, ...]
    """All of them in the order of the table, but for the digest."""

    @property
    def update(self) -> str:
        """The statement that computes digests; a condition may follow."""
        names = ", ".join(self.columns).replace("'", "''")
        values = ", ".join(map(_quoted, self.columns))
        return f"UPDATE {_quoted(self.name)} SET {_COLUMN} = row_digest('{names}', {values})"


def compute_digests(db: Database, *names: str) -> None:
    """Compute the digest of every row of the tables *names*; of all that have one, if none.

    For migrations: one that adds a table with digests, or a column that is not NULL, calls it.
    """
    for table in _tables(db):
        if not names or table.name in names:
            db.execute(table.update)


def maintain_digests(db: Database) -> None:
    """Let this connection compute the digest of each row that it writes without one."""
    for table in _tables(db):
        same = " AND ".join(f"{name} IS NEW.{name}" for name in map(_quoted, table.key))
        columns = ", ".join(map(_quoted, table.columns))
        for event, of, when in (
            ("INSERT", "", f"WHEN NEW.{_COLUMN} IS NULL"),
            ("UPDATE", f"OF {columns}", ""),
        ):
            trigger = _quoted(f"{table.name}_digest_{event.lower()}")
            db.execute(
                f"CREATE TEMP TRIGGER {trigger} AFTER {event} {of} "
                f"ON main.{_quoted(table.name)} {when} BEGIN {table.update} WHERE {same}; END"
            )


@lru_cache(maxsize=128)
def insertion(table: str, *columns: str, has_id: bool = False) -> str:
    """Return the statement that inserts a row of *columns* into *table* with its digest.

    Its values have to be of the types that the columns store, and no column that is left out
    may have a default value. With *has_id*, the row gets the id that SQLite would give it.
    """
    marks = [f"?{number}" for number in range(1, len(columns) + 1)]
    if has_id:
        columns = ("id", *columns)
        marks = [f"(SELECT coalesce(max(id), 0) + 1 FROM {table})", *marks]
    names, values = ", ".join(columns), ", ".join(marks)
    return (
        f"INSERT INTO {table} ({names}, {_COLUMN}) "
        f"VALUES ({values}, {_COLUMN}('{names}', {values}))"
    )


def changed_rows(db: Database) -> Iterator[str]:
    """Yield a line for each row that is not as this program wrote it."""
    for table in _tables(db):
        names, size = ", ".join(table.columns), len(table.columns)
        at = [table.columns.index(name) for name in table.key]
        columns = ", ".join(map(_quoted, table.columns))
        for row in db.execute(f"SELECT {columns}, {_COLUMN} FROM {_quoted(table.name)}"):
            if row[-1] != row_digest(names, *row[:size]):
                key = " ".join(str(row[place]) for place in at)
                yield f"row {key} of {table.name} {_fault(row[-1])}"


def row_digest(names: str, *values: object) -> int:
    """Return the digest of a row: its *values*, and the *names* of their columns.

    The names are parted by a comma and a space.
    """
    # The JSON of a list of pairs; an encoder made for the whole list takes twice as long.
    pairs = [
        f"[{name}, {value if type(value) is int else _PACKED.encode(value)}]"
        for name, at in _order(names)
        if (value := values[at]) is not None
    ]
    packed = f"[{', '.join(pairs)}]".encode("ascii")
    return int.from_bytes(blake2b(packed, digest_size=8).digest(), "big", signed=True)


@lru_cache(maxsize=512)
def _order(names: str) -> tuple[tuple[str, int], ...]:
    """Return the names of columns as JSON, in the order of a digest, with their places."""
    places = sorted((name, at) for at, name in enumerate(names.split(", ")))
    return tuple((_PACKED.encode(name), at) for name, at in places)


def _fault(digest: object) -> str:
    if digest is None:
        return "was written by another program: it has no digest"
    return "is not what was saved: it does not match its digest"


def _quoted(name: str) -> str:
    """Return *name* as an identifier of SQL: the archive may be a stranger's."""
    escaped = name.replace('"', '""')
    return f'"{escaped}"'


def _hex(value: Any) -> dict[str, str]:
    return {"hex": bytes(value).hex()}


_PACKED = json.JSONEncoder(default=_hex, check_circular=False)


def _tables(db: Database) -> list[_Table]:
    names = db.execute(
        """SELECT m.name FROM sqlite_master AS m, pragma_table_info(m.name) AS c
        WHERE m.type = 'table' AND c.name = ? ORDER BY m.name""",
        [_COLUMN],
    )
    return [_table(db, name) for (name,) in names.fetchall()]


def _table(db: Database, name: str) -> _Table:
    found: Sequence[tuple[Any, ...]] = db.execute(f'PRAGMA table_info("{name}")').fetchall()
    keys = sorted((place, column) for _, column, _, _, _, place in found if place)
    columns = tuple(column for _, column, *_ in found if column != _COLUMN)
    return _Table(name, tuple(column for _, column in keys), columns)
