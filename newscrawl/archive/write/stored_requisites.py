"""Requisites of pages, the stylesheets, images and fonts that they are drawn with."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from sqlite_utils import Database

from newscrawl.archive.read.captures import (
    Capture,
    capture_of_requisite,
    captures_of_requisites,
)
from newscrawl.archive.schema.storable import storable_text, utc_text
from newscrawl.archive.session import Session
from newscrawl.archive.write import lookup_tables
from newscrawl.archive.write.visits import record_visit, visit_from
from newscrawl.outcomes import Evidence, Observation


class Requisites:
    """The requisites of an archive: `archive.requisites`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def record(self, observation: Observation, *, site: str, run: int | None) -> None:
        """Record the request for a requisite of a page of *site*."""
        with self._session.transaction() as db:
            record_visit(db, visit_from(db, observation, site, run))

    def name(self, page: str, urls: Iterable[str]) -> None:
        """Record that *page*, or a stylesheet at that address, names the files at *urls*."""
        with self._session.transaction() as db:
            name_requisites(db, page, urls)

    def requested_since(self, url: str, since: dt.datetime) -> bool:
        """Return whether the requisite at *url* was requested since a time."""
        with self._session.clear_errors():
            row = self._session.db.execute(
                """SELECT EXISTS (SELECT 1 FROM observations AS o
                WHERE o.url_id = (SELECT id FROM urls WHERE url = ?) AND o.fetched_at >= ?
                    AND o.outcome = 'requisite')""",
                [storable_text(url), utc_text(since)],
            ).fetchone()
            return bool(row[0])

    def of_page(self, url: str) -> tuple[Capture, ...]:
        """Return the captures of all that the page at *url* and its stylesheets name."""
        with self._session.clear_errors():
            return tuple(captures_of_requisites(self._session.db, url))

    def of_digest(self, sha256: str) -> Capture | None:
        """Return the first stored requisite with these bytes, at any address."""
        with self._session.clear_errors():
            return capture_of_requisite(self._session.db, sha256)


def name_requisites(db: Database, page: str, urls: Iterable[str]) -> None:
    """Record the requisites of a page or stylesheet, within the open transaction."""
    page_id = lookup_tables.url_id(db, storable_text(page))
    db.conn.executemany(
        "INSERT OR IGNORE INTO page_requisites (page_id, url_id) VALUES (?, ?)",
        [(page_id, lookup_tables.url_id(db, storable_text(url))) for url in urls],
    )


_NAMED = "SELECT url_id FROM page_requisites WHERE page_id = ?"
_NAMING = "SELECT page_id FROM page_requisites WHERE url_id = ?"
# Bytes that a requisite which stays has too are not erased: its record may refer to them.
_UNSHARED = """FROM observations AS o JOIN evidence_files AS f ON f.id = o.evidence_file_id
    WHERE o.url_id IN ({marks}) AND o.outcome = 'requisite' AND NOT EXISTS (
        SELECT 1 FROM observations AS s WHERE s.digest = o.digest
            AND s.outcome = 'requisite' AND s.url_id NOT IN ({marks}))"""


def take_requisites(db: Database, article_id: int) -> tuple[Evidence, ...]:
    """Remove the requisites that the pages of an article alone name, within the transaction.

    Returns their records, but of bytes that another page's requisite has too.
    """
    query = "SELECT url_id FROM addresses WHERE article_id = ?"
    pages = {row[0] for row in db.execute(query, [article_id]).fetchall()}
    named = _reached(db, pages) - pages
    others = {one for one in named if not _ids(db, _NAMING, one) <= named | pages}
    own = sorted(named - others - _reached(db, others))
    marks = ", ".join(map(str, own))
    unshared = _UNSHARED.format(marks=marks)
    rows = db.execute(
        f"""SELECT DISTINCT f.path, o.evidence_offset, o.evidence_length, o.evidence_record
        {unshared}"""
    ).fetchall()
    db.conn.execute(
        f"""UPDATE observations SET evidence_file_id = NULL, evidence_offset = NULL,
        evidence_length = NULL, evidence_record = NULL WHERE id IN (SELECT o.id {unshared})"""
    )
    gone = [(one,) for one in (*pages, *own)]
    db.conn.executemany("DELETE FROM page_requisites WHERE page_id = ?", gone)
    return tuple(
        Evidence(file=file, offset=offset, length=length, record_id=record)
        for file, offset, length, record in rows
    )


def _reached(db: Database, start: set[int]) -> set[int]:
    """Return all that pages or stylesheets name, and the stylesheets that they name."""
    found: set[int] = set()
    waiting = set(start)
    while waiting:
        further = _ids(db, _NAMED, waiting.pop()) - found
        found |= further
        waiting |= further
    return found


def _ids(db: Database, query: str, one: int) -> set[int]:
    return {row[0] for row in db.execute(query, [one]).fetchall()}
