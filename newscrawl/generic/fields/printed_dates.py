"""Where a page prints the day of publication: marked as a date, or on a line by itself.

A page prints other dates too: today's in its head, those of other articles beside them. They
are told by where they stand, since none of them says of itself what it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

import attrs

from newscrawl.generic.article_node import Outline
from newscrawl.html.text_lines import Run
from newscrawl.html.tree import Node
from newscrawl.text.phrases import Openings, phrase_table

LONGEST_DATE = 90
LONGEST_WAY = 200
"""So many characters of other text may stand between the article and a date outside of it."""
MOST_DATES = 60
_MARKS = (
    *("publi", "date", "time", "posted", "created", "pubdate", "fecha", "datum", "timestamp"),
    *("tarih", "tarikh", "تاريخ"),
)
_OTHERS = frozenset({"navigation", "aside", "sidebar", "teasers", "related", "comments"})
"""Parts whose dates are those of other articles, or of readers."""


@attrs.frozen(kw_only=True)
class Surroundings:
    """What is known of the page when its dates are looked for."""

    root: Node
    near: Node
    """The part of the page that holds headline and body."""
    heading: Node | None
    """The printed headline."""
    outline: Outline
    runs: Sequence[Run] = ()
    """The runs of the article's part."""
    verdicts: Sequence[str] = ()
    """For each of them why it is no body text; the empty string for body text."""


@attrs.frozen(kw_only=True)
class PrintedDate:
    """A text that may be the day of publication."""

    rule: str
    raw: str
    is_apart: bool = False
    """Whether it stands where today's date may stand as well."""


def printed_dates(around: Surroundings) -> Iterator[PrintedDate]:
    """Yield what *around* prints as dates, the likeliest first."""
    inside = [*_marked(around.near)]
    apart = {id(node) for _, node, _ in inside if _is_above_all(node, around)}
    for rule, node, raw in inside:
        if id(node) not in apart and not _is_anothers(node, around):
            yield PrintedDate(rule=rule, raw=raw)
    for raw in _lines(around):
        yield PrintedDate(rule="date_line", raw=raw)
    for rule, node, raw in _marked(around.root):
        is_inside = node.is_below(around.near) and id(node) not in apart
        if not is_inside and not _is_anothers(node, around) and _is_adjacent(node, around):
            yield PrintedDate(rule=rule, raw=raw, is_apart=True)


def is_of_update(raw: str) -> bool:
    """Whether *raw* begins with a label such as `Last updated`."""
    return bool(_updates().words_of(raw))


@cache
def _updates() -> Openings:
    return Openings(phrase_table("date_words")["labels"]["updated"])


def _marked(root: Node) -> list[tuple[str, Node, str]]:
    """Return time elements and microdata, then what class names mark as dates."""
    stated: list[tuple[str, Node, str]] = []
    marked: list[tuple[str, Node, str]] = []
    for node in root.iter():
        attributes = node.attributes
        if node.tag == "time":
            raws = (attributes.get("datetime"), node.text())
            stated.extend(("time", node, raw) for raw in raws if raw)
        elif node.size < LONGEST_DATE:
            if attributes.get("itemprop") in {"datePublished", "dateCreated"}:
                raw = attributes.get("content") or attributes.get("datetime") or node.text()
                stated.append(("itemprop", node, raw))
            elif node.size > 5 and _is_marked(node):
                marked.append(("date_mark", node, node.text()))
    dated = [item for item in marked if any(c.isdigit() for c in item[2])]
    return [*stated[:MOST_DATES], *dated[:MOST_DATES]]


def _is_marked(node: Node) -> bool:
    marks = node.marks.lower()
    return any(mark in marks for mark in _MARKS)


def _lines(around: Surroundings) -> Iterator[str]:
    """Yield the short lines between headline and body, whole and then part by part."""
    if around.heading is None:
        return
    for run, verdict in zip(around.runs, around.verdicts, strict=True):
        if not verdict:
            return
        is_line = len(run.text) < LONGEST_DATE and any(c.isdigit() for c in run.text)
        if not is_line or run.kind == "heading" or run.node.index <= around.heading.index:
            continue
        if not is_of_update(run.text) and not _is_anothers(run.node, around):
            yield run.text
            yield from (part.text() for part in run.node.iter()[1:6] if part.size > 5)


def _is_above_all(node: Node, around: Surroundings) -> bool:
    """Whether *node* stands above the headline where the article's part is the whole page."""
    heading = around.heading
    is_page = around.near.tag in {"body", "html", ""} or around.near.parent is None
    return is_page and heading is not None and node.index < heading.index


def _is_anothers(node: Node, around: Surroundings) -> bool:
    """Whether *node* stands in a part of the page that has not to do with the article."""
    heading = around.heading or around.near
    for part in (node, *node.ancestors()):
        if heading.is_below(part):
            return False
        if part.tag == "footer" and part.is_below(around.near) and around.near.tag == "article":
            continue  # some systems print the byline of an article in a footer
        reason = around.outline.flag(part)
        if reason in _OTHERS or (reason == "header" and node.index < heading.index):
            return True
    return False


def _is_adjacent(node: Node, around: Surroundings) -> bool:
    """Whether little text stands between *node* and the article."""
    first = around.heading.index if around.heading else around.near.index
    low, high = (
        (node.end - 1, first) if node.index < first else (around.near.end - 1, node.index)
    )
    between = (run for run in around.outline.runs if low < run.node.index < high)
    return sum(len(run.text) for run in between) <= LONGEST_WAY
