"""The choice of the heading of a list: the one that a reader sees above it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence

from newscrawl.generic.link_lists.entries import Card, address_of, is_article_address
from newscrawl.generic.link_lists.exclusions import LEAST_LINKS
from newscrawl.generic.link_lists.groups import DEPTH, MOST_BETWEEN, Group
from newscrawl.generic.link_lists.headings import (
    Heading,
    is_for_screen_readers,
    text_without_button,
)
from newscrawl.generic.link_lists.shapes import (
    are_alike,
    are_same,
    common,
    path,
    text_between,
)
from newscrawl.generic.link_lists.words import is_button
from newscrawl.html.text_lines import HEADINGS
from newscrawl.html.tree import Node
from newscrawl.text.list_headings import LONGEST_HEADING, heading_kind
from newscrawl.text.normalize import squeeze
from newscrawl.text.phrases import folded

MOST_SIGNS = 2
"""A line of more characters, alone between two panes, heads the second."""
LONGEST_LINKED = 24
"""A link of more characters to an article, or of many words, is a title and no heading."""
LEAST_SPACES = 4
FIRST_WORDS = 5
"""A line that begins with such words is a heading, with any words behind them."""
SIGNS = 8
"""Beside the text of a heading stand this many more characters at most."""
CLIMB = 6
"""Most elements between a heading and the first card of its list."""
CLIMB_KNOWN = 8
"""The same for a heading with known words."""
LONGEST_LABEL = 50
"""A line without a mark heads a list up to this many characters and words."""
MOST_WORDS = 7
NEAREST = 6
"""Headings before a list that are tried: the last ones may be labels of something else."""
DEEP = 6
LONGEST_BOX = 400
MOST_PIECES = 8
"""More strings than these between two links are more than a label."""
_STRIP = frozenset({"a", "li", "button", "label"})
_SIGNS_OF_LABEL = " :([|>»›→▶►•●*–—-"
_SECTIONS = frozenset({"section", "article", "aside"})
_FORM = frozenset({"form", "input", "select"})
_WHOLE = frozenset({"body", "html", "#document"})


def with_headings(groups: Sequence[Group], headings: Sequence[Heading]) -> list[Group]:
    """Give each of *groups* the heading that a reader sees above it, and return them.

    Links that follow each other under one repeated label become one group.
    """
    _give_headings(groups, headings)
    for group in groups:
        _take_first_as_heading(group)
        if group.heading is None and len(group.cards) >= LEAST_LINKS:
            _take_line_above(group)
        if group.heading is None:
            _take_run_in_label(group)
    return _joined_by_label(groups)


def _give_headings(groups: Sequence[Group], headings: Sequence[Heading]) -> None:
    by_pane = {heading.box.index: heading for heading in headings if heading.box}
    plain = [heading for heading in headings if heading.box is None]
    places = [heading.node.index for heading in plain]
    for number, group in enumerate(groups):
        first = group.cards[0].root
        at = bisect_left(places, first.index)
        before = groups[number - 1] if number else None
        near = reversed(plain[max(0, at - NEAREST) : at])
        found = next((one for one in near if _heads(one, group, before)), None)
        pane = _tab_of(first, by_pane)
        if pane is not None and not (found and pane.box and found.node.is_below(pane.box)):
            group.heading, group.rule = pane, "label of its tab"
            group.above = _heading_above_tabs(pane, plain, places)
        elif found is not None:
            group.heading, group.rule = found, "heading above it"


def _heading_above_tabs(
    label: Heading, plain: Sequence[Heading], places: Sequence[int]
) -> Heading | None:
    """Return the heading just above a row of tabs that says what they hold.

    None where *label*, the label of one of them, says so itself. *plain* are the headings of
    the page, and *places* where they stand.
    """
    at = bisect_left(places, label.node.index) - 1
    if at < 0 or heading_kind(label.text) is not None:
        return None
    found = plain[at]
    around = common(found.node, label.node)
    between = label.node.page[found.node.end : label.node.index]
    leads_away = any(node.tag == "a" and address_of(node) for node in between)
    is_near = around.tag not in _WHOLE and not leads_away
    is_known = heading_kind(found.text) not in {None, "not_a_list"}
    return found if is_near and is_known and len(path(found.node, around)) <= CLIMB else None


def _tab_of(card: Node, by_pane: Mapping[int, Heading]) -> Heading | None:
    """Return the label of the tab whose pane holds *card*; None outside panes."""
    around = (node.index for node in (card, *card.ancestors())) if by_pane else ()
    return next((by_pane[index] for index in around if index in by_pane), None)


def _heads(heading: Heading, group: Group, before: Group | None) -> bool:
    """Return whether *heading* stands above *group*, and above no other list before it."""
    first = group.cards[0].root
    around = common(heading.node, first)
    if around.tag in _WHOLE or len(path(first, around)) > CLIMB + DEPTH:
        return False
    if before is not None and before.cards[0].root.index > heading.node.index:
        # The panes of tabs share the heading above them.
        return before.heading is heading and (
            group.is_again or _are_panes(before, group, heading)
        )
    kind = heading_kind(heading.text)
    if _has_own_section(heading.node, around):
        return False
    if len(path(heading.node, around)) > (CLIMB if kind is None else CLIMB_KNOWN):
        return False
    if kind == "not_a_list" and _links_between(heading.node, first):
        return False  # what it heads stands there
    return text_between(heading.node, first) <= MOST_BETWEEN


def _links_between(left: Node, right: Node) -> bool:
    """Return whether a link with a text stands between two parts of the page."""
    return any(node.tag == "a" and node.size > 1 for node in left.page[left.end : right.index])


def _has_own_section(node: Node, around: Node) -> bool:
    """Return whether a heading stands below *around* in a section with a text of its own."""
    for part in path(node, around)[1:]:
        if part.tag in _SECTIONS:
            lines = (one for one in part.page[node.end : part.end] if one.size > SIGNS)
            return any(not is_button(line.text()) for line in lines)
    return False


def _are_panes(left: Group, right: Group, heading: Heading) -> bool:
    """Return whether two groups stand in panes of one shape, shown one at a time.

    Their *heading* is above both panes, in neither.
    """
    strings = left.cards[-1].root.strings_up_to(right.cards[0].root)
    lines = [line for line in map(str.strip, strings) if line]
    if len(lines) == 1 and MOST_SIGNS < len(lines[0]) <= LONGEST_LABEL:
        return False
    around = common(left.container, right.container)
    one, other = path(left.container, around), path(right.container, around)
    if one and heading.node.is_below(one[-1]):
        return False
    return 0 < len(one) == len(other) <= DEEP and all(map(are_same, one, other))


def _take_first_as_heading(group: Group) -> None:
    """Let the first card be the heading where it is a short link unlike all that follow."""
    first, *others = group.cards
    if len(others) < LEAST_LINKS or (group.heading and first.root.tag not in HEADINGS):
        return
    is_bare = first.root.size <= len(first.text) + SIGNS and not first.root.tagged("img")
    if not is_bare or len(first.text) > LONGEST_HEADING:
        return
    if len(first.text) > LONGEST_LINKED and _is_title(first):
        return
    is_other = not any(are_alike(first.root, card.root) for card in others)
    is_heading = first.root.tag in HEADINGS or any(map(first.root.tagged, sorted(HEADINGS)))
    if is_other and (is_heading or not is_article_address(first.href)):
        group.heading, group.rule = (
            Heading(first.text.strip(" :"), first.root),
            "linked heading",
        )
        group.cards = others


def _is_title(card: Card) -> bool:
    """Return whether the text of *card* is an article's title, and no name of a section."""
    if heading_kind(" ".join(card.text.split()[:FIRST_WORDS])) is not None:
        return False
    return is_article_address(card.href) or card.text.count(" ") >= LEAST_SPACES


def _take_line_above(group: Group) -> None:
    """Let a short line just before the list, in the part around it, be its heading."""
    node = group.cards[0].root
    for _ in range(DEPTH):
        parent = node.parent
        if parent is None or parent.tag in _WHOLE:
            return
        before = [
            part
            for part in parent.elements()
            if part.end <= node.index and (part.size > 2 or part.tag in HEADINGS)
        ]
        words = _words_of_picture(before[-1]) if before else ""
        if words:
            group.heading, group.rule = Heading(words, before[-1]), "picture above it"
        elif before and _is_heading_line(before[-1], node):
            group.heading = Heading(text_without_button(before[-1]).strip(" :"), before[-1])
            group.rule = "line above it"
        if before or len(parent.text_before(node)) > 1:
            return
        node = parent


def _words_of_picture(heading: Node) -> str:
    """Return the known words that the picture in a *heading* without text stands for."""
    pictures = heading.tagged("img") if heading.size <= 2 else ()
    words = (squeeze(picture.attributes.get("alt", "")) for picture in pictures)
    return next((text for text in words if heading_kind(text) not in {None, "not_a_list"}), "")


def _take_run_in_label(group: Group) -> None:
    """Let the words before the first link be its heading: `Read also: Ferry runs at night`."""
    root = group.cards[0].root
    for box in (root, root.parent):
        anchor = next(iter(root.tagged("a")), root)
        label = box.text_before(anchor).strip() if box and box.size <= LONGEST_BOX else ""
        if (
            label
            and len(label) <= LONGEST_LABEL
            and heading_kind(label.strip(_SIGNS_OF_LABEL)) == "related"
        ):
            group.heading = Heading(label.strip(_SIGNS_OF_LABEL), box or root)
            group.has_run_in_label, group.rule = True, "label before the link"
            return


def _joined_by_label(groups: Sequence[Group]) -> list[Group]:
    """Return *groups*, with links that follow each other under one repeated label as one."""
    joined: list[Group] = []
    for group in groups:
        last = joined[-1] if joined else None
        if last is not None and _repeats_label(last, group):
            last.cards = [*last.cards, *group.cards]
            last.container = common(last.container, group.container)
        else:
            joined.append(group)
    return joined


def _repeats_label(last: Group, group: Group) -> bool:
    """Return whether nothing but the label of *last*, printed again, parts it from *group*."""
    if not last.has_run_in_label or (group.heading and group.text != last.text):
        return False
    between = last.cards[-1].root.strings_up_to(group.cards[0].root)
    return len(between) <= MOST_PIECES and folded("".join(between)) == folded(last.text)


def _is_heading_line(line: Node, following: Node) -> bool:
    """Return whether an element holds a few words that may head the list in *following*."""
    text = text_without_button(line)
    if not 3 < len(text) <= LONGEST_LABEL or len(text.split()) > MOST_WORDS:
        return False
    if text_between(line, following) > SIGNS or are_same(line, following):
        return False
    is_plain = text[-1].isalnum() or text[-1] in ":!?؟)】」»\"'"
    if not is_plain or text[0].isdigit() or is_button(text) or is_for_screen_readers(line):
        return False
    if sum(heading_kind(part.text()) is not None for part in line.elements()) > 1:
        return False  # the labels of tabs
    parts = line.iter()
    if not _FORM.isdisjoint(part.tag for part in parts):
        return False
    return sum(part.tag in _STRIP and part.size > 1 for part in parts) < 2
