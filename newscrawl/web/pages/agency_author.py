"""The page of an agency, an author or a place: sites, articles by month, newest articles."""

from __future__ import annotations

import re
from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response
from sqlite_utils import Database

from newscrawl.archive.search.hits import search
from newscrawl.archive.search.tokens import quoted
from newscrawl.web.display.cards import read_cards
from newscrawl.web.queries.archive_reader import QUESTION_SECONDS, read
from newscrawl.web.queries.places import place_of
from newscrawl.web.queries.questions import questions
from newscrawl.web.rendering import NotThere, render

_NEWEST = 12
_LONGEST = 300
_KNOWN = {
    "agency": "SELECT group_concat(DISTINCT name) FROM agencies WHERE code = ?1 OR name = ?1",
    "author": "SELECT name FROM authors WHERE name = ?1",
    "place": "SELECT dateline_place FROM versions WHERE dateline_place = ?1 LIMIT 1",
}
_NEWEST_OF_PLACE = """SELECT a.id FROM versions AS v JOIN articles AS a ON a.version_id = v.id
    WHERE v.dateline_place = ? AND v.page_kind = 'article'
    ORDER BY v.date_published DESC LIMIT ?"""
_NEWEST_OF_ID = """SELECT a.id FROM versions AS v JOIN articles AS a ON a.version_id = v.id
    WHERE v.dateline_place IN (SELECT printed FROM place_names WHERE place_id = :id)
        AND v.page_kind = 'article'
        AND (:site IS NULL OR a.site_id = (SELECT id FROM sites WHERE name = :site))
    ORDER BY v.date_published DESC, a.id DESC LIMIT :most"""
_PLACE_ID = "SELECT place_id FROM place_names WHERE printed = ?"
FIGURES = {
    "agency": ("sites_of_an_agency", "articles_by_month"),
    "author": ("articles_by_month",),
    "place": ("articles_by_month",),
}
"""The questions whose charts are shown."""


async def named(datasette: Datasette, request: Request) -> Response:
    """Show the agency, author or place of datelines `?name=`."""
    kind = request.url_vars["kind"]
    if kind == "place" and request.args.get("id"):
        return await _identified(datasette, request)
    name = (request.args.get("name") or "").strip()[:_LONGEST]

    def facts(db: Database) -> dict[str, Any]:
        row = db.execute(_KNOWN[kind], [name]).fetchone()
        if row is None or row[0] is None:
            raise NotThere(f"no_such_{kind}")
        query = "" if kind == "place" else f"{kind}:{quoted(name)}"
        if query:
            ids = [hit.article_id for hit in search(db, query, limit=_NEWEST, sort="date")]
        else:
            ids = [id_ for (id_,) in db.execute(_NEWEST_OF_PLACE, [name, _NEWEST])]
        return {
            "spellings": row[0].split(",") if kind == "agency" else [],
            "query": query,
            "newest": read_cards(db, ids),
            "unplaced": _unplaced(db, name) if kind == "place" else None,
        }

    found = await read(datasette, facts, QUESTION_SECONDS)
    context = {"kind": kind, "name": name, "questions": questions(), "figures": FIGURES[kind]}
    return await render(datasette, request, "archive/name.html", context | found)


def _unplaced(db: Database, name: str) -> str | None:
    """Return why no place is known for the *name* of a dateline; None if one is."""
    row = db.execute(_PLACE_ID, [name]).fetchone()
    if row is None:
        return "unknown"
    return "ambiguous" if row[0] is None else None


async def _identified(datasette: Datasette, request: Request) -> Response:
    """Show the place with the GeoNames id `?id=`, under all its names, of `?site=`."""
    given, site = request.args["id"], request.args.get("site") or None
    id_ = int(given) if re.fullmatch("[0-9]{1,18}", given) else 0

    def facts(db: Database) -> dict[str, Any]:
        known = place_of(db, id_, site)
        if known is None:
            raise NotThere("no_such_place")
        wanted = {"id": id_, "site": site, "most": _NEWEST}
        ids = [article for (article,) in db.execute(_NEWEST_OF_ID, wanted)]
        return {"place": known[0], "names": known[1], "newest": read_cards(db, ids)}

    found = await read(datasette, facts, QUESTION_SECONDS)
    return await render(datasette, request, "archive/place.html", found | {"site": site})


PAGES = ((r"^/(?P<kind>agency|author|place)$", named),)
