"""Queue of addresses that the Internet Archive is to save, and the results."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Literal

import attrs

from newscrawl.archive.archive import Archive
from newscrawl.archive.schema.storable import moment_from, storable_text, utc_text

State = Literal["waiting", "sent", "saved", "failed"]

_NEW = """INSERT OR IGNORE INTO saves (url_id, article_id, queued_at, state, next_at)
    SELECT a.url_id, a.id, ?1, 'waiting', ?1 FROM articles AS a
    JOIN sites AS s ON s.id = a.site_id
    WHERE a.version_id IS NOT NULL AND a.first_seen >= ?2 AND (?3 IS NULL OR s.name = ?3)
        AND NOT EXISTS (SELECT 1 FROM absences AS x
            WHERE x.article_id = a.id AND x.back_at IS NULL)
        AND EXISTS (SELECT 1 FROM observations AS o JOIN runs AS r ON r.id = o.run_id
            WHERE o.article_id = a.id AND r.spider NOT IN ('import', 'history', 'reextract'))"""
"""Articles that a crawl of our own has seen, and that are there."""


@attrs.frozen(kw_only=True)
class Save:
    """One address of the queue."""

    url_id: int
    url: str
    state: State
    job: str | None
    """The id of the save request; None before it is sent."""
    tries: int
    """Number of tries that failed."""
    due_at: dt.datetime | None = None
    """The time from which it was to be requested; of a job, when it was sent (UTC)."""
    saved_at: dt.datetime | None = None
    """The time of the capture (UTC)."""
    reason: str | None = None
    """The last problem."""


class SaveQueue:
    """The queue of one archive. Raises ArchiveError."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    def add_new(self, since: dt.datetime, site: str | None, now: dt.datetime) -> int:
        """Queue the articles first seen since a time, each once; return their number."""
        with self._archive.transaction() as db:
            values = (utc_text(now), utc_text(since), site)
            return int(db.conn.execute(_NEW, values).rowcount)

    def due(self, state: State, now: dt.datetime, most: int) -> list[Save]:
        """Return addresses in a state whose time has come, those queued first first."""
        rows = self._archive.db.query(
            """SELECT x.*, u.url FROM saves AS x JOIN urls AS u ON u.id = x.url_id
            WHERE x.state = ? AND x.next_at <= ? ORDER BY x.queued_at, x.url_id LIMIT ?""",
            [state, utc_text(now), most],
        )
        return [
            Save(
                url_id=row["url_id"],
                url=row["url"],
                state=row["state"],
                job=row["job"],
                tries=row["tries"],
                due_at=moment_from(row["next_at"]),
                saved_at=moment_from(row["saved_at"]) if row["saved_at"] else None,
                reason=row["reason"],
            )
            for row in rows
        ]

    def write(self, save: Save, next_at: dt.datetime) -> None:
        """Replace the state of an address; it is not requested before *next_at*."""
        with self._archive.transaction() as db:
            db.conn.execute(
                """UPDATE saves SET state = ?, job = ?, tries = ?, next_at = ?, saved_at = ?,
                reason = ? WHERE url_id = ?""",
                (
                    save.state,
                    storable_text(save.job) if save.job else None,
                    save.tries,
                    utc_text(next_at),
                    utc_text(save.saved_at) if save.saved_at else None,
                    storable_text(save.reason) if save.reason else None,
                    save.url_id,
                ),
            )

    def counts(self) -> Counter[str]:
        """Return the number of addresses in each state."""
        rows = self._archive.db.execute("SELECT state, count(*) FROM saves GROUP BY state")
        return Counter(dict(rows.fetchall()))
