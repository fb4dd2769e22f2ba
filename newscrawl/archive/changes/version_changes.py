"""Changes of versions: what each says otherwise than the one before, and who changed it.

A field that changes in the same way on most articles of a site is the site's layout, and so is
one that merely appears, disappears or moves into another while the text stays. A version of
which all changes are such has the cause `layout`. Every function needs an open transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlite_utils import Database

from newscrawl.archive.changes.edit_classes import classes_of
from newscrawl.archive.changes.patterns import is_rearranged, pattern_of
from newscrawl.archive.read.difference import FieldChange, pieces_between
from newscrawl.archive.read.versions import followed_by
from newscrawl.archive.schema.article_columns import TEXT_FIELDS

MANY = 5
"""So many articles that change in the same way may show a new layout."""
LOOK_BACK_DAYS = 120
"""Changes that are further apart have nothing to do with each other."""

_TEXTS = """
    SELECT v.id, v.digest, v.cause, v.first_seen, v.superseded_by, v.extractor_id,
        v.headline, v.alternative_headline, v.description, v.dateline_raw AS dateline,
        v.source_credit, b.article_body
    FROM versions AS v JOIN bodies AS b ON b.id = v.body_id
    WHERE v.article_id = ? ORDER BY v.first_seen, v.superseded_by IS NULL, v.id"""

_EDITS = ("publisher", "undecided", "layout")

# Patterns of a site that several articles have, with the first time of each.
_PATTERNS = f"""
    SELECT c.field, c.pattern, min(v.first_seen) AS since,
        count(DISTINCT v.article_id) AS count, max(c.is_layout AND NOT c.is_alone) AS is_known
    FROM version_changes AS c JOIN versions AS v ON v.id = c.version_id
    JOIN articles AS a ON a.id = v.article_id
    WHERE a.site_id = ?1 AND c.pattern IS NOT NULL AND v.superseded_by IS NULL
        AND v.first_seen >= (SELECT strftime('%Y-%m-%dT%H:%M:%SZ', max(last_seen),
            '-{LOOK_BACK_DAYS} days') FROM articles WHERE site_id = ?1)
    GROUP BY 1, 2 HAVING count(DISTINCT v.article_id) >= {MANY}"""

# Articles that were read whole since a time, have the field, and did not change in that way.
_UNCHANGED = """
    SELECT count(*) FROM articles AS a JOIN versions AS v ON v.id = a.version_id
    JOIN bodies AS b ON b.id = v.body_id
    WHERE a.site_id = :site AND a.first_seen < :since AND a.last_seen >= :since
        AND coalesce({}, '') <> ''
        AND EXISTS (SELECT 1 FROM observations AS o WHERE o.article_id = a.id
            AND o.fetched_at >= :since AND o.version_id IS NOT NULL AND o.status IS NOT 304)
        AND NOT EXISTS (SELECT 1 FROM versions AS w
            JOIN version_changes AS c ON c.version_id = w.id
            WHERE w.article_id = a.id AND c.field = :field AND c.pattern = :pattern)"""
_COLUMNS = {"dateline": "v.dateline_raw", "article_body": "b.article_body"}

_MARK = """
    UPDATE version_changes SET is_layout = 1, is_alone = 0
    WHERE field = :field AND pattern = :pattern AND version_id IN (
        SELECT v.id FROM versions AS v JOIN articles AS a ON a.id = v.article_id
        WHERE a.site_id = :site AND v.first_seen >= :since)
    RETURNING version_id"""

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
                db.conn.execute(_CAUSE, (row["id"],))


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


def judge_layout(db: Database, site_id: int) -> None:
    """Find the changes of a site that its layout made, and give such versions that cause."""
    touched: set[int] = set()
    for row in list(db.query(_PATTERNS, [site_id])):
        values = row | {"site": site_id}
        if row["is_known"] or row["count"] > _unchanged(db, values):
            touched |= {version for (version,) in db.execute(_MARK, values).fetchall()}
    for version in sorted(touched):
        db.conn.execute(_CAUSE, (version,))
        _restore_after(db, version)


def _unchanged(db: Database, values: Mapping[str, Any]) -> int:
    column = _COLUMNS.get(values["field"], f"v.{values['field']}")
    return int(db.execute(_UNCHANGED.format(column), dict(values)).fetchone()[0])


def _restore_after(db: Database, version: int) -> None:
    """Compare the versions again that follow one whose cause is now the layout."""
    later = db.execute(
        """SELECT DISTINCT c.version_id, v.article_id FROM version_changes AS c
        JOIN versions AS v ON v.id = c.version_id WHERE c.follows_id = ? AND NOT c.is_layout""",
        [version],
    ).fetchall()
    for later_id, article_id in later:
        db.conn.execute("DELETE FROM version_changes WHERE version_id = ?", (later_id,))
        update_changes(db, article_id)


def judge_sites_of(db: Database, run: int) -> None:
    """Judge the layouts of the sites of which *run* saved a changed version."""
    for site_id in list(_sites_of(db, run)):
        judge_layout(db, site_id)


def _sites_of(db: Database, run: int) -> Iterator[int]:
    rows = db.execute(
        """SELECT DISTINCT o.site_id FROM observations AS o
        WHERE o.run_id = ? AND o.outcome = 'updated'""",
        [run],
    ).fetchall()
    yield from (site_id for (site_id,) in rows)


def reclassify(db: Database, site: str | None = None) -> int:
    """Judge every change again, of one site or all; return the number of changed causes."""
    sites = db.execute("SELECT id FROM sites WHERE ?1 IS NULL OR name = ?1", [site]).fetchall()
    changed = 0
    for (site_id,) in sites:
        before = _causes(db, site_id)
        for (article_id,) in db.execute(
            "SELECT a.id FROM articles AS a WHERE a.site_id = ? AND"
            " (SELECT count(*) FROM versions AS v WHERE v.article_id = a.id) > 1",
            [site_id],
        ).fetchall():
            db.conn.execute(
                """DELETE FROM version_changes WHERE version_id IN (
                SELECT id FROM versions WHERE article_id = ?)""",
                (article_id,),
            )
            update_changes(db, article_id)
        judge_layout(db, site_id)
        changed += sum(before[one] != cause for one, cause in _causes(db, site_id).items())
    return changed


def _causes(db: Database, site_id: int) -> dict[int, str]:
    return dict(
        db.execute(
            """SELECT v.id, v.cause FROM versions AS v JOIN articles AS a ON a.id = v.article_id
            WHERE a.site_id = ?""",
            [site_id],
        ).fetchall()
    )
