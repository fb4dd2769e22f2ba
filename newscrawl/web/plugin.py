"""Our plugin of Datasette: the pages, the functions of SQL, the headers, and who may what."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any

from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils.asgi import Forbidden, NotFound, Request, Response

from newscrawl.archive.search.hits import register_functions
from newscrawl.web import (
    article_page,
    home_page,
    name_page,
    placement_page,
    question_page,
    run_page,
    search_files,
    search_page,
    site_page,
    sql_page,
)
from newscrawl.web.guarding import guarded, is_local_only
from newscrawl.web.rendering import ARCHIVE, NotThere, render

_log = logging.getLogger(__name__)
View = Callable[[Datasette, Request], Awaitable[Any]]

PAGE_MODULES = (
    *(home_page, search_page, search_files, article_page),
    *(site_page, name_page, placement_page, run_page, question_page, sql_page),
)
"""The modules that have PAGES."""
_begun: set[asyncio.Task[Any]] = set()  # or nobody would keep them from being collected


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
    local_only = is_local_only(datasette)
    return lambda application: guarded(application, local_only=local_only)


@hookimpl
def startup(datasette: Datasette) -> Callable[[], Awaitable[None]]:
    """Read what the first page shows before anybody asks for it."""

    async def begin() -> None:
        _begun.add(task := asyncio.create_task(home_page.contents(datasette)))
        task.add_done_callback(_begun.discard)

    return begin


@hookimpl
def handle_exception(
    datasette: Datasette, request: Request, exception: Exception
) -> Callable[[], Awaitable[Response]] | None:
    """Answer what is not there, and what went wrong, with a page of ours."""
    if request.path.endswith(".json") or isinstance(exception, Forbidden):
        return None
    if isinstance(exception, NotFound):
        return lambda: _problem(datasette, request, "no_such_address", 404)
    _log.error("%s: the page failed", request.path, exc_info=exception)
    return lambda: _problem(datasette, request, "page_failed", 500)


def _with_clear_errors(view: View) -> View:
    """Return *view*, whose failures say what happened and what to do."""

    @wraps(view)
    async def answer(datasette: Datasette, request: Request) -> Any:
        try:
            return await view(datasette, request)
        except NotThere as error:
            return await _problem(datasette, request, error.key, 404)
        except sqlite3.DatabaseError as error:
            key = "took_too_long" if "interrupt" in str(error) else "cannot_read"
            return await _problem(datasette, request, key, 503)

    return answer


async def _problem(datasette: Datasette, request: Request, key: str, status: int) -> Response:
    return await render(datasette, request, "problem.html", {"key": key}, status=status)
