"""Checkpoints: the write-ahead log copied into the file, in a thread while commits go on.

A commit is on disk when it is in the log. To copy the log into the file waits for the disk
several times as long, which SQLite has every tenth commit or so do by itself.
"""

from __future__ import annotations

import mmap
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from threading import Event, Thread

from sqlite_utils import Database

from newscrawl.formats.magic_bytes import SQLITE

EVERY = 10
"""Number of commits after which the log is copied; an article's is about 400 KB."""
_LONGEST_LOG = 8_000
"""Pages of the log beyond which a commit copies it after all: the thread cannot keep up."""

_EMPTYING_MS = 5_000
"""The longest wait for other connections when the log of a moved archive is emptied."""

_HEADER, _LOG_HEADER, _FRAME = 100, 32, 24
"""Bytes of the header of a file, of a log, and of each page in a log."""
_FIRST_PAGE = b"\0\0\0\1"


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


def is_continued_by(path: Path, log: Path) -> bool:
    """Return whether the file at *path* is as *log* found it, or copied a part of it.

    The first page of a file counts changes of its content and of its schema; no count ever
    falls, and the log has that page as often as it was written. True where nothing is to be
    compared. https://sqlite.org/fileformat.html, 1.3.7, 1.3.9 and 4.1
    """
    try:
        found = _counts_of(path)
        logged = list(_counts_in(log))
        is_at_rest = found == _counts_of(path)  # no other program copies the log just now
    except (OSError, ValueError):  # no log, an empty one, or a file without a page
        return True
    if not logged or not is_at_rest:
        return True
    changes = [change for change, _ in logged]
    schemas = [schema for _, schema in logged]
    return changes[0] - 1 <= found[0] <= max(changes) and found[1] <= max(schemas)


def _counts_of(path: Path) -> tuple[int, int]:
    with path.open("rb") as file:
        return _counts_on(file.read(_HEADER))


def _counts_in(log: Path) -> Iterator[tuple[int, int]]:
    """Yield the counts on each first page in *log*, as far as it was written."""
    with log.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as view:
        size, salts, offset = int.from_bytes(view[8:12], "big"), view[16:24], _LOG_HEADER
        while view[offset + 8 : offset + 16] == salts and offset + _FRAME + size <= len(view):
            page = view[offset + _FRAME : offset + _FRAME + _HEADER]
            if view[offset : offset + 4] == _FIRST_PAGE and page.startswith(SQLITE):
                yield _counts_on(page)
            offset += _FRAME + size


def _counts_on(page: bytes) -> tuple[int, int]:
    """Return the file change counter and the schema cookie."""
    if len(page) < _HEADER:
        raise ValueError("it has no first page")
    return int.from_bytes(page[24:28], "big"), int.from_bytes(page[40:44], "big")
