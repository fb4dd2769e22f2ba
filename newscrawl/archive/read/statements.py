"""Statements of sites about the use of their pages by machines."""

from __future__ import annotations

import datetime as dt

import attrs
from sqlite_utils import Database

from newscrawl.archive.schema.storable import moment_from


@attrs.frozen(kw_only=True)
class SiteStatement:
    """One statement of a site, word for word, and when it was seen."""

    site: str
    """The name of the site."""
    signal: str
    """content-signal, content-usage, ai-robots, rsl, tdm or robots."""
    stated_in: str
    """robots.txt, tdmrep.json, header, meta or link."""
    words: str
    """The words as printed, in one line."""
    url: str
    """The file that has it, or the page at which it was seen last."""
    first_seen: dt.datetime
    """The first visit that saw it (UTC)."""
    last_seen: dt.datetime
    """The last visit that saw it (UTC)."""


def read_statements(db: Database, site: str | None = None) -> tuple[SiteStatement, ...]:
    """Return the statements of one site or all, those seen last first."""
    rows = db.query(
        """SELECT * FROM statement WHERE (?1 IS NULL OR site = ?1)
        ORDER BY last_seen DESC, site, signal, stated_in, words""",
        [site],
    )
    return tuple(
        SiteStatement(
            **{name: row[name] for name in ("site", "signal", "stated_in", "words", "url")},
            first_seen=moment_from(row["first_seen"]),
            last_seen=moment_from(row["last_seen"]),
        )
        for row in rows
    )
