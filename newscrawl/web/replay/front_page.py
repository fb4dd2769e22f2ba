"""A front page as its readers saw it: the places of its slots, its screenshot, its stories."""

from __future__ import annotations

import datetime as dt
import struct
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

import attrs
from datasette.app import Datasette
from datasette.utils.asgi import BadRequest, Request, Response
from sqlite_utils import Database

from newscrawl.archive import Archive
from newscrawl.archive.links.front_pages import (
    FrontPage,
    Slot,
    read_front_page,
    time_stated,
)
from newscrawl.archive.read.captures import read_captures_at
from newscrawl.archive.schema.storable import storable_text, utc_text
from newscrawl.archive.write.lookup_tables import url_digest
from newscrawl.errors import ArchiveError, NotInArchive, WarcError
from newscrawl.evidence import read_stored
from newscrawl.warc.new_records import VIEW
from newscrawl.web.display.formatting import direction, minute
from newscrawl.web.queries.archive_reader import archive_path, cached, in_thread, read
from newscrawl.web.rendering import NotThere, render

_FIRST = """SELECT min(h.first_seen) FROM urls AS u JOIN showings AS h ON h.url_id = u.id
    WHERE u.key = ? AND h.list_set_id IS NOT NULL"""
_LONGEST = 4_000
_LONGEST_TIME = 40
_SECOND = dt.timedelta(seconds=1)
_PNG = b"\x89PNG\r\n\x1a\n"
_MOST_PIXELS = 40_000_000
"""Most pixels of a screenshot that is shown: a small file may hold a huge picture."""
_SCREEN = 1_280
"""The least width of the screen that slots without a screenshot are drawn on, in pixels."""


@attrs.frozen(kw_only=True)
class Picture:
    """A screenshot (PNG), and its size in pixels."""

    body: bytes
    width: int
    height: int


async def front_page(datasette: Datasette, request: Request) -> Response:
    """Show the page `?url=` as it stood at the time `?at=`, by default now."""
    url, at = _url_of(request), _time_of(request)
    found, has_earlier = await read(datasette, lambda db: _found(db, url, at))
    picture = await _size_of_picture(datasette, found) if found.drawn_at else None
    context = {
        "page": found,
        "zones": zones_of(found.slots),
        "direction": direction_of_page(found.slots),
        "picture": picture,
        "screen": picture or _screen_of(found.slots),
        "earlier": found.first_seen - _SECOND if has_earlier else None,
        "at": at,
    }
    return await render(datasette, request, "archive/front_page.html", context)


async def screenshot(datasette: Datasette, request: Request) -> Response:
    """Return the screenshot (PNG) of the page `?url=` that was taken at the time `?at=`."""
    url, at = _url_of(request), _time_of(request)
    picture = None if at is None else await _picture(datasette, url, at)
    if picture is None:
        raise NotThere("no_such_memento")
    return Response(picture.body, content_type="image/png")


def zones_of(slots: Sequence[Slot]) -> list[tuple[Slot, list[Slot]]]:
    """Return the zones of a page in printed order, each as its first slot and all slots."""
    rows = groupby(slots, lambda slot: (slot.kind, slot.zone))
    zones = [list(members) for _zone, members in rows]
    return [(members[0], members) for members in zones]


def direction_of_page(slots: Sequence[Slot]) -> str:
    """Return the direction, `rtl` or `ltr`, of most stories of a page."""
    rightward = sum(direction(slot.text) == "rtl" for slot in slots)
    return "rtl" if 2 * rightward > len(slots) else "ltr"


def picture_from(body: bytes) -> Picture | None:
    """Return the PNG of *body*; None if it is none, or has more pixels than are shown."""
    if not body.startswith(_PNG) or len(body) < 24:
        return None
    width, height = struct.unpack(">II", body[16:24])
    is_shown = 0 < width * height <= _MOST_PIXELS
    return Picture(body=body, width=width, height=height) if is_shown else None


def _found(db: Database, url: str, at: dt.datetime | None) -> tuple[FrontPage, bool]:
    """Return the page, and whether an earlier visit found it otherwise."""
    try:
        page = read_front_page(db, url, at)
    except NotInArchive as error:
        first = db.execute(_FIRST, [url_digest(storable_text(url))]).fetchone()[0]
        if first is None:
            raise NotThere("no_such_page") from error
        raise NotThere("no_page_so_early", first=minute(first)) from error
    (before,) = db.execute(
        """SELECT EXISTS (SELECT 1 FROM showings WHERE list_set_id IS NOT NULL
        AND first_seen < ? AND url_id = (SELECT id FROM urls WHERE url = ?))""",
        [utc_text(page.first_seen), page.url],
    ).fetchone()
    return page, bool(before)


async def _size_of_picture(datasette: Datasette, page: FrontPage) -> Picture | None:
    """Return the screenshot of a page without its body, from the cache."""

    async def size() -> Picture | None:
        at = page.drawn_at
        found = await _picture(datasette, page.url, at) if at else None
        return attrs.evolve(found, body=b"") if found else None

    return await cached(datasette, ("picture", page.url, page.drawn_at), size)


async def _picture(datasette: Datasette, url: str, at: dt.datetime) -> Picture | None:
    path = Path(archive_path(datasette))

    def stored() -> Picture | None:
        with Archive.open_read_only(path) as archive:
            captures = read_captures_at(archive.db, f"{VIEW}{url}", at)
            return picture_from(read_stored(archive, captures[0]).body) if captures else None

    try:
        return await in_thread(stored)
    except (ArchiveError, WarcError):
        return None


def _screen_of(slots: Sequence[Slot]) -> Picture | None:
    """Return the part of the screen that has slots, without a picture; None without boxes."""
    boxes = [slot.box for slot in slots if slot.box]
    if not boxes:
        return None
    width = max(_SCREEN, *(box.x + box.width for box in boxes))
    return Picture(body=b"", width=width, height=max(box.y + box.height for box in boxes))


def _url_of(request: Request) -> str:
    url = (request.args.get("url") or "").strip()[:_LONGEST]
    if not url:
        raise NotThere("no_such_page")
    return url


def _time_of(request: Request) -> dt.datetime | None:
    """Return the time in the address; None without one. Raises BadRequest if it is none."""
    text = (request.args.get("at") or "").strip()[:_LONGEST_TIME]
    try:
        return time_stated(text) if text else None
    except (ValueError, OverflowError) as error:
        raise BadRequest("at is not a time") from error


PAGES = ((r"^/front-page$", front_page), (r"^/screenshot$", screenshot))
