"""A capture in a frame, with its time and address around it, and a calendar of captures."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import unquote, urldefrag

import attrs
from datasette.app import Datasette
from datasette.utils.asgi import Request, Response
from sqlite_utils import Database

from newscrawl.archive.read.articles import article_id_for
from newscrawl.archive.read.captures import read_captures_at
from newscrawl.archive.read.mementos import Memento, nearest, read_mementos
from newscrawl.warc.new_records import VIEW
from newscrawl.web.display.formatting import STAMP, replay_path
from newscrawl.web.queries.archive_reader import read
from newscrawl.web.rendering import NotThere, render
from newscrawl.web.replay.address import replay_origin

_PATH = "/replay/"
_OWN = frozenset({"lang", "look"})
_MOST_MONTHS = 36


async def replay(datasette: Datasette, request: Request) -> Response:
    """Show the capture at exactly the time in the address; lead to the nearest one else."""
    url = str(request.url_vars["url"])
    urls = [f"{url}?{query}" if query else url for query in _queries(request)]
    found = await read(datasette, lambda db: _captures(db, *urls))
    mementos = [one for one in found["mementos"] if one.has_evidence]
    if not mementos:
        raise NotThere("no_such_memento")
    shown = nearest(mementos, _moment_of(request.url_vars["time"]))
    if _stamp(shown) != request.url_vars["time"]:
        return Response.redirect(_path_of(shown), status=302)
    at = mementos.index(shown)
    context = {
        **found,
        "shown": shown,
        "earlier": [_path_of(one) for one in mementos[max(at - 1, 0) : at]],
        "later": [_path_of(one) for one in mementos[at + 1 : at + 2]],
        "place": at + 1,
        "count": len(mementos),
        "frame": _frame(datasette, request, shown),
        "has_screenshot": await read(
            datasette,
            lambda db: bool(read_captures_at(db, f"{VIEW}{shown.url}", shown.captured_at)),
        ),
    }
    return await render(datasette, request, "replay/replay.html", context)


async def captures(datasette: Datasette, request: Request) -> Response:
    """Show a calendar of the captures of the address in `?url=`."""
    url = (request.args.get("url") or "").strip()[:4000]
    if not url:
        raise NotThere("no_such_memento")
    found = await read(datasette, lambda db: _captures(db, url))
    if not found["mementos"]:
        raise NotThere("no_such_memento")
    months = list(months_of(found["mementos"]))
    context = found | {"months": months[:_MOST_MONTHS], "left_out": months[_MOST_MONTHS:]}
    return await render(datasette, request, "replay/captures.html", context)


def frame_of(datasette: Datasette, scope: Any) -> str | None:
    """Return the origin that the page of a request may show in a frame; None for no other."""
    origin = replay_origin(datasette)
    if origin is None or not str(scope["path"]).startswith(_PATH):
        return None
    host = dict(scope["headers"]).get(b"host", b"").decode("latin-1")
    return origin.seen_from(host)


@attrs.frozen(kw_only=True)
class Day:
    """One day with captures, in UTC."""

    date: dt.date
    captures: Sequence[tuple[Memento, str]]
    """Each with its permalink."""


@attrs.frozen(kw_only=True)
class Month:
    """One month of a calendar; its weeks begin on Monday."""

    name: str
    """Year and month: 2026-11."""
    weeks: Sequence[Sequence[tuple[int, Day | None]]]
    """The days by their numbers; 0 for a day of another month."""
    days: Sequence[Day]
    """The days with captures."""


def months_of(mementos: Sequence[Memento]) -> Iterator[Month]:
    """Yield the months with captures, the last one first."""
    days: dict[dt.date, list[tuple[Memento, str]]] = {}
    for one in mementos:
        days.setdefault(one.captured_at.date(), []).append((one, _path_of(one)))
    for year, month in sorted({(date.year, date.month) for date in days}, reverse=True):
        found = [
            Day(date=date, captures=days[date])
            for date in sorted(days)
            if (date.year, date.month) == (year, month)
        ]
        yield Month(name=f"{year}-{month:02}", weeks=_weeks(year, month, found), days=found)


def _weeks(year: int, month: int, days: Sequence[Day]) -> list[list[tuple[int, Day | None]]]:
    """Return the days of each week of a month by their numbers; 0 for another month's."""
    known = {day.date.day: day for day in days}
    weeks = calendar.Calendar().monthdayscalendar(year, month)
    return [[(number, known.get(number)) for number in week] for week in weeks]


def _captures(db: Database, *urls: str) -> dict[str, Any]:
    """Return the mementos of the first of *urls* that has any, and its article, if any."""
    # A fragment is never sent to a site, so that no capture has one.
    whole = (text for url in urls for text in (url, unquote(url)))
    spellings = (text for url in whole for text in (url, urldefrag(url).url))
    mementos = next(filter(None, (read_mementos(db, text) for text in spellings)), ())
    at = mementos[-1].url if mementos else urls[0]
    return {"url": at, "mementos": mementos, "article_id": article_id_for(db, at)}


def _queries(request: Request) -> tuple[str, str]:
    """Return the query of a request, and that without the parameters of the front's own."""
    query = str(request.query_string)
    pairs = [pair for pair in query.split("&") if pair.partition("=")[0] not in _OWN]
    return query, "&".join(pairs)


def _frame(datasette: Datasette, request: Request, one: Memento) -> str | None:
    """Return the address of a capture on the replay origin; None if there is no such origin."""
    origin = replay_origin(datasette)
    seen = origin.seen_from(request.headers.get("host", "")) if origin is not None else None
    if origin is None or seen is None:
        return None
    return f"{seen}{origin.path_of(_stamp(one), one.observation_id)}"


def _path_of(one: Memento) -> str:
    return replay_path(one.url, one.captured_at)


def _moment_of(stamp: str) -> dt.datetime:
    """Return the time of an address. Raises NotThere if it is none."""
    try:
        return dt.datetime.strptime(stamp, STAMP).replace(tzinfo=dt.UTC)
    except ValueError as error:
        raise NotThere("no_such_memento") from error


def _stamp(one: Memento) -> str:
    return one.captured_at.strftime(STAMP)


PAGES = (
    (r"^/replay/(?P<time>[0-9]{14})/(?P<url>.{1,4000})$", replay),
    (r"^/captures$", captures),
)
