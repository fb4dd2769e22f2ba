"""CSV of Datasette's table pages: all rows that their filters leave, without formulas."""

from __future__ import annotations

import csv
import json
from collections.abc import AsyncIterator
from io import StringIO
from typing import Any
from urllib.parse import quote, urlencode

from datasette.app import Datasette
from datasette.utils.asgi import AsgiStream, BadRequest, NotFound, Request

from newscrawl.archive.export.tables import guarded
from newscrawl.web.queries.archive_reader import ARCHIVE

_KEPT = ("_sort", "_sort_desc", "_search", "_where")
_ROWS = 1_000


async def table_csv(datasette: Datasette, request: Request) -> Any:
    """Stream the rows of one table or view, filtered as its page is."""
    pages = _pages(datasette, request)
    first = await anext(pages)

    async def write(writer: Any) -> None:
        await writer.write("\ufeff" + _lines([first["columns"]]) + _lines(first["rows"]))
        async for page in pages:
            await writer.write(_lines(page["rows"]))

    name = f'attachment; filename="newscrawl-{request.url_vars["table"]}.csv"'
    headers = {"content-disposition": name}
    return AsgiStream(write, headers=headers, content_type="text/csv; charset=utf-8")


async def _pages(datasette: Datasette, request: Request) -> AsyncIterator[dict[str, Any]]:
    """Yield the pages of Datasette's JSON. Raises NotFound or BadRequest if it does."""
    wanted = [
        (name, value)
        for name in request.args
        for value in request.args.getlist(name)
        if not name.startswith("_") or name in _KEPT
    ]
    path = f"/{ARCHIVE}/{quote(request.url_vars['table'], safe='')}.json"
    following = ""
    while following is not None:
        asked = [*wanted, ("_size", _ROWS), ("_shape", "arrays")]
        asked += [("_next", following)] if following else []
        answer = await datasette.client.get(f"{path}?{urlencode(asked)}")
        if answer.status_code != 200:
            raise NotFound("") if answer.status_code == 404 else BadRequest(answer.text[:300])
        page = json.loads(answer.text)
        yield page
        following = page.get("next")


def _lines(rows: list[list[Any]]) -> str:
    out = StringIO(newline="")
    csv.writer(out).writerows([guarded(_flat(value)) for value in row] for row in rows)
    return out.getvalue()


def _flat(value: Any) -> Any:
    """Return a value for a cell: bytes, which JSON holds as an object, as base64."""
    return value.get("encoded", "") if isinstance(value, dict) else value


PAGES = ((rf"^/{ARCHIVE}/(?P<table>[A-Za-z_0-9]{{1,64}})\.csv$", table_csv),)
