"""Part a version in two, where an older page that is imported later shows another text between.

Files from elsewhere come in any order; the history that they leave must not depend on it.
"""

from __future__ import annotations

from typing import Any

from sqlite_utils import Database

_PARTS = {
    "version_authors": "position, author_id",
    "version_agencies": "position, agency_id",
    "version_keywords": "position, keyword_id",
    "version_sections": "position, section_id",
    "images": "position, is_main, url, caption, credit",
}
"""What belongs to a version, and its columns."""


def split_version(db: Database, version: dict[str, Any], at: str, cause: str) -> None:
    """Let *version* end before the time *at*, and a copy of it begin after that."""
    later, earlier = (
        db.execute(
            f"SELECT {which} FROM observations WHERE version_id = ? AND fetched_at {side} ?",
            (version["id"], at),
        ).fetchone()[0]
        for which, side in (("min(fetched_at)", ">"), ("max(fetched_at)", "<="))
    )
    copy = dict(version) | {"first_seen": later or version["last_seen"], "cause": cause}
    del copy["id"]
    made = db.conn.execute(
        f"INSERT INTO versions ({', '.join(copy)}) VALUES ({', '.join('?' * len(copy))})",
        list(copy.values()),
    ).lastrowid
    for table, columns in _PARTS.items():
        db.conn.execute(
            f"""INSERT INTO {table} (version_id, {columns})
            SELECT ?, {columns} FROM {table} WHERE version_id = ?""",
            (made, version["id"]),
        )
    db.conn.execute(
        "UPDATE observations SET version_id = ? WHERE version_id = ? AND fetched_at > ?",
        (made, version["id"], at),
    )
    db.conn.execute(
        "UPDATE articles SET version_id = ? WHERE version_id = ?", (made, version["id"])
    )
    db.conn.execute(
        "UPDATE versions SET last_seen = ? WHERE id = ?",
        (earlier or version["first_seen"], version["id"]),
    )
