"""Home: what is in the archive, and what came in last."""

from __future__ import annotations

from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response
from sqlite_utils import Database

from newscrawl.web.job_health import jobs_seen
from newscrawl.web.kept_answers import kept
from newscrawl.web.questions import SECONDS, questions
from newscrawl.web.rendering import ARCHIVE, read, render

# Read in the order of the file: by an index each row would be a page of the disk.
_SITES = """SELECT s.name, n.articles, r.finished_at, r.exit_status
    FROM (SELECT site_id, count(*) AS articles FROM articles NOT INDEXED
        WHERE version_id IS NOT NULL GROUP BY 1) AS n
    JOIN sites AS s ON s.id = n.site_id
    LEFT JOIN runs AS r ON r.id = (SELECT max(id) FROM runs
        WHERE site_id = s.id AND finished_at IS NOT NULL)
    ORDER BY n.articles DESC, s.name"""
_NEWEST = """SELECT a.id, v.headline, v.date_published, s.name AS site
    FROM versions AS v CROSS JOIN articles AS a ON a.version_id = v.id
    JOIN sites AS s ON s.id = a.site_id ORDER BY v.date_published DESC LIMIT 10"""
_EDITED = """SELECT a.id, v.headline, s.name AS site, e.edits
    FROM (SELECT article_id, count(*) AS edits FROM versions NOT INDEXED
        WHERE cause = 'publisher' GROUP BY article_id ORDER BY edits DESC, article_id DESC
        LIMIT 8) AS e
    JOIN articles AS a ON a.id = e.article_id JOIN versions AS v ON v.id = a.version_id
    JOIN sites AS s ON s.id = a.site_id"""
_LONGEST = """SELECT c.text, g.url, p.last_seen - p.first_seen AS seconds
    FROM (SELECT anchor_id, first_seen, last_seen FROM promotions
        WHERE last_seen > first_seen ORDER BY last_seen - first_seen DESC LIMIT 8) AS p
    JOIN anchors AS c ON c.id = p.anchor_id LEFT JOIN urls AS g ON g.id = c.url_id"""
_SPAN = """SELECT (SELECT min(date_published) FROM versions) AS first,
    (SELECT max(date_published) FROM versions) AS last"""
_LAST_RUN = """SELECT r.id, s.name AS site, r.started_at, r.finished_at, r.finish_reason
    FROM runs AS r LEFT JOIN sites AS s ON s.id = r.site_id ORDER BY r.id DESC LIMIT 1"""

FIGURE = "articles_by_day"
"""The question that is drawn."""


async def home(datasette: Datasette, request: Request) -> Response:
    """Return the first page."""
    context = {"figure_name": FIGURE, "questions": questions(), "jobs": jobs_seen(datasette)}
    return await render(datasette, request, "home.html", context | await contents(datasette))


async def contents(datasette: Datasette) -> dict[str, Any]:
    """Return what the page shows of the archive."""
    path = datasette.get_database(ARCHIVE).path
    return await kept(path, "home", lambda: read(datasette, _contents, SECONDS))


def _contents(db: Database) -> dict[str, Any]:
    sites = list(db.query(_SITES))
    return {
        "sites": sites,
        "known_sites": {name for (name,) in db.execute("SELECT name FROM sites")},
        "articles": sum(site["articles"] for site in sites),
        "span": next(iter(db.query(_SPAN))),
        "longest": list(db.query(_LONGEST)),
        "edited": list(db.query(_EDITED)),
        "newest": list(db.query(_NEWEST)),
        "last_run": next(iter(db.query(_LAST_RUN)), None),
    }


PAGES = ((r"^/$", home),)
