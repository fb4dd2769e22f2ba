"""Poems: texts of short lines without a paragraph, recognised by their line breaks."""

from __future__ import annotations

from collections import Counter

from newscrawl.generic.body.lines import Line, Lines, roles_in, with_roles

LEAST_LINES = 6
LONGEST_LINE = 80
_UNREAD = frozenset({"head", "tail"})


def with_verse(lines: Lines) -> Lines:
    """Take lines that breaks part for the text where nothing else was.

    They stand below the headline, several in one element, and none of them is a link.
    """
    roles = roles_in(lines)
    start = next((at for at, line in enumerate(lines) if _is_headline(line)), None)
    if start is None or not all(roles):
        return lines
    verse = _verse_below(lines, start)
    if len(verse) < LEAST_LINES:
        return lines
    return with_roles(lines, ["" if at in verse else role for at, role in enumerate(roles)])


def _is_headline(line: Line) -> bool:
    return line.role == "headline" or line.text_line.node.tag == "h1"


def _verse_below(lines: Lines, start: int) -> set[int]:
    """Return the positions of short lines from *start* on that share an element."""
    elements = {
        at: line.text_line.node.index
        for at, line in enumerate(lines)
        if at >= start and _may_be(line)
    }
    counts = Counter(elements.values())
    return {at for at, element in elements.items() if counts[element] > 1}


def _may_be(line: Line) -> bool:
    text_line = line.text_line
    is_plain = text_line.kind == "paragraph" and not text_line.links
    return line.role in _UNREAD and is_plain and len(text_line.text) <= LONGEST_LINE
