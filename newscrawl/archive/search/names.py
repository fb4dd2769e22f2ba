"""Names of one thing in a query: an agency is found by each of its names, in any script."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache

import attrs

from newscrawl.archive.search.parser import parse_query
from newscrawl.archive.search.query import (
    Alias,
    And,
    Node,
    Not,
    Or,
    Query,
    Term,
    match_expression,
)
from newscrawl.resources import read_lines, read_toml
from newscrawl.text.stems import stem_text, words_of
from newscrawl.values.gazetteer.agencies import Supplier, is_common, supplier_named

_LONGEST_NAME = 6
"""Words of the longest name that is recognized in a query."""
_FEWEST_LETTERS = 3
"""Shorter names are looked for in credits only: أب is an agency there, a father in a text."""


@lru_cache(maxsize=256)
def parse_with_names(text: str) -> Query:
    """Parse a typed query, with the other names of what it names added to it.

    `names:off` in the query leaves them out.
    """
    query = parse_query(text)
    if query.root is None or "off" in query.switches:
        return query
    return attrs.evolve(query, root=_with_names(query.root))


def search_query(text: str) -> str:
    """Return the words of a typed query in FTS5's language, for MATCH.

    Filters such as site: are left out; with nothing to look for, nothing is found.
    """
    root = parse_with_names(text).root
    return (match_expression(root) if root else None) or '""'


def _with_names(node: Node) -> Node:
    if isinstance(node, Not):
        return Not(_with_names(node.part))
    if isinstance(node, Or):
        return Or(tuple(map(_with_names, node.parts)))
    if isinstance(node, And):
        parts = _named_parts(node.parts)
        return parts[0] if len(parts) == 1 else And(tuple(parts))
    return _named([node]) or node


def _named_parts(parts: Sequence[Node]) -> list[Node]:
    """Return the parts of an and, the words of each name joined with its other names."""
    found: list[Node] = []
    at = 0
    while at < len(parts):
        for length in range(min(_LONGEST_NAME, len(parts) - at), 0, -1):
            if named := _named(parts[at : at + length]):
                found.append(named)
                break
        else:
            found.append(parts[at] if isinstance(parts[at], Term) else _with_names(parts[at]))
            length = 1
        at += length
    return found


def _named(parts: Sequence[Node]) -> Node | None:
    """Return *parts* or the other names of what they name; None if they name nothing."""
    terms = [part for part in parts if isinstance(part, Term) and _is_nameable(part)]
    if len(terms) < len(parts):
        return None
    text = " ".join(term.text for term in terms)
    supplier = supplier_named(text)
    if supplier is None or not _names_one_thing(text, supplier):
        return None
    in_headline = all(term.in_headline for term in terms)
    typed = And(tuple(parts)) if len(parts) > 1 else parts[0]
    return Or((typed, *_aliases(supplier, in_headline=in_headline)))


def _is_nameable(term: Term) -> bool:
    return not (term.is_exact or term.is_prefix)


def _names_one_thing(text: str, supplier: Supplier) -> bool:
    """Return True if *text*, as typed, is a name of *supplier* and no ordinary word."""
    if supplier.kind == "generic" or is_common(text, supplier):
        return False
    return not (len(words_of(text)) == 1 and text in ordinary_words())


def _aliases(supplier: Supplier, *, in_headline: bool) -> list[Alias]:
    """Return the names of *supplier* that are nothing else where they stand in a text."""
    found = [
        Alias(name, Term(name, in_headline=in_headline).expression())
        for name in supplier.names
        if _names_one_thing(name, supplier) and sum(map(str.isalpha, name)) >= _FEWEST_LETTERS
    ]
    if not in_headline:
        found.append(Alias(supplier.id, f'agencies : "{stem_text(supplier.id)}"'))
    return found


@cache
def ordinary_words() -> frozenset[str]:
    """Return the words that are a name only by chance: of the lexicon, and Latin ones."""
    arabic = (word for line in read_lines("lexicon/words.txt") for word in line.split())
    return frozenset((*arabic, *read_toml("name_aliases")["ordinary"]))
