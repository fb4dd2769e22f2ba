"""Code in the schema of an archive that another program may have written; it is refused.

Triggers, computed columns, conditions and indexed expressions are run by SQLite with each
change, or with each row that is read: one that never ends hangs a command.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from sqlite_utils import Database

from newscrawl.archive.schema.functions import register_functions
from newscrawl.archive.schema.migrations import MIGRATIONS
from newscrawl.archive.schema.own_views import own_views
from newscrawl.errors import ArchiveError

_TABLES = """SELECT name, sql FROM sqlite_master
    WHERE type = 'table' AND sql IS NOT NULL ORDER BY name"""
_OWN_CONDITION = re.compile(r"CHECK \(cause IN \([a-z', ]*\)\)")
_OWN_EXPRESSION = "CREATE INDEX versions_by_headline ON versions (substr(headline, 1, 40))"
_OWN_INDEX = re.compile(
    r"CREATE VIRTUAL TABLE article_search USING fts5\((?:\s*\w+,){1,20}"
    r"\s*content='searchable', content_rowid='id',\s*tokenize=\"[^\"]*\"\s*\)"
)
"""The search index, with any columns and words; another content would be that of any view."""
_CONDITION = re.compile(r"\bcheck\b", re.IGNORECASE)
_LITERAL = re.compile(r"-?\d+|'[^']*'|NULL", re.IGNORECASE)
_WHERE = re.compile(r"\bwhere\b(.*)", re.IGNORECASE | re.DOTALL)
_PLAIN_WHERE = re.compile(r"\s+(NOT )?\w+( IS (NOT )?NULL| (?:<>|=) '[^']*')?\s*")
_IS_EXPRESSION = -2
_NOT_STORED = frozenset({2, 3})
"""Values of `hidden` in `PRAGMA table_xinfo`: a computed column."""


def refuse_foreign_code(db: Database, path: Path, *, is_written: bool) -> None:
    """Refuse an archive with code in its schema that this program has not put there.

    Tables that an owner has added may have it. Only an archive that *is_written* runs triggers.
    Raises ArchiveError.
    """
    if is_written:
        row = db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchone()
        if row is not None:
            raise ArchiveError(
                f"{path} has the trigger {row[0]}, which is none of newscrawl's and would run "
                "with each change: DROP TRIGGER removes it, newscrawl merge leaves it behind"
            )
    for table, sql in db.execute(_TABLES).fetchall():
        code = next(_code_in(db, table, sql), None)
        if code is not None and table in _own_tables():
            raise ArchiveError(f"{path} is no archive of ours: its table {table} has {code}")


def refuse_views_for_tables(db: Database, path: Path) -> None:
    """Refuse an archive with a view in the place of a table. Raises ArchiveError."""
    strange = set(db.view_names()) - set(own_views())
    instead = sorted(_own_tables() & strange) if strange else ()
    if instead:
        raise ArchiveError(f"{path} is no archive of ours: its table {instead[0]} is a view")


@cache
def _own_tables() -> frozenset[str]:
    """Return the names of all tables of an archive, those of the search index too."""
    db = Database(memory=True, execute_plugins=False)
    register_functions(db.conn)
    MIGRATIONS.apply(db)
    return frozenset(db.table_names())


def _code_in(db: Database, table: str, sql: str) -> Iterator[str]:
    """Yield the name of each kind of code in the definition of *table*."""
    if sql.upper().startswith("CREATE VIRTUAL"):
        if table != "article_search" or not _OWN_INDEX.fullmatch(sql):
            yield "rows that a module computes"
        return
    quoted = table.replace('"', '""')
    for _, column, _, _, default, _, hidden in db.execute(f'PRAGMA table_xinfo("{quoted}")'):
        if hidden in _NOT_STORED:
            yield f"the computed column {column}"
        if default is not None and not _LITERAL.fullmatch(default):
            yield f"a computed default of {column}"
    if _CONDITION.search(_OWN_CONDITION.sub("", sql)):
        yield "a condition"
    yield from _code_of_indexes(db, table)


def _code_of_indexes(db: Database, table: str) -> Iterator[str]:
    indexes = db.execute(
        """SELECT name, sql FROM sqlite_master
        WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL""",
        [table],
    ).fetchall()
    for name, sql in indexes:
        quoted = name.replace('"', '""')
        columns = db.execute(f'PRAGMA index_xinfo("{quoted}")').fetchall()
        is_computed = any(column[1] == _IS_EXPRESSION for column in columns)
        where = _WHERE.search(sql)
        if (is_computed and not sql.startswith(_OWN_EXPRESSION)) or (
            where is not None and not _PLAIN_WHERE.fullmatch(where[1])
        ):
            yield f"the index {name} of an expression"
