"""The reading of an article explained: for each field the rule that won, and its rivals.

`newscrawl extract --explain` shows it, for writing and debugging layouts.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs

from newscrawl.article import Article
from newscrawl.extraction import read_page
from newscrawl.generic.body.article_node import outline_of
from newscrawl.generic.candidates import PLACES
from newscrawl.generic.fields.headlines.headline import Candidate
from newscrawl.generic.link_lists.entries import address_of, page_key, reason_against
from newscrawl.generic.link_lists.groups import Group
from newscrawl.generic.link_lists.lists import groups_of
from newscrawl.generic.reader import Reading, body_lines
from newscrawl.layouts.field_readers import Context
from newscrawl.page import Page
from newscrawl.text.counted import counted
from newscrawl.text.phrases import folded
from newscrawl.text.urls import host_of

MOST_RIVALS = 12
MOST_GROUPS = 100
"""Most groups of links, and links left out of them, that are shown."""
MOST_ANCHORS = 200
LONGEST = 200


@attrs.frozen(kw_only=True)
class Rival:
    """A value that was not chosen."""

    value: str
    """The value, cut at LONGEST characters."""
    rule: str
    """Its place."""
    why_not: str
    """Why it lost, in a sentence."""


@attrs.frozen(kw_only=True)
class FieldReading:
    """The reading of one field."""

    field: str
    """The article's field."""
    value: Any
    """Its value, None where nothing was found."""
    rule: str | None
    """The rule that found it, as in `Article.provenance`."""
    rivals: tuple[Rival, ...] = ()
    """The other candidates."""


@attrs.frozen(kw_only=True)
class LineReading:
    """One text line around or in the body, and its role."""

    text: str
    """The text."""
    kind: str
    """paragraph, heading, quote, list or table."""
    role: str
    """`body`, or why it is none: caption, related, navigation, byline …"""
    score: int | None = None
    """The line model's log-odds, times 1,000, that it is body text; None if not scored."""


@attrs.frozen(kw_only=True)
class Explanation:
    """The article with how it was read."""

    article: Article
    """The result of `extract`."""
    fields: tuple[FieldReading, ...]
    """Every field that can be read, in the article's order."""
    text_lines: tuple[LineReading, ...] = ()
    """The text lines from the headline on, in page order; empty for a text dump."""


def explain(page: Page) -> Explanation:
    """Return the article on *page* with its reading explained. Raises as `extract` does."""
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
        and not field.name.endswith(("_raw", "_zone", "_origin", "_reason", "_certainty"))
    )
    return Explanation(article=article, fields=fields, text_lines=_text_lines(reading))


def _text_lines(reading: Reading | None) -> tuple[LineReading, ...]:
    if reading is None:
        return ()
    return tuple(
        LineReading(
            text=line.shown.text,
            kind=line.text_line.kind,
            role=line.role or "body",
            score=line.score,
        )
        for line in reading.lines
    )


def _rivals(page: Page, article: Article, reading: Reading) -> dict[str, tuple[Rival, ...]]:
    context = Context(page=page)
    rivals = {
        field: _cut(_later(places(reading, context), article, field))
        for field, places in PLACES.items()
    }
    own = {
        "headline": _cut(_headline_rivals(article, reading)),
        "link_lists": (
            *_cut(_list_rivals(article, reading), MOST_GROUPS),
            *rivals["link_lists"],
        ),
    }
    return rivals | own


def _cut(rivals: Iterator[Rival], most: int = MOST_RIVALS) -> tuple[Rival, ...]:
    found: dict[tuple[str, str], Rival] = {}
    for rival in rivals:
        if len(found) == most:
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


def _list_rivals(article: Article, reading: Reading) -> Iterator[Rival]:
    """Yield each group of links: its part of the page, how it is headed, why it is no list."""
    root = reading.structured_data.tree.root
    headline = folded(article.headline or "")
    body, host = body_lines(reading), host_of(article.url)
    for group in groups_of(root, outline_of(root), headline, body, host=host):
        names = ".".join([group.container.tag, *group.container.class_and_id.split()[:2]])
        first = f"{counted(len(group.cards), 'links')} from {group.cards[0].text}"
        yield Rival(
            value=f"{group.text}: {first}"[:LONGEST] if group.text else first[:LONGEST],
            rule=f"{group.rule or 'no heading'}, in {names}",
            why_not=group.reason or "it is a list",
        )
        if not group.reason:
            yield from _left_out(group, names)


def _left_out(group: Group, names: str) -> Iterator[Rival]:
    """Yield the links inside a list that are no entries of it, each with the reason."""
    keys = {card.key for card in group.cards}
    for anchor in group.container.tagged("a")[:MOST_ANCHORS]:
        text = anchor.text()
        reason = reason_against(anchor) or "it stands beside the title of a card"
        if text and reason and page_key(address_of(anchor)) not in keys:
            where = f"no entry of {group.text or 'the list'}, in {names}"
            yield Rival(value=text[:LONGEST], rule=where, why_not=reason)


def _why_not(candidate: Candidate) -> str:
    if candidate.node is None:
        return "a headline that is printed above the text comes first"
    if not candidate.is_visible:
        return "it stands in a menu, a list or a box"
    if candidate.is_part:
        return "it is a part of a heading, and no structured data name it alone"
    return "it agrees less with what the page calls its headline"


def _later(
    candidates: Iterator[tuple[str, str]], article: Article, field: str
) -> Iterator[Rival]:
    won, chosen = article.provenance.get(field), _texts_of(getattr(article, field))
    for rule, text in candidates:
        if text and rule != won and text not in chosen:
            why = f"{won} comes first" if won else "nothing in it could be read"
            yield Rival(value=text[:LONGEST], rule=rule, why_not=_WHY.get(rule, why))


_WHY = {
    "no page of this article": "its address is not this one's with another page number",
    "no list of articles": "fewer than two links to articles follow it",
}
"""Reasons of rules whose candidates lose in any case."""


def _texts_of(value: Any) -> frozenset[str]:
    """Return the texts that identify the value of a field among its rivals."""
    if not isinstance(value, tuple):
        value = (value,)
    names = ("raw", "url", "heading")
    found = [str(one) for one in value]
    found += [getattr(one, name) for one in value for name in names if hasattr(one, name)]
    return frozenset(text for text in found if isinstance(text, str))
