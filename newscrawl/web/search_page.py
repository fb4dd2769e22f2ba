"""Search: the query language of `newscrawl search`, its finds and their counts."""

from __future__ import annotations

from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response
from sqlite_utils import Database

from newscrawl.archive.search.hits import CountBy, count_among, ids_of_hits
from newscrawl.archive.search.hits import search as find
from newscrawl.archive.search.query import doubtful_filters
from newscrawl.web.kept_answers import kept
from newscrawl.web.rendering import ARCHIVE, read, render

FACETS: tuple[tuple[CountBy, str], ...] = (
    ("site", "site"),
    ("agency", "agency"),
    ("section", "section"),
    ("author", "author"),
    ("language", "lang"),
)
"""What finds are counted by, and the filter of the query language that narrows to one."""
COUNTED = 2_000
"""How many finds are counted for the facets: those that came into the archive last."""
_PAGE = 20
_MOST_PAGES = 50
_MOST_IN_FACET = 10
_LONGEST = 2_000


async def search(datasette: Datasette, request: Request) -> Response:
    """Return what the query `q` finds, page `page`, `sort` by rank or date."""
    query = query_of(request)
    asked = request.args.get("page") or "1"
    page = min(int(asked), _MOST_PAGES) if asked.isascii() and asked.isdigit() else 1
    sort = "date" if request.args.get("sort") == "date" else "rank"
    path = datasette.get_database(ARCHIVE).path
    found = await kept(
        path,
        ("search", query, max(page, 1), sort),
        lambda: read(datasette, lambda db: _found(db, query, max(page, 1), sort)),
    )
    return await render(datasette, request, "search.html", found)


def query_of(request: Request) -> str:
    """Return what the address asks for."""
    return (request.args.get("q") or "").strip()[:_LONGEST]


def _found(db: Database, query: str, page: int, sort: Any) -> dict[str, Any]:
    start = (page - 1) * _PAGE
    hits = find(db, query, limit=_PAGE, sort=sort, offset=start) if query else []
    ids = ids_of_hits(db, query) if hits else []
    counted = ids[-COUNTED:]
    return {
        "query": query,
        "doubtful": doubtful_filters(query),
        "sort": sort,
        "page": page,
        "hits": hits,
        "count": len(ids),
        "counted": len(counted),
        "has_more": start + _PAGE < len(ids) and page < _MOST_PAGES,
        "facets": [(by, name, _most(count_among(db, counted, by))) for by, name in FACETS],
        "months": _last_months(count_among(db, counted, "month")),
    }


def _most(counts: dict[str, int]) -> list[tuple[str, int]]:
    return [one for one in counts.items() if one[0]][:_MOST_IN_FACET]


def _last_months(counts: dict[str, int]) -> list[tuple[str, str, int]]:
    """Return the last months with the month after each, the last one first."""
    known = [one for one in counts.items() if one[0]][-_MOST_IN_FACET:]
    return [(month, _month_after(month), count) for month, count in reversed(known)]


def _month_after(month: str) -> str:
    year, number = map(int, month.split("-"))
    return f"{year + number // 12:04}-{number % 12 + 1:02}"


PAGES = ((r"^/search$", search),)
