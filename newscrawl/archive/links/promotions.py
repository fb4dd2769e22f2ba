"""Links that home and section pages promote, updated with each visit.

Every function runs within one open transaction. The rows equal the view `placement`
of that page, as a property test checks.
"""

from __future__ import annotations

from sqlite_utils import Database

from newscrawl.archive.schema.storable import moment_from
from newscrawl.archive.write import lookup_tables

_Place = tuple[int, int]
"""The ids of a heading and of a link below it."""


def still_promoted(db: Database, page_id: int, seen_at: str) -> None:
    """Record that a page shows the same links at *seen_at* as before."""
    db.conn.execute(
        "UPDATE promotions SET last_seen = ? WHERE page_id = ? AND gone IS NULL",
        (_seconds(seen_at), page_id),
    )


def promote(
    db: Database, page_id: int, not_before: str | None, seen_at: str, list_set_id: int | None
) -> None:
    """Record that a page shows these lists at *seen_at*, after the visit at *not_before*."""
    shown = _ranks(db, list_set_id)
    at = _seconds(seen_at)
    before = None if not_before is None else _seconds(not_before)
    standing = _standing(db, page_id)
    db.conn.executemany(
        "UPDATE promotions SET gone = ? WHERE id = ?",
        [(at, id_) for place, id_ in standing.items() if place not in shown],
    )
    db.conn.executemany(
        """UPDATE promotions SET last_seen = ?,
        best_position = min(best_position, ?), worst_position = max(worst_position, ?)
        WHERE id = ?""",
        [(at, *shown[place], id_) for place, id_ in standing.items() if place in shown],
    )
    db.conn.executemany(
        """INSERT INTO promotions (page_id, heading_id, anchor_id, best_position,
        worst_position, not_before, first_seen, last_seen)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7)""",
        [
            (page_id, *place, *ranks, before, at)
            for place, ranks in shown.items()
            if place not in standing
        ],
    )


def rebuild_promotions(db: Database, page_id: int) -> None:
    """Rebuild the rows of a page from its showings: an older visit was imported later."""
    db.conn.execute("DELETE FROM promotions WHERE page_id = ?", (page_id,))
    showings = db.execute(
        """SELECT first_seen, last_seen, list_set_id FROM showings
        WHERE url_id = ? ORDER BY first_seen""",
        (page_id,),
    ).fetchall()
    before = None
    for first_seen, last_seen, list_set_id in showings:
        promote(db, page_id, before, first_seen, list_set_id)
        still_promoted(db, page_id, last_seen)
        before = last_seen


def _ranks(db: Database, list_set_id: int | None) -> dict[_Place, tuple[int, int]]:
    """Return the best and worst rank of each link; a list may name one twice."""
    rows = db.execute(
        """SELECT l.kind, l.heading, k.anchor_id, min(k.position), max(k.position)
        FROM list_set_lists AS t
        JOIN link_lists AS l ON l.id = t.link_list_id
        JOIN links AS k ON k.link_list_id = l.id
        WHERE t.list_set_id = ? GROUP BY 1, 2, 3""",
        (list_set_id,),
    ).fetchall()
    # In the order of the rows, so that the ids are the same each time.
    named = dict.fromkeys((row[0], row[1]) for row in rows)
    headings = {one: lookup_tables.heading_id(db, *one) for one in named}
    return {
        (headings[kind, heading], anchor): (best, worst)
        for kind, heading, anchor, best, worst in rows
    }


def _standing(db: Database, page_id: int) -> dict[_Place, int]:
    rows = db.execute(
        "SELECT heading_id, anchor_id, id FROM promotions WHERE page_id = ? AND gone IS NULL",
        (page_id,),
    )
    return {(heading, anchor): id_ for heading, anchor, id_ in rows}


def _seconds(moment: str) -> int:
    """Return a time of the archive as seconds since 1970 (UTC)."""
    return int(moment_from(moment).timestamp())
