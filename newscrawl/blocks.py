"""A part of a page as runs of text, and runs as the blocks of an article.

A run is what a reader sees as one line or paragraph: an element's own text up to where
another begins, a `<br>`, or the end. What belongs to the body is judged elsewhere; `flag`
only hands its first judgement of an element down to the runs below.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from typing import Literal

from newscrawl.article import Block, BlockKind
from newscrawl.tree import Node

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
        ),
        *("svg", "object", "meta", "link", "title", "base", "source", "hr", "amp-ad"),
    )
)
"""Elements whose text is not read."""
MARKED_INLINE = frozenset({"span", "small", "time", "label", "em", "i", "cite", "font"})
PARTING = frozenset({"hidden", "caption", "share", "advert", "byline", "form", "newsletter"})
"""Inside a line only an element flagged so stands apart; other classes are ornament."""
LONGEST_CELL = 300
"""A table with a longer cell lays out a page; its cells are not data."""
_KINDS: Mapping[str, BlockKind] = {
    **dict.fromkeys(HEADINGS, "heading"),
    **dict.fromkeys(LISTS, "list"),
    "blockquote": "quote",
}

Flag = Callable[[Node], str]
_Role = Literal["part", "marked", "line", "link", "break", "silent", "table"]
_ROLES: Mapping[str, _Role] = {
    **dict.fromkeys(INLINE, "line"),
    **dict.fromkeys(MARKED_INLINE, "marked"),
    **dict.fromkeys(SILENT, "silent"),
    "a": "link",
    "br": "break",
    "table": "table",
}
"""What an element is to the lines of a text; any other is a part with lines of its own."""


class Run:
    """One run of text."""

    __slots__ = ("flag", "kind", "links", "node", "text")

    def __init__(self, text: str, links: int, node: Node, kind: BlockKind, flag: Flag) -> None:
        self.text = text
        self.links = links
        """How many of its characters are inside links."""
        self.node = node
        """The element that it is the text of."""
        self.kind: BlockKind = kind
        self.flag = flag
        """How the elements above it are judged: few runs are ever asked."""

    @property
    def flags(self) -> tuple[tuple[Node, str], ...]:
        """The elements above it that are flagged, the outermost first, and why."""
        above = (self.node, *self.node.ancestors())
        found = [(node, reason) for node in above if (reason := flag_of(node, self.flag))]
        return tuple(reversed(found))


def no_flag(_node: Node) -> str:
    """Flag nothing."""
    return ""


def flag_of(node: Node, flag: Flag) -> str:
    """Return what *flag* says of *node* as a part of a text: in a line, only what parts it."""
    if node.tag not in INLINE:
        return flag(node)
    reason = flag(node) if node.tag in MARKED_INLINE else ""
    return reason if reason in PARTING else ""


def runs_of(nodes: Iterable[Node], flag: Flag = no_flag) -> list[Run]:
    """Return the runs of text below *nodes*, in page order."""
    reader = _Reader(flag)
    for node in nodes:
        reader.read(node)
    return reader.runs


class _Reader:
    """Collects text until something ends a run."""

    def __init__(self, flag: Flag) -> None:
        self.flag = flag
        self.runs: list[Run] = []
        self.buffer: list[str] = []
        self.links = 0
        """How many of the buffer's characters are inside links."""
        self.in_link = 0
        self.parts: list[tuple[Node, BlockKind, int]] = []
        """The parts that are open, the kind of their text, and what `in_link` was around."""

    def read(self, top: Node) -> None:
        """Read *top* as a part, whatever element it is."""
        if top.tag == "table" and is_data(top):
            self.table(top)
            return
        self.begin(top, 0)
        roles: list[_Role] = []
        pieces = iter(top.pieces())
        for piece in pieces:
            if isinstance(piece, str):
                # White space between two tags is most of the strings of a page.
                if self.buffer or piece != " ":
                    self.buffer.append(piece)
                    self.links += len(piece) if self.in_link else 0
            elif piece is None:
                self.end(roles.pop())
            else:
                role = self.open(piece)
                if role == "silent":
                    next(islice(pieces, piece.stop - piece.start - 1, None))
                else:
                    roles.append(role)
        self.end("part")

    def open(self, node: Node) -> _Role:
        """Begin what *node* is to the text, and return that."""
        role = _ROLES.get(node.tag, "part")
        if role == "part":
            self.begin(node, 0)
        elif role == "link":
            self.in_link += 1
        elif role == "break":
            self.flush()
        elif role == "marked" and self.flag(node) in PARTING:
            self.begin(node, self.in_link)
            return "part"
        elif role == "table":
            if is_data(node):
                self.table(node)
                return "silent"
            self.begin(node, 0)
            return "part"
        return role

    def begin(self, node: Node, in_link: int) -> None:
        self.flush()
        around = self.parts[-1][1] if self.parts else "paragraph"
        self.parts.append((node, _KINDS.get(node.tag, around), self.in_link))
        self.in_link = in_link

    def end(self, role: _Role) -> None:
        if role == "part":
            self.flush()
            self.in_link = self.parts.pop()[2]
        elif role == "link":
            self.in_link -= 1

    def table(self, node: Node) -> None:
        self.flush()
        for row in node.iter():
            if row.tag == "tr":
                text = " ".join(filter(None, (cell.text() for cell in cells_of(row))))
                if text:
                    self.runs.append(Run(text, row.links, node, "table", self.flag))

    def flush(self) -> None:
        if self.buffer:
            node, kind, _ = self.parts[-1]
            text = " ".join("".join(self.buffer).split())
            if text:
                self.runs.append(Run(text, min(self.links, len(text)), node, kind, self.flag))
            self.buffer.clear()
            self.links = 0


def cells_of(row: Node) -> list[Node]:
    """Return the cells of a table's row."""
    return [cell for cell in row.elements() if cell.tag in {"td", "th"}]


def is_data(table: Node) -> bool:
    """Whether a table holds data rather than the layout of a page."""
    return all(
        node.size <= LONGEST_CELL and node.tag != "table"
        for node in table.iter()
        if node is not table and node.tag in {"td", "th", "table"}
    )


def blocks_from(runs: Sequence[Run]) -> tuple[Block, ...]:
    """Return *runs* as blocks: a list's items are one block, and so are a table's rows."""
    blocks: list[Block] = []
    last: Node | None = None
    for run in runs:
        whole = _whole_of(run)
        if whole is not None and whole is last:
            blocks[-1] = Block(kind=run.kind, text=f"{blocks[-1].text}\n{run.text}")
        else:
            blocks.append(Block(kind=run.kind, text=run.text))
        last = whole
    return tuple(blocks)


def _whole_of(run: Run) -> Node | None:
    """Return the list or table that *run* is an item or row of."""
    if run.kind == "table":
        return run.node
    if run.kind != "list":
        return None
    return next((n for n in (run.node, *run.node.ancestors()) if n.tag in LISTS), None)
