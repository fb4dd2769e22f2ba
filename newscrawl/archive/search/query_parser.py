"""The query language of search, parsed. docs/arabic.md describes it.

    query  = either { either }                  words side by side are all wanted
    either = all { ("OR" | "|") all }
    all    = one { "AND" one }
    one    = "NOT" one | ["-"] (term | filter | NEAR(…) | ["headline:"] "(" query ")"
                                | name ":(" words and operators ")")    values of a filter

OR binds closer than words side by side: `a b OR c` is a and one of b and c. AND binds closer
than OR. Anything may be typed: a sign out of place is left out and reported.
"""

from __future__ import annotations

from collections.abc import Callable

import attrs

from newscrawl.archive.search.problems import Problem
from newscrawl.archive.search.query import (
    And,
    Near,
    Node,
    Not,
    Or,
    Query,
    Term,
    match_expression,
)
from newscrawl.archive.search.tokens import Token, filter_named, tokens_of


def parse_query(text: str) -> Query:
    """Parse a typed query. Anything may be typed; text without a meaning is a word."""
    tokens = tokens_of(text)
    parser = _Parser(tokens.found, tokens.problems)
    root = parser.query()
    return Query(root, tuple(dict.fromkeys(parser.problems)), tuple(tokens.switches))


def search_query(text: str) -> str:
    """Return the words of a typed query in FTS5's language, for MATCH.

    Filters such as site: are left out; an empty query finds nothing.
    """
    root = parse_query(text).root
    return (match_expression(root) if root else None) or '""'


class _Parser:
    """A recursive descent over the tokens of one query."""

    def __init__(self, tokens: list[Token], problems: list[Problem]) -> None:
        self.problems = problems
        self._tokens = tokens
        self._at = 0

    def query(self) -> Node | None:
        """Return the whole query; None if it is empty."""
        parts = self._sequence()
        while self._at < len(self._tokens):  # at a bracket that closes nothing
            self.problems.append(Problem("query_close_bracket"))
            self._at += 1
            parts += self._sequence()
        return _joined(And, parts)

    def _sequence(self) -> list[Node]:
        parts = []
        while self._at < len(self._tokens) and self._sign() != ")":
            if (part := self._either()) is not None:
                parts.append(part)
        return parts

    def _either(self) -> Node | None:
        parts = [self._all()]
        while self._sign() == "OR":
            parts.append(self._operand("OR", parts[0], self._all))
        return _joined(Or, [part for part in parts if part is not None])

    def _all(self) -> Node | None:
        parts = [self._one()]
        while self._sign() == "AND":
            parts.append(self._operand("AND", parts[0], self._one))
        return _joined(And, [part for part in parts if part is not None])

    def _operand(
        self, sign: str, before: Node | None, read: Callable[[], Node | None]
    ) -> Node | None:
        """Read the operand after the operator *sign*; note a problem if one side is missing."""
        self._at += 1
        found = read()
        if before is None or found is None:
            self.problems.append(Problem("query_missing_part", sign=sign))
        return found

    def _one(self) -> Node | None:
        sign = self._sign()
        if sign in {"AND", "OR", ")"} or self._at == len(self._tokens):
            return None
        token = self._tokens[self._at]
        self._at += 1
        if sign == "NOT":
            found = self._one()
            if found is None:
                self.problems.append(Problem("query_not_alone"))
            return found and Not(found)
        node = self._group(token) if sign == "(" else token.value
        assert not isinstance(node, str)  # noqa: S101 -- the signs are handled above
        return Not(node) if node is not None and token.is_unwanted else node

    def _group(self, token: Token) -> Node | None:
        inside = _joined(And, self._sequence())
        if self._sign() == ")":
            self._at += 1
        else:
            self.problems.append(Problem("query_open_bracket"))
        if inside is None:
            self.problems.append(Problem("query_empty_bracket"))
        elif token.in_headline:
            return _in_headline(inside)
        elif token.of_filter:
            return self._of_filter(inside, token.of_filter)
        return inside

    def _of_filter(self, node: Node, name: str) -> Node | None:
        """Return *node* with each of its words as a value of the filter *name*."""
        if isinstance(node, (And, Or)):
            parts = (self._of_filter(part, name) for part in node.parts)
            return _joined(type(node), [part for part in parts if part is not None])
        if isinstance(node, Not):
            inside = self._of_filter(node.part, name)
            return inside and Not(inside)
        found = filter_named(name, node.text) if isinstance(node, Term) else None
        if found is None:
            key = "query_filter_day" if isinstance(node, Term) else "query_filter_brackets"
            typed = f"{name}:{getattr(node, 'text', '')}"
            self.problems.append(Problem(key, typed=typed, near=name, field=name))
        return found

    def _sign(self) -> str | None:
        if self._at == len(self._tokens):
            return None
        value = self._tokens[self._at].value
        return value if isinstance(value, str) else None


def _joined(kind: type[And | Or], parts: list[Node]) -> Node | None:
    """Return *parts* joined; one part stands for itself."""
    if len(parts) < 2:
        return parts[0] if parts else None
    return kind(tuple(parts))


def _in_headline(node: Node) -> Node:
    """Return *node* with all of its words wanted in a headline."""
    if isinstance(node, (Term, Near)):
        return attrs.evolve(node, in_headline=True)
    if isinstance(node, (And, Or)):
        return attrs.evolve(node, parts=tuple(map(_in_headline, node.parts)))
    return Not(_in_headline(node.part)) if isinstance(node, Not) else node
