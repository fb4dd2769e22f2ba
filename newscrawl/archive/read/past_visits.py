"""Past visits: one request each, with its outcome and the target of its redirect."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import attrs
from sqlite_utils import Database

from newscrawl.archive.schema.storable import moment_from, utc_text

IS_MISS = """(o.outcome = 'redirect' OR (o.outcome = 'http_error' AND o.status IN (404, 410))
    OR (o.outcome = 'not_article' AND o.kind = 'soft_404'))"""
"""Condition on `observations AS o`: the visit of an article that may have missed it."""
_NEAR = dt.timedelta(days=1)

_VISITS = """
    SELECT o.run_id, o.fetched_at, o.outcome, o.status, o.kind, u.url, u.key, o.article_id,
        o.version_id, o.final_url_id AS target_id, f.url AS target, f.key AS target_key,
        o.run_id IS NULL OR r.is_broken = 0 AS is_trusted
    FROM observations AS o JOIN urls AS u ON u.id = o.url_id
    LEFT JOIN urls AS f ON f.id = o.final_url_id
    LEFT JOIN runs AS r ON r.id = o.run_id
    WHERE {} ORDER BY {}"""
_IN_TIME = "o.fetched_at, o.id"
_OF_ARTICLE = _VISITS.format(
    f"o.article_id = ? AND (o.version_id IS NOT NULL OR {IS_MISS})", _IN_TIME
)
_OF_RUN = _VISITS.format(
    f"o.run_id = ? AND o.article_id IS NOT NULL AND (o.version_id IS NOT NULL OR {IS_MISS})",
    _IN_TIME,
)
_LAST = _VISITS.format("u.url = ?", "o.fetched_at DESC, o.id DESC LIMIT 1")
_NEAREST = _VISITS.format(
    "o.url_id = ?1 AND o.fetched_at BETWEEN ?2 AND ?3"
    " AND o.outcome NOT IN ('robots', 'over_limit')",
    "o.run_id IS ?4 DESC, o.version_id IS NOT NULL DESC,"
    " abs(strftime('%s', o.fetched_at) - strftime('%s', ?5)), o.id LIMIT 1",
)


@attrs.frozen(kw_only=True)
class PastVisit:
    """One request of the past. Ids are those of rows."""

    run_id: int | None
    fetched_at: str
    """When (UTC, as the archive writes it)."""
    outcome: str
    status: int | None
    kind: str | None
    """Kind of an answer that is no article."""
    url: str
    key: int
    """The digest of the address, alike for all its spellings."""
    article_id: int | None
    version_id: int | None
    """The version that it saw; None if it saw no article."""
    target_id: int | None
    target: str | None
    """The address to which it was redirected."""
    target_key: int | None
    is_trusted: bool = attrs.field(converter=bool)
    """The site was not broken then."""


def visits_of_article(db: Database, article_id: int) -> Iterator[PastVisit]:
    """Yield the visits that saw an article or may have missed it, the oldest first."""
    return _visits(db, _OF_ARTICLE, article_id)


def visits_of_run(db: Database, run: int) -> Iterator[PastVisit]:
    """Yield the visits of a run that saw an article or may have missed it."""
    return _visits(db, _OF_RUN, run)


def last_visit(db: Database, url: str) -> PastVisit | None:
    """Return the last visit of *url* in exactly this spelling; None without any."""
    return next(_visits(db, _LAST, url), None)


def visit_near(db: Database, url_id: int | None, visit: PastVisit) -> PastVisit | None:
    """Return the visit of an address nearest in time to *visit*, of the same run or day."""
    moment = moment_from(visit.fetched_at)
    span = (utc_text(moment - _NEAR), utc_text(moment + _NEAR))
    values = (url_id, *span, visit.run_id, visit.fetched_at)
    return next(_visits(db, _NEAREST, *values), None)


def _visits(db: Database, query: str, *values: Any) -> Iterator[PastVisit]:
    return (PastVisit(**row) for row in db.query(query, list(values)))
