"""A parsed query: terms and filters joined by and, or and not, and its form for FTS5.

`query_parser` makes it of typed text, `conditions` turns it into SQL. No SQL runs here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import product

import attrs

from newscrawl.archive.search.problems import Problem
from newscrawl.text.folding import search_key
from newscrawl.text.stems import is_servant, joined_words, stem, stem_text, words_of
from newscrawl.text.stems.lexicon import lexicon
from newscrawl.text.word_forms import other_forms

STUDY_FILTERS = ("collection", "tag", "note")
"""The filters that read the study file beside the archive."""
FILTERS = (
    *("site", "agency", "section", "author", "place", "lang", "after", "before"),
    *STUDY_FILTERS,
)
"""The filters of the query language, each written before a colon."""
HEADLINES = "{headline alternative_headline}"
"""The columns that `headline:` searches, in FTS5's language."""

_MOST_VARIANTS = 8
_MOST_NEAR_VARIANTS = 32


@attrs.frozen
class Term:
    """One word or phrase that is looked for."""

    text: str
    """The typed text, without its signs."""
    is_prefix: bool = False
    """True if a word may go on (`begin*`)."""
    is_exact: bool = False
    """True if only this spelling is wanted (`=word`)."""
    in_headline: bool = False
    """True if it must be in a headline."""
    is_quoted: bool = False
    """True if it was typed in quotation marks: it has no other names."""

    @property
    def is_plain(self) -> bool:
        """True for words that were typed without any sign."""
        return self == Term(self.text)

    def expression(self) -> str:
        """Return the term in FTS5's language."""
        phrases = self.phrases()
        either = phrases[0] if len(phrases) == 1 else "(" + " OR ".join(phrases) + ")"
        return f"{HEADLINES} : {either}" if self.in_headline else either

    def phrases(self) -> list[str]:
        """Return the phrases that the term stands for, quoted for FTS5."""
        return [f'"{phrase}"' + " *" * self.is_prefix for phrase in self._keys()]

    def _keys(self) -> list[str]:
        if self.is_prefix:
            return _beginnings(self.text)
        text = self.text if " " in self.text else self.text.replace("\u200c", "")
        words = words_of(text)
        if "\u200c" in text or sum(map(len, words)) < sum(char.isalnum() for char in text):
            return [stem_text(text).replace('"', " ")]
        entries = joined_words(words)
        if len(entries) == 1:
            forms = other_forms(words[0]) if len(words) == 1 else ()
            return list(dict.fromkeys([entries[0][-1], *map(stem, forms)]))
        spelled = list(product(*map(_spellings, entries)))[:_MOST_VARIANTS]
        return [" ".join(" ".join(part) for part in parts) for parts in spelled]


@attrs.frozen
class Near:
    """Terms of which all stand within *distance* words of each other."""

    terms: tuple[Term, ...]
    distance: int
    in_headline: bool = False

    def expression(self) -> str:
        """Return it in FTS5's language, which has no OR within NEAR."""
        chosen = list(product(*(term.phrases() for term in self.terms)))[:_MOST_NEAR_VARIANTS]
        either = " OR ".join(f"NEAR({' '.join(parts)}, {self.distance})" for parts in chosen)
        return f"{HEADLINES} : ({either})" if self.in_headline else f"({either})"


@attrs.frozen
class Alias:
    """Another name for the words beside it, as an expression of FTS5."""

    text: str
    """The other name, for people."""
    match: str
    """Expression to search for."""
    is_shown: bool = True
    """False for a mark that is no name, such as the id of an agency."""

    def expression(self) -> str:
        """Return it in FTS5's language."""
        return self.match


@attrs.frozen
class Filter:
    """One of FILTERS with its value."""

    name: str
    value: str
    other_sites: tuple[int, ...] | None = None
    """Of `site:`, the ids of the sites with another name that may have articles on that host;
    None if any may."""
    is_among_many: bool = False
    """Of `after:` and `before:`, True beside words that many articles have: the articles of the
    time are then read from the index of dates. Of `author:` so, and without words: the articles
    of the author are listed."""
    articles: tuple[int, ...] = ()
    """Of STUDY_FILTERS, the ids of the articles that the study file names."""


@attrs.frozen
class And:
    """Parts that must all hold."""

    parts: tuple[Node, ...]


@attrs.frozen
class Or:
    """Parts of which one must hold."""

    parts: tuple[Node, ...]


@attrs.frozen
class Not:
    """A part that must not hold."""

    part: Node


Node = Term | Near | Alias | Filter | And | Or | Not


@attrs.frozen
class Query:
    """A parsed query and the mistakes in it."""

    root: Node | None = None
    """None if nothing is looked for."""
    problems: tuple[Problem, ...] = ()
    """The mistakes of the typed text, each with a hint, a sentence each."""
    switches: tuple[str, ...] = ()
    """Values of `names:`; `off`, or names that must not be found as another's, after a -."""

    def terms(self) -> tuple[Term, ...]:
        """Return the terms that are wanted, in the order in which they were typed."""
        return tuple(_terms(self.root)) if self.root else ()


def is_indexed(node: Node) -> bool:
    """Return whether the index alone decides on *node*."""
    if isinstance(node, Term):
        return not node.is_exact
    if isinstance(node, And):
        wanted = [part for part in node.parts if not isinstance(part, Not)]
        unwanted = [part.part for part in node.parts if isinstance(part, Not)]
        return bool(wanted) and all(map(is_indexed, (*wanted, *unwanted)))
    if isinstance(node, Or):
        return all(map(is_indexed, node.parts))
    return isinstance(node, (Near, Alias))


def with_filters(node: Node, change: Callable[[Filter], Filter]) -> Node:
    """Return *node* with each of its filters as *change* makes it."""
    if isinstance(node, Filter):
        return change(node)
    if isinstance(node, Not):
        return Not(with_filters(node.part, change))
    if isinstance(node, (And, Or)):
        parts = tuple(with_filters(part, change) for part in node.parts)
        return attrs.evolve(node, parts=parts)
    return node


def match_expression(node: Node) -> str | None:
    """Return an expression of FTS5 that finds everything *node* does; None if none can.

    It finds no more than that if the index alone decides.
    """
    if isinstance(node, (Term, Near, Alias)):
        return node.expression()
    if isinstance(node, And):
        return _match_all(node)
    if isinstance(node, Or):
        found = [match_expression(part) for part in node.parts]
        if any(one is None for one in found):
            return None
        return " OR ".join(f"({one})" for one in found)
    return None


def wanted_expression(node: Node) -> str | None:
    """Return an expression of FTS5 that finds the wanted words alone, for marking them."""
    if isinstance(node, (And, Or)):
        found = [one for one in map(wanted_expression, node.parts) if one]
        between = " AND " if isinstance(node, And) else " OR "
        return between.join(f"({one})" for one in found) or None
    return None if isinstance(node, (Filter, Not)) else node.expression()


def _match_all(node: And) -> str | None:
    wanted = [part for part in node.parts if not isinstance(part, Not)]
    unwanted = [part.part for part in node.parts if isinstance(part, Not)]
    found = _expressions(" AND ", wanted)
    without = _expressions(" OR ", [part for part in unwanted if is_indexed(part)])
    if found and without:
        return f"({found}) NOT ({without})"
    return found or None


def _expressions(between: str, nodes: Iterable[Node]) -> str:
    """Return the expressions of *nodes*, joined; filters have none."""
    found = map(match_expression, nodes)
    return between.join(f"({one})" for one in found if one)


def _terms(node: Node) -> Iterator[Term]:
    if isinstance(node, Term):
        yield node
    elif isinstance(node, Near):
        yield from node.terms
    elif isinstance(node, (And, Or)):
        for part in node.parts:
            yield from _terms(part)


def _spellings(entry: list[str]) -> list[list[str]]:
    """Return the ways in which a word of a phrase may be written: one word, or two."""
    key = entry[-1]
    if len(entry) > 1:
        return [entry, [key]]
    if is_servant(key):
        return [entry, ["عبد", key]]
    return [entry, *([first, key] for first, last in lexicon().joined if first + last == key)]


def _beginnings(text: str) -> list[str]:
    """Return the beginnings of keys that a word typed with a `*` stands for."""
    key = search_key(text).replace('"', " ").strip()
    bare = key[2:] if key.startswith("ال") and len(key) > 4 else key
    return [bare]
