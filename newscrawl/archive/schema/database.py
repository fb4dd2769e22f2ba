"""Open an archive, or say in one line why not. Nothing here reads or writes an article."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlite_utils import Database

from newscrawl.archive.schema.connection import (
    BUSY_SECONDS,
    ArchiveDatabase,
    begin_writing,
)
from newscrawl.archive.schema.foreign_code import refuse_foreign_code, refuse_views_for_tables
from newscrawl.archive.schema.functions import register_functions
from newscrawl.archive.schema.migrations import (
    APPLICATION_ID,
    MIGRATIONS,
    recreate_views,
    schema_version,
)
from newscrawl.archive.schema.own_views import restore_view_of_index, use_own_views
from newscrawl.archive.schema.read_only import read_only_uri
from newscrawl.archive.schema.row_digests import maintain_digests
from newscrawl.archive.schema.writer_locks import forget_others, recover, refuse_foreign_log
from newscrawl.errors import ArchiveError
from newscrawl.system.deferred import deferred
from newscrawl.system.sqlite_errors import code_of

if TYPE_CHECKING:
    from newscrawl.archive.maintenance import archive_file
    from newscrawl.archive.search import index
else:  # only writing needs them
    archive_file, index = deferred(
        "newscrawl.archive", "maintenance.archive_file", "search.index"
    )

_FILE_MODE = 0o640
_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_NOT_WRITABLE = "the file or its folder cannot be written"
_ROOM_TO_READ = 2**20
"""Bytes: SQLite lays an index of 32 KB and more beside an archive that it opens."""
_CACHE_KIB = 16_384


def open_database(path: Path) -> ArchiveDatabase:
    """Open the archive at *path* for writing, creating or upgrading it as needed.

    Raises ArchiveError if the file is no archive, is newer than this program, or cannot be
    written.
    """
    _refuse_folder(path)
    if not path.parent.is_dir():
        raise ArchiveError(f"there is no folder {path.parent} to keep {path.name} in")
    _make(path)
    refuse_foreign_log(path)
    with _one_clear_error(path):
        db = _connect(f"{path.resolve().as_uri()}?mode=rw")
        try:
            _refuse_what_is_no_archive(db, path)
            refuse_foreign_code(db, path, is_written=True)
            _set_wal(db)
            recover(db, path)
            _upgrade(db, path)
            forget_others(db, path)
            maintain_digests(db)
            restore_view_of_index(db)
            refuse_views_for_tables(db, path)
            use_own_views(db)
        except BaseException:
            db.close()
            raise
    return db


def open_database_read_only(path: Path) -> ArchiveDatabase:
    """Open the archive at *path* so that nothing can be written through it.

    Raises ArchiveError if `open_database` does, or the schema is an older one.
    """
    if not path.exists():
        raise ArchiveError(f"there is no archive at {path}")
    _refuse_folder(path)
    refuse_foreign_log(path)
    with _one_clear_error(path):
        db = _connect(read_only_uri(path))
        try:
            _refuse_what_is_no_archive(db, path)
            refuse_foreign_code(db, path, is_written=False)
            version = _pragma(db, "user_version")
            if version < schema_version():
                raise ArchiveError(
                    f"{path} has schema {version}, this newscrawl reads {schema_version()}: "
                    "open it for writing once (any crawl does), and it is upgraded"
                )
            refuse_views_for_tables(db, path)
            use_own_views(db)
            db.execute("PRAGMA query_only = ON")
        except BaseException:
            db.close()
            raise
    return db


def _make(path: Path) -> None:
    """Make the file, which others may not read; SQLite gives its -wal the same mode.

    One that is there is not opened: to close it would end the locks that SQLite has on it in
    this process. https://sqlite.org/howtocorrupt.html, 2.2
    """
    try:
        os.close(os.open(path.resolve(), os.O_CREAT | os.O_EXCL | os.O_RDWR, _FILE_MODE))
    except FileExistsError:
        pass
    except OSError as error:
        if not path.exists():
            raise ArchiveError(f"cannot open {path}: {_NOT_WRITABLE}") from error


def _connect(uri: str) -> ArchiveDatabase:
    connection = sqlite3.connect(
        uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    # Plugins of sqlite-utils are other people's code; the archive opens the same everywhere.
    db = ArchiveDatabase(connection, execute_plugins=False)
    register_functions(connection)
    for pragma in (
        "synchronous = FULL",
        "foreign_keys = ON",
        # What is deleted (a withdrawn text) is overwritten.
        "secure_delete = ON",
        "temp_store = MEMORY",
        f"cache_size = -{_CACHE_KIB}",
    ):
        db.execute(f"PRAGMA {pragma}")
    return db


def _refuse_folder(path: Path) -> None:
    if path.is_dir():
        raise ArchiveError(f"{path} is a folder; the archive is a file in one")


def _refuse_what_is_no_archive(db: Database, path: Path) -> None:
    application = _pragma(db, "application_id")
    if application != APPLICATION_ID and (application or _is_in_use(db)):
        raise ArchiveError(f"{path} is a database of another program; choose another file")
    version = _pragma(db, "user_version")
    if version > schema_version():
        raise ArchiveError(
            f"{path} was written by a newer newscrawl (schema {version}, "
            f"this one knows {schema_version()}): upgrade newscrawl"
        )


def _is_in_use(db: Database) -> bool:
    return bool(db.execute("SELECT EXISTS (SELECT 1 FROM sqlite_master)").fetchone()[0])


def _set_wal(db: Database) -> None:
    """Switch to write-ahead logging, once. The busy timeout does not cover this switch."""
    deadline = time.monotonic() + BUSY_SECONDS
    while db.journal_mode != "wal":
        try:
            # Read to its end: a profiler may hold the cursor, and with it a write in progress.
            db.execute("PRAGMA journal_mode = wal").fetchall()
            return
        except sqlite3.OperationalError as error:
            if code_of(error) not in _BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def _upgrade(db: ArchiveDatabase, path: Path) -> None:
    """Apply the migrations that are missing, in one transaction, and keep a copy as it was.

    The search index is no part of the schema: one of an older program is rebuilt.
    """
    version = _pragma(db, "user_version")
    if version == schema_version() and index.is_index_complete(db):
        return
    copy = path.with_name(f"{path.name}.schema-{version}")
    if 0 < version < schema_version() and not copy.exists():
        archive_file.copy_to(db, copy)
    begin_writing(db, path)
    try:
        # Another process may have been first.
        _refuse_what_is_no_archive(db, path)
        MIGRATIONS.apply(db)
        recreate_views(db)
        index.complete_index(db)
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute(f"PRAGMA user_version = {schema_version()}")
        db.execute("COMMIT")
    except BaseException:
        db.rollback()
        raise


def _pragma(db: Database, name: str) -> int:
    return int(db.execute(f"PRAGMA {name}").fetchone()[0])


@contextmanager
def _one_clear_error(path: Path) -> Iterator[None]:
    try:
        yield
    except UnicodeDecodeError as error:  # of a name in the schema
        raise ArchiveError(f"cannot open {path}: the file is damaged") from error
    except sqlite3.Error as error:
        if code_of(error) == sqlite3.SQLITE_NOTADB:
            raise ArchiveError(f"{path} is not an SQLite database") from error
        raise ArchiveError(f"cannot open {path}: {_reason(error, path)}") from error


def _reason(error: sqlite3.Error, path: Path) -> str:
    text = str(error)
    is_of_disk = code_of(error) in {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL}
    if is_of_disk and shutil.disk_usage(path.parent).free < _ROOM_TO_READ:
        return "its disk is full. Free some: reading needs room for files beside it, too"
    if "readonly" in text or "unable to open" in text:
        return _NOT_WRITABLE
    return text
