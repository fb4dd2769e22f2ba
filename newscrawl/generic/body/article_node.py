"""The body of an article: which part of the page holds it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import chain

import attrs

from newscrawl.generic.body.furniture import flagged
from newscrawl.generic.body.title_links import summaries_in
from newscrawl.html.text_lines import HEADINGS, Flags, TextLine, text_lines_of
from newscrawl.html.tree import Node

SHORT = 25
"""A text line of fewer characters speaks for nothing."""
SHARE_OF_TEXT = 0.5
"""A flagged part that holds more of the page's text is text after all."""
LEAST_OWN = 12
"""So does one with fewer characters outside links."""
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


LEAST_TITLE = 3
LONGEST_TITLE = 300
LONGEST_LINE = 80
_TITLES = ("title", "head", "label", "titre", "titulo")
_LINES = frozenset({"div", "span", "strong", "b", "td", "dt", "dd", "legend", "em", "font"})

_PROMOTING = frozenset({"related", "teasers"})
"""Kinds of parts whose text under links is that of other pages."""
_PARTS = frozenset({"p", "li", "tr", "tbody", "ol", "ul"})
"""Elements that are a part of a text, however much of it they hold."""
Key = tuple[str, str, str]


def key_of(node: Node, role: str) -> Key:
    """Return the tag, the class and the role that *node* shares with others of its kind."""
    return (node.tag, node.attributes.get("class") or "", role)


@attrs.define(eq=False)
class Outline:
    """The text lines of a page and how much each part of it weighs as text."""

    text_lines: list[TextLine]
    roles: list[str]
    """For each text line its role by its outermost flagged part; empty for body text."""
    line_weights: list[float]
    """For each text line its weight; a text that is printed again weighs nothing then."""
    weights: list[float]
    """For each element of the page the weight of the text lines below it."""
    own: list[float]
    """For each element the weight of the paragraphs that are its children."""
    flags: Mapping[int, str]
    """Why elements may be no body text, in a word, by their numbers."""
    cleared: set[Key]
    """Kinds of flagged parts that are text after all."""
    titled: list[Node]
    """Possible titles: headings, elements with a title class, and short lines."""
    summaries: frozenset[int]
    """The ids of the text lines that each stand next under a title that is a link."""
    _above: list[frozenset[str]] = attrs.field(factory=list, init=False)

    def role(self, text_line: TextLine) -> str:
        """Return the role of *text_line* by its outermost flagged part; empty for body text."""
        return _role_by(text_line.flags, self.cleared)

    def flag(self, node: Node) -> str:
        """Return why *node* itself is no body text, unless its kind is text after all."""
        role = self.flags.get(node.index)
        if not role or (self.cleared and key_of(node, role) in self.cleared):
            return ""
        return role

    def flags_above(self, node: Node | None) -> frozenset[str]:
        """Return the flags of *node* and of all that it stands in."""
        if node is None:
            return frozenset()
        if not self._above:
            self._above = self._flags_around(node)
        return self._above[node.index]

    def _flags_around(self, any_node: Node) -> list[frozenset[str]]:
        """Return for each element of the page its flags and those of all that it stands in."""
        nodes, cleared = any_node.page, self.cleared
        found: list[frozenset[str]] = [frozenset()] * len(nodes)
        for index in sorted(self.flags):
            node, role = nodes[index], self.flags[index]
            if role in found[index]:
                continue
            if not cleared or key_of(node, role) not in cleared:
                found[index : node.end] = [found[index] | {role}] * (node.end - index)
        return found

    def weight(self, node: Node) -> float:
        """Return the weight of the text lines below *node*."""
        return self.weights[node.index]


def _role_by(flags: Flags, cleared: Collection[Key]) -> str:
    """Return the first role in *flags* but those of *cleared* kinds; empty without one."""
    for node, role in flags:
        if not cleared or key_of(node, role) not in cleared:
            return role
    return ""


def _roles_of(text_lines: Sequence[TextLine], cleared: Collection[Key]) -> list[str]:
    """Return for each line its role by its outermost flagged part; empty for body text."""
    found: dict[int, str] = {}
    roles = []
    for text_line in text_lines:
        flags = text_line.flags
        # The lines in one flagged part share its flags.
        role = found.get(id(flags))
        if role is None:
            role = found[id(flags)] = _role_by(flags, cleared)
        roles.append(role)
    return roles


def length_of(text: str) -> int:
    """Return the length of *text* in letters: an ideograph says as much as two."""
    if text.isascii():
        return len(text)
    middle = text[len(text) // 2 : len(text) // 2 + 1]
    return 2 * len(text) if text[:1] >= "\u3000" or middle >= "\u3000" else len(text)


def weight_of(text_line: TextLine) -> float:
    """Return the weight of *text_line* as body text: the length outside links of prose."""
    text = text_line.text
    own = len(text) - text_line.links
    if own < LEAST_OWN or text_line.kind == "heading" or text_line.links > own:
        return 0
    length = length_of(text)
    own = own * length // len(text)
    if own < SHORT:
        return 0
    if length < 80 and not text.endswith(ENDINGS):
        return own * 0.2
    return own * 0.4 if text_line.kind == "list" else own


def outline_of(root: Node) -> Outline:
    """Return the outline of the page under *root*."""
    text_lines = text_lines_of([root], flagged)
    weighed = _weighed(text_lines)
    line_weights = [weight for _, weight in weighed]
    summaries = summaries_in(weighed)
    flags = flagged(root)
    cleared = _cleared(weighed, summaries)
    if "comments" in flags.values():
        cleared |= _of_play(text_lines)
    roles = _roles_of(text_lines, cleared)
    weights, own = ([0.0] * len(root.page) for _ in range(2))
    for (text_line, weight), role in zip(weighed, roles, strict=True):
        if weight and not role:
            node: Node | None = text_line.node
            if node is not None and node.parent is not None:
                own[node.parent.index] += weight
            while node is not None:
                weights[node.index] += weight
                node = node.parent
    return Outline(
        text_lines=text_lines,
        roles=roles,
        line_weights=line_weights,
        weights=weights,
        own=own,
        flags=flags,
        cleared=cleared,
        titled=_titled_nodes(root),
        summaries=summaries,
    )


def _titled_nodes(root: Node) -> list[Node]:
    """Return the nodes below *root* that may be titles of an article or a list."""
    named = chain(root.marked(is_title_mark, _TITLES), *map(root.tagged, HEADINGS))
    found = {
        node.index: node
        for node in named
        if node.size >= LEAST_TITLE and (node.size <= LONGEST_TITLE or node.tag == "h1")
    }
    # Of the others a title is one string and nothing else.
    lines = chain.from_iterable(map(_short_strings, map(root.tagged, _LINES)))
    links = [link for link in _short_strings(root.tagged("a")) if not _is_entry(link)]
    found.update({node.index: node for node in (*lines, *links)})
    return [found[index] for index in sorted(found)]


def _short_strings(nodes: Iterable[Node]) -> list[Node]:
    """Return those of *nodes* that hold one string as long as a line, and nothing else."""
    return [
        node
        for node in nodes
        if LEAST_TITLE <= node.size <= LONGEST_LINE and node.stop == node.start + 2
    ]


def _is_entry(link: Node) -> bool:
    """Return whether *link* is an entry of a menu."""
    return link.parent is not None and link.parent.tag == "li"


@lru_cache(maxsize=16384)
def is_title_mark(class_and_id: str) -> bool:
    """Return whether class names or an id say that an element holds a title."""
    class_and_id = class_and_id[:200].lower()
    return any(map(class_and_id.__contains__, _TITLES))


def _weighed(text_lines: Sequence[TextLine]) -> list[tuple[TextLine, float]]:
    """Return each line with its weight; a text that is printed again weighs nothing then."""
    seen: set[str] = set()
    weighed = []
    for text_line in text_lines:
        text = text_line.text
        # Most lines are links, or short.
        is_text = len(text) - text_line.links >= LEAST_OWN and text not in seen
        weighed.append((text_line, weight_of(text_line) if is_text else 0.0))
        seen.add(text)
    return weighed


def _without_few_teasers(
    heavy: Sequence[tuple[TextLine, float]],
) -> tuple[Sequence[tuple[TextLine, float]], float]:
    """Return the lines but teasers, all if those are many, and the weight of the lines."""
    own: list[tuple[TextLine, float]] = []
    total = of_teasers = 0.0
    for text_line, weight in heavy:
        if _is_teaser(text_line):
            of_teasers += weight
        else:
            own.append((text_line, weight))
            total += weight
    return (own, total) if of_teasers < MOST_TEASERS * total else (heavy, total + of_teasers)


def _cleared(weighed: Sequence[tuple[TextLine, float]], summaries: Collection[int]) -> set[Key]:
    """Return the kinds of flagged parts that are text, by how much of it they hold.

    Summaries of other pages are text of no part for them, where other text is left.
    """
    heavy = [one for one in weighed if one[1]]
    cleared = _heaviest(heavy)
    promoting = {key for key in cleared if key[2] in _PROMOTING}
    own = _without_summaries(heavy, summaries) if promoting else ()
    return cleared - (promoting - _heaviest(own)) if own else cleared


def _without_summaries(
    heavy: Sequence[tuple[TextLine, float]], summaries: Collection[int]
) -> Sequence[tuple[TextLine, float]]:
    """Return the lines but the summaries of other pages in parts that are flagged so."""
    return [one for one in heavy if id(one[0]) not in summaries or not _is_promoted(one[0])]


def _heaviest(heavy: Sequence[tuple[TextLine, float]]) -> set[Key]:
    """Return the kinds of flagged parts that hold more than their share of the lines."""
    lines, total = _without_few_teasers(heavy)
    by_key: dict[Key, float] = defaultdict(float)
    for text_line, weight in lines:
        if flags := text_line.flags:
            for key in {key_of(node, role) for node, role in flags}:
                by_key[key] += weight
    return {key for key, weight in by_key.items() if weight > _share_of(key) * total}


def _is_promoted(text_line: TextLine) -> bool:
    return any(role in _PROMOTING for _, role in text_line.flags)


def _of_play(text_lines: Sequence[TextLine]) -> set[Key]:
    """Return the kinds of parts for comments that hold the minutes of a match."""
    keys: Counter[Key] = Counter()
    for text_line in text_lines:
        if len(text_line.text) <= LONGEST_MINUTE and _MINUTE.match(text_line.text):
            keys.update(
                {key_of(node, role) for node, role in text_line.flags if role == "comments"}
            )
    return {key for key, count in keys.items() if count >= LEAST_MINUTES}


def _share_of(key: Key) -> float:
    """Return the share of the text above which a kind of flagged parts is text."""
    return SHARE_OF_ALIEN if key[2] in _ALIEN else SHARE_OF_TEXT


def _is_teaser(text_line: TextLine) -> bool:
    return "teasers" in [role for _, role in text_line.flags]


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
        if not children or outline.own[node.index] > OWN_TEXT * weight:
            return node
        best = _titled(children, heading, outline) or max(children, key=outline.weight)
        if not _is_titled_article(best, heading) and outline.weight(best) < DESCENT * weight:
            return _first_article(node, outline)
        if best.tag in _PARTS or not outline.weight(best):
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
