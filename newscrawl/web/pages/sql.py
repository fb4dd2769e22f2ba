"""The SQL page: an editor with the data dictionary beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response
from sqlite_utils import Database

from newscrawl.archive.export.columns import SQL_VIEWS, TABLES, Column, columns_of, meaning_of
from newscrawl.web.pages.question import file_response
from newscrawl.web.queries.archive_reader import archive_path, read
from newscrawl.web.queries.questions import Answer
from newscrawl.web.queries.sql_process import MOST_ROWS, SqlFailed, run_sql
from newscrawl.web.rendering import NotThere, render
from newscrawl.web.security import has_sql_token, is_local_only, sql_token

_LONGEST = 20_000
_OURS = frozenset({"sql", "lang", "token", "look"})
_RUN_IT_FIRST = "Run the query at /sql, and take the CSV there.\n"
_dictionaries: dict[str, Mapping[str, tuple[Column, ...]]] = {}


async def editor(datasette: Datasette, request: Request) -> Response:
    """Show the editor, and the answer to `?sql=` if our form has sent it.

    A query of a link waits until the reader runs it: a page of another site could otherwise
    read the archive by the time that queries take.
    """
    sql = _sql_of(datasette, request)
    failure, found = "", None
    is_run = bool(sql) and has_sql_token(datasette, request.args.get("token"))
    if is_run:
        try:
            found = await _run(datasette, request, sql)
        except SqlFailed as error:
            failure = str(error)
    context = {
        "sql": sql,
        "token": sql_token(datasette),
        "is_waiting": bool(sql) and not is_run,
        "failure": failure,
        "answer": found,
        "values": _values_of(request),
        "most_rows": MOST_ROWS,
        "dictionary": await _dictionary(datasette),
        "meaning_of": meaning_of,
    }
    return await render(
        datasette, request, "questions/sql.html", context, status=400 if failure else 200
    )


async def as_csv(datasette: Datasette, request: Request) -> Response:
    """Return the answer to `?sql=` as CSV."""
    sql = _sql_of(datasette, request)
    if not has_sql_token(datasette, request.args.get("token")):
        return Response.text(_RUN_IT_FIRST, status=403)
    try:
        found = await _run(datasette, request, sql)
    except SqlFailed as error:
        return Response.text(f"{error}\n", status=400)
    return file_response(found.as_csv(), "newscrawl.csv", "text/csv; charset=utf-8")


def _sql_of(datasette: Datasette, request: Request) -> str:
    if not is_local_only(datasette):
        raise NotThere("no_sql_here")
    return (request.args.get("sql") or "").strip()[:_LONGEST]


async def _run(datasette: Datasette, request: Request, sql: str) -> Answer:
    path = archive_path(datasette)
    return Answer(*await run_sql(path, sql, _values_of(request)))


def _values_of(request: Request) -> dict[str, str]:
    return {name: request.args[name] for name in request.args if name not in _OURS}


async def _dictionary(datasette: Datasette) -> Mapping[str, tuple[Column, ...]]:
    """Return the columns of each view, which do not change while the server runs."""

    def read_columns(db: Database) -> dict[str, tuple[Column, ...]]:
        views = (*TABLES, *SQL_VIEWS)
        names = {one: {column.name for column in db.view(one).columns} for one in views}
        return {
            view: tuple(one for one in columns_of(db, view) if one.name in names[view])
            for view in views
        }

    path = archive_path(datasette)
    if path not in _dictionaries:
        _dictionaries[path] = await read(datasette, read_columns)
    return _dictionaries[path]


PAGES: tuple[tuple[str, Any], ...] = ((r"^/sql$", editor), (r"^/sql\.csv$", as_csv))
