"""Search: the query language of `newscrawl search`, its finds and their counts."""

from __future__ import annotations

from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response
from sqlite_utils import Database

from newscrawl.archive.search import CountBy, count_hits, ids_of_hits
from newscrawl.archive.search import search as find
from newscrawl.front.rendering import read, render

FACETS: tuple[tuple[CountBy, str], ...] = (
    ("site", "site"),
    ("agency", "agency"),
    ("language", "lang"),
)
"""What finds are counted by, and the filter of the query language that narrows to one."""
_PAGE = 20
_MOST_PAGES = 50
_MOST_IN_FACET = 12
_LONGEST = 2_000


async def search(datasette: Datasette, request: Request) -> Response:
    """Return what the query `q` finds, page `page`, `sort` by rank or date."""
    query = (request.args.get("q") or "").strip()[:_LONGEST]
    asked = request.args.get("page") or "1"
    page = min(int(asked), _MOST_PAGES) if asked.isascii() and asked.isdigit() else 1
    sort = "date" if request.args.get("sort") == "date" else "rank"
    found = await read(datasette, lambda db: _found(db, query, max(page, 1), sort))
    return await render(datasette, request, "search.html", found)


def _found(db: Database, query: str, page: int, sort: Any) -> dict[str, Any]:
    start = (page - 1) * _PAGE
    hits = find(db, query, limit=start + _PAGE, sort=sort)[start:] if query else []
    count = len(ids_of_hits(db, query)) if hits else 0
    facets = [(by, name, _most(count_hits(db, query, by))) for by, name in FACETS if hits]
    return {
        "query": query,
        "sort": sort,
        "page": page,
        "hits": hits,
        "count": count,
        "has_more": start + _PAGE < count and page < _MOST_PAGES,
        "facets": facets,
    }


def _most(counts: dict[str, int]) -> list[tuple[str, int]]:
    return [one for one in counts.items() if one[0]][:_MOST_IN_FACET]


PAGES = ((r"^/search$", search),)
