"""Possible headings of lists of links: headings, marked titles, known phrases, tabs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain, islice

import attrs

from newscrawl.generic.body.article_node import Outline, is_title_mark
from newscrawl.generic.body.furniture import role_of_class_and_id
from newscrawl.generic.link_lists.tabs import Row, rows_of_tabs
from newscrawl.generic.link_lists.words import is_button
from newscrawl.html.text_lines import HEADINGS
from newscrawl.html.tree import Node
from newscrawl.system.value_classes import frozen
from newscrawl.text.list_headings import LONGEST_HEADING, heading_kind, may_be_known
from newscrawl.text.normalize import without_direction_marks
from newscrawl.text.phrases import folded

MOST_HEADINGS = 500
"""A page with more headings than these is a listing; the first ones are enough."""
MOST_TABS = 60
LARGEST_BOX = 20_000
LEAST_TABS = 2
MOST_ALIKE = 2
"""A heading has no more elements of one tag."""
LARGEST_STRIP = 400
LONGEST_BUTTON = 40
MOST_SIGNS = 5
"""Around a button beside a heading stand no more signs and spaces."""
ALIKE = 3
"""Least number of linked headings of one tag and class that are titles of cards."""
LEAST_TITLE = 24
_OUT = frozenset({"hidden", "form", "byline", "share", "tags", "comments"})
_MENUS = frozenset({"nav", "footer", "menu"})
_NEVER = frozenset(
    {"p", "li", "time", "button", "figcaption", "html", "body", "title", "br", "img"}
)
_LABELS = frozenset({"a", "li", "button"})
_ENTRIES = frozenset({"a", "li"})
_TARGETS = ("href", "data-target", "data-bs-target", "aria-controls")
_SHOWING = _TARGETS[1:]


@frozen(eq=False)
class Heading:
    """Possible heading of a list."""

    text: str = attrs.field(converter=without_direction_marks)
    node: Node
    box: Node | None = None
    """The part that holds the list, where the page names it; a tab's pane."""


def headings_of(
    root: Node, outline: Outline, headline: str, titles: Collection[str]
) -> list[Heading]:
    """Return the possible headings of lists on the page under *root*, in page order.

    The *headline* and *titles*, those of articles that the page links to, head none; both are
    folded.
    """
    known = _known_among(outline.titled)
    rows = rows_of_tabs(root, outline.titled, known)
    labels = [label for row in rows for label in row.labels]
    others = (
        one
        for one in chain(_tabs(root), _headings(outline, known, headline))
        if not any(one.node.is_below(label) for label in labels)
    )
    found = [*_row_labels(rows), *islice(others, MOST_HEADINGS)]
    kept = (
        one
        for one in found
        if heading_kind(one.text) is not None or folded(one.text) not in titles
    )
    return sorted(kept, key=lambda heading: heading.node.index)


def _tabs(root: Node) -> Iterator[Heading]:
    """Yield the labels of tabs, each with its pane."""
    labels = sorted(_tab_labels(root), key=lambda label: label[1].index)
    panes = _parts_by_id(root) if labels else {}
    for target, node in labels[:MOST_TABS]:
        pane = _pane_after(node, panes.get(target, ()))
        text = node.text()
        if pane is None or not 3 <= len(text) <= LONGEST_HEADING or node.is_below(pane):
            continue
        if pane.tag == "main" or pane.tagged("h1"):
            continue  # what the link skips to
        is_known = heading_kind(text) not in {None, "not_a_list"}
        if pane.size <= LARGEST_BOX and (is_known or pane.links * 2 >= pane.size):
            yield Heading(text, node, pane)


def _tab_labels(root: Node) -> Iterator[tuple[str, Node]]:
    """Yield the labels that name a part of the page, each with the id of that part."""
    # Most links lead to other pages and name no part of this one.
    inner = [one for one in root.tagged("a") if one.attributes.get("href", "")[:1] == "#"]
    labels = {node.index: node for node in chain(inner, *map(root.having, _SHOWING))}
    for node in labels.values():
        if node.tag in _LABELS and 3 <= node.size < 2 * LONGEST_HEADING:
            target = _pane_of(node.attributes)
            if target:
                yield target, node


def _parts_by_id(root: Node) -> Mapping[str, Sequence[Node]]:
    """Return the elements with an id; some pages give one id to several."""
    parts: dict[str, list[Node]] = {}
    for node in root.having("id"):
        parts.setdefault(node.attributes["id"], []).append(node)
    return parts


def _pane_after(label: Node, panes: Sequence[Node]) -> Node | None:
    """Return the first of *panes*, which have one id, that follows *label*, else the first."""
    return next((pane for pane in panes if pane.index > label.index), next(iter(panes), None))


def _row_labels(rows: Sequence[Row]) -> Iterator[Heading]:
    """Yield the labels of rows of tabs, each with its pane.

    Where the lists of a row are not told apart, the one that the page shows first is below it.
    """
    for row in rows:
        for label, pane in zip(row.labels, row.panes, strict=True):
            if pane is not None:
                yield Heading(label.text(), label, pane)
        if row.shown is not None and not any(row.panes):
            yield Heading(row.shown.text(), row.shown)


def _pane_of(attributes: Mapping[str, str]) -> str:
    """Return the id of the part that a label shows, or the empty string."""
    for name in _TARGETS:
        target = attributes.get(name)
        if target and len(target) < 100:
            if target[0] == "#":
                return target[1:]
            if name == "aria-controls":
                return target
    return ""


def _headings(outline: Outline, known: Collection[int], headline: str) -> Iterator[Heading]:
    """Yield possible headings of lists: headings, marked titles and known phrases.

    *known* are the indexes of the lines that may be such a phrase. Those inside menus are
    left out.
    """
    last: Heading | None = None
    alike = _linked_kinds(outline)
    inside = _inside_entries(outline)
    for node in _titles(outline, known, inside):
        text = _heading_text(node, alike, is_inside=node.index in inside)
        if not text or not _may_head(node, text, outline) or folded(text) == headline:
            continue
        if last is not None and not node.is_below(last.node):
            yield last
        elif last is not None and node.tag not in HEADINGS and last.node.tag in HEADINGS:
            continue
        last = Heading(text, node)
    if last is not None:
        yield last


def _inside_entries(outline: Outline) -> frozenset[int]:
    """Return the numbers of the elements inside links and items."""
    root = outline.titled[0].page[0] if outline.titled else None
    entries = chain.from_iterable(map(root.tagged, _ENTRIES)) if root is not None else ()
    ranges = [range(one.index + 1, one.end) for one in entries if one.end > one.index + 1]
    return frozenset().union(*ranges)


def _titles(outline: Outline, known: Collection[int], inside: Collection[int]) -> list[Node]:
    """Return the titles that are as short as a heading, and marked or *known*; most are not.

    A marked one *inside* an entry is none.
    """
    return [
        node
        for node in outline.titled
        if node.size <= 2 * LONGEST_HEADING
        and node.tag not in _NEVER
        and (node.index in known or (node.index not in inside and _is_marked(node)))
    ]


def _linked_kinds(outline: Outline) -> frozenset[tuple[str, str]]:
    """Return tag and class of those titles that are links, many of them, and some long."""
    sizes: dict[tuple[str, str], list[int]] = {}
    for node in outline.titled:
        if node.links * 2 > node.size and node.tag != "a":
            sizes.setdefault(_kind(node), []).append(node.size)
    return frozenset(
        kind
        for kind, found in sizes.items()
        if len(found) >= ALIKE and sorted(found)[len(found) // 2] >= LEAST_TITLE
    )


def _kind(node: Node) -> tuple[str, str]:
    return node.tag, node.attributes.get("class") or ""


def _may_head(node: Node, text: str, outline: Outline) -> bool:
    """Return whether a title can head a list: outside menus, or with known words."""
    if heading_kind(text) not in {None, "not_a_list"}:
        is_link = node.links * 2 > node.size
        return not (is_link and "navigation" in outline.flags_above(node))
    if node.tag == "a" or outline.flags_above(node) & _OUT:
        return False
    if is_for_screen_readers(node):
        return False
    return not ("navigation" in outline.flags_above(node) and node.is_inside(_MENUS))


def text_without_button(node: Node) -> str:
    """Return the text of *node* without a button at its end: `Most read  See all`."""
    text = node.text()
    if node.size > LARGEST_STRIP or node.end == node.index + 1:
        return text
    last = _last_part(node)
    # Most titles are whole links.
    if last.size >= node.size or last.size > LONGEST_BUTTON or not is_button(last.text()):
        return text
    own = node.text_before(last).rstrip(" :(|")
    is_at_end = len(text) - len(own) - len(last.text()) <= MOST_SIGNS
    return own if own and is_at_end else text


def _last_part(node: Node) -> Node:
    """Return the last element below *node* with a text; *node* itself without one."""
    parts = node.iter()
    while parts[-1].size <= 1 and len(parts) > 1:
        parts.pop()
    return parts[-1]


def is_for_screen_readers(node: Node) -> bool:
    """Return whether a heading, by its class or id, is a name that nobody sees."""
    return bool(node.class_and_id) and role_of_class_and_id(node.class_and_id) == "hidden"


def _known_among(titled: Sequence[Node]) -> frozenset[int]:
    """Return the indexes of those of *titled* that may be known phrases."""
    short = [node for node in titled if node.size <= 2 * LONGEST_HEADING]
    known = [node.index for node in short if may_be_known(node.text())]
    # `Most read` and a button without a space between them.
    others = [node for node in short if node.end > node.index + 1 and _begins_in_a_word(node)]
    known += [node.index for node in others if may_be_known(text_without_button(node))]
    return frozenset(known)


def _begins_in_a_word(node: Node) -> bool:
    """Return whether the first string of *node* is one word, which the next may go on with."""
    for piece in node.pieces():
        if type(piece) is str and not piece.isspace():
            return len(piece.split(maxsplit=1)) == 1
    return False


def _heading_text(node: Node, alike: frozenset[tuple[str, str]], *, is_inside: bool) -> str:
    """Return the text of *node* if it may head a list, or the empty string.

    *is_inside* is True for a title inside an entry.
    """
    is_marked = _is_marked(node)
    if is_marked and node.end > node.index + LEAST_TABS and _is_strip(node):
        return ""
    text = text_without_button(node)
    if not _has_length(text) or (not is_marked and heading_kind(text) is None):
        return ""
    is_title = _is_card_title(node, text, alike, is_inside=is_inside)
    return "" if is_title else text.strip(" :：|")


def _is_marked(node: Node) -> bool:
    """Return whether *node* is a heading, or marked as a title."""
    return node.tag in HEADINGS or (
        node.class_and_id != "" and is_title_mark(node.class_and_id)
    )


def _has_length(text: str) -> bool:
    """Return whether *text* is as long as a heading; two ideographs are enough."""
    return (3 if text[:1] < "\u3000" else 2) <= len(text) <= LONGEST_HEADING


def _is_strip(node: Node) -> bool:
    """Return whether *node* is a row of labels, as of tabs, and no heading."""
    tags = [part.tag for part in node.iter() if part.size > 1]
    if tags.count("li") > 1 or tags.count("button") > 1 or tags.count("a") > 2:
        return True
    if len(tags) <= MOST_ALIKE + 1:  # with its own
        return False
    children = Counter([child.tag for child in node.elements() if child.size > 1])
    return max(children.values(), default=0) > MOST_ALIKE


def _is_card_title(
    node: Node, text: str, alike: frozenset[tuple[str, str]], *, is_inside: bool
) -> bool:
    """Return whether a heading is an article's title in a card: a long link."""
    if heading_kind(text) is not None:
        return False
    if is_inside:
        return True
    if node.links * 2 <= node.size:
        return False
    return len(text) > LEAST_TITLE or _kind(node) in alike
