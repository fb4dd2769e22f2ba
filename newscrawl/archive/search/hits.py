"""Search an archive: a typed query in, the articles it finds out, their own words marked.

`register_functions` makes the same folding and stemming available to anybody's SQL:
`SELECT … FROM article_search WHERE article_search MATCH search_query('للأطلسي')`.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal
from urllib.parse import urlsplit

import attrs
from sqlite_utils import Database

from newscrawl.archive.schema.storable import date_from, date_text
from newscrawl.archive.search.index import (
    check_index,
    create_index,
    index_update,
    reindex,
    update_index,
)
from newscrawl.archive.search.query import Query, Term, parse_query, search_query
from newscrawl.text.normalize import search_key
from newscrawl.text.stems import stem_text

__all__ = [
    "Hit",
    "check_index",
    "count_among",
    "count_hits",
    "create_index",
    "ids_of_hits",
    "index_update",
    "register_functions",
    "reindex",
    "search",
    "update_index",
]

Span = tuple[int, int]
Sort = Literal["rank", "date"]
CountBy = Literal["site", "agency", "section", "author", "month", "language"]

_START, _END = "\x01", "\x02"
_WORDS_IN_SNIPPET = 24
_BODY = 3
_OPENING = 200
_NAMED = """EXISTS (SELECT 1 FROM version_{0} AS x JOIN {0} AS n ON n.id = x.{1}
    WHERE x.version_id = v.id AND ({2}))"""
_CONDITIONS = {
    "site": """a.site_id IN (SELECT id FROM sites WHERE name = ?)
        OR EXISTS (SELECT 1 FROM urls AS u WHERE u.id = a.url_id
            AND instr(u.url, lower(?)) AND is_of_host(u.url, ?))""",
    "agency": _NAMED.format(
        "agencies", "agency_id", "n.code = lower(?) OR search_key(n.name) = search_key(?)"
    ),
    "section": _NAMED.format(
        "sections", "section_id", "instr(search_key(n.name), search_key(?))"
    ),
    "author": _NAMED.format("authors", "author_id", "instr(search_key(n.name), search_key(?))"),
    "lang": "v.in_language = ? OR v.in_language LIKE ? || '-%'",
    "after": "v.date_published >= ?",
    "before": "v.date_published < ?",
}
_TEXT_OF = """(SELECT coalesce(headline, '') || char(10) || coalesce(alternative_headline, '')
    || char(10) || coalesce(description, '') || char(10) || article_body
    FROM searchable WHERE id = a.id)"""
_COUNTED_NAMES = """SELECT n.name, count(*) FROM ({{ids}}) AS h
    JOIN articles AS a ON a.id = h.id
    JOIN version_{0} AS x ON x.version_id = a.version_id JOIN {0} AS n ON n.id = x.{1}
    GROUP BY n.id ORDER BY 2 DESC, 1"""
_COUNTED_VALUES = """SELECT coalesce({0}, ''), count(*) FROM ({{ids}}) AS h
    JOIN articles AS a ON a.id = h.id JOIN versions AS v ON v.id = a.version_id
    GROUP BY 1 ORDER BY {1}"""
_COUNTED: Mapping[CountBy, str] = {
    "site": """SELECT s.name, count(*) FROM ({ids}) AS h JOIN articles AS a ON a.id = h.id
        JOIN sites AS s ON s.id = a.site_id GROUP BY s.id ORDER BY 2 DESC, 1""",
    "agency": _COUNTED_NAMES.format("agencies", "agency_id"),
    "section": _COUNTED_NAMES.format("sections", "section_id"),
    "author": _COUNTED_NAMES.format("authors", "author_id"),
    "month": _COUNTED_VALUES.format("substr(v.date_published_local, 1, 7)", "1"),
    "language": _COUNTED_VALUES.format("v.in_language", "2 DESC, 1"),
}


@attrs.frozen(kw_only=True)
class Hit:
    """An article that was found."""

    article_id: int
    """Its id in the archive."""
    url: str
    """The address it was first read at."""
    site: str
    """The name of its site."""
    headline: str | None
    """Its headline, as printed."""
    headline_spans: tuple[Span, ...] = ()
    """Where in the headline the words that were looked for stand, as (start, end)."""
    date_published: dt.datetime | dt.date | None
    """Time of publication (UTC), or only the day."""
    snippet: str
    """A piece of its text around the words that were looked for, as printed."""
    snippet_spans: tuple[Span, ...] = ()
    """Where in the snippet they stand."""
    rank: float | None = None
    """bm25, the less the better; None if no words were looked for."""

    def as_dict(self) -> dict[str, Any]:
        """Return the fields as JSON types."""
        return attrs.asdict(self) | {"date_published": date_text(self.date_published)}


def register_functions(connection: sqlite3.Connection) -> None:
    """Give SQL on *connection* `search_key`, `search_terms` and `search_query`.

    search_key(text) folds letters; search_terms(text) is text as the index holds it;
    search_query(typed) is the expression for MATCH.
    """
    for name, function in (
        ("search_key", search_key),
        ("search_terms", stem_text),
        ("search_query", search_query),
    ):
        connection.create_function(name, 1, _of_text(function), deterministic=True)
    connection.create_function("has_exactly", 2, _has_exactly, deterministic=True)
    connection.create_function("is_of_host", 2, _is_of_host, deterministic=True)


def search(
    db: Database, text: str, *, limit: int = 20, sort: Sort = "rank", offset: int = 0
) -> list[Hit]:
    """Return the articles that the query *text* finds, best or newest first.

    At most *limit* of them, without the first *offset*. Anything may be typed. A query
    """
    query = parse_query(text)
    if not (query.wanted or query.filters or query.unwanted):
        return []
    expression = query.wanted_expression()
    by_rank = sort == "rank" and expression is not None
    source, values = _found(query, "f.rank" if expression else "NULL", is_ordered=not by_rank)
    order = "f.rank" if by_rank else "v.date_published DESC, a.id DESC"
    page = f"{source} ORDER BY {order} LIMIT ? OFFSET ?"
    rows = db.conn.execute(page, [*values, limit, offset]).fetchall()
    return [_hit(db, row[0], row[1], expression) for row in rows]


def ids_of_hits(db: Database, text: str) -> list[int]:
    """Return the ids of all the articles that the query *text* finds, in order."""
    query = parse_query(text)
    if not (query.wanted or query.filters or query.unwanted):
        return []
    source, values = _found(query, "NULL")
    return [row[0] for row in db.conn.execute(f"{source} ORDER BY 1", values)]


def count_hits(db: Database, text: str, by: CountBy) -> dict[str, int]:
    """Count the articles that the query *text* finds, by the kind *by*.

    The largest count comes first; months come in their order.
    """
    source, values = _found(parse_query(text), "NULL")
    return dict(db.conn.execute(_COUNTED[by].format(ids=source), values).fetchall())


def count_among(db: Database, ids: Sequence[int], by: CountBy) -> dict[str, int]:
    """Count the articles *ids* by the kind *by*, as `count_hits` does."""
    counted = _COUNTED[by].format(ids="SELECT value AS id FROM json_each(?)")
    return dict(db.conn.execute(counted, [json.dumps(ids)]).fetchall())


def _found(query: Query, value: str, *, is_ordered: bool = False) -> tuple[str, list[Any]]:
    """Return SQL that selects id and *value* of each article found, and its parameters.

    Where it *is_ordered* by more than rank, the names `a` and `v` are there for that.
    """
    expression = query.wanted_expression()
    if expression and query.has_words_only and not is_ordered:
        # The index alone: reading each article would cost a page of the disk.
        found = f"SELECT f.rowid AS id, {value} AS value FROM article_search AS f"
        return f"{found} WHERE f.article_search MATCH ?", [expression]
    conditions, values = _conditions(query)
    source = "articles AS a"
    if expression:
        source = "article_search AS f CROSS JOIN articles AS a ON a.id = f.rowid"
        conditions.insert(0, "f.article_search MATCH ?")
        values.insert(0, expression)
    return (
        f"""SELECT a.id, {value} AS value
        FROM {source} JOIN versions AS v ON v.id = a.version_id
        WHERE {" AND ".join(conditions) or "1"}""",
        values,
    )


def _conditions(query: Query) -> tuple[list[str], list[Any]]:
    """Return the conditions of *query* in SQL beside its wanted words, and their values."""
    conditions: list[str] = []
    values: list[Any] = []
    if unwanted := query.unwanted_expression():
        conditions.append(
            "a.id NOT IN (SELECT rowid FROM article_search WHERE article_search MATCH ?)"
        )
        values.append(unwanted)
    for name, wanted in query.filters:
        conditions.append(f"({_CONDITIONS[name]})")
        values.extend([wanted] * _CONDITIONS[name].count("?"))
    for group in query.exact_terms():
        alternatives = [_exact_condition(term) for term in group]
        conditions.append("(" + " OR ".join(sql for sql, _value in alternatives) + ")")
        values.extend(value for _sql, value in alternatives)
    return conditions, values


def _exact_condition(term: Term) -> tuple[str, str]:
    if term.is_exact:
        return f"has_exactly({_TEXT_OF}, ?)", term.text
    return (
        "a.id IN (SELECT rowid FROM article_search WHERE article_search MATCH ?)",
        term.expression(),
    )


def _hit(db: Database, article_id: int, rank: float | None, expression: str | None) -> Hit:
    url, site, headline, date_published, opening = db.conn.execute(
        """SELECT u.url, s.name, v.headline, v.date_published, substr(b.article_body, 1, ?)
        FROM articles AS a JOIN versions AS v ON v.id = a.version_id
        JOIN bodies AS b ON b.id = v.body_id JOIN urls AS u ON u.id = a.url_id
        JOIN sites AS s ON s.id = a.site_id WHERE a.id = ?""",
        [_OPENING, article_id],
    ).fetchone()
    marked_headline, marked_snippet = headline, opening
    if expression:
        marked_headline, marked_snippet = db.conn.execute(
            """SELECT highlight(article_search, 0, ?, ?),
                snippet(article_search, ?, ?, ?, '…', ?)
            FROM article_search WHERE article_search MATCH ? AND rowid = ?""",
            [_START, _END, _BODY, _START, _END, _WORDS_IN_SNIPPET, expression, article_id],
        ).fetchone()
    _, headline_spans = _spans_from(marked_headline or "")
    snippet, snippet_spans = _spans_from(marked_snippet or "")
    return Hit(
        article_id=article_id,
        url=url,
        site=site,
        headline=headline,
        headline_spans=headline_spans,
        date_published=date_from(date_published),
        snippet=snippet,
        snippet_spans=snippet_spans,
        rank=rank,
    )


def _spans_from(marked: str) -> tuple[str, tuple[Span, ...]]:
    """Return *marked* without its marks, and where they were."""
    pieces = re.split(f"[{_START}{_END}]", marked)
    spans, at = [], 0
    for position, piece in enumerate(pieces):
        if position % 2 and piece:
            spans.append((at, at + len(piece)))
        at += len(piece)
    return "".join(pieces), tuple(spans)


def _has_exactly(text: object, wanted: object) -> bool:
    """Return True if *text* has *wanted* in this spelling, as whole words."""
    words = re.escape(str(wanted))
    return re.search(rf"(?<!\w){words}(?!\w)", str(text or "")) is not None


def _is_of_host(url: object, host: object) -> bool:
    """Return True if *url* is on *host* or below it."""
    named = (urlsplit(str(url)).hostname or "").lower()
    wanted = str(host).lower()
    return "." in wanted and (named == wanted or named.endswith("." + wanted))


def _of_text(function: Callable[[str], str]) -> Callable[[object], str | None]:
    """Return *function* as SQL calls it: NULL gives NULL, a number is text."""
    return lambda value: None if value is None else function(str(value))
