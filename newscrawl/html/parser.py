"""Markup into a light tree. Nothing here judges the parts of a page.

A page is read from the parser's events, without a tree of lxml's: that is the fastest way, and
the only one on which no depth is lost (lxml cuts a page off below 255 levels of nesting,
without an error). Below MAX_DEPTH the tree goes on flat.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from lxml import etree

from newscrawl.html.parse_limits import (
    MAX_ELEMENTS,
    check_attributes,
    check_limits,
    too_many_elements,
)
from newscrawl.html.tree import NO_ATTRIBUTES, Flow, Node, Tree

MAX_DEPTH = 250
"""Deeper elements become children of the element at this depth, so that climbing has an end."""
HARMLESS = 1_000_000
"""The events of this many bytes cost little: 200,000 attributes take some 0.1 s."""
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
_SILENT = frozenset({"iframe", "svg", "object", "audio"})
"""The skipped elements inside text that separate the words on both sides."""
_SPECIAL = SKIPPED | VOID | {"html", "br"}
_SPACE = " "
_UNTYPED = re.compile(
    r'\s{0,20}\{\s{0,20}"@context"\s{0,9}:\s{0,9}"https?://(?:www\.)?schema\.org'
)
_HEADING = re.compile(rb"<[hH]([1-6])[\s>]")
_HEADING_END = re.compile(rb"</h([1-6])[\s>]")
_BODY_ONLY = frozenset(
    (
        "article",
        "aside",
        "details",
        "figure",
        "footer",
        "header",
        "hgroup",
        "main",
        "nav",
        "section",
    )
)
"""Elements of HTML 5 that no head holds."""


LONGEST_NOSCRIPT = 20_000
_HELD_OPEN = (b"div", b"table", b"tr", b"td")
"""Elements that libxml2 does not end at the `</noscript>` around them."""


def _without_open_noscripts(body: bytes) -> bytes:
    """Return *body* without each `noscript` in which an element is left open.

    A browser reads it as text, and ends it at its end tag; libxml2 would end it with the page.
    """
    parts, done = [], 0
    at = body.find(b"<noscript")
    while at >= 0:
        end = body.find(b"</noscript", at, at + LONGEST_NOSCRIPT)
        inside = body[at + 1 : end] if end > 0 else b""
        # One that a script writes has the end of that script in it.
        if b"<noscript" not in inside and b"/script>" not in inside and _is_open(inside):
            parts.append(body[done:at])
            done = body.find(b">", end) + 1 or len(body)
        at = body.find(b"<noscript", max(end, at + 1))
    return b"".join((*parts, body[done:])) if parts else body


def _is_open(markup: bytes) -> bool:
    """Return whether an element of *markup* is not ended in it."""
    return any(markup.count(b"<" + tag) > markup.count(b"</" + tag) for tag in _HELD_OPEN)


def parse_tree(markup: str | bytes, site: str = "") -> Tree:
    """Return *markup*, a text or UTF-8, as a tree; *site* is the page's (`Node.site`).

    Raises OverLimit if it is over a limit.
    """
    body = markup.encode("utf-8", "replace") if isinstance(markup, str) else markup
    if b"\0" in body:
        body = body.replace(b"\0", b"")
    if len(body) > HARMLESS:
        check_limits(body)
    body = _with_headings_shut(body)
    body = _without_open_noscripts(body)
    reader = _Reader(site)
    # Without a method for comments they pass unseen, faster than by one that leaves them out.
    target: Any = _Events(reader)
    try:
        if body and not body.isspace():
            parser = etree.HTMLParser(target=target, huge_tree=True, encoding="utf-8")
            etree.fromstring(body, parser)
    except etree.XMLSyntaxError:
        pass  # libxml2 found no element at all; text, if any, was collected
    return reader.tree()


def _with_headings_shut(body: bytes) -> bytes:
    """Return *body* with each heading shut by its own end tag: `<h2>Title</h3>` by `</h2>`.

    So HTML has it; libxml2 would let the heading hold the rest of the page.
    """
    # Searched for by bytes, not by a pattern, which would look at each `<` of a page.
    lower = body.replace(b"<H", b"<h").replace(b"</H", b"</h") if b"</H" in body else body
    shut, done = bytearray(), 0
    at = lower.find(b"</h")
    while at >= 0:
        if end := _HEADING_END.match(lower, at):
            level = _last_heading(lower, done, at)
            if not level:
                level = (_HEADING.findall(body, done, at) or [level])[-1]
            if level and level != end[1]:
                shut = shut or bytearray(body)
                shut[at + 3] = level[0]
            done = end.end()
        at = lower.find(b"</h", at + 3)
    return bytes(shut) if shut else body


def _last_heading(body: bytes, start: int, stop: int) -> bytes:
    """Return the level of the last heading that begins in a stretch of *body*, or nothing."""
    at = body.rfind(b"<h", start, stop)
    while at >= 0:
        if tag := _HEADING.match(body, at):
            return tag[1]
        at = body.rfind(b"<h", start, at)
    return b""


def tree_from(element: Any, left_out: Collection[Any] = frozenset()) -> Tree:
    """Return *element*, which a layout's rule selects, as a tree; *left_out* is not read."""
    reader = _Reader()
    events = _Events(reader)
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
    return reader.tree()


class _Metadata:
    """Metadata of a page: language, base, meta and link elements, JSON-LD."""

    def __init__(self) -> None:
        self.language, self.base = "", ""
        self.metas: list[tuple[str, str]] = []
        self.heads: list[Mapping[str, str]] = []
        self.json_ld: list[str] = []
        self.scripts = 0

    def add(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Record the metadata in the attributes of an element."""
        if tag == "meta":
            self.metas += _metas_of(attributes)
        elif tag == "link":
            self.heads.append(dict(attributes))  # lxml's own empty mapping cannot be pickled
        elif tag == "base":
            self.base = self.base or attributes.get("href") or ""
        elif tag == "html":
            language = attributes.get("lang") or attributes.get("xml:lang")
            self.language = self.language or language or ""

    def add_script(self, kind: str, text: str) -> None:
        """Take the text of a script; some systems forget to give JSON-LD its type."""
        if "ld+json" in kind.lower() or (not kind and _UNTYPED.match(text)):
            self.json_ld.append(text)
        else:
            self.scripts += len(text)


class _Reader:
    """The tree so far, and the rare events; the frequent events are functions below."""

    __slots__ = (
        *("collected", "deeper", "flow", "links", "metadata", "nodes", "open", "pieces"),
        *("script", "size", "skipped"),
    )

    def __init__(self, site: str = "") -> None:
        self.metadata = _Metadata()
        self.flow = Flow(site)
        self.nodes, self.pieces = self.flow.nodes, self.flow.pieces
        self.open: list[Node] = []
        self.deeper = 0
        """Number of open elements below MAX_DEPTH besides the last one."""
        self.size = self.links = 0
        """Characters so far, and those in ended links; an element has the difference."""
        self.skipped = 0
        """Number of open elements since one that is skipped."""
        self.script: str | None = None
        self.collected: list[str] = []

    def record_metadata(self, tag: str, attributes: Mapping[str, str]) -> bool:
        """Record the metadata of an element; return whether it has nothing else."""
        self.script = None
        if tag in SKIPPED and "shadowrootmode" not in attributes:
            self.skipped = 1
            self.script = attributes.get("type", "") if tag == "script" else None
            return tag not in _SILENT
        self.metadata.add(tag, attributes)
        return tag in VOID

    def end_skipped(self, tag: str) -> None:
        """Take the end of an element that was skipped."""
        if tag in _SILENT:
            self.shut()
        elif self.script is not None:
            self.metadata.add_script(self.script, "".join(self.collected))
            self.collected.clear()

    def shut(self) -> None:
        """Shut the last element that is open."""
        node, pieces = self.open.pop(), self.pieces
        node.size = size = self.size - node.size
        tag = node.tag
        if tag == "a":
            self.links = node.links + size
            node.links = size
        else:
            if tag == "br":
                pieces.append(_SPACE)
            node.links = self.links - node.links
        node.end, node.stop = len(self.nodes), len(pieces)
        pieces.append(None)

    def tree(self) -> Tree:
        """Return the tree, once. Elements that were never closed end with the page."""
        while self.open:
            self.shut()
        flow, metadata = self.flow, self.metadata
        check_attributes(max(map(len, flow.by_names), default=0))
        _open_body(flow)
        return Tree(
            root=flow.nodes[0],
            flow=flow,
            title=next((node.text() for node in flow.tagged("title")), ""),
            language=metadata.language,
            metas=tuple(metadata.metas),
            heads=tuple(metadata.heads),
            json_ld=tuple(metadata.json_ld),
            base=metadata.base,
            scripts=metadata.scripts,
        )


def _open_body(flow: Flow) -> None:
    """Call a head that holds the page's text its body.

    HTML lets a page leave out `</head>` and `<body>`; libxml2 then opens a body at a `div` or a
    `p`, not at the elements that came with HTML 5.
    """
    head = next((node for node in flow.nodes[:3] if node.tag == "head"), None)
    inside = flow.nodes[head.index : head.end] if head else ()
    if head and not _BODY_ONLY.isdisjoint(node.tag for node in inside):
        head.tag = "body"
        flow.by_tag["head"].remove(head)
        flow.by_tag["body"].insert(0, head)


class _Events:
    """The target of libxml2's events, of which a page has some thousands.

    Functions that hold the lists they add to take a fifth off the time that methods need which
    look for them on an object.
    """

    def __init__(self, reader: _Reader) -> None:
        self.start, self.end, self.data = _starts(reader), _ends(reader), _data(reader)
        self.start("#document", NO_ATTRIBUTES)

    def close(self) -> None:
        """Leave elements that were never closed to `_Reader.tree`."""


def _starts(reader: _Reader) -> Callable[[Any, Mapping[Any, Any]], None]:
    nodes, pieces, around, flow = reader.nodes, reader.pieces, reader.open, reader.flow
    by_tag, by_names, by_mark = reader.flow.by_tag, reader.flow.by_names, reader.flow.by_mark

    def start(tag: Any, attrib: Mapping[Any, Any]) -> None:
        if reader.skipped:
            reader.skipped += 1
            return
        if tag in _SPECIAL and reader.record_metadata(tag, attrib):
            return
        if len(around) > MAX_DEPTH:
            reader.shut()
            reader.deeper += 1
        parent = around[-1] if around else None
        if attrib:
            names, identity = attrib.get("class"), attrib.get("id")
            mark = f"{names} {identity}" if names and identity else names or identity or ""
            node = Node(tag, attrib, parent, flow, mark)
            by_names[tuple(attrib)].append(node)
            if mark:
                by_mark[mark].append(node)
        else:
            # What lxml hands over for an element without attributes is slow to ask.
            node = Node(tag, NO_ATTRIBUTES, parent, flow)
        by_tag[tag].append(node)
        node.index = index = len(nodes)
        node.start = len(pieces)
        node.size = reader.size
        node.links = reader.links
        nodes.append(node)
        pieces.append(node)
        around.append(node)
        if index > MAX_ELEMENTS:
            raise too_many_elements(index, MAX_ELEMENTS)

    return start


def _ends(reader: _Reader) -> Callable[[Any], None]:
    around, shut = reader.open, reader.shut

    def end(tag: Any) -> None:
        if reader.skipped:
            reader.skipped -= 1
            if not reader.skipped:
                reader.end_skipped(tag)
        elif tag in VOID:
            return  # libxml2 lets a `source` hold what follows
        elif reader.deeper:
            reader.deeper -= 1
        elif len(around) > 1:
            shut()

    return end


def _data(reader: _Reader) -> Callable[[Any], None]:
    pieces = reader.pieces

    def data(text: Any) -> None:
        if reader.skipped:
            if reader.script is not None:
                reader.collected.append(text)
        elif not text.isspace():
            pieces.append(text)
            reader.size += len(text)
        else:
            # White space between two tags is most of the strings of a page.
            if pieces[-1] is not _SPACE:
                pieces.append(_SPACE)
            reader.size += 1

    return data


def _metas_of(attributes: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield name and content of a meta element, for each attribute that names it."""
    content = attributes.get("content") or attributes.get("value")
    for kind in ("property", "name", "itemprop", "http-equiv") if content else ():
        name = attributes.get(kind)
        if name and content:
            yield name.lower(), content
