"""What stood on a page from when to when. Every function runs within one open transaction.

A showing is an unbroken row of looks at one page that found the same lists. It began after the
look before it and ended before the look after it: where nobody looked, nothing is claimed.
"""

from __future__ import annotations

from sqlite_utils import Database

LOOKS = ("stored", "updated", "unchanged", "source", "not_article")
"""The outcomes of requests that saw a whole page; any other says nothing about its lists."""

_MARKS = ", ".join("?" * len(LOOKS))


def see_lists(
    db: Database, url_id: int, seen_at: str, outcome: str, list_set_id: int | None
) -> None:
    """Note that a page showed these lists at *seen_at*; None means that it showed none."""
    if outcome not in LOOKS:
        return
    last = db.execute(
        """SELECT first_seen, last_seen, list_set_id FROM showings
        WHERE url_id = ? ORDER BY first_seen DESC LIMIT 1""",
        (url_id,),
    ).fetchone()
    if last is not None and seen_at <= last[1]:
        _read_again(db, url_id)
    elif last is not None and last[2] == list_set_id:
        db.conn.execute(
            "UPDATE showings SET last_seen = ? WHERE url_id = ? AND first_seen = ?",
            (seen_at, url_id, last[0]),
        )
    else:
        _begin(db, url_id, seen_at, list_set_id)


def _begin(db: Database, url_id: int, seen_at: str, list_set_id: int | None) -> None:
    db.conn.execute(
        "INSERT INTO showings (url_id, first_seen, last_seen, list_set_id) VALUES (?, ?, ?, ?)",
        (url_id, seen_at, seen_at, list_set_id),
    )


def _read_again(db: Database, url_id: int) -> None:
    """Make the showings of a page anew: an older look was imported later."""
    db.conn.execute("DELETE FROM showings WHERE url_id = ?", (url_id,))
    looks = db.execute(
        f"""SELECT fetched_at, list_set_id FROM observations
        WHERE url_id = ? AND outcome IN ({_MARKS})
        GROUP BY fetched_at HAVING id = max(id) ORDER BY fetched_at""",
        (url_id, *LOOKS),
    ).fetchall()
    showings: list[tuple[str, str, int | None]] = []
    for seen_at, list_set_id in looks:
        if showings and showings[-1][2] == list_set_id:
            showings[-1] = (showings[-1][0], seen_at, list_set_id)
        else:
            showings.append((seen_at, seen_at, list_set_id))
    db.conn.executemany(
        "INSERT INTO showings (url_id, first_seen, last_seen, list_set_id) VALUES (?, ?, ?, ?)",
        [(url_id, *showing) for showing in showings],
    )
