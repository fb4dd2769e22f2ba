"""Indexes of names: every site, agency, author and place of datelines with its articles."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response
from sqlite_utils import Database

from newscrawl.web.display.palette import colors_for
from newscrawl.web.queries.archive_reader import read_cached
from newscrawl.web.rendering import render

MOST = 600
"""Number of names on a page: the ones with the most articles."""
NAMES = MappingProxyType(
    {
        "sites": """SELECT s.name, count(*) AS articles, min(v.date_published) AS first,
        max(v.date_published) AS last
    FROM articles AS a NOT INDEXED
    JOIN versions AS v ON v.id = a.version_id AND v.page_kind = 'article'
    JOIN sites AS s ON s.id = a.site_id GROUP BY s.id""",
        "agencies": """SELECT coalesce(nullif(n.code, ''), n.name) AS name,
        count(DISTINCT a.id) AS articles, min(v.date_published) AS first,
        max(v.date_published) AS last
    FROM articles AS a JOIN versions AS v ON v.id = a.version_id AND v.page_kind = 'article'
    JOIN version_agencies AS x ON x.version_id = v.id JOIN agencies AS n ON n.id = x.agency_id
    GROUP BY 1""",
        "authors": """SELECT n.name, count(DISTINCT a.id) AS articles,
        min(v.date_published) AS first, max(v.date_published) AS last
    FROM articles AS a JOIN versions AS v ON v.id = a.version_id AND v.page_kind = 'article'
    JOIN version_authors AS x ON x.version_id = v.id JOIN authors AS n ON n.id = x.author_id
    GROUP BY n.id""",
        "places": """SELECT v.dateline_place AS name, count(*) AS articles,
        min(v.date_published) AS first, max(v.date_published) AS last
    FROM articles AS a NOT INDEXED
    JOIN versions AS v ON v.id = a.version_id AND v.page_kind = 'article'
    WHERE v.dateline_place IS NOT NULL GROUP BY 1""",
    }
)


async def index(datasette: Datasette, request: Request) -> Response:
    """List the names of one kind, those with the most articles first."""
    kind = request.url_vars["kind"]
    query = f"{NAMES[kind]} ORDER BY articles DESC, 1 LIMIT {MOST + 1}"

    def names(db: Database) -> list[dict[str, Any]]:
        return list(db.query(query))

    found = await read_cached(datasette, ("names", kind), names)
    context = {
        "kind": kind,
        "names": found[:MOST],
        "has_more": len(found) > MOST,
        "colors": await colors_for(datasette, "site") if kind == "sites" else {},
    }
    return await render(datasette, request, "archive/index.html", context)


PAGES = ((r"^/(?P<kind>sites|agencies|authors|places)$", index),)
