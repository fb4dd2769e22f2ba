"""The functions of ours that an archive's statements use."""

from __future__ import annotations

import sqlite3

from newscrawl.archive.schema.row_digests import row_digest
from newscrawl.archive.search.hits import register_search_functions


def register_functions(connection: sqlite3.Connection) -> None:
    """Give *connection* the functions of the search and of the digests of rows."""
    register_search_functions(connection)
    connection.create_function("row_digest", -1, row_digest, deterministic=True)
