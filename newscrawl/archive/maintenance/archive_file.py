"""The file of an archive: copy it, shrink it, and measure its growth."""

from __future__ import annotations

import datetime as dt
import sqlite3
from pathlib import Path

import attrs
from sqlite_utils import Database

from newscrawl.archive.schema.storable import moment_from, utc_text
from newscrawl.errors import ArchiveError
from newscrawl.system.whole_file import unfinished_beside

# A record that later visits point at again counts once, when it was written.
_EVIDENCE = """
    SELECT f.path, count(*) AS records, sum(length) AS bytes,
        coalesce(sum(length) FILTER (WHERE at >= ?), 0) AS late
    FROM (SELECT evidence_file_id AS file, max(evidence_length) AS length, min(fetched_at) AS at
        FROM observations WHERE evidence_file_id IS NOT NULL
        GROUP BY evidence_file_id, evidence_offset)
    JOIN evidence_files AS f ON f.id = file GROUP BY f.id ORDER BY f.path"""


@attrs.frozen(kw_only=True)
class FileGrowth:
    """One file of evidence."""

    path: str
    """Relative to the folder of the archive."""
    records: int
    """The number of responses in it that the archive points at."""
    late_share: float
    """Share of it, 0 to 1, that was written in the last days."""


@attrs.frozen(kw_only=True)
class Growth:
    """Growth in the last days, as shares of the whole."""

    days: float
    """The number of days: fewer in a young archive, at least 1."""
    late_share: float
    """Share of all observations that are of these days, 0 to 1."""
    files: tuple[FileGrowth, ...]
    """Every file of evidence."""


def read_growth(db: Database, now: dt.datetime, days: int = 30) -> Growth:
    """Return the growth in the *days* before *now*."""
    first, count = db.execute("SELECT min(fetched_at), count(*) FROM observations").fetchone()
    since = utc_text(now - dt.timedelta(days=days))
    late = db.execute(
        "SELECT count(*) FROM observations WHERE fetched_at >= ?", [since]
    ).fetchone()[0]
    span = (now - moment_from(first)).total_seconds() / 86_400 if first else 0.0
    return Growth(
        days=max(1.0, min(float(days), span)),
        late_share=late / count if count else 0.0,
        files=tuple(
            FileGrowth(path=path, records=records, late_share=late / max(size, 1))
            for path, records, size, late in db.execute(_EVIDENCE, [since])
        ),
    )


def copy_to(db: Database, target: Path) -> None:
    """Copy the archive to *target* while others go on writing it.

    The copy appears whole or not at all. Raises ArchiveError if *target* exists or cannot be
    written.
    """
    if target.exists():
        raise ArchiveError(f"{target} exists already; a backup never overwrites a file")
    try:
        unfinished = unfinished_beside(target, mode=0o640)
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


def shrink(db: Database) -> int:
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
