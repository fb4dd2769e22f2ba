"""Names in a query, each found by its other names and in other scripts and spellings."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import product

import attrs
from sqlite_utils import Database

from newscrawl.archive.read.in_memory.site_hosts import other_sites_with
from newscrawl.archive.search.name_index import (
    Spelling,
    has_name_index,
    names_alike,
    spellings_of,
)
from newscrawl.archive.search.named.aliases import agency_of, are_known_apart, other_names
from newscrawl.archive.search.named.study_filters import study_stamp_of, with_study
from newscrawl.archive.search.query import (
    HEADLINES,
    Alias,
    And,
    Filter,
    Node,
    Not,
    Or,
    Query,
    Term,
    is_indexed,
    match_expression,
    with_filters,
)
from newscrawl.archive.search.query_parser import parse_query
from newscrawl.text.folding import search_key
from newscrawl.text.stems import joined_words, stem, stem_text, words_of

_LONGEST_NAME = 6
"""Words of the longest name that is recognized in a query."""
_MOST_PHRASES = 24
_MOST_REMEMBERED = 128
_remembered: OrderedDict[tuple[str, tuple[object, ...] | None], Query] = OrderedDict()
_ARTICLES = frozenset({"al", "el", "ul", "as", "ash", "ad", "ar", "an", "at", "az"})
_SERVANTS = frozenset({"abd", "abdel", "abdul", "abdal", "abdol"})
_LISTED = frozenset({"after", "before", "author"})
"""The filters whose articles are listed first beside words that many articles have."""
_LISTED_ALONE = frozenset({"author"})
"""The same in a query without words."""
_MANY = 20_000
_IS_MANY = "SELECT 1 FROM article_search WHERE article_search MATCH ? LIMIT 1 OFFSET ?"
_IS_THERE = "SELECT 1 FROM article_search WHERE article_search MATCH ? LIMIT 1"


def parse_with_names(text: str, db: Database | None = None) -> Query:
    """Parse a typed query, and add the other names of the things that it names.

    The spellings are those of the archive *db*; without one, names of the tables are added
    alone. `names:off` in the query leaves all of them out, `names:-NAME` one. The last queries
    are remembered until the archive changes.
    """
    key = (text, state_for(db, text) if db is not None else None)
    found = _remembered.get(key)
    if found is None:
        found = _remembered[key] = _parsed(text, db)
        while len(_remembered) > _MOST_REMEMBERED:
            _remembered.popitem(last=False)
    return found


def load_name_tables() -> None:
    """Read the tables of names, so that the first query of a server does not wait for them."""
    for word in ("Guterres", "غوتيريش", "كتاب"):
        other_names(word)
        agency_of(word)
    names_alike("Guterres", "غوتيريش")


def state_of(db: Database) -> tuple[object, ...]:
    """Return values that change with the content of an archive, for this connection."""
    (version,) = db.conn.execute("PRAGMA data_version").fetchone()
    file = db.conn.execute("PRAGMA database_list").fetchone()[2]
    return file, id(db.conn), version, db.conn.total_changes


def state_for(db: Database, text: str) -> tuple[object, ...]:
    """Return values that change with the articles that the query *text* may find."""
    return (*state_of(db), study_stamp_of(text, db))


def _parsed(text: str, db: Database | None) -> Query:
    query = parse_query(text)
    root = query.root
    if root is None:
        return query
    if db is not None:
        root, problems = with_study(with_filters(root, partial(_with_sites, db=db)), db)
        query = attrs.evolve(query, problems=(*query.problems, *problems))
    if "off" not in query.switches:
        unwanted = frozenset(
            search_key(switch[1:]) for switch in query.switches if switch.startswith("-")
        )
        root = _Names(db, unwanted).added_to(root)
    if db is not None:
        listed = _LISTED if _has_many(db, root) else _LISTED_ALONE
        if listed is _LISTED or not match_expression(root):
            root = with_filters(root, partial(_among_many, names=listed))
    return attrs.evolve(query, root=root)


def _with_sites(node: Filter, db: Database) -> Filter:
    """Return a filter `site:` with the sites of that host."""
    if node.name != "site":
        return node
    return attrs.evolve(node, other_sites=other_sites_with(db, node.value))


def _among_many(node: Filter, names: frozenset[str]) -> Filter:
    return attrs.evolve(node, is_among_many=True) if node.name in names else node


def _has_many(db: Database, root: Node) -> bool:
    """Return whether more articles have the words of *root* than are compared one by one."""
    expression = match_expression(root)
    if is_indexed(root) or not expression:
        return False
    return bool(db.conn.execute(_IS_MANY, [expression, _MANY]).fetchone())


def search_query(text: str) -> str:
    """Return the words of a typed query in FTS5's language, for MATCH.

    Filters such as site: are left out; an empty query finds nothing.
    """
    root = parse_with_names(text).root
    return (match_expression(root) if root else None) or '""'


def also_found(db: Database, text: str) -> tuple[str, ...]:
    """Return the other names that the query *text* finds in the archive *db*."""
    root = parse_with_names(text, db).root
    shown = [alias for alias in _aliases_in(root) if alias.is_shown] if root else []
    # Of the names that are written alike the first is shown: رويترز, not رویترز.
    known = {search_key(alias.text): alias.text for alias in reversed(shown)}
    return tuple(reversed(known.values()))


def _aliases_in(node: Node) -> Iterator[Alias]:
    if isinstance(node, Alias):
        yield node
    elif isinstance(node, (And, Or)):
        for part in node.parts:
            yield from _aliases_in(part)


@attrs.frozen
class _Names:
    """Adds names to a parsed query, from the tables and from the words of an archive."""

    db: Database | None
    unwanted: frozenset[str]

    def added_to(self, node: Node) -> Node:
        """Return *node* with the other names of the things that it names."""
        if isinstance(node, Not):
            return node
        if isinstance(node, Or):
            return Or(tuple(map(self.added_to, node.parts)))
        if isinstance(node, And):
            parts = self._named_parts(node.parts)
            return parts[0] if len(parts) == 1 else And(tuple(parts))
        return self._named([node]) or node

    def _named_parts(self, parts: Sequence[Node]) -> list[Node]:
        """Return the parts of an and, the words of each name joined with its other names."""
        found: list[Node] = []
        at = 0
        while at < len(parts):
            for length in range(min(_LONGEST_NAME, len(parts) - at), 1, -1):
                if named := self._named(parts[at : at + length]):
                    found.append(named)
                    break
            else:
                length = 1
                found.append(self.added_to(parts[at]))
            at += length
        return found

    def _named(self, parts: Sequence[Node]) -> Node | None:
        """Return *parts* or the other names for them together; None if there are none."""
        terms = [part for part in parts if isinstance(part, Term) and _may_be_name(part)]
        if len(terms) < len(parts):
            return None
        found = self._aliases(terms)
        added = [
            alias
            for alias in found
            if search_key(alias.text) not in self.unwanted and self._is_there(alias)
        ]
        if not added:
            return None
        return Or((parts[0] if len(parts) == 1 else self._each(parts), *added))

    def _is_there(self, alias: Alias) -> bool:
        """Return False for a name that the archive has not: each one makes a search slower."""
        if self.db is None:
            return True
        return bool(self.db.conn.execute(_IS_THERE, [alias.expression()]).fetchone())

    def _aliases(self, terms: Sequence[Term]) -> list[Alias]:
        in_headline = all(term.in_headline for term in terms)
        found = list(self._from_tables(terms, in_headline=in_headline))
        if self.db is not None and has_name_index(self.db):
            found += self._from_archive(self.db, terms, in_headline=in_headline)
        return found

    def _each(self, parts: Sequence[Node]) -> Node:
        """Return the words of a name, each with its own spellings."""
        return And(tuple(self._named([part]) or part for part in parts))

    def _from_tables(self, terms: Sequence[Term], *, in_headline: bool) -> Iterator[Alias]:
        text = " ".join(term.text for term in terms)
        typed = stem_text(text)
        for name in other_names(text):
            if stem_text(name) != typed:
                yield Alias(name, Term(name, in_headline=in_headline).expression())
        agency = agency_of(text)
        if agency and self.db is not None and not in_headline:
            yield Alias(agency, f'keywords : "{stem_text(agency)}"', is_shown=False)

    def _from_archive(
        self, db: Database, terms: Sequence[Term], *, in_headline: bool
    ) -> list[Alias]:
        words = _words_of_name(terms)
        spelled = [_spellings(db, word) for word in words]
        if len(words) == 1:
            return [_alias(one.name, one.stem, in_headline) for one in spelled[0]]
        return _phrases(words, spelled, in_headline=in_headline) if words else []


def _may_be_name(term: Term) -> bool:
    return not (term.is_exact or term.is_prefix or term.is_quoted)


def _words_of_name(terms: Sequence[Term]) -> list[str]:
    """Return the words whose spellings are searched for; none if *terms* are no name."""
    first = terms[0].text
    if len(terms) == 1 and "\u200c" in first and " " not in first:
        return [first]
    words = [word for term in terms for word in words_of(term.text)]
    if _is_joined(words):
        return ["".join(words)]
    if len(terms) > 1:
        return []
    is_with_article = len(words) == 2 and words[0].casefold() in _ARTICLES
    return words[1:] if is_with_article else words


def _spellings(db: Database, word: str) -> list[Spelling]:
    return [one for one in spellings_of(db, word) if not are_known_apart(word, one.name)]


def _phrases(
    words: Sequence[str], spelled: Sequence[Sequence[Spelling]], *, in_headline: bool
) -> list[Alias]:
    """Return the phrases of *words* of which at least one is spelled otherwise."""
    options = [
        [(word, stem(word)), *((one.name, one.stem) for one in ones)]
        for word, ones in zip(words, spelled, strict=True)
    ]
    chosen = list(product(*options))[1 : _MOST_PHRASES + 1]
    return [
        _alias(" ".join(name for name, _ in one), " ".join(key for _, key in one), in_headline)
        for one in chosen
    ]


def _alias(name: str, stems: str, in_headline: bool) -> Alias:
    match = f'"{stems}"'
    return Alias(name, f"{HEADLINES} : {match}" if in_headline else match)


def _is_joined(words: Sequence[str]) -> bool:
    """Return True for two words that are one name: Abdel Fattah, عبد الفتاح."""
    if len(words) != 2:
        return False
    return words[0].casefold() in _SERVANTS or len(joined_words(list(words))) == 1
