"""Lines at the edges of a text: short ones that open it, tables and lists that close it."""

from __future__ import annotations

from collections.abc import Sequence

from newscrawl.html.text_lines import LISTS, TextLine
from newscrawl.html.tree import Node

_BOLD = frozenset({"b", "strong"})
_ENDS = (".", "?", "!", "…", "؟", "۔", "。", "”", "»", '"', ":")
DATED = 7
"""A line in which at least one character of this many is a digit holds a date or time."""
LONGEST_ANNOUNCED = 120
"""A line below one that ends in a colon belongs to the text up to this many characters."""
_ANNOUNCING = (":", "：")
_BETWEEN = frozenset({"caption", "advert"})
_IN_LISTS = LISTS | {"li", "dd", "dt"}


def begins_paragraph(text_line: TextLine, paragraph: Node | None) -> bool:
    """Return whether a line above *paragraph*, the first long one, is of the text as well.

    It is a line of the same element that breaks part, if it is bold, a sentence or cut within
    one; or a sentence of an element just above it, as in a dialogue.
    """
    if paragraph is None or _is_dated(text_line.text) or text_line.links:
        return False
    if text_line.node is paragraph:
        return _is_bold(text_line) or _is_sentence(text_line.text) or _is_cut(text_line)
    is_beside = text_line.node.parent is paragraph.parent
    is_like = (text_line.node.tag, paragraph.tag) == ("p", "p") and _has_class_of(
        text_line.node, paragraph
    )
    return is_beside and is_like and _is_sentence(text_line.text)


def _is_dated(text: str) -> bool:
    return sum(map(str.isdigit, text)) * DATED > len(text)


def _has_class_of(node: Node, other: Node) -> bool:
    return node.attributes.get("class") == other.attributes.get("class")


def _is_sentence(text: str) -> bool:
    return text.endswith(_ENDS)


def _is_bold(text_line: TextLine) -> bool:
    first = next(text_line.node.elements(), None)
    return first is not None and first.tag in _BOLD and first.text() == text_line.text


def _is_cut(text_line: TextLine) -> bool:
    """Return whether the text after *text_line* in its element goes on in a small letter."""
    after = text_line.node.text()[len(text_line.text) :].lstrip()
    return after[:1].islower()


def last_of_closing_lines(
    text_lines: Sequence[TextLine], roles: Sequence[str], last: int
) -> int:
    """Return where the text ends whose last sentence is at *last*.

    Tables and lists beside that sentence belong to it, and lines that it announces.
    """
    if last < 0:
        return last
    block = block_of(text_lines[last].node)
    is_announced = text_lines[last].text.endswith(_ANNOUNCING)
    for at in range(last + 1, len(text_lines)):
        text_line = text_lines[at]
        if roles[at] in _BETWEEN or text_line.kind == "heading":
            continue
        if roles[at] or text_line.links * 2 > len(text_line.text):
            break
        if not _closes(text_line, block, is_announced=is_announced):
            break
        last = at
    return last


def block_of(node: Node) -> Node:
    """Return the outermost list around *node*, else *node*."""
    while node.parent is not None and (
        node.tag in _IN_LISTS - LISTS or node.parent.tag in _IN_LISTS
    ):
        node = node.parent
    return node


def _closes(text_line: TextLine, block: Node, *, is_announced: bool) -> bool:
    """Return whether a line is of a table or list beside *block*, or announced by it."""
    own = block_of(text_line.node)
    if own.parent is not block.parent and own is not block:
        return False
    if text_line.kind == "table" or own.tag in LISTS:
        return True
    return is_announced and len(text_line.text) <= LONGEST_ANNOUNCED


def announces(text_line: TextLine, item: TextLine) -> bool:
    """Return whether *item* is of the list that *text_line* announces, or of the same list."""
    own, block = block_of(item.node), block_of(text_line.node)
    if own is block:
        return text_line.links > 0
    return text_line.text.endswith(_ANNOUNCING) and own.parent is block.parent
