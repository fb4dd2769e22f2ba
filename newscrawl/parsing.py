"""Markup into a light tree, within limits. Nothing here judges what a part is.

A page is read from the parser's events, without a tree of lxml's: that is the fastest way, and
the only one on which no depth is lost (lxml cuts a page off below 255 levels of nesting,
without an error). Below MAX_DEPTH the tree goes on flat.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from lxml import etree

from newscrawl.tree import NO_ATTRIBUTES, Attributes, Node, Tree

MAX_DEPTH = 250
"""Deeper elements become children of the element at this depth, so that walks may recurse."""
MAX_ELEMENTS = 60_000
"""A page of more elements is refused; the largest of 236 saved article pages has 2,300."""
MAX_TAG = 65_536
"""A longer tag is looked at: libxml2 takes 80 s over one of 100,000 attributes."""
MAX_ATTRIBUTES = 5_000
"""A page with a tag of more attributes is refused; 5,000 take libxml2 some 50 ms."""
MAX_CHARACTERS = 12_000_000
"""A longer page is refused."""
MANY_ATTRIBUTES = 30_000
"""A page with more equals signs is looked through for long tags."""

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
_SPECIAL = SKIPPED | VOID | {"html"}
# A script, a comment or a tag; possessive, so that no text is looked at twice.
_TAG = re.compile(
    rb"<(?:script|style)\b[^>]*+>(?:[^<]++|<(?!/(?:script|style)))*+"
    rb"|<!--(?:[^-]++|-(?!->))*+"
    rb"|<[a-z](?:[^>\"']++|\"[^\"]*+\"|'[^']*+')*+",
    re.IGNORECASE,
)
_QUOTED = re.compile(rb"\"[^\"]*+\"|'[^']*+'")


class OverLimit(Exception):
    """A page costs more to parse than one may; the message says what is too much."""


def parse_tree(markup: str | bytes) -> Tree:
    """Return *markup*, a text or UTF-8, as a tree. Raise OverLimit for a page over a limit."""
    body = markup.encode("utf-8", "replace") if isinstance(markup, str) else markup
    if b"\0" in body:
        body = body.replace(b"\0", b"")
    check_limits(body)
    if not body.strip():
        return Tree(root=Node("#document", NO_ATTRIBUTES, None, 0, []))
    return _tree_from_events(body)


def check_limits(markup: bytes) -> None:
    """Raise OverLimit for what would take a parser very long, by counting characters alone."""
    if len(markup) > MAX_CHARACTERS:
        raise OverLimit("too_large")
    # Counting takes a fifth of the time of parsing: only where there is room for so many.
    if (
        len(markup) > 3 * MAX_ELEMENTS
        and markup.count(b"<") > MAX_ELEMENTS
        and _tags_in(markup) > MAX_ELEMENTS
    ):
        raise OverLimit("too_many_elements")
    # A tag longer than MAX_TAG leaves at least one of these windows without an end of a tag.
    window = MAX_TAG // 2
    gaps = (
        markup.find(b">", at, at + window) < 0 for at in range(0, len(markup) - window, window)
    )
    has_room = len(markup) > 6 * MANY_ATTRIBUTES
    if any(gaps) or (has_room and markup.count(b"=") > MANY_ATTRIBUTES):
        for match in _TAG.finditer(markup):
            if match.end() - match.start() > MAX_TAG and _has_many_attributes(match[0]):
                raise OverLimit("too_many_attributes")


def _tags_in(markup: bytes) -> int:
    """Return how many tags open in *markup*, outside scripts and comments."""
    return sum(1 for match in _TAG.finditer(markup) if match[0][1:2].isalpha())


def _has_many_attributes(tag: bytes) -> bool:
    """Whether a long *tag* is long by the number of its attributes, not by what one holds."""
    if tag[1:7].lower() == b"script" or tag.startswith((b"<!--", b"<style")):
        return False
    return len(_QUOTED.sub(b" ", tag).split()) > MAX_ATTRIBUTES


class _Said:
    """What a page says besides its text."""

    def __init__(self) -> None:
        self.title, self.language, self.base = "", "", ""
        self.metas: list[tuple[str, str]] = []
        self.heads: list[Mapping[str, str]] = []
        self.json_ld: list[str] = []
        self.scripts = 0

    def hear(self, tag: str, attributes: Attributes) -> None:
        """Take what an element's attributes say."""
        if tag == "meta":
            content = attributes.get("content")
            for kind in ("property", "name", "itemprop", "http-equiv") if content else ():
                name = attributes.get(kind)
                if name and content:
                    self.metas.append((name.lower(), content))
        elif tag == "link":
            names = ("rel", "href", "type", "hreflang", "media", "title")
            values = {name: attributes.get(name) for name in names}
            self.heads.append({name: value for name, value in values.items() if value})
        elif tag == "base":
            self.base = self.base or attributes.get("href") or ""
        elif tag == "html":
            language = attributes.get("lang") or attributes.get("xml:lang")
            self.language = self.language or language or ""

    def hear_script(self, kind: str | None, text: str) -> None:
        """Take the text of a script."""
        if "ld+json" in (kind or "").lower():
            self.json_ld.append(text)
        else:
            self.scripts += len(text)

    def tree(self, nodes: list[Node]) -> Tree:
        """Return all that was heard with the page's nodes."""
        title = next((node.text() for node in nodes if node.tag == "title"), "")
        return Tree(
            root=nodes[0],
            title=title,
            language=self.language,
            metas=tuple(self.metas),
            heads=tuple(self.heads),
            json_ld=tuple(self.json_ld),
            base=self.base,
            scripts=self.scripts,
        )


class _Walk:
    """One walk over a part of lxml's tree, which a rule of a layout selects."""

    def __init__(self) -> None:
        self.said = _Said()
        self.nodes: list[Node] = []

    def read(self, document: Any) -> Node:
        """Return *document* with what is below it."""
        root = Node("#document", NO_ATTRIBUTES, None, 0, self.nodes)
        self.nodes.append(root)
        self.said.hear(document.tag, document)
        first = Node(document.tag, document, root, 1, self.nodes)
        self.nodes.append(first)
        root.children.append(first)
        self.grow(document, first)
        root.end = len(self.nodes)
        return first

    def grow(self, element: Any, node: Node) -> None:
        """Read what is below *element* into *node*, as deep as a selected part goes."""
        nodes, append = self.nodes, node.children.append
        size = links = 0
        text = element.text
        if text:
            append(text)
            size = 1 if text.isspace() else len(text)
        for child in element:
            tag = child.tag
            if tag in _SPECIAL and self.is_told(tag, child, node):
                pass
            else:
                index = len(nodes)
                if index > MAX_ELEMENTS:
                    raise OverLimit("too_many_elements")
                below = Node(tag, child, node, index, nodes)
                nodes.append(below)
                append(below)
                self.grow(child, below)
                size += below.size
                links += below.links
            text = child.tail
            if text:
                append(text)
                size += 1 if text.isspace() else len(text)
        node.size = size
        node.links = size if node.tag == "a" else links
        node.end = len(nodes)

    def is_told(self, tag: str, child: Any, parent: Node) -> bool:
        """Take what *child* says besides text; whether that is all there is to it."""
        if tag == "template" and child.get("shadowrootmode") is not None:
            return False
        if tag == "script":
            self.said.hear_script(child.get("type"), child.text or "")
        elif tag in VOID:
            self.said.hear(tag, child)
        elif tag in _SILENT:
            silent = Node(tag, child, parent, len(self.nodes), self.nodes)
            self.nodes.append(silent)
            parent.children.append(silent)
        return True


_SILENT = frozenset({"iframe", "svg", "object"})


def _tree_from_events(body: bytes) -> Tree:
    events = _Events()
    try:
        etree.fromstring(
            body, etree.HTMLParser(target=events, huge_tree=True, encoding="utf-8")
        )
    except etree.XMLSyntaxError:
        events.close()  # libxml2 found no element at all; text, if any, was collected
    return events.said.tree(events.nodes)


class _Events:
    """The target of libxml2's events."""

    def __init__(self) -> None:
        self.said = _Said()
        root = Node("#document", NO_ATTRIBUTES, None, 0, [])
        self.nodes = root.page
        self.nodes.append(root)
        self.open = [root]
        self.skipped = 0
        self.script: str | None = None
        self.collected: list[str] = []

    def start(self, tag: Any, attrib: Mapping[Any, Any]) -> None:
        """Take the start of an element."""
        if self.skipped:
            self.skipped += 1
            return
        if tag in _SPECIAL and self._is_told(tag, attrib):
            return
        nodes, around = self.nodes, self.open
        index = len(nodes)
        if index > MAX_ELEMENTS:
            raise OverLimit("too_many_elements")
        parent = around[-1] if len(around) <= MAX_DEPTH else around[MAX_DEPTH - 1]
        # What lxml hands over for an element without attributes is slow to ask.
        node = Node(tag, attrib or NO_ATTRIBUTES, parent, index, nodes)
        nodes.append(node)
        parent.children.append(node)
        around.append(node)

    def _is_told(self, tag: str, attributes: Mapping[str, str]) -> bool:
        """Take what an element says besides text; whether that is all there is to it."""
        if tag in SKIPPED and "shadowrootmode" not in attributes:
            self.skipped = 1
            self.script = attributes.get("type", "") if tag == "script" else None
            if tag in _SILENT:
                parent = self.open[min(len(self.open), MAX_DEPTH) - 1]
                silent = Node(tag, attributes, parent, len(self.nodes), self.nodes)
                self.nodes.append(silent)
                parent.children.append(silent)
            return True
        self.said.hear(tag, attributes)
        return tag in VOID

    def end(self, tag: str | bytes) -> None:
        """Take the end of an element."""
        if self.skipped:
            self.skipped -= 1
            if not self.skipped and self.script is not None:
                self.said.hear_script(self.script, "".join(self.collected))
                self.collected.clear()
        elif tag not in VOID and len(self.open) > 1:
            self._shut()

    def _shut(self) -> None:
        is_flat = len(self.open) > MAX_DEPTH
        node = self.open.pop()
        if not is_flat:
            node.end = len(self.nodes)
        if node.tag == "a":
            node.links = node.size
        if node.parent is not None:
            node.parent.size += node.size
            node.parent.links += node.links

    def data(self, data: str | bytes) -> None:
        """Take a piece of text."""
        text = str(data)
        if self.skipped:
            if self.script is not None:
                self.collected.append(text)
            return
        here = self.open[-1]
        here.children.append(text)
        here.size += 1 if text.isspace() else len(text)

    def comment(self, text: str | bytes) -> None:
        """Leave comments out."""

    def close(self) -> None:
        """Shut what was never closed: it ends where the page does."""
        while len(self.open) > 1:
            self._shut()
        self.nodes[0].end = len(self.nodes)


def node_from(element: Any) -> Node:
    """Return an lxml *element*, as a layout's rule selects it, as a node."""
    return _Walk().read(element)
