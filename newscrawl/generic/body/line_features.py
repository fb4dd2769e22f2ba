"""Numbers that describe a text line of a page, for the line model.

All numbers are integers, so that a page gives the same result on every machine. They depend on
no language: they count letters, links and lines of one kind, and place the line among the
elements of the page. Tags and roles count by the weights of the model's tables.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate

from newscrawl.generic.body.article_node import Outline, length_of
from newscrawl.html.text_lines import TextLine
from newscrawl.html.tree import Node
from newscrawl.system.value_classes import frozen

FARTHEST = 99
"""Steps to the part that holds most of the text are counted up to here."""
FEATURES: Sequence[str] = (
    *("letters", "kind", "body_after", "role", "reason", "tags", "from_container", "share"),
    *("lines_of_kind", "share_of_kind", "body_of_kind", "text_before", "page_links"),
)
"""The names of the numbers of a line, in order."""
_KINDS: Mapping[str, int] = {"paragraph": 0, "heading": 1, "list": 2, "table": 3, "quote": 4}

TAG, PARENT, ROLE, REASON = "tag", "parent", "role", "reason"
"""The model's tables: the tag of a line's element, its parent's, the line's role by the rules,
and the flag of the part that it stands in."""
BODY, BEYOND = "body", "beyond"
"""Roles of body text, and of a line outside the article's part."""
Weigh = Callable[[tuple[str, str]], int]
"""The weight of a table's word; 0 for one that it does not hold."""


@frozen(eq=False)
class Around:
    """A page before its lines are scored."""

    outline: Outline
    container: Node
    """The part that holds most of the page's text."""
    roles: Sequence[str]
    """For each line of the outline its role by the rules: BODY for text, BEYOND outside."""


def words_of(around: Around, at: int) -> list[tuple[str, str]]:
    """Return the words of line *at*, each with its table."""
    text_line = around.outline.text_lines[at]
    parent = text_line.node.parent
    return [
        (ROLE, around.roles[at]),
        (REASON, around.outline.roles[at]),
        (TAG, text_line.node.tag),
        (PARENT, parent.tag if parent is not None else ""),
    ]


class _Kind:
    """Lines of one kind on a page: in elements of the same tags and classes."""

    __slots__ = ("body", "lines", "weight")

    def __init__(self) -> None:
        self.lines = 0
        self.body = 0
        """Number of them that the rules take for text."""
        self.weight = 0.0


class LineFeatures:
    """The numbers of the lines of one page."""

    def __init__(self, around: Around, weigh: Weigh) -> None:
        self._around, self._weigh = around, weigh
        self._text_lines = around.outline.text_lines
        weights = around.outline.line_weights
        self._total = sum(weights) or 1
        self._before = list(accumulate(weights, initial=0.0))
        self._kinds = _kinds_of(self._text_lines, weights, around.roles)
        self._steps = {
            part.index: step
            for step, part in enumerate((around.container, *around.container.ancestors()))
        }
        root = around.container.page[0]
        self._page_links = 100 * root.links // max(1, root.size)

    def row(self, at: int) -> list[int]:
        """Return the numbers of line *at*, in the order of FEATURES."""
        text_line, roles, kind = self._text_lines[at], self._around.roles, self._kinds[at]
        role, reason, tag, parent = map(self._weigh, words_of(self._around, at))
        return [
            min(length_of(text_line.text), 3_000),
            _KINDS[text_line.kind],
            int(at + 1 < len(roles) and roles[at + 1] == BODY),
            role,
            reason,
            tag + parent,
            self._from_container(text_line.node),
            self._share(self._around.outline.weight(text_line.node.parent or text_line.node)),
            min(kind.lines, 200),
            self._share(kind.weight),
            100 * kind.body // kind.lines,
            self._share(self._before[at]),
            self._page_links,
        ]

    def _share(self, weight: float) -> int:
        return min(100, int(100 * weight / self._total))

    def _from_container(self, node: Node) -> int:
        """Return how many levels above the container the part is that holds *node*, too."""
        if node.is_below(self._around.container):
            return 0
        part: Node | None = node
        while part is not None and part.index not in self._steps:
            part = part.parent
        return min(FARTHEST, self._steps[part.index]) if part is not None else FARTHEST


def _kinds_of(
    text_lines: Sequence[TextLine], weights: Sequence[float], roles: Sequence[str]
) -> list[_Kind]:
    """Return for each line its kind: by tag and class of its element and of two around it."""
    by_shape: dict[tuple[str | None, ...], dict[tuple[str, str | None], _Kind]] = {}
    by_parent: dict[int, dict[tuple[str, str | None], _Kind]] = {}
    found = []
    for text_line, weight, role in zip(text_lines, weights, roles, strict=True):
        node = text_line.node
        parent = node.parent or node
        kinds = by_parent.get(parent.index)
        if kinds is None:
            kinds = by_parent[parent.index] = by_shape.setdefault(_shape_of(parent), {})
        key = (node.tag, node.attributes.get("class"))
        kind = kinds.get(key)
        if kind is None:
            kind = kinds[key] = _Kind()
        kind.lines += 1
        if role == BODY:
            kind.body += 1
        kind.weight += weight
        found.append(kind)
    return found


def _shape_of(parent: Node) -> tuple[str | None, ...]:
    """Return the tags and classes of *parent* and its parent, which lines of a kind share."""
    above = parent.parent or parent
    return (
        *(parent.tag, parent.attributes.get("class")),
        *(above.tag, above.attributes.get("class")),
    )
