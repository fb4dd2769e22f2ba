"""Numbers of an archive: articles, requests, outcomes, fields."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import attrs
from sqlite_utils import Database

from newscrawl.archive.schema.storable import date_text, moment_from

COVERAGE = {
    "headline": "v.headline IS NOT NULL",
    "alternative_headline": "v.alternative_headline IS NOT NULL",
    "description": "v.description IS NOT NULL",
    "breadcrumbs": "EXISTS (SELECT 1 FROM version_sections WHERE version_id = v.id)",
    "dateline": "v.dateline_raw IS NOT NULL",
    "date_published": "v.date_published IS NOT NULL",
    "date_modified": "v.date_modified IS NOT NULL",
    "authors": "EXISTS (SELECT 1 FROM version_authors WHERE version_id = v.id)",
    "article_body": "EXISTS (SELECT 1 FROM bodies WHERE id = v.body_id AND article_body <> '')",
    "source_credit": "v.source_credit IS NOT NULL",
    "agencies": "EXISTS (SELECT 1 FROM version_agencies WHERE version_id = v.id)",
    "publisher": "v.publisher IS NOT NULL",
    "main_image": "EXISTS (SELECT 1 FROM images WHERE version_id = v.id AND is_main)",
    "images": "EXISTS (SELECT 1 FROM images WHERE version_id = v.id AND position > 0)",
    "keywords": "EXISTS (SELECT 1 FROM version_keywords WHERE version_id = v.id)",
    "in_language": "v.in_language IS NOT NULL",
    "link_lists": "v.list_set_id IS NOT NULL",
}
"""For each field that a page may or may not have, how SQL sees that an article has it."""

_DOUBTFUL = "SELECT id FROM versions WHERE page_kind <> 'article'"
_COUNTS = """SELECT (SELECT count(*) FROM articles WHERE version_id
        NOT IN (SELECT id FROM versions WHERE page_kind <> 'article')) AS articles,
    (SELECT count(*) FROM versions) AS versions,
    (SELECT count(*) FROM observations WHERE outcome <> 'requisite') AS observations,
    (SELECT count(*) FROM observations WHERE evidence_file_id IS NOT NULL) AS captures"""


@attrs.frozen(kw_only=True)
class Reason:
    """The number of requests with one outcome and reason."""

    outcome: str
    """One of the outcomes of observations."""
    reason: str | None
    """More about it, as far as the first colon."""
    count: int
    """The number of requests."""


@attrs.frozen(kw_only=True)
class Stats:
    """An archive, or one run of it, in numbers."""

    articles: int
    """The number of articles, without withdrawn ones."""
    doubtful_pages: int
    """The number of stored pages that may be no article."""
    versions: int
    """The number of versions of all articles."""
    observations: int
    """The number of requests."""
    outcomes: Mapping[str, int]
    """The number of requests by outcome, the most frequent first."""
    reasons: tuple[Reason, ...]
    """The same by reason, the most frequent first."""
    coverage: Mapping[str, int]
    """The number of articles that have each field."""
    sites: Mapping[str, int]
    """The number of articles of each site, the most first."""
    first_seen: dt.datetime | None
    """Time of the first request (UTC)."""
    last_seen: dt.datetime | None
    """Time of the last request (UTC)."""

    def as_dict(self) -> dict[str, Any]:
        """Return the numbers as JSON types."""
        times = {
            "first_seen": date_text(self.first_seen),
            "last_seen": date_text(self.last_seen),
        }
        return attrs.asdict(self) | times


def read_stats(db: Database, *, run: int | None = None, site: str | None = None) -> Stats:
    """Count articles and requests, of one *run* or one *site* if given."""
    where, values = _observed(run, site)
    archived = _archived(run, site)
    articles = f"a.version_id NOT IN ({_DOUBTFUL}){archived}"
    first_seen, last_seen, observations = db.execute(
        f"""SELECT min(fetched_at), max(fetched_at), count(*)
        FROM observations AS o WHERE {where}""",
        values,
    ).fetchone()
    coverage = _coverage(db, articles, values)
    return Stats(
        articles=coverage.pop("articles"),
        doubtful_pages=_number(
            db,
            f"SELECT count(*) FROM articles AS a WHERE a.version_id IN ({_DOUBTFUL}){archived}",
            values,
        ),
        versions=_number(
            db,
            f"""SELECT count(*) FROM versions AS v JOIN articles AS a ON a.id = v.article_id
            WHERE {articles}""",
            values,
        ),
        observations=observations,
        outcomes=_counts(
            db, f"SELECT outcome, count(*) AS n FROM observations AS o WHERE {where}", values
        ),
        reasons=_reasons(db, where, values),
        coverage=coverage,
        sites=_counts(
            db,
            f"""SELECT s.name, count(*) AS n FROM articles AS a JOIN sites AS s
            ON s.id = a.site_id WHERE {articles}""",
            values,
        ),
        first_seen=moment_from(first_seen) if first_seen else None,
        last_seen=moment_from(last_seen) if last_seen else None,
    )


def read_counts(db: Database) -> dict[str, int]:
    """Return the numbers of articles, versions, observations and captures."""
    return dict(next(db.query(_COUNTS)))


def site_names(db: Database) -> list[str]:
    """Return the names of the sites in the archive, sorted."""
    return [name for (name,) in db.execute("SELECT name FROM sites ORDER BY name")]


def _observed(run: int | None, site: str | None) -> tuple[str, dict[str, Any]]:
    conditions = ["o.outcome <> 'requisite'"]
    if run is not None:
        conditions.append("o.run_id = :run")
    if site is not None:
        conditions.append("o.site_id = (SELECT id FROM sites WHERE name = :site)")
    return " AND ".join(conditions), {"run": run, "site": site}


def _archived(run: int | None, site: str | None) -> str:
    text = ""
    if run is not None:
        text += (
            " AND a.id IN (SELECT article_id FROM observations"
            " WHERE run_id = :run AND version_id IS NOT NULL)"
        )
    if site is not None:
        text += " AND a.site_id = (SELECT id FROM sites WHERE name = :site)"
    return text


def _coverage(db: Database, articles: str, values: dict[str, Any]) -> dict[str, int]:
    sums = ", ".join(f"coalesce(sum({test}), 0)" for test in COVERAGE.values())
    row = db.execute(
        f"""SELECT count(*), {sums} FROM articles AS a JOIN versions AS v ON v.id = a.version_id
        WHERE {articles}""",
        values,
    ).fetchone()
    return dict(zip(("articles", *COVERAGE), row, strict=True))


def _number(db: Database, query: str, values: dict[str, Any]) -> int:
    return int(db.execute(query, values).fetchone()[0])


def _counts(db: Database, query: str, values: dict[str, Any]) -> dict[str, int]:
    return dict(db.execute(f"{query} GROUP BY 1 ORDER BY n DESC, 1", values).fetchall())


def _reasons(db: Database, where: str, values: dict[str, Any]) -> tuple[Reason, ...]:
    rows = db.execute(
        f"""SELECT outcome, iif(instr(reason, ':'), substr(reason, 1, instr(reason, ':') - 1),
        reason) AS why, count(*) AS n FROM observations AS o WHERE {where}
        GROUP BY outcome, why ORDER BY n DESC, outcome, why""",
        values,
    )
    return tuple(Reason(outcome=outcome, reason=why, count=n) for outcome, why, n in rows)
