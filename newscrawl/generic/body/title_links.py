"""Headlines that are links to other pages, with a few lines of summary below each."""

from __future__ import annotations

from collections.abc import Sequence

from newscrawl.html.text_lines import TextLine
from newscrawl.html.tree import Node

LEAST_TITLE = 18
"""A link of fewer characters names a section or a writer, not an article."""
LEAST_HEADING = 9
"""A heading that is a link may be shorter: `Crane falls`."""
LONGEST_SUMMARY = 450
"""More text than this under one link is an article's own, which goes on after the link."""
LINK_AROUND = 4
"""A link around a card begins at most this many elements above its heading."""


def is_title_link(text_line: TextLine) -> bool:
    """Return whether *text_line* is only a link, and as long as a headline."""
    length = len(text_line.text)
    if length < LEAST_TITLE or length > 2 * LONGEST_SUMMARY:
        return False
    return text_line.links * 10 >= length * 9 or (
        text_line.kind == "heading" and _is_link(text_line.node, length)
    )


def _is_link(node: Node, length: int) -> bool:
    """Return whether a heading holds a link or stands in one."""
    if node.links * 10 >= length * 8:
        return True
    above = node.parent
    for _ in range(LINK_AROUND):
        if above is None:
            return False
        if above.tag == "a":
            return True
        above = above.parent
    return False


def _is_short_title(text_line: TextLine) -> bool:
    length = len(text_line.text)
    is_title = text_line.kind == "heading" and length >= LEAST_HEADING
    return is_title and _is_link(text_line.node, length)


def summaries_in(weighed: Sequence[tuple[TextLine, float]]) -> frozenset[int]:
    """Return the ids of the lines of text that each stand next under a title that is a link."""
    found: set[int] = set()
    is_under = False
    for text_line, weight in weighed:
        if weight:
            if is_under and len(text_line.text) <= LONGEST_SUMMARY:
                found.add(id(text_line))
            is_under = False
        elif not is_under:
            is_under = is_title_link(text_line) or _is_short_title(text_line)
    return frozenset(found)
