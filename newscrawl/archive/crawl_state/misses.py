"""Addresses that gave no article, and are to be tried again though no source names them."""

from __future__ import annotations

import datetime as dt

from newscrawl.archive.archive import Archive
from newscrawl.archive.schema.storable import storable_text, utc_text
from newscrawl.archive.write.lookup_tables import name_id

_LONGEST = dt.timedelta(days=7)
"""A longer wait was recorded by a clock that was ahead."""


class Misses:
    """The misses of one site. Every call may stand within `archive.transaction()`.

    Raises ArchiveError.
    """

    def __init__(self, archive: Archive, site: str) -> None:
        self._archive = archive
        with archive.transaction() as db:
            self._site_id = name_id(db, "sites", storable_text(site))

    def tries_of(self, key: str) -> int:
        """Return how many times in a row the address with *key* has failed."""
        row = self._archive.db.execute(
            "SELECT tries FROM misses WHERE site_id = ? AND key = ?", (self._site_id, key)
        ).fetchone()
        return int(row[0]) if row else 0

    def note(self, key: str, url: str, tries: int, next_at: dt.datetime | None) -> None:
        """Record that *url* failed *tries* times in a row; `next_at=None` stops retrying."""
        with self._archive.transaction() as db:
            db.conn.execute(
                "INSERT OR REPLACE INTO misses (site_id, key, url, tries, next_at)"
                " VALUES (?, ?, ?, ?, ?)",
                (
                    self._site_id,
                    key,
                    storable_text(url),
                    tries,
                    utc_text(next_at) if next_at else None,
                ),
            )

    def forget(self, key: str) -> None:
        """Delete the miss of the address with *key*."""
        with self._archive.transaction() as db:
            db.conn.execute(
                "DELETE FROM misses WHERE site_id = ? AND key = ?", (self._site_id, key)
            )

    def due(self, now: dt.datetime, most: int) -> list[str]:
        """Return at most *most* addresses to try again at *now*, the longest due first."""
        rows = self._archive.db.execute(
            """SELECT url FROM misses WHERE site_id = ? AND (next_at <= ? OR next_at > ?)
            ORDER BY next_at, key LIMIT ?""",
            (self._site_id, utc_text(now), utc_text(now + _LONGEST), most),
        )
        return [url for (url,) in rows]
