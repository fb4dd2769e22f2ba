"""The page of an article: text, parts, versions, copies, evidence and citations."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import attrs
from datasette.app import Datasette
from datasette.utils.asgi import Request, Response
from sqlite_utils import Database

from newscrawl.archive import Archive, Capture
from newscrawl.archive.changes.difference import FieldChange
from newscrawl.archive.copies.outlets import read_copies, read_copy_changes
from newscrawl.archive.read.absences import read_absences, read_moves
from newscrawl.archive.read.articles import read_article, read_version
from newscrawl.archive.read.captures import read_captures
from newscrawl.archive.read.versions import (
    Version,
    read_difference,
    read_version_at,
    read_versions,
)
from newscrawl.article import Article
from newscrawl.errors import ArchiveError, NotInArchive, WarcError
from newscrawl.evidence import read_stored
from newscrawl.html.charset import decode
from newscrawl.web.display.charts import list_size
from newscrawl.web.display.citation import (
    KINDS,
    ArchiveCopy,
    citation,
    citation_key,
    citation_metadata,
    permalink,
    version_links,
)
from newscrawl.web.display.formatting import replay_path
from newscrawl.web.queries.archive_reader import archive_path, in_thread, read
from newscrawl.web.queries.questions import questions
from newscrawl.web.queries.stories import articles_at
from newscrawl.web.queries.study_reader import panel_of
from newscrawl.web.rendering import NotThere, render
from newscrawl.web.security import is_local_only

_SHOWN_CAPTURES = 20
_SITE = "SELECT s.name FROM articles AS a JOIN sites AS s ON s.id = a.site_id WHERE a.id = ?"
_PUBLISHER = """SELECT s.publisher FROM articles AS a JOIN sites AS s ON s.id = a.site_id
    WHERE a.id = ?"""
# Languages whose script is written from right to left (https://www.unicode.org/iso15924/).
_RIGHT_TO_LEFT = frozenset({"ar", "fa", "ur", "he", "ckb", "ps", "sd", "ug", "yi"})


async def article(datasette: Datasette, request: Request) -> Response:
    """Show one article by its id; one of its versions with its changes, too.

    That is `?at=` a time, which stays true when earlier versions are added, or `?version=` a
    number, or `last`.
    """
    number = int(request.url_vars["id"])
    page = max(1, _number_from(request.args.get("captures")) or 1)

    def found(db: Database) -> dict[str, Any]:
        wanted = _wanted(db, number, request)
        return _article(db, number, wanted) | _evidence(db, number, wanted, page)

    context = await read(datasette, found) | {"study": await panel_of(datasette, number)}
    return await render(datasette, request, "article/article.html", context)


async def difference(datasette: Datasette, request: Request) -> Response:
    """Show the differences between versions `?old=` and `?new=`, by default the last two."""
    number = int(request.url_vars["id"])
    old, new = (_number_from(request.args.get(name)) for name in ("old", "new"))

    def found(db: Database) -> dict[str, Any]:
        try:
            return {
                "id": number,
                "difference": read_difference(db, number, old, new),
                "versions": read_versions(db, number),
            }
        except ArchiveError as error:
            raise NotThere("no_such_versions") from error

    return await render(
        datasette, request, "article/difference.html", await read(datasette, found)
    )


async def beside(datasette: Datasette, request: Request) -> Response:
    """Show two copies of a text side by side, with the words marked that only one has."""
    numbers = [int(request.url_vars[name]) for name in ("id", "other")]

    def found(db: Database) -> dict[str, Any]:
        cluster = read_copies(db, numbers[0])
        copies = {copy.article_id: copy for copy in cluster.copies} if cluster else {}
        if any(number not in copies for number in numbers):
            raise NotThere("no_such_copies")
        first, other = (copies[number] for number in numbers)
        changes = read_copy_changes(db, first, other)
        return {"first": first, "other": other, "changes": changes}

    return await render(datasette, request, "article/beside.html", await read(datasette, found))


async def raw(datasette: Datasette, request: Request) -> Response:
    """Return the source of the page as last received, or of a version, as plain text."""
    number = int(request.url_vars["id"])
    path = Path(archive_path(datasette))

    def page() -> str:
        with Archive.open_read_only(path) as archive:
            captures = _captures_of(archive.db, number, _wanted(archive.db, number, request))
            if not captures:
                raise NotThere("no_evidence")
            body = read_stored(archive, captures[0]).body
        return decode(body, None).text

    try:
        return Response.text(await in_thread(page))
    except (ArchiveError, WarcError) as error:
        raise NotThere("evidence_lost") from error


async def cite(datasette: Datasette, request: Request) -> Response:
    """Return the citation of one article, or of a version, as a file to download."""
    number, form = int(request.url_vars["id"]), request.url_vars["form"]
    base = "" if is_local_only(datasette) else datasette.absolute_url(request, "/").rstrip("/")
    archive = Path(archive_path(datasette)).name

    def found(db: Database) -> tuple[str, str]:
        version = _wanted(db, number, request)
        article = _article_of(db, number, version)
        versions = _versions_of(db, number)
        shown = version or versions[-1].number
        key = citation_key(number, versions, shown)
        captures = _captures_of(db, number, version)
        capture = captures[0] if captures else None
        looked = replay_path(capture.url, capture.fetched_at) if capture else None
        article = _with_publisher(db, number, article)
        copy = ArchiveCopy(
            archive=archive,
            version=f"{base}{permalink(number, versions, shown)}",
            capture=looked and f"{base}{looked}",
            first_seen=versions[shown - 1].first_seen,
        )
        return key, citation(form, article, capture, key, copy)

    key, text = await read(datasette, found)
    name = f'attachment; filename="{key}.{form}"'
    return Response(text, headers={"content-disposition": name}, content_type=KINDS[form])


def _wanted(db: Database, number: int, request: Request) -> int | None:
    """Return the number of the version that is wanted; None for the article as it is now.

    Raises NotThere if there is no such version.
    """
    version, at = request.args.get("version"), request.args.get("at")
    if version is None and at is None:
        return None
    try:
        if version == "last":
            return read_versions(db, number)[-1].number
        if version is not None:
            return read_version_at(db, number, int(version[:10]), None).number
        moment = dt.datetime.fromisoformat(str(at)[:40])
        moment = moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
        return read_version_at(db, number, None, moment).number
    except NotInArchive as error:
        raise NotThere("no_such_article") from error
    except (ArchiveError, ValueError, OverflowError, IndexError) as error:
        raise NotThere("no_such_version") from error


def _article(db: Database, number: int, wanted: int | None) -> dict[str, Any]:
    versions = _versions_of(db, number)
    shown = versions[-1].number if wanted is None else wanted
    article = _article_of(db, number, wanted)
    promoted = _promotions(db, article.url)
    links = version_links(versions)
    language = (article.in_language or "").partition("-")[0]
    return {
        "id": number,
        "article": article,
        "site": db.execute(_SITE, [number]).fetchone()[0],
        "direction": "rtl" if language in _RIGHT_TO_LEFT else "auto",
        "versions": versions,
        "shown_version": shown,
        "changes": _changes(db, number, versions, wanted),
        "version_links": links,
        "permalink": permalink(number, versions, shown),
        "absences": read_absences(db, article_id=number),
        "moves": read_moves(db, article_id=number),
        "cluster": read_copies(db, number),
        "promoted": promoted,
        "promoted_size": list_size(len({_list_of(one) for one in promoted})),
        "provenance": sorted(article.provenance.items()),
        "stories": articles_at(
            db, (one.url for shown in article.link_lists or () for one in shown.links)
        ),
        "metadata": citation_metadata(_with_publisher(db, number, article)),
        "of_version": f"?{urlencode(links[wanted], safe=':')}" if wanted else "",
    }


def _with_publisher(db: Database, number: int, article: Article) -> Article:
    """Return *article* with the publisher of its site, if its page states none."""
    if article.publisher is not None:
        return article
    return attrs.evolve(article, publisher=db.execute(_PUBLISHER, [number]).fetchone()[0])


def _evidence(db: Database, number: int, wanted: int | None, page: int) -> dict[str, Any]:
    """Return the captures of the *wanted* version, or of all, that *page* shows."""
    captures = _captures_of(db, number, wanted)
    start = (page - 1) * _SHOWN_CAPTURES
    shown = captures[start : start + _SHOWN_CAPTURES]
    return {
        "captures": shown,
        "capture_count": len(captures),
        "captures_page": page,
        "has_more_captures": len(captures) > start + len(shown) > 0,
        "looked": next(iter(captures), None),
    }


def _article_of(db: Database, number: int, version: int | None) -> Article:
    """Return an article as last seen, or one version of it by its number."""
    if version is None:
        article = read_article(db, number)
    else:
        try:
            article = read_version(db, read_version_at(db, number, version, None).id)
        except ArchiveError as error:
            raise NotThere("no_such_version") from error
    if article is None:
        raise NotThere("no_such_article")
    return article


def _captures_of(db: Database, number: int, version: int | None) -> tuple[Capture, ...]:
    """Return the captures of an article, or those that show one version of it, newest first."""
    captures = read_captures(db, number)
    if version is None:
        return captures
    return tuple(one for one in captures if one.version == version)


def _versions_of(db: Database, number: int) -> tuple[Version, ...]:
    """Return the versions of an article, at least one. Raises NotThere if there is none."""
    try:
        versions = read_versions(db, number)
    except ArchiveError as error:
        raise NotThere("no_such_article") from error
    if not versions:
        raise NotThere("no_such_article")
    return versions


def _changes(
    db: Database, number: int, versions: Sequence[Version], wanted: int | None
) -> dict[str, FieldChange]:
    """Return the changes of the *wanted* version by field; empty for none and for the first."""
    if wanted is None or versions[wanted - 1].follows is None:
        return {}
    difference = read_difference(db, number, None, wanted)
    return {one.field: one for one in difference.changes}


def _promotions(db: Database, url: str) -> list[dict[str, Any]]:
    return list(db.query(questions()["places_of_a_link"].sql, {"url": url}))


def _list_of(row: dict[str, Any]) -> tuple[str, str, str]:
    return row["list"], row["kind"], row["page"]


def _number_from(raw: str | None) -> int | None:
    return int(raw) if raw and raw.isascii() and raw.isdigit() and len(raw) < 9 else None


PAGES = (
    (r"^/article/(?P<id>[0-9]{1,18})$", article),
    (r"^/article/(?P<id>[0-9]{1,18})/diff$", difference),
    (r"^/article/(?P<id>[0-9]{1,18})/beside/(?P<other>[0-9]{1,18})$", beside),
    (r"^/article/(?P<id>[0-9]{1,18})/raw$", raw),
    (r"^/article/(?P<id>[0-9]{1,18})/cite\.(?P<form>bib|ris|json)$", cite),
)
