"""The order of results: BM25 by fields, freshness, date, and one outlet of each agency text."""

from __future__ import annotations

import datetime as dt
import json
from collections import OrderedDict
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Literal, get_args

from sqlite_utils import Database

from newscrawl.archive.read.in_memory.column_filters import ids_found
from newscrawl.archive.schema.storable import date_from
from newscrawl.archive.search.conditions import found_by, found_by_date
from newscrawl.archive.search.names import parse_with_names, state_for
from newscrawl.archive.search.query import HEADLINES, Node, is_indexed, match_expression
from newscrawl.archive.search.query_parser import parse_query

Sort = Literal["rank", "date", "fresh"]
"""Best first, newest first, or best first with new articles before old ones of equal rank."""
SORTS: tuple[Sort, ...] = get_args(Sort)
_BY_DATE = "v.date_published DESC, a.id DESC"
MOST_RANKED = 5_000
"""Most articles that are ranked. A word that more articles have ranks them all alike."""
_AMONG = "+f.rowid IN (SELECT value FROM json_each(?)) AND f.rowid >= ?"
"""The articles of a list, from its least id on: FTS5 passes over those before it."""
# The second key keeps FTS5 from sorting all ranks itself, which takes twice as long.
_RANKED = """SELECT f.rowid, {rank} AS value FROM article_search AS f
    WHERE f.article_search MATCH ? {among} ORDER BY value, f.rowid DESC LIMIT ? OFFSET ?"""
_NEWEST = "SELECT max(date_published) FROM versions"
_DATES = """SELECT a.id, substr(v.date_published, 1, 10) FROM json_each(?) AS found
    CROSS JOIN articles AS a ON a.id = found.value
    CROSS JOIN versions AS v ON v.id = a.version_id"""
_UNWANTED = ") NOT ("
"""In an expression, before the words that an article must not have, in its text either."""
_HEADED = """SELECT rowid FROM article_search WHERE article_search MATCH ?
    ORDER BY rowid DESC LIMIT ?"""
Ranked = list[tuple[int, float | None]]
"""Ids of articles, each with its rank; None where that does not decide the order."""
_MOST_COUNTS = 64
_counts: OrderedDict[tuple[str, tuple[object, ...]], int] = OrderedDict()
_TYPED = 0.5
"""The advantage of the typed spelling over other names, as a share of the rank."""
_HALF_LIFE_DAYS = 30
"""After this many days half of the advantage of a new article is gone."""
_CLUSTERS = """SELECT a.id, c.cluster_id FROM json_each(?) AS found
    CROSS JOIN articles AS a ON a.id = found.value
    CROSS JOIN copies AS c ON c.version_id = a.version_id"""
_FIRST_OF_TEXTS = 200
"""Results among which the first page of one outlet of each agency text is looked for."""


def ranked_ids(
    db: Database,
    text: str,
    *,
    limit: int,
    sort: Sort = "rank",
    offset: int = 0,
    one_per_text: bool = False,
) -> Ranked:
    """Return the ids and ranks of the articles that `search` returns."""
    root = parse_with_names(text, db).root
    if root is None:
        return []
    if match_expression(root) is None:
        sort = "date"
    read = _one_per_text if one_per_text else _in_order
    return read(db, root, text, sort, limit, offset)


def _in_order(
    db: Database, root: Node, text: str, sort: Sort, limit: int, offset: int
) -> Ranked:
    """Return the ids and ranks of a page of the articles that *root* finds."""
    if sort == "date":
        return _newest_first(db, root, text, limit, offset)
    return _ranked(db, root, text, sort, limit, offset)


def number_of_hits(db: Database, text: str) -> int:
    """Return the number of articles that the query *text* finds; the last are remembered."""
    root = parse_with_names(text, db).root
    if root is None:
        return 0
    known = _counts.get((text, state_for(db, text)))
    if known is not None:
        return known
    return _remember_count(db, text, _count(db, root))


def _count(db: Database, root: Node) -> int:
    """Return the number of articles that *root* finds."""
    if not is_indexed(root) and (ids := ids_found(db, root)) is not None:
        return len(ids)
    source, values = found_by(root)
    count: int = db.conn.execute(f"SELECT count(*) FROM ({source})", values).fetchone()[0]
    return count


def _remember_count(db: Database, text: str, count: int) -> int:
    _counts[text, state_for(db, text)] = count
    while len(_counts) > _MOST_COUNTS:
        _counts.popitem(last=False)
    return count


def _one_per_text(
    db: Database, root: Node, text: str, sort: Sort, limit: int, offset: int
) -> Ranked:
    """Return a page of the results without the copies of a text that came before.

    The first results are read until the page is full, and four times as many if it is not.
    """
    wanted = offset + limit
    most = max(_FIRST_OF_TEXTS, 2 * wanted)
    while True:
        found = _in_order(db, root, text, sort, most, 0)
        clusters = dict(db.conn.execute(_CLUSTERS, [json.dumps([one for one, _ in found])]))
        first = {clusters.get(one, -one): (one, rank) for one, rank in reversed(found)}
        if len(first) >= wanted or len(found) < most:
            chosen = frozenset(first.values())
            return [one for one in found if one in chosen][offset:wanted]
        most *= 4


def _newest_first(db: Database, root: Node, text: str, limit: int, offset: int) -> Ranked:
    """Return the ids of a page in the order of dates, each with None.

    Of many articles the index of dates is read until the page is full; a few are sorted.
    """
    total = number_of_hits(db, text)
    if not total:
        return []
    (versions,) = db.conn.execute("SELECT coalesce(max(id), 0) FROM versions").fetchone()
    is_by_index = (offset + limit) * versions < total * total
    found = found_by_date(root) if is_by_index else found_by(root, is_ordered=True)
    source, values = found
    page = f"{source} ORDER BY {_BY_DATE} LIMIT ? OFFSET ?"
    return db.conn.execute(page, [*values, limit, offset]).fetchall()


def _ranked(db: Database, root: Node, text: str, sort: Sort, limit: int, offset: int) -> Ranked:
    """Return the ids and ranks of a page of a query with words, the best first.

    Behind the candidates of a query that finds more come the other articles, the newest first.
    """
    candidates = _candidates(db, root, text)
    read = _freshest if sort == "fresh" else _best
    found = read(db, root, text, candidates, limit, offset)
    if len(found) < limit and candidates is not None and len(candidates) == MOST_RANKED:
        known = frozenset(candidates)
        rest = [one for one in _last_added(db, root) if one not in known]
        start = max(0, offset - MOST_RANKED)
        found += [(one, None) for one in rest[start : start + limit - len(found)]]
    return found


def _best(
    db: Database,
    root: Node,
    text: str,
    candidates: Sequence[int] | None,
    limit: int,
    offset: int,
) -> Ranked:
    """Return the ids and ranks of a page of *candidates*, or of all if they are None."""
    rank, parameters = _rank_of(root, text)
    parameters.append(match_expression(root))
    among = ""
    if candidates is not None:
        among = f"AND {_AMONG}"
        parameters += [json.dumps(candidates), min(candidates, default=0)]
    page = _RANKED.format(rank=rank, among=among)
    return db.conn.execute(page, [*parameters, limit, offset]).fetchall()


def _freshest(
    db: Database,
    root: Node,
    text: str,
    candidates: Sequence[int] | None,
    limit: int,
    offset: int,
) -> Ranked:
    """Return a page as `_best`, new articles before old ones of equal rank.

    Only the dates of articles that can be among the wanted ones are read.
    """
    ranked = [(one, rank or 0.0) for one, rank in _best(db, root, text, candidates, -1, 0)]
    wanted = offset + limit
    if len(ranked) > wanted:
        (newest,) = db.conn.execute(_NEWEST).fetchone()
        last = ranked[wanted - 1][1] / freshness(newest)
        ranked = [one for one in ranked if one[1] <= last]
    dates = dict(db.conn.execute(_DATES, [json.dumps([one for one, _ in ranked])]))
    fresh: Ranked = [(one, rank * freshness(dates.get(one))) for one, rank in ranked]
    return sorted(fresh, key=lambda one: (one[1], -one[0]))[offset:wanted]


def _candidates(db: Database, root: Node, text: str) -> list[int] | None:
    """Return the ids of the articles to rank; None if the index alone finds them all.

    At most MOST_RANKED: first articles with the words in their headline, then the last added.
    """
    if is_indexed(root):
        last_added = _last_added(db, root, MOST_RANKED + 1)
    else:  # to count them takes as long as to find them
        last_added = _last_added(db, root)
        _remember_count(db, text, len(last_added))
    if len(last_added) <= MOST_RANKED:
        return None if is_indexed(root) else last_added
    in_headlines = f"{HEADLINES} : ({match_expression(root)})"
    headed = db.conn.execute(_HEADED, [in_headlines, MOST_RANKED // 2]).fetchall()
    ids = [row[0] for row in headed]
    if not is_indexed(root):  # all are known
        known = frozenset(last_added)
        ids = [one for one in ids if one in known]
    elif _UNWANTED in in_headlines:
        ids = _those_found(db, root, ids)
    return list(dict.fromkeys([*ids, *last_added]))[:MOST_RANKED]


def _last_added(db: Database, root: Node, limit: int = -1) -> list[int]:
    """Return the ids of the articles that *root* finds, the last that were added first."""
    if not is_indexed(root) and (ids := ids_found(db, root)) is not None:
        return list(reversed(ids[-limit:] if limit > 0 else ids))
    source, values = found_by(root)
    # As one text: to fetch a row for each article takes three times as long.
    sql = f"SELECT json_group_array(id) FROM ({source} ORDER BY 1 DESC LIMIT ?)"
    (listed,) = db.conn.execute(sql, [*values, limit]).fetchone()
    last_added: list[int] = json.loads(listed)
    return last_added


def _those_found(db: Database, root: Node, ids: Sequence[int]) -> list[int]:
    """Return those of the articles *ids* that *root* finds."""
    source, values = found_by(root)
    sql = f"SELECT id FROM ({source}) WHERE +id IN (SELECT value FROM json_each(?))"
    return [row[0] for row in db.conn.execute(sql, [*values, json.dumps(ids)])]


def _rank_of(root: Node, text: str) -> tuple[str, list[Any]]:
    """Return the rank of an article `f` in SQL, with its parameters.

    Articles that have the words as typed go before those that have another name alone.
    """
    typed = parse_query(text).root
    expression = match_expression(typed) if typed else None
    if expression is None or expression == match_expression(root):
        return "f.rank", []
    is_typed = "(SELECT rowid FROM article_search WHERE article_search MATCH ?)"
    return f"f.rank * (1 + {_TYPED} * (f.rowid IN {is_typed}))", [expression]


def last_added_hits(db: Database, text: str, limit: int) -> list[int]:
    """Return the ids of the articles that were added last, among those that *text* finds."""
    root = parse_with_names(text, db).root
    return _last_added(db, root, limit) if root else []


def freshness(date_published: object) -> float:
    """Return 2 for an article of now, falling to 1 for an old one or one without a date."""
    today = dt.datetime.now(dt.UTC).date()
    return _freshness(str(date_published), today) if date_published else 1.0


@lru_cache(maxsize=50_000)
def _freshness(date_published: str, today: dt.date) -> float:
    published = date_from(date_published)
    if published is None:
        return 1.0
    day = published.date() if isinstance(published, dt.datetime) else published
    age = max(0, (today - day).days)
    return float(1 + 2 ** (-age / _HALF_LIFE_DAYS))
