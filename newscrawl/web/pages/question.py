"""The pages of named questions: the list, and each answer as a chart, a table and files."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from newscrawl.archive.search.query import FILTERS
from newscrawl.archive.search.tokens import quoted
from newscrawl.web.display.charts import (
    Drawing,
    Style,
    draws,
    note_svg,
    png_of,
    size_of,
    specification,
    svg_of,
    vega_of,
)
from newscrawl.web.display.formatting import number, plain
from newscrawl.web.display.interface_language import (
    direction_of,
    filled,
    label,
    phrase,
    phrases,
)
from newscrawl.web.display.palette import colors_for
from newscrawl.web.queries.archive_reader import (
    QUESTION_SECONDS,
    cached,
    in_thread,
    read_cached,
)
from newscrawl.web.queries.questions import Answer, Chart, Question, answer, lead_row, questions
from newscrawl.web.queries.stories import articles_of
from newscrawl.web.rendering import NotThere, language_of, render

SHOWN_ROWS = 200
"""Number of rows that a page shows; the files have all rows."""
GROUPS = ("agenda", "agencies", "edits", "lists", "archive")
"""The groups of questions, in the order of their page."""
PATIENCE = 0.1
"""Seconds that the list of questions waits for answers that are not in the cache."""
_LONGEST = 4_000
_ALL_ARTICLES = frozenset({"articles_by_month", "articles_by_day"})
"""The questions that count every article that a search with their parameters finds."""
_LABELLED = frozenset({"outcome", "field", "class", "place"})
_COUNTS = frozenset({"articles", "texts"})
"""The columns in which two rows of a list may be equal by right."""
_MOST_TIED = 5
SITES = frozenset({"site", "other_site", "first"})
"""The parameters that are the name of a site."""
_SITES = "SELECT name FROM sites ORDER BY name LIMIT 1000"
_SAME_IN_SEARCH = frozenset(FILTERS) - {"place"}
"""The parameters that a search understands in the same way: its places have many spellings."""
_begun: set[asyncio.Task[Answer]] = set()  # a reference keeps a task from being collected
_KINDS = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json; charset=utf-8",
    "svg": "image/svg+xml; charset=utf-8",
    "png": "image/png",
    "vl.json": "application/json; charset=utf-8",
    "vg.json": "application/json; charset=utf-8",
}


async def all_questions(datasette: Datasette, request: Request) -> Response:
    """List the questions by subject, each with a sentence of its answer."""
    language = language_of(request)
    listed = [one for one in questions().values() if one.group]
    found = await _answers_at_hand(datasette, listed)
    groups = {group: [one for one in listed if one.group == group] for group in GROUPS}
    says = {name: sentence(questions()[name], one, language) for name, one in found.items()}
    context = {"groups": groups, "says": says, "sizes": dict(_sizes(found))}
    return await render(datasette, request, "questions/questions.html", context)


def _sizes(found: Mapping[str, Answer]) -> Iterator[tuple[str, tuple[int, int]]]:
    """Yield each question that has an answer to draw, with the size of its chart."""
    for name, one in found.items():
        chart = questions()[name].chart
        if chart is not None and one.rows:
            yield name, size_of(chart, one)


async def _answers_at_hand(datasette: Datasette, wanted: list[Question]) -> dict[str, Answer]:
    """Return the answers that are ready within PATIENCE; the next page has the others."""
    tasks = {asyncio.create_task(answer(datasette, one, {})): one.name for one in wanted}
    _begun.update(tasks)
    for task in tasks:
        task.add_done_callback(_begun.discard)
    done, _later = await asyncio.wait(tasks, timeout=PATIENCE)
    return {tasks[task]: task.result() for task in done if task.exception() is None}


async def question(datasette: Datasette, request: Request) -> Response:
    """Show the answer to one question for the parameters in the address."""
    asked = _asked(request)
    values = values_of(request, asked)
    found = await answer(datasette, asked, values)
    rows = found.records()[:SHOWN_ROWS]
    context = {
        "question": asked,
        "values": values,
        "answer": found,
        "rows": rows,
        "stories": await articles_of(datasette, rows),
        "says": sentence(asked, found, language_of(request)),
        "is_drawn": draws(asked.chart, found),
        "size": size_of(asked.chart, found) if asked.chart else (0, 0),
        "query": _query_for(asked, values),
        "names": column_names(language_of(request), found.columns),
        "sites": await _sites_for(datasette, asked),
        "of_sites": SITES,
    }
    return await render(datasette, request, "questions/question.html", context)


async def _sites_for(datasette: Datasette, asked: Question) -> list[str]:
    """Return the sites of the archive, to choose from, if *asked* has one as a parameter."""
    if SITES.isdisjoint(asked.asks):
        return []
    return await read_cached(
        datasette, "site names", lambda db: [name for (name,) in db.execute(_SITES)]
    )


async def answer_file(datasette: Datasette, request: Request) -> Response:
    """Return the answer as a file: CSV, JSON, SVG, PNG or a Vega-Lite specification."""
    asked, form = _asked(request), request.url_vars["form"]
    values = values_of(request, asked)
    found = await answer(datasette, asked, values)
    if form not in {"csv", "json"}:
        key = (asked.name, tuple(sorted(values.items())))
        return await picture_response(datasette, request, key, (asked.chart, found))
    records = json.dumps(found.records(), ensure_ascii=False, default=str)
    body = found.as_csv() if form == "csv" else records
    return file_response(body, f"newscrawl-{asked.name}.{form}", _KINDS[form])


def _query_for(asked: Question, values: Mapping[str, str]) -> str | None:
    """Return the search that finds the articles of an answer; None if there is none."""
    if asked.name not in _ALL_ARTICLES or values.keys() - _SAME_IN_SEARCH:
        return None
    return " ".join(f"{name}:{quoted(value)}" for name, value in values.items())


def sentence(asked: Question, found: Answer, language: str) -> str:
    """Return the sentence of an answer in *language*; empty if it has none."""
    row = lead_row(asked, found)
    if row is None or language not in asked.says:
        return ""
    words = {name: _spoken(name, value, language) for name, value in row.items()}
    said = filled(language, asked.says[language], words)
    names = list(_tied(asked, found, language))
    if not names:
        return said
    listed = " · ".join(names[:_MOST_TIED]) + (" …" if len(names) > _MOST_TIED else "")
    return f"{said} {phrase(language, 'as_many', names=listed)}"


def _tied(asked: Question, found: Answer, language: str) -> Iterator[str]:
    """Yield the names of the rows of a list that count as many as its first row."""
    chart = asked.chart
    if chart is not None and asked.lead == "first" and chart.x in _COUNTS:
        first, *others = found.records()
        for one in others:
            if one[chart.x] == first[chart.x]:
                yield _spoken(chart.y, one[chart.y], language)


def _spoken(column: str, value: Any, language: str) -> str:
    if isinstance(value, float):
        return f"{value:.1f}"
    if isinstance(value, int):
        return number(value)
    return f"\u2068{plain(label(language, column, str(value)), 120)}\u2069"


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
    drawn: tuple[Chart | None, Answer],
) -> Response:
    """Return the chart of an answer in the format of the address, cached under *key*.

    An answer without rows is a picture that says so, since pages show it before they know.
    """
    form, language, look = request.url_vars["form"], language_of(request), look_of(request)
    chart, found = drawn
    if chart is None or not draws(chart, found):
        if form != "svg" or chart is None:
            raise NotThere("nothing_to_draw")
        body = note_svg(phrase(language, "nothing_to_draw"), look)
        return Response(body, content_type=_KINDS[form])
    colors = await colors_for(datasette, chart.color)
    drawing = Drawing(
        chart=chart,
        answer=_labelled(found, language),
        names=column_names(language, found.columns),
        colors={label(language, chart.color or "", one): colors[one] for one in colors},
    )
    return await render_chart(datasette, form, (*key, language), drawing, look)


async def render_chart(
    datasette: Datasette, form: str, key: tuple[Any, ...], drawing: Drawing, look: Style
) -> Response:
    """Return *drawing* in the format *form*, cached under *key*."""
    draw = partial(_DRAWN[form], drawing, look)
    picture = await cached(
        datasette, (*key, form, look), lambda: in_thread(draw, QUESTION_SECONDS)
    )
    return Response(picture, content_type=_KINDS[form])


def _labelled(found: Answer, language: str) -> Answer:
    """Return *found* with the interface's words for outcomes, fields and classes of edits."""
    places = [at for at, name in enumerate(found.columns) if name in _LABELLED]
    if not places:
        return found
    rows = [list(row) for row in found.rows]
    for row in rows:
        for at in places:
            row[at] = label(language, found.columns[at], row[at])
    return Answer(found.columns, tuple(map(tuple, rows)))


def look_of(request: Request) -> Style:
    """Return the appearance that the address wants: `?theme=dark`, `?width=narrow`."""
    return Style(
        is_dark=request.args.get("theme") == "dark",
        is_narrow=request.args.get("width") == "narrow",
        is_rtl=direction_of(language_of(request)) == "rtl",
    )


def _as_json(drawing: Drawing, look: Style) -> str:
    return json.dumps(specification(drawing, look), ensure_ascii=False)


_DRAWN: Mapping[str, Callable[[Drawing, Style], Any]] = {
    "svg": svg_of,
    "png": png_of,
    "vl.json": _as_json,
    "vg.json": vega_of,
}


def _asked(request: Request) -> Question:
    found = questions().get(request.url_vars["name"])
    if found is None:
        raise NotThere("no_such_question")
    return found


PAGES = (
    (r"^/questions$", all_questions),
    (r"^/question/(?P<name>[a-z_]{1,40})$", question),
    (
        r"^/question/(?P<name>[a-z_]{1,40})\.(?P<form>csv|json|svg|png|v[gl]\.json)$",
        answer_file,
    ),
)
