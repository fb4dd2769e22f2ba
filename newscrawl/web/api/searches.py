"""Searches of programs: by words, by meaning, or by both."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Literal, get_args

import attrs
from sqlite_utils import Database

from newscrawl.archive.schema.storable import date_text
from newscrawl.archive.search.hits import (
    Hit,
    Sort,
    also_found,
    marked_hits,
    number_of_hits,
    problems_of,
    ranked_ids,
)
from newscrawl.archive.search.semantic.models import EmbeddingModel
from newscrawl.archive.search.semantic.ranking import By, ranked_by_meaning
from newscrawl.archive.search.semantic.vectors import vector_state
from newscrawl.errors import NewscrawlError, UsageError
from newscrawl.web.api.answers import NOTICE
from newscrawl.web.api.cursors import MOST_SKIPPED, Place, cursor_after, place_at
from newscrawl.web.api.no_answer import NoAnswer

LONGEST_QUERY = 1_000
MOST_RESULTS = 100
Order = Literal["words", "meaning", "both"]
"""Order by words, by meaning, or by both joined (docs/semantic-search.md)."""
ORDERS: tuple[Order, ...] = get_args(Order)
Each = Literal["article", "text"]
"""Results: each article, or one outlet of each agency text."""
EACHES: tuple[Each, ...] = get_args(Each)
_NO_MODEL = "this server has no embedding model: start it with --model or NEWSCRAWL_MODEL"
Ranked = list[tuple[int, float | None]]
_TIMES = """SELECT a.id, v.first_seen FROM json_each(?) AS j
    JOIN articles AS a ON a.id = j.value JOIN versions AS v ON v.id = a.version_id"""


@attrs.frozen(kw_only=True)
class Search:
    """A search as a program states it."""

    query: str
    limit: int = 20
    sort: Sort = "rank"
    by: Order = "words"
    each: Each = "article"
    cursor: str | None = None

    def question(self) -> str:
        """Return what a cursor belongs to: everything but the place and size of the page."""
        return "\n".join((self.sort, self.by, self.each, self.query))


def search_answer(
    db: Database, search: Search, model: EmbeddingModel | None = None
) -> dict[str, Any]:
    """Return one page of the results of *search*, and the cursor of the next page.

    *model* orders by meaning. Raises NoAnswer if the cursor is not one of this search, or if
    there is no order by meaning.
    """
    place = place_at(search.question(), search.cursor)
    if search.by == "words":
        skipped, found = _by_words(db, search, place)
        total = number_of_hits(db, search.query)
    else:
        total, skipped, found = _by_meaning(db, search, search.by, model, place)
    hits = marked_hits(db, search.query, found[: search.limit])
    after = skipped + len(hits)
    has_more = len(found) > search.limit and after < MOST_SKIPPED
    links = _permalinks(db, hits)
    read_ids = [hit.article_id for hit in hits]
    return {
        "notice": NOTICE,
        "query": search.query,
        "total": total,
        "problems": list(problems_of(db, search.query, is_found=bool(total))),
        "also_found": list(also_found(db, search.query)) if search.by != "meaning" else [],
        "results": [_hit(hit, link) for hit, link in zip(hits, links, strict=True)],
        "next_cursor": cursor_after(search.question(), after, read_ids) if has_more else None,
    }


def _by_words(db: Database, search: Search, place: Place) -> tuple[int, Ranked]:
    """Return how many results are before the page, and the page with one result more."""

    def read(start: int, count: int) -> Ranked:
        return ranked_ids(
            db,
            search.query,
            limit=count,
            sort=search.sort,
            offset=start,
            one_per_text=search.each == "text",
        )

    skipped = place.now(lambda start, count: [id_ for id_, _ in read(start, count)])
    return skipped, read(skipped, search.limit + 1)


def _permalinks(db: Database, hits: Sequence[Hit]) -> list[str]:
    """Return the permalinks of the versions that are found."""
    ids = json.dumps([hit.article_id for hit in hits])
    times = dict(db.execute(_TIMES, [ids]).fetchall())
    return [f"/article/{hit.article_id}?at={times[hit.article_id]}" for hit in hits]


def _by_meaning(
    db: Database, search: Search, by: By, model: EmbeddingModel | None, place: Place
) -> tuple[int, int, Ranked]:
    """Return the number of articles compared, of results before the page, and the page.

    The page has one result more.
    """
    if search.sort != "rank" or search.each != "article":
        raise NoAnswer("sort and each are for a search by words alone", 409)
    if model is None:
        raise NoAnswer(_NO_MODEL, 422)
    try:
        found = ranked_by_meaning(db, search.query, model, by=by)
    except NewscrawlError as error:
        raise NoAnswer(str(error), 409 if isinstance(error, UsageError) else 503) from error
    vectors = vector_state(db)
    ids = [id_ for id_, _ in found]
    skipped = place.now(lambda start, count: ids[start : start + count])
    page: Ranked = [*found[skipped : skipped + search.limit + 1]]
    return vectors.count if vectors else 0, skipped, page


def _hit(hit: Hit, permalink: str) -> dict[str, Any]:
    return {
        "article_id": hit.article_id,
        "site": hit.site,
        "url": hit.url,
        "permalink": permalink,
        "date_published": date_text(hit.date_published),
        "rank": hit.rank,
        "untrusted_text": {"headline": hit.headline, "snippet": hit.snippet},
        "spans": {
            "headline": [list(span) for span in hit.headline_spans],
            "snippet": [list(span) for span in hit.snippet_spans],
        },
    }
