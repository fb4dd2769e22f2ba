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
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from sqlite_utils import Database

from newscrawl.archive.schema.checkpoints import is_continued_by
from newscrawl.archive.schema.connection import ArchiveDatabase, begin_writing, is_open_here
from newscrawl.archive.schema.storable import now
from newscrawl.errors import ArchiveError
from newscrawl.system.deferred import Deferred

if TYPE_CHECKING:
    import filelock
else:  # only writing needs it
    filelock = Deferred("filelock")

logger = logging.getLogger(__name__)

_LOCK, _IDENTITY = ".lock", ".archive"
"""Suffixes of the lock of a program, and of the file that says which archive it writes."""
_HAS_RUNS = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'runs'"
_FIRST_RUN = "SELECT token FROM runs ORDER BY id LIMIT 1"
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
        self._identity_path = self._lock_path.with_suffix(_IDENTITY)
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
        self._write_identity(db)

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
        self._write_identity(db)

    def _write_identity(self, db: Database) -> None:
        """Say beside the lock which archive is written, for `refuse_foreign_log`."""
        first = db.conn.execute(_FIRST_RUN).fetchone()
        if first is not None:
            with suppress(OSError):
                self._identity_path.write_text(first[0], "ascii")

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
                self._identity_path.unlink(missing_ok=True)
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
    _remove_locks([_lock_path(path, token) for token in filter(_is_ours, dead)])


def refuse_foreign_log(path: Path) -> None:
    """Raise ArchiveError if the log beside the archive at *path* is of another archive.

    A program that was killed leaves its log. If a backup is then put in the place of the
    archive, SQLite copies that log over it, page by page. The first run identifies an archive.
    """
    log = path.with_name(f"{path.name}-wal")
    if not log.exists() or not log.stat().st_size:
        return
    if not _is_written(path) or not _continues(path, log):
        raise ArchiveError(
            f"{log} is not the log of {path}, but of one that stood there before and was not "
            f"closed. Move {log} and {path}-shm to that archive, or away, and run again"
        )


def _is_written(path: Path) -> bool:
    """Return whether the archive at *path* may be the one that programs here have written."""
    written = {_text_of(file) for file in _identities(path)}
    first = _first_run(path) if written else None
    return first is None or first in written


def _continues(path: Path, log: Path) -> bool:
    """Return whether *log* may continue the file at *path*; true if a program has it open."""
    if is_open_here(path) or is_continued_by(path, log):
        return True
    return any(map(_is_held, _folder(path).glob(f"*{_LOCK}")))


def forget_others(db: Database, path: Path) -> None:
    """Remove the locks of dead programs that wrote another archive here."""
    first = db.execute(_FIRST_RUN).fetchone()
    if first is not None:
        others = [file for file in _identities(path) if _text_of(file) != first[0]]
        locks = [file.with_suffix(_LOCK) for file in others]
        _remove_locks([lock_path for lock_path in locks if not _is_held(lock_path)])


def _remove_locks(lock_paths: list[Path]) -> None:
    for lock_path in lock_paths:
        lock_path.with_suffix(_IDENTITY).unlink(missing_ok=True)
        lock_path.unlink(missing_ok=True)


def _identities(path: Path) -> list[Path]:
    return list(_folder(path).glob(f"*{_IDENTITY}"))


def _text_of(file: Path) -> str:
    with suppress(OSError):
        return file.read_text("ascii", "replace")
    return ""


def _first_run(path: Path) -> str | None:
    """Return the token of the first run in the file at *path*, read without its log.

    None if the file has none yet, or cannot be read without its log.
    """
    uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
    with suppress(sqlite3.Error), closing(sqlite3.connect(uri, uri=True)) as connection:
        # A view could take any time, and is refused later.
        if connection.execute(_HAS_RUNS).fetchone():
            row = connection.execute(_FIRST_RUN).fetchone()
            return str(row[0]) if row else None
    return None


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
    return _folder(path) / f"{token}{_LOCK}"


def _folder(path: Path) -> Path:
    return path.parent / f".{path.name}.open"
