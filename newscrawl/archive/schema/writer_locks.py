"""Who writes the archive just now, and what a program that was killed has left behind.

A program notes itself with its first change and takes the note away when it ends. A note whose
program is dead means that the archive was not closed: it is checked once, before it is written.
"""

from __future__ import annotations

import fcntl
import logging
import secrets
import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import IO

from sqlite_utils import Database

from newscrawl.archive.write.storable import now
from newscrawl.errors import ArchiveError

logger = logging.getLogger(__name__)

_END_RUN = """UPDATE runs SET finish_reason = 'killed',
    finished_at = coalesce(
        (SELECT max(fetched_at) FROM observations WHERE run_id = runs.id), started_at),
    counts = (SELECT json_group_object(outcome, n) FROM (
        SELECT outcome, count(*) AS n FROM observations WHERE run_id = runs.id GROUP BY 1))
    WHERE finished_at IS NULL
        AND id IN (SELECT run_id FROM openings WHERE token = ?)"""


class Opening:
    """The note of one program that writes the archive at *path*."""

    def __init__(self, path: Path) -> None:
        self._token = secrets.token_hex(8)
        self._lock_path = _lock_folder(path) / f"{self._token}.lock"
        self._lock: IO[bytes] | None = None
        self._is_noted = False

    def note(self, db: Database) -> None:
        """Note that the archive is written, within the open transaction."""
        if self._is_noted:
            return
        if self._lock is None:
            self._lock = self._locked()
        row = (self._token, now())
        db.conn.execute("INSERT INTO openings (token, opened_at) VALUES (?, ?)", row)

    def _locked(self) -> IO[bytes]:
        try:
            while True:
                self._lock_path.parent.mkdir(exist_ok=True)
                # Another program may have ended just now, and taken the folder away.
                with suppress(FileNotFoundError):
                    file = self._lock_path.open("wb")
                    fcntl.flock(file, fcntl.LOCK_EX)
                    return file
        except OSError as error:
            raise ArchiveError(f"cannot write {self._lock_path}: {error.strerror}") from error

    def was_kept(self) -> None:
        """Know that the transaction of `note` was committed."""
        self._is_noted = True

    def belongs_to(self, db: Database, run: int) -> None:
        """Note the run that this program has begun, within the open transaction."""
        db.conn.execute("UPDATE openings SET run_id = ? WHERE token = ?", (run, self._token))

    def end(self, db: Database) -> None:
        """Take the note away: what was written is whole."""
        if self._is_noted:
            # Where this fails, the archive is only checked once more than it must be.
            with suppress(sqlite3.Error):
                db.conn.execute("DELETE FROM openings WHERE token = ?", (self._token,))
        if self._lock is not None:
            self._lock_path.unlink(missing_ok=True)
            self._lock.close()
            with suppress(OSError):
                self._lock_path.parent.rmdir()


def recover(db: Database, path: Path) -> None:
    """Check the archive where a program that wrote it was killed, and end that program's run.

    Raises ArchiveError where it is damaged.
    """
    dead = [token for token in _tokens(db) if _is_dead(path, token)]
    if not dead:
        return
    logger.warning("%s was not closed when a program ended: checking it", path)
    damage = [row for (row,) in db.execute("PRAGMA quick_check(1)") if row != "ok"]
    if damage:
        raise ArchiveError(
            f"{path} is damaged, since a program was killed or the disk failed: {damage[0]}; "
            "`newscrawl check` tells all, `newscrawl export` saves what is readable"
        )
    db.execute("BEGIN IMMEDIATE")
    try:
        for token in dead:
            db.conn.execute(_END_RUN, (token,))
            db.conn.execute("DELETE FROM openings WHERE token = ?", (token,))
        db.execute("COMMIT")
    except BaseException:
        db.rollback()
        raise
    for token in dead:
        (_lock_folder(path) / f"{token}.lock").unlink(missing_ok=True)


def _tokens(db: Database) -> list[str]:
    if "openings" not in db.table_names():  # an archive of an earlier schema
        return []
    return [token for (token,) in db.execute("SELECT token FROM openings")]


def _is_dead(path: Path, token: str) -> bool:
    """Whether nobody holds the lock file of *token* any more."""
    try:
        with (_lock_folder(path) / f"{token}.lock").open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True


def _lock_folder(path: Path) -> Path:
    return path.parent / f".{path.name}.open"
