"""What a search finds, to take away: every article as CSV or JSON Lines, and months drawn."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from functools import partial
from io import StringIO
from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import AsgiStream, Request, Response
from sqlite_utils import Database

from newscrawl.archive.export.tables import PAGE, Selection, guarded, rows_of
from newscrawl.archive.search.hits import count_hits, ids_of_hits
from newscrawl.web.kept_answers import kept
from newscrawl.web.question_page import column_names, file_response, picture_response
from newscrawl.web.questions import SECONDS, Answer, Chart
from newscrawl.web.rendering import ARCHIVE, NotThere, language_of, read
from newscrawl.web.search_page import query_of

_MONTHS = Chart(mark="bar", x="month", y="articles")
_KINDS = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson; charset=utf-8"}


async def finds(datasette: Datasette, request: Request) -> Any:
    """Return all articles that `q` finds as `newscrawl export` writes them, in pages."""
    query, form = query_of(request), request.url_vars["form"]
    ids = await read(datasette, lambda db: ids_of_hits(db, query), SECONDS)
    if not ids:
        raise NotThere("nothing_found")

    async def write(writer: Any) -> None:
        for at in range(0, len(ids), PAGE):
            selection = Selection(ids=tuple(ids[at : at + PAGE]))
            rows = await read(datasette, partial(_rows, selection), SECONDS)
            await writer.write(_written(rows, form, is_first=at == 0))

    headers = {"content-disposition": f'attachment; filename="newscrawl-search.{form}"'}
    return AsgiStream(write, headers=headers, content_type=_KINDS[form])


async def months(datasette: Datasette, request: Request) -> Response:
    """Return how many articles `q` finds by month: drawn, or as CSV."""
    query, form = query_of(request), request.url_vars["form"]

    def counted(db: Database) -> Answer:
        counts = count_hits(db, query, "month") if query else {}
        return Answer(("month", "articles"), tuple(one for one in counts.items() if one[0]))

    path = datasette.get_database(ARCHIVE).path
    key = ("months", query)
    found = await kept(path, key, lambda: read(datasette, counted, SECONDS))
    if form == "csv":
        return file_response(found.as_csv(), "newscrawl-months.csv", _KINDS["csv"])
    if not found.rows:
        raise NotThere("nothing_to_draw")
    names = column_names(language_of(request), found.columns)
    return await picture_response(datasette, request, key, (_MONTHS, found, names))


def _rows(selection: Selection, db: Database) -> list[dict[str, Any]]:
    return list(rows_of(db, selection))


def _written(rows: Sequence[dict[str, Any]], form: str, *, is_first: bool) -> str:
    if form == "jsonl":
        return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    return "".join(_csv_lines(rows, is_first=is_first))


def _csv_lines(rows: Sequence[dict[str, Any]], *, is_first: bool) -> Iterator[str]:
    out = StringIO(newline="")
    writer = csv.writer(out)
    if is_first and rows:
        yield "\ufeff"
        writer.writerow(rows[0])
    writer.writerows([guarded(value) for value in row.values()] for row in rows)
    yield out.getvalue()


PAGES: tuple[tuple[str, Any], ...] = (
    (r"^/search\.(?P<form>csv|jsonl)$", finds),
    (r"^/search/months\.(?P<form>csv|svg|png)$", months),
)
