"""How an article was read off its page: for each field what won, what lost and why.

This is what `newscrawl extract --explain` shows, and how a layout is written and debugged.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs

from newscrawl.article import Article
from newscrawl.extraction import read_page
from newscrawl.fields import Context
from newscrawl.generic.authors import author_candidates
from newscrawl.generic.bylines import byline_in
from newscrawl.generic.headline import Candidate
from newscrawl.generic.keywords import keyword_candidates
from newscrawl.generic.published import date_candidates
from newscrawl.generic.reading import Reading
from newscrawl.page import Page

MOST_RIVALS = 12
LONGEST = 200


@attrs.frozen(kw_only=True)
class Rival:
    """A value that was not chosen."""

    value: str
    """The value, cut at LONGEST characters."""
    rule: str
    """Where it stands."""
    why_not: str
    """Why it lost, in a sentence."""


@attrs.frozen(kw_only=True)
class FieldReading:
    """How one field was read."""

    field: str
    """The article's field."""
    value: Any
    """Its value, None where nothing was found."""
    rule: str | None
    """The rule that found it, as in `Article.provenance`."""
    rivals: tuple[Rival, ...] = ()
    """What else competed."""


@attrs.frozen(kw_only=True)
class RunReading:
    """One run of text around or in the body, and what it was judged to be."""

    text: str
    """The text."""
    kind: str
    """paragraph, heading, quote, list or table."""
    verdict: str
    """`body`, or why it is none: caption, related, navigation, byline …"""


@attrs.frozen(kw_only=True)
class Explanation:
    """The article with how it was read."""

    article: Article
    """What `extract` returns."""
    fields: tuple[FieldReading, ...]
    """Every field that can be read, in the article's order."""
    runs: tuple[RunReading, ...] = ()
    """The runs of text from the headline on, in page order; empty for a text dump."""


def explain(page: Page) -> Explanation:
    """Return the article on *page* and how it was read. Raise what `extract` raises."""
    article, reading = read_page(page)
    rivals = _rivals(page, article, reading) if reading else {}
    fields = tuple(
        FieldReading(
            field=field.name,
            value=getattr(article, field.name) or None,
            rule=article.provenance.get(field.name),
            rivals=rivals.get(field.name, ()),
        )
        for field in attrs.fields(Article)
        if field.name not in {"url", "provenance", "extractor"}
        and not field.name.endswith(("_raw", "_zone", "_origin", "_reason"))
    )
    return Explanation(article=article, fields=fields, runs=_runs(reading))


def _runs(reading: Reading | None) -> tuple[RunReading, ...]:
    if reading is None:
        return ()
    return tuple(
        RunReading(text=run.text, kind=run.kind, verdict=verdict or "body")
        for run, verdict in zip(reading.runs, reading.verdicts, strict=True)
    )


def _rivals(page: Page, article: Article, reading: Reading) -> dict[str, tuple[Rival, ...]]:
    near, structured = reading.near, reading.structured
    return {
        "headline": _cut(_headline_rivals(article, reading)),
        "authors": _cut(_later(_authors(reading), article, "authors")),
        "keywords": _cut(_later(keyword_candidates(structured, near), article, "keywords")),
        "date_published": _cut(_later(_dates(page, reading), article, "date_published")),
    }


def _authors(reading: Reading) -> Iterator[tuple[str, Any]]:
    yield from author_candidates(reading.structured, reading.near)
    line = byline_in(reading.runs, reading.verdicts)
    if line is not None:
        yield "byline_line", line[0]


def _dates(page: Page, reading: Reading) -> Iterator[tuple[str, str]]:
    if reading.around is not None:
        yield from date_candidates(reading.structured, Context(page=page), reading.around)


def _cut(rivals: Iterator[Rival]) -> tuple[Rival, ...]:
    found: dict[tuple[str, str], Rival] = {}
    for rival in rivals:
        if len(found) == MOST_RIVALS:
            break
        found.setdefault((rival.value, rival.rule), rival)
    return tuple(found.values())


def _headline_rivals(article: Article, reading: Reading) -> Iterator[Rival]:
    for candidate in reading.headlines:
        if candidate.text != article.headline:
            yield Rival(
                value=candidate.text[:LONGEST],
                rule=candidate.source,
                why_not=_why_not(candidate),
            )


def _why_not(candidate: Candidate) -> str:
    if candidate.node is None:
        return "a headline that is printed above the text comes first"
    if not candidate.is_visible:
        return "it stands in a menu, a list or a box"
    if candidate.is_part:
        return "it is a part of a heading, and no structured data name it alone"
    return "it agrees less with what the page calls its headline"


def _later(
    candidates: Iterator[tuple[str, Any]], article: Article, field: str
) -> Iterator[Rival]:
    won = article.provenance.get(field)
    for rule, raw in candidates:
        value = raw if isinstance(raw, str) else ", ".join(raw)
        if value and rule != won:
            why = f"{won} comes first" if won else "nothing in it could be read"
            yield Rival(value=value[:LONGEST], rule=rule, why_not=why)
