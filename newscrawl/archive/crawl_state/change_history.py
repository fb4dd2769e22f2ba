"""Publication date and number of changes of articles, for scheduling revisits."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator

import attrs

from newscrawl.archive.archive import Archive
from newscrawl.archive.schema.storable import moment_from, storable_text, utc_text
from newscrawl.archive.write.lookup_tables import url_digest
from newscrawl.exit_status import COMPLETE, NOTHING_FOUND
from newscrawl.outcomes import ARTICLE_OUTCOMES

AHEAD = dt.timedelta(minutes=5)
"""A time later than this from now is of a clock that was ahead, and counts for nothing."""


@attrs.frozen(kw_only=True)
class History:
    """Publication date of an article, and the number of its changes."""

    published: dt.datetime | None
    """The date of publication, a bare day from its beginning; None if none is known."""
    changes: int
    """The number of its versions that the publisher made, after the first."""


def history_of(archive: Archive, article_id: int) -> History:
    """Return how the article *article_id* has fared."""
    row = archive.db.execute(
        "SELECT v.date_published, (SELECT count(*) FROM versions AS w"
        " WHERE w.article_id = a.id AND w.cause = 'publisher')"
        " FROM articles AS a JOIN versions AS v ON v.id = a.version_id WHERE a.id = ?",
        (article_id,),
    ).fetchone()
    if row is None:
        return History(published=None, changes=0)
    return _history(*row)


def count_articles(archive: Archive, site: str) -> int:
    """Return how many articles of *site* the archive holds."""
    row = archive.db.execute(
        "SELECT count(*) FROM articles AS a JOIN sites AS s ON s.id = a.site_id"
        " WHERE s.name = ? AND a.version_id IS NOT NULL",
        (site,),
    ).fetchone()
    return int(row[0])


def new_by_day(archive: Archive, site: str) -> dict[dt.date, int]:
    """Return how many articles of *site* were first seen on each day (UTC)."""
    rows = archive.db.execute(
        "SELECT substr(a.first_seen, 1, 10), count(*) FROM articles AS a"
        " JOIN sites AS s ON s.id = a.site_id WHERE s.name = ? GROUP BY 1",
        (site,),
    )
    return {dt.date.fromisoformat(day): count for day, count in rows}


@attrs.frozen(kw_only=True)
class KnownArticle:
    """The facts that decide when an article is visited again."""

    article_id: int
    last_seen: dt.datetime
    """When it was last read or was as before (UTC)."""
    history: History


def known_articles(archive: Archive, site: str, before: dt.datetime) -> Iterator[KnownArticle]:
    """Yield the articles of *site* that were last seen before that time, withdrawn ones not.

    Also those last seen in the future: the clock was ahead then.
    """
    rows = archive.db.execute(
        "SELECT a.id, a.last_seen, v.date_published, (SELECT count(*) FROM versions AS w"
        " WHERE w.article_id = a.id AND w.cause = 'publisher')"
        " FROM articles AS a JOIN sites AS s ON s.id = a.site_id"
        " JOIN versions AS v ON v.id = a.version_id WHERE s.name = ?"
        " AND (a.last_seen < ? OR a.last_seen > ?)",
        (site, utc_text(before), utc_text(dt.datetime.now(dt.UTC) + AHEAD)),
    )
    for article_id, last_seen, published, changes in rows:
        yield KnownArticle(
            article_id=article_id,
            last_seen=moment_from(last_seen),
            history=_history(published, changes),
        )


def ended_without_articles(archive: Archive, site: str) -> bool:
    """Return whether the last crawl of *site* that ended found no article and said so."""
    row = archive.db.execute(
        "SELECT r.exit_status, r.counts FROM runs AS r JOIN sites AS s ON s.id = r.site_id"
        " WHERE s.name = ? AND r.exit_status IN (?, ?) ORDER BY r.id DESC LIMIT 1",
        (site, COMPLETE, NOTHING_FOUND),
    ).fetchone()
    if row is None or row[0] != NOTHING_FOUND:
        return False
    counts = json.loads(row[1] or "{}")
    return not any(counts.get(outcome) for outcome in ARTICLE_OUTCOMES)


def first_visit(archive: Archive, url: str) -> dt.datetime | None:
    """Return the time of the first request of the page at *url*, in any spelling."""
    row = archive.db.execute(
        "SELECT min(o.fetched_at) FROM urls AS u JOIN observations AS o ON o.url_id = u.id"
        " WHERE u.key = ? AND o.outcome <> 'over_limit'",
        (url_digest(storable_text(url)),),
    ).fetchone()
    return moment_from(row[0]) if row and row[0] else None


def visits_of(archive: Archive, url: str, *, without_failed: bool = False) -> frozenset[str]:
    """Return the times at which *url*, in any spelling, was visited, as the archive has them.

    With *without_failed*, those at which the connection failed are left out.
    """
    rows = archive.db.execute(
        "SELECT o.fetched_at FROM urls AS u JOIN observations AS o ON o.url_id = u.id"
        " WHERE u.key = ? AND NOT (? AND o.outcome = 'connection')",
        (url_digest(storable_text(url)), without_failed),
    )
    return frozenset(moment for (moment,) in rows)


def _history(published: str | None, changes: int) -> History:
    if published and len(published) == 10:
        published = f"{published}T00:00:00Z"
    return History(published=moment_from(published) if published else None, changes=changes)
