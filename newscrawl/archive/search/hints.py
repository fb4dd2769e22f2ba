"""Hints for a query that finds nothing: which part of it is nowhere in the archive."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from sqlite_utils import Database

from newscrawl.archive.search.conditions import found_by
from newscrawl.archive.search.names import parse_with_names
from newscrawl.archive.search.problems import Problem
from newscrawl.archive.search.query import And, Filter, Near, Node, Not, Or, Term
from newscrawl.archive.search.tokens import SMALL_SIGNS

_MOST_HINTS = 5
_MOST_NAMES = 6
_NAMES_OF = {
    "site": "SELECT name FROM sites ORDER BY name",
    "agency": "SELECT DISTINCT coalesce(nullif(code, ''), name) FROM agencies ORDER BY 1",
    "lang": """SELECT in_language FROM versions WHERE in_language IS NOT NULL
        GROUP BY 1 ORDER BY count(*) DESC""",
}
_COUNT = "SELECT count(*) FROM article_search WHERE article_search MATCH ?"


def hints_for(db: Database, text: str) -> tuple[Problem, ...]:
    """Return possible changes to the query *text*, which finds nothing, a sentence each."""
    root = parse_with_names(text, db).root
    if root is None:
        return (Problem("query_nothing"),)
    parts = list(_wanted_parts(root))
    found = [hint for part in parts if (hint := _hint(db, part))]
    if not found and len(parts) > 1:
        found = [Problem("query_not_together")]
    return tuple(dict.fromkeys(found))[:_MOST_HINTS]


def _wanted_parts(node: Node) -> Iterator[Node]:
    """Yield the parts of *node* that an article must all have."""
    if isinstance(node, And):
        for part in node.parts:
            yield from _wanted_parts(part)
    elif not isinstance(node, Not):
        yield node


def _hint(db: Database, node: Node) -> Problem | None:
    if isinstance(node, Filter):
        return _hint_of_filter(db, node)
    if isinstance(node, Or):  # a word with other names of the same thing comes first in it
        if any(_hint(db, part) is None for part in node.parts):
            return None
        return _hint(db, node.parts[0])
    if isinstance(node, Term):
        return _hint_of_term(db, node)
    if isinstance(node, Near) and not _is_found(db, node):
        return Problem("query_not_near", number=node.distance)
    return None


def _hint_of_term(db: Database, term: Term) -> Problem | None:
    if term.text in SMALL_SIGNS:
        return Problem("query_small_sign", typed=term.text, sign=SMALL_SIGNS[term.text])
    if _is_found(db, term):
        is_exact = term.is_exact
        return Problem("query_other_spelling", typed=term.text) if is_exact else None
    key = "query_not_in_headlines" if term.in_headline else "query_not_there"
    return Problem(key, typed=term.text)


def _is_found(db: Database, node: Term | Near) -> bool:
    return bool(db.conn.execute(_COUNT, [node.expression()]).fetchone()[0])


def _hint_of_filter(db: Database, node: Filter) -> Problem | None:
    typed = f"{node.name}:{node.value}"
    if node.name not in _NAMES_OF:
        source, values = found_by(node)
        is_there = db.conn.execute(f"{source} LIMIT 1", values).fetchone()
        return None if is_there else Problem("query_filter_unknown", typed=typed)
    names = [str(row[0]) for row in db.conn.execute(_NAMES_OF[node.name])]
    if node.value.casefold() in {name.casefold() for name in names}:
        return None
    near = get_close_matches(node.value, names, n=_MOST_NAMES, cutoff=0.5)
    shown = ", ".join(near or names[:_MOST_NAMES])
    if not shown:
        return Problem("query_filter_unknown", typed=typed)
    return Problem("query_filter_others", typed=typed, names=shown)
