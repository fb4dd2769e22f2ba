"""The part of a page that holds its article, and the role of each line in it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import takewhile

import attrs

from newscrawl.generic.body.article_node import Outline, container_of, length_of, weight_of
from newscrawl.generic.body.furniture import is_unseen
from newscrawl.generic.body.line_features import BEYOND, BODY, Around
from newscrawl.generic.body.line_model import scores_of
from newscrawl.generic.body.lines import Line, Lines
from newscrawl.generic.body.roles import is_prose, roles_of, without_bare_headings
from newscrawl.generic.body.second_article import leave_out, part_before, start_of_second
from newscrawl.generic.body.verse import with_verse
from newscrawl.generic.fields.access import without_wall
from newscrawl.generic.fields.structured_data import StructuredData
from newscrawl.html.text_lines import TextLine
from newscrawl.html.tree import Node
from newscrawl.system.value_classes import frozen

LONGEST_TITLE = 1_000
TEXT_ABOVE = 0.15
"""A heading with this share of the text above it is not where the article begins."""


OUTSIDE = "outside"
UNLIKELY = "unlike text"
"""The role of a line that only its score speaks against."""
LEAST_SCORE = -300
"""A line of body text scores more: its log-odds, times 1,000."""
LEAST_SHOWN = 150
"""A text of this many characters is an article without the hidden lines beside it."""
MOST_HIDDEN = 6
"""If more than this many times its length is hidden, a script shows that later."""
BARE_LINK = 0.9
"""A line of which links are this much is not scored."""
LONGEST_LABEL = 30
"""Behind a label of this many characters, as `Read also:`, a link is no text."""
LEAST_IN_HEADER = 300
"""A paragraph of this many letters in the head of an article may be the start of its text."""
LONGEST_SHARE = 3
"""Such a label may be this many times as long as the link behind it."""
SHORTEST_BEYOND = 60
"""Outside the article's part, and in hidden parts, lines of this many letters are scored."""
_OPEN = frozenset(
    (
        *("", BODY, BEYOND, OUTSIDE, "below another headline", "bare heading", "link"),
        *("sidebar", "hidden", "teasers", "related", "advert", "factbox", "header"),
    )
)
"""Roles and flags of lines that the model may take for text. The others say what a line is: a
date, a byline, a caption, a credit, a wall, a menu."""


@frozen(eq=False)
class Part:
    """Article node with its lines, from headline to the end of the body."""

    article_node: Node
    """The smallest such part of the page, up to where a second article begins."""
    lines: Lines
    """Its lines from the headline on, those of a second article too."""


@frozen(eq=False)
class FirstReading:
    """The article's part and its lines by the rules alone, before the model judges them."""

    article_node: Node
    lines: range
    """The positions of its lines among the page's."""
    end: int
    """Start of the page or of a second article, as a node's index."""
    around: Around
    """The page with the roles of its lines."""

    @property
    def open_lines(self) -> list[int]:
        """The positions of the lines that the model may judge."""
        outline, roles = self.around.outline, self.around.roles
        lines = zip(outline.text_lines, roles, outline.roles, strict=True)
        return [
            at
            for at, (text_line, role, by_part) in enumerate(lines)
            if role in _OPEN
            and by_part in _OPEN
            and text_line.node.index < self.end
            and self._is_open(text_line, role, by_part)
        ]

    def _is_open(self, text_line: TextLine, role: str, by_part: str) -> bool:
        length = len(text_line.text)
        if text_line.links >= BARE_LINK * length and length < 100:
            return False
        if role == "related":
            longest = min(LONGEST_LABEL, LONGEST_SHARE * text_line.links)
            if 0 < length - text_line.links <= longest:
                return False
        return self._may_be_text(text_line, role, by_part)

    def _may_be_text(self, text_line: TextLine, role: str, by_part: str) -> bool:
        """Return whether its part of the page leaves open that a line is text."""
        if by_part == "teasers" and id(text_line) in self.around.outline.summaries:
            return False
        if by_part == "header":
            return role != BEYOND and length_of(text_line.text) >= LEAST_IN_HEADER
        is_unseen_line = text_line.kind == "paragraph" and by_part == "hidden"
        if role == BEYOND or is_unseen_line:
            return length_of(text_line.text) >= SHORTEST_BEYOND
        return True


def article_part(
    structured_data: StructuredData, outline: Outline, heading: Node | None, headline: str
) -> Part:
    """Return the part that holds the article; *heading* is the printed *headline*, folded."""
    first = first_reading(structured_data, outline, heading, headline)
    part = judged(first, scores_of(first.around, first.open_lines))
    return attrs.evolve(part, lines=without_wall(with_verse(part.lines)))


def first_reading(
    structured_data: StructuredData, outline: Outline, heading: Node | None, headline: str
) -> FirstReading:
    """Return the article's part by the rules alone."""
    second = start_of_second(outline, heading, structured_data)
    if second is not None:
        leave_out(outline, second)
    container = container_of(structured_data.tree.root, outline, heading)
    article_node = _article_node(container, heading)
    start = _start(heading, container, article_node, outline)
    inside = [
        at
        for at, text_line in enumerate(outline.text_lines)
        if start <= text_line.node.index < article_node.end
    ]
    lines = range(inside[0], inside[-1] + 1) if inside else range(0)
    text_lines = outline.text_lines[lines.start : lines.stop]
    known = _known_roles(lines, outline, container, heading, second)
    roles = [BEYOND] * len(outline.text_lines)
    found = roles_of(text_lines, known, headline=headline)
    roles[lines.start : lines.stop] = [role or BODY for role in found]
    article_node = article_node if second is None else part_before(article_node, second)
    end = len(article_node.page) if second is None else second
    return FirstReading(article_node, lines, end, Around(outline, container, roles))


def judged(first: FirstReading, scores: Mapping[int, int]) -> Part:
    """Return the article's part with its lines by their *scores*, wherever they stand."""
    outline = first.around.outline
    texts = _texts(first, scores)
    places = [*first.lines[:1], *first.lines[-1:], *texts]
    reach = range(min(places), max(places) + 1) if places else range(0)
    text_lines = outline.text_lines[reach.start : reach.stop]
    found = without_bare_headings(text_lines, _roles_but(texts, first, reach))
    article_node = _widened(first.article_node, [outline.text_lines[at] for at in texts])
    return Part(article_node, tuple(map(Line, text_lines, found, map(scores.get, reach))))


def _roles_but(texts: Collection[int], first: FirstReading, reach: range) -> tuple[str, ...]:
    """Return the roles of the lines in *reach* but *texts*, which are text by the scores."""
    by_part = first.around.outline.roles
    found = []
    for at in reach:
        role = "" if at in texts else first.around.roles[at]
        if role == BEYOND:
            role = by_part[at] or OUTSIDE
        found.append(UNLIKELY if role == BODY else role)
    return tuple(found)


def _texts(first: FirstReading, scores: Mapping[int, int]) -> set[int]:
    """Return the lines that are text by their scores; by the rules where no score says so."""
    roles = first.around.roles
    body = {at for at in first.lines if roles[at] == BODY}
    texts = {at for at, score in scores.items() if score > LEAST_SCORE}
    if not texts:
        return body
    texts |= body - scores.keys()
    texts -= _head_of(first, texts)
    return texts - _unseen(first.around.outline.text_lines, texts)


def _head_of(first: FirstReading, texts: Collection[int]) -> set[int]:
    """Return the lines above the first paragraph that the rules take for none of the text."""
    text_lines, roles = first.around.outline.text_lines, first.around.roles
    above = takewhile(lambda at: not is_prose(text_lines[at]), sorted(texts))
    return {at for at in above if roles[at] != BODY}


def _unseen(lines: Sequence[TextLine], texts: Collection[int]) -> set[int]:
    """Return the lines of *texts* that are hidden, if the others are an article's text."""
    hidden = {
        at
        for at in texts
        if any(role == "hidden" and is_unseen(n.attributes) for n, role in lines[at].flags)
    }
    shown = sum(len(lines[at].text) for at in texts if at not in hidden)
    unseen = sum(len(lines[at].text) for at in hidden)
    return hidden if shown >= LEAST_SHOWN and shown * MOST_HIDDEN >= unseen else set()


def _widened(article_node: Node, chosen: Sequence[TextLine]) -> Node:
    """Return *article_node*, or the part around it if it holds less than half of the text."""
    inside = sum(
        len(text_line.text) for text_line in chosen if text_line.node.is_below(article_node)
    )
    if inside * 2 >= sum(len(text_line.text) for text_line in chosen):
        return article_node
    around = (
        node for node in article_node.ancestors() if all(r.node.is_below(node) for r in chosen)
    )
    return next(around, article_node)


def _known_roles(
    lines: range,
    outline: Outline,
    container: Node,
    heading: Node | None,
    second: int | None,
) -> list[str]:
    """Return the role of each of *lines* by its place; empty where that says nothing."""
    end = len(container.page) if second is None else second
    in_headline, in_container = _headline(heading), range(container.index, container.end)
    known = []
    for at in lines:
        index, role = outline.text_lines[at].node.index, outline.roles[at]
        if index >= end:
            role = "second article"
        elif index in in_headline:
            role = "headline"
        elif not role and index not in in_container:
            role = OUTSIDE
        known.append(role)
    return known


def _headline(heading: Node | None) -> range:
    """Return the numbers of the elements of *heading*; none for one too long for a headline."""
    if heading is None or (heading.tag != "h1" and heading.size >= LONGEST_TITLE):
        return range(0)
    return range(heading.index, heading.end)


def _start(heading: Node | None, container: Node, article_node: Node, outline: Outline) -> int:
    """Return where the article begins: at its headline, unless much text is above that."""
    if heading is None:
        return article_node.index
    between = range(container.index, heading.index)
    lines = zip(outline.text_lines, outline.roles, strict=True) if between else ()
    above = sum(
        [
            weight_of(text_line)
            for text_line, role in lines
            if text_line.node.index in between and not role
        ]
    )
    return (
        heading.index if above < TEXT_ABOVE * outline.weight(container) else article_node.index
    )


def _article_node(container: Node, heading: Node | None) -> Node:
    """Return the smallest part that holds the body and the headline."""
    if heading is None:
        above = [container, *container.ancestors()][:4]
        return next((node for node in above if node.tag in {"article", "main"}), above[-1])
    return next(
        (n for n in (container, *container.ancestors()) if heading.is_below(n)), container
    )
