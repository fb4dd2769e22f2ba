"""Stored stylesheets, images and fonts, nearest to the time of a page."""

from __future__ import annotations

import datetime as dt

from sqlite_utils import Database

from newscrawl.archive.schema.storable import storable_text, utc_text
from newscrawl.archive.write.lookup_tables import url_digest

MAX_REDIRECTS = 5
_NEAREST = """SELECT o.id, f.url FROM urls AS u JOIN observations AS o ON o.url_id = u.id
    LEFT JOIN urls AS f ON f.id = o.final_url_id
    WHERE u.key = ?1 AND o.outcome = 'requisite' AND o.evidence_file_id IS NOT NULL
    ORDER BY u.url <> ?2, abs(julianday(o.fetched_at) - julianday(?3)), o.id LIMIT 1"""


def nearest_requisite(db: Database, url: str, at: dt.datetime) -> int | None:
    """Return the observation of the requisite at *url*, stored nearest to a time, if any.

    Redirects are followed within the archive.
    """
    for _ in range(MAX_REDIRECTS):
        text = storable_text(url)
        row = db.execute(_NEAREST, [url_digest(text), text, utc_text(at)]).fetchone()
        if row is None or row[1] is None:
            return None if row is None else int(row[0])
        url = row[1]
    return None
