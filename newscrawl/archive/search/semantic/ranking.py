"""Articles in the order of meaning, or of meaning and words together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Literal

from sqlite_utils import Database

from newscrawl.archive.search.conditions import condition_of
from newscrawl.archive.search.hits import Hit, marked_hits, ranked_ids
from newscrawl.archive.search.query import And, Node, Query
from newscrawl.archive.search.query_parser import parse_query
from newscrawl.archive.search.semantic.models import EmbeddingModel
from newscrawl.archive.search.semantic.vectors import (
    PROBE,
    has_vectors,
    refuse_other_model,
    register_distance,
)
from newscrawl.errors import NewscrawlError, UsageError

By = Literal["meaning", "both"]
"""`both` joins the orders of words and of meaning (reciprocal rank fusion)."""
DEPTH = 1_000
"""The first articles of each order, which are joined."""
_K = 60
"""The constant of reciprocal rank fusion (Cormack, Clarke and Büttcher 2009)."""
_NEAREST = """SELECT id, distance FROM (
    SELECT a.id, vec_distance_cosine(e.vector, ?) AS distance
    FROM articles AS a JOIN article_search_vectors AS e ON e.version_id = a.version_id
    JOIN versions AS v ON v.id = a.version_id
    WHERE length(e.vector) = ? AND {where})
    WHERE distance IS NOT NULL ORDER BY distance, id LIMIT ?"""
Ranked = list[tuple[int, float]]


def search_by_meaning(
    db: Database, text: str, model: EmbeddingModel, *, by: By, limit: int, offset: int = 0
) -> list[Hit]:
    """Return the articles whose text is nearest in meaning to the words of the query *text*.

    `Hit.rank` is the value of `ranked_by_meaning`, which says what is raised.
    """
    found = ranked_by_meaning(db, text, model, by=by)
    return marked_hits(db, text, found[offset : offset + limit])


def ranked_by_meaning(db: Database, text: str, model: EmbeddingModel, *, by: By) -> Ranked:
    """Return the ids of the DEPTH nearest articles, each with its cosine distance.

    For *by* "both" they are joined with the first DEPTH of `search`, each with the negative sum
    of reciprocal ranks. Filters and unwanted words of the query hold as in a search by words.
    Raises UsageError if the query has no words, and NewscrawlError if the archive has no
    vectors, or those of another model.
    """
    query = parse_query(text)
    words = " ".join(term.text for term in query.terms())
    if not words:
        raise UsageError("a search by meaning needs words")
    if not has_vectors(db):
        raise NewscrawlError("the archive has no vectors yet: newscrawl embed makes them")
    register_distance(db.conn)
    probe, vector = model.vectors_of([("document", PROBE), ("query", words)])
    refuse_other_model(db, model, probe)
    found = _nearest(db, vector, query)
    return _joined(ranked_ids(db, text, limit=DEPTH), found) if by == "both" else found


def _nearest(db: Database, vector: bytes, query: Query) -> Ranked:
    conditions = [condition_of(part) for part in _restrictions(query.root)]
    where = " AND ".join(sql for sql, _values in conditions) or "1"
    values = [value for _sql, values in conditions for value in values]
    parameters = [vector, len(vector), *values, DEPTH]
    return db.execute(_NEAREST.format(where=where), parameters).fetchall()


def _restrictions(root: Node | None) -> Iterator[Node]:
    """Yield the parts of a query that hold for all results and have no wanted words."""
    parts = root.parts if isinstance(root, And) else (root,)
    for part in parts:
        if part is not None and not Query(part).terms():
            yield part


def _joined(*orders: Iterable[tuple[int, float | None]]) -> Ranked:
    scores: defaultdict[int, float] = defaultdict(float)
    for order in orders:
        for place, (article_id, _rank) in enumerate(order, 1):
            scores[article_id] -= 1 / (_K + place)
    return sorted(scores.items(), key=lambda one: (one[1], one[0]))
