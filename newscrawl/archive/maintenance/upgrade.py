"""The upgrade of an archive to the present schema, and a rehearsal of it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import attrs

from newscrawl.archive.maintenance.check import problems
from newscrawl.archive.schema.database import open_database
from newscrawl.archive.schema.migrations import schema_version
from newscrawl.archive.schema.read_only import read_only_uri
from newscrawl.archive.search.index import reindex
from newscrawl.errors import ArchiveError
from newscrawl.system.sqlite_errors import code_of


@attrs.frozen(kw_only=True)
class Upgrade:
    """The steps that an archive needs."""

    schema: int
    """The schema of the archive."""
    wanted: int
    """The schema of this program."""
    size: int
    """Bytes of the copy that stays beside the archive."""

    @property
    def is_needed(self) -> bool:
        """True if the archive has an older schema."""
        return self.schema < self.wanted


def read_upgrade(path: Path) -> Upgrade:
    """Return the steps that the archive at *path* needs; nothing is changed.

    Raises ArchiveError if there is no archive, or none of ours.
    """
    try:
        size = path.stat().st_size
    except OSError as error:
        raise ArchiveError(f"there is no archive at {path}: {error.strerror}") from error
    if not size:  # SQLite takes an empty file for an empty database
        raise ArchiveError(f"{path} is not an SQLite database")
    try:
        with closing(sqlite3.connect(read_only_uri(path), uri=True)) as connection:
            (schema,) = connection.execute("PRAGMA user_version").fetchone()
    except sqlite3.Error as error:
        if code_of(error) == sqlite3.SQLITE_NOTADB:
            raise ArchiveError(f"{path} is not an SQLite database") from error
        raise ArchiveError(f"cannot open {path}: {error}") from error
    return Upgrade(schema=schema, wanted=schema_version(), size=size)


def rehearse(path: Path) -> tuple[str, ...]:
    """Upgrade a copy of the archive at *path*; return the problems of the upgraded copy.

    The copy is in the folder of the archive, and removed afterwards. Raises ArchiveError if the
    upgrade fails.
    """
    try:
        with TemporaryDirectory(prefix=".upgrade-", dir=path.parent) as folder:
            copy = Path(folder, path.name)
            source = sqlite3.connect(read_only_uri(path), uri=True)
            target = sqlite3.connect(copy)
            try:
                source.backup(target)
            finally:
                target.close()
                source.close()
            db = open_database(copy)
            try:
                reindex(db)  # with the present list of words
                return tuple(problems(db, None))
            finally:
                db.close()
    except (OSError, sqlite3.Error) as error:
        raise ArchiveError(f"{path} cannot be upgraded: {error}") from error
