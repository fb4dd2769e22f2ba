"""The page of an agency or an author: sites, articles by month, newest articles."""

from __future__ import annotations

from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response
from sqlite_utils import Database

from newscrawl.archive.search.hits import search
from newscrawl.web.archive_reader import QUESTION_SECONDS, read
from newscrawl.web.questions import questions
from newscrawl.web.rendering import NotThere, render

_NEWEST = 15
_LONGEST = 300
_KNOWN = {
    "agency": "SELECT group_concat(DISTINCT name) FROM agencies WHERE code = ?1 OR name = ?1",
    "author": "SELECT name FROM authors WHERE name = ?1",
}
FIGURES = {
    "agency": ("sites_of_an_agency", "articles_by_month"),
    "author": ("articles_by_month",),
}
"""The questions whose charts are shown."""


async def named(datasette: Datasette, request: Request) -> Response:
    """Show the agency or author `?name=`."""
    kind = request.url_vars["kind"]
    name = (request.args.get("name") or "").strip()[:_LONGEST]

    def facts(db: Database) -> dict[str, Any]:
        row = db.execute(_KNOWN[kind], [name]).fetchone()
        if row is None or row[0] is None:
            raise NotThere(f"no_such_{kind}")
        quoted = name.replace('"', " ")
        query = f'{kind}:"{quoted}"'
        hits = search(db, query, limit=_NEWEST, sort="date")
        return {"spellings": row[0].split(","), "query": query, "hits": hits}

    found = await read(datasette, facts, QUESTION_SECONDS)
    context = {"kind": kind, "name": name, "questions": questions(), "figures": FIGURES[kind]}
    return await render(datasette, request, "name.html", context | found)


PAGES = ((r"^/(?P<kind>agency|author)$", named),)
