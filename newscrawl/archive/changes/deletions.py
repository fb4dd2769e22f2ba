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

from newscrawl.archive.read.addresses import MOST_HOPS
from newscrawl.archive.read.past_visits import (
    IS_MISS,
    PastVisit,
    visit_near,
    visits_of_article,
    visits_of_run,
)
from newscrawl.archive.schema.storable import moment_from
from newscrawl.outcomes import Outcome

MANY = 10
"""A run that misses this many articles, and sees fewer, found a broken site."""
SEVERAL = 3
"""The same number for a run that could read no source of the site."""
SURELY_GONE = dt.timedelta(days=30)
"""Missing for so long, an article is gone even if the site was broken at each visit."""

_STATUSES = {404: "not_found", 410: "removed"}
_ELSEWHERE = frozenset(
    {"soft_404", "home", "listing", "tag", "author", "search", "archive", "index", "sitemap"}
)
"""Kinds of pages that replace a deleted article; a login or consent page replaces nothing."""

_WITH_MISSES = f"""
    SELECT DISTINCT x.article_id FROM observations AS x
    WHERE x.run_id = ? AND x.article_id IS NOT NULL AND EXISTS (
        SELECT 1 FROM observations AS o
        WHERE o.article_id = x.article_id AND o.version_id IS NULL AND {IS_MISS})"""


@attrs.frozen
class Miss:
    """One visit that missed an article."""

    visit: PastVisit
    reason: str


def is_miss(outcome: str, status: int | None, kind: str | None) -> bool:
    """Return whether a visit with this result may have missed an article."""
    if outcome == Outcome.NOT_ARTICLE:
        return kind == "soft_404"
    is_missing = outcome == Outcome.HTTP_ERROR and status in _STATUSES
    return outcome == Outcome.REDIRECT or is_missing


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
    """Return whether the site failed as a whole; captures of years say nothing of that."""
    (spider,) = db.execute("SELECT spider FROM runs WHERE id = ?", [run]).fetchone()
    if spider == "history":
        return False
    visits = list(visits_of_run(db, run))
    seen = {one.article_id for one in visits if one.version_id is not None}
    missed = {
        one.article_id for one in visits if one.version_id is None and _miss_reason(db, one)
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
    for visit in visits_of_article(db, article_id):
        if visit.version_id is not None:
            # A run that saw it at another address found that it moved, not that it was gone.
            misses = [one for one in misses if not _is_of_run(one.visit, visit.run_id)]
            yield from _absence(last_seen, misses, visit.fetched_at)
            last_seen, here, misses = visit.fetched_at, visit.key, []
        elif last_seen and visit.key == here and (reason := _miss_reason(db, visit)):
            misses.append(Miss(visit, reason))
    yield from _absence(last_seen, misses, None)


def _is_of_run(visit: PastVisit, run: int | None) -> bool:
    return run is not None and visit.run_id == run


def _absence(
    last_seen: str, misses: list[Miss], back_at: str | None
) -> Iterator[tuple[Any, ...]]:
    trusted = [miss for miss in misses if miss.visit.is_trusted]
    if misses and not trusted:
        first, last = misses[0].visit.fetched_at, misses[-1].visit.fetched_at
        trusted = misses if moment_from(last) - moment_from(first) >= SURELY_GONE else []
    if trusted:
        begin, end = trusted[0].visit, trusted[-1].visit
        reason = trusted[0].reason
        yield last_seen, begin.fetched_at, end.fetched_at, back_at, reason, begin.target_id


def _miss_reason(db: Database, visit: PastVisit) -> str | None:
    """Return why the article was not there; None if it may have been."""
    if visit.outcome == Outcome.HTTP_ERROR:
        return _STATUSES.get(visit.status or 0)
    if visit.outcome == Outcome.NOT_ARTICLE:
        return "soft_404"
    is_away = visit.target_key != visit.key and _leads_away(db, visit)
    return "redirect" if is_away else None


def _leads_away(db: Database, visit: PastVisit) -> bool:
    """Return whether the redirect of a visit ended at a page that is not its article."""
    hop = visit
    for _ in range(MOST_HOPS):
        end = visit_near(db, hop.target_id, visit)
        if end is None:
            return urlsplit(hop.target or "").path in {"", "/"}
        if end.version_id is not None:
            return end.article_id != visit.article_id
        if end.outcome != Outcome.REDIRECT:
            return _is_elsewhere(end)
        hop = end
    return False


def _is_elsewhere(end: PastVisit) -> bool:
    if end.outcome in {Outcome.SOURCE, Outcome.UNCHANGED}:  # a home or section page
        return True
    if end.outcome == Outcome.NOT_ARTICLE:
        return end.kind in _ELSEWHERE
    return end.outcome == Outcome.HTTP_ERROR and end.status in _STATUSES
