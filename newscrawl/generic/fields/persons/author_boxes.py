"""Authors named by icons, by boxes below the text, and by its last line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import dropwhile

from newscrawl.generic.fields.dates.printed_dates import Surroundings
from newscrawl.generic.fields.persons.full_names import is_full_name, is_known_name
from newscrawl.html.text_lines import HEADINGS
from newscrawl.html.tree import Node
from newscrawl.system.deferred import compiled_on_use
from newscrawl.text.phrases import phrase_table

LONGEST_BOX = 800
LONGEST_NAME = 50
MOST_BOXES = 6
_ICON = re.compile(r"(?<![a-z])user(?![a-rt-z])")
_ICONS = frozenset({"i", "span", "svg", "em", "img"})
_BIO = compiled_on_use(
    r"(?<![a-z])(?:author|writer|contributor)[-_]{1,2}(?:bio|box|card|info|about)(?![a-z])"
    r"|(?<![a-z])about[-_]{1,2}(?:the[-_]{1,2})?author(?![a-z])"
)
_OTHERS = frozenset({"comments", "related", "teasers", "navigation"})
_READERS = frozenset({"comments", "related", "teasers", "caption"})
_NEAR = frozenset({"head", "above"})
_ITALIC = frozenset({"em", "i"})
LEAST_WORDS, MOST_WORDS = 2, 4
"""Words of a name before its verb."""
_QUOTES = frozenset({"figure", "figcaption", "blockquote", "cite", "q"})


def icon_names(around: Surroundings) -> Iterator[tuple[str, list[str]]]:
    """Yield the full names behind the icon of a user, near the headline."""
    for node in around.article_node.marked(_is_user_icon, ("user",)):
        if node.size or node.tag not in _ICONS or around.zone(node) not in _NEAR:
            continue
        name = _text_behind(node)
        if len(name) <= LONGEST_NAME and is_full_name(name):
            yield "byline", [name]


def _is_user_icon(class_and_id: str) -> bool:
    return _ICON.search(class_and_id[:200].lower()) is not None


def _text_behind(node: Node) -> str:
    """Return the text behind *node* up to the next element."""
    if node.parent is None:
        return ""
    pieces = iter(node.parent.pieces())
    next((piece for piece in pieces if piece is node), None)
    next(dropwhile(lambda piece: piece is not None, pieces), None)
    text = next(pieces, "")
    return " ".join(text.split()) if isinstance(text, str) else ""


def box_names(around: Surroundings) -> Iterator[tuple[str, list[str]]]:
    """Yield the names that head the author boxes below the text."""
    boxes = around.article_node.marked(_is_bio, ("author", "writer", "contributor"))
    names = [_heading_of(box) for box in boxes[:MOST_BOXES] if _is_own(box, around)]
    yield "bio", [name for name in names if is_full_name(name)]


def _is_bio(class_and_id: str) -> bool:
    return _BIO.search(class_and_id[:200].lower()) is not None


def _is_own(box: Node, around: Surroundings) -> bool:
    """Return whether *box* stands just below the text, and is no card's or comment's."""
    is_short = box.size <= LONGEST_BOX and around.zone(box) == "below"
    return is_short and not around.outline.flags_above(box) & _OTHERS


def _heading_of(box: Node) -> str:
    heading = next((node for node in box.iter() if node.tag in HEADINGS), None)
    return " ".join(heading.text().split()) if heading is not None else ""


def end_line_name(around: Surroundings) -> Iterator[tuple[str, list[str]]]:
    """Yield the name in `Ann Lee is a professor of …`, a last line in italics."""
    last = next((line for line in reversed(around.lines) if line.is_body), None)
    if last is not None and _is_italic(last.text_line.node, last.text):
        yield "bio", _name_before_office(last.text.lstrip("*• ").split())


def _name_before_office(words: list[str]) -> list[str]:
    """Return the name that *words* begin with, if they say who the writer is."""
    for at in range(LEAST_WORDS, min(MOST_WORDS, len(words) - 1) + 1):
        if words[at] in _words("bio_verbs"):
            rest = {word.strip(",.;").lower() for word in words[at + 1 :]}
            name = " ".join(words[:at]).strip(",")
            is_bio = is_known_name(name) and not rest.isdisjoint(_words("bio_offices"))
            return [name] if is_bio else []
    return []


def _is_italic(node: Node, text: str) -> bool:
    """Return whether one element in italics holds all the *text* of *node*."""
    if node.tag in _ITALIC or node.is_inside(_ITALIC):
        return True
    return any(part.tag in _ITALIC and part.size >= len(text) - 2 for part in node.elements())


def lone_author(around: Surroundings) -> Iterator[tuple[str, list[str]]]:
    """Yield the only author in the microdata of the page, outside of comments and cards."""
    nodes = [
        node
        for node in around.root.having("itemprop")
        if node.attributes["itemprop"] == "author" and 2 < node.size <= LONGEST_NAME
    ]
    names = {" ".join(node.text().split()) for node in nodes}
    if len(names) == 1 and not any(_is_anothers(node, around) for node in nodes):
        yield "itemprop", list(filter(is_full_name, names))


def _is_anothers(node: Node, around: Surroundings) -> bool:
    """Return whether *node* stands in a comment, a card, a quote or a caption."""
    is_quoted = node.tag in _QUOTES or node.is_inside(_QUOTES)
    return is_quoted or bool(around.outline.flags_above(node) & _READERS)


@cache
def _words(key: str) -> frozenset[str]:
    return frozenset(phrase_table("credits/bylines")[key])
