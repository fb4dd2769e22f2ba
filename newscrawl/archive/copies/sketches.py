"""Sketch the current texts of articles in batches, and delete the sketches of old texts.

Every function here runs within one open transaction.
"""

from __future__ import annotations

from array import array
from typing import Any

import attrs
from sqlite_utils import Database

from newscrawl.archive.copies import (
    METHOD,
    ComparedText,
    compared_text,
    is_copy,
    likeness_of,
    sketch_of,
)

_TEXT = """SELECT v.dateline_raw, v.source_credit, b.article_body
    FROM versions AS v JOIN bodies AS b ON b.id = v.body_id WHERE v.id = ?"""
_PENDING = """SELECT a.version_id, a.id, a.site_id,
        (SELECT count(*) FROM versions AS w WHERE w.article_id = a.id) AS versions
    FROM versions AS v JOIN articles AS a ON a.version_id = v.id
    LEFT JOIN sketches AS s ON s.version_id = v.id
    WHERE v.id > ? AND v.page_kind = 'article'
        AND (s.version_id IS NULL OR s.method <> ?)
    ORDER BY v.id LIMIT ?"""


@attrs.frozen
class Pending:
    """An article whose present text has no sketch yet."""

    version_id: int
    article_id: int
    site_id: int
    versions: int


def is_sketched(db: Database) -> bool:
    """Return whether no version has come since sketches were made last."""
    newest = db.execute("SELECT coalesce(max(id), 0) FROM versions").fetchone()[0]
    return _newest_sketched(db) >= int(newest)


def sketch_some(db: Database, count: int) -> int:
    """Sketch up to *count* articles whose text is new; return how many there were."""
    if is_sketched(db):
        return 0
    newest = db.execute("SELECT max(id) FROM versions").fetchone()[0]
    rows = db.execute(_PENDING, [_newest_sketched(db), METHOD, count]).fetchall()
    for row in rows:
        _sketch(db, Pending(*row))
    looked_at = rows[-1][0] if len(rows) == count else newest
    _record_newest_sketched(db, looked_at)
    return len(rows)


def read_compared_text(db: Database, version_id: int) -> ComparedText | None:
    """Return a version's text as it is compared; None if it is gone."""
    row = db.execute(_TEXT, [version_id]).fetchone()
    if row is None:
        return None
    dateline, credit, body = row
    return compared_text(body, dateline=dateline, credit=credit)


def delete_sketches(db: Database, article_id: int) -> set[int]:
    """Remove every trace of an article's text; return the texts that it was a pair with."""
    partners: set[int] = set()
    rows = db.execute(
        "SELECT version_id, site_id, numbers FROM sketches WHERE article_id = ?", [article_id]
    ).fetchall()
    for version_id, site_id, numbers in rows:
        partners |= partners_of(db, version_id)
        db.conn.executemany(
            "DELETE FROM sketch_numbers WHERE number = ? AND site_id = ? AND version_id = ?",
            [(number, site_id, version_id) for number in numbers_from(numbers)],
        )
        db.conn.execute("DELETE FROM sketches WHERE version_id = ?", (version_id,))
    return partners


def sketch_again(db: Database, article_id: int) -> None:
    """Sketch all versions from the first of an article on again: SQLite reuses their ids."""
    first = db.execute(
        "SELECT min(id) FROM versions WHERE article_id = ?", [article_id]
    ).fetchone()[0]
    if first is not None and first <= _newest_sketched(db):
        _record_newest_sketched(db, first - 1)


def partners_of(db: Database, version_id: int) -> set[int]:
    """Return the texts that this one is a pair with."""
    rows = db.execute(
        """SELECT other_version_id FROM copy_pairs WHERE version_id = ?1
        UNION SELECT version_id FROM copy_pairs WHERE other_version_id = ?1""",
        (version_id,),
    )
    return {row[0] for row in rows}


def numbers_from(blob: bytes) -> array[int]:
    """Return the numbers of a stored sketch."""
    numbers = array("i")
    numbers.frombytes(blob)
    return numbers


def _newest_sketched(db: Database) -> int:
    row = db.execute(
        "SELECT value FROM sketch_states WHERE name = ?", [f"looked at by {METHOD}"]
    ).fetchone()
    return int(row[0]) if row else 0


def _record_newest_sketched(db: Database, version_id: int) -> None:
    db.execute(
        "INSERT OR REPLACE INTO sketch_states VALUES (?, ?)",
        [f"looked at by {METHOD}", str(version_id)],
    )


def _sketch(db: Database, pending: Pending) -> None:
    text = read_compared_text(db, pending.version_id)
    if text is None:
        return
    # Clusters of texts that were compared with the old text must be rebuilt.
    partners = delete_sketches(db, pending.article_id)
    _mark_to_compare(db, partners)
    numbers = array("i", sketch_of(text))
    row: dict[str, Any] = {
        "version_id": pending.version_id,
        "article_id": pending.article_id,
        "site_id": pending.site_id,
        "method": METHOD,
        "since": _since(db, pending, text) if pending.versions > 1 else None,
        "numbers": numbers.tobytes(),
    }
    names, marks = ", ".join(row), ", ".join("?" * len(row))
    db.conn.execute(f"INSERT INTO sketches ({names}) VALUES ({marks})", list(row.values()))
    db.conn.executemany(
        "INSERT INTO sketch_numbers VALUES (?, ?, ?)",
        [(number, pending.site_id, pending.version_id) for number in numbers],
    )


def _mark_to_compare(db: Database, versions: set[int]) -> None:
    db.conn.executemany(
        "UPDATE sketches SET is_compared = 0 WHERE version_id = ?",
        [(version,) for version in sorted(versions)],
    )


def _since(db: Database, pending: Pending, text: ComparedText) -> str | None:
    """Return when the article took this text up; None if it has had it from the first."""
    rows = db.execute(
        """SELECT id, first_seen FROM versions
        WHERE article_id = ? AND superseded_by IS NULL ORDER BY first_seen, id""",
        [pending.article_id],
    ).fetchall()
    since: str | None = None
    for version_id, first_seen in reversed(rows):
        before = read_compared_text(db, version_id)
        is_same = before is not None and (before == text or is_copy(likeness_of(before, text)))
        if version_id != pending.version_id and not is_same:
            return since
        since = first_seen
    return None
