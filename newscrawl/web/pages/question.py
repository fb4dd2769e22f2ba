"""The pages of named questions: the list, and each answer as a chart, a table and files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from newscrawl.web.archive_reader import QUESTION_SECONDS, cached, in_thread
from newscrawl.web.charts import draws, png_of, svg_of
from newscrawl.web.language import phrase, phrases
from newscrawl.web.questions import Answer, Question, answer, questions
from newscrawl.web.rendering import NotThere, language_of, render

SHOWN_ROWS = 200
"""Number of rows that a page shows; the files have all rows."""
_LONGEST = 4_000
_KINDS = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json; charset=utf-8",
    "svg": "image/svg+xml; charset=utf-8",
    "png": "image/png",
}


async def all_questions(datasette: Datasette, request: Request) -> Response:
    """List the questions."""
    return await render(datasette, request, "questions.html", {"questions": questions()})


async def question(datasette: Datasette, request: Request) -> Response:
    """Show the answer to one question for the parameters in the address."""
    asked = _asked(request)
    values = values_of(request, asked)
    found = await answer(datasette, asked, values)
    context = {
        "question": asked,
        "values": values,
        "answer": found,
        "rows": found.records()[:SHOWN_ROWS],
        "is_drawn": draws(asked.chart, found),
        "names": column_names(language_of(request), found.columns),
    }
    return await render(datasette, request, "question.html", context)


async def answer_file(datasette: Datasette, request: Request) -> Response:
    """Return the answer as a file: CSV, JSON, SVG or PNG."""
    asked, form = _asked(request), request.url_vars["form"]
    found = await answer(datasette, asked, values_of(request, asked))
    if form in {"svg", "png"}:
        return await _picture(datasette, request, asked, found)
    records = json.dumps(found.records(), ensure_ascii=False, default=str)
    body = found.as_csv() if form == "csv" else records
    return file_response(body, f"newscrawl-{asked.name}.{form}", _KINDS[form])


def values_of(request: Request, asked: Question) -> dict[str, str]:
    """Return the parameters of *asked* that the address gives."""
    given = {name: (request.args.get(name) or "").strip()[:_LONGEST] for name in asked.asks}
    return {name: value for name, value in given.items() if value}


def column_names(language: str, columns: tuple[str, ...]) -> dict[str, str]:
    """Return the labels of *columns* in *language*."""
    known = phrases()
    return {
        name: phrase(language, f"column_{name}") if f"column_{name}" in known else name
        for name in columns
    }


def file_response(body: str, name: str, kind: str) -> Response:
    """Return *body* as a download named *name*."""
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(body, headers=headers, content_type=kind)


async def picture_response(
    datasette: Datasette,
    request: Request,
    key: tuple[Any, ...],
    drawn: tuple[Any, Answer, Mapping[str, str]],
) -> Response:
    """Return the chart of an answer in the format of the address, cached under *key*."""
    chart, found, names = drawn
    form = request.url_vars["form"]
    is_dark = form == "svg" and request.args.get("theme") == "dark"

    def draw() -> Any:
        if form == "png":
            return png_of(chart, found, names)
        return svg_of(chart, found, names, is_dark=is_dark)

    place = (*key, form, is_dark, language_of(request))
    body = await cached(datasette, place, lambda: in_thread(draw, QUESTION_SECONDS))
    return Response(body, content_type=_KINDS[form])


async def _picture(
    datasette: Datasette, request: Request, asked: Question, found: Answer
) -> Response:
    if not draws(asked.chart, found):
        raise NotThere("nothing_to_draw")
    names = column_names(language_of(request), found.columns)
    key = (asked.name, tuple(sorted(values_of(request, asked).items())))
    return await picture_response(datasette, request, key, (asked.chart, found, names))


def _asked(request: Request) -> Question:
    found = questions().get(request.url_vars["name"])
    if found is None:
        raise NotThere("no_such_question")
    return found


PAGES = (
    (r"^/questions$", all_questions),
    (r"^/question/(?P<name>[a-z_]{1,40})$", question),
    (r"^/question/(?P<name>[a-z_]{1,40})\.(?P<form>csv|json|svg|png)$", answer_file),
)
