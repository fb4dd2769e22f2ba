"""Keep an archive for years: check it, copy it, and give unused space back."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from sqlite_utils import Database

from newscrawl.archive.maintenance.digests import changed_values
from newscrawl.archive.search.index import check_index
from newscrawl.errors import ArchiveError
from newscrawl.whole_file import unfinished_beside

_RULES = {
    "article {} is neither kept nor withdrawn": """
        SELECT id FROM articles WHERE version_id IS NULL AND withdrawn_at IS NULL""",
    "article {} is withdrawn, but its text is still here": """
        SELECT a.id FROM articles AS a JOIN versions AS v ON v.article_id = a.id
        WHERE a.withdrawn_at IS NOT NULL GROUP BY a.id""",
    "article {} shows a version of another article": """
        SELECT a.id FROM articles AS a JOIN versions AS v ON v.id = a.version_id
        WHERE v.article_id <> a.id""",
    "article {} has no address": """
        SELECT id FROM articles
        WHERE id NOT IN (SELECT article_id FROM addresses)""",
    "article {} was last seen before it was first seen": """
        SELECT id FROM articles WHERE last_seen < first_seen""",
    "version {} was last seen before it was first seen": """
        SELECT id FROM versions WHERE last_seen < first_seen""",
    "version {} was never observed": """
        SELECT id FROM versions WHERE superseded_by IS NULL AND id NOT IN (
            SELECT version_id FROM observations WHERE version_id IS NOT NULL)""",
    "article {} shows a version that another has superseded": """
        SELECT a.id FROM articles AS a JOIN versions AS v ON v.id = a.version_id
        WHERE v.superseded_by IS NOT NULL""",
    "observation {} shows a version of another article": """
        SELECT o.id FROM observations AS o JOIN versions AS v ON v.id = o.version_id
        WHERE v.article_id <> o.article_id""",
    "the sketch of version {} is gone, but some of its numbers are still here": """
        SELECT version_id FROM sketch_numbers
        WHERE version_id NOT IN (SELECT version_id FROM sketches) GROUP BY version_id""",
}
"""What must never be true of an archive, and how to find it."""

_RECORDS = (b"\x1f\x8b", b"WARC/", b"http://", b"https:/")
"""How records begin: packed, plain, and those of ARC files."""


def problems(db: Database, folder: Path | None) -> Iterator[str]:
    """Yield one line for each thing that is wrong; nothing where all is well.

    Looks at SQLite's own structures, foreign keys, the rules between tables, and whether each
    pointer to evidence (relative to *folder*, unless that is None) leads to a record.
    """
    damage = _damage(db)
    if damage:
        yield from (f"SQLite: {line}" for line in damage)
        return  # queries over damaged pages would fail at random
    for table, row_id, parent, _ in db.execute("PRAGMA foreign_key_check"):
        yield f"row {row_id} of {table} points at a row of {parent} that is not there"
    for message, query in _RULES.items():
        yield from (message.format(found) for (found,) in db.execute(query))
    yield from changed_values(db)
    yield from check_index(db)
    if folder is not None:
        yield from _evidence_problems(db, folder)


def _damage(db: Database) -> list[str]:
    """Return what SQLite says of its own structures; nothing where they are sound."""
    try:
        lines = [str(row[0]) for row in db.execute("PRAGMA quick_check(20)")]
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:  # it cannot even be checked
        return [str(error)]
    return [line for line in lines if line != "ok"]


def _evidence_problems(db: Database, folder: Path) -> Iterator[str]:
    files = db.execute("SELECT id, path FROM evidence_files ORDER BY path").fetchall()
    for file_id, path in files:
        pointers = db.execute(
            """SELECT id, evidence_offset, evidence_length FROM observations
            WHERE evidence_file_id = ? ORDER BY evidence_offset""",
            [file_id],
        )
        try:
            with (folder / path).open("rb") as file:
                size = file.seek(0, 2)
                for observation, offset, length in pointers:
                    file.seek(offset)
                    if offset + length > size or not file.read(7).startswith(_RECORDS):
                        yield f"the evidence of observation {observation} is not in {path}"
        except OSError as error:
            yield f"the evidence in {path} cannot be read: {error.strerror}"


def copy_to(db: Database, target: Path) -> None:
    """Copy the archive to *target* while others go on writing it.

    The copy appears whole or not at all. Raises ArchiveError where *target* exists or cannot be
    written.
    """
    if target.exists():
        raise ArchiveError(f"{target} exists already; a backup never overwrites a file")
    try:
        unfinished = unfinished_beside(target)
    except OSError as error:
        raise ArchiveError(f"cannot write the backup {target}: {error}") from error
    try:
        copy = sqlite3.connect(unfinished)
        try:
            db.conn.backup(copy)
            # One file, without a -wal beside it that could be forgotten.
            copy.execute("PRAGMA journal_mode = DELETE")
        finally:
            copy.close()
        unfinished.replace(target)
    except (sqlite3.Error, OSError) as error:
        unfinished.unlink(missing_ok=True)
        raise ArchiveError(f"cannot write the backup {target}: {error}") from error


def give_space_back(db: Database) -> int:
    """Rewrite the file without unused pages; return the bytes that it became smaller by."""
    before = _size(db)
    db.execute("VACUUM")
    db.execute("ANALYZE")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return before - _size(db)


def _size(db: Database) -> int:
    pages, size = (
        db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size")
    )
    return int(pages) * int(size)
