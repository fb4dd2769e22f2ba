"""The search page, and its results as CSV, JSON Lines and a chart of months."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from io import StringIO
from typing import Any
from urllib.parse import urlencode

import attrs
from datasette.app import Datasette
from datasette.utils.asgi import AsgiStream, BadRequest, Request, Response
from sqlite_utils import Database

from newscrawl.archive.export.tables import PAGE, Selection, guarded, rows_of
from newscrawl.archive.read.in_memory.memory_columns import columns_of
from newscrawl.archive.search.hits import (
    SORTS,
    CountBy,
    Sort,
    also_found,
    count_among,
    count_hits,
    ids_of_hits,
    last_added_hits,
    marked_hits,
    number_of_hits,
    problems_of,
    ranked_ids,
)
from newscrawl.archive.search.problems import Problem
from newscrawl.archive.search.query_parser import parse_query
from newscrawl.archive.search.semantic.models import EmbeddingModel
from newscrawl.archive.search.semantic.ranking import By, ranked_by_meaning
from newscrawl.archive.search.semantic.vectors import has_vectors
from newscrawl.errors import NewscrawlError
from newscrawl.web.display.cards import read_cards
from newscrawl.web.display.facets import bars_of, chips_of, within, without_days
from newscrawl.web.pages.question import file_response, picture_response
from newscrawl.web.queries.archive_reader import (
    QUESTION_SECONDS,
    READ_SECONDS,
    read,
    read_cached,
)
from newscrawl.web.queries.embedding import model_of
from newscrawl.web.queries.questions import Answer, Chart
from newscrawl.web.queries.study_reader import saved_searches
from newscrawl.web.rendering import NotThere, render

FACETS: tuple[tuple[CountBy, str], ...] = (
    ("site", "site"),
    ("agency", "agency"),
    ("section", "section"),
    ("author", "author"),
    ("place", "place"),
    ("language", "lang"),
)
"""The facets, each with its filter in the query language."""
COUNTED, COUNTED_IN_MEMORY = 2_000, 10_000
"""Number of results counted for the facets: the last that were added to the archive.

The second holds while the columns of the articles are in memory.
"""
_PAGE = 20
_MOST_PAGES = 50
_MOST_IN_FACET = 10
_LONGEST = 2_000
_LONGEST_NUMBER = 9
_LONGEST_TIME = 10
_NO_TIME = re.compile(r'[\s"()]')
_BY_MEANING: Mapping[str, By] = {"meaning": "meaning", "both": "both"}
_MONTHS = Chart(mark="bar", x="month", y="articles")
_KINDS = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson; charset=utf-8"}


@attrs.frozen
class Order:
    """The order of results.

    `?sort=`, `?each=text` for one outlet of each agency text, and `?by=meaning` or `both`.
    """

    sort: Sort
    one_per_text: bool
    by: By | None = None
    """None: by words alone."""

    @classmethod
    def of(cls, request: Request, *, has_model: bool) -> Order:
        """Return the order in the address; the best first if it states none."""
        stated, by = request.args.get("sort"), request.args.get("by")
        if has_model and by in _BY_MEANING:
            return cls("rank", False, _BY_MEANING[by])
        sort: Sort = next((one for one in SORTS if one == stated), "rank")
        return cls(sort, request.args.get("each") == "text")

    def parameters(self) -> dict[str, str]:
        """Return it for an address."""
        if self.by:
            return {"by": self.by}
        return {"sort": self.sort} | ({"each": "text"} if self.one_per_text else {})


async def search(datasette: Datasette, request: Request) -> Response:
    """Show page `?page=` of the results of `?q=`, in the order of the address."""
    model = model_of(datasette)
    query, order = query_of(request), Order.of(request, has_model=model is not None)
    page = max(1, min(_page_number(request.args.get("page") or "1"), _MOST_PAGES))
    found = await read_cached(
        datasette,
        ("search", query, page, order),
        lambda db: _found(db, query, page, order, model),
        QUESTION_SECONDS if order.by else READ_SECONDS,
    )

    def month_link(month: str) -> str:
        asked = {"q": within(query, month, month)} | order.parameters()
        lang = request.args.get("lang")
        return f"/search?{urlencode(asked | ({'lang': lang} if lang else {}))}"

    shown = {
        "bars": bars_of(found["months"], month_link),
        "chips": chips_of(query),
        "undated": without_days(query),
        "saved": () if query else await saved_searches(datasette),
    }
    return await render(datasette, request, "search.html", found | shown)


async def results(datasette: Datasette, request: Request) -> Any:
    """Stream all results of `?q=` in the format of `newscrawl export`."""
    query, form = query_of(request), request.url_vars["form"]
    ids = await read(datasette, lambda db: ids_of_hits(db, query), QUESTION_SECONDS)
    if not ids:
        raise NotThere("nothing_found")

    async def write(writer: Any) -> None:
        for at in range(0, len(ids), PAGE):
            selection = Selection(ids=tuple(ids[at : at + PAGE]))
            rows = await read(datasette, partial(_rows, selection), QUESTION_SECONDS)
            await writer.write(_written(rows, form, is_first=at == 0))

    headers = {"content-disposition": f'attachment; filename="newscrawl-search.{form}"'}
    return AsgiStream(write, headers=headers, content_type=_KINDS[form])


async def months(datasette: Datasette, request: Request) -> Response:
    """Return the number of results of `?q=` by month, as a chart or CSV."""
    query, form = query_of(request), request.url_vars["form"]

    def counted(db: Database) -> Answer:
        counts = count_hits(db, query, "month") if query else {}
        return Answer(("month", "articles"), tuple(one for one in counts.items() if one[0]))

    key = ("months", query)
    found = await read_cached(datasette, key, counted)
    if form == "csv":
        return file_response(found.as_csv(), "newscrawl-months.csv", _KINDS["csv"])
    return await picture_response(datasette, request, key, (_MONTHS, found))


def query_of(request: Request) -> str:
    """Return the query in the address, limited to the time `?from=` to `?to=` if it has one."""
    query = (request.args.get("q") or "").strip()[:_LONGEST]
    first, last = (
        _NO_TIME.sub("", request.args.get(name) or "")[:_LONGEST_TIME]
        for name in ("from", "to")
    )
    return within(query, first, last) if first or last else query


def _page_number(asked: str) -> int:
    """Return a page number, 1 if the text is no number. Raises BadRequest if it is long."""
    if len(asked) > _LONGEST_NUMBER:
        raise BadRequest("the page number is too long")
    return int(asked) if asked.isascii() and asked.isdigit() else 1


def _found(
    db: Database, query: str, page: int, order: Order, model: EmbeddingModel | None
) -> dict[str, Any]:
    is_comparable = model is not None and has_vectors(db)
    failed: tuple[Problem, ...] = ()
    try:
        found = _ranked(db, query, page, order, model if is_comparable else None)
    except NewscrawlError as error:
        failed = (Problem("query_no_meaning", why=error),)
        found = _ranked(db, query, page, order, None)
    hits, counted = found["hits"], found.pop("ids")
    return found | {
        "query": query,
        "problems": (*failed, *problems_of(db, query, is_found=bool(hits))) if query else (),
        "is_comparable": is_comparable,
        "page": page,
        "counted": len(counted),
        "has_more": found["has_more"] and page < _MOST_PAGES,
        "facets": [(by, name, _most(count_among(db, counted, by))) for by, name in FACETS],
        "months": count_among(db, counted, "month"),
        "cards": {one.id: one for one in read_cards(db, [hit.article_id for hit in hits])},
    }


def _ranked(
    db: Database, query: str, page: int, order: Order, model: EmbeddingModel | None
) -> dict[str, Any]:
    """Return a page of results in *order*; by words alone without a *model* or words."""
    if order.by and model and parse_query(query).terms():
        return _by_meaning(db, query, page, order.by, model) | {"order": order}
    order = attrs.evolve(order, by=None)
    return _by_words(db, query, page, order) | {"order": order}


def _by_words(db: Database, query: str, page: int, order: Order) -> dict[str, Any]:
    ranked = ranked_ids(
        db,
        query,
        limit=_PAGE + 1,
        sort=order.sort,
        offset=(page - 1) * _PAGE,
        one_per_text=order.one_per_text,
    )
    return {
        "hits": marked_hits(db, query, ranked[:_PAGE]),
        "has_more": len(ranked) > _PAGE,
        "count": number_of_hits(db, query),
        "also": also_found(db, query),
        "ids": last_added_hits(db, query, COUNTED_IN_MEMORY if columns_of(db) else COUNTED),
    }


def _by_meaning(
    db: Database, query: str, page: int, by: By, model: EmbeddingModel
) -> dict[str, Any]:
    ranked = ranked_by_meaning(db, query, model, by=by)
    start = (page - 1) * _PAGE
    return {
        "hits": marked_hits(db, query, ranked[start : start + _PAGE]),
        "has_more": len(ranked) > start + _PAGE,
        "count": len(ranked),
        "also": also_found(db, query) if by == "both" else (),
        "ids": [article_id for article_id, _rank in ranked],
    }


def _most(counts: dict[str, int]) -> list[tuple[str, int]]:
    return [one for one in counts.items() if one[0]][:_MOST_IN_FACET]


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
        writer.writerow([guarded(name) for name in rows[0]])
    writer.writerows([guarded(value) for value in row.values()] for row in rows)
    yield out.getvalue()


PAGES: tuple[tuple[str, Any], ...] = (
    (r"^/search$", search),
    (r"^/search\.(?P<form>csv|jsonl)$", results),
    (r"^/search/months\.(?P<form>csv|svg|png|v[gl]\.json)$", months),
)
