"""Kinds of errors of SQLite, by their result code."""

from __future__ import annotations

import sqlite3


def code_of(error: BaseException) -> int:
    """Return the primary result code of an error of SQLite: `sqlite3.SQLITE_FULL`, for example.

    0 for any other error, and for those that the module `sqlite3` raises by itself.
    """
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


def is_interrupted(error: BaseException) -> bool:
    """Return whether a query ended because it was interrupted, as at its time limit."""
    return code_of(error) == sqlite3.SQLITE_INTERRUPT
