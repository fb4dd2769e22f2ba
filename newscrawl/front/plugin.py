"""Our plugin of Datasette: the pages, the functions of SQL, the headers, and who may what."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any

from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from newscrawl.archive.search import register_functions
from newscrawl.front import article_page, home_page, search_page
from newscrawl.front.guarding import guarded, is_loopback
from newscrawl.front.rendering import ARCHIVE, NotThere, render

View = Callable[[Datasette, Request], Awaitable[Any]]

PAGE_MODULES = (home_page, search_page, article_page)
"""The modules that have PAGES."""


@hookimpl
def register_routes() -> list[tuple[str, View]]:
    """Return every page of ours; they go before Datasette's own."""
    pages = [page for module in PAGE_MODULES for page in module.PAGES]
    return [(path, _with_clear_errors(view)) for path, view in pages]


@hookimpl
def prepare_connection(conn: sqlite3.Connection, database: str) -> None:
    """Give SQL `search_key` and its friends."""
    if database == ARCHIVE:
        register_functions(conn)
        conn.execute("PRAGMA query_only = ON")


@hookimpl
def asgi_wrapper(datasette: Datasette) -> Callable[[Any], Any]:
    """Put the policy on every answer, and refuse other hosts' names on this machine."""
    binding = binding_of(datasette)
    local_only = is_loopback(binding["host"]) and not binding["is_proxied"]
    return lambda application: guarded(application, local_only=local_only)


@hookimpl
def permission_allowed(action: str) -> bool | None:
    """Keep arbitrary SQL off Datasette's own pages: its limits do not hold."""
    return False if action in {"execute-sql", "view-database-download"} else None


def binding_of(datasette: Datasette) -> dict[str, Any]:
    """Return where the server is bound (`host`) and whether a proxy is before it."""
    binding: dict[str, Any] = datasette.plugin_config("newscrawl") or {}
    return {"host": "", "is_proxied": True} | binding


def _with_clear_errors(view: View) -> View:
    """Return *view*, whose failures say what happened and what to do."""

    @wraps(view)
    async def answer(datasette: Datasette, request: Request) -> Any:
        try:
            return await view(datasette, request)
        except NotThere as error:
            return await _problem(datasette, request, error.key, 404)
        except sqlite3.OperationalError as error:
            key = "took_too_long" if "interrupt" in str(error) else "cannot_read"
            return await _problem(datasette, request, key, 503)

    return answer


async def _problem(datasette: Datasette, request: Request, key: str, status: int) -> Response:
    return await render(datasette, request, "problem.html", {"key": key}, status=status)
