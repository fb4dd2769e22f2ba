"""A parsed query as SQL over the archive."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import attrs

from newscrawl.archive.search.name_index import names_alike
from newscrawl.archive.search.query import (
    STUDY_FILTERS,
    And,
    Filter,
    Node,
    Not,
    Or,
    Term,
    is_indexed,
    match_expression,
    with_filters,
)
from newscrawl.text.stems import words_of
from newscrawl.values.gazetteer.agencies import LONGEST_NAME, agencies, supplier_named
from newscrawl.values.gazetteer.place_ids import identify_place

_PERSIAN_LETTERS = str.maketrans("پچژگ", "بجزك")
NAMES_LIKE = {
    "agency": """SELECT n.id FROM agencies AS n
        WHERE n.code IN (lower(?), agency_id_of(?)) OR search_key(n.name) = search_key(?)
        OR names_alike(n.name, ?)""",
    "section": """SELECT n.id FROM sections AS n
        WHERE instr(search_key(n.name), search_key(?))""",
    "author": """SELECT n.id FROM authors AS n
        WHERE instr(search_key(n.name), search_key(?)) OR names_alike(n.name, ?)""",
}
"""The ids of the agencies, sections or authors that a filter names."""
PLACES_LIKE = """SELECT printed FROM place_names WHERE place_id = place_id_of(?)
    UNION SELECT printed FROM (SELECT DISTINCT dateline_place AS printed FROM versions
        WHERE dateline_place IS NOT NULL) WHERE search_key(printed) = search_key(?)"""
"""The places of datelines, as printed, that a filter names."""
_LANGUAGE_LIKE = "lower({0}) = lower({1}) OR {0} LIKE {1} || '-%'"
LANGUAGES_LIKE = f"""SELECT value FROM json_each(?1)
    WHERE {_LANGUAGE_LIKE.format("value", "?2")}"""
"""Those of a JSON list of languages that a filter names."""
_OF_SITE = "a.site_id IN (SELECT id FROM sites WHERE name = ?)"
_ON_HOST = """EXISTS (SELECT 1 FROM urls AS u WHERE u.id = a.url_id
    AND instr(u.url, lower(?)) AND is_of_host(u.url, ?))"""
_NAMED = """EXISTS (SELECT 1 FROM version_{0} AS x WHERE x.version_id = a.version_id
    AND x.{1} IN ({2}))"""
_FILTERS = {
    "site": f"{_OF_SITE} OR {_ON_HOST}",
    "agency": _NAMED.format("agencies", "agency_id", NAMES_LIKE["agency"]),
    "section": _NAMED.format("sections", "section_id", NAMES_LIKE["section"]),
    "author": _NAMED.format("authors", "author_id", NAMES_LIKE["author"]),
    "place": f"""a.version_id IN (SELECT d.id FROM versions AS d
        WHERE d.dateline_place IN ({PLACES_LIKE}))""",
    "lang": _LANGUAGE_LIKE.format("v.in_language", "?"),
    "after": "v.date_published >= ?",
    "before": "v.date_published < ?",
}
_IN_TIME = {"after": "date_published >= ?", "before": "date_published < ?"}
_OF_AUTHOR = f"""a.version_id IN (SELECT x.version_id FROM version_authors AS x
    WHERE x.author_id IN ({NAMES_LIKE["author"]}))"""
"""The same as the filter `author` for many articles: a look at those of the author alone."""
_HEADLINES_OF = """(SELECT coalesce(headline, '') || char(10)
    || coalesce(alternative_headline, '') FROM searchable WHERE id = a.id)"""
_TEXT_OF = """(SELECT coalesce(headline, '') || char(10) || coalesce(alternative_headline, '')
    || char(10) || coalesce(description, '') || char(10) || article_body
    FROM searchable WHERE id = a.id)"""
_IS_ARTICLE = """a.version_id IS NOT NULL
    AND a.version_id NOT IN (SELECT id FROM versions WHERE page_kind <> 'article')"""
_BY_DATE = """versions AS v INDEXED BY versions_by_date
    CROSS JOIN articles AS a ON a.version_id = v.id"""
_IS_FOUND = "a.id IN (SELECT rowid FROM article_search WHERE article_search MATCH ?)"
_IS_AMONG_FOUND = f"+{_IS_FOUND}"
"""The same where SQLite would try all that is found for each article."""
ALL_ARTICLES = f"SELECT a.id FROM articles AS a WHERE {_IS_ARTICLE}"
"""The ids of all articles, as the view `article` has them, without the columns it joins."""
Condition = tuple[str, list[Any]]
"""A condition in SQL and the values of its parameters."""


def found_by(root: Node, rank: str | None = None, *, is_ordered: bool = False) -> Condition:
    """Return SQL that selects `id` and `value` (*rank*, or NULL) of the articles of *root*.

    If *is_ordered*, the SQL has the articles as `a` and the versions as `v`, for its caller to
    order by. With a *rank* it has the index as `f`.
    """
    expression, value = match_expression(root), rank or "NULL"
    if expression and is_indexed(root) and not is_ordered:
        # The index alone: reading each article would cost a page of the disk.
        found = f"SELECT f.rowid AS id, {value} AS value FROM article_search AS f"
        return f"{found} WHERE f.article_search MATCH ?", [expression]
    source, in_index = "articles AS a", _IS_FOUND
    if expression and rank:  # without a rank the join is a seventh as fast as `IN`
        source = "article_search AS f CROSS JOIN articles AS a ON a.id = f.rowid"
        in_index = "f.article_search MATCH ?"
    where, values = _where(root, in_index)
    if is_ordered or "v." in where:  # most filters need no version, which is a long row
        source += " JOIN versions AS v ON v.id = a.version_id"
    return f"SELECT a.id, {value} AS value FROM {source} WHERE {where}", values


def found_by_date(root: Node) -> Condition:
    """Return SQL as `found_by`, quick for the first of many articles in the order of dates."""
    one_by_one = with_filters(root, lambda one: attrs.evolve(one, is_among_many=False))
    where, values = _where(one_by_one, _IS_AMONG_FOUND)
    return f"SELECT a.id, NULL AS value FROM {_BY_DATE} WHERE {where}", values


def _where(root: Node, in_index: str) -> Condition:
    """Return what holds for an article `a` of *root*, *in_index* for what the index finds."""
    expression = match_expression(root)
    indexed: list[Condition] = [(in_index, [expression])] if expression else []
    undecided = _not_decided(root)
    times = [one for one in undecided if _is_time_of_many(one)]
    rest = [condition_of(one) for one in undecided if not _is_time_of_many(one)]
    in_time = [_in_time(times)] if times else []
    return _joined(" AND ", [(_IS_ARTICLE, []), *indexed, *rest, *in_time])


def _is_time_of_many(node: Node) -> bool:
    return isinstance(node, Filter) and node.is_among_many and node.name in _IN_TIME


def _in_time(filters: Sequence[Node]) -> Condition:
    """Return the condition of all time filters at once: the list of their versions is short."""
    found = [(_IN_TIME[one.name], one.value) for one in filters if isinstance(one, Filter)]
    within = " AND ".join(sql for sql, _value in found)
    listed = f"a.version_id IN (SELECT id FROM versions WHERE {within})"
    return listed, [value for _sql, value in found]


def condition_of(node: Node) -> Condition:
    """Return the condition that an article `a` with the version `v` is found by *node*."""
    if isinstance(node, Filter):
        return _of_filter(node)
    if isinstance(node, Not):
        sql, values = condition_of(node.part)
        return f"NOT {sql}", values
    if isinstance(node, Term) and node.is_exact:
        text = _HEADLINES_OF if node.in_headline else _TEXT_OF
        return f"({_IS_AMONG_FOUND} AND has_exactly({text}, ?))", [node.expression(), node.text]
    if isinstance(node, (And, Or)) and not is_indexed(node):
        between = " AND " if isinstance(node, And) else " OR "
        return _joined(between, [condition_of(part) for part in node.parts])
    return f"({_IS_AMONG_FOUND})", [match_expression(node)]


def _of_filter(node: Filter) -> Condition:
    value, others = node.value, node.other_sites
    if node.name in STUDY_FILTERS:
        return "(a.id IN (SELECT value FROM json_each(?)))", [json.dumps(node.articles)]
    if others is None and _is_time_of_many(node):
        return _in_time([node])
    if others is None:
        is_listed = node.is_among_many and node.name == "author"
        sql = _OF_AUTHOR if is_listed else _FILTERS[node.name]
        return f"coalesce(({sql}), 0)", [value] * sql.count("?")
    if not others:
        return _OF_SITE, [value]
    sql = f"({_OF_SITE} OR a.site_id IN (SELECT value FROM json_each(?)) AND {_ON_HOST})"
    return sql, [value, json.dumps(others), value, value]


def _joined(between: str, conditions: Sequence[Condition]) -> Condition:
    joined = between.join(sql for sql, _values in conditions)
    return f"({joined})", [value for _sql, values in conditions for value in values]


def _not_decided(root: Node) -> list[Node]:
    """Return the parts of *root* that its expression for the index does not decide."""
    if is_indexed(root):
        return []
    parts = root.parts if isinstance(root, And) else (root,)
    return [part for part in parts if not is_indexed(part)]


def agency_id_of(name: object) -> str | None:
    """Return the id of the agency or outlet *name*, in any script; None if it is unknown."""
    text = str(name or "")
    supplier = supplier_named(text) or supplier_named(text.translate(_PERSIAN_LETTERS))
    return supplier.id if supplier else _agency_alike(text)


@lru_cache(maxsize=256)
def _agency_alike(text: str) -> str | None:
    """Return the id of the one agency whose name has words alike; None if several have.

    One word is not enough: it is part of many a name (France), or sounds like one.
    """
    if len(text) > LONGEST_NAME or len(words_of(text)) < 2:
        return None
    known = ((one.id, name) for one in agencies() for name in one.names)
    found = {id_ for id_, name in known if names_alike(name, text)}
    return found.pop() if len(found) == 1 else None


def place_id_of(name: object) -> int | None:
    """Return the GeoNames id of the place *name*; None if it is unknown or ambiguous."""
    place, _certainty = identify_place(str(name or ""))
    return place.id if place else None


def has_exactly(text: object, wanted: object) -> bool:
    """Return whether *text* has *wanted* in this spelling, as whole words."""
    words = re.escape(str(wanted))
    return re.search(rf"(?<!\w){words}(?!\w)", str(text or "")) is not None


def is_of_host(url: object, host: object) -> bool:
    """Return whether *url* is on *host* or below it."""
    named = (urlsplit(str(url)).hostname or "").lower()
    wanted = str(host).lower()
    return "." in wanted and (named == wanted or named.endswith("." + wanted))
