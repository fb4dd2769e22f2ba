"""The tokens of a typed query: terms, filters, operators and brackets, with their mistakes."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Literal

import attrs

from newscrawl.archive.search.problems import Problem
from newscrawl.archive.search.query import FILTERS, Filter, Near, Term
from newscrawl.text.normalize import western_digits
from newscrawl.text.stems import joined_words, words_of
from newscrawl.values.gazetteer.agencies import supplier_named

Sign = Literal["AND", "OR", "NOT", "(", ")"]
NAMES = "names"
"""The name of the switch for names in other spellings: `names:off`."""

_LONGEST_QUERY = 2_000
_MOST_TOKENS = 64
_CLOSE = 0.6
"""Least similarity of a mistyped filter to its name (difflib's ratio, 0 to 1)."""
_NEAR_WORDS = 10
_FARTHEST = 1_000
_TYPED = str.maketrans(
    dict.fromkeys("“”„‟«»״", '"')
    | {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
)
"""Quotation marks, and the wide letters and signs of East Asian keyboards."""
_QUOTED = re.compile('"[^"]*"|«[^»]*»|“[^”]*”')
"""Text in marks of one kind, in which marks of another kind are part of a name."""
_MARKS = '"“”„‟«»״'
_HIDDEN = {ord(mark): chr(0xE000 + at) for at, mark in enumerate(_MARKS)}
_SHOWN = {ord(hidden): chr(mark) for mark, hidden in _HIDDEN.items()}
_PART = re.compile(
    r"(?:(?P<scope>headline):)?(?P<near>NEAR)\((?P<inside>[^()]*(?:\([^()]*\)[^()]*)*)(?P<end>\)?)"
    r"|(?P<close>\))"
    r"|(?P<minus>-|(?<!\S)!(?=[\w(\"=]))?(?:(?P<field>[A-Za-z_]{2,20}):(?=\S))?"
    r'(?:(?P<open>\()|(?P<exact>=?)(?:"(?P<phrase>[^"]*)(?P<quote>"?)|(?P<word>[^\s"()]+)))',
    re.IGNORECASE,
)
_CALLED = {
    "headline": "title intitle allintitle article_title headlines subject",
    "site": "source domain host inurl url media media_name canonical_domain publisher",
    "agency": "wire provider credit",
    "section": "category topic",
    "author": "by byline creator authors",
    "place": "dateline location",
    "tag": "tags label",
    "lang": "language",
    "after": "date from since publish_date publication_date published",
    "before": "to until till",
}
BORROWED: Mapping[str, str] = {
    theirs: ours for ours, names in _CALLED.items() for theirs in names.split()
}
"""Filters of web search engines, Lucene and Media Cloud, and what they are called here."""
OF_TEXT = frozenset({"text", "body", "content", "intext", "allintext", "article_text"})
"""Filters that mean the text, where words are looked for anyway."""
SMALL_SIGNS: Mapping[str, str] = {
    **dict.fromkeys(("and", "و", "et"), "AND"),
    **dict.fromkeys(("or", "أو", "او", "ou"), "OR"),
    **dict.fromkeys(("not", "sauf"), "NOT"),
}
"""Words that stand for signs elsewhere; here they are looked for."""
_SPACED_HEADLINE = re.compile(r"(?<![^\s(-])(headline:)\s+(?=[^\s)])", re.IGNORECASE)
_EMPTY_FILTER = re.compile("([a-z]+):", re.IGNORECASE)
_INNER_MARK = re.compile(r"\w\?\w")
_BOOST = re.compile(r"(?<=\w)(?:\^[0-9.]+|~[0-9.]*)$")
_INNER_OR = re.compile(r"(?<=\w)\|{1,2}(?=\w)")
_DISTANCE = re.compile(r"[,،;]\s*(\S+)\s*$")
_DAY = re.compile(r"\d{4}(-\d{1,2}(-\d{1,2})?)?")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9-]+)?")
_ELIDED = re.compile(r"\b(?:[cdjlmnst]|qu)['’](?=\w)", re.IGNORECASE)
_SIGNS: dict[str, Sign] = {"AND": "AND", "&": "AND", "&&": "AND", "OR": "OR", "|": "OR"}
_SIGNS |= {"||": "OR", "NOT": "NOT"}
_LUCENE_NEAR = re.compile(r"~([0-9]{1,6})")
_OTHER_NEAR = re.compile(r"(?:NEAR|W|N)/\d+")


@attrs.frozen
class Token:
    """One piece of a typed query."""

    value: Term | Near | Filter | Sign
    is_unwanted: bool = False
    """True behind a `-`."""
    in_headline: bool = False
    """True for a bracket behind `headline:`."""
    of_filter: str | None = None
    """The filter before a bracket, `site` of `site:(a OR b)`; None if there is none."""


@attrs.define
class Tokens:
    """The tokens of one query, and its problems."""

    found: list[Token] = attrs.field(factory=list)
    problems: list[Problem] = attrs.field(factory=list)
    switches: list[str] = attrs.field(factory=list)


def tokens_of(text: str) -> Tokens:
    """Split a typed query. Anything may be typed; text without a meaning is a word."""
    tokens = Tokens()
    if len(text) > _LONGEST_QUERY:
        tokens.problems.append(Problem("query_too_long", most=_LONGEST_QUERY))
    for part in _parts(text, tokens.problems):
        if part["near"]:
            _add_near(part, tokens)
        elif part["close"] or part["open"]:
            _add_bracket(part, tokens)
        elif part["field"] and part["field"].lower() == NAMES:
            tokens.switches.append(_value(part).strip())
        else:
            _add_term(part, tokens)
    return tokens


def _parts(text: str, problems: list[Problem]) -> Iterator[re.Match[str]]:
    text = _QUOTED.sub(_with_inner_marks_hidden, text[:_LONGEST_QUERY].replace("\x00", " "))
    text = text.translate(_TYPED)
    text = _SPACED_HEADLINE.sub(r"\1", _INNER_OR.sub(" | ", text))
    for count, part in enumerate(_PART.finditer(text)):
        if count == _MOST_TOKENS:
            problems.append(Problem("query_too_many", most=_MOST_TOKENS))
            return
        yield part


def _with_inner_marks_hidden(quoted: re.Match[str]) -> str:
    return f"{quoted[0][0]}{quoted[0][1:-1].translate(_HIDDEN)}{quoted[0][-1]}"


def quoted(value: str) -> str:
    """Return *value* in quotation marks that it does not have itself, for a query."""
    pairs = ('""', "«»", "“”")
    marks = next((pair for pair in pairs if not set(pair) & set(value)), "")
    if not marks:
        marks, value = pairs[0], value.replace('"', " ")
    return f"{marks[0]}{value}{marks[1]}"


def _value(part: re.Match[str]) -> str:
    value = part["phrase"] if part["phrase"] is not None else part["word"]
    return (value or "").translate(_SHOWN)


def _mistyped(part: re.Match[str]) -> str | None:
    """Return the filter that *part* was meant to be; None if it is one, or none at all."""
    name = (part["field"] or "").lower()
    if not name or name in {"headline", NAMES} | OF_TEXT or part["open"] or _filter_from(part):
        return None
    if borrowed := _borrowed(name, _value(part)):
        return borrowed
    near = get_close_matches(name, FILTERS, n=1, cutoff=_CLOSE)
    return near[0] if near and not (part["minus"] and name not in FILTERS) else None


def _borrowed(name: str, value: str) -> str | None:
    """Return what the filter *name* of another search engine is called here."""
    is_agency = name == "source" and supplier_named(value)
    return "agency" if is_agency else BORROWED.get(name)


def _filter_from(part: re.Match[str]) -> Filter | None:
    return filter_named((part["field"] or "").lower(), _value(part))


def filter_named(name: str, value: str) -> Filter | None:
    """Return the filter *name* with its value; None if it is none, or takes no such value."""
    if name not in FILTERS or not value.strip():
        return None
    if name in {"after", "before"}:
        value = western_digits(value)
        value = "-".join(number.zfill(2) for number in value.split("-"))
        if not _is_day(value):
            return None
    return Filter(name, value.strip())


def _is_day(value: str) -> bool:
    """Return whether *value* is a year, a month or a day that exists: 2024-02-30 does not."""
    if not _DAY.fullmatch(value):
        return False
    try:
        dt.date.fromisoformat(value + "-01" * (2 - value.count("-")))
    except ValueError:
        return False
    return True


def _add_near(part: re.Match[str], tokens: Tokens) -> None:
    inside, distance = part["inside"], _NEAR_WORDS
    if stated := _DISTANCE.search(inside):
        inside = inside[: stated.start()]
        digits = western_digits(stated[1])
        if digits.isascii() and digits.isdigit():
            distance = min(int(digits), _FARTHEST)
        else:
            tokens.problems.append(
                Problem("query_near_number", typed=stated[1], number=_NEAR_WORDS)
            )
    if not part["end"]:
        tokens.problems.append(Problem("query_near_open"))
    if any(map(_is_no_word, _PART.finditer(inside))):
        tokens.problems.append(Problem("query_near_inside", typed=part[0]))
        return
    terms = tuple(
        term for one in _PART.finditer(inside) if (term := _term_from(one)) is not None
    )
    if len(terms) > 1:
        tokens.found.append(Token(Near(terms, distance, in_headline=bool(part["scope"]))))
        return
    tokens.problems.append(Problem("query_near_words"))
    tokens.found += [Token(term) for term in terms]


def _is_no_word(part: re.Match[str]) -> bool:
    """Return whether *part* is a sign, a filter or a bracket: NEAR takes words and phrases."""
    sign = _SIGNS.get(part["word"] or "")
    is_filter = part["field"] and part["field"].lower() in {"headline", *FILTERS}
    return bool(part["minus"] or part["open"] or part["close"] or sign or is_filter)


def _add_bracket(part: re.Match[str], tokens: Tokens) -> None:
    if part["close"]:
        tokens.found.append(Token(")"))
        return
    field = (part["field"] or "").lower()
    if field in BORROWED:
        typed = part[0] + "…)"
        tokens.problems.append(Problem("query_filter_meant", typed=typed, near=BORROWED[field]))
    elif field and field not in {"headline", *FILTERS} | OF_TEXT:
        tokens.problems.append(Problem("query_filter_brackets", field=field))
    token = Token("(", is_unwanted=bool(part["minus"]), in_headline=field == "headline")
    named = field if field in FILTERS else None
    tokens.found.append(attrs.evolve(token, of_filter=named))


def _add_term(part: re.Match[str], tokens: Tokens) -> None:
    tokens.problems += _mistakes(part)
    is_bare = not (part["minus"] or part["field"] or part["exact"])
    if is_bare and part["word"] in _SIGNS:
        tokens.found.append(Token(_SIGNS[part["word"]]))
        return
    if _mistyped(part) or _empty_filter(part["word"]):
        return
    value = _filter_from(part) or _term_from(part)
    if value is None:
        return
    token = Token(value, is_unwanted=bool(part["minus"]))
    tokens.found[-1:] = _joined(tokens.found[-1:], token, part["word"])


def _joined(before: list[Token], token: Token, word: str | None) -> list[Token]:
    """Return the last token *before* and *token*, or the one that they are together."""
    for last in before:
        if joined := _near_from(last, word) or _pair(last, token):
            return [joined]
    return [*before, token]


def _near_from(last: Token, word: str | None) -> Token | None:
    """Return the phrase before `~5` as words near each other; None if *word* is not that."""
    distance = _LUCENE_NEAR.fullmatch(word or "")
    phrase = last.value
    if distance is None or not isinstance(phrase, Term) or phrase.is_exact:
        return None
    terms = tuple(map(Term, phrase.text.split()))
    if len(terms) < 2:
        return None
    near = Near(terms, min(int(distance[1]), _FARTHEST), phrase.in_headline)
    return attrs.evolve(last, value=near)


def _pair(last: Token, token: Token) -> Token | None:
    """Return the two as one compound word, if they are one and both are wanted."""
    if last.is_unwanted or token.is_unwanted:
        return None
    value = _compound(last.value, token.value)
    return Token(value) if value else None


def _mistakes(part: re.Match[str]) -> Iterator[Problem]:
    if part["phrase"] is not None and not part["quote"]:
        yield Problem("query_quote_open", phrase=_value(part).strip())
    yield from _mistakes_of_filter(part)
    if part["word"]:
        yield from _mistakes_of_word(part["word"])
        sign = _small_sign(part["word"])
        if sign and not part["field"]:
            yield Problem("query_small_sign", typed=part["word"], sign=sign)


def _small_sign(word: str) -> str | None:
    """Return the sign that *word* may be meant as; و and et stand in many names."""
    sign = SMALL_SIGNS.get(word)
    return sign if sign != "AND" or word == "and" else None


def _mistakes_of_filter(part: re.Match[str]) -> Iterator[Problem]:
    field, value = (part["field"] or "").lower(), _value(part)
    if near := _mistyped(part):
        yield _hint_of_filter(part[0], field, near)
    if field == "lang" and value and not _LANGUAGE.fullmatch(value):
        yield Problem("query_language_code", typed=value)


def _mistakes_of_word(word: str) -> Iterator[Problem]:
    if "*" in word.rstrip("*").strip("*:-") + word[:1]:
        yield Problem("query_star", typed=word)
    if _INNER_MARK.search(word) and "/" not in word:
        yield Problem("query_mark", typed=word)
    if _BOOST.search(word):
        yield Problem("query_boost", typed=word)
    if empty := _empty_filter(word):
        yield Problem("query_filter_empty", near=empty)
    if _OTHER_NEAR.fullmatch(word):
        yield Problem("query_other_near", typed=word)


def _empty_filter(word: str | None) -> str | None:
    """Return the filter that *word* names without a value (`site:`); None if it is not that."""
    empty = _EMPTY_FILTER.fullmatch(word or "")
    name = empty[1].lower() if empty else ""
    return name if name in {"headline", *FILTERS} else None


def _hint_of_filter(typed: str, field: str, near: str) -> Problem:
    if field != near:
        return Problem("query_filter_left_out", typed=typed, near=near)
    if near in {"after", "before"}:
        return Problem("query_filter_day", typed=typed, near=near)
    return Problem("query_filter_empty", near=near)


def _term_from(part: re.Match[str]) -> Term | None:
    text, field = _value(part), (part["field"] or "").lower()
    in_headline = field == "headline"
    if field and field not in {"headline", *OF_TEXT}:
        text = f"{part['field']} {text}"
    text = _BOOST.sub("", text) if part["word"] else text
    is_prefix = part["phrase"] is None and text.endswith("*")
    text = text.replace("\u0640", "").strip()
    text = text if part["exact"] else _ELIDED.sub("", text)
    if not any(char.isalnum() for char in text):
        return None
    is_quoted = part["phrase"] is not None
    return Term(text.rstrip("*"), is_prefix, bool(part["exact"]), in_headline, is_quoted)


def _compound(first: object, last: object) -> Term | None:
    """Return the term of two plain words that are also written as one: عبد الله, عبدالله."""
    if not (isinstance(first, Term) and isinstance(last, Term)):
        return None
    pair = Term(f"{first.text} {last.text}")
    is_plain = first.is_plain and last.is_plain
    return pair if is_plain and len(joined_words(words_of(pair.text))) == 1 else None
