"""Rendering of templates, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, partial
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context

import newscrawl
from newscrawl.archive.search.tokens import quoted
from newscrawl.study.coding.codebook import value_text
from newscrawl.web.display import formatting as display
from newscrawl.web.display.charts import narrow_size
from newscrawl.web.display.interface_language import (
    COOKIE,
    LANGUAGES,
    direction_of,
    label,
    language_for,
    phrase,
)
from newscrawl.web.queries.archive_reader import archive_path
from newscrawl.web.queries.study_reader import writer_of
from newscrawl.web.security import is_local_only

_LOOKS = {"auto": ("dark", "light"), "dark": ("light",), "light": ("auto",)}
"""The colours of pages, each with those that the switch leads to: of two, CSS shows one."""
_LOOK_COOKIE = "newscrawl-look"
_YEAR = 365 * 24 * 3600


class NotThere(Exception):
    """The archive holds nothing at the address; *key* is the interface string that says so."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values
        """The values that the string is filled with."""


def language_of(request: Request) -> str:
    """Return the language for the page that answers *request*."""
    accepted = request.headers.get("accept-language", "")
    return language_for(request.args.get("lang"), request.cookies.get(COOKIE), accepted)


def look_of(request: Request) -> str:
    """Return the colours for *request*: auto (the browser's), dark or light."""
    for wish in (request.args.get("look"), request.cookies.get(_LOOK_COOKIE)):
        if wish in _LOOKS:
            return str(wish)
    return "auto"


async def render(
    datasette: Datasette,
    request: Request,
    template: str,
    context: Mapping[str, Any],
    *,
    status: int = 200,
) -> Response:
    """Render *template* with *context*, in the language of *request*."""
    language, look = language_of(request), look_of(request)
    page = environment().get_template(template)
    body = page.render(
        **context,
        lang=language,
        dir=direction_of(language),
        t=partial(phrase, language),
        request=request,
        languages=_languages(request),
        look=look,
        other_looks=[(name, _address(request, "look", name)) for name in _LOOKS[look]],
        label=partial(label, language),
        allows_sql=is_local_only(datasette),
        writer=writer_of(datasette),
        version=newscrawl.__version__,
        archive_name=Path(archive_path(datasette)).name,
        archive_path=archive_path(datasette),
    )
    response = Response.html(body, status=status)
    for name, cookie, value in (("lang", COOKIE, language), ("look", _LOOK_COOKIE, look)):
        if request.args.get(name) == value:
            response.set_cookie(cookie, value, max_age=_YEAR, httponly=True, samesite="lax")
    return response


@cache
def environment() -> Environment:
    """Return the environment of all templates; `newscrawl.web` lists their filters."""
    folder = files("newscrawl.web").joinpath("templates")
    made = Environment(
        loader=FileSystemLoader(str(folder)),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for name in (
        *("shown", "plain", "printed", "lines", "direction"),
        *("number", "hours", "day", "minute"),
    ):
        made.filters[name] = getattr(display, name)
    made.filters["value_text"] = value_text
    made.filters["quoted"] = quoted
    made.globals.update(link=_link, asset=_asset, font=_font, narrow_size=narrow_size)
    made.globals.update(
        outward=display.outward,
        marked=display.marked,
        replay_path=display.replay_path,
        swatch=display.swatch,
        zip=zip,
    )
    return made


def load_templates() -> None:
    """Compile every template, so that no reader waits for it (.4 s in all)."""
    for name in environment().list_templates():
        environment().get_template(name)


@pass_context
def _link(context: Context, path: str, /, **values: object) -> str:
    """Return an address on this server, with `?lang=` if the page was requested with it."""
    asked = context["request"].args.get("lang")
    known = {name: value for name, value in values.items() if value not in (None, "")}
    if asked in LANGUAGES:
        known.setdefault("lang", asked)
    return f"{path}?{urlencode(known, doseq=True)}" if known else path


def _asset(name: str) -> str:
    return f"/assets/{name}?v={newscrawl.__version__}"


def _font(name: str) -> str:
    return f"/assets/fonts/{name}.woff2"


def _languages(request: Request) -> list[tuple[str, str, str]]:
    """Return code, own name and address of this page for each language."""
    return [(code, name, _address(request, "lang", code)) for code, name in LANGUAGES.items()]


def _address(request: Request, name: str, value: str) -> str:
    """Return the address of this page with the parameter *name* set to *value*."""
    others = [
        (other, one)
        for other in request.args
        for one in request.args.getlist(other)
        if other != name
    ]
    return f"{request.path}?{urlencode([*others, (name, value)])}"
