"""Description (the standfirst above the text), language and canonical address of an article."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import cache, lru_cache
from itertools import islice

from newscrawl.generic.body.lines import Line, Lines, start_of, with_role
from newscrawl.generic.fields.standfirst_above_byline import above_byline
from newscrawl.generic.fields.structured_data import StructuredData
from newscrawl.html.text_lines import TextLine
from newscrawl.html.tree import Node
from newscrawl.layouts.field_readers import Context
from newscrawl.system.deferred import compiled_on_use
from newscrawl.text.phrases import folded, phrase_table

LONGEST_STANDFIRST = 500
"""A longer paragraph above the text is its beginning."""
LONGEST_STATED = 1_000
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")
_STANDFIRST = compiled_on_use(
    r"(?<![a-z])(?:standfirst|deck|dek|lead|lede|intro|introduction|subtitle|subheadline"
    r"|subhead|sub headline|summary|teaser text|sapo|chapo|chapeau|abstract|excerpt|kicker text"
    r"|vorspann|article description|ingress|manchet|sottotitolo|occhiello|entradilla|bajada"
    r"|entete|perex|strapline|preface|unterzeile|untertitel|anriss|anrisstext|einleitung"
    r"|vorspanntext|introtext|leadtext|lead text|accroche|copete|bajante|sumario|subtitulo"
    r"|sommario|catenaccio|linha fina|gravata|inleiding|underrubrik|ingressi|preamble"
    r"|zajawka|anons|spot text)(?![a-z])"
)
_MAY_BE = frozenset({"", "head", "header", "outside"})
_NAMES = re.compile(r"[^a-z]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
"""Between the words of `articleLead`."""


def is_home_word(text: str) -> bool:
    """Return whether *text* is a word for the home page: `Home`, `الرئيسية`."""
    return folded(text) in _homes()


@cache
def _homes() -> frozenset[str]:
    return frozenset(folded(home) for home in phrase_table("pages/text_dumps")["home"])


def language_of(structured_data: StructuredData, context: Context) -> tuple[str | None, str]:
    """Return the language as a BCP 47 tag, and the rule."""
    for rule, raw in language_candidates(structured_data, context):
        match = _LANGUAGE.fullmatch(raw.strip().replace("_", "-").partition(",")[0])
        if match:
            return match[0], rule
    return None, ""


def language_candidates(
    structured_data: StructuredData, context: Context
) -> Iterator[tuple[str, str]]:
    """Yield the rule of each source of the language and the code found there."""
    yield "html", structured_data.tree.language
    yield "jsonld", structured_data.text("inLanguage") or ""
    names = ("og:locale", "content-language", "language", "dc.language")
    yield "meta", structured_data.meta(*names) or ""
    yield "site", next(iter(context.languages), "")


def canonical_of(structured_data: StructuredData, context: Context) -> str | None:
    """Return the address that the page names as its own."""
    return context.absolute(structured_data.canonical)


def standfirst_of(
    lines: Lines, structured_data: StructuredData
) -> tuple[Lines, str | None, str]:
    """Return the standfirst printed above the text, else the description that is stated.

    The result is the lines, in which it is no body text, the text, and the rule.
    """
    stated = [text for _, text in description_candidates(structured_data) if text]
    keys = set(map(_key, stated))
    at = _marked_standfirst(lines)
    if at is None:
        at = _stated_standfirst(lines, keys)
    if at is None:
        lines, at = above_byline(lines)
    if at is not None:
        return with_role(lines, at, "standfirst"), lines[at].text, "standfirst"
    return (lines, stated[0][:LONGEST_STATED], "stated") if stated else (lines, None, "")


def _stated_standfirst(lines: Lines, keys: Collection[str]) -> int | None:
    """Return the position of the line above the text that the metadata state, too."""
    above = enumerate(lines[: start_of(lines)])
    return next((at for at, line in above if _may_be(line) and _key(line.text) in keys), None)


def description_candidates(structured_data: StructuredData) -> Iterator[tuple[str, str]]:
    """Yield the rule of each source that states a description, and the text found there."""
    yield "jsonld", structured_data.text("description") or ""
    for name in ("description", "og:description"):
        text = structured_data.meta(name)
        if text:
            yield f"meta:{name}", text
            return


def _marked_standfirst(lines: Lines) -> int | None:
    """Return the position of the line at the head of the text that its class names so."""
    first = start_of(lines)
    for at, line in enumerate(lines[: first + 2]):
        is_late_heading = line.text_line.kind == "heading" and at > first
        if (
            _may_be(line)
            and 20 < len(line.text) <= LONGEST_STANDFIRST
            and not is_late_heading
            and _is_marked(line.text_line)
            and not _is_among(line.text_line, lines[at + 1 :])
        ):
            return at
    return None


def _may_be(line: Line) -> bool:
    return line.role in _MAY_BE and line.text_line.node.tag != "h1"


def _key(text: str) -> str:
    """Return *text* as descriptions are compared."""
    return folded(text.rstrip(" .…"))


def _is_among(text_line: TextLine, following: Lines) -> bool:
    """Return whether *text_line* is a paragraph like those of the body, of any class."""
    later = [line.text_line for line in islice((line for line in following if line.is_body), 3)]
    return len(later) < 2 or any(other.node.parent is text_line.node.parent for other in later)


def _is_marked(text_line: TextLine) -> bool:
    node: Node | None = text_line.node
    for _ in range(2):
        if node is None or node.size > 1.3 * len(text_line.text) + 20:
            return False
        if node.class_and_id and _names_standfirst(node.class_and_id):
            return True
        node = node.parent
    return False


@lru_cache(maxsize=4096)
def _names_standfirst(class_and_id: str) -> bool:
    """Return whether class names or an id are those of a standfirst: `articleLead`, `deck`."""
    words = _CAMEL.sub(" ", class_and_id[:200]).lower()
    return _STANDFIRST.search(_NAMES.sub(" ", words)) is not None
