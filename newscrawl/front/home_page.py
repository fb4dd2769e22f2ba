"""Home: what is in the archive, and what came in last."""

from __future__ import annotations

from time import monotonic
from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response
from sqlite_utils import Database

from newscrawl.front.rendering import ARCHIVE, read, render

# Read in the order of the file: by an index each row would be a page of the disk.
_SITES = """SELECT s.name, count(*) AS articles FROM articles AS a NOT INDEXED JOIN sites AS s
    ON s.id = a.site_id WHERE a.version_id IS NOT NULL GROUP BY s.id ORDER BY 2 DESC, 1"""
_NEWEST = """SELECT a.id, v.headline, v.date_published, s.name AS site
    FROM versions AS v JOIN articles AS a ON a.version_id = v.id
    JOIN sites AS s ON s.id = a.site_id ORDER BY v.date_published DESC LIMIT 10"""
_EDITED = """SELECT a.id, v.headline, s.name AS site, e.edits
    FROM (SELECT article_id, count(*) AS edits FROM versions NOT INDEXED
        WHERE cause = 'publisher' GROUP BY article_id ORDER BY edits DESC, article_id DESC
        LIMIT 8) AS e
    JOIN articles AS a ON a.id = e.article_id JOIN versions AS v ON v.id = a.version_id
    JOIN sites AS s ON s.id = a.site_id"""
_LAST_RUN = """SELECT r.id, s.name AS site, r.started_at, r.finished_at, r.finish_reason
    FROM runs AS r LEFT JOIN sites AS s ON s.id = r.site_id ORDER BY r.id DESC LIMIT 1"""


_SECONDS = 10.0
"""How old what the page shows may be: counting 200,000 articles takes 0.2 s."""
_kept: dict[str, tuple[float, dict[str, Any]]] = {}


async def home(datasette: Datasette, request: Request) -> Response:
    """Return the first page."""
    path = datasette.get_database(ARCHIVE).path
    read_at, contents = _kept.get(path, (-_SECONDS, {}))
    if monotonic() - read_at >= _SECONDS:
        contents = await read(datasette, _contents)
        _kept[path] = (monotonic(), contents)
    return await render(datasette, request, "home.html", contents)


def _contents(db: Database) -> dict[str, Any]:
    sites = list(db.query(_SITES))
    return {
        "sites": sites,
        "articles": sum(site["articles"] for site in sites),
        "edited": list(db.query(_EDITED)),
        "newest": list(db.query(_NEWEST)),
        "last_run": next(iter(db.query(_LAST_RUN)), None),
    }


PAGES = ((r"^/$", home),)
