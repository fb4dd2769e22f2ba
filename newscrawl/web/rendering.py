"""A page made from a template: the reader's language, the address, and text made harmless."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, partial
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode

from datasette.app import Datasette
from datasette.utils import sqlite_timelimit
from datasette.utils.asgi import Request, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from sqlite_utils import Database

import newscrawl
from newscrawl.web import display
from newscrawl.web.guarding import is_local_only
from newscrawl.web.language import (
    COOKIE,
    LANGUAGES,
    direction_of,
    language_for,
    phrase,
)

ARCHIVE = "archive"
"""What Datasette calls the archive, whatever the file is called."""
READ_SECONDS = 5.0
"""How long one reading for a page may take; SQLite is stopped then."""
_YEAR = 365 * 24 * 3600
_T = TypeVar("_T")


class NotThere(Exception):
    """What was asked for is not in the archive; *key* is the interface string that says so."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def language_of(request: Request) -> str:
    """Return the language that the page for *request* is in."""
    accepted = request.headers.get("accept-language", "")
    return language_for(request.args.get("lang"), request.cookies.get(COOKIE), accepted)


async def read(
    datasette: Datasette, function: Callable[[Database], _T], seconds: float = READ_SECONDS
) -> _T:
    """Return what *function* reads from the archive, in a thread of its own.

    Raises sqlite3.OperationalError ("interrupted") after *seconds*.
    """

    def reading(connection: Any) -> _T:
        with sqlite_timelimit(connection, int(seconds * 1000)):
            return function(Database(connection, execute_plugins=False))

    result: _T = await datasette.get_database(ARCHIVE).execute_fn(reading)
    return result


async def render(
    datasette: Datasette,
    request: Request,
    template: str,
    context: Mapping[str, Any],
    *,
    status: int = 200,
) -> Response:
    """Return the page that *template* makes of *context*, in the language of *request*."""
    language = language_of(request)
    page = environment().get_template(template)
    body = page.render(
        **context,
        lang=language,
        dir=direction_of(language),
        t=partial(phrase, language),
        request=request,
        languages=_switch(request),
        allows_sql=is_local_only(datasette),
        version=newscrawl.__version__,
        archive_name=Path(datasette.get_database(ARCHIVE).path).name,
    )
    response = Response.html(body, status=status)
    if request.args.get("lang") == language:
        response.set_cookie(COOKIE, language, max_age=_YEAR, httponly=True, samesite="lax")
    return response


@cache
def environment() -> Environment:
    """Return the environment of all templates; what they know is told in this room's notes."""
    folder = files("newscrawl.web").joinpath("templates")
    made = Environment(
        loader=FileSystemLoader(str(folder)),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for name in ("shown", "plain", "printed", "number", "day", "minute"):
        made.filters[name] = getattr(display, name)
    made.globals.update(
        outward=display.outward, marked=display.marked, link=_link, asset=_asset, zip=zip
    )
    return made


@pass_context
def _link(context: Context, path: str, /, **values: object) -> str:
    """Return an address on this server; a language asked for in the address stays in it."""
    asked = context["request"].args.get("lang")
    known = {name: value for name, value in values.items() if value not in (None, "")}
    if asked in LANGUAGES:
        known.setdefault("lang", asked)
    return f"{path}?{urlencode(known, doseq=True)}" if known else path


def _asset(name: str) -> str:
    return f"/assets/{name}?v={newscrawl.__version__}"


def _switch(request: Request) -> list[tuple[str, str, str]]:
    """Return each language's code, own name, and this very page in it."""
    kept = [
        (name, value)
        for name in request.args
        for value in request.args.getlist(name)
        if name != "lang"
    ]
    return [
        (code, name, f"{request.path}?{urlencode([*kept, ('lang', code)])}")
        for code, name in LANGUAGES.items()
    ]
