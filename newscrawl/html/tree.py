"""A page as a light tree. Nothing here judges the parts of a page, and nothing here parses.

The content of a page is held in page order in two lists, its flow, and an element knows by
numbers which stretch of them is its own. So nothing below an element is walked to find its end,
and its text is one slice. A tree that is freed deletes what its flow holds: so no reference is
left that runs in a circle, and a page is freed at once, without the collector of cyclic
garbage.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from itertools import accumulate, chain
from operator import attrgetter
from types import MappingProxyType

import attrs

from newscrawl.system.value_classes import frozen

NO_ATTRIBUTES: Mapping[str, str] = MappingProxyType({})


class Flow:
    """The content of a page, in page order."""

    __slots__ = (
        *("_having", "_words", "by_mark", "by_names", "by_tag", "flags"),
        *("is_cleared", "nodes", "pieces", "site"),
    )
    __deletable__ = ("_having", "by_mark", "by_names", "by_tag", "nodes", "pieces")
    """For mypyc, which deletes no others."""

    def __init__(self, site: str = "") -> None:
        self.is_cleared = False
        self.site = site
        """The last two labels of the page's host; empty if that is not known."""
        self._words: _Words | None = None
        self._having: dict[str, list[list[Node]]] = {}
        """The lists of `by_names` by each name, once an attribute was asked for."""
        self.by_tag: defaultdict[str, list[Node]] = defaultdict(list)
        """The elements by tag, in page order; the parser fills this and the next two."""
        self.by_names: defaultdict[tuple[str, ...], list[Node]] = defaultdict(list)
        """Those with attributes by the names of all of them: some dozens on a page."""
        self.by_mark: defaultdict[str, list[Node]] = defaultdict(list)
        """Those with class names or an id by both."""
        self.flags: Mapping[int, str] | None = None
        """Why elements may be no body text, in a word, by their numbers; None before that."""
        self.nodes: list[Node] = []
        """The elements."""
        self.pieces: list[Node | str | None] = []
        """The elements where they begin, the strings, and None where an element ends.

        White space between two tags is one space.
        """

    def clear(self) -> None:
        """Let go of all elements, which hold this; reading them raises AttributeError then."""
        if self.is_cleared:
            return
        self.is_cleared = True
        del self.nodes, self.pieces, self.by_tag, self.by_names, self.by_mark, self._having

    def tagged(self, tag: str) -> list[Node]:
        """Return the elements of that *tag*, in page order."""
        return self.by_tag.get(tag, [])

    def having(self, name: str) -> list[Node]:
        """Return the elements with the attribute *name*, in page order."""
        if not self._having:
            for names, nodes in self.by_names.items():
                for one in names:
                    self._having.setdefault(one, []).append(nodes)
        groups = self._having.get(name)
        return sorted(chain.from_iterable(groups), key=_index) if groups else []

    def marks_holding(self, words: Iterable[str]) -> list[str]:
        """Return the class names and ids that hold one of *words*.

        Words are in lower case and without white space.
        """
        if self._words is None:
            self._words = _Words(self.by_mark)
        return self._words.holding(words)


class _Words:
    """The class names and ids of a page's elements as one text, in which words are found."""

    def __init__(self, marks: Iterable[str]) -> None:
        self.marks = list(marks)
        lower = [mark.lower() for mark in self.marks]
        self.starts = list(accumulate((len(mark) + 1 for mark in lower), initial=0))
        self.text = "\n".join(lower)
        self.names = "\n".join(set(self.text.split()))
        """Each name once, which is half of the text: most words are nowhere in it."""

    def holding(self, words: Iterable[str]) -> list[str]:
        found: set[int] = set()
        for word in words:
            at = self.text.find(word) if word in self.names else -1
            while at >= 0:
                number = bisect_right(self.starts, at) - 1
                found.add(number)
                at = self.text.find(word, self.starts[number + 1])
        return [self.marks[number] for number in found]


class Node:
    """An element. Hold its tree as long as its parts are used: after that they raise."""

    __slots__ = (
        *("attributes", "class_and_id", "end", "flow", "index", "links", "parent"),
        *("size", "start", "stop", "string", "tag"),
    )

    index: int
    """Its number among the page's elements."""
    end: int
    """Number of the first element behind those below it."""
    start: int
    """Its start among the page's pieces."""
    stop: int
    """Its end among them."""
    size: int
    """Characters of text, about: white space between tags counts one at most."""
    links: int
    """Of these, characters inside links."""

    def __init__(
        self,
        tag: str,
        attributes: Mapping[str, str],
        parent: Node | None,
        flow: Flow,
        class_and_id: str = "",
    ) -> None:
        self.tag = tag
        self.attributes = attributes
        self.parent = parent
        self.flow = flow
        self.string: str | None = None
        """Its text, once it was asked for."""
        self.class_and_id = class_and_id
        """Its class names and id."""

    @property
    def page(self) -> list[Node]:
        """All elements of the page, in page order."""
        return self.flow.nodes

    @property
    def site(self) -> str:
        """The last two labels of the page's host; empty if that is not known."""
        return self.flow.site

    def flags(self, judge: Callable[[Flow], Mapping[int, str]]) -> Mapping[int, str]:
        """Return the flags of its page's elements, which *judge* finds on first use."""
        flow = self.flow
        if flow.flags is None:
            flow.flags = judge(flow)
        return flow.flags

    def iter(self) -> list[Node]:
        """Return this node and those below it, in page order."""
        return self.flow.nodes[self.index : self.end]

    def tagged(self, tag: str) -> list[Node]:
        """Return the elements of that *tag* among this one and those below it."""
        if self.end == self.index + 1:  # a third of those asked hold no element
            return [self] if self.tag == tag else []
        return self._within(self.flow.tagged(tag))

    def having(self, name: str) -> list[Node]:
        """Return the elements with the attribute *name* among this one and those below it."""
        return self._within(self.flow.having(name))

    def having_names(self, are_names: Callable[[tuple[str, ...]], bool]) -> list[Node]:
        """Return the elements here whose attributes have such names, in no order."""
        groups = [nodes for names, nodes in self.flow.by_names.items() if are_names(names)]
        return [node for nodes in groups for node in self._within(nodes)]

    def having_prefix(self, prefix: str) -> Iterator[tuple[str, Node]]:
        """Yield each attribute's value whose name begins so, and the element, in no order."""
        for names, nodes in self.flow.by_names.items():
            for name in names:
                if name.startswith(prefix):
                    yield from ((node.attributes[name], node) for node in self._within(nodes))

    def marked(self, is_mark: Callable[[str], bool], words: Iterable[str] = ()) -> list[Node]:
        """Return the elements whose class names and id are such a mark, in page order.

        Each text of class names and id is tried once, with all the elements that share it; of
        *words*, if there are any, it must hold one.
        """
        flow = self.flow
        tried = flow.marks_holding(words) if words else flow.by_mark
        groups = [flow.by_mark[mark] for mark in tried if is_mark(mark)]
        return self._within(sorted(chain.from_iterable(groups), key=_index))

    def _within(self, found: list[Node]) -> list[Node]:
        """Return those of *found*, in page order, that are this element or below it."""
        if not found or (self.index <= found[0].index and found[-1].index < self.end):
            return found
        first = bisect_left(found, self.index, key=_index)
        return found[first : bisect_left(found, self.end, key=_index)]

    def pieces(self) -> list[Node | str | None]:
        """Return its content in page order; None marks the end of an element."""
        return self.flow.pieces[self.start + 1 : self.stop]

    @property
    def children(self) -> list[Node | str]:
        """Its own elements and strings."""
        found: list[Node | str] = []
        pieces, at = self.flow.pieces, self.start + 1
        while at < self.stop:
            piece = pieces[at]
            if piece is not None:
                found.append(piece)
            at = piece.stop + 1 if isinstance(piece, Node) else at + 1
        return found

    def elements(self) -> Iterator[Node]:
        """Yield its own elements."""
        nodes, at = self.flow.nodes, self.index + 1
        while at < self.end:
            yield nodes[at]
            at = nodes[at].end

    def up_to(self, index: int) -> Node:
        """Return this element as if it ended where the page's element number *index* begins."""
        cut = Node(self.tag, self.attributes, self.parent, self.flow, self.class_and_id)
        cut.index, cut.end = self.index, index
        cut.start, cut.stop = self.start, self.page[index].start
        cut.size, cut.links = self.size, self.links
        return cut

    def is_below(self, other: Node) -> bool:
        """Return whether this node is *other* or stands inside it."""
        return other.index <= self.index < other.end

    def is_inside(self, tags: Collection[str]) -> bool:
        """Return whether it stands inside an element of one of *tags*."""
        node = self.parent
        while node is not None and node.tag not in tags:
            node = node.parent
        return node is not None

    def text(self) -> str:
        """Return the text below it on one line."""
        if self.string is None:
            self.string = self._text()
        return self.string

    def _text(self) -> str:
        first, stop = self.start + 1, self.stop
        if first == stop:
            return ""
        pieces = self.flow.pieces
        # Most of the nodes asked for hold one string.
        text: Node | str | None = pieces[first]
        if stop - first > 1 or type(text) is not str:
            text = "".join([piece for piece in pieces[first:stop] if type(piece) is str])
        return " ".join(text.split())

    def text_before(self, part: Node) -> str:
        """Return the text below it before *part*, an element below it, on one line."""
        pieces = self.flow.pieces[self.start + 1 : part.start]
        return " ".join("".join([piece for piece in pieces if type(piece) is str]).split())

    def strings_up_to(self, other: Node) -> list[str]:
        """Return the strings between the end of this node and *other*, a later one."""
        pieces = self.flow.pieces[self.stop : other.start]
        return [piece for piece in pieces if type(piece) is str]

    def ancestors(self) -> Iterator[Node]:
        """Yield its parent, grandparent and so on."""
        node = self.parent
        while node is not None:
            yield node
            node = node.parent


_index = attrgetter("index")


@frozen(kw_only=True)
class Tree:
    """The result of one pass over a page."""

    root: Node
    """The document; its children are html's."""
    flow: Flow = attrs.field(repr=False)
    """The content of the page, which lives as long as this tree."""
    title: str = ""
    """The text of the title element."""
    language: str = ""
    """The lang attribute of the html element."""
    metas: tuple[tuple[str, str], ...] = ()
    """Name (property, name, itemprop, http-equiv; lower case) and content of meta tags."""
    heads: tuple[Mapping[str, str], ...] = ()
    """The attributes of each link element."""
    json_ld: tuple[str, ...] = ()
    """The raw texts of the JSON-LD scripts."""
    base: str = ""
    """The address of the base element."""
    scripts: int = 0
    """Characters in scripts: much script and no text is a page that only a browser can show."""

    def __enter__(self) -> Tree:
        """Hold this to the end of a block: compiled code frees a value after its last use."""
        return self

    def __exit__(self, *_: object) -> None:
        self.flow.clear()

    def __del__(self) -> None:
        self.flow.clear()
