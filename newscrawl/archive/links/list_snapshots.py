"""Periods during which a page showed the same lists. Needs an open transaction.

A showing (a row of `showings`) is the period during which every visit found the same lists. It
began after the visit before it and ended before the visit after it; nothing is claimed between.
"""

from __future__ import annotations

import attrs
from sqlite_utils import Database

from newscrawl.archive.links.promotions import promote, rebuild_promotions, still_promoted
from newscrawl.archive.schema.row_digests import insertion
from newscrawl.outcomes import ARTICLE_OUTCOMES, Outcome

PAGE_OUTCOMES = (*ARTICLE_OUTCOMES, Outcome.SOURCE, Outcome.NOT_ARTICLE)
"""The outcomes of requests that saw a whole page; any other says nothing about its lists."""

_MARKS = ", ".join("?" * len(PAGE_OUTCOMES))


@attrs.frozen(kw_only=True)
class PageVisit:
    """One visit of a whole page."""

    url_id: int
    seen_at: str
    list_set_id: int | None
    """The lists it showed; None means that it showed none."""
    is_article: bool
    """The page is an article. Any other page promotes the links it lists."""


def record_lists(db: Database, visit: PageVisit) -> None:
    """Record the lists of a page."""
    last = db.execute(
        """SELECT first_seen, last_seen, list_set_id FROM showings
        WHERE url_id = ? ORDER BY first_seen DESC LIMIT 1""",
        (visit.url_id,),
    ).fetchone()
    if last is not None and visit.seen_at <= last[1]:
        rebuild_showings(db, visit)
    elif last is not None and last[2] == visit.list_set_id:
        _go_on(db, visit, last[0])
    else:
        _begin(db, visit, None if last is None else last[1])


def last_lists(db: Database, url_id: int) -> int | None:
    """Return the id of the lists of a page at the last visit; None for no lists."""
    found = db.execute(
        "SELECT list_set_id FROM showings WHERE url_id = ? ORDER BY first_seen DESC LIMIT 1",
        (url_id,),
    ).fetchone()
    return None if found is None else found[0]


def _go_on(db: Database, visit: PageVisit, first_seen: str) -> None:
    db.conn.execute(
        "UPDATE showings SET last_seen = ? WHERE url_id = ? AND first_seen = ?",
        (visit.seen_at, visit.url_id, first_seen),
    )
    if not visit.is_article:
        still_promoted(db, visit.url_id, visit.seen_at)


def _begin(db: Database, visit: PageVisit, not_before: str | None) -> None:
    _insert(db, visit.url_id, [(visit.seen_at, visit.seen_at, visit.list_set_id)])
    if not visit.is_article:
        promote(db, visit.url_id, not_before, visit.seen_at, visit.list_set_id)


def rebuild_showings(db: Database, visit: PageVisit) -> None:
    """Rebuild the showings of a page: an older visit came later, or is read otherwise."""
    db.conn.execute("DELETE FROM showings WHERE url_id = ?", (visit.url_id,))
    looks = db.execute(
        f"""SELECT fetched_at, list_set_id FROM observations
        WHERE url_id = ? AND outcome IN ({_MARKS})
        GROUP BY fetched_at HAVING id = max(id) ORDER BY fetched_at""",
        (visit.url_id, *PAGE_OUTCOMES),
    ).fetchall()
    showings: list[tuple[str, str, int | None]] = []
    for seen_at, list_set_id in looks:
        if showings and showings[-1][2] == list_set_id:
            showings[-1] = (showings[-1][0], seen_at, list_set_id)
        else:
            showings.append((seen_at, seen_at, list_set_id))
    _insert(db, visit.url_id, showings)
    if not visit.is_article:
        rebuild_promotions(db, visit.url_id)


def _insert(db: Database, url_id: int, showings: list[tuple[str, str, int | None]]) -> None:
    db.conn.executemany(
        insertion("showings", "url_id", "first_seen", "last_seen", "list_set_id"),
        [(url_id, *showing) for showing in showings],
    )
