"""The body of an article: which part of the page holds it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import lru_cache

import attrs

from newscrawl.generic.body.furniture import flag
from newscrawl.html.text_lines import HEADINGS, Flags, Run, runs_of
from newscrawl.html.tree import Node

SHORT = 25
"""A run of fewer characters speaks for nothing."""
SHARE_OF_TEXT = 0.5
"""A flagged part that holds more of the page's text is text after all."""
DESCENT = 0.72
"""The body is looked for in a child as long as it holds this share of its parent's text."""
ENDINGS = tuple(".!?؟۔。！？…:»”\"'’)")
SHARE_OF_ALIEN = 0.75
MOST_TEASERS = 3
"""Teasers are text where they hold this many times the text of the rest of the page."""
OWN_TEXT = 0.06
"""A part whose own paragraphs hold this share is not left for one of its children."""
SHARE_OF_ARTICLE = 0.2
LEAST_TEXT = 400
"""Least characters of text below the headline that make an `<article>` the article node."""
LEAST_MINUTES = 5
"""Least minutes of play that make a part for comments a report."""
LONGEST_MINUTE = 8
_MINUTE = re.compile(r"[0-9]{1,3}(?: ?\+ ?[0-9]{1,2})? ?['’′]$")
_ALIEN = frozenset({"consent", "comments", "factbox", "teasers"})


LONGEST_TITLE = 300
LONGEST_LINE = 80
_TITLES = ("title", "head", "label", "titre", "titulo")
_LINES = frozenset(
    {"div", "span", "strong", "b", "td", "dt", "dd", "a", "legend", "em", "font"}
)

Key = tuple[str, str, str]


def key_of(node: Node, role: str) -> Key:
    """Return the tag, the class and the role that *node* shares with others of its kind."""
    return (node.tag, node.attributes.get("class") or "", role)


@attrs.define(eq=False)
class Outline:
    """The runs of a page and how much each part of it weighs as text."""

    runs: list[Run]
    line_weights: list[float]
    """For each run its weight; a text that is printed again weighs nothing then."""
    weights: dict[int, float]
    """By id of a node: the weight of the runs below it."""
    own: dict[int, float]
    """By id of a node: the weight of the paragraphs that are its children."""
    cleared: set[Key]
    """Kinds of flagged parts that are text after all."""
    titled: list[Node]
    """Possible titles: headings, elements with a title class, and short lines."""
    _above: dict[int, frozenset[str]] = attrs.field(factory=dict, init=False)
    _roles: dict[int, str] = attrs.field(factory=dict, init=False)

    def role(self, run: Run) -> str:
        """Return the role of *run* by the outermost part that holds it; empty for body text."""
        place = run.node.index
        found = self._roles.get(place)
        if found is None:
            found = self._roles[place] = self._role_of(run.flags)
        return found

    def _role_of(self, flags: Flags) -> str:
        for node, role in flags:
            if key_of(node, role) not in self.cleared:
                return role
        return ""

    def flag(self, node: Node) -> str:
        """Return why *node* itself is no body text, unless its kind is text after all."""
        role = flag(node)
        return role if role and key_of(node, role) not in self.cleared else ""

    def flags_above(self, node: Node | None) -> frozenset[str]:
        """Return the flags of *node* and of all that it stands in."""
        if node is None:
            return frozenset()
        found = self._above.get(node.index)
        if found is None:
            found = self.flags_above(node.parent)
            role = self.flag(node)
            if role and role not in found:
                found |= {role}
            self._above[node.index] = found
        return found

    def weight(self, node: Node) -> float:
        """Return the weight of the runs below *node*."""
        return self.weights.get(id(node), 0)


def length_of(text: str) -> int:
    """Return the length of *text* in letters: an ideograph says as much as two."""
    if text.isascii():
        return len(text)
    middle = text[len(text) // 2 : len(text) // 2 + 1]
    return 2 * len(text) if text[:1] >= "\u3000" or middle >= "\u3000" else len(text)


def weight_of(run: Run) -> float:
    """Return how much *run* speaks for body text: its length outside links, if it is prose."""
    text = run.text
    own = len(text) - run.links
    if own < 12 or run.kind == "heading" or run.links > own:
        return 0
    length = length_of(text)
    own = own * length // len(text)
    if own < SHORT:
        return 0
    if length < 80 and not text.endswith(ENDINGS):
        return own * 0.2
    return own * 0.4 if run.kind == "list" else own


def outline_of(root: Node) -> Outline:
    """Return the outline of the page under *root*."""
    runs = runs_of([root], flag)
    weighed = _weighed(runs)
    line_weights = [weight for _, weight in weighed]
    cleared = _cleared(weighed) | _of_play(runs)
    outline = Outline(runs, line_weights, {}, {}, cleared, _titled_nodes(root))
    weights: dict[int, float] = defaultdict(float)
    own: dict[int, float] = defaultdict(float)
    for run, weight in weighed:
        if weight and not outline.role(run):
            node: Node | None = run.node
            if node is not None and node.parent is not None:
                own[id(node.parent)] += weight
            while node is not None:
                weights[id(node)] += weight
                node = node.parent
    outline.weights, outline.own = weights, own
    return outline


def _titled_nodes(root: Node) -> list[Node]:
    """Return the nodes below *root* that may be titles of an article or a list."""
    found = []
    for node in root.iter():
        size = node.size
        if size < 3 or (size > LONGEST_TITLE and node.tag != "h1"):
            continue
        is_named = node.tag in HEADINGS or (node.marks and is_title_mark(node.marks))
        # Of the others a title is one string and nothing else: most are not.
        if is_named or (node.stop == node.start + 2 and _is_line(node)):
            found.append(node)
    return found


def _is_line(node: Node) -> bool:
    """Return whether *node*, which holds one string, is a short line and no menu's entry."""
    if node.size > LONGEST_LINE:
        return False
    if node.tag == "a":
        return node.parent is None or node.parent.tag != "li"
    return node.tag in _LINES


@lru_cache(maxsize=16384)
def is_title_mark(marks: str) -> bool:
    """Return whether class names or an id say that an element holds a title."""
    marks = marks[:200].lower()
    return any(map(marks.__contains__, _TITLES))


def _weighed(runs: Sequence[Run]) -> list[tuple[Run, float]]:
    """Return each run with its weight; a text that is printed again weighs nothing then."""
    seen: set[str] = set()
    weighed = []
    for run in runs:
        weighed.append((run, 0.0 if run.text in seen else weight_of(run)))
        seen.add(run.text)
    return weighed


def _without_few_teasers(
    heavy: Sequence[tuple[Run, float]],
) -> tuple[Sequence[tuple[Run, float]], float]:
    """Return the runs but teasers, all if those are many, and the weight of the runs."""
    own: list[tuple[Run, float]] = []
    total = of_teasers = 0.0
    for run, weight in heavy:
        if _is_teaser(run):
            of_teasers += weight
        else:
            own.append((run, weight))
            total += weight
    return (own, total) if of_teasers < MOST_TEASERS * total else (heavy, total + of_teasers)


def _cleared(weighed: Sequence[tuple[Run, float]]) -> set[Key]:
    """Return the kinds of flagged parts that are text, by how much of it they hold."""
    heavy, total = _without_few_teasers([one for one in weighed if one[1]])
    by_key: dict[Key, float] = defaultdict(float)
    for run, weight in heavy:
        if flags := run.flags:
            for key in {key_of(node, role) for node, role in flags}:
                by_key[key] += weight
    return {key for key, weight in by_key.items() if weight > _share_of(key) * total}


def _of_play(runs: Sequence[Run]) -> set[Key]:
    """Return the kinds of parts for comments that hold the minutes of a match."""
    keys: Counter[Key] = Counter()
    for run in runs:
        if len(run.text) <= LONGEST_MINUTE and _MINUTE.match(run.text):
            keys.update({key_of(node, role) for node, role in run.flags if role == "comments"})
    return {key for key, count in keys.items() if count >= LEAST_MINUTES}


def _share_of(key: Key) -> float:
    """Return the share of the text above which a kind of flagged parts is text."""
    return SHARE_OF_ALIEN if key[2] in _ALIEN else SHARE_OF_TEXT


def _is_teaser(run: Run) -> bool:
    flags = run.flags
    return bool(flags) and any(role == "teasers" for _, role in flags)


def _is_titled_article(node: Node, heading: Node | None) -> bool:
    return node.tag == "article" and heading is not None and heading.is_below(node)


def container_of(root: Node, outline: Outline, heading: Node | None = None) -> Node:
    """Return the smallest part of the page that holds most of its text.

    Where other articles follow, it is the part under *heading*, the printed headline.
    """
    node = root
    while True:
        weight = outline.weight(node)
        children = list(node.elements())
        if not children or outline.own.get(id(node), 0) > OWN_TEXT * weight:
            return node
        best = _titled(children, heading, outline) or max(children, key=outline.weight)
        if not _is_titled_article(best, heading) and outline.weight(best) < DESCENT * weight:
            return _first_article(node, outline)
        if best.tag in {"p", "li", "tr", "tbody"} or not outline.weight(best):
            return node
        node = best


def _titled(children: Sequence[Node], heading: Node | None, outline: Outline) -> Node | None:
    """Return the article among *children* that holds the headline and a text of its own."""
    if heading is None:
        return None
    for child in children:
        if child.tag == "article" and heading.is_below(child):
            return child if outline.weight(child) >= LEAST_TEXT else None
    return None


def _first_article(node: Node, outline: Outline) -> Node:
    """Return, of several articles below *node*, the first; *node* where there are none."""
    least = SHARE_OF_ARTICLE * outline.weight(node)
    for part in node.iter():
        if part is not node and part.tag == "article" and outline.weight(part) > least:
            return part
    return node
