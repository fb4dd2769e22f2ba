"""The part of a page that holds its article, and the role of each line in it."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from newscrawl.generic.article_node import Outline, container_of, weight_of
from newscrawl.generic.fields.access import leave_out_wall
from newscrawl.generic.fields.structured_data import Structured
from newscrawl.generic.second_article import leave_out, part_before, start_of_second
from newscrawl.generic.verdicts import verdicts_of
from newscrawl.generic.verse import keep_verse
from newscrawl.html.text_lines import Run
from newscrawl.html.tree import Node

LONGEST_TITLE = 1_000
TEXT_ABOVE = 0.15
"""A heading with this share of the text above it is not where the article begins."""


@attrs.frozen(eq=False)
class Part:
    """Article node with its lines, from headline to the end of the body."""

    near: Node
    """The smallest such part of the page, up to where a second article begins."""
    runs: Sequence[Run]
    """Its runs of text from the headline on, those of a second article too."""
    verdicts: list[str]
    """For each of them why it is no body text; the empty string for body text."""


def article_part(
    structured: Structured, outline: Outline, heading: Node | None, headline: str
) -> Part:
    """Return the part that holds the article; *heading* is the printed *headline*, folded."""
    second = start_of_second(outline, heading, structured)
    if second is not None:
        leave_out(outline, second)
    container = container_of(structured.tree.root, outline, heading)
    near = _near(container, heading)
    start = _start(heading, container, near, outline)
    runs = [run for run in outline.runs if start <= run.node.index < near.end]
    reasons = _reasons(runs, outline, container, heading, second)
    verdicts = verdicts_of(runs, reasons, headline=headline)
    keep_verse(runs, verdicts)
    leave_out_wall(runs, verdicts)
    return Part(near if second is None else part_before(near, second), runs, verdicts)


def _reasons(
    runs: Sequence[Run],
    outline: Outline,
    container: Node,
    heading: Node | None,
    second: int | None,
) -> list[str]:
    """Return why each of *runs* is no body text by where it stands; the empty string if not."""
    is_title = heading is not None and (heading.tag == "h1" or heading.size < LONGEST_TITLE)
    reasons = []
    for run in runs:
        if second is not None and run.node.index >= second:
            reasons.append("second article")
        elif is_title and heading is not None and run.node.is_below(heading):
            reasons.append("headline")
        else:
            inside = "" if run.node.is_below(container) else "outside"
            reasons.append(outline.reason(run) or inside)
    return reasons


def _start(heading: Node | None, container: Node, near: Node, outline: Outline) -> int:
    """Return where the article begins: at its headline, unless much text is above that."""
    if heading is None:
        return near.index
    above = sum(
        weight_of(run)
        for run in outline.runs
        if container.index <= run.node.index < heading.index and not outline.reason(run)
    )
    return heading.index if above < TEXT_ABOVE * outline.weight(container) else near.index


def _near(container: Node, heading: Node | None) -> Node:
    """Return the smallest part that holds the body and the headline."""
    if heading is None:
        above = [container, *container.ancestors()][:4]
        return next((node for node in above if node.tag in {"article", "main"}), above[-1])
    return next(
        (n for n in (container, *container.ancestors()) if heading.is_below(n)), container
    )
