"""Feeds of a site, a search, edits, deletions and an article's versions, with ETag and 304."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any, cast
from urllib.parse import quote, unquote, urlencode

import attrs
from datasette.app import Datasette
from datasette.utils.asgi import Request, Response
from markupsafe import Markup
from sqlite_utils import Database

from newscrawl.archive.read.absences import Absence, read_absences
from newscrawl.archive.read.edits import Edit, read_edits
from newscrawl.archive.read.versions import read_changes
from newscrawl.archive.schema.storable import moment_from, utc_text
from newscrawl.archive.search.hits import search as find
from newscrawl.web.display.formatting import clean
from newscrawl.web.feeds.formats import KINDS, Entry, Feed, Form, changes_html, tag_uri, written
from newscrawl.web.queries.archive_reader import read
from newscrawl.web.rendering import NotThere

MOST = 50
"""The number of entries of a feed."""
_LONGEST = 2_000
_ARTICLES = """SELECT a.id, s.name AS site, u.url, v.headline, v.description, a.first_seen
    FROM articles AS a JOIN sites AS s ON s.id = a.site_id JOIN urls AS u ON u.id = a.url_id
    JOIN versions AS v ON v.id = a.version_id AND v.page_kind = 'article'
    WHERE {} ORDER BY a.first_seen DESC, a.id DESC
    LIMIT 50"""

Reader = Callable[[Database], Sequence[Entry]]


@attrs.frozen
class _Server:
    """The address of the server in requests."""

    base: str

    def article(self, number: int, query: str = "") -> str:
        """Return the address of the page of an article."""
        return f"{self.base}/article/{number}{query}"


async def edits(datasette: Datasette, request: Request) -> Response:
    """Return the last edits by publishers, of all sites or of `?site=`."""
    site = request.args.get("site")
    server = _server(datasette, request)

    def entries(db: Database) -> Sequence[Entry]:
        found = islice(read_edits(db, site=site), MOST)
        return [_edit_entry(db, server, one) for one in found]

    return await _answer(datasette, request, f"Edits · {site or 'newscrawl'}", entries)


async def deletions(datasette: Datasette, request: Request) -> Response:
    """Return the last deletions, of all sites or of `?site=`."""
    site = request.args.get("site")
    server = _server(datasette, request)

    def entries(db: Database) -> Sequence[Entry]:
        return [_absence_entry(server, one) for one in read_absences(db, site=site)[:MOST]]

    return await _answer(datasette, request, f"Deletions · {site or 'newscrawl'}", entries)


async def versions(datasette: Datasette, request: Request) -> Response:
    """Return the edits of one article."""
    number = int(request.url_vars["id"])
    server = _server(datasette, request)

    def entries(db: Database) -> Sequence[Entry]:
        if not db.execute("SELECT 1 FROM articles WHERE id = ?", [number]).fetchone():
            raise NotThere("no_such_article")
        found = islice(read_edits(db, article_id=number, cause=None), MOST)
        return [_edit_entry(db, server, one) for one in found]

    return await _answer(datasette, request, f"Versions · {number}", entries)


async def site(datasette: Datasette, request: Request) -> Response:
    """Return the newest articles of one site."""
    name = unquote(request.url_vars["name"])
    server = _server(datasette, request)

    def entries(db: Database) -> Sequence[Entry]:
        if not db.execute("SELECT 1 FROM sites WHERE name = ?", [name]).fetchone():
            raise NotThere("no_such_site")
        return [
            _article_entry(server, row)
            for row in db.query(_ARTICLES.format("s.name = ?"), [name])
        ]

    return await _answer(datasette, request, name, entries)


async def search(datasette: Datasette, request: Request) -> Response:
    """Return the newest articles that the query `?q=` finds."""
    query = (request.args.get("q") or "").strip()[:_LONGEST]
    server = _server(datasette, request)

    def entries(db: Database) -> Sequence[Entry]:
        ids = (
            [hit.article_id for hit in find(db, query, limit=MOST, sort="date")]
            if query
            else []
        )
        marks = ", ".join("?" * len(ids))
        rows = db.query(_ARTICLES.format(f"a.id IN ({marks})"), ids)
        return [_article_entry(server, row) for row in rows]

    return await _answer(datasette, request, query or "newscrawl", entries)


async def _answer(
    datasette: Datasette, request: Request, title: str, entries: Reader
) -> Response:
    """Return the feed in the format of the address; 304 if the reader has it already."""
    form = cast("Form", request.url_vars["form"])
    asked = {name: request.args[name] for name in ("site", "q") if request.args.get(name)}
    query = f"?{urlencode(asked)}" if asked else ""
    server = _server(datasette, request)
    feed = Feed(
        title=title,
        url=f"{server.base}{quote(unquote(request.path.partition('?')[0]))}{query}",
        home=f"{server.base}/",
        entries=await read(datasette, entries),
    )
    body = written(feed, form)
    tag = f'"{hashlib.sha256(body.encode()).hexdigest()[:32]}"'
    headers = {"etag": tag, "cache-control": "no-cache"}
    if _has(request.headers.get("if-none-match"), tag):
        return Response("", status=304, headers=headers, content_type=KINDS[form])
    return Response(body, headers=headers, content_type=KINDS[form])


def _has(stated: str | None, tag: str) -> bool:
    """Return whether an If-None-Match header names *tag*, weak or not (RFC 9110, 13.1.2)."""
    known = [one.strip().removeprefix("W/") for one in (stated or "").split(",")]
    return tag in known or known == ["*"]


def _edit_entry(db: Database, server: _Server, edit: Edit) -> Entry:
    manner = "silent" if edit.is_silent else "announced"
    between = f"{utc_text(edit.not_before)} – {utc_text(edit.first_seen)}"
    fact = Markup("<p>{}: {} ({})</p>").format(edit.site, between, manner)
    changes = changes_html(read_changes(db, edit.version_id, edit.fields))
    return Entry(
        id=tag_uri("edit", edit.url, edit.first_seen),
        title=edit.headline or edit.url,
        url=server.article(edit.article_id, f"?at={utc_text(edit.first_seen)}"),
        updated=edit.first_seen,
        html=f"{fact}{changes}",
        author=edit.site,
        tags=(*edit.classes, manner),
    )


def _absence_entry(server: _Server, absence: Absence) -> Entry:
    text = f"gone between {utc_text(absence.last_seen)} and {utc_text(absence.first_missed)}"
    if absence.back_at is not None:
        text += f", back by {utc_text(absence.back_at)}"
    return Entry(
        id=tag_uri("deletion", absence.url, absence.first_missed),
        title=absence.headline or absence.url,
        url=server.article(absence.article_id),
        updated=absence.back_at or absence.first_missed,
        html=str(Markup("<p>{}: {} ({})</p>").format(clean(absence.url), text, absence.reason)),
        author=absence.site,
        tags=(absence.reason,),
    )


def _article_entry(server: _Server, row: dict[str, Any]) -> Entry:
    first_seen = moment_from(row["first_seen"])
    return Entry(
        id=tag_uri("article", row["url"], first_seen),
        title=row["headline"] or row["url"],
        url=server.article(row["id"]),
        updated=first_seen,
        html=str(Markup("<p>{}</p>").format(clean(row["description"] or "", _LONGEST))),
        author=row["site"],
    )


def _server(datasette: Datasette, request: Request) -> _Server:
    return _Server(datasette.absolute_url(request, "/").rstrip("/"))


_FORM = r"\.(?P<form>atom|json)$"
PAGES = (
    (rf"^/feed/edits{_FORM}", edits),
    (rf"^/feed/deletions{_FORM}", deletions),
    (rf"^/feed/search{_FORM}", search),
    (rf"^/feed/site/(?P<name>[^/]{{1,300}}?){_FORM}", site),
    (rf"^/feed/article/(?P<id>[0-9]{{1,18}}){_FORM}", versions),
)
