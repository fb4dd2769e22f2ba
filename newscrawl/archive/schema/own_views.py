"""The views of an archive that another program may have written: ours are used in their place.

A view is code: a recursive one never ends.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from sqlite_utils import Database

from newscrawl.archive.schema.migrations import view_statements

_NAME = re.compile(r'CREATE VIEW "?(\w+)')
_OF_INDEX = "searchable"
"""The view that the search index reads. It always reads the one in the file, not a view of
this program beside it."""
_VIEWS = "SELECT name, sql FROM sqlite_master WHERE type = 'view'"


def is_view_of_index_own(db: Database) -> bool:
    """Return whether the search index reads a view as this program makes it."""
    return _OF_INDEX not in changed_views(db)


def restore_view_of_index(db: Database) -> None:
    """Make the view again that the search index reads, if another program has changed it."""
    if not is_view_of_index_own(db):
        with db.atomic():
            db.execute(f"DROP VIEW IF EXISTS {_OF_INDEX}")
            db.execute(own_views()[_OF_INDEX])


def use_own_views(db: Database) -> None:
    """Hide views that are not as this program makes them, for this connection."""
    if changed_views(db):
        # All of them: a view of the file would go on using the others of the file.
        for statement in own_views().values():
            db.execute(statement.replace("CREATE VIEW", "CREATE TEMP VIEW", 1))


def changed_views(db: Database) -> tuple[str, ...]:
    """Return the names of our views that are missing or differ from what this program makes."""
    found = dict(db.execute(_VIEWS).fetchall())
    return tuple(name for name, sql in own_views().items() if found.get(name) != sql)


@cache
def own_views() -> Mapping[str, str]:
    """Return the statement of each view by its name, as SQLite stores it."""
    statements = (one[one.index("CREATE VIEW") :].strip() for one in view_statements())
    return {_named(one): one.rstrip(";") for one in statements}


def _named(statement: str) -> str:
    match = _NAME.match(statement)
    return match[1] if match else ""
