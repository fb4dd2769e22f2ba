"""The functions of ours that an archive's statements use.

Those of the search are imported by the first statement that calls one.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from newscrawl.archive.schema.row_digests import row_digest
from newscrawl.system.deferred import deferred

if TYPE_CHECKING:
    from newscrawl.archive.search import conditions, name_index, names, ranking
    from newscrawl.text import folding, stems
else:
    conditions, name_index, names, ranking = deferred(
        "newscrawl.archive.search", "conditions", "name_index", "names", "ranking"
    )
    folding, stems = deferred("newscrawl.text", "folding", "stems")


def register_functions(connection: sqlite3.Connection) -> None:
    """Give *connection* the functions of the search and of the digests of rows.

    search_key(text) folds letters; search_terms(text) is text as the index holds it;
    search_query(typed) is the expression for MATCH. Of NULL they are NULL, and of a number
    what they are of its text.
    """
    for name, count, function in (
        ("row_digest", -1, row_digest),
        ("search_key", 1, _search_key),
        ("search_terms", 1, _search_terms),
        ("search_query", 1, _search_query),
        ("agency_id_of", 1, _later(conditions, "agency_id_of")),
        ("place_id_of", 1, _later(conditions, "place_id_of")),
        ("names_alike", 2, _names_alike),
        ("has_exactly", 2, _later(conditions, "has_exactly")),
        ("is_of_host", 2, _later(conditions, "is_of_host")),
    ):
        connection.create_function(name, count, function, deterministic=True)
    connection.create_function("freshness", 1, _later(ranking, "freshness"))


def _later(module: Any, name: str) -> Callable[..., Any]:
    """Return the function *name* of *module*, which its first call imports."""

    def function(*values: Any) -> Any:
        return getattr(module, name)(*values)

    return function


def _search_key(value: object) -> str | None:
    return None if value is None else folding.search_key(str(value))


def _search_terms(value: object) -> str | None:
    return None if value is None else stems.stem_text(str(value))


def _search_query(value: object) -> str | None:
    return None if value is None else names.search_query(str(value))


def _names_alike(name: object, typed: object) -> bool:
    return name_index.names_alike(str(name or ""), str(typed or ""))
