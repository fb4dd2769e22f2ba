"""A part of a page as text lines.

A text line is one line or paragraph on the screen: an element's own text up to the next
element, a `<br>` or the end. Its role is decided elsewhere; flags of elements are only handed
down to the text lines below them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Literal

from newscrawl.article import BlockKind
from newscrawl.html.tree import Node

HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
LISTS = frozenset(("ul", "ol", "dl", "menu"))
INLINE = frozenset(
    (
        *(
            "a",
            "abbr",
            "acronym",
            "b",
            "bdi",
            "bdo",
            "big",
            "bold",
            "cite",
            "code",
            "data",
            "del",
        ),
        *(
            "dfn",
            "em",
            "font",
            "i",
            "ins",
            "kbd",
            "label",
            "mark",
            "nobr",
            "q",
            "ruby",
            "rt",
            "s",
        ),
        *("samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var"),
        *("wbr", "bsp-em", "gu-island", "rb"),
    )
)
"""Elements that do not part one paragraph from the next."""
SILENT = frozenset(
    (
        *(
            "rp",
            "rt",
            "button",
            "head",
            "img",
            "amp-img",
            "input",
            "picture",
            "video",
            "iframe",
            "audio",
        ),
        *("svg", "object", "meta", "link", "title", "base", "source", "hr", "amp-ad"),
    )
)
"""Elements whose text is not read."""
MARKED_INLINE = frozenset({"span", "small", "time", "label", "em", "i", "cite", "font"})
PARTING = frozenset({"hidden", "caption", "share", "advert", "byline", "form", "newsletter"})
"""Inside a line only an element flagged so stands apart; other classes are ornament."""
LONGEST_BUTTON = 300
"""A button with more text was left open: the page goes on in it."""
PERMALINKS = frozenset("#¶§🔗⚓")
"""Signs of the link from a heading to itself."""
LONGEST_CARD = 600
"""And so was a link: the parts in it are no parts of a link."""
LEAST_SENTENCE = 20
"""A sentence has this many characters around a word in an element of its own."""
ENDS_OF_SENTENCES = tuple(".!?؟。！？۔…»”\"'")
SENTENCES = frozenset({"p", "li", "td", "dd", "blockquote"})
BLOCKS = frozenset(
    (
        *("address", "article", "aside", "blockquote", "body", "caption", "center", "dd"),
        *("details", "dialog", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer"),
        *("form", "header", "html", "legend", "li", "main", "menu", "nav", "ol", "option", "p"),
        *("pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr"),
        *("ul", "#document", *HEADINGS),
    )
)
"""Elements of HTML that begin a line of their own; one that HTML does not know may not."""
LARGEST_HEADING = 1_000
"""A heading of more characters was never closed: `<h2>…</h3><p>…`."""
LONG_HEADING = 90
"""A heading of this many characters may be a paragraph."""
MANY_HEADINGS = 3
"""This many long headings side by side are the paragraphs of a text."""
LONGEST_CELL = 300
"""A table with a longer cell lays out a page; its cells are not data."""
_KINDS: Mapping[str, BlockKind] = {
    **dict.fromkeys(HEADINGS, "heading"),
    **dict.fromkeys(LISTS, "list"),
    "blockquote": "quote",
}

Flagged = Callable[[Node], Mapping[int, str]]
"""Returns why elements of a node's page may be no body text, by their numbers."""
Flags = tuple[tuple[Node, str], ...]
_Role = Literal["part", "marked", "line", "link", "break", "silent", "table", "unknown"]
_ROLES: Mapping[str, _Role] = {
    **dict.fromkeys(BLOCKS, "part"),
    **dict.fromkeys(INLINE, "line"),
    **dict.fromkeys(MARKED_INLINE, "marked"),
    **dict.fromkeys(SILENT, "silent"),
    "a": "link",
    "br": "break",
    "table": "table",
}
"""Role of an element in a line of text; that of any other element is unknown."""


class TextLine:
    """One line or paragraph of text, as it is on the screen."""

    __slots__ = ("flags", "kind", "links", "node", "text")

    def __init__(
        self, text: str, links: int, node: Node, kind: BlockKind, flags: Flags
    ) -> None:
        self.text = text
        self.links = links
        """Number of its characters inside links."""
        self.node = node
        """The element that it is the text of."""
        self.kind: BlockKind = kind
        self.flags = flags
        """The elements above it that are flagged, the outermost first, and why."""

    def with_text(self, text: str) -> TextLine:
        """Return this line with another *text*."""
        return TextLine(text, self.links, self.node, self.kind, self.flags)


def _flags_around(nodes: Sequence[Node], reasons: Mapping[int, str]) -> list[Flags]:
    """Return for each of a page's *nodes* the flagged ones among it and those around it."""
    found: list[Flags] = [()] * len(nodes)
    for index in sorted(reasons):
        node, reason = nodes[index], reasons[index]
        # Inside a line, only a reason that parts it counts.
        if node.tag not in INLINE or (node.tag in MARKED_INLINE and reason in PARTING):
            flags = (*found[index], (node, reason))
            found[index : node.end] = [flags] * (node.end - index)
    return found


def no_flags(_node: Node) -> Mapping[int, str]:
    """Flag nothing."""
    return {}


def text_lines_of(nodes: Iterable[Node], flagged: Flagged = no_flags) -> list[TextLine]:
    """Return the text lines below *nodes*, in page order."""
    reader = _Reader(flagged)
    for node in nodes:
        reader.read(node)
    return reader.text_lines


class _Reader:
    """Collects text until something ends a line."""

    def __init__(self, flagged: Flagged) -> None:
        self.flagged = flagged
        self.reasons: Mapping[int, str] = {}
        """The flags of the page's elements, by their numbers."""
        self.flags: Sequence[Flags] = ()
        """The flags of each of the page's elements and those around it; empty without any."""
        self.text_lines: list[TextLine] = []
        self.buffer: list[str] = []
        self.links = 0
        """Number of the buffer's characters inside links."""
        self.in_link = 0
        """In how many links the text stands."""
        self.is_card = False
        """True if the last link is so small that the parts in it are links, too."""
        self.parts: list[tuple[Node, BlockKind, int]] = []
        """Open parts, the kind of their text, and the value of `in_link` around them."""
        self.pieces: Iterator[Any] = iter(())
        """The elements, strings and ends of elements that are still to be read."""

    def read(self, top: Node) -> None:
        """Read *top* as a part, even an inline element."""
        self.reasons = self.flagged(top)
        self.flags = _flags_around(top.page, self.reasons) if self.reasons else ()
        if top.tag == "table" and is_data(top):
            self.table(top)
            return
        self.parts = [(top, _KINDS.get(top.tag, "paragraph"), 0)]
        self.in_link = 0
        self.pieces = iter(top.pieces())
        self.walk()
        self.end()

    def walk(self) -> None:
        """Read the pieces of a part: some thousands of steps a page, so few calls are made."""
        buffer, parts = self.buffer, self.parts
        roles: list[_Role] = []
        for piece in self.pieces:
            if type(piece) is str:  # an isinstance is felt here
                # White space between two tags is most of the strings of a page.
                if buffer or piece != " ":
                    buffer.append(piece)
                    self.links += len(piece) if self.in_link else 0
            elif piece is None:
                role = roles.pop()
                if role == "part":
                    if buffer:
                        self.flush()
                    self.in_link = parts.pop()[2]
                elif role == "link":
                    self.in_link -= 1
            else:
                role = _ROLES.get(piece.tag, "unknown")
                if role == "part":
                    self.begin(piece, self.in_link if self.is_card else 0)
                elif role != "line":
                    role = self.open(piece, role)
                roles.append(role)

    def open(self, node: Node, role: _Role) -> _Role:
        """Handle an element that is no plain part or line; return its role in the end."""
        if role == "link":
            return self.open_link(node)
        if role == "break" and self.buffer:
            self.flush()
        elif role == "unknown":
            return self.open_unknown(node)
        elif role == "silent":
            return self.open_silent(node)
        elif role == "marked" and self.reasons.get(node.index) in PARTING:
            return self.open_parting(node)
        elif role == "table":
            return self.open_table(node)
        return role

    def open_link(self, node: Node) -> _Role:
        """Read a link; skip the sign that links a heading to itself."""
        if node.size == 1 and self.parts[-1][1] == "heading" and node.text() in PERMALINKS:
            self.skip(node)
            return "silent"
        self.in_link += 1
        self.is_card = node.size <= LONGEST_CARD
        return "link"

    def open_table(self, node: Node) -> _Role:
        """Read a table of data as one text; begin a part for one that makes a layout."""
        if not is_data(node):
            self.begin(node, 0)
            return "part"
        self.table(node)
        self.skip(node)
        return "table"

    def open_unknown(self, node: Node) -> _Role:
        """Begin a part, unless an element that is none of HTML's holds words of a sentence."""
        if is_in_sentence(node):
            return "line"
        self.begin(node, self.in_link if self.is_card else 0)
        return "part"

    def open_silent(self, node: Node) -> _Role:
        """Skip a silent element, except a button with a long text or in a sentence."""
        if node.tag == "button" and node.size > LONGEST_BUTTON:
            self.begin(node, 0)
            return "part"
        if node.tag == "button" and (is_in_sentence(node) or _is_whole_heading(node)):
            return "line"
        self.skip(node)
        return "silent"

    def open_parting(self, node: Node) -> _Role:
        """Begin a line, unless the element is a time or hidden words within a sentence."""
        reason = self.reasons[node.index]
        if (node.tag == "time" or reason == "hidden") and is_in_sentence(node):
            if reason != "hidden":
                return "line"
            self.skip(node)
            return "silent"
        self.begin(node, self.in_link)
        return "part"

    def skip(self, node: Node) -> None:
        """Skip the pieces inside *node*."""
        inside = node.stop - node.start - 1
        next(islice(self.pieces, inside, inside), None)

    def begin(self, node: Node, in_link: int) -> None:
        if self.buffer:
            self.flush()
        kind = _KINDS.get(node.tag) or self.parts[-1][1]
        if kind == "heading" and node.size >= LONG_HEADING and _is_paragraph(node):
            kind = "paragraph"
        self.parts.append((node, kind, self.in_link))
        self.in_link = in_link

    def end(self) -> None:
        if self.buffer:
            self.flush()
        self.in_link = self.parts.pop()[2]

    def table(self, node: Node) -> None:
        if self.buffer:
            self.flush()
        for row in node.iter():
            if row.tag == "tr":
                text = " ".join(filter(None, (cell.text() for cell in cells_of(row))))
                if text:
                    self.add(text, row.links, node, "table")

    def flush(self) -> None:
        node, kind, _ = self.parts[-1]
        text = " ".join("".join(self.buffer).split())
        if text:
            self.add(text, min(self.links, len(text)), node, kind)
        self.buffer.clear()
        self.links = 0

    def add(self, text: str, links: int, node: Node, kind: BlockKind) -> None:
        flags = self.flags[node.index] if self.flags else ()
        self.text_lines.append(TextLine(text, links, node, kind, flags))


def _is_whole_heading(node: Node) -> bool:
    """Return whether *node* is all of a sub-head, as the button of an accordion is."""
    parent = node.parent
    return parent is not None and parent.tag in HEADINGS and parent.size == node.size > 0


def _is_paragraph(heading: Node) -> bool:
    """Return whether *heading* was never closed, or is one of several side by side."""
    if heading.size > LARGEST_HEADING:
        return True
    parent = heading.parent
    if parent is None or heading.tag == "h1":
        return False
    alike = (part for part in parent.elements() if part.tag == heading.tag)
    return sum(part.size >= LONG_HEADING for part in alike) >= MANY_HEADINGS


def is_in_sentence(node: Node) -> bool:
    """Return whether *node*, which holds no lines of its own, is a part of a sentence."""
    above = node.parent
    while above is not None and above.tag not in BLOCKS:
        above = above.parent
    if above is None or above.tag not in SENTENCES:
        return False
    if above.size - node.size < LEAST_SENTENCE or above.size > LARGEST_HEADING * 4:
        return False
    if any(part.tag in BLOCKS for part in node.iter()[1:]):
        return False
    return above.text().endswith(ENDS_OF_SENTENCES)


def cells_of(row: Node) -> list[Node]:
    """Return the cells of a table's row."""
    return [cell for cell in row.elements() if cell.tag in {"td", "th"}]


def is_data(table: Node) -> bool:
    """Return whether a table holds data rather than the layout of a page."""
    return all(
        node.size <= LONGEST_CELL and node.tag != "table"
        for node in table.iter()
        if node is not table and node.tag in {"td", "th", "table"}
    )
