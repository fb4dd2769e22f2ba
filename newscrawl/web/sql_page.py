"""SQL for those who want it: an editor, the data dictionary beside it, and bounds that hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response
from sqlite_utils import Database

from newscrawl.archive.export.columns import TABLES, Column, columns_of
from newscrawl.web.bounded_sql import MOST_ROWS, SqlFailed, run_sql
from newscrawl.web.guarding import is_local_only
from newscrawl.web.question_page import file_response
from newscrawl.web.questions import Answer
from newscrawl.web.rendering import ARCHIVE, NotThere, read, render

_LONGEST = 20_000
_dictionaries: dict[str, Mapping[str, tuple[Column, ...]]] = {}


async def editor(datasette: Datasette, request: Request) -> Response:
    """Show the editor, and the answer to `?sql=`."""
    sql = _sql_of(datasette, request)
    failure, found = "", None
    if sql:
        try:
            found = await _run(datasette, request, sql)
        except SqlFailed as error:
            failure = str(error)
    context = {
        "sql": sql,
        "failure": failure,
        "answer": found,
        "values": _values_of(request),
        "most_rows": MOST_ROWS,
        "dictionary": await _dictionary(datasette),
    }
    return await render(datasette, request, "sql.html", context, status=400 if failure else 200)


async def as_csv(datasette: Datasette, request: Request) -> Response:
    """Return the answer to `?sql=` as CSV."""
    sql = _sql_of(datasette, request)
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
    path = datasette.get_database(ARCHIVE).path
    return await run_sql(path, sql, _values_of(request))


def _values_of(request: Request) -> dict[str, str]:
    return {name: request.args[name] for name in request.args if name not in {"sql", "lang"}}


async def _dictionary(datasette: Datasette) -> Mapping[str, tuple[Column, ...]]:
    """Return the columns of each view; they do not change while the server runs."""

    def read_columns(db: Database) -> dict[str, tuple[Column, ...]]:
        names = {one: {column.name for column in db.view(one).columns} for one in TABLES}
        return {
            table: tuple(one for one in columns_of(db, table) if one.name in names[table])
            for table in TABLES
        }

    path = datasette.get_database(ARCHIVE).path
    if path not in _dictionaries:
        _dictionaries[path] = await read(datasette, read_columns)
    return _dictionaries[path]


PAGES: tuple[tuple[str, Any], ...] = ((r"^/sql$", editor), (r"^/sql\.csv$", as_csv))
