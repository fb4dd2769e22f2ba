"""The addresses of articles: which of them redirect, and which one to request."""

from __future__ import annotations

import datetime as dt

from sqlite_utils import Database

from newscrawl.archive.read.articles import article_id_for
from newscrawl.archive.schema.storable import storable_text, utc_text
from newscrawl.outcomes import ARTICLE_OUTCOMES, PERMANENT, Outcome
from newscrawl.text.urls import url_key

MOST_HOPS = 10
_MOST_ALIASES = 50


def redirects_to(db: Database, url: str) -> tuple[str, ...]:
    """Return the addresses that redirected to *url*, directly or over others, nearest first."""
    found: dict[str, None] = {storable_text(url): None}
    newest = list(found)
    for _ in range(MOST_HOPS):
        newest = [one for there in newest for one in _directly_to(db, there)]
        newest = [one for one in newest if one not in found][:_MOST_ALIASES]
        found |= dict.fromkeys(newest)
        if not newest or len(found) > _MOST_ALIASES:
            break
    return tuple(found)[1 : _MOST_ALIASES + 1]


def current_address(db: Database, url: str, since: dt.datetime) -> str:
    """Return the address to request for *url*: its own, or the one of its article now.

    That is the target of a redirect that was permanent or led to another spelling, and the
    other address of a story that was read at both, as visits after *since* showed it.
    """
    url = storable_text(url)
    visit = _last_visit(db, url)
    if visit is None:
        article_id = article_id_for(db, url)
        return url if article_id is None else latest_address(db, article_id)
    target = _followed(db, url, utc_text(since))
    article_id = _article_at(db, target)
    if article_id is None or visit[1] < utc_text(since):
        return url
    if target == url and visit[0] not in ARTICLE_OUTCOMES:
        return url
    return latest_address(db, article_id)


def current_source(db: Database, url: str, since: dt.datetime) -> str:
    """Return where the source at *url* is: the end of its redirects, if it was read there."""
    target = _followed(db, storable_text(url), utc_text(since))
    visit = _last_visit(db, target)
    return target if visit is not None and visit[0] == Outcome.SOURCE else url


def latest_address(db: Database, article_id: int) -> str:
    """Return the address at which an article was last seen: stories move."""
    row = db.execute(
        "SELECT u.url FROM observations AS o JOIN urls AS u ON u.id = o.url_id"
        " WHERE o.article_id = ? ORDER BY o.fetched_at DESC, o.id DESC LIMIT 1",
        (article_id,),
    ).fetchone()
    row = (
        row
        or db.execute(
            "SELECT u.url FROM articles AS a JOIN urls AS u ON u.id = a.url_id WHERE a.id = ?",
            (article_id,),
        ).fetchone()
    )
    return str(row[0])


def other_address(db: Database, url: str) -> str | None:
    """Return another address of the article at *url*, the one that was found last."""
    row = db.execute(
        """SELECT other.url FROM urls AS u JOIN addresses AS x ON x.url_id = u.id
        JOIN addresses AS y ON y.article_id = x.article_id AND y.url_id <> u.id
        JOIN urls AS other ON other.id = y.url_id
        WHERE u.url = ? ORDER BY other.id DESC LIMIT 1""",
        (storable_text(url),),
    ).fetchone()
    return None if row is None else str(row[0])


def _directly_to(db: Database, url: str) -> list[str]:
    rows = db.execute(
        """SELECT DISTINCT u.url FROM urls AS f
        JOIN observations AS o ON o.final_url_id = f.id JOIN urls AS u ON u.id = o.url_id
        WHERE f.url = ? AND o.outcome = 'redirect' LIMIT ?""",
        (url, _MOST_ALIASES),
    )
    return [row[0] for row in rows]


def _last_visit(db: Database, url: str) -> tuple[str, str, int | None, str | None] | None:
    """Return outcome, time, status and target of the last visit of *url*, written just so."""
    found: tuple[str, str, int | None, str | None] | None = db.execute(
        """SELECT o.outcome, o.fetched_at, o.status, f.url FROM urls AS u
        JOIN observations AS o ON o.url_id = u.id LEFT JOIN urls AS f ON f.id = o.final_url_id
        WHERE u.url = ? ORDER BY o.fetched_at DESC, o.id DESC LIMIT 1""",
        (url,),
    ).fetchone()
    return found


def _followed(db: Database, url: str, since: str) -> str:
    """Return where the redirects end that begin at *url* and may be remembered."""
    for _ in range(MOST_HOPS):
        outcome, fetched_at, status, target = _last_visit(db, url) or ("", "", None, None)
        if outcome != Outcome.REDIRECT or target is None or fetched_at < since:
            break
        if status not in PERMANENT and url_key(url) != url_key(target):
            break
        url = target
    return url


def _article_at(db: Database, url: str) -> int | None:
    row = db.execute(
        """SELECT a.id FROM urls AS u JOIN addresses AS x ON x.url_id = u.id
        JOIN articles AS a ON a.id = x.article_id
        WHERE u.url = ? ORDER BY a.last_seen DESC, a.id LIMIT 1""",
        (url,),
    ).fetchone()
    return None if row is None else int(row[0])
