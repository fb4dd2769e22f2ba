"""The query language of search: typed text parsed into terms and filters. No SQL runs here.

Words are all wanted; "a phrase", OR, -without, begin*, =exact spelling, ="an exact phrase", and
site:, agency:, section:, author:, lang:, after:, before:, headline: with a value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches
from itertools import product

import attrs

from newscrawl.text.normalize import search_key, western_digits
from newscrawl.text.stems import is_servant, joined_words, stem_text, words_of
from newscrawl.text.stems.lexicon import lexicon

FILTERS = ("site", "agency", "section", "author", "lang", "after", "before")
HEADLINES = "{headline alternative_headline}"

_LONGEST_QUERY = 2_000
_MOST_TERMS = 64
_MOST_VARIANTS = 8
_NEAR = 0.6
"""Least similarity of a mistyped filter to its name (difflib's ratio, 0 to 1)."""
_QUOTES = str.maketrans(dict.fromkeys("“”„«»״", '"'))
_PART = re.compile(
    r"(?P<minus>-?)(?:(?P<field>[A-Za-z]{2,10}):(?=\S))?(?P<exact>=?)"
    r'(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))'
)
_DAY = re.compile(r"\d{4}(-\d{1,2}(-\d{1,2})?)?")
_ELIDED = re.compile(r"\b(?:[cdjlmnst]|qu)['’](?=\w)", re.IGNORECASE)


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

    def expression(self) -> str:
        """Return the term in FTS5's language."""
        phrases = [f'"{phrase}"' + " *" * self.is_prefix for phrase in self._phrases()]
        either = phrases[0] if len(phrases) == 1 else "(" + " OR ".join(phrases) + ")"
        return f"{HEADLINES} : {either}" if self.in_headline else either

    def _phrases(self) -> list[str]:
        if self.is_prefix:
            return _beginnings(self.text)
        text = self.text if " " in self.text else self.text.replace("\u200c", "")
        words = words_of(text)
        if "\u200c" in text or sum(map(len, words)) < sum(char.isalnum() for char in text):
            return [stem_text(text).replace('"', " ")]
        entries = joined_words(words)
        if len(entries) == 1:
            return [entries[0][-1]]
        spelled = list(product(*map(_spellings, entries)))[:_MOST_VARIANTS]
        return [" ".join(" ".join(part) for part in parts) for parts in spelled]


@attrs.frozen
class Query:
    """A parsed query: wanted groups of alternatives, unwanted terms, and filters."""

    wanted: tuple[tuple[Term, ...], ...] = ()
    """Each group must be found; a group is found where one of its terms is."""
    unwanted: tuple[Term, ...] = ()
    """Terms that must not be found."""
    filters: tuple[tuple[str, str], ...] = ()
    """Names from FILTERS with their values."""

    @property
    def has_words_only(self) -> bool:
        """True if it has only words that the index holds."""
        return not (self.filters or self.unwanted or self.exact_terms())

    def wanted_expression(self) -> str | None:
        """Return the wanted terms in FTS5's language; None without any."""
        groups = [" OR ".join(term.expression() for term in group) for group in self.wanted]
        return " AND ".join(f"({group})" for group in groups) or None

    def unwanted_expression(self) -> str | None:
        """Return the unwanted terms in FTS5's language; None without any."""
        return " OR ".join(term.expression() for term in self.unwanted) or None

    def exact_terms(self) -> tuple[tuple[Term, ...], ...]:
        """Return the groups whose terms are to be compared letter by letter."""
        return tuple(group for group in self.wanted if any(term.is_exact for term in group))


def parse_query(text: str) -> Query:
    """Parse a typed query. Anything may be typed; text without a meaning is a word."""
    wanted: list[tuple[Term, ...]] = []
    unwanted: list[Term] = []
    filters: list[tuple[str, str]] = []
    is_alternative = False
    for part in _parts(text):
        if part["word"] in {"OR", "|"} and not part["minus"]:
            is_alternative = bool(wanted)
            continue
        if (found := _filter_from(part)) is not None:
            filters.append(found)
        elif (term := _term_from(part)) is not None:
            _put(term, part, wanted, unwanted, is_alternative=is_alternative)
        is_alternative = False
    return Query(tuple(wanted), tuple(unwanted), tuple(filters))


def doubtful_filters(text: str) -> tuple[tuple[str, str], ...]:
    """Return the mistyped filters of *text*, each with the filter that it is close to.

    `agnecy:afp` gives ("agnecy:afp", "agency"); a day that is none gives its own filter.
    """
    found = []
    for part in _parts(text):
        name = (part["field"] or "").lower()
        if not name or name == "headline" or _filter_from(part) is not None:
            continue
        near = get_close_matches(name, FILTERS, n=1, cutoff=_NEAR)
        if near and not part["minus"]:
            found.append((part[0], near[0]))
    return tuple(found)


def search_query(text: str) -> str:
    """Return the words of a typed query in FTS5's language, for MATCH.

    Filters such as site: are left out; with nothing to look for, nothing is found.
    """
    query = parse_query(text)
    wanted, unwanted = query.wanted_expression(), query.unwanted_expression()
    if not wanted:
        return '""'
    return f"({wanted}) NOT ({unwanted})" if unwanted else wanted


def _parts(text: str) -> Iterator[re.Match[str]]:
    text = text[:_LONGEST_QUERY].replace("\x00", " ").translate(_QUOTES)
    for count, part in enumerate(_PART.finditer(text)):
        if count == _MOST_TERMS:
            return
        yield part


def _filter_from(part: re.Match[str]) -> tuple[str, str] | None:
    name = (part["field"] or "").lower()
    value = part["phrase"] if part["phrase"] is not None else part["word"]
    if name not in FILTERS or part["minus"] or not value.strip():
        return None
    if name in {"after", "before"}:
        value = western_digits(value)
        if not _DAY.fullmatch(value):
            return None
        value = "-".join(number.zfill(2) for number in value.split("-"))
    return name, value.strip()


def _term_from(part: re.Match[str]) -> Term | None:
    text = part["phrase"] if part["phrase"] is not None else part["word"]
    in_headline = (part["field"] or "").lower() == "headline"
    if part["field"] and not in_headline:
        text = f"{part['field']} {text}"
    is_prefix = part["phrase"] is None and text.endswith("*")
    text = text.replace("\u0640", "").strip()
    if not part["exact"]:
        text = _ELIDED.sub("", text)
    if not any(char.isalnum() for char in text):
        return None
    return Term(text.rstrip("*"), is_prefix, bool(part["exact"]), in_headline)


def _put(
    term: Term,
    part: re.Match[str],
    wanted: list[tuple[Term, ...]],
    unwanted: list[Term],
    *,
    is_alternative: bool,
) -> None:
    if part["minus"]:
        unwanted.append(term)
    elif is_alternative:
        wanted[-1] = (*wanted[-1], term)
    elif wanted and (pair := _compound(wanted[-1][-1], term)):
        wanted[-1] = (*wanted[-1][:-1], pair)
    else:
        wanted.append((term,))


def _compound(first: Term, last: Term) -> Term | None:
    """Return the term of two plain words that are also written as one: عبد الله, عبدالله."""
    pair = Term(f"{first.text} {last.text}")
    plain = first == Term(first.text) and last == Term(last.text)
    return pair if plain and len(joined_words(words_of(pair.text))) == 1 else None


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
