"""Numbers that describe each text line of a page, for the line model.

All numbers are integers, so that a page gives the same result on every machine. None depends on
the words of a language: they count letters, links, signs and neighbours, and place the line
among the elements of the page. Class names and phrases count by the weights of the model's own
table.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from itertools import accumulate

import attrs

from newscrawl.generic.article_node import ENDINGS, Outline, length_of, weight_of
from newscrawl.generic.verdicts import is_prose, phrase_reason
from newscrawl.html.text_lines import HEADINGS, Run
from newscrawl.html.tree import Node
from newscrawl.text.phrases import HeadingKind, heading_kind

BARE_LINK = 90
"""A short line with so many linked characters in a hundred is not scored."""
SHORTEST_LINKED = 100
"""A line of links of so many letters is scored all the same."""
LONGEST_CLASSES = 240
FAR = 99
"""Distances in lines are counted up to here."""
LONGEST_HEADING = 80
TAGS = (
    *("p", "li", "td", "figure", "figcaption", "aside", "header", "footer", "nav", "form"),
    *("blockquote", "table", "article", "main", "section", "dl"),
)
"""Elements that a line may stand in, each a feature."""
_BITS: Mapping[str, int] = {tag: 1 << position for position, tag in enumerate(TAGS)}
_HEADING_CODES: Mapping[HeadingKind | None, int] = {
    None: 0,
    "not_a_list": 1,
    "related": 2,
    "latest": 3,
    "most_read": 4,
    "section": 5,
}
_OWN = (
    *("letters", "words", "link_share", "heading_level", "is_list", "is_table", "is_quote"),
    *("ends_sentence", "ends_colon", "digits", "capitals", "commas", "stops", "begins_small"),
    *("repeated", "heading_kind", "stated"),
)
_PLACE = (
    *("depth", "after_headline", "text_before", "lines_before"),
    *("share_1", "share_2", "share_3", "share_4", "share_5", "own_1", "own_2"),
    *("links_1", "links_2", "links_3", "links_4"),
    *("alike_0", "alike_links_0", "alike_1", "alike_links_1", "alike_2", "alike_links_2"),
    *("share_of_kind", "from_container", "prose_above", "prose_below"),
    *("below_heading", "list_heading", "article", "lines_in_parent"),
)
_PAGE = ("articles", "lines", "text", "container_share", "page_links")
_TOKENS = (
    *("class_mean", "class_least", "class_most", "classes_mean", "classes_least"),
    *("classes_most", "verdict", "reason", "tag"),
)
_NEAR = ("letters", "link_share", "heading_level", "ends_sentence")
_STEPS = (-2, -1, 1, 2)
FEATURES: Sequence[str] = (
    *_OWN,
    *_PLACE,
    *_PAGE,
    *(f"in_{tag}" for tag in TAGS),
    *_TOKENS,
    *(f"{name}{step:+d}" for step in _STEPS for name in _NEAR),
)
"""The names of the numbers of a line, in order."""
_NEAR_AT = tuple(_OWN.index(name) for name in _NEAR)
_NO_LINE = (-1,) * len(_NEAR)

OWN, ABOVE = "own", "above"
"""Class names of the line's element and its parent, and of all the elements around it."""
_TOKEN = re.compile(r"[A-Z]+[a-z]+|[A-Z]+|[a-z]+")
_WORDS = re.compile(r"\w+")
_COMMAS = re.compile("[,،、，;؛]")
_STOPS = re.compile("[.!?؟。！？۔]")

Weigh = Callable[[str], int | None]
"""The weight of a token in the model's table; None for one that it does not hold."""
Weights = tuple[int, int, int, int]
"""The sum, number, least and most of the weights of some tokens."""
_NO_WEIGHTS: Weights = (0, 0, 0, 0)


@attrs.frozen(eq=False)
class Around:
    """What is known of a page before its lines are scored."""

    outline: Outline
    heading: Node | None
    """The printed headline."""
    container: Node
    """The part that holds most of the page's text."""
    verdicts: Mapping[int, str]
    """By id of a line: its role so far, `body` for text."""
    stated: str = ""
    """The body that the structured data state."""


@lru_cache(maxsize=16384)
def tokens_of(marks: str) -> tuple[str, ...]:
    """Return the words of class names and an id, each once."""
    found = (word.lower() for word in _TOKEN.findall(marks[:LONGEST_CLASSES]) if len(word) > 1)
    return tuple(dict.fromkeys(found))


def is_bare_link(run: Run) -> bool:
    """Whether *run* is a short line of links, as menus are made of."""
    return run.links * 100 >= BARE_LINK * len(run.text) and len(run.text) < SHORTEST_LINKED


def rows_of(around: Around, weigh: Weigh) -> list[list[int] | None]:
    """Return the numbers of each line of the page; None for a bare link."""
    page = _Page(around, weigh)
    runs = around.outline.runs
    near = [[own[at] for at in _NEAR_AT] for own in page.own]
    rows: list[list[int] | None] = []
    for at, run in enumerate(runs):
        row = page.row(at, run)
        if row is not None:
            for step in _STEPS:
                row += near[at + step] if 0 <= at + step < len(runs) else _NO_LINE
        rows.append(row)
    return rows


class _Page:
    """The counts over a page that the numbers of its lines are read from."""

    def __init__(self, around: Around, weigh: Weigh) -> None:
        self.around, self.weigh = around, weigh
        self.runs = around.outline.runs
        self.root = self.runs[0].node.page[0] if self.runs else around.container
        self.times = Counter(run.text for run in self.runs)
        self.heading_kinds = [_heading_kind(run) for run in self.runs]
        self.trigrams = _trigrams(around.stated)
        self.weights = [int(weight_of(run)) for run in self.runs]
        self.total = sum(self.weights) or 1
        self.below: dict[int, int] = defaultdict(int)
        self.beside: dict[int, int] = defaultdict(int)
        self.lines: dict[int, int] = defaultdict(int)
        self.of_kind: dict[object, int] = defaultdict(int)
        self.kinds = [kind_of_line(run.node) for run in self.runs]
        self._count()
        self.before = list(accumulate(self.weights, initial=0))
        self.prose = [is_prose(run) for run in self.runs]
        self.above = _distances(self.prose)
        self.under = _distances(self.prose[::-1])[::-1]
        self.headed = self._headings()
        self.depths: dict[int, tuple[int, int, Weights]] = {}
        self.alike: dict[int, dict[tuple[str, str | None], list[int]]] = {}
        self.articles = self.root.tagged("article")
        container = around.container
        steps = enumerate((container, *container.ancestors()))
        self.to_container = {node.index: step for step, node in steps}
        self.shared = (
            min(len(self.articles), 30),
            min(len(self.runs), 2_000),
            min(self.total, 99_999),
            100 * self.below[container.index] // self.total,
            100 * self.root.links // max(1, self.root.size),
        )
        heading = around.heading
        self.headline_at = next(
            (i for i, r in enumerate(self.runs) if heading and r.node.is_below(heading)), None
        )
        self.own = [self._own(at, run) for at, run in enumerate(self.runs)]

    def _count(self) -> None:
        for run, weight, kind in zip(self.runs, self.weights, self.kinds, strict=True):
            node: Node | None = run.node.parent
            self.lines[node.index if node else -1] += 1
            if weight:
                self.of_kind[kind] += weight
                if node is not None:
                    self.beside[node.index] += weight
                node = run.node
                while node is not None:
                    self.below[node.index] += weight
                    node = node.parent

    def _headings(self) -> list[tuple[int, int]]:
        """Return for each line how far above its heading is, and which list that heads."""
        found: list[tuple[int, int]] = []
        last, code = -FAR, 0
        for at, (run, kind) in enumerate(zip(self.runs, self.heading_kinds, strict=True)):
            found.append((min(FAR, at - last), code))
            if run.kind == "heading":
                last = at
            if kind or run.kind == "heading":
                code = kind
        return found

    def _own(self, at: int, run: Run) -> list[int]:
        text, node = run.text, run.node
        length = len(text)
        capitals = sum(map(str.isupper, text))
        level = int(node.tag[1]) if node.tag in HEADINGS else 7
        return [
            min(length_of(text), 3_000),
            min(text.count(" ") + 1, 400),
            100 * min(run.links, length) // length,
            level if run.kind == "heading" else 0,
            int(run.kind == "list"),
            int(run.kind == "table"),
            int(run.kind == "quote"),
            int(text.endswith(ENDINGS)),
            int(text[-1] in ":："),
            100 * sum(map(str.isdigit, text)) // length,
            100 * capitals // length,
            len(_COMMAS.findall(text)),
            len(_STOPS.findall(text)),
            int(text[0].islower()),
            min(self.times[text], 9),
            self.heading_kinds[at],
            self._stated(text),
        ]

    def _stated(self, text: str) -> int:
        """Return the share of *text* in the structured data's body; -1 if they have none."""
        if not self.trigrams:
            return -1
        words = _WORDS.findall(text)
        found = list(zip(words, words[1:], words[2:], strict=False))
        if not found:
            return 50 if text in self.around.stated else 0
        return 100 * sum(trigram in self.trigrams for trigram in found) // len(found)

    def row(self, at: int, run: Run) -> list[int] | None:
        """Return the numbers of a line but those of its neighbours."""
        if is_bare_link(run):
            return None
        node = run.node
        bits, depth, far = self._above(node)
        chain = _chain(node)
        tags = [1 if bits & bit else 0 for bit in _BITS.values()]
        place = self._place(at, node, chain, depth)
        return [*self.own[at], *place, *self.shared, *tags, *self._tokens(run, chain, far)]

    def _above(self, node: Node) -> tuple[int, int, Weights]:
        """Return the elements around *node* as bits, its depth, and the weights above."""
        found = self.depths.get(node.index)
        if found is None:
            parent = node.parent
            bits, depth, weights = self._above(parent) if parent else (0, 0, _NO_WEIGHTS)
            bits |= _BITS.get(node.tag, 0)
            own = self._weights(node, ABOVE)
            found = self.depths[node.index] = (bits, depth + 1, _joined(weights, own))
        return found

    def _weights(self, node: Node, prefix: str) -> Weights:
        """Return the weights of the class names and id of *node*."""
        if not node.marks:
            return _NO_WEIGHTS
        weights = [self.weigh(f"{prefix} {token}") for token in tokens_of(node.marks)]
        known = [weight for weight in weights if weight is not None]
        return (sum(known), len(known), min(known), max(known)) if known else _NO_WEIGHTS

    def _place(self, at: int, node: Node, chain: Sequence[Node], depth: int) -> list[int]:
        shares = [min(100, 100 * self.below[part.index] // self.total) for part in chain[1:6]]
        shares += [100] * (5 - len(shares))
        own = [min(100, 100 * self.beside[part.index] // self.total) for part in chain[1:3]]
        links = [100 * part.links // part.size if part.size else 0 for part in chain[1:5]]
        links += links[-1:] * (4 - len(links))
        alike = [number for part in chain[:3] for number in self._alike(part)]
        headline_at = self.headline_at
        return [
            depth,
            max(-FAR, min(300, at - headline_at)) if headline_at is not None else -FAR - 1,
            100 * self.before[at] // self.total,
            100 * at // len(self.runs),
            *shares,
            *(own + [0] * (2 - len(own))),
            *(links + [0] * (4 - len(links))),
            *(alike + [0] * (6 - len(alike))),
            100 * self.of_kind[self.kinds[at]] // self.total,
            self._from_container(node),
            self.above[at],
            self.under[at],
            *self.headed[at],
            self._article(node),
            min(self.lines[chain[1].index] if len(chain) > 1 else 1, 200),
        ]

    def _alike(self, node: Node) -> tuple[int, int]:
        """Return how many siblings of *node* have its tag and class, and their link share."""
        parent = node.parent
        if parent is None:
            return 1, 0
        counts = self.alike.get(parent.index)
        if counts is None:
            counts = self.alike[parent.index] = {}
            for child in parent.elements():
                key = (child.tag, child.attributes.get("class"))
                count = counts.setdefault(key, [0, 0, 0])
                count[0] += 1
                count[1] += child.size
                count[2] += child.links
        number, size, links = counts[node.tag, node.attributes.get("class")]
        return min(number, 50), 100 * links // size if size else 0

    def _from_container(self, node: Node) -> int:
        """Return how many levels above the container the part is that holds *node*, too."""
        part: Node | None = node
        if node.is_below(self.around.container):
            return 0
        while part is not None:
            if part.index in self.to_container:
                return min(FAR, self.to_container[part.index])
            part = part.parent
        return FAR

    def _article(self, node: Node) -> int:
        """Return in which of the page's article elements *node* stands, from 1; 0 for none."""
        number = next((n for n, a in enumerate(self.articles, 1) if node.is_below(a)), 0)
        return min(number, 9)

    def _tokens(self, run: Run, chain: Sequence[Node], far: Weights) -> list[int]:
        near = _NO_WEIGHTS
        for part in chain[:2]:
            near = _joined(near, self._weights(part, OWN))
        role, tag, inside, *reasons = roles_of(self.around, run)
        known = [weight for weight in map(self.weigh, reasons) if weight is not None]
        return [
            _mean(near),
            *near[2:],
            _mean(far),
            *far[2:],
            self.weigh(role) or 0,
            min(known, default=0),
            (self.weigh(tag) or 0) + (self.weigh(inside) or 0),
        ]


def roles_of(around: Around, run: Run) -> list[str]:
    """Return the tokens of a line's role, tag and parent's tag, and of the reasons for it."""
    parent = run.node.parent
    reasons = {f"reason {reason}" for _, reason in run.flags}
    return [
        f"role {around.verdicts.get(id(run), 'beyond')}",
        f"tag {run.node.tag}",
        f"in {parent.tag if parent is not None else ''}",
        *sorted(reasons),
        f"first {around.outline.reason(run)}",
        f"phrase {phrase_reason(run)}",
    ]


def all_tokens_of(around: Around, run: Run) -> set[str]:
    """Return every token of a line, as a model is trained on them."""
    found = set(roles_of(around, run))
    chain = [run.node, *run.node.ancestors()]
    for part in chain:
        found |= {f"{ABOVE} {token}" for token in tokens_of(part.marks)}
    for part in chain[:2]:
        found |= {f"{OWN} {token}" for token in tokens_of(part.marks)}
    return found


def kind_of_line(node: Node) -> object:
    """Return what lines of one kind on a page have in common: tags and classes around them."""
    parent = node.parent
    above = parent.parent if parent is not None else None
    parts = (node, parent, above)
    return tuple(part and (part.tag, part.attributes.get("class")) for part in parts)


def _chain(node: Node) -> list[Node]:
    chain = [node]
    while len(chain) < 6 and chain[-1].parent is not None:
        chain.append(chain[-1].parent)
    return chain


def _joined(first: Weights, second: Weights) -> Weights:
    if not second[1]:
        return first
    if not first[1]:
        return second
    return (
        first[0] + second[0],
        first[1] + second[1],
        min(first[2], second[2]),
        max(first[3], second[3]),
    )


def _mean(weights: Weights) -> int:
    return weights[0] // weights[1] if weights[1] else 0


def _heading_kind(run: Run) -> int:
    if run.kind != "heading" and len(run.text) >= LONGEST_HEADING:
        return 0
    return _HEADING_CODES[heading_kind(run.text)]


def _distances(marked: Sequence[bool]) -> list[int]:
    """Return for each position how far before it the last marked one is."""
    found, distance = [], FAR
    for is_marked in marked:
        found.append(distance)
        distance = 1 if is_marked else min(FAR, distance + 1)
    return found


def _trigrams(text: str) -> frozenset[tuple[str, str, str]]:
    words = _WORDS.findall(text)
    return frozenset(zip(words, words[1:], words[2:], strict=False))
