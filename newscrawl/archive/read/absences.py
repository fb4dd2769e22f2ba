"""Absences and moves of articles, as the archive's visits show them."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

import attrs
from sqlite_utils import Database

from newscrawl.archive.schema.storable import moment_from, utc_text

Reason = Literal["not_found", "removed", "soft_404", "redirect"]


@attrs.frozen(kw_only=True)
class Absence:
    """A time for which an article was gone from its address."""

    article_id: int
    """The id of the article."""
    site: str
    """The name of its site."""
    url: str
    """The address that it was first read at."""
    headline: str | None
    """Its headline as last seen."""
    last_seen: dt.datetime
    """The last visit that saw it (UTC): it was deleted after that."""
    first_missed: dt.datetime
    """The first visit that missed it (UTC): it was deleted before that."""
    last_missed: dt.datetime
    """The last visit that missed it (UTC)."""
    back_at: dt.datetime | None
    """The first visit that saw it again (UTC); None while it is gone."""
    reason: Reason
    """not_found (404), removed (410), soft_404, or redirect to a page that is another."""
    redirected_to: str | None
    """Target of a redirect."""


@attrs.frozen(kw_only=True)
class Move:
    """A move of an article, by a permanent redirect or since its old address is gone."""

    article_id: int
    """The id of the article."""
    site: str
    """The name of its site."""
    from_url: str
    """The address that it left."""
    to_url: str
    """The address that it moved to."""
    last_seen: dt.datetime
    """The last visit that saw it at the old address (UTC)."""
    first_moved: dt.datetime
    """The visit that showed the move (UTC): the first permanent redirect, or the later of two
    visits of which one missed the article at the old address and one saw it at the new."""


def read_absences(
    db: Database,
    *,
    article_id: int | None = None,
    site: str | None = None,
    since: dt.datetime | None = None,
    is_open: bool = False,
) -> tuple[Absence, ...]:
    """Return absences, the last first: of one article or site, and found since a time.

    With *is_open* only those of articles that are gone now.
    """
    rows = db.query(
        """SELECT * FROM absence WHERE (:article IS NULL OR article_id = :article)
            AND (:site IS NULL OR site = :site)
            AND (:since IS NULL OR first_missed >= :since)
            AND (NOT :is_open OR back_at IS NULL)
        ORDER BY first_missed DESC, article_id""",
        {"article": article_id, "site": site, "is_open": is_open, "since": _text(since)},
    )
    return tuple(Absence(**_with_times(row)) for row in rows)


def read_moves(
    db: Database,
    *,
    article_id: int | None = None,
    site: str | None = None,
    since: dt.datetime | None = None,
) -> tuple[Move, ...]:
    """Return moves, the last first: of one article or site, and found since a time."""
    # Not `:article IS NULL OR …`, for which SQLite would read all visits.
    of_article = "article_id = :article" if article_id is not None else "TRUE"
    rows = db.query(
        f"""SELECT * FROM move WHERE {of_article}
            AND (:site IS NULL OR site = :site)
            AND (:since IS NULL OR first_moved >= :since)
        ORDER BY first_moved DESC, article_id""",
        {"article": article_id, "site": site, "since": _text(since)},
    )
    return tuple(Move(**_with_times(row)) for row in rows)


_TIMES = frozenset({"last_seen", "first_missed", "last_missed", "back_at", "first_moved"})


def _with_times(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: moment_from(value) if value and name in _TIMES else value
        for name, value in row.items()
    }


def _text(moment: dt.datetime | None) -> str | None:
    return None if moment is None else utc_text(moment)
