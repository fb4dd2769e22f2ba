"""Articles that their site has moved to another address. Needs an open transaction.

Where another article is at that address, the two are joined: of the one that has moved its row
stays, without a version, so that its id and key still lead to the story (`PRESENT_ID`).
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from sqlite_utils import Database

from newscrawl.archive.copies.pairs import delete_copies
from newscrawl.archive.read.versions import is_comparable
from newscrawl.archive.search.index import index_update
from newscrawl.archive.write import lookup_tables

_LIVE = """SELECT * FROM versions WHERE article_id = ? AND superseded_by IS NULL
    ORDER BY first_seen, id"""
_POINTERS = (
    ("observations", "version_id"),
    ("amendments", "version_id"),
    ("versions", "superseded_by"),
    ("articles", "version_id"),
)
"""The columns that name a version and outlive it when it is joined to another."""


def move_article(db: Database, article_id: int, url: str) -> None:
    """Have *url*, where the site has moved the article, be the one it is stored under."""
    db.conn.execute(
        "UPDATE articles SET url_id = ? WHERE id = ?",
        (lookup_tables.url_id(db, url), article_id),
    )


def join_articles(db: Database, moved: int, into: int) -> None:
    """Give article *into* all versions, visits and addresses of article *moved*."""
    with index_update(db, moved), index_update(db, into):
        # Which text is compared with those of other sites is decided again.
        for article_id in (moved, into):
            delete_copies(db, article_id)
        for table in ("versions", "observations"):
            db.conn.execute(
                f"UPDATE {table} SET article_id = ? WHERE article_id = ?", (into, moved)
            )
        db.conn.execute(
            """INSERT OR IGNORE INTO addresses (url_id, article_id)
            SELECT url_id, ? FROM addresses WHERE article_id = ?""",
            (into, moved),
        )
        db.conn.execute("DELETE FROM addresses WHERE article_id = ?", (moved,))
        _show_newest(db, moved, into)
        _order_versions(db, into)


def _show_newest(db: Database, moved: int, into: int) -> None:
    """Let *into* show the version that was seen last, and *moved* none."""
    db.conn.execute(
        """UPDATE articles SET first_seen = min(articles.first_seen, m.first_seen),
            last_seen = max(articles.last_seen, m.last_seen),
            version_id = iif(
                m.last_seen > articles.last_seen, m.version_id, articles.version_id)
        FROM articles AS m WHERE m.id = ? AND articles.id = ?""",
        (moved, into),
    )
    db.conn.execute("UPDATE articles SET version_id = NULL WHERE id = ?", (moved,))


def _order_versions(db: Database, article_id: int) -> None:
    """Make one version of two that follow each other with one text, and name causes again."""
    rows = list(db.query(_LIVE, [article_id]))
    left = rows[:1]
    for row in rows[1:]:
        if row["digest"] == left[-1]["digest"]:
            _absorb(db, left[-1], row)
        else:
            left.append(row)
    if left and left[0]["cause"] != "first":
        _set_cause(db, left[0], "first")
    for before, row in pairwise(left):
        if row["cause"] == "first":
            cause = "publisher" if is_comparable(before, row) else "undecided"
            _set_cause(db, row, cause)


def _absorb(db: Database, stays: dict[str, Any], other: dict[str, Any]) -> None:
    """Replace version *other* by *stays*, which has the same text."""
    for table, column in _POINTERS:
        db.conn.execute(
            f"UPDATE {table} SET {column} = ? WHERE {column} = ?", (stays["id"], other["id"])
        )
    db.conn.execute(
        "UPDATE versions SET last_seen = max(last_seen, ?) WHERE id = ?",
        (other["last_seen"], stays["id"]),
    )
    db.conn.execute("DELETE FROM versions WHERE id = ?", (other["id"],))
    db.conn.execute(
        "DELETE FROM bodies WHERE id = ? AND id NOT IN (SELECT body_id FROM versions)",
        (other["body_id"],),
    )


def _set_cause(db: Database, version: dict[str, Any], cause: str) -> None:
    db.conn.execute("UPDATE versions SET cause = ? WHERE id = ?", (cause, version["id"]))
