"""The link lists of home and section pages through time, and the links listed longest."""

from __future__ import annotations

from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response
from sqlite_utils import Database

from newscrawl.web.display.charts import size_of
from newscrawl.web.queries.archive_reader import read_cached
from newscrawl.web.queries.questions import answer, questions
from newscrawl.web.queries.stories import articles_of
from newscrawl.web.rendering import NotThere, render

_LONGEST = 4_000
_PAGES = """SELECT u.url, n.links FROM
    (SELECT page_id, count(*) AS links FROM promotions GROUP BY 1 ORDER BY 2 DESC LIMIT 200)
    AS n
    JOIN urls AS u ON u.id = n.page_id ORDER BY u.url"""
_LISTS = """SELECT coalesce(nullif(d.heading, ''), d.kind) AS list, d.kind, count(*) AS links
    FROM promotions AS p JOIN headings AS d ON d.id = p.heading_id
    WHERE p.page_id = (SELECT id FROM urls WHERE url = ?) GROUP BY d.id
    ORDER BY links DESC LIMIT 60"""
# The view `coverage` for one page; the view itself computes all pages.
_COVERAGE = """SELECT count(*) AS looks, min(at) AS first_look, max(at) AS last_look,
    max(unixepoch(at) - unixepoch(before)) AS longest_gap_seconds
    FROM (SELECT fetched_at AS at, lag(fetched_at) OVER (ORDER BY fetched_at) AS before
        FROM observations WHERE url_id = (SELECT id FROM urls WHERE url = ?)
        AND list_set_id IS NOT NULL)"""


async def placements(datasette: Datasette, request: Request) -> Response:
    """List the pages with recorded link lists, or show the list `?list=` of `?page=`."""
    page = (request.args.get("page") or "").strip()[:_LONGEST]
    if not page:
        pages = await read_cached(datasette, "pages", _pages)
        return await render(
            datasette, request, "archive/placements.html", {"pages": pages, "page": ""}
        )
    facts = await read_cached(datasette, ("page", page), lambda db: _facts(db, page))
    chosen = request.args.get("list") or facts["lists"][0]["list"]
    question = questions()["list_through_time"]
    found = await answer(datasette, question, {"page": page, "list": chosen})
    rows = [one for one in found.records() if one["list"] == chosen]
    context = {
        "page": page,
        "chosen": chosen,
        "title": question.title,
        "size": size_of(question.chart, found) if question.chart else (0, 0),
        "rows": rows,
        "stories": await articles_of(datasette, rows),
    }
    return await render(datasette, request, "archive/placements.html", context | facts)


def _pages(db: Database) -> list[dict[str, Any]]:
    return list(db.query(_PAGES))


def _facts(db: Database, page: str) -> dict[str, Any]:
    lists = list(db.query(_LISTS, [page]))
    if not lists:
        raise NotThere("no_such_page")
    return {"lists": lists, "coverage": next(iter(db.query(_COVERAGE, [page])), None)}


PAGES = ((r"^/placements$", placements),)
