"""The study file beside an archive: opened, created, upgraded, and written in transactions.

`NAME.study.db` beside `NAME.db` holds the work of researchers on the articles: searches,
collections, notes, tags, codebook and codes. No crawl, import, merge or withdrawal writes it.
Articles are named by site and key, so that it fits any archive of the same pages.
"""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from importlib.resources import files
from pathlib import Path

from sqlite_utils import Database

from newscrawl.archive.schema.read_only import read_only_uri
from newscrawl.archive.search.problems import Problem
from newscrawl.errors import StudyError, UsageError
from newscrawl.system.project import study_path
from newscrawl.system.sqlite_errors import code_of

APPLICATION_ID = 0x6E637374  # "ncst"
STEPS = ("s001_tables",)
"""The scripts of the schema, in their order. One is never edited once it is released."""
BUSY_SECONDS = 30.0
_FILE_MODE = 0o640
_LONGEST_NAME = 200
_JOINERS = dict.fromkeys(map(ord, "\u200c\u200d"))
"""Invisible characters that are spelling in Persian and other languages."""
_SCHEMA = """SELECT type, name, sql FROM sqlite_master
    WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"""
_CODE = "SELECT name FROM sqlite_master WHERE type IN ('trigger', 'view')"


class StudyFile:
    """The study file of one archive, open for reading and writing; a context manager.

    It is made if there is none, with the permissions of the archive. Raises StudyError if it
    is no study file, is of a newer newscrawl, or cannot be written.
    """

    def __init__(self, archive: Path, *, is_read_only: bool = False) -> None:
        self.path = study_path(archive)
        with _clear_errors(self.path):
            _refuse_folder(self.path)
            if not is_read_only:
                _make(self.path, archive)
            uri = read_only_uri(self.path) if is_read_only else f"{_uri(self.path)}?mode=rw"
            is_empty = is_read_only and not (self.path.exists() and self.path.stat().st_size)
            self.db = _connect(":memory:" if is_empty else uri)
            try:
                _refuse_other_programs(self.db, self.path)
                if is_empty or not is_read_only:
                    _upgrade(self.db)
                _refuse_other_schemas(self.db, self.path)
                if is_read_only:
                    self.db.execute("PRAGMA query_only = ON")
            except BaseException:
                self.db.close()
                raise

    @classmethod
    def open_read_only(cls, archive: Path) -> StudyFile:
        """Open the study file so that nothing can be written; an empty one if there is none."""
        return cls(archive, is_read_only=True)

    def __enter__(self) -> StudyFile:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file. Everything written is on disk already."""
        self.db.close()

    @contextmanager
    def transaction(self) -> Iterator[Database]:
        """Hold one transaction over the block. Raises StudyError if SQLite refuses."""
        with _clear_errors(self.path):
            self.db.execute("BEGIN IMMEDIATE")
            try:
                yield self.db
                self.db.execute("COMMIT")
            except BaseException:
                self.db.rollback()
                raise

    @contextmanager
    def reading(self) -> Iterator[Database]:
        """Hold one state of the file over the block. Raises StudyError if SQLite refuses."""
        with _clear_errors(self.path):
            self.db.execute("BEGIN")
            try:
                yield self.db
            finally:
                self.db.rollback()


def name_of(text: str, kind: str) -> str:
    """Return *text* as a name: on one line, without spaces around it.

    *kind* is used in messages. Raises UsageError if it is empty, longer than 200 characters or
    has invisible characters.
    """
    name = " ".join(text.split())
    if not name:
        raise UsageError(Problem("study_no_name", kind=kind))
    if len(name) > _LONGEST_NAME:
        raise UsageError(Problem("study_long_name", kind=kind, most=_LONGEST_NAME))
    if not name.translate(_JOINERS).isprintable():
        raise UsageError(Problem("study_odd_name", kind=kind))
    return name


@contextmanager
def _clear_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, UnicodeDecodeError) as error:
        if code_of(error) == sqlite3.SQLITE_NOTADB:
            raise StudyError(f"{path} is not an SQLite database") from error
        raise StudyError(f"the study file {path} refused: {_reason(error)}") from error
    except OSError as error:
        raise StudyError(f"cannot open {path}: {error.strerror or error}") from error


def _reason(error: Exception) -> str:
    text = str(error)
    if "readonly" in text or "unable to open" in text:
        return "the file or its folder cannot be written"
    return "its disk is full" if "disk is full" in text else text


def _uri(path: Path) -> str:
    return path.resolve().as_uri()


def _refuse_folder(path: Path) -> None:
    if path.is_dir():
        raise StudyError(f"{path} is a folder")


def _make(path: Path, archive: Path) -> None:
    """Make the file with the permissions and group of *archive*, if there is none."""
    try:
        opened = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, _FILE_MODE)
    except FileExistsError:
        return
    with os.fdopen(opened, "rb"), suppress(OSError):
        found = archive.stat()
        path.chmod(stat.S_IMODE(found.st_mode) & 0o666)
        os.chown(path, -1, found.st_gid)


def _connect(uri: str) -> Database:
    connection = sqlite3.connect(
        uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    db = Database(connection, execute_plugins=False)
    for pragma in ("synchronous = FULL", "foreign_keys = ON", "secure_delete = ON"):
        db.execute(f"PRAGMA {pragma}")
    return db


def _refuse_other_programs(db: Database, path: Path) -> None:
    application, version = _pragma(db, "application_id"), _pragma(db, "user_version")
    is_used = db.execute("SELECT EXISTS (SELECT 1 FROM sqlite_master)").fetchone()[0]
    if application != APPLICATION_ID and (application or is_used):
        raise StudyError(f"{path} is a database of another program; move it away")
    if version > len(STEPS):
        raise StudyError(
            f"{path} was written by a newer newscrawl (schema {version}, "
            f"this one knows {len(STEPS)}): upgrade newscrawl"
        )


def _upgrade(db: Database) -> None:
    """Apply the steps that are missing, in one transaction."""
    if _pragma(db, "user_version") == len(STEPS):
        return
    db.execute("PRAGMA journal_mode = wal").fetchall()
    db.execute("BEGIN IMMEDIATE")
    try:
        for step in STEPS[_pragma(db, "user_version") :]:  # another process may be first
            for statement in _statements(step):
                db.execute(statement)
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute(f"PRAGMA user_version = {len(STEPS)}")
        db.execute("COMMIT")
    except BaseException:
        db.rollback()
        raise


def _statements(step: str) -> Iterator[str]:
    script = files("newscrawl.study").joinpath("sql", f"{step}.sql").read_text("utf-8")
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _refuse_other_schemas(db: Database, path: Path) -> None:
    """Refuse triggers, views, and tables of ours that another program has changed.

    SQLite would run code in them with each change or row.
    """
    if _pragma(db, "user_version") < len(STEPS):
        raise StudyError(f"{path} has an older schema: any command that writes upgrades it")
    code = db.execute(_CODE).fetchone()
    if code is not None:
        raise StudyError(f"{path} has {code[0]}, a trigger or view that newscrawl never made")
    if not _own_schema() <= set(db.execute(_SCHEMA).fetchall()):
        raise StudyError(f"the tables of {path} are not as newscrawl made them")


@cache
def _own_schema() -> frozenset[tuple[str, str, str]]:
    db = _connect(":memory:")
    try:
        _upgrade(db)
        return frozenset(db.execute(_SCHEMA).fetchall())
    finally:
        db.close()


def _pragma(db: Database, name: str) -> int:
    return int(db.execute(f"PRAGMA {name}").fetchone()[0])
