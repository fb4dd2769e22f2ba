"""Check values that no digest covers: times, outcomes, statuses, and JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlite_utils import Database

from newscrawl.outcomes import Outcome

_TIME = "'[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]Z'"
_DAY = "'[0-9][0-9][0-9][0-9]-[0-1][0-9]*'"
_TIMES: dict[str, tuple[str, ...]] = {
    "runs": ("started_at", "finished_at"),
    "articles": ("first_seen", "last_seen", "withdrawn_at"),
    "versions": ("first_seen", "last_seen"),
    "observations": ("fetched_at",),
}
_DAYS: dict[str, tuple[str, ...]] = {"versions": ("date_published", "date_modified")}
_JSON: dict[str, tuple[str, ...]] = {
    "runs": ("settings", "counts"),
    "bodies": ("blocks",),
    "versions": ("live_blog_updates", "pages", "missing_pages"),
}
_NUMBERS = {
    "observation {}: the status {} is none of HTTP": (
        "SELECT id, status FROM observations WHERE status NOT BETWEEN 100 AND 999"
    ),
    "observation {}: the size {} is no size": (
        "SELECT id, size FROM observations WHERE size < 0 OR typeof(size) = 'text'"
    ),
    "observation {}: the digest is cut: {}": (
        "SELECT id, hex(digest) FROM observations WHERE length(digest) <> 32"
    ),
}


def wrong_values(db: Database) -> Iterator[str]:
    """Yield a line for each value that this program cannot have written."""
    yield from _wrong_times(db)
    yield from _wrong_json(db)
    for line, query in _NUMBERS.items():
        yield from (line.format(*found) for found in db.execute(query))
    known = {str(outcome) for outcome in Outcome}
    for row, outcome in db.execute("SELECT id, outcome FROM observations"):
        if outcome not in known:
            yield f"observation {row}: there is no outcome {outcome}"


def _wrong_times(db: Database) -> Iterator[str]:
    for pattern, tables in ((_TIME, _TIMES), (_DAY, _DAYS)):
        for table, column in _columns(db, tables):
            query = f"SELECT id, {column} FROM {table} WHERE {column} NOT GLOB {pattern}"
            for row, value in db.execute(query):
                yield f"row {row} of {table}: {column} is no time: {value}"


def _wrong_json(db: Database) -> Iterator[str]:
    for table, column in _columns(db, _JSON):
        query = (
            f"SELECT id FROM {table} WHERE {column} IS NOT NULL AND NOT json_valid({column})"
        )
        for (row,) in db.execute(query):
            yield f"row {row} of {table}: {column} cannot be read"


def _columns(db: Database, tables: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, str]]:
    """Yield the columns that the archive has; a list of pages is no JSON in some schemas."""
    for table, columns in tables.items():
        known = {column.name for column in db.table(table).columns}
        yield from ((table, column) for column in columns if column in known)
