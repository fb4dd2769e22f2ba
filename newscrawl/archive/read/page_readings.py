"""Readings of a site's pages in the order of time: the input of drift."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs
from sqlite_utils import Database

from newscrawl.archive.schema.storable import moment_from, utc_text
from newscrawl.outcomes import ARTICLE_OUTCOMES, Evidence, Outcome

REFUSED = (
    Outcome.NOT_ARTICLE,
    Outcome.BLOCKED,
    Outcome.HTTP_ERROR,
    Outcome.EMPTY,
    Outcome.NOT_HTML,
)
"""The outcomes of pages that might have been articles."""

_IS_OF_DELETION = """o.version_id IS NULL AND EXISTS (
        SELECT 1 FROM absences AS x
        WHERE x.article_id = o.article_id
            AND o.fetched_at BETWEEN x.first_missed AND x.last_missed
    ) OR o.outcome = 'not_article' AND EXISTS (
        SELECT 1 FROM observations AS m JOIN absences AS x ON x.article_id = m.article_id
        WHERE m.final_url_id = o.url_id AND m.run_id = o.run_id AND m.outcome = 'redirect'
            AND m.fetched_at BETWEEN x.first_missed AND x.last_missed)"""
"""The visit missed a deleted article, or saw the page that a deleted article redirects to."""
_IS_OF_SOURCE = """o.version_id IS NULL AND (
    coalesce(o.kind, '') IN ('robots.txt', 'tdmrep.json') OR EXISTS (
        SELECT 1 FROM observations AS x WHERE x.url_id = o.url_id AND x.outcome = 'source'))"""
"""The visit failed at robots.txt, a feed, a sitemap or a list page."""
_MARKS = ", ".join("?" * len(ARTICLE_OUTCOMES + REFUSED))


@attrs.frozen(kw_only=True)
class PageReading:
    """One visit of a page that is, or might have been, an article."""

    url: str
    """The address that was requested."""
    fetched_at: dt.datetime
    """When (UTC)."""
    is_article: bool
    """It was read as an article."""
    provenance: int | None
    """The id of the rules that found its fields; None if it is no article."""
    extractor: str | None
    """The extractor."""
    evidence: Evidence | None
    """Place of the stored response."""


def read_readings(
    db: Database, site: str, since: dt.datetime, limit: int
) -> tuple[tuple[PageReading, ...], dict[int, dict[str, str]]]:
    """Return how the pages of *site* were read from *since* on, and the rules by their ids.

    Visits of deleted articles and of sources say nothing of the layout, and are left out. The
    oldest comes first; of more than *limit* the last ones are returned. A page that answered
    "not modified" was not read, and is left out.
    """
    rows = db.execute(
        f"""SELECT u.url, o.fetched_at, o.outcome, o.provenance_id, e.name, f.path,
            o.evidence_offset, o.evidence_length, o.evidence_record
        FROM runs AS r
        JOIN sites AS s ON s.id = r.site_id
        JOIN observations AS o ON o.run_id = r.id
        JOIN urls AS u ON u.id = o.url_id
        LEFT JOIN extractors AS e ON e.id = o.extractor_id
        LEFT JOIN evidence_files AS f ON f.id = o.evidence_file_id
        WHERE s.name = ? AND o.fetched_at >= ? AND o.outcome IN ({_MARKS})
            AND (o.provenance_id IS NOT NULL OR o.outcome NOT IN (?, ?, ?))
            AND NOT ({_IS_OF_DELETION}) AND NOT ({_IS_OF_SOURCE})
        ORDER BY o.fetched_at DESC, o.id DESC LIMIT ?""",
        [site, utc_text(since), *ARTICLE_OUTCOMES, *REFUSED, *ARTICLE_OUTCOMES, limit],
    ).fetchall()
    readings = tuple(_reading_from(row) for row in reversed(rows))
    return readings, _rules(db, {one.provenance for one in readings if one.provenance})


def _reading_from(row: Any) -> PageReading:
    url, fetched_at, outcome, provenance, extractor, file, offset, length, record_id = row
    evidence = None
    if file is not None:
        evidence = Evidence(file=file, offset=offset, length=length, record_id=record_id)
    return PageReading(
        url=url,
        fetched_at=moment_from(fetched_at),
        is_article=outcome in ARTICLE_OUTCOMES,
        provenance=provenance,
        extractor=extractor,
        evidence=evidence,
    )


def _rules(db: Database, provenances: set[int]) -> dict[int, dict[str, str]]:
    """Return the rule of each field, for each combination."""
    rules: dict[int, dict[str, str]] = {one: {} for one in provenances}
    query = "SELECT field, source FROM provenance_fields WHERE provenance_id = ?"
    for one, fields in rules.items():
        fields.update(db.execute(query, [one]).fetchall())
    return rules


@attrs.frozen(kw_only=True)
class RunYield:
    """The number of new articles of a run."""

    run: int
    """The id of the run."""
    started_at: dt.datetime
    """When it began (UTC)."""
    new: int
    """The number of articles stored for the first time."""


def read_yields(db: Database, site: str, since: dt.datetime) -> tuple[RunYield, ...]:
    """Return the new articles of each ended run over the sources of *site*, oldest first."""
    rows = db.execute(
        """SELECT r.id, r.started_at, sum(o.outcome = 'stored')
        FROM runs AS r
        JOIN sites AS s ON s.id = r.site_id
        JOIN observations AS o ON o.run_id = r.id
        WHERE s.name = ? AND r.started_at >= ? AND r.finished_at IS NOT NULL
        GROUP BY r.id
        HAVING sum(o.outcome = 'source'
            AND coalesce(o.kind, '') NOT IN ('robots.txt', 'tdmrep.json'))
        ORDER BY r.started_at, r.id""",
        [site, utc_text(since)],
    )
    return tuple(
        RunYield(run=run, started_at=moment_from(began), new=new) for run, began, new in rows
    )


@attrs.frozen(kw_only=True)
class SourceVisit:
    """One request for a page that was, at least once, read for links."""

    url: str
    """Its address."""
    fetched_at: dt.datetime
    """When (UTC)."""
    outcome: str
    """Its outcome."""
    reason: str | None
    """More about the outcome."""
    status: int | None
    """The HTTP status."""

    @property
    def is_read(self) -> bool:
        """True if it was read, or had not changed."""
        return self.outcome in {Outcome.SOURCE, Outcome.UNCHANGED}


def read_source_visits(db: Database, site: str, since: dt.datetime) -> tuple[SourceVisit, ...]:
    """Return every request for a source of *site*, by address and time.

    The home page to which a deleted article redirects is read for that article, not for links.
    """
    rows = db.execute(
        """SELECT u.url, o.fetched_at, o.outcome, o.reason, o.status
        FROM observations AS o JOIN urls AS u ON u.id = o.url_id
        WHERE o.fetched_at >= ?2
            AND NOT (o.outcome = 'not_article' AND EXISTS (
                SELECT 1 FROM observations AS m WHERE m.run_id = o.run_id
                    AND m.final_url_id = o.url_id AND m.outcome = 'redirect'))
            AND o.url_id IN (
            SELECT x.url_id FROM runs AS r
            JOIN sites AS s ON s.id = r.site_id
            JOIN observations AS x ON x.run_id = r.id
            WHERE s.name = ?1 AND x.fetched_at >= ?2 AND x.outcome = 'source'
                AND coalesce(x.kind, '') NOT IN ('robots.txt', 'tdmrep.json'))
        ORDER BY u.url, o.fetched_at, o.id""",
        [site, utc_text(since)],
    )
    return tuple(
        SourceVisit(
            url=url, fetched_at=moment_from(at), outcome=outcome, reason=reason, status=status
        )
        for url, at, outcome, reason, status in rows
    )
