"""Queries and counts of articles by the columns in memory, where they decide alone.

Each function returns None where they do not: the columns were not read or the archive was
written since, or the query has a part that needs the text.
"""

from __future__ import annotations

import json
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from sqlite_utils import Database

from newscrawl.archive.read.in_memory.memory_columns import (
    ArticleColumns,
    ColumnName,
    Item,
    Wish,
    columns_of,
)
from newscrawl.archive.search.conditions import LANGUAGES_LIKE, NAMES_LIKE, PLACES_LIKE
from newscrawl.archive.search.query import And, Filter, Node, Not, is_indexed, match_expression

_IN_INDEX = "SELECT json_group_array(rowid) FROM article_search WHERE article_search MATCH ?"
_COLUMN_OF: Mapping[str, ColumnName] = {
    "site": "site",
    "agency": "agency",
    "section": "section",
    "author": "author",
    "place": "place",
    "lang": "language",
    "after": "day",
    "before": "day",
}
"""The column that decides each filter."""
_PERIODS = {"year": 4, "month": 7, "day": 10}
"""Number of characters of a day that name the period."""
_BY_NAME: Mapping[str, ColumnName] = {
    "site": "site",
    "agency": "agency",
    "section": "section",
    "author": "author",
    "place": "place",
    "language": "language",
}


def ids_found(db: Database, root: Node | None) -> Sequence[int] | None:
    """Return the ids of the articles that *root* finds, ascending; of all articles for None."""
    columns = columns_of(db)
    if columns is None or root is None:
        return columns.ids if columns else None
    if (known := columns.found.get(root)) is not None:
        return known
    filters = _filters_of(root)
    if filters is None:
        return None
    expression = match_expression(root)
    ids = _ids_in_index(db, expression) if expression else columns.ids
    if not columns.covers(ids):
        return None
    wishes: defaultdict[ColumnName, list[Wish]] = defaultdict(list)
    for node in filters:
        inner = node.part if isinstance(node, Not) else node
        assert isinstance(inner, Filter)  # noqa: S101 -- `_filters_of` returns no other
        wish = _wish(db, columns, inner)
        wishes[_COLUMN_OF[inner.name]].append(wish if inner is node else _opposite(wish))
    for name, some in wishes.items():
        ids = columns.columns[name].having(ids, some)
    return columns.remember(root, array("I", ids))


def counts_by_columns(
    db: Database, ids: Iterable[int] | None, by: str
) -> dict[str, int] | None:
    """Count the articles *ids* as `count_hits` does."""
    columns = columns_of(db)
    if columns is None or ids is None:
        return None
    try:
        if by in _BY_NAME:
            return columns.columns[_BY_NAME[by]].counts(ids)
        return _by_period(columns, ids, _PERIODS[by]) if by in _PERIODS else None
    except IndexError:  # an article that is newer than the columns
        return None


def months_of_sites(db: Database) -> dict[tuple[str, str], int] | None:
    """Return the number of articles of each month and site; without a date the month is ""."""
    columns = columns_of(db)
    if columns is None:
        return None
    days, sites = columns.columns["day"], columns.columns["site"]
    months = [str(day)[: _PERIODS["month"]] for (day,) in days.values]
    months_of_articles = map(months.__getitem__, map(days.at.__getitem__, columns.ids))
    pairs = zip(months_of_articles, map(sites.at.__getitem__, columns.ids), strict=True)
    return {
        (month, sites.names[sites.values[place][0]][1]): number
        for (month, place), number in Counter(pairs).items()
    }


def _by_period(columns: ArticleColumns, ids: Iterable[int], length: int) -> dict[str, int]:
    """Count the articles *ids* by the first *length* characters of their day, in its order."""
    counts: Counter[str] = Counter()
    for day, number in columns.columns["day"].counts(ids).items():
        counts[day[:length]] += number
    return dict(sorted(counts.items()))


def _filters_of(root: Node) -> list[Node] | None:
    """Return the filters of *root*; None if it has a part that only SQL decides."""
    if is_indexed(root):
        return []
    parts = root.parts if isinstance(root, And) else (root,)
    has_words = match_expression(root) is not None
    filters: list[Node] = []
    for part in parts:
        inner = part.part if isinstance(part, Not) else part
        if isinstance(inner, Filter) and _is_decided(inner):
            filters.append(part)
        elif not (has_words and is_indexed(inner)):
            return None
    return filters


def _is_decided(node: Filter) -> bool:
    if node.name == "site":
        return node.other_sites == ()
    return node.name in _COLUMN_OF


def _ids_in_index(db: Database, expression: str) -> list[int]:
    (listed,) = db.conn.execute(_IN_INDEX, [expression]).fetchone()
    ids: list[int] = json.loads(listed)
    return sorted(ids)


def _opposite(wish: Wish) -> Wish:
    return lambda items: not wish(items)


def _wish(db: Database, columns: ArticleColumns, node: Filter) -> Wish:
    """Return whether the values of an article are those that a filter wants."""
    if node.name == "after":
        return lambda items: str(items[0]) >= node.value
    if node.name == "before":
        return lambda items: "" < str(items[0]) < node.value
    wanted = _items_wanted(db, columns, node)
    return lambda items: not wanted.isdisjoint(items)


def _items_wanted(db: Database, columns: ArticleColumns, node: Filter) -> frozenset[Item]:
    """Return the texts or ids that a filter names."""
    if node.name == "site":
        names = columns.columns["site"].names
        return frozenset(id_ for id_, (_, name) in names.items() if name == node.value)
    if node.name == "lang":
        listed = json.dumps([value[0] for value in columns.columns["language"].values])
        found = db.conn.execute(LANGUAGES_LIKE, [listed, node.value])
    else:
        sql = PLACES_LIKE if node.name == "place" else NAMES_LIKE[node.name]
        found = db.conn.execute(sql, [node.value] * sql.count("?"))
    return frozenset(item for (item,) in found) - {""}
