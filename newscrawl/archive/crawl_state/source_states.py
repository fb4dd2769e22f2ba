"""State of a site's feeds, sitemaps and section pages after earlier crawls."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

import attrs

from newscrawl.archive.archive import Archive
from newscrawl.archive.schema.storable import moment_from, storable_text, utc_text
from newscrawl.archive.write.lookup_tables import name_id, url_id


@attrs.frozen(kw_only=True)
class SourceState:
    """One source as the last crawls found it. Times are UTC."""

    url: str
    """The requested address, before redirects."""
    role: str
    """home, section, page, feed or sitemap."""
    parent: str | None = None
    """The source that named it; None if a person, robots.txt or a guess did."""
    reader: str | None = None
    """The plan and code that read it to its end; None if it never was."""
    etag: str | None = None
    """The ETag of the last response read."""
    last_modified: str | None = None
    """Its Last-Modified, as sent."""
    digest: str | None = None
    """The SHA-256 of its body, in hexadecimal."""
    stated: dt.datetime | None = None
    """The date that an index of sitemaps stated for it."""
    found: int = 0
    """The number of articles, or parts of an index, that it named."""
    read_at: dt.datetime | None = None
    """When it was last read, or was as before."""
    changed_at: dt.datetime | None = None
    """When it was last different from before."""
    kept_at: dt.datetime | None = None
    """When the crawl that read it ended, with all its addresses requested."""
    soft_failures: int = 0
    """Failures in a row that may pass: 503, a timeout."""
    hard_failures: int = 0
    """Failures in a row that may not: 404, not XML."""
    next_at: dt.datetime | None = None
    """It is not requested before this time."""


class SourceStates:
    """The sources of one site. Raises ArchiveError."""

    def __init__(self, archive: Archive, site: str) -> None:
        self._archive = archive
        self._site = storable_text(site)

    def read(self) -> dict[str, SourceState]:
        """Return the state of each source, by its address."""
        rows = self._archive.db.query(
            """SELECT u.url, p.url AS parent, x.* FROM sources AS x
            JOIN sites AS s ON s.id = x.site_id JOIN urls AS u ON u.id = x.url_id
            LEFT JOIN urls AS p ON p.id = x.parent_id WHERE s.name = ? ORDER BY u.url""",
            [self._site],
        )
        return {row["url"]: _state_from(row) for row in rows}

    def write(self, states: Iterable[SourceState]) -> None:
        """Replace the states of these sources."""
        with self._archive.transaction() as db:
            site_id = name_id(db, "sites", self._site)
            for state in states:
                parent = None if state.parent is None else url_id(db, state.parent)
                row = _row_from(state) | {"site_id": site_id, "parent_id": parent}
                row["url_id"] = url_id(db, storable_text(state.url))
                names, marks = ", ".join(row), ", ".join("?" * len(row))
                db.conn.execute(
                    f"INSERT OR REPLACE INTO sources ({names}) VALUES ({marks})",
                    list(row.values()),
                )


_TEXTS = ("role", "reader", "etag", "last_modified")
_NUMBERS = ("found", "soft_failures", "hard_failures")
_TIMES = ("stated", "read_at", "changed_at", "kept_at", "next_at")


def _row_from(state: SourceState) -> dict[str, Any]:
    row: dict[str, Any] = {name: getattr(state, name) for name in (*_TEXTS, *_NUMBERS)}
    for name in _TIMES:
        moment = getattr(state, name)
        row[name] = utc_text(moment) if moment else None
    return row | {"digest": bytes.fromhex(state.digest) if state.digest else None}


def _state_from(row: dict[str, Any]) -> SourceState:
    values = {name: row[name] for name in (*_TEXTS, *_NUMBERS, "url", "parent")}
    for name in _TIMES:
        values[name] = moment_from(row[name]) if row[name] else None
    return SourceState(**values, digest=row["digest"].hex() if row["digest"] else None)
