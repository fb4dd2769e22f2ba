"""The sqlite-utils Database of an archive, with less work for each statement."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlite_utils import Database
from sqlite_utils.utils import dedupe_keys


class ArchiveDatabase(Database):
    """A Database whose queries and nested transactions take no statements of their own."""

    def query(self, sql: str, params: Any = None) -> Any:
        """Execute *sql* now; return an iterator over its rows, each a dictionary.

        sqlite-utils wraps it in a savepoint, since it might write. A SELECT does not, and each
        savepoint has FTS5 write its waiting words.
        """
        if not sql.lstrip().upper().startswith("SELECT"):
            return super().query(sql, params)
        cursor = self.execute(sql, params)
        names = dedupe_keys(column[0] for column in cursor.description)
        return (dict(zip(names, row, strict=True)) for row in cursor)

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Undo what the block has written if it raises; within an open transaction.

        All savepoints have one name, which means the innermost: `atomic` makes up a name each
        time, which SQLite has to parse.
        """
        self.conn.execute("SAVEPOINT nested")
        try:
            yield
        except BaseException:
            if self.conn.in_transaction:  # an error may have ended all of it
                self.conn.execute("ROLLBACK TO nested")
                self.conn.execute("RELEASE nested")
            raise
        self.conn.execute("RELEASE nested")
