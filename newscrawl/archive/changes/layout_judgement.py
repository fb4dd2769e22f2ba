"""Redesigns: changes that the layout of a site made, not the publisher.

A field that changes in the same way on most articles of a site is the site's layout; so are
lines that most of its bodies gain or lose in the same place at the same time. Every function
needs an open transaction.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlite_utils import Database

from newscrawl.archive.changes.own_lines import own_line_changes
from newscrawl.archive.changes.version_changes import set_cause, update_changes

MANY = 5
"""Least number of articles that change in the same way: fewer show no new layout."""
MOST_DAYS_APART = 120
"""Changes that are further apart have nothing to do with each other."""

# Patterns of a site that several articles have, with the first time of each.
_PATTERNS = f"""
    SELECT c.field, c.pattern, min(v.first_seen) AS since,
        count(DISTINCT v.article_id) AS count, max(c.is_layout AND NOT c.is_alone) AS is_known
    FROM version_changes AS c JOIN versions AS v ON v.id = c.version_id
    JOIN articles AS a ON a.id = v.article_id
    WHERE a.site_id = ?1 AND c.pattern IS NOT NULL AND v.superseded_by IS NULL
        AND v.first_seen >= (SELECT strftime('%Y-%m-%dT%H:%M:%SZ', max(last_seen),
            '-{MOST_DAYS_APART} days') FROM articles WHERE site_id = ?1)
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

_MARK_BODY = """
    UPDATE version_changes SET is_layout = 1, is_alone = 0
    WHERE version_id = ? AND field = 'article_body'"""


def judge_layout(db: Database, site_id: int) -> None:
    """Find the changes of a site that its layout made, and give such versions that cause."""
    touched: set[int] = set()
    for row in list(db.query(_PATTERNS, [site_id])):
        values = row | {"site": site_id}
        if row["is_known"] or row["count"] > _unchanged(db, values):
            touched |= {version for (version,) in db.execute(_MARK, values).fetchall()}
    own = own_line_changes(db, site_id, MOST_DAYS_APART)
    db.conn.executemany(_MARK_BODY, [(one,) for one in sorted(own)])
    touched |= own
    for version in sorted(touched):
        set_cause(db, version)
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
