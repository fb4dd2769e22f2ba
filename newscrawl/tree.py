"""A page as a light tree. Nothing here judges what a part is, and nothing here parses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Protocol, overload

import attrs

NO_ATTRIBUTES: Mapping[str, str] = MappingProxyType({})


class Attributes(Protocol):
    """Where attributes are looked up by name: a mapping, or an element of lxml."""

    @overload
    def get(self, name: str, /) -> str | None: ...

    @overload
    def get(self, name: str, default: str, /) -> str: ...


class Node:
    """An element: its tag, attributes and children, which are nodes and strings."""

    __slots__ = (
        *("attributes", "children", "end", "flag", "index", "links", "marks", "page", "parent"),
        *("size", "tag"),
    )

    def __init__(
        self,
        tag: str,
        attributes: Attributes,
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
        self.marks = "" if attributes is NO_ATTRIBUTES else _marks_of(attributes)
        """Its class names and id."""

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


def _marks_of(attributes: Attributes) -> str:
    names, identity = attributes.get("class"), attributes.get("id")
    return f"{names} {identity}" if names and identity else names or identity or ""


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
    """Name (property, name, itemprop, http-equiv; lower case) and content of meta tags."""
    heads: tuple[Mapping[str, str], ...] = ()
    """The attributes of each link element."""
    json_ld: tuple[str, ...] = ()
    """The raw texts of the JSON-LD scripts."""
    base: str = ""
    """The address of the base element."""
    scripts: int = 0
    """Characters in scripts: much script and no text is a page that only a browser can show."""
