"""The body of an article: which part of the page holds it, and which runs in there are not it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

import attrs

from newscrawl.blocks import Run, runs_of
from newscrawl.generic.furniture import flag
from newscrawl.tree import Node

SHORT = 25
"""A run of fewer characters speaks for nothing."""
SHARE_OF_TEXT = 0.35
"""A flagged part that holds more of the page's text is text after all."""
DESCENT = 0.72
"""The body is looked for in a child as long as it holds this share of its parent's text."""
ENDINGS = tuple(".!?؟۔。！？…:»”\"'’)")
SHARE_OF_ALIEN = 0.6
_ALIEN = frozenset({"consent", "comments"})


@attrs.define(eq=False)
class Outline:
    """The runs of a page and how much each part of it weighs as text."""

    runs: list[Run]
    weights: dict[int, float]
    """By id of a node: the weight of the runs below it."""
    cleared: set[int]
    """Flagged nodes that are text after all."""

    def reason(self, run: Run) -> str:
        """Return the first reason why *run* is no body text, the outermost part's."""
        for node, reason in run.flags:
            if id(node) not in self.cleared:
                return reason
        return ""


def weight_of(run: Run) -> float:
    """Return how much *run* speaks for body text: its characters outside links, if it is prose."""
    own = len(run.text) - run.links
    if own < SHORT or run.kind == "heading":
        return 0
    if run.links > own:
        return 0
    if len(run.text) < 80 and not run.text.endswith(ENDINGS):
        return own * 0.2
    return own * 0.4 if run.kind == "list" else own


def outline_of(root: Node) -> Outline:
    """Return the outline of the page under *root*."""
    runs = runs_of([root], flag)
    weighed = [(run, weight_of(run)) for run in runs]
    total = sum(weight for _, weight in weighed)
    by_flag: dict[int, float] = defaultdict(float)
    reasons: dict[int, str] = {}
    for run, weight in weighed:
        for node, reason in run.flags:
            by_flag[id(node)] += weight
            reasons[id(node)] = reason
    cleared = {
        key
        for key, weight in by_flag.items()
        if weight > (SHARE_OF_ALIEN if reasons[key] in _ALIEN else SHARE_OF_TEXT) * total
    }
    outline = Outline(runs, {}, cleared)
    weights: dict[int, float] = defaultdict(float)
    for run, weight in weighed:
        if weight and not outline.reason(run):
            node: Node | None = run.node
            while node is not None:
                weights[id(node)] += weight
                node = node.parent
    outline.weights = weights
    return outline


def container_of(root: Node, outline: Outline) -> Node:
    """Return the smallest part of the page that holds most of its text."""
    node = root
    while True:
        children = [child for child in node.children if isinstance(child, Node)]
        if not children:
            return node
        best = max(children, key=lambda child: outline.weights.get(id(child), 0))
        weight = outline.weights.get(id(best), 0)
        if weight < DESCENT * outline.weights.get(id(node), 0) or not weight:
            return node
        if best.tag in {"p", "li", "tr", "tbody"}:
            return node
        node = best


def runs_within(container: Node, outline: Outline) -> list[Run]:
    """Return the runs below *container*."""
    inside = {id(node) for node in container.iter()}
    return [run for run in outline.runs if id(run.node) in inside]
