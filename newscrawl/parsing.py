"""Markup into a light tree. Nothing here judges what a part is.

A page is read from the parser's events, without a tree of lxml's: that is the fastest way, and
the only one on which no depth is lost (lxml cuts a page off below 255 levels of nesting,
without an error). Below MAX_DEPTH the tree goes on flat.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from weakref import ref

from lxml import etree

from newscrawl.limits import MAX_ATTRIBUTES, MAX_ELEMENTS, OverLimit, check_limits
from newscrawl.tree import NO_ATTRIBUTES, Flow, Node, Tree

MAX_DEPTH = 250
"""Deeper elements become children of the element at this depth, so that climbing has an end."""
HARMLESS = 1_000_000
"""The events of so many bytes cost little, whatever they are: 200,000 attributes some 0.1 s."""
SKIPPED = frozenset(
    (
        *("script", "style", "noscript", "template", "svg", "iframe", "object", "select"),
        *("textarea", "canvas", "audio", "datalist", "applet", "map", "noembed", "noframes"),
    )
)
"""Elements whose content is not read as text."""
VOID = frozenset(
    ("input", "meta", "link", "base", "wbr", "source", "track", "param", "col", "embed")
)
"""Elements that never hold anything and are no part of a text."""
_SILENT = frozenset({"iframe", "svg", "object"})
"""Of the skipped elements those that stand in a text and part what is beside them."""
_SPECIAL = SKIPPED | VOID | {"html", "br"}


def parse_tree(markup: str | bytes) -> Tree:
    """Return *markup*, a text or UTF-8, as a tree. Raise OverLimit for a page over a limit."""
    body = markup.encode("utf-8", "replace") if isinstance(markup, str) else markup
    if b"\0" in body:
        body = body.replace(b"\0", b"")
    if len(body) > HARMLESS:
        check_limits(body)
    events = _Events()
    try:
        if body and not body.isspace():
            parser = etree.HTMLParser(target=events, huge_tree=True, encoding="utf-8")
            etree.fromstring(body, parser)
    except etree.XMLSyntaxError:
        pass  # libxml2 found no element at all; text, if any, was collected
    return events.tree()


def tree_from(element: Any, left_out: Collection[Any] = frozenset()) -> Tree:
    """Return *element*, which a layout's rule selects, as a tree; *left_out* is not read."""
    events = _Events()
    walk = etree.iterwalk(element, events=("start", "end", "comment", "pi"))
    for event, part in walk:
        if event == "start":
            events.start(part.tag, dict(part.attrib))
            if part in left_out:
                walk.skip_subtree()
            elif part.text:
                events.data(part.text)
        else:
            if event == "end":
                events.end(part.tag)
            if part.tail and part is not element:
                events.data(part.tail)
    return events.tree()


class _Said:
    """What a page says besides its text."""

    def __init__(self) -> None:
        self.language, self.base = "", ""
        self.metas: list[tuple[str, str]] = []
        self.heads: list[Mapping[str, str]] = []
        self.json_ld: list[str] = []
        self.scripts = 0

    def hear(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Take what an element's attributes say."""
        if tag == "meta":
            content = attributes.get("content")
            for kind in ("property", "name", "itemprop", "http-equiv") if content else ():
                name = attributes.get(kind)
                if name and content:
                    self.metas.append((name.lower(), content))
        elif tag == "link":
            self.heads.append(attributes)
        elif tag == "base":
            self.base = self.base or attributes.get("href") or ""
        elif tag == "html":
            language = attributes.get("lang") or attributes.get("xml:lang")
            self.language = self.language or language or ""

    def hear_script(self, kind: str, text: str) -> None:
        """Take the text of a script."""
        if "ld+json" in kind.lower():
            self.json_ld.append(text)
        else:
            self.scripts += len(text)


class _Events:
    """The target of libxml2's events, some thousands a page: each statement here is felt."""

    __slots__ = (
        *("collected", "deeper", "flow", "links", "nodes", "open", "pieces", "said", "script"),
        *("size", "skipped", "weak_flow"),
    )

    def __init__(self) -> None:
        self.said = _Said()
        self.flow = Flow()
        self.weak_flow = ref(self.flow)
        self.nodes, self.pieces = self.flow.nodes, self.flow.pieces
        self.open: list[Node] = []
        self.deeper = 0
        """How many elements are open below MAX_DEPTH besides the last one."""
        self.size = self.links = 0
        """Characters so far, and those in ended links; an element's are what it adds."""
        self.skipped = 0
        self.script: str | None = None
        self.collected: list[str] = []
        self.start("#document", NO_ATTRIBUTES)

    def start(self, tag: Any, attrib: Mapping[Any, Any]) -> None:
        """Take the start of an element."""
        if self.skipped:
            self.skipped += 1
            return
        if tag in _SPECIAL and self._is_told(tag, attrib):
            return
        if len(self.open) > MAX_DEPTH:
            self._shut()
            self.deeper += 1
        nodes, pieces, around = self.nodes, self.pieces, self.open
        # What lxml hands over for an element without attributes is slow to ask.
        attributes = attrib or NO_ATTRIBUTES
        node = Node(tag, attributes, around[-1] if around else None, self.weak_flow)
        node.index, node.start = len(nodes), len(pieces)
        node.size, node.links = self.size, self.links
        nodes.append(node)
        pieces.append(node)
        around.append(node)
        if node.index > MAX_ELEMENTS:
            raise OverLimit("too_many_elements")
        if len(attributes) > MAX_ATTRIBUTES:
            raise OverLimit("too_many_attributes")

    def _is_told(self, tag: str, attributes: Mapping[str, str]) -> bool:
        """Take what an element says besides text; whether that is all there is to it."""
        if tag in SKIPPED and "shadowrootmode" not in attributes:
            self.skipped = 1
            self.script = attributes.get("type", "") if tag == "script" else None
            return tag not in _SILENT
        self.said.hear(tag, attributes)
        return tag in VOID

    def end(self, tag: Any) -> None:
        """Take the end of an element."""
        if self.skipped:
            self.skipped -= 1
            if not self.skipped:
                self._end_skipped(tag)
        elif self.deeper:
            self.deeper -= tag not in VOID
        elif tag not in VOID and len(self.open) > 1:
            self._shut()

    def _end_skipped(self, tag: str) -> None:
        if tag in _SILENT:
            self._shut()
        elif self.script is not None:
            self.said.hear_script(self.script, "".join(self.collected))
            self.collected.clear()

    def _shut(self) -> None:
        node, pieces = self.open.pop(), self.pieces
        node.size = self.size - node.size
        if node.tag == "a":
            self.links = node.links + node.size
        elif node.tag == "br":
            pieces.append(" ")
        node.links = self.links - node.links
        node.end, node.stop = len(self.nodes), len(pieces)
        pieces.append(None)

    def data(self, data: Any) -> None:
        """Take a piece of text."""
        if self.skipped:
            if self.script is not None:
                self.collected.append(data)
            return
        pieces = self.pieces
        if not data.isspace():
            pieces.append(data)
            self.size += len(data)
            return
        if pieces[-1] != " ":
            pieces.append(" ")
        self.size += 1

    def comment(self, text: Any) -> None:
        """Leave comments out."""

    def close(self) -> None:
        """Shut what was never closed: it ends where the page does."""
        while self.open:
            self._shut()

    def tree(self) -> Tree:
        """Return all that was heard, once."""
        self.close()
        flow, nodes, said = self.flow, self.nodes, self.said
        # lxml's parser and its context hold each other, and these events with them.
        del self.flow, self.nodes, self.pieces
        return Tree(
            root=nodes[0],
            flow=flow,
            title=next((node.text() for node in nodes if node.tag == "title"), ""),
            language=said.language,
            metas=tuple(said.metas),
            heads=tuple(said.heads),
            json_ld=tuple(said.json_ld),
            base=said.base,
            scripts=said.scripts,
        )
