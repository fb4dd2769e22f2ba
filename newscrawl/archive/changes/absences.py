"""Deletions of articles: the visits that missed an article, and the absences they add up to.

A visit misses an article if the address at which it was seen last answers 404 or 410, shows a
soft 404, or redirects to a page that is not the article. A run that misses most of the articles
it visits says that the site is broken, not that the articles are gone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

import attrs
from sqlite_utils import Database

from newscrawl.archive.schema.storable import moment_from

MANY = 10
"""A run that misses so many articles, and sees fewer, found a broken site."""
SEVERAL = 3
"""The same number for a run that could read no source of the site."""
SURELY_GONE = dt.timedelta(days=30)
"""Missing for so long, an article is gone even if the site was broken at each visit."""
_NEAR = dt.timedelta(days=1)
_MOST_HOPS = 10

_STATUSES = {404: "not_found", 410: "removed"}
_ELSEWHERE = frozenset(
    {"soft_404", "home", "listing", "tag", "author", "search", "archive", "index", "sitemap"}
)
"""Kinds of pages that replace a deleted article; a login or consent page replaces nothing."""

IS_MISS = """(o.outcome = 'redirect' OR (o.outcome = 'http_error' AND o.status IN (404, 410))
    OR (o.outcome = 'not_article' AND o.kind = 'soft_404'))"""
"""Condition on `observations AS o`: the visit of an article that may have missed it."""

_VISITS = f"""
    SELECT o.id, o.run_id, o.fetched_at, o.version_id, o.outcome, o.status, o.final_url_id,
        u.url, u.key, f.url AS target, f.key AS target_key, o.article_id,
        o.run_id IS NULL OR r.is_broken = 0 AS is_trusted
    FROM observations AS o JOIN urls AS u ON u.id = o.url_id
    LEFT JOIN urls AS f ON f.id = o.final_url_id
    LEFT JOIN runs AS r ON r.id = o.run_id
    WHERE {{}} AND (o.version_id IS NOT NULL OR {IS_MISS})
    ORDER BY o.fetched_at, o.id"""
_OF_ARTICLE = _VISITS.format("o.article_id = ?")
_OF_RUN = _VISITS.format("o.run_id = ? AND o.article_id IS NOT NULL")

_WITH_MISSES = f"""
    SELECT DISTINCT x.article_id FROM observations AS x
    WHERE x.run_id = ? AND x.article_id IS NOT NULL AND EXISTS (
        SELECT 1 FROM observations AS o
        WHERE o.article_id = x.article_id AND o.version_id IS NULL AND {IS_MISS})"""


@attrs.frozen
class Miss:
    """One visit that missed an article."""

    seen_at: str
    reason: str
    target_id: int | None
    is_trusted: bool
    """The site was not broken then."""
    run_id: int | None


def is_miss(outcome: str, status: int | None, kind: str | None) -> bool:
    """Return whether a visit with this result may have missed an article."""
    if outcome == "not_article":
        return kind == "soft_404"
    return outcome == "redirect" or (outcome == "http_error" and status in _STATUSES)


def claim_misses(db: Database, article_id: int, url_ids: Iterable[int]) -> None:
    """Give earlier visits of these addresses that may have missed the article its id."""
    db.conn.executemany(
        f"""UPDATE observations AS o SET article_id = ?
        WHERE o.url_id = ? AND o.article_id IS NULL AND {IS_MISS}""",
        [(article_id, url_id) for url_id in url_ids],
    )


def has_absences(db: Database, article_id: int) -> bool:
    """Return whether an article was ever gone."""
    query = "SELECT 1 FROM absences WHERE article_id = ? LIMIT 1"
    return db.execute(query, [article_id]).fetchone() is not None


def judge_run(db: Database, run: int) -> None:
    """Decide whether *run* and earlier unjudged ones found a broken site; update absences."""
    runs = db.execute(
        """SELECT id FROM runs WHERE id = ?1 OR (id < ?1 AND is_broken IS NULL
            AND finished_at IS NOT NULL AND site_id IS (SELECT site_id FROM runs WHERE id = ?1))
        ORDER BY id""",
        [run],
    ).fetchall()
    for (one,) in runs:
        is_broken = _is_broken(db, one)
        db.conn.execute("UPDATE runs SET is_broken = ? WHERE id = ?", (is_broken, one))
        for (article_id,) in db.execute(_WITH_MISSES, [one]).fetchall():
            rebuild_absences(db, article_id)


def _is_broken(db: Database, run: int) -> bool:
    visits = list(db.query(_OF_RUN, [run]))
    seen = {row["article_id"] for row in visits if row["version_id"] is not None}
    missed = {
        row["article_id"]
        for row in visits
        if row["version_id"] is None and _miss_reason(db, row) is not None
    } - seen
    if len(missed) <= len(seen) or len(missed) < SEVERAL:
        return False
    return len(missed) >= MANY or not _reads_sources(db, run)


def _reads_sources(db: Database, run: int) -> bool:
    """Return whether *run* read a page of links, or visited none."""
    read, failed = db.execute(
        """SELECT sum(o.outcome IN ('source', 'unchanged') AND o.article_id IS NULL
            AND coalesce(o.kind, '') NOT IN ('robots.txt', 'tdmrep.json')),
            sum(o.outcome NOT IN ('source', 'unchanged') AND EXISTS (
                SELECT 1 FROM sources AS s WHERE s.url_id = o.url_id AND s.found > 0))
        FROM observations AS o WHERE o.run_id = ?""",
        [run],
    ).fetchone()
    return bool(read) or not failed


def rebuild_absences(db: Database, article_id: int) -> None:
    """Derive the absences of an article again from its visits."""
    db.conn.execute("DELETE FROM absences WHERE article_id = ?", (article_id,))
    db.conn.executemany(
        """INSERT INTO absences
            (article_id, last_seen, first_missed, last_missed, back_at, reason, target_id)
            VALUES (?, ?, ?, ?, ?, ?, ?)""",
        [(article_id, *row) for row in _absences(db, article_id)],
    )


def _absences(db: Database, article_id: int) -> Iterator[tuple[Any, ...]]:
    """Yield last_seen, first_missed, last_missed, back_at, reason and target of absences."""
    last_seen, here, misses = "", 0, list[Miss]()
    for row in db.query(_OF_ARTICLE, [article_id]):
        if row["version_id"] is not None:
            # A run that saw it at another address found that it moved, not that it was gone.
            misses = [
                one for one in misses if one.run_id is None or one.run_id != row["run_id"]
            ]
            yield from _absence(last_seen, misses, row["fetched_at"])
            last_seen, here, misses = row["fetched_at"], row["key"], []
        elif last_seen and row["key"] == here:
            miss = _miss(db, row)
            misses += [miss] if miss else []
    yield from _absence(last_seen, misses, None)


def _absence(
    last_seen: str, misses: list[Miss], back_at: str | None
) -> Iterator[tuple[Any, ...]]:
    trusted = [miss for miss in misses if miss.is_trusted]
    if misses and not trusted:
        lasted = moment_from(misses[-1].seen_at) - moment_from(misses[0].seen_at)
        trusted = misses if lasted >= SURELY_GONE else []
    if trusted:
        first, last = trusted[0], trusted[-1]
        yield last_seen, first.seen_at, last.seen_at, back_at, first.reason, first.target_id


def _miss(db: Database, row: dict[str, Any]) -> Miss | None:
    reason = _miss_reason(db, row)
    if reason is None:
        return None
    is_trusted = bool(row["is_trusted"])
    return Miss(row["fetched_at"], reason, row["final_url_id"], is_trusted, row["run_id"])


def _miss_reason(db: Database, row: dict[str, Any]) -> str | None:
    """Return why the article was not there; None if it may have been."""
    if row["outcome"] == "http_error":
        return _STATUSES.get(row["status"])
    if row["outcome"] == "not_article":
        return "soft_404"
    is_away = row["target_key"] != row["key"] and _leads_away(db, row)
    return "redirect" if is_away else None


def _leads_away(db: Database, row: dict[str, Any]) -> bool:
    """Return whether the redirect of a visit ended at a page that is not its article."""
    target, url_id = row["target"], row["final_url_id"]
    for _ in range(_MOST_HOPS):
        end = _visit_near(db, url_id, row)
        if end is None:
            return urlsplit(target or "").path in {"", "/"}
        outcome, status, kind, article_id, version_id, next_id, next_url = end
        if version_id is not None:
            return bool(article_id != row["article_id"])
        if outcome != "redirect":
            return _is_elsewhere(outcome, status, kind)
        target, url_id = next_url, next_id
    return False


def _is_elsewhere(outcome: str, status: int | None, kind: str | None) -> bool:
    if outcome in {"source", "unchanged"}:  # a home or section page
        return True
    if outcome == "not_article":
        return kind in _ELSEWHERE
    return outcome == "http_error" and status in _STATUSES


def _visit_near(db: Database, url_id: int | None, row: dict[str, Any]) -> Any:
    """Return the visit of an address nearest in time to *row*, of the same run or day."""
    moment = moment_from(row["fetched_at"])
    earliest, latest = (
        (moment + step).strftime("%Y-%m-%dT%H:%M:%SZ") for step in (-_NEAR, _NEAR)
    )
    return db.execute(
        """SELECT o.outcome, o.status, o.kind, o.article_id, o.version_id, o.final_url_id,
            f.url
        FROM observations AS o LEFT JOIN urls AS f ON f.id = o.final_url_id
        WHERE o.url_id = ?1 AND o.fetched_at BETWEEN ?2 AND ?3
            AND o.outcome NOT IN ('robots', 'over_limit')
        ORDER BY o.run_id IS ?4 DESC, o.version_id IS NOT NULL DESC,
            abs(strftime('%s', o.fetched_at) - strftime('%s', ?5)), o.id LIMIT 1""",
        [url_id, earliest, latest, row["run_id"], row["fetched_at"]],
    ).fetchone()
