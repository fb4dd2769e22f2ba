"""Changes of versions: how each differs from the one before, field by field.

A version whose changes are all those of the site's layout has the cause `layout`. One version
alone can show it: its text stays, while fields appear, disappear or move into each other.
`layout_judgement` finds the changes that many articles share. Every function needs an open
transaction.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlite_utils import Database

from newscrawl.archive.changes.difference import FieldChange, pieces_between
from newscrawl.archive.changes.edit_classes import classes_of
from newscrawl.archive.changes.patterns import is_rearranged, pattern_of
from newscrawl.archive.read.versions import followed_by
from newscrawl.archive.schema.article_columns import TEXT_FIELDS

_TEXTS = """
    SELECT v.id, v.digest, v.cause, v.first_seen, v.superseded_by, v.extractor_id,
        v.headline, v.alternative_headline, v.description, v.dateline_raw AS dateline,
        v.source_credit, b.article_body
    FROM versions AS v JOIN bodies AS b ON b.id = v.body_id
    WHERE v.article_id = ? ORDER BY v.first_seen, v.superseded_by IS NULL, v.id"""

_EDITS = ("publisher", "undecided", "layout")

_CAUSE = """
    UPDATE versions SET cause = CASE WHEN EXISTS (
            SELECT 1 FROM version_changes AS c WHERE c.version_id = versions.id)
        AND NOT EXISTS (SELECT 1 FROM version_changes AS c
            WHERE c.version_id = versions.id AND NOT c.is_layout)
        THEN 'layout' ELSE 'publisher' END
    WHERE id = ? AND cause IN ('publisher', 'layout')"""


def update_changes(db: Database, article_id: int) -> None:
    """Compare the versions of an article that are not compared yet, or with another one."""
    rows = [
        row | {field: row[field] or "" for field in TEXT_FIELDS}
        for row in db.query(_TEXTS, [article_id])
    ]
    known = dict(
        db.execute(
            """SELECT DISTINCT c.version_id, c.follows_id FROM version_changes AS c
            JOIN versions AS v ON v.id = c.version_id WHERE v.article_id = ?""",
            [article_id],
        ).fetchall()
    )
    for at, row in enumerate(rows):
        number = followed_by(row, rows[:at])
        old = rows[number - 1] if number and row["cause"] in _EDITS else None
        if old is None or known.get(row["id"]) != old["id"]:
            db.conn.execute("DELETE FROM version_changes WHERE version_id = ?", (row["id"],))
            if old is not None:
                _insert(db, old, row, rows[:at])
                set_cause(db, row["id"])


def _insert(
    db: Database, old: dict[str, Any], new: dict[str, Any], earlier: Iterable[dict[str, Any]]
) -> None:
    changes = [
        FieldChange(field=field, pieces=pieces_between(old[field], new[field]))
        for field in TEXT_FIELDS
        if old[field] != new[field]
    ]
    before, now = _texts_of(old), _texts_of(new)
    patterns = {one.field: pattern_of(one.field, before, now) for one in changes}
    classes = {one.field: classes_of(one) for one in changes}
    is_alone = bool(patterns) and is_rearranged(patterns, before, now)
    is_alone &= not any("correction" in found for found in classes.values())
    is_alone |= _is_restored(db, old, new, earlier)
    db.conn.executemany(
        """INSERT INTO version_changes
            (version_id, field, follows_id, share, classes, pattern, is_layout, is_alone)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)""",
        [
            (
                *(new["id"], one.field, old["id"], one.share),
                *(" ".join(classes[one.field]), patterns[one.field], is_alone, is_alone),
            )
            for one in changes
        ],
    )


def _texts_of(row: dict[str, Any]) -> dict[str, Any]:
    return {field: row[field] for field in TEXT_FIELDS}


def _is_restored(
    db: Database, old: dict[str, Any], new: dict[str, Any], earlier: Iterable[dict[str, Any]]
) -> bool:
    """Return whether a layout is undone: the text is the one before the layout changed."""
    (cause,) = db.execute("SELECT cause FROM versions WHERE id = ?", [old["id"]]).fetchone()
    return cause == "layout" and any(
        one["digest"] == new["digest"] for one in earlier if one["id"] != old["id"]
    )


def set_cause(db: Database, version: int) -> None:
    """Give a version the cause `layout` if all of its changes are the layout's.

    Else `publisher`; a version with another cause keeps it.
    """
    db.conn.execute(_CAUSE, (version,))
