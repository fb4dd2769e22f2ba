"""Search an archive: a typed query in, the articles it finds out, their own words marked.

`archive.schema.functions` makes the same folding and stemming available to anybody's SQL:
`SELECT … FROM article_search WHERE article_search MATCH search_query('للأطلسي')`.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import attrs
from sqlite_utils import Database

from newscrawl.archive.read.in_memory.column_filters import counts_by_columns, ids_found
from newscrawl.archive.schema.own_views import is_view_of_index_own
from newscrawl.archive.schema.storable import date_from, date_text
from newscrawl.archive.search.conditions import (
    ALL_ARTICLES,
    found_by,
)
from newscrawl.archive.search.hints import hints_for
from newscrawl.archive.search.index import (
    check_index,
    create_index,
    index_update,
    reindex,
    update_index,
)
from newscrawl.archive.search.names import also_found, parse_with_names
from newscrawl.archive.search.problems import Problem
from newscrawl.archive.search.query import wanted_expression
from newscrawl.archive.search.ranking import (
    SORTS,
    Sort,
    last_added_hits,
    number_of_hits,
    ranked_ids,
)
from newscrawl.text.folding import search_key

__all__ = [
    "SORTS",
    "Hit",
    "Sort",
    "also_found",
    "check_index",
    "count_among",
    "count_hits",
    "create_index",
    "ids_of_hits",
    "index_update",
    "last_added_hits",
    "marked_hits",
    "number_of_hits",
    "problems_of",
    "ranked_ids",
    "reindex",
    "search",
    "update_index",
]

Span = tuple[int, int]
CountBy = Literal[
    "site",
    "agency",
    "section",
    "author",
    "keyword",
    "place",
    "language",
    "year",
    "month",
    "day",
]
"""The facets of `count_hits`; place is the dateline's, times are UTC as in `after:`."""

_START, _END = "\x01", "\x02"
_WORDS_IN_SNIPPET = 24
_BODY = 3
_OPENING = 200
_COUNTED_NAMES = """SELECT n.name, count(DISTINCT h.id) FROM ({{ids}}) AS h
    JOIN articles AS a ON a.id = h.id
    JOIN version_{0} AS x ON x.version_id = a.version_id JOIN {0} AS n ON n.id = x.{1}
    GROUP BY n.id ORDER BY 2 DESC, 1"""
# An agency is one in all its spellings, and is called by its Arabic one if it has any.
_COUNTED_AGENCIES = """SELECT max(n.name), count(DISTINCT h.id) FROM ({ids}) AS h
    JOIN articles AS a ON a.id = h.id
    JOIN version_agencies AS x ON x.version_id = a.version_id
    JOIN agencies AS n ON n.id = x.agency_id
    GROUP BY coalesce(nullif(n.code, ''), n.name) ORDER BY 2 DESC, 1"""
_COUNTED_VALUES = """SELECT coalesce({0}, ''), count(*) FROM ({{ids}}) AS h
    JOIN articles AS a ON a.id = h.id JOIN versions AS v ON v.id = a.version_id
    GROUP BY 1 ORDER BY {1}"""
_COUNTED: Mapping[CountBy, str] = {
    "site": """SELECT s.name, count(*) FROM ({ids}) AS h JOIN articles AS a ON a.id = h.id
        JOIN sites AS s ON s.id = a.site_id GROUP BY s.id ORDER BY 2 DESC, 1""",
    "agency": _COUNTED_AGENCIES,
    "section": _COUNTED_NAMES.format("sections", "section_id"),
    "author": _COUNTED_NAMES.format("authors", "author_id"),
    "keyword": _COUNTED_NAMES.format("keywords", "keyword_id"),
    "place": _COUNTED_VALUES.format("v.dateline_place", "2 DESC, 1"),
    "language": _COUNTED_VALUES.format("v.in_language", "2 DESC, 1"),
    "year": _COUNTED_VALUES.format("substr(v.date_published, 1, 4)", "1"),
    "month": _COUNTED_VALUES.format("substr(v.date_published, 1, 7)", "1"),
    "day": _COUNTED_VALUES.format("substr(v.date_published, 1, 10)", "1"),
}


@attrs.frozen(kw_only=True)
class Hit:
    """An article that was found."""

    article_id: int
    """Its id in the archive."""
    url: str
    """The address it is stored under."""
    site: str
    """The name of its site."""
    headline: str | None
    """Its headline, as printed."""
    headline_spans: tuple[Span, ...] = ()
    """Places of the wanted words in the headline, as (start, end)."""
    date_published: dt.datetime | dt.date | None
    """Time of publication (UTC), or only the day."""
    snippet: str
    """A piece of its text around the words that were looked for, as printed."""
    snippet_spans: tuple[Span, ...] = ()
    """Their places in the snippet."""
    rank: float | None = None
    """bm25, the less the better; None if it does not decide the order. In a search by meaning
    the cosine distance."""

    def as_dict(self) -> dict[str, Any]:
        """Return the fields as JSON types."""
        return attrs.asdict(self) | {"date_published": date_text(self.date_published)}


def search(
    db: Database,
    text: str,
    *,
    limit: int = 20,
    sort: Sort = "rank",
    offset: int = 0,
    one_per_text: bool = False,
) -> list[Hit]:
    """Return the articles that the query *text* finds, in the order of *sort*.

    At most *limit* of them, without the first *offset*. Of more than MOST_RANKED articles only
    those with the words in their headline and the newest are ranked. With *one_per_text*, only
    the best of the outlets that had one agency text, as of the last `update_copies`. Anything
    may be typed.
    """
    found = ranked_ids(
        db, text, limit=limit, sort=sort, offset=offset, one_per_text=one_per_text
    )
    return marked_hits(db, text, found)


def marked_hits(
    db: Database, text: str, found: Sequence[tuple[int, float | None]]
) -> list[Hit]:
    """Return the articles of *found*, ids and ranks, the words of the query *text* marked."""
    root = parse_with_names(text, db).root
    # Marking reads the view of the index, which in a stranger's archive may never end.
    wanted = wanted_expression(root) if root and is_view_of_index_own(db) else None
    return [_hit(db, article_id, rank, wanted) for article_id, rank in found]


def ids_of_hits(db: Database, text: str) -> list[int]:
    """Return the ids of all the articles that the query *text* finds, in order."""
    root = parse_with_names(text, db).root
    if root is None:
        return []
    if (ids := ids_found(db, root)) is not None:
        return list(ids)
    source, values = found_by(root)
    return [row[0] for row in db.conn.execute(f"{source} ORDER BY 1", values)]


def problems_of(db: Database, text: str, *, is_found: bool) -> tuple[Problem, ...]:
    """Return the mistakes of the query *text*, and hints if nothing *is_found*."""
    problems = parse_with_names(text, db).problems
    return problems if is_found else tuple(dict.fromkeys((*problems, *hints_for(db, text))))


def count_hits(db: Database, text: str, by: CountBy) -> dict[str, int]:
    """Count the articles that the query *text* finds, by the kind *by*.

    The largest count comes first; years, months and days come in their order. Without a query
    all articles are counted. A place is counted under all its names, as `place:` finds it.
    """
    root = parse_with_names(text, db).root
    counts: Mapping[str, int] | None = counts_by_columns(db, ids_found(db, root), by)
    if counts is None:
        source, values = found_by(root) if root else (ALL_ARTICLES, [])
        counts = dict(db.conn.execute(_COUNTED[by].format(ids=source), values).fetchall())
    return _by_place(db, counts) if by == "place" else dict(counts)


def count_among(db: Database, ids: Sequence[int], by: CountBy) -> dict[str, int]:
    """Count the articles *ids* by the kind *by*, as `count_hits` does."""
    counts: Mapping[str, int] | None = counts_by_columns(db, ids, by)
    if counts is None:
        counted = _COUNTED[by].format(ids="SELECT value AS id FROM json_each(?)")
        counts = dict(db.conn.execute(counted, [json.dumps(ids)]).fetchall())
    return _by_place(db, counts) if by == "place" else dict(counts)


def _by_place(db: Database, counts: Mapping[str, int]) -> dict[str, int]:
    """Return *counts* of printed places with the names of one place under the commonest."""
    known = dict(db.conn.execute("SELECT printed, place_id FROM place_names").fetchall())
    names: dict[object, str] = {}
    sums: Counter[str] = Counter()
    for printed, number in counts.items():
        sums[names.setdefault(known.get(printed) or search_key(printed), printed)] += number
    return dict(sums.most_common())


def _hit(db: Database, article_id: int, rank: float | None, wanted: str | None) -> Hit:
    url, site, headline, date_published, opening = db.conn.execute(
        """SELECT u.url, s.name, v.headline, v.date_published, substr(b.article_body, 1, ?)
        FROM articles AS a JOIN versions AS v ON v.id = a.version_id
        JOIN bodies AS b ON b.id = v.body_id JOIN urls AS u ON u.id = a.url_id
        JOIN sites AS s ON s.id = a.site_id WHERE a.id = ?""",
        [_OPENING, article_id],
    ).fetchone()
    marked_headline, marked_snippet = headline, opening
    if wanted:
        found = db.conn.execute(
            """SELECT highlight(article_search, 0, ?, ?),
                snippet(article_search, ?, ?, ?, '…', ?)
            FROM article_search WHERE article_search MATCH ? AND rowid = ?""",
            [_START, _END, _BODY, _START, _END, _WORDS_IN_SNIPPET, wanted, article_id],
        ).fetchone()
        # Of `a OR site:b` an article may have none of the words.
        marked_headline, marked_snippet = found or (headline, opening)
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
