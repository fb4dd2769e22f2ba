"""What home and section pages put forward: a list through time, and what stood longest."""

from __future__ import annotations

from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response
from sqlite_utils import Database

from newscrawl.web.kept_answers import kept
from newscrawl.web.questions import SECONDS, answer, questions
from newscrawl.web.rendering import ARCHIVE, NotThere, read, render

_LONGEST = 4_000
_PAGES = """SELECT u.url, n.links FROM
    (SELECT page_id, count(*) AS links FROM promotions GROUP BY 1 ORDER BY 2 DESC LIMIT 200)
    AS n
    JOIN urls AS u ON u.id = n.page_id ORDER BY u.url"""
_LISTS = """SELECT coalesce(nullif(d.heading, ''), d.kind) AS list, d.kind, count(*) AS links
    FROM promotions AS p JOIN headings AS d ON d.id = p.heading_id
    WHERE p.page_id = (SELECT id FROM urls WHERE url = ?) GROUP BY d.id
    ORDER BY links DESC LIMIT 60"""
# What the view `coverage` says, of one page: that reckons all of them.
_COVERAGE = """SELECT count(*) AS looks, min(at) AS first_look, max(at) AS last_look,
    max(unixepoch(at) - unixepoch(before)) AS longest_gap_seconds
    FROM (SELECT fetched_at AS at, lag(fetched_at) OVER (ORDER BY fetched_at) AS before
        FROM observations WHERE url_id = (SELECT id FROM urls WHERE url = ?)
        AND list_set_id IS NOT NULL)"""


async def placements(datasette: Datasette, request: Request) -> Response:
    """Show the pages that were looked at, or the list `?list=` of `?page=` through time."""
    page = (request.args.get("page") or "").strip()[:_LONGEST]
    path = datasette.get_database(ARCHIVE).path
    if not page:
        pages = await kept(path, "pages", lambda: read(datasette, _pages, SECONDS))
        return await render(datasette, request, "placements.html", {"pages": pages, "page": ""})
    facts = await kept(
        path, ("page", page), lambda: read(datasette, lambda db: _facts(db, page), SECONDS)
    )
    chosen = request.args.get("list") or facts["lists"][0]["list"]
    question = questions()["list_through_time"]
    found = await answer(datasette, question, {"page": page, "list": chosen})
    context = {
        "page": page,
        "chosen": chosen,
        "title": question.title,
        "rows": [one for one in found.records() if one["list"] == chosen],
    }
    return await render(datasette, request, "placements.html", context | facts)


def _pages(db: Database) -> list[dict[str, Any]]:
    return list(db.query(_PAGES))


def _facts(db: Database, page: str) -> dict[str, Any]:
    lists = list(db.query(_LISTS, [page]))
    if not lists:
        raise NotThere("no_such_page")
    return {"lists": lists, "coverage": next(iter(db.query(_COVERAGE, [page])), None)}


PAGES = ((r"^/placements$", placements),)
