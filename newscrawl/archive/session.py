"""One open SQLite file: its connection, its transactions, and its errors as ArchiveError."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock

from sqlite_utils import Database

from newscrawl.archive.schema.checkpoints import CheckpointThread, empty_log
from newscrawl.archive.schema.connection import begin_writing
from newscrawl.archive.schema.database import open_database, open_database_read_only
from newscrawl.archive.schema.writer_locks import WriterLock
from newscrawl.errors import ArchiveError


class Session:
    """An archive's file, open for reading or for reading and writing."""

    def __init__(self, path: Path, *, is_read_only: bool = False) -> None:
        self.path = path
        self.db = (open_database_read_only if is_read_only else open_database)(path)
        self._file = file_identity(path)
        self._writer = None if is_read_only else WriterLock(path)
        self._lock = RLock()
        self._checkpoints: CheckpointThread | None = None

    def checkpoint_in_thread(self) -> None:
        """Copy the write-ahead log into the file in a thread from now on, and in no commit."""
        if self._checkpoints is None:
            self._checkpoints = CheckpointThread(self.db, self.path)

    def close(self) -> None:
        """Close the file. Everything saved is on disk already."""
        if self._checkpoints is not None:
            self._checkpoints.end()
        if self._writer is not None:
            self._writer.end(self.db)
            if not self._is_in_place():
                self._leave_no_log()
        self.db.close()

    @contextmanager
    def transaction(self) -> Iterator[Database]:
        """Hold one transaction over the block; within another one, a savepoint."""
        with self._lock, self.clear_errors():
            if self.db.conn.in_transaction:
                with self.db.savepoint():
                    yield self.db
                return
            self._check_place()
            begin_writing(self.db, self.path)
            try:
                if self._writer is not None:
                    self._writer.register(self.db)
                yield self.db
                self.db.execute("COMMIT")
                if self._writer is not None:
                    self._writer.confirm()
                if self._checkpoints is not None:
                    self._checkpoints.note_commit()
            except BaseException:
                self.db.rollback()
                raise

    def _check_place(self) -> None:
        """Raise ArchiveError if the file was moved or replaced since it was opened.

        SQLite would go on writing the old file, which nobody opens again.
        """
        if not self._is_in_place():
            self._leave_no_log()
            raise moved(self.path)

    def _is_in_place(self) -> bool:
        return file_identity(self.path) == self._file

    def _leave_no_log(self) -> None:
        """Copy the log beside the old place into the file, wherever that was moved.

        SQLite would take it for the log of a file that is put in the place.
        """
        empty_log(self.db)

    def own_run(self, run: int) -> None:
        """Record *run* as begun by this program: it ends as killed if the program dies."""
        if self._writer is not None:
            self._writer.own_run(self.db, run)

    @contextmanager
    def clear_errors(self) -> Iterator[None]:
        """Turn errors of SQLite, and of texts that are not UTF-8, into an ArchiveError."""
        try:
            yield
        except (sqlite3.Error, UnicodeDecodeError) as error:
            raise ArchiveError(f"the archive {self.path} refused: {error}") from error


FileIdentity = tuple[int, int]
"""The numbers of a disk and of a file on it."""


def moved(path: Path) -> ArchiveError:
    """Return the error for an archive that is no longer the file at *path*."""
    return ArchiveError(
        f"{path} was moved, replaced or deleted while it was written; what was stored "
        "before is in the moved file. Run again once it is in its place"
    )


def file_identity(path: Path) -> FileIdentity | None:
    """Return the numbers of the file at *path* and of its disk; None if there is no file."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
