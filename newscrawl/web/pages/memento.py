"""Memento (RFC 7089): TimeGate, TimeMap and mementos of every archived address.

A memento is the page as received, as plain text, so that nothing in it runs; where no page is
stored, it is the text of the article.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Iterator, Sequence
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path
from urllib.parse import unquote

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response
from sqlite_utils import Database

from newscrawl.archive import Archive
from newscrawl.archive.read.articles import read_version
from newscrawl.archive.read.captures import read_captures_at
from newscrawl.archive.read.mementos import Memento, nearest, read_mementos
from newscrawl.errors import ArchiveError, WarcError
from newscrawl.evidence import read_stored
from newscrawl.html.charset import decode
from newscrawl.web.queries.archive_reader import archive_path, read
from newscrawl.web.rendering import NotThere

_STAMP = "%Y%m%d%H%M%S"
_LINKS = "application/link-format"


async def timegate(datasette: Datasette, request: Request) -> Response:
    """Redirect to the memento nearest to the time in `Accept-Datetime`, by default the last."""
    mementos = await _mementos(datasette, request)
    asked = request.headers.get("accept-datetime")
    try:
        found = nearest(mementos, _moment(asked)) if asked else mementos[-1]
    except ValueError:
        return Response.text(
            f"Accept-Datetime is no time of HTTP: {asked[:80]!r}\n", status=400
        )
    headers = {
        "location": _address(datasette, request, found),
        "vary": "accept-datetime",
        "link": _joined(_relations(datasette, request, found)),
    }
    return Response("", status=302, headers=headers)


async def timemap(datasette: Datasette, request: Request) -> Response:
    """List every memento of an address, in the format of RFC 6690."""
    mementos = await _mementos(datasette, request)
    last = mementos[-1]
    links = [
        _link(last.url, "original"),
        _link(_absolute(datasette, request, "timegate", last.url), "timegate"),
        _link(
            _absolute(datasette, request, "timemap/link", last.url),
            "self",
            f'type="{_LINKS}"',
            f'from="{_http_time(mementos[0])}"',
            f'until="{_http_time(last)}"',
        ),
        *(
            _link(_address(datasette, request, one), relation, _at(one))
            for one, relation in zip(mementos, _ranks(len(mementos)), strict=True)
        ),
    ]
    return Response(",\n".join(links) + "\n", content_type=_LINKS)


async def memento(datasette: Datasette, request: Request) -> Response:
    """Return the page that was captured at the time in the address."""
    mementos = await _mementos(datasette, request)
    stamp = request.url_vars["time"]
    found = next((one for one in mementos if _stamp(one) == stamp), None)
    if found is None:
        raise NotThere("no_such_memento")
    text = await asyncio.to_thread(_text, Path(archive_path(datasette)), found)
    if text is None:
        raise NotThere("evidence_lost")
    at = mementos.index(found)
    beside = {"prev": mementos[at - 1 : at], "next": mementos[at + 1 : at + 2]}
    links = [
        *_relations(datasette, request, found),
        *(
            _link(_address(datasette, request, one), f"{name} memento", _at(one))
            for name, ones in beside.items()
            for one in ones
        ),
    ]
    headers = {"memento-datetime": _http_time(found), "link": _joined(links)}
    return Response.text(text, headers=headers)


async def _mementos(datasette: Datasette, request: Request) -> tuple[Memento, ...]:
    """Return the mementos of the address after the prefix. Raises NotThere without any."""
    asked = request.url_vars["url"]
    if request.query_string:
        asked = f"{asked}?{request.query_string}"

    def found(db: Database) -> tuple[Memento, ...]:
        return read_mementos(db, asked) or read_mementos(db, unquote(asked))

    mementos: tuple[Memento, ...] = await read(datasette, found)
    if not mementos:
        raise NotThere("no_such_memento")
    return mementos


def _text(path: Path, found: Memento) -> str | None:
    try:
        with Archive.open_read_only(path) as archive:
            if not found.has_evidence:
                article = read_version(archive.db, found.version_id or 0)
                return f"{article.headline}\n\n{article.article_body}\n" if article else None
            captures = read_captures_at(archive.db, found.url, found.captured_at)
            return decode(read_stored(archive, captures[-1]).body, None).text
    except (ArchiveError, WarcError, IndexError):
        return None


def _moment(asked: str) -> dt.datetime:
    moment = parsedate_to_datetime(asked)
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def _relations(datasette: Datasette, request: Request, one: Memento) -> list[str]:
    return [
        _link(one.url, "original"),
        _link(_absolute(datasette, request, "timegate", one.url), "timegate"),
        _link(
            _absolute(datasette, request, "timemap/link", one.url),
            "timemap",
            f'type="{_LINKS}"',
        ),
        _link(_address(datasette, request, one), "memento", _at(one)),
    ]


def _ranks(count: int) -> Iterator[str]:
    for at in range(count):
        first = "first " if at == 0 else ""
        last = "last " if at == count - 1 else ""
        yield f"{first}{last}memento"


def _address(datasette: Datasette, request: Request, one: Memento) -> str:
    return _absolute(datasette, request, f"memento/{_stamp(one)}", one.url)


def _absolute(datasette: Datasette, request: Request, kind: str, url: str) -> str:
    return f"{datasette.absolute_url(request, f'/{kind}/')}{_in_header(url)}"


def _link(url: str, relation: str, *more: str) -> str:
    return "; ".join((f"<{_in_header(url)}>", f'rel="{relation}"', *more))


def _in_header(url: str) -> str:
    """Return an address without characters that would end it in a header."""
    kept = url.encode("utf-8", "replace")
    return "".join(
        chr(byte) if 33 <= byte <= 126 and byte not in b'<>"\\' else f"%{byte:02X}"
        for byte in kept
    )


def _joined(links: Sequence[str]) -> str:
    return ", ".join(links)


def _at(one: Memento) -> str:
    return f'datetime="{_http_time(one)}"'


def _http_time(one: Memento) -> str:
    return format_datetime(one.captured_at.astimezone(dt.UTC), usegmt=True)


def _stamp(one: Memento) -> str:
    return one.captured_at.strftime(_STAMP)


PAGES = (
    (r"^/timegate/(?P<url>.{1,4000})$", timegate),
    (r"^/timemap/link/(?P<url>.{1,4000})$", timemap),
    (r"^/memento/(?P<time>[0-9]{14})/(?P<url>.{1,4000})$", memento),
)
