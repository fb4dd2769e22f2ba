"""Two to five searches beside one another: over time, by their words, and around one word."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

import attrs
from datasette.app import Datasette
from datasette.utils.asgi import Request, Response
from sqlite_utils import Database

from newscrawl.archive.read.in_memory.column_filters import months_of_sites
from newscrawl.archive.search.hits import count_hits, ids_of_hits
from newscrawl.web.display.charts import Drawing
from newscrawl.web.display.palette import COLORS
from newscrawl.web.display.wording import Line, Word, Wording, concordance, telling_words
from newscrawl.web.pages.question import column_names, file_response, look_of, render_chart
from newscrawl.web.queries.archive_reader import read_cached
from newscrawl.web.queries.questions import Answer, Chart
from newscrawl.web.rendering import NotThere, language_of, render

MOST = 5
"""Number of searches in one picture."""
READ = 1_000
"""Number of articles of each search whose words are compared: the last that were added."""
_LONGEST = 400
_WORDS, _LINES = 25, 60
_MEASURES = ("articles", "share")
_WHOLES = """SELECT substr(v.date_published, 1, 7) AS month, s.name, count(*)
    FROM articles AS a NOT INDEXED JOIN versions AS v ON v.id = a.version_id
    JOIN sites AS s ON s.id = a.site_id
    WHERE v.date_published IS NOT NULL AND v.page_kind = 'article' GROUP BY 1, 2 ORDER BY 1"""
# Headline and body; of a dateline in the body the place alone, since the rest names the paper.
_TEXTS = """SELECT a.id, coalesce(v.headline, '') || char(10) ||
        iif(substr(b.article_body, 1, length(v.dateline_raw)) = v.dateline_raw,
            coalesce(v.dateline_place, '') || ' ' ||
            substr(b.article_body, length(v.dateline_raw) + 1), b.article_body)
    FROM json_each(?) AS wanted JOIN articles AS a ON a.id = wanted.value
    JOIN versions AS v ON v.id = a.version_id JOIN bodies AS b ON b.id = v.body_id"""


@attrs.frozen(kw_only=True)
class Difference:
    """The words and the pairs of words that one search uses more than another."""

    query: str
    words: list[Word]
    pairs: list[Word]


async def compare(datasette: Datasette, request: Request) -> Response:
    """Show the searches `?q=` (two to five) beside one another, and the word `?word=`."""
    queries, measure = _asked(request)
    word = (request.args.get("word") or "").strip()[:_LONGEST]
    context: dict[str, Any] = {"queries": queries, "measure": measure, "word": word}
    context |= {"most": MOST, "read": READ, "differences": [], "lines": [], "rows": []}
    context["example"] = [] if queries else await read_cached(datasette, ("pair",), _example)
    if len(queries) > 1:
        counted = await _counted(datasette, queries)
        context["rows"] = _totals(counted, queries)
        context["has_picture"] = bool(counted.rows)
        key = ("words", *queries[:2])
        context["differences"] = await read_cached(
            datasette, key, lambda db: _differences(db, queries[0], queries[1])
        )
    if queries and word:
        context["lines"] = await read_cached(
            datasette, ("lines", word, *queries), lambda db: _lines(db, queries, word)
        )
    return await render(datasette, request, "questions/compare.html", context)


def _example(db: Database) -> list[str]:
    """Return searches for the two sites with the most articles; none without two."""
    rows = db.execute(
        """SELECT s.name FROM articles AS a JOIN sites AS s ON s.id = a.site_id
        GROUP BY s.id ORDER BY count(*) DESC, s.name LIMIT 2"""
    ).fetchall()
    return [f"site:{name}" for (name,) in rows] if len(rows) == 2 else []


async def compared_file(datasette: Datasette, request: Request) -> Response:
    """Return the months of the searches `?q=` as CSV, a picture, or its specification."""
    queries, measure = _asked(request)
    form = request.url_vars["form"]
    if len(queries) < 2:
        raise NotThere("nothing_to_draw")
    found = await _counted(datasette, queries)
    if form == "csv":
        return file_response(found.as_csv(), "newscrawl-compare.csv", "text/csv; charset=utf-8")
    chart = Chart(mark="line", x="month", y=measure, color="query")
    language = language_of(request)
    drawing = Drawing(
        chart=chart,
        answer=found,
        names=column_names(language, found.columns),
        colors=dict(zip(queries, COLORS, strict=False)),
    )
    key = ("compare", measure, *queries)
    return await render_chart(datasette, form, (*key, language), drawing, look_of(request))


async def _counted(datasette: Datasette, queries: tuple[str, ...]) -> Answer:
    """Return the months of each search with its number and share of all articles.

    Months in which the archive has no article of any site that the search finds are left out.
    """

    def counts(db: Database) -> Answer:
        wholes: Counter[str] = Counter()
        months_of: defaultdict[str, set[str]] = defaultdict(set)
        for (month, site), count in _months_of_sites(db).items():
            wholes[month] += count
            months_of[site].add(month)
        rows = []
        for query in queries:
            found = count_hits(db, query, "month")
            sites = count_hits(db, query, "site") if any(found) else {}
            known = set().union(*(months_of[site] for site in sites))
            for month in sorted(known):
                share = round(100 * found.get(month, 0) / wholes[month], 2)
                rows.append((month, query, found.get(month, 0), share))
        return Answer(("month", "query", "articles", "share"), tuple(rows))

    return await read_cached(datasette, ("compare", *queries), counts)


def _months_of_sites(db: Database) -> dict[tuple[str, str], int]:
    """Return the number of articles with a date of each month and site."""
    found = months_of_sites(db)
    if found is None:
        return {(month, site): count for month, site, count in db.execute(_WHOLES)}
    return {place: count for place, count in found.items() if place[0]}


def _totals(found: Answer, queries: tuple[str, ...]) -> list[tuple[str, str, int]]:
    """Return colour, query and number of articles with a date of each search."""
    return [
        (color, query, sum(row[2] for row in found.rows if row[1] == query))
        for color, query in zip(COLORS, queries, strict=False)
    ]


def _differences(db: Database, one: str, other: str) -> list[Difference]:
    words = [Wording.of(text for _id, text in texts_of(db, query)) for query in (one, other)]
    pairs = [Wording.of_lines(one.texts, 2) for one in words]
    return [
        Difference(
            query=query,
            words=telling_words(words[at], words[1 - at], _WORDS),
            pairs=telling_words(pairs[at], pairs[1 - at], _WORDS),
        )
        for at, query in enumerate((one, other))
    ]


def _lines(db: Database, queries: tuple[str, ...], word: str) -> list[tuple[int, str, Line]]:
    """Return article, search and line for each place of *word*, at most 60 for each search."""
    found: list[tuple[int, str, Line]] = []
    for query in queries:
        lines = (
            (id_, query, line)
            for id_, text in texts_of(db, query)
            for line in concordance(text, word)
        )
        found += [line for line, _ in zip(lines, range(_LINES), strict=False)]
    return found


def texts_of(db: Database, query: str) -> list[tuple[int, str]]:
    """Return id and text of the articles that *query* finds, the last READ of them."""
    ids = ids_of_hits(db, query)[-READ:]
    return list(db.execute(_TEXTS, [f"[{','.join(map(str, ids))}]"]))


def _asked(request: Request) -> tuple[tuple[str, ...], str]:
    """Return the searches and the measure that the address names."""
    given = [text.strip()[:_LONGEST] for text in request.args.getlist("q")]
    queries = tuple(dict.fromkeys(text for text in given if text))[:MOST]
    measure = request.args.get("measure")
    return queries, measure if measure in _MEASURES else _MEASURES[0]


PAGES: tuple[tuple[str, Any], ...] = (
    (r"^/compare$", compare),
    (r"^/compare\.(?P<form>csv|svg|png|v[gl]\.json)$", compared_file),
)
