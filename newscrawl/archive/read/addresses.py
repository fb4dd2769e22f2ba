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
"""Most redirects in a row that are followed in the archive."""
_MOST_ALIASES = 50
_SCHEMES = ("https", "http")


def addresses_redirecting_to(db: Database, url: str) -> tuple[str, ...]:
    """Return the addresses that redirected to *url*, also through others, nearest first."""
    found: dict[str, None] = {storable_text(url): None}
    newest = list(found)
    for _ in range(MOST_HOPS):
        newest = [one for there in newest for one in _directly_to(db, there)]
        newest = [one for one in newest if one not in found][:_MOST_ALIASES]
        found |= dict.fromkeys(newest)
        if not newest or len(found) > _MOST_ALIASES:
            break
    return tuple(found)[1 : _MOST_ALIASES + 1]


def address_to_request(db: Database, url: str, since: dt.datetime) -> str:
    """Return the address to request in the place of *url*: the present one of its article.

    It is another one if a visit after *since* found a redirect from *url* that was permanent or
    led to another spelling, or the same article at two addresses. Otherwise it is *url*.
    """
    url = storable_text(url)
    visit = last_visit(db, url)
    if visit is None:
        article_id = article_id_for(db, url)
        return url if article_id is None else address_last_seen(db, article_id)
    target = _followed(db, url, utc_text(since))
    article_id = _article_at(db, target)
    if article_id is None or visit.fetched_at < utc_text(since):
        return url
    if target == url and visit.outcome not in ARTICLE_OUTCOMES:
        return url
    return address_last_seen(db, article_id)


def source_to_request(db: Database, url: str, since: dt.datetime) -> str:
    """Return the end of the redirects of a source if it was read there; otherwise *url*."""
    target = _followed(db, storable_text(url), utc_text(since))
    visit = last_visit(db, target)
    return target if visit is not None and visit.outcome == Outcome.SOURCE else url


def address_last_seen(db: Database, article_id: int) -> str:
    """Return the address at which an article was last seen, its own if that is not known."""
    row = db.execute(
        "SELECT u.url FROM observations AS o JOIN urls AS u ON u.id = o.url_id"
        " WHERE o.article_id = ? AND o.version_id IS NOT NULL"
        " ORDER BY o.fetched_at DESC, o.id DESC LIMIT 1",
        (article_id,),
    ).fetchone()
    return str(row[0]) if row is not None else _own_address(db, article_id)


def _own_address(db: Database, article_id: int) -> str:
    """Return the address under which an article is stored."""
    query = "SELECT u.url FROM articles AS a JOIN urls AS u ON u.id = a.url_id WHERE a.id = ?"
    return str(db.execute(query, (article_id,)).fetchone()[0])


def alternative_address(db: Database, url: str) -> str | None:
    """Return the other address of the article at *url* that was found last, or None."""
    row = db.execute(
        """SELECT other.url FROM urls AS u JOIN addresses AS x ON x.url_id = u.id
        JOIN addresses AS y ON y.article_id = x.article_id AND y.url_id <> u.id
        JOIN urls AS other ON other.id = y.url_id
        WHERE u.url = ? ORDER BY other.id DESC LIMIT 1""",
        (storable_text(url),),
    ).fetchone()
    return None if row is None else str(row[0])


_LEFT = """
    SELECT u.url FROM articles AS a JOIN sites AS s ON s.id = a.site_id
    JOIN addresses AS x ON x.article_id = a.id JOIN urls AS u ON u.id = x.url_id
    JOIN observations AS o ON o.id = (
        SELECT y.id FROM urls AS w JOIN observations AS y ON y.url_id = w.id
        WHERE w.key = u.key AND y.outcome NOT IN ('over_limit', 'timeout', 'dns_error',
            'connection', 'protocol_error', 'tls_error', 'truncated', 'empty')
            AND NOT (y.outcome = 'http_error' AND y.status >= 500)
        ORDER BY y.fetched_at DESC, y.id DESC LIMIT 1)
    WHERE s.name = ?1 AND a.last_seen >= ?2 AND a.version_id IS NOT NULL
        AND o.url_id = u.id AND o.article_id = a.id AND o.version_id IS NOT NULL
        AND o.fetched_at < ?2
        AND o.fetched_at < (
            SELECT min(n.fetched_at) FROM observations AS n JOIN urls AS v ON v.id = n.url_id
            WHERE n.article_id = a.id AND n.version_id IS NOT NULL AND v.key <> u.key
            GROUP BY v.key ORDER BY min(n.fetched_at) DESC LIMIT 1)
    ORDER BY o.fetched_at DESC LIMIT ?3"""


def left_addresses(db: Database, site: str, since: dt.datetime, most: int) -> list[str]:
    """Return up to *most* addresses that articles of *site* seen *since* have perhaps left.

    The last visit that was answered, before *since*, saw the article there; after it, the
    article was first seen at another address. One more visit shows whether it has moved.
    """
    rows = db.execute(_LEFT, (storable_text(site), utc_text(since), most)).fetchall()
    return [row[0] for row in rows]


@attrs.frozen
class RedirectedArticle:
    """An article whose address redirects to another article of its site."""

    moved: int
    """Id of the article."""
    into: int
    """Id of the article at the end of the redirects."""
    is_same_path: bool
    """True if both addresses have one path, on different hosts."""


def end_of_redirects(db: Database, url: str) -> str:
    """Return the address that permanent redirects from *url* lead to, or *url* itself."""
    return _followed(db, storable_text(url), "")


def redirected_articles_at(db: Database, target: str) -> list[RedirectedArticle]:
    """Return the articles that permanent redirects to *target*, their end, lead away from."""
    into = _article_at(db, target)
    if into is None:
        return []
    before = addresses_redirecting_to(db, target)
    starts = [one for one in before if _followed(db, one, "") == target]
    if not starts:
        return []
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
        RedirectedArticle(int(moved), into, bool(path) and path == url_path_key(start))
        for moved, start in rows.fetchall()
    ]


def redirected_article_between(db: Database, start: str, end: str) -> RedirectedArticle | None:
    """Return the article at *start* as redirected to the one at *end*, another of its site."""
    moved, into = article_id_for(db, start), article_id_for(db, end)
    row = db.execute(
        """SELECT 1 FROM articles AS a JOIN articles AS b ON b.site_id = a.site_id
        WHERE a.id = ? AND b.id = ? AND a.id <> b.id
            AND a.version_id IS NOT NULL AND b.version_id IS NOT NULL""",
        (moved, into),
    ).fetchone()
    if moved is None or into is None or row is None:
        return None
    return RedirectedArticle(moved, into, is_same_path=False)


def moved_article(db: Database, target: str) -> tuple[int, str] | None:
    """Return the id and the new address of the article at *target*; None if it has not moved.

    *target* is the end of its redirects.

    It has moved if it was last read at the permanent redirect of its own address, or under the
    same path on another host to which the home page redirects.
    """
    article_id = _article_at(db, target)
    if article_id is None:
        return None
    own = _own_address(db, article_id)
    latest = address_last_seen(db, article_id)
    if latest == own:
        return None
    has_moved = _followed(db, own, "") == latest or _has_moved_host(db, own, latest)
    return (article_id, latest) if has_moved else None


def _has_moved_host(db: Database, own: str, latest: str) -> bool:
    """Return whether *latest* is *own* on another host, to which the home page redirects."""
    if url_path_key(own) != url_path_key(latest) or origin_of(own) == origin_of(latest):
        return False
    homes = [urljoin(own, "/"), f"http://{host_of(own)}/"]
    ends = [end for home in homes if (end := _followed(db, home, "")) != home]
    return any(is_home_page(end) and origin_of(end) == origin_of(latest) for end in ends)


def site_moved_to(db: Database, url: str) -> str | None:
    """Return the name of the site that has moved to the host of *url*; None without one.

    The site has articles in the archive. Its home page redirects to the one of the host, or a
    page of it redirects permanently to *url*, which has the same path.
    """
    for site, start, end, status in _redirects_of_sites(db, url, storable_text(url)):
        is_path = status in PERMANENT and url_path_key(start) == url_path_key(end) != ""
        if is_path or _is_of_homes(start, end):
            return site
    return None


def addresses_before_move(db: Database, url: str) -> tuple[str, ...]:
    """Return the addresses that *url* had before its site moved: the same path on other hosts.

    Those are the hosts whose home pages redirect to the home page of the host of *url*.
    """
    path = url.partition("://")[2].partition("/")[2]
    found = _redirects_of_sites(db, url)
    starts = (urljoin(start, "/") for _, start, end, _ in found if _is_of_homes(start, end))
    return tuple(dict.fromkeys(f"{start}{path}" for start in starts)) if path else ()


def _redirects_of_sites(
    db: Database, url: str, *places: str
) -> list[tuple[str, str, str, int | None]]:
    """Return the redirects from other sites to *places*, or to the home page of *url*.

    Each is the name of a site with articles, the redirect's start, its end, and its status.
    """
    name = site_name(url)
    homes = [f"{scheme}://{www}{name}/" for scheme in _SCHEMES for www in ("", "www.")]
    wanted = [*places, *map(storable_text, homes)]
    marks = ", ".join("?" * len(wanted))
    rows = db.execute(
        f"""SELECT DISTINCT s.name, u.url, f.url, o.status FROM urls AS f
        JOIN observations AS o ON o.final_url_id = f.id JOIN urls AS u ON u.id = o.url_id
        JOIN sites AS s ON s.id = o.site_id
        WHERE f.url IN ({marks}) AND o.outcome = '{Outcome.REDIRECT}' AND EXISTS (
            SELECT 1 FROM articles AS a WHERE a.site_id = s.id AND a.version_id IS NOT NULL)
        ORDER BY s.name, u.url""",
        wanted,
    ).fetchall()
    return [row for row in rows if site_name(row[1]) != site_name(row[2])]


def _is_of_homes(start: str, end: str) -> bool:
    return is_home_page(start) and is_home_page(end)


def _directly_to(db: Database, url: str) -> list[str]:
    rows = db.execute(
        f"""SELECT DISTINCT u.url FROM urls AS f
        JOIN observations AS o ON o.final_url_id = f.id JOIN urls AS u ON u.id = o.url_id
        WHERE f.url = ? AND o.outcome = '{Outcome.REDIRECT}' LIMIT ?""",
        (url, _MOST_ALIASES),
    )
    return [row[0] for row in rows]


def _followed(db: Database, url: str, since: str) -> str:
    """Return the end of the redirects from *url* that were permanent or led to a spelling."""
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
