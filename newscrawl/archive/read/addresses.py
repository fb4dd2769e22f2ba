"""The addresses of articles: which of them redirect, and which one to request."""

from __future__ import annotations

import datetime as dt
from urllib.parse import urljoin

import attrs
from sqlite_utils import Database

from newscrawl.archive.read.articles import article_id_for
from newscrawl.archive.read.past_visits import last_visit
from newscrawl.archive.schema.storable import storable_text, utc_text
from newscrawl.outcomes import ARTICLE_OUTCOMES, PERMANENT, Outcome
from newscrawl.text.urls import (
    host_of,
    is_home_page,
    origin_of,
    site_name,
    url_key,
    url_path_key,
)

MOST_HOPS = 10
_MOST_ALIASES = 50
_SCHEMES = ("https", "http")


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
    visit = last_visit(db, url)
    if visit is None:
        article_id = article_id_for(db, url)
        return url if article_id is None else latest_address(db, article_id)
    target = _followed(db, url, utc_text(since))
    article_id = _article_at(db, target)
    if article_id is None or visit.fetched_at < utc_text(since):
        return url
    if target == url and visit.outcome not in ARTICLE_OUTCOMES:
        return url
    return latest_address(db, article_id)


def current_source(db: Database, url: str, since: dt.datetime) -> str:
    """Return where the source at *url* is: the end of its redirects, if it was read there."""
    target = _followed(db, storable_text(url), utc_text(since))
    visit = last_visit(db, target)
    return target if visit is not None and visit.outcome == Outcome.SOURCE else url


def latest_address(db: Database, article_id: int) -> str:
    """Return the address at which an article was last seen: stories move."""
    row = db.execute(
        "SELECT u.url FROM observations AS o JOIN urls AS u ON u.id = o.url_id"
        " WHERE o.article_id = ? AND o.version_id IS NOT NULL"
        " ORDER BY o.fetched_at DESC, o.id DESC LIMIT 1",
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


@attrs.frozen
class Move:
    """An article with an address that redirects to one of another article of its site."""

    moved: int
    into: int
    is_same_path: bool
    """True if both addresses have one path, on different hosts."""


def moves_at(db: Database, url: str) -> list[Move]:
    """Return the moves of articles with a text by permanent redirects from *url* or to it."""
    target = _followed(db, storable_text(url), "")
    into = _article_at(db, target)
    if into is None:
        return []
    starts = [one for one in redirects_to(db, target) if _followed(db, one, "") == target]
    marks = ", ".join("?" * len(starts))
    rows = db.execute(
        f"""SELECT DISTINCT a.id, u.url FROM urls AS u JOIN addresses AS x ON x.url_id = u.id
        JOIN articles AS a ON a.id = x.article_id JOIN articles AS b ON b.id = ?
        WHERE u.url IN ({marks}) AND a.id <> b.id AND a.site_id = b.site_id
            AND a.version_id IS NOT NULL AND b.version_id IS NOT NULL""",
        [into, *starts],
    )
    path = url_path_key(target)
    return [
        Move(int(moved), into, bool(path) and path == url_path_key(start))
        for moved, start in rows.fetchall()
    ]


def move_between(db: Database, start: str, end: str) -> Move | None:
    """Return the move from the article at *start* to another one of its site at *end*."""
    moved, into = article_id_for(db, start), article_id_for(db, end)
    row = db.execute(
        """SELECT 1 FROM articles AS a JOIN articles AS b ON b.site_id = a.site_id
        WHERE a.id = ? AND b.id = ? AND a.id <> b.id
            AND a.version_id IS NOT NULL AND b.version_id IS NOT NULL""",
        (moved, into),
    ).fetchone()
    if moved is None or into is None or row is None:
        return None
    return Move(moved, into, is_same_path=False)


def moved_address(db: Database, url: str) -> tuple[int, str] | None:
    """Return the article that *url* leads to, and where its site has moved it; None if nowhere.

    That is where its own address redirects for good, and it was read there. It is also the
    same path on another host, if the home page redirects for good to the one of that host.
    """
    article_id = _article_at(db, _followed(db, storable_text(url), ""))
    if article_id is None:
        return None
    query = "SELECT u.url FROM articles AS a JOIN urls AS u ON u.id = a.url_id WHERE a.id = ?"
    own = str(db.execute(query, (article_id,)).fetchone()[0])
    latest = latest_address(db, article_id)
    if latest == own:
        return None
    has_moved = _followed(db, own, "") == latest or _has_moved_host(db, own, latest)
    return (article_id, latest) if has_moved else None


def _has_moved_host(db: Database, own: str, latest: str) -> bool:
    """Return True if *latest* is *own* on the host to which its home page moved."""
    if url_path_key(own) != url_path_key(latest) or origin_of(own) == origin_of(latest):
        return False
    homes = [urljoin(own, "/"), f"http://{host_of(own)}/"]
    ends = [end for home in homes if (end := _followed(db, home, "")) != home]
    return any(is_home_page(end) and origin_of(end) == origin_of(latest) for end in ends)


def site_moved_to(db: Database, url: str) -> str | None:
    """Return the site with articles that has moved to the host of *url*; None without one.

    Its home page redirects to that of the host, or a page of the same path for good to *url*.
    """
    for site, start, end, status in _redirects_of_sites(db, url, storable_text(url)):
        is_path = status in PERMANENT and url_path_key(start) == url_path_key(end) != ""
        if is_path or _is_of_homes(start, end):
            return site
    return None


def addresses_before_move(db: Database, url: str) -> tuple[str, ...]:
    """Return *url* at the hosts whose home pages redirect to that of its host."""
    path = url.partition("://")[2].partition("/")[2]
    found = _redirects_of_sites(db, url)
    starts = (urljoin(start, "/") for _, start, end, _ in found if _is_of_homes(start, end))
    return tuple(dict.fromkeys(f"{start}{path}" for start in starts)) if path else ()


def _redirects_of_sites(
    db: Database, url: str, *places: str
) -> list[tuple[str, str, str, int | None]]:
    """Return redirects from other origins to *places*, or to the home page of *url*.

    Each has the name of its site, which has articles, its two addresses and its status.
    """
    name = site_name(url)
    homes = [f"{scheme}://{www}{name}/" for scheme in _SCHEMES for www in ("", "www.")]
    wanted = [*places, *map(storable_text, homes)]
    marks = ", ".join("?" * len(wanted))
    rows = db.execute(
        f"""SELECT DISTINCT s.name, u.url, f.url, o.status FROM urls AS f
        JOIN observations AS o ON o.final_url_id = f.id JOIN urls AS u ON u.id = o.url_id
        JOIN sites AS s ON s.id = o.site_id
        WHERE f.url IN ({marks}) AND o.outcome = 'redirect' AND EXISTS (
            SELECT 1 FROM articles AS a WHERE a.site_id = s.id AND a.version_id IS NOT NULL)
        ORDER BY s.name, u.url""",
        wanted,
    ).fetchall()
    return [row for row in rows if site_name(row[1]) != site_name(row[2])]


def _is_of_homes(start: str, end: str) -> bool:
    return is_home_page(start) and is_home_page(end)


def _directly_to(db: Database, url: str) -> list[str]:
    rows = db.execute(
        """SELECT DISTINCT u.url FROM urls AS f
        JOIN observations AS o ON o.final_url_id = f.id JOIN urls AS u ON u.id = o.url_id
        WHERE f.url = ? AND o.outcome = 'redirect' LIMIT ?""",
        (url, _MOST_ALIASES),
    )
    return [row[0] for row in rows]


def _followed(db: Database, url: str, since: str) -> str:
    """Return where the redirects end that begin at *url* and may be remembered."""
    for _ in range(MOST_HOPS):
        visit = last_visit(db, url)
        if visit is None or visit.outcome != Outcome.REDIRECT or visit.fetched_at < since:
            break
        target = visit.target
        if target is None or not (visit.status in PERMANENT or url_key(url) == url_key(target)):
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
