"""Mementos: what the archive holds of one address, by the time of capture (RFC 7089)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import attrs
from sqlite_utils import Database

from newscrawl.archive.schema.storable import moment_from, storable_text
from newscrawl.archive.write.lookup_tables import url_digest


@attrs.frozen(kw_only=True)
class Memento:
    """One visit of an address of which the archive holds the page or its text."""

    url: str
    """The address as it was requested."""
    captured_at: dt.datetime
    """When the answer arrived (UTC)."""
    version_id: int | None
    """The version that the page showed; None if it is no article."""
    has_evidence: bool
    """The page is stored as received."""
    observation_id: int = 0
    """The id of its observation."""


def read_mementos(db: Database, url: str) -> tuple[Memento, ...]:
    """Return the mementos of the page at *url*, in any spelling, the oldest first.

    Of several within one second the last is returned.
    """
    rows = db.execute(
        """SELECT u.url, o.fetched_at, o.version_id, o.evidence_file_id IS NOT NULL, o.id
        FROM urls AS u JOIN observations AS o ON o.url_id = u.id
        WHERE u.key = ? AND (o.evidence_file_id IS NOT NULL OR o.version_id IS NOT NULL)
            AND o.outcome IN ('stored', 'updated', 'unchanged', 'source', 'not_article')
        ORDER BY o.fetched_at, o.id""",
        [url_digest(storable_text(url))],
    ).fetchall()
    found = {
        fetched_at: Memento(
            url=address,
            captured_at=moment_from(fetched_at),
            version_id=version_id,
            has_evidence=bool(has_evidence),
            observation_id=observation_id,
        )
        for address, fetched_at, version_id, has_evidence, observation_id in rows
    }
    return tuple(found.values())


def nearest(mementos: Sequence[Memento], moment: dt.datetime) -> Memento:
    """Return the memento that was captured nearest to a time."""
    return min(mementos, key=lambda one: abs(one.captured_at - moment))
