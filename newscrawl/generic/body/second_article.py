"""Start of a second article, which the page loads under the first as the reader scrolls down.

A heading below the first article's text, with a text of its own, starts a second article if

- the JSON-LD gives it as the headline of another page;
- or it is the h1 of an `<article>` beside the first one;
- or it has the form of the first headline (an h1, the same tag and class, or a part alike) and
  a byline of its own, as most headings of that form on the page have; a heading of a lower
  rank in the `<article>` of the first one is a section's.

Other headings in the form of the headline are sub-heads: many pages have several h1.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import islice
from operator import attrgetter
from typing import Any

from newscrawl.generic.body.article_node import Outline, weight_of
from newscrawl.generic.body.roles import phrase_role
from newscrawl.generic.fields.structured_data import StructuredData
from newscrawl.html.linked_data import text_of, values_at
from newscrawl.html.text_lines import HEADINGS, TextLine
from newscrawl.html.tree import Node
from newscrawl.text.phrases import folded
from newscrawl.text.urls import url_key

LEAST_TEXT = 300
"""Least text of an article, in characters."""
LINES_TO_BYLINE = 4
"""A byline or date stands this many lines below its headline at most."""
LONGEST_HEADLINE = 400
MOST_HEADINGS = 400
"""Most headings and short lines below the headline that are examined."""
MOST_TRIED = 12
"""Most of those in a headline's form that are examined with their text."""
_place = attrgetter("index")


def start_of_second(
    outline: Outline, heading: Node | None, structured_data: StructuredData
) -> int | None:
    """Return the index of the node that starts the second article; None without one."""
    if heading is None:
        return None
    others = _other_headlines(structured_data)
    found = _candidates(outline, heading, others)
    if not found:
        return None
    text_lines = [
        text_line for text_line in outline.text_lines if text_line.node.index >= heading.index
    ]
    signed = [node for node in found if _is_signed(node, heading, text_lines)]

    def is_apart(node: Node) -> bool:
        is_whole = node in signed or outline.weight(_box(node, heading)) >= LEAST_TEXT
        return (is_whole and _is_among(node, others)) or _is_article_beside(node, heading)

    apart = list(filter(is_apart, found))
    # Hardly any sub-head has a byline; each article has one.
    likely = apart if len(signed) * 2 < len(found) else [*apart, *signed]
    return next((node.index for node in likely if _has_texts(node, text_lines, outline)), None)


def leave_out(outline: Outline, start: int) -> None:
    """Let the text from node *start* on weigh nothing in *outline*."""
    seen: set[str] = set()
    for text_line in outline.text_lines:
        weight = 0.0 if text_line.text in seen else weight_of(text_line)
        seen.add(text_line.text)
        if not weight or text_line.node.index < start or outline.role(text_line):
            continue
        if text_line.node.parent is not None:
            outline.own[text_line.node.parent.index] -= weight
        for node in (text_line.node, *text_line.node.ancestors()):
            outline.weights[node.index] -= weight


def part_before(part: Node, start: int) -> Node:
    """Return *part* as it is up to the node *start*."""
    return part.up_to(start) if part.index < start < part.end else part


def _candidates(outline: Outline, heading: Node, others: frozenset[str]) -> list[Node]:
    """Return the first titles below *heading* that may be a second article's headline."""
    first = bisect_left(outline.titled, heading.end, key=_place)
    below = outline.titled[first : first + MOST_HEADINGS]
    # Most titles are short lines, which head nothing.
    titles = [node for node in below if node.tag in HEADINGS or node.tag == heading.tag]
    return [node for node in titles if _may_be(node, heading, others)][:MOST_TRIED]


def _may_be(node: Node, heading: Node, others: frozenset[str]) -> bool:
    if node.size > LONGEST_HEADLINE or node.tag == "a":
        return False
    if node.tag == "h1":
        return True
    if (node.tag, node.class_and_id) == (heading.tag, heading.class_and_id):
        return node.links * 2 <= node.size
    if node.tag in HEADINGS and _is_among(node, others):
        return True
    return node.tag == "h2" and _is_beside(node, heading)


def _is_among(node: Node, headlines: frozenset[str]) -> bool:
    """Return whether the text of *node* is one of *headlines*, which are folded."""
    return bool(headlines) and folded(node.text()) in headlines


def _is_beside(node: Node, heading: Node) -> bool:
    """Return whether the parts that hold *node* and *heading* are alike and side by side."""
    box = _box(node, heading)
    around = box.parent.elements() if box.parent is not None else ()
    own = next((part for part in around if heading.is_below(part)), None)
    if own is None or own is heading:
        return False
    return (own.tag, own.class_and_id) == (box.tag, box.class_and_id) and (
        box.class_and_id != "" or box.tag == "article"
    )


def _is_article_beside(node: Node, heading: Node) -> bool:
    """Return whether an h1 heads one of two article elements that stand side by side."""
    box = _box(node, heading)
    return (node.tag, box.tag) == ("h1", "article") and _is_beside(node, heading)


def _box(node: Node, heading: Node) -> Node:
    """Return the largest part around *node* that does not hold *heading*."""
    while node.parent is not None and not heading.is_below(node.parent):
        node = node.parent
    return node


def _has_texts(node: Node, text_lines: Sequence[TextLine], outline: Outline) -> bool:
    """Return whether an article's text stands above *node*, and another below it."""
    above = [text_line for text_line in text_lines if text_line.node.index < node.index]
    below = [text_line for text_line in text_lines if text_line.node.index >= node.end]
    return min(_weight(above, outline), _weight(below, outline)) >= LEAST_TEXT


def _weight(text_lines: Sequence[TextLine], outline: Outline) -> float:
    return sum(weight_of(text_line) for text_line in text_lines if not outline.role(text_line))


def _is_signed(title: Node, heading: Node, text_lines: Sequence[TextLine]) -> bool:
    """Return whether *title* has a byline, and is no section's in the article of *heading*."""
    own = next((part for part in heading.ancestors() if part.tag == "article"), None)
    is_section = own is not None and title.tag != heading.tag and title.is_below(own)
    return not is_section and _has_byline(title, text_lines)


def _has_byline(title: Node, text_lines: Sequence[TextLine]) -> bool:
    """Return whether a byline or a date comes below *title*, before any text."""
    below = (text_line for text_line in text_lines if text_line.node.index >= title.end)
    for text_line in islice(below, LINES_TO_BYLINE):
        is_flagged = any(
            role == "byline" and node.index >= title.end for node, role in text_line.flags
        )
        if is_flagged or phrase_role(text_line) == "byline":
            return True
        if weight_of(text_line) >= LEAST_TEXT / 3:
            return False
    return False


def _other_headlines(structured_data: StructuredData) -> frozenset[str]:
    """Return the headlines of other pages' articles in the JSON-LD, folded."""
    if not structured_data.tree.json_ld:
        return frozenset()
    here = {url_key(structured_data.page.url), url_key(structured_data.canonical or "")}
    own = {id(item) for item in structured_data.articles}
    found = [
        item for item in structured_data.objects if "headline" in item and id(item) not in own
    ]
    return frozenset(
        folded(text_of(item["headline"])[:LONGEST_HEADLINE])
        for item in found
        if not _addresses(item) & here and _addresses(item)
    )


def _addresses(item: Any) -> set[str]:
    """Return the keys of the addresses of a JSON-LD object, without the part after `#`."""
    paths = ("url", "mainEntityOfPage", "mainEntityOfPage.@id", "@id")
    found = (value for path in paths for value in values_at(item, path))
    return {
        url_key(value.partition("#")[0])
        for value in found
        if isinstance(value, str) and value.startswith("http")
    }
