"""A page as a light tree, built in one pass of the parser. Nothing here judges what a part is.

libxml2 reports tags and text as it reads them; no tree of its own is built, which makes this as
cheap as parsing, and indifferent to nesting: below MAX_DEPTH the tree goes on flat, and no text
is lost.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

import attrs
from lxml import etree

MAX_DEPTH = 300
"""Deeper elements become children of the element at this depth, so that walks may recurse."""
MAX_ELEMENTS = 200_000
"""A page of more elements is refused; the largest article pages seen have 20,000."""

SKIPPED = frozenset(
    ("script", "style", "noscript", "template", "svg", "iframe", "object", "select", "textarea")
    + ("canvas", "audio", "datalist", "applet", "map", "noembed", "noframes", "math-field")
)
"""Elements whose content is not read as text."""
VOID = frozenset(
    ("input", "meta", "link", "base", "wbr", "source", "track", "param", "col", "embed")
)
"""Elements that never hold anything and are no part of a text."""
_SPECIAL = SKIPPED | VOID | {"html"}
NO_ATTRIBUTES: Mapping[str, str] = MappingProxyType({})


class TooManyElements(Exception):
    """A page has more than MAX_ELEMENTS elements."""


class Node:
    """An element: its tag, attributes and children, which are nodes and strings."""

    __slots__ = (
        *("attributes", "children", "end", "flag", "index", "links", "marks", "page", "parent"),
        *("size", "tag"),
    )

    def __init__(
        self,
        tag: str,
        attributes: Mapping[str, str],
        parent: Node | None,
        index: int,
        page: list[Node],
    ) -> None:
        self.tag = tag
        self.attributes = attributes
        self.parent = parent
        self.children: list[Node | str] = []
        self.size = 0
        """Characters of text, about: white space between tags counts one at most."""
        self.links = 0
        """Of these, characters inside links."""
        self.page = page
        """All nodes of the page, in page order."""
        self.index = index
        """Where it stands in them."""
        self.end = index + 1
        """Where the first node after those below it stands."""
        self.flag: str | None = None
        """What a first judgement made of it, once it was judged."""
        if attributes:
            names = attributes.get("class", "")
            self.marks = f"{names} {attributes['id']}" if "id" in attributes else names
            """Its class names and id."""
        else:
            self.marks = ""

    def get(self, name: str) -> str | None:
        """Return an attribute."""
        return self.attributes.get(name)

    def iter(self) -> list[Node]:
        """Return this node and those below it, in page order."""
        return self.page[self.index : self.end] or [self]

    def is_below(self, other: Node) -> bool:
        """Whether this node is *other* or stands inside it."""
        return other.index <= self.index < other.end

    def strings(self) -> list[str]:
        """Return the strings below it, in page order."""
        found: list[str] = []
        _collect(self.children, found)
        return found

    def text(self) -> str:
        """Return the text below it on one line."""
        children = self.children
        if len(children) == 1 and children[0].__class__ is str:
            return " ".join(children[0].split())
        return " ".join("".join(self.strings()).split())

    def ancestors(self) -> Iterator[Node]:
        """Yield its parent, grandparent and so on."""
        node = self.parent
        while node is not None:
            yield node
            node = node.parent


def _collect(children: list[Node | str], found: list[str]) -> None:
    """Append the strings among and below *children*; the tree is no deeper than MAX_DEPTH."""
    for child in children:
        if isinstance(child, str):
            found.append(child)
        elif child.tag == "br":
            found.append(" ")
        elif child.children:
            _collect(child.children, found)


@attrs.frozen(kw_only=True)
class Tree:
    """What one pass over a page collected."""

    root: Node
    """The document; its children are html's."""
    title: str = ""
    """The text of the title element."""
    language: str = ""
    """The lang attribute of the html element."""
    metas: tuple[tuple[str, str], ...] = ()
    """Name (property, name, itemprop or http-equiv, in lower case) and content of each meta tag."""
    heads: tuple[Mapping[str, str], ...] = ()
    """The attributes of each link element."""
    json_ld: tuple[str, ...] = ()
    """The raw texts of the JSON-LD scripts."""
    base: str = ""
    """The address of the base element."""
    scripts: int = 0
    """Characters in scripts: much script and no text is a page that only a browser can show."""


def parse_tree(markup: str) -> Tree:
    """Return *markup* as a tree. Raise TooManyElements for a page over the limit."""
    target = _Builder()
    parser = etree.HTMLParser(target=target, huge_tree=True, encoding="utf-8")
    body = markup.replace("\x00", "").encode("utf-8", "replace")
    if body.strip():
        try:
            etree.fromstring(body, parser)
        except etree.XMLSyntaxError:
            target.close()  # libxml2 found no element at all; text, if any, was collected
    return target.tree()


class _Builder:
    """The target of libxml2's events."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.root = self.here = Node("#document", NO_ATTRIBUTES, None, 0, self.nodes)
        self.nodes.append(self.root)
        self.depth = self.skipped = self.scripts = 0
        self.collects = ""
        self.collected: list[str] = []
        self.title, self.language, self.base = "", "", ""
        self.metas: list[tuple[str, str]] = []
        self.heads: list[Mapping[str, str]] = []
        self.json_ld: list[str] = []

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if self.skipped:
            self.skipped += 1
            return
        if tag in _SPECIAL and self._is_told(tag, attributes):
            return
        nodes, here = self.nodes, self.here
        index = len(nodes)
        if index > MAX_ELEMENTS:
            raise TooManyElements
        node = Node(tag, attributes, here, index, nodes)
        nodes.append(node)
        here.children.append(node)
        if self.depth < MAX_DEPTH:
            self.here = node
        self.depth += 1

    def _is_told(self, tag: str, attributes: Mapping[str, str]) -> bool:
        """Take what an element says besides text; whether that is all there is to it."""
        if tag in SKIPPED and "shadowrootmode" not in attributes:
            self._skip(tag, attributes)
            return True
        self._keep(tag, attributes)
        return tag in VOID

    def end(self, tag: str) -> None:
        if tag in VOID and not self.skipped:
            return
        if self.skipped:
            self.skipped -= 1
            if not self.skipped and self.collects == "json":
                self.json_ld.append("".join(self.collected))
            return
        self.depth -= 1
        if self.depth < MAX_DEPTH:
            node = self.here
            parent = node.parent
            if parent is None:
                return
            node.end = len(self.nodes)
            if tag == "title" and not self.title:
                self.title = node.text()
            if tag == "a":
                node.links = node.size
            parent.size += node.size
            parent.links += node.links
            self.here = parent

    def data(self, text: str) -> None:
        if self.skipped:
            if self.collects == "json":
                self.collected.append(text)
            elif self.collects == "script":
                self.scripts += len(text)
            return
        self.here.children.append(text)
        self.here.size += len(text) if not text.isspace() else 1

    def comment(self, text: str) -> None:
        """Leave comments out."""

    def close(self) -> _Builder:
        self.root.end = len(self.nodes)
        node: Node | None = self.here
        while node is not None:  # what was never closed ends where the page does
            node.end = len(self.nodes)
            node = node.parent
        return self

    def _skip(self, tag: str, attributes: Mapping[str, str]) -> None:
        self.skipped = 1
        self.collects = ""
        if tag == "script":
            kind = attributes.get("type", "").lower()
            self.collects = "json" if "ld+json" in kind else "script"
            self.collected = []
        elif tag in {"iframe", "svg", "object"}:
            silent = Node(tag, attributes, self.here, len(self.nodes), self.nodes)
            self.nodes.append(silent)
            self.here.children.append(silent)

    def _keep(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "meta":
            content = attributes.get("content")
            names = [attributes.get(n) for n in ("property", "name", "itemprop", "http-equiv")]
            self.metas.extend((name.lower(), content) for name in names if name and content)
        elif tag == "link":
            self.heads.append(attributes)
        elif tag == "html":
            self.language = (
                self.language or attributes.get("lang") or attributes.get("xml:lang") or ""
            )
        elif tag == "base":
            self.base = self.base or attributes.get("href", "")

    def tree(self) -> Tree:
        return Tree(
            root=self.root,
            title=self.title,
            language=self.language,
            metas=tuple(self.metas),
            heads=tuple(self.heads),
            json_ld=tuple(self.json_ld),
            base=self.base,
            scripts=self.scripts,
        )


def node_from(element: Any) -> Node:
    """Return an lxml *element*, as a layout's rule selects it, as a node."""
    markup = etree.tostring(element, encoding="unicode", with_tail=False, method="html")
    found = parse_tree(markup).root
    for node in found.iter():
        if node.tag == element.tag:
            return node
    return found
