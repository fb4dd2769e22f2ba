"""Rules of a host's tdmrep.json as last read: not every run requests it."""

from __future__ import annotations

import datetime as dt
import json

from newscrawl.archive.archive import Archive
from newscrawl.archive.schema.storable import now, storable_text, utc_text


def read_reservations(archive: Archive, origin: str, since: dt.datetime) -> bytes | None:
    """Return the rules of *origin* as a tdmrep.json; None if it was not read since then."""
    row = archive.db.execute(
        "SELECT rules FROM reservations WHERE origin = ? AND read_at BETWEEN ? AND ?",
        (storable_text(origin), utc_text(since), now()),
    ).fetchone()
    return row[0].encode() if row else None


def write_reservations(archive: Archive, origin: str, rules: list[dict[str, object]]) -> None:
    """Keep the rules of *origin*. Raises ArchiveError if that is impossible."""
    with archive.transaction() as db:
        db.conn.execute(
            "INSERT OR REPLACE INTO reservations (origin, read_at, rules) VALUES (?, ?, ?)",
            (storable_text(origin), now(), storable_text(json.dumps(rules))),
        )
