"""The sqlite-utils Database of an archive, with less work for each statement.

One program at a time writes an archive; the others wait for their turn, and say for whom.
"""

from __future__ import annotations

import logging
import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlite_utils import Database
from sqlite_utils.utils import dedupe_keys

from newscrawl.errors import ArchiveError
from newscrawl.system.sqlite_errors import code_of

logger = logging.getLogger(__name__)

BUSY_SECONDS = 60.0
"""The longest that a program waits for another one that writes."""
NOTICE_SECONDS = 10.0
"""Time after which the log says for which program it waits."""

_OPEN_FILES = Path("/dev/fd")
"""The folder with the numbers of the files that this process has open; Windows has none."""
_WRITE_LOCK = 120
"""The byte of the -shm file that a writer locks: https://sqlite.org/walformat.html#locks."""
_LOCK = re.compile(r"^\d+: POSIX +ADVISORY +WRITE (\d+) \S+:(\d+) (\d+) ", re.MULTILINE)


class ArchiveDatabase(Database):
    """A Database whose queries and nested transactions take no statements of their own."""

    has_waited_in_vain = False
    """True if its last transaction could not begin, since another program wrote."""

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


def begin_writing(db: ArchiveDatabase, path: Path) -> None:
    """Begin a transaction that writes the archive at *path*, when no other program does.

    Raises ArchiveError if one still does after BUSY_SECONDS; from then on after NOTICE_SECONDS,
    so that a program which gives up does not wait again for each thing that it would still do.
    """
    if _begins_within(db, NOTICE_SECONDS):
        return
    if not db.has_waited_in_vain:
        logger.warning("waiting for %s, to write %s", _writer(path), path)
        if _begins_within(db, BUSY_SECONDS - NOTICE_SECONDS):
            return
    db.has_waited_in_vain = True
    raise ArchiveError(
        f"cannot write {path}: waited {BUSY_SECONDS:.0f} s for {_writer(path)}. Let it go on, "
        "or end it, and run again: nothing of what was committed is lost"
    )


def _begins_within(db: ArchiveDatabase, seconds: float) -> bool:
    _wait_at_most(db, seconds)
    try:
        db.conn.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if code_of(error) != sqlite3.SQLITE_BUSY:
            raise
        return False
    finally:
        _wait_at_most(db, BUSY_SECONDS)
    db.has_waited_in_vain = False
    return True


def _wait_at_most(db: ArchiveDatabase, seconds: float) -> None:
    db.conn.execute(f"PRAGMA busy_timeout = {seconds * 1000:.0f}").fetchall()


def _writer(path: Path) -> str:
    """Return the process that writes the archive at *path* now, in words."""
    process = writer_of(path)
    if process is None:
        return "another program that writes"
    return f"process {process}{' (stopped)' if _is_stopped(process) else ''}, which writes"


def writer_of(path: Path) -> int | None:
    """Return the id of the process that writes the archive at *path*; None if it is not known.

    Only Linux lists the locks of all programs. To ask for those of a file it would have to be
    opened, and closing it would end the locks that SQLite has on it in this process.
    """
    with suppress(OSError):
        inode = path.with_name(f"{path.name}-shm").stat().st_ino
        locks = _LOCK.findall(Path("/proc/locks").read_text("ascii", "replace"))
        for process, number, start in locks:
            if int(number) == inode and int(start) == _WRITE_LOCK and int(process):
                return int(process)
    return None


def is_open_here(path: Path) -> bool:
    """Return whether this process may have the file at *path* open.

    If SQLite has, to open and to close it once more would end its locks: another process would
    delete the log as the last one. https://sqlite.org/howtocorrupt.html, 2.2
    """
    try:
        file = path.stat()
        numbers = [int(entry.name) for entry in _OPEN_FILES.iterdir()]
    except OSError:
        return True
    return any(_is_of(number, file) for number in numbers)


def _is_of(number: int, file: os.stat_result) -> bool:
    with suppress(OSError):  # closed by now
        return os.path.samestat(os.fstat(number), file)
    return False


def _is_stopped(process: int) -> bool:
    """Return whether a process was stopped by a signal, and will not go on by itself."""
    with suppress(OSError):
        state = Path(f"/proc/{process}/stat").read_text("utf-8", "replace")
        return state.rpartition(")")[2].split()[:1] == ["T"]
    return False
