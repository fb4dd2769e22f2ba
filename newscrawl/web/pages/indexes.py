"""Indexes of names: every site, agency, author and place of datelines with its articles."""

from __future__ import annotations

from functools import partial
from types import MappingProxyType
from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from newscrawl.web.display.dateline_map import map_of
from newscrawl.web.display.palette import colors_for
from newscrawl.web.queries.archive_reader import cached, in_thread, read_cached
from newscrawl.web.queries.places import datelines
from newscrawl.web.rendering import language_of, render

MOST = 600
"""Number of names on a page: the ones with the most articles."""
MOST_CIRCLES = 400
"""Number of places on the map: the ones with the most articles."""
_SITES = """SELECT name FROM sites WHERE id IN (SELECT site_id FROM articles) ORDER BY name"""
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
    }
)


async def index(datasette: Datasette, request: Request) -> Response:
    """List the names of one kind, those with the most articles first."""
    kind = request.url_vars["kind"]
    found = await _names(datasette, kind)
    context = {
        "kind": kind,
        "names": found[:MOST],
        "has_more": len(found) > MOST,
        "colors": await colors_for(datasette, "site") if kind == "sites" else {},
    }
    return await render(datasette, request, "archive/index.html", context)


async def prepare(datasette: Datasette) -> None:
    """Read the names of each kind into the cache, one kind after the other."""
    for kind in NAMES:
        await _names(datasette, kind)
    await read_cached(datasette, ("datelines", None), partial(datelines, site=None))


async def _names(datasette: Datasette, kind: str) -> list[dict[str, Any]]:
    """Return the names of *kind* with the most articles, one more than are shown."""
    query = f"{NAMES[kind]} ORDER BY articles DESC, 1 LIMIT {MOST + 1}"
    return await read_cached(datasette, ("names", kind), lambda db: list(db.query(query)))


async def places(datasette: Datasette, request: Request) -> Response:
    """Show the datelines of `?site=`, or of all sites: a map, and the names as printed."""
    sites = await read_cached(
        datasette, "sites with articles", lambda db: [name for (name,) in db.execute(_SITES)]
    )
    asked = request.args.get("site")
    site = asked if asked in sites else None
    found = await read_cached(datasette, ("datelines", site), partial(datelines, site=site))
    language = language_of(request)
    drawing = partial(map_of, found.places[:MOST_CIRCLES], language)
    drawn = await cached(datasette, ("map", site, language), lambda: in_thread(drawing))
    context: dict[str, Any] = {
        "kind": "places",
        "names": found.printed[:MOST],
        "has_more": len(found.printed) > MOST,
        "colors": {},
        "datelines": found,
        "map": drawn,
        "sites": sites,
        "site": site,
    }
    return await render(datasette, request, "archive/index.html", context)


PAGES = (
    (r"^/(?P<kind>sites|agencies|authors)$", index),
    (r"^/places$", places),
)
