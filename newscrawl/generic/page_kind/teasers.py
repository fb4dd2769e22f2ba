"""Share of a page made of teasers: a link to another page with a few lines below it.

A list of articles and an article look alike line by line. They differ in their order: in an
article paragraph follows paragraph, in a list each stands under the headline of another page.
So it holds for any template, in any language, with any class names.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from itertools import islice

import attrs

from newscrawl.generic.body.article_node import Outline
from newscrawl.generic.body.roles import is_prose
from newscrawl.generic.body.title_links import (
    LEAST_TITLE,
    LINK_AROUND,
    LONGEST_SUMMARY,
    is_title_link,
)
from newscrawl.html.text_lines import TextLine
from newscrawl.html.tree import Node
from newscrawl.text.list_headings import heading_kind
from newscrawl.text.phrases import folded, phrase_table
from newscrawl.text.urls import domain_of

LONGEST_MORE = 30
LEAST_SUMMARY = 40
LONG_TEXT = 700
"""Below a text of this many characters teasers under `Related posts` are no list of a page."""
MOST_PARTS = 50
_PICTURES = (".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif", ".svg")
_ELSEWHERE = frozenset({"navigation", "consent", "form", "hidden", "comments"})


@attrs.define
class Teasers:
    """Counts of a page's teasers and paragraphs."""

    count: int = 0
    """Headline links that a summary follows, in any place."""
    titles: int = 0
    """Links that are long enough for headlines, outside menus."""
    text: int = 0
    """Characters of these summaries."""
    in_body: int = 0
    """Summaries that were taken for the body's text."""
    share: float = 0.0
    """The share of the body's text that they are."""


def teasers_of(outline: Outline, body: Iterable[TextLine], url: str) -> Teasers:
    """Return how much of the page at *url*, and of its *body*, is made of teasers."""
    chosen, site = {id(text_line) for text_line in body}, domain_of(url)
    counter = _Counter()
    for text_line in outline.text_lines:
        is_heading = text_line.kind == "heading"
        if is_heading and _heads_further_reading(text_line, counter.total):
            break
        if is_heading and _heads_card(text_line, site):
            counter.title()
        elif is_title_link(text_line):
            is_outside = bool(outline.flags_above(text_line.node) & _ELSEWHERE)
            if not is_outside and _leads_within(text_line.node, site):
                counter.title()
        else:
            counter.read(text_line, in_body=id(text_line) in chosen)
    return counter.result()


def _heads_further_reading(text_line: TextLine, length: int) -> bool:
    """Return whether *text_line* heads the teasers below a text of *length* characters."""
    return length >= LONG_TEXT and heading_kind(text_line.text) == "related"


class _Counter:
    """Counts titles and the paragraphs after them."""

    def __init__(self) -> None:
        self.found = Teasers()
        self.is_next = False
        """True if the next paragraph is the first after a title."""
        self.has_title = False
        """True if paragraphs belong to the last title."""
        self.chains: list[int] = []
        """The characters of the body after each title."""
        self.total = 0
        self.last = 0
        """The characters of the last paragraph in the body, if no title stands above it."""

    def title(self) -> None:
        self.found.titles += 1
        self.is_next = self.has_title = True
        self.last = 0

    def more(self) -> None:
        """End a teaser; the paragraph before is one, too, if its title is no link."""
        self.has_title = False
        if self.last:
            self.found.count += 1
            self.found.text += self.last
            self.chains.append(self.last)
        self.last = 0

    def read(self, text_line: TextLine, *, in_body: bool) -> None:
        """Count a line that is no title: a paragraph, a row of a table, or `read more`."""
        if text_line.links and len(text_line.text) <= LONGEST_MORE and _is_more(text_line):
            self.more()
        elif (is_entry := text_line.kind == "table" and _is_entry(text_line)) or is_prose(
            text_line
        ):
            self.is_next |= is_entry or _ends_in_more(text_line)
            self.paragraph(len(text_line.text), in_body=in_body)

    def paragraph(self, length: int, *, in_body: bool) -> None:
        if self.is_next:
            self.found.count += 1
            self.found.text += length
        if in_body:
            self.total += length
            self.last = 0 if self.is_next or self.has_title else length
            if self.is_next:
                self.chains.append(length)
            elif self.has_title and self.chains:
                self.chains[-1] += length
        self.is_next = False

    def result(self) -> Teasers:
        teased = [length for length in self.chains if length <= LONGEST_SUMMARY]
        self.found.in_body = len(teased)
        self.found.share = sum(teased) / self.total if self.total else 0.0
        return self.found


def _heads_card(text_line: TextLine, site: str) -> bool:
    """Return whether a heading is that of a card whose picture is its link."""
    card = text_line.node.parent
    if text_line.links or card is None or card.size > 2 * LONGEST_SUMMARY:
        return False
    links = (node for node in card.tagged("a") if not node.size)
    return any(_leads_within(node, site) and not _is_file(node) for node in links)


def _is_file(anchor: Node) -> bool:
    """Return whether a link leads to the picture itself."""
    path = anchor.attributes.get("href", "").partition("?")[0]
    return path.lower().endswith(_PICTURES)


def _leads_within(node: Node, site: str) -> bool:
    """Return whether the link in or around *node* leads to a page of *site*."""
    near = (*islice(node.iter(), MOST_PARTS), *islice(node.ancestors(), LINK_AROUND))
    link = next((part for part in near if part.tag == "a"), None)
    href = link.attributes.get("href", "").strip() if link else ""
    if not href.startswith(("http:", "https:", "//")):
        return bool(href) and not href.startswith("#")
    return not site or domain_of(href) == site


def _is_entry(text_line: TextLine) -> bool:
    """Return whether a row of a table is a headline link and its summary."""
    if text_line.links < LEAST_TITLE:
        return False
    return len(text_line.text) - text_line.links >= LEAST_SUMMARY


def _is_more(text_line: TextLine) -> bool:
    """Return whether a short line is the link that ends a teaser: `read more`, `1 May More`."""
    return folded(text_line.text) in _more() or _ends_in_more(text_line)


def _ends_in_more(text_line: TextLine) -> bool:
    """Return whether a paragraph ends in such a link: a teaser of one paragraph."""
    if not text_line.links or text_line.links > LONGEST_MORE:
        return False
    words = text_line.text[-LONGEST_MORE:].split()
    last = folded(words[-1])
    if last and last not in _last_words():
        return False
    return any(folded(" ".join(words[-count:])) in _more() for count in (1, 2, 3))


@cache
def _last_words() -> frozenset[str]:
    return frozenset(folded(word) for phrase in _more() for word in phrase.split()[-1:])


@cache
def _more() -> frozenset[str]:
    return frozenset(map(folded, phrase_table("pages/page_kinds")["more"]["links"]))
