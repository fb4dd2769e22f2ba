"""The plugin of Datasette: our pages, SQL functions, security headers and error pages."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from functools import partial, wraps
from typing import Any

import datasette.handle_exception as datasette_failures
from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils.asgi import BadRequest, Forbidden, NotFound, Request, Response
from datasette.views.base import DatasetteError

from newscrawl.archive.read.in_memory.site_hosts import remember_hosts
from newscrawl.archive.schema.functions import register_functions
from newscrawl.archive.search.names import load_name_tables
from newscrawl.archive.search.semantic.vectors import PROBE
from newscrawl.errors import NewscrawlError
from newscrawl.system.sqlite_errors import is_interrupted
from newscrawl.web.api import routes as api
from newscrawl.web.display.charts import start_renderer
from newscrawl.web.feeds import feed_pages as feeds
from newscrawl.web.pages import (
    agency_author,
    article,
    compare,
    home,
    indexes,
    memento,
    placements,
    question,
    runs,
    search,
    site,
    sql,
    table_csv,
)
from newscrawl.web.queries.archive_reader import ARCHIVE, read
from newscrawl.web.queries.columns_in_memory import keep_columns
from newscrawl.web.queries.deadline import TooLong
from newscrawl.web.queries.embedding import model_of
from newscrawl.web.rendering import NotThere, load_templates, render
from newscrawl.web.replay import front_page
from newscrawl.web.replay import pages as replay
from newscrawl.web.replay.pages import frame_of
from newscrawl.web.security import FORMS, guarded, is_local_only
from newscrawl.web.study import forms, study_page

_log = logging.getLogger(__name__)
View = Callable[[Datasette, Request], Awaitable[Any]]

PAGE_MODULES = (
    *(home, search, article, site, indexes, agency_author, placements, runs, question, sql),
    *(compare, front_page, table_csv, memento, replay, feeds, study_page, forms),
)
"""The modules of the pages, each with its routes in `PAGES`."""
PAGE_SECONDS = 90.0
"""Time limit of a whole page; a query that waits for another one has the most."""
HOSTS_SECONDS = 120.0
"""Time limit of reading the hosts of the sites when the server starts, beside its answers."""
_TABLE_MS = 5
"""Time limit of counting the rows of a table, as Datasette sets it for its list of tables."""
_OF_A_PARAMETER = (
    ValueError,
    OverflowError,
    KeyError,
    AssertionError,
    sqlite3.Error,
    DatasetteError,
)
# Its traceback prints the values of a page, and fails for an address that no page has.
datasette_failures.rich = None
_begun: set[asyncio.Task[Any]] = set()  # a reference keeps a task from being collected


@hookimpl
def register_routes() -> list[tuple[str, View]]:
    """Return our pages, which come before Datasette's own."""
    pages = [page for module in PAGE_MODULES for page in module.PAGES]
    return [*api.PAGES, *((path, _with_clear_errors(view)) for path, view in pages)]


@hookimpl
def skip_csrf(datasette: Datasette, scope: Mapping[str, Any]) -> bool:
    """Leave POST to the API, which answers 405, and to the study, whose forms have a token.

    Datasette asks for its own token only if a cookie is sent, which other sites need not do.
    """
    path = str(scope["path"])
    return path == FORMS or path.startswith(f"{api.ROOT}/")


@hookimpl
def prepare_connection(conn: sqlite3.Connection, database: str) -> None:
    """Register `search_key` and the other SQL functions, and forbid writing."""
    if database == ARCHIVE:
        register_functions(conn)
        conn.execute("PRAGMA query_only = ON")


@hookimpl
def asgi_wrapper(datasette: Datasette) -> Callable[[Any], Any]:
    """Add the security headers to every response, and check the Host header."""
    local_only, frames = is_local_only(datasette), partial(frame_of, datasette)
    return lambda application: guarded(application, local_only=local_only, frames=frames)


@hookimpl
def startup(datasette: Datasette) -> Callable[[], Awaitable[None]]:
    """Fill the cache for the first pages, and read the tables for the first search."""

    async def begin() -> None:
        works = (
            _read_first_pages(datasette),
            asyncio.to_thread(load_name_tables),
            asyncio.to_thread(start_renderer),
            asyncio.to_thread(load_templates),
            _remember_hosts(datasette),
            keep_columns(datasette),
            _load_model(datasette),
        )
        for work in works:
            _begun.add(task := asyncio.create_task(work))
            task.add_done_callback(_begun.discard)

    return begin


async def _read_first_pages(datasette: Datasette) -> None:
    """Read the first page, the indexes and the sizes of tables.

    A value that fails here is read again when it is wanted.
    """
    with suppress(sqlite3.Error, TooLong):
        await home.prepare(datasette)
        await indexes.prepare(datasette)
        await datasette.get_database(ARCHIVE).table_counts(_TABLE_MS)


async def _remember_hosts(datasette: Datasette) -> None:
    """Read the hosts of the sites; without them a search of a site takes longer."""
    with suppress(sqlite3.Error, TooLong):
        await read(datasette, remember_hosts, HOSTS_SECONDS)


async def _load_model(datasette: Datasette) -> None:
    """Let the embedding model read a text, so that the first search does not wait for it."""
    if model := model_of(datasette):
        with suppress(NewscrawlError):
            await asyncio.to_thread(model.vectors_of, [("document", PROBE)])


@hookimpl
def handle_exception(
    datasette: Datasette, request: Request, exception: Exception
) -> Callable[[], Awaitable[Response]] | None:
    """Answer unknown addresses and failures with our own page."""
    status = _status_of(request, exception)
    if request.path.endswith(".json") and status != 500:
        return lambda: _problem_as_json(exception, status)
    if request.path.endswith(".json") or isinstance(exception, Forbidden):
        return None
    if status != 500:
        return lambda: _problem(datasette, request, "bad_request", status)
    if isinstance(exception, NotFound):
        return lambda: _problem(datasette, request, "no_such_address", 404)
    _log.error("%s: the page failed", request.path, exc_info=exception)
    return lambda: _problem(datasette, request, "page_failed", 500)


def _status_of(request: Request, exception: Exception) -> int:
    """Return the status for *exception*: 500 unless the request is at fault.

    Datasette reads the parameters of its pages of tables with `int` and the like.
    """
    if isinstance(exception, BadRequest | DatasetteError) and exception.status != 500:
        return int(exception.status)
    is_table = request.path.startswith(f"/{ARCHIVE}/")
    return 400 if is_table and isinstance(exception, _OF_A_PARAMETER) else 500


async def _problem_as_json(exception: Exception, status: int) -> Response:
    found = {"ok": False, "error": str(exception)[:300], "status": status}
    return Response.json(found, status=status)


def _with_clear_errors(view: View) -> View:
    """Return *view* with its failures turned into error pages."""

    @wraps(view)
    async def answer(datasette: Datasette, request: Request) -> Any:
        try:
            return await asyncio.wait_for(view(datasette, request), PAGE_SECONDS)
        except BadRequest:
            return await _problem(datasette, request, "bad_request", 400)
        except NotThere as error:
            return await _problem(datasette, request, error.key, 404, error.values)
        except (TimeoutError, TooLong):
            return await _problem(datasette, request, "took_too_long", 503)
        except sqlite3.DatabaseError as error:
            key = "took_too_long" if is_interrupted(error) else "cannot_read"
            return await _problem(datasette, request, key, 503)

    return answer


async def _problem(
    datasette: Datasette,
    request: Request,
    key: str,
    status: int,
    values: Mapping[str, object] | None = None,
) -> Response:
    context = {"key": key, "values": values or {}}
    return await render(datasette, request, "problem.html", context, status=status)
