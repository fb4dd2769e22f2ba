"""Checkpoints: the write-ahead log copied into the file, in a thread while commits go on.

A commit is on disk when it is in the log. To copy the log into the file waits for the disk
several times as long, which SQLite has every tenth commit or so do by itself.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from threading import Event, Thread

from sqlite_utils import Database

EVERY = 10
"""Number of commits after which the log is copied; an article's is about 400 KB."""
_LONGEST_LOG = 8_000
"""Pages of the log beyond which a commit copies it after all: the thread cannot keep up."""

_EMPTYING_MS = 5_000
"""The longest wait for other connections when the log of a moved archive is emptied."""


class CheckpointThread:
    """Copies the log of the archive at *path*, which *db* writes, every few commits."""

    def __init__(self, db: Database, path: Path) -> None:
        db.execute(f"PRAGMA wal_autocheckpoint = {_LONGEST_LOG}").fetchall()
        self._commits = 0
        self._is_due, self._is_over = Event(), False
        self._thread = Thread(target=self._run, args=(path,), daemon=True)
        self._thread.start()

    def note_commit(self) -> None:
        """Count one commit."""
        self._commits += 1
        if self._commits % EVERY == 0:
            self._is_due.set()

    def end(self) -> None:
        """Wait until the thread has closed the file."""
        self._is_over = True
        self._is_due.set()
        self._thread.join()

    def _run(self, path: Path) -> None:
        # If this fails, the log grows until a commit copies it.
        with suppress(sqlite3.Error), closing(_connect(path)) as connection:
            while self._is_due.wait() and not self._is_over:
                self._is_due.clear()
                _copy_log(connection)
            if self._commits:
                # Else a program that closes the file last would wait for all of it.
                _copy_log(connection)


def _copy_log(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()


def _connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=rw", uri=True, timeout=0)


def empty_log(db: Database) -> None:
    """Copy the log into the file that *db* has open, wherever that was moved, and empty it."""
    with suppress(sqlite3.Error):
        db.execute(f"PRAGMA busy_timeout = {_EMPTYING_MS}").fetchall()
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
