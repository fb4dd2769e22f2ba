"""What stood on a page from when to when. Every function runs within one open transaction.

A showing is an unbroken row of looks at one page that found the same lists. It began after the
look before it and ended before the look after it: where nobody looked, nothing is claimed.
"""

from __future__ import annotations

import attrs
from sqlite_utils import Database

from newscrawl.archive.links.promotions import promote, read_promotions_again, still_promoted

LOOKS = ("stored", "updated", "unchanged", "source", "not_article")
"""The outcomes of requests that saw a whole page; any other says nothing about its lists."""

_MARKS = ", ".join("?" * len(LOOKS))


@attrs.frozen(kw_only=True)
class Look:
    """One look at a whole page."""

    url_id: int
    seen_at: str
    list_set_id: int | None
    """The lists it showed; None means that it showed none."""
    is_article: bool
    """The page is an article. Any other promotes what it lists."""


def see_lists(db: Database, look: Look) -> None:
    """Note what a page showed."""
    last = db.execute(
        """SELECT first_seen, last_seen, list_set_id FROM showings
        WHERE url_id = ? ORDER BY first_seen DESC LIMIT 1""",
        (look.url_id,),
    ).fetchone()
    if last is not None and look.seen_at <= last[1]:
        read_showings_again(db, look)
    elif last is not None and last[2] == look.list_set_id:
        _go_on(db, look, last[0])
    else:
        _begin(db, look, None if last is None else last[1])


def lists_shown_last(db: Database, url_id: int) -> int | None:
    """Return the id of the lists that a page showed at the last look; None for no lists."""
    found = db.execute(
        "SELECT list_set_id FROM showings WHERE url_id = ? ORDER BY first_seen DESC LIMIT 1",
        (url_id,),
    ).fetchone()
    return None if found is None else found[0]


def _go_on(db: Database, look: Look, first_seen: str) -> None:
    db.conn.execute(
        "UPDATE showings SET last_seen = ? WHERE url_id = ? AND first_seen = ?",
        (look.seen_at, look.url_id, first_seen),
    )
    if not look.is_article:
        still_promoted(db, look.url_id, look.seen_at)


def _begin(db: Database, look: Look, not_before: str | None) -> None:
    _insert(db, look.url_id, [(look.seen_at, look.seen_at, look.list_set_id)])
    if not look.is_article:
        promote(db, look.url_id, not_before, look.seen_at, look.list_set_id)


def read_showings_again(db: Database, look: Look) -> None:
    """Make the showings of a page anew: an older look came later, or is read otherwise."""
    db.conn.execute("DELETE FROM showings WHERE url_id = ?", (look.url_id,))
    looks = db.execute(
        f"""SELECT fetched_at, list_set_id FROM observations
        WHERE url_id = ? AND outcome IN ({_MARKS})
        GROUP BY fetched_at HAVING id = max(id) ORDER BY fetched_at""",
        (look.url_id, *LOOKS),
    ).fetchall()
    showings: list[tuple[str, str, int | None]] = []
    for seen_at, list_set_id in looks:
        if showings and showings[-1][2] == list_set_id:
            showings[-1] = (showings[-1][0], seen_at, list_set_id)
        else:
            showings.append((seen_at, seen_at, list_set_id))
    _insert(db, look.url_id, showings)
    if not look.is_article:
        read_promotions_again(db, look.url_id)


def _insert(db: Database, url_id: int, showings: list[tuple[str, str, int | None]]) -> None:
    db.conn.executemany(
        "INSERT INTO showings (url_id, first_seen, last_seen, list_set_id) VALUES (?, ?, ?, ?)",
        [(url_id, *showing) for showing in showings],
    )
