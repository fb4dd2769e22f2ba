"""Check that an archive has the tables, columns and views that this program makes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from sqlite_utils import Database

from newscrawl.archive.schema.functions import register_functions
from newscrawl.archive.schema.migrations import MIGRATIONS
from newscrawl.archive.schema.own_views import changed_views


def schema_problems(db: Database) -> Iterator[str]:
    """Yield a line for each table or column that is missing, and each changed view."""
    theirs = _columns_in(db)
    for table, columns in _own_columns().items():
        if table not in theirs:
            yield f"table {table} is missing"
        elif missing := sorted(columns - theirs[table]):
            yield f"table {table} has no column {', '.join(missing)}"
    for name in changed_views(db):
        yield f"view {name} is not newscrawl's own; ours is used in its place"


@cache
def _own() -> Database:
    db = Database(memory=True, execute_plugins=False)
    register_functions(db.conn)
    MIGRATIONS.apply(db)
    return db


@cache
def _own_columns() -> Mapping[str, frozenset[str]]:
    return _columns_in(_own())


def _columns_in(db: Database) -> Mapping[str, frozenset[str]]:
    names = (
        name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    )
    return {
        name: frozenset(row[1] for row in db.execute(f'PRAGMA table_info("{name}")'))
        for name in names
        if not name.startswith(("_sqlite_migrations", "sqlite_", "article_search"))
    }
