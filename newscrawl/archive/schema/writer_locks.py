"""Programs that write the archive now, and recovery after one that was killed.

A program registers with its first change (table `openings`), holds a lock file, and removes
both when it ends. A row whose lock is free belongs to a dead program: the archive was not
closed, and is checked once before it is written again.
"""

from __future__ import annotations

import logging
import re
import secrets
import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from sqlite_utils import Database

from newscrawl.archive.schema.connection import ArchiveDatabase, begin_writing
from newscrawl.archive.schema.storable import now
from newscrawl.errors import ArchiveError
from newscrawl.system.deferred import Deferred

if TYPE_CHECKING:
    import filelock
else:  # only writing needs it
    filelock = Deferred("filelock")

logger = logging.getLogger(__name__)

_TOKEN = re.compile(r"[0-9a-f]{16}")
_END_RUN = """UPDATE runs SET finish_reason = 'killed',
    finished_at = coalesce(
        (SELECT max(fetched_at) FROM observations WHERE run_id = runs.id), started_at),
    counts = (SELECT json_group_object(outcome, n) FROM (
        SELECT outcome, count(*) AS n FROM observations WHERE run_id = runs.id GROUP BY 1))
    WHERE finished_at IS NULL
        AND id IN (SELECT run_id FROM openings WHERE token = ?)"""


class WriterLock:
    """The lock and the row in `openings` of one program that writes the archive at *path*."""

    def __init__(self, path: Path) -> None:
        self._path, self._token = path, secrets.token_hex(8)
        self._lock_path = _lock_path(path, self._token)
        self._lock: filelock.BaseFileLock | None = None
        self._is_registered = False

    def register(self, db: Database) -> None:
        """Register this program within the open transaction, unless it is registered."""
        if self._is_registered:
            return
        if self._lock is None:
            self._lock = self._acquired()
        row = (self._token, now())
        db.conn.execute("INSERT INTO openings (token, opened_at) VALUES (?, ?)", row)

    def _acquired(self) -> filelock.BaseFileLock:
        # One lock for all threads: an archive may be closed by another thread.
        lock = filelock.FileLock(self._lock_path, thread_local=False)
        try:
            while True:
                self._lock_path.parent.mkdir(exist_ok=True)
                # Another program may have ended just now and removed the folder.
                with suppress(FileNotFoundError):
                    lock.acquire(timeout=0)
                    return lock
        except (OSError, filelock.Timeout) as error:
            reason = getattr(error, "strerror", None) or error
            raise ArchiveError(f"cannot write {self._lock_path}: {reason}") from error

    def confirm(self) -> None:
        """Keep the registration: its transaction was committed."""
        self._is_registered = True

    def own_run(self, db: Database, run: int) -> None:
        """Record the run that this program has begun, within the open transaction."""
        db.conn.execute("UPDATE openings SET run_id = ? WHERE token = ?", (run, self._token))

    def end(self, db: ArchiveDatabase) -> None:
        """Remove the row and the lock."""
        if self._is_registered:
            # If this fails, the archive is only checked once more than necessary.
            with suppress(sqlite3.Error, ArchiveError):
                begin_writing(db, self._path)
                db.conn.execute("DELETE FROM openings WHERE token = ?", (self._token,))
                db.conn.execute("COMMIT")
        if self._lock is not None:
            self._lock.release()
            with suppress(OSError):
                self._lock_path.unlink(missing_ok=True)
                self._lock_path.parent.rmdir()


def recover(db: ArchiveDatabase, path: Path) -> None:
    """Check the archive if a program that wrote it was killed, and end that program's run.

    Raises ArchiveError if it is damaged.
    """
    dead = [token for token in _tokens(db) if not _is_living(path, token)]
    if not dead:
        return
    logger.warning("%s was not closed when a program ended: checking it", path)
    damage = [row for (row,) in db.execute("PRAGMA quick_check(1)") if row != "ok"]
    if damage:
        raise ArchiveError(
            f"{path} is damaged, since a program was killed or the disk failed: {damage[0]}; "
            "`newscrawl check` lists all damage, `newscrawl export` saves what is readable"
        )
    begin_writing(db, path)
    try:
        for token in dead:
            db.conn.execute(_END_RUN, (token,))
            db.conn.execute("DELETE FROM openings WHERE token = ?", (token,))
        db.execute("COMMIT")
    except BaseException:
        db.rollback()
        raise
    for token in filter(_is_ours, dead):
        _lock_path(path, token).unlink(missing_ok=True)


def _tokens(db: Database) -> list[str]:
    if "openings" not in db.table_names():  # an archive of an earlier schema
        return []
    return [token for (token,) in db.execute("SELECT token FROM openings")]


def _is_ours(token: object) -> bool:
    """Return whether a `WriterLock` made *token*: others would name files anywhere."""
    return isinstance(token, str) and _TOKEN.fullmatch(token) is not None


def _is_living(path: Path, token: str) -> bool:
    return _is_ours(token) and _is_held(_lock_path(path, token))


def _is_held(lock_path: Path) -> bool:
    """Return whether a living program holds the lock, or that cannot be found out."""
    if not lock_path.exists():
        return False
    try:
        with filelock.FileLock(lock_path, timeout=0):
            return False
    except (OSError, filelock.Timeout):
        return True


def _lock_path(path: Path, token: str) -> Path:
    return path.parent / f".{path.name}.open" / f"{token}.lock"
