"""A part of a page as runs of text, and runs as the blocks of an article.

A run is what a reader sees as one line or paragraph: an element's own text up to where
another begins, a `<br>`, or the end. What belongs to the body is judged elsewhere; `flag`
only hands its first judgement of an element down to the runs below.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

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

Flags = tuple[tuple[Node, str], ...]
Flag = Callable[[Node], str]


class Run:
    """One run of text."""

    __slots__ = ("flags", "kind", "links", "node", "strong", "text")

    def __init__(self, text: str, links: int, strong: int, node: Node, kind: BlockKind) -> None:
        self.text = text
        self.links = links
        """How many of its characters are inside links."""
        self.strong = strong
        """How many are bold."""
        self.node = node
        """The element that it is the text of."""
        self.kind: BlockKind = kind
        self.flags: Flags = ()
        """The elements above it that were flagged, the outermost first, and why."""


def no_flag(_node: Node) -> str:
    """Flag nothing."""
    return ""


def runs_of(nodes: Iterable[Node], flag: Flag = no_flag) -> list[Run]:
    """Return the runs of text below *nodes*, in page order."""
    reader = _Reader(flag)
    for node in nodes:
        reader.part(node, "paragraph")
    return reader.runs


class _Reader:
    """Collects text until something ends a run."""

    def __init__(self, flag: Flag) -> None:
        self.flag = flag
        self.runs: list[Run] = []
        self.flags: Flags = ()
        self.buffer: list[str] = []
        self.links = self.strong = 0

    def part(self, node: Node, kind: BlockKind) -> None:
        """Read an element that stands on lines of its own."""
        tag = node.tag
        reason = self.flag(node)
        flags = self.flags
        if reason:
            self.flags = (*flags, (node, reason))
        if tag == "table" and is_data(node):
            self.table(node)
        else:
            if tag in HEADINGS:
                kind = "heading"
            elif tag == "blockquote":
                kind = "quote"
            elif tag in LISTS:
                kind = "list"
            self.walk(node, node, kind, 0, 0)
            if self.buffer:
                self.flush(node, kind)
        self.flags = flags

    def walk(self, node: Node, block: Node, kind: BlockKind, link: int, strong: int) -> None:
        for child in node.children:
            if isinstance(child, str):
                # White space between two tags is most of the strings of a page.
                if self.buffer or not child.isspace():
                    self.hear(child, link, strong)
                continue
            tag = child.tag
            if tag == "br":
                if self.buffer:
                    self.flush(block, kind)
            elif tag in SILENT:
                continue
            elif tag in INLINE:
                self.inline(
                    child, block, kind, link or tag == "a", strong or tag in {"b", "strong"}
                )
            else:
                if self.buffer:
                    self.flush(block, kind)
                self.part(child, kind)

    def hear(self, text: str, link: int, strong: int) -> None:
        """Take a piece of the run that is being read."""
        self.buffer.append(text)
        if link:
            self.links += len(text)
        if strong:
            self.strong += len(text)

    def inline(self, node: Node, block: Node, kind: BlockKind, link: int, strong: int) -> None:
        reason = self.flag(node) if node.tag in MARKED_INLINE else ""
        if reason not in PARTING:
            self.walk(node, block, kind, link, strong)
            return
        self.flush(block, kind)
        flags = self.flags
        self.flags = (*flags, (node, reason))
        self.walk(node, block, kind, link, strong)
        self.flush(node, kind)
        self.flags = flags

    def table(self, node: Node) -> None:
        for row in node.iter():
            if row.tag == "tr":
                text = " ".join(filter(None, (cell.text() for cell in cells_of(row))))
                if text:
                    self.add(Run(text, row.links, 0, node, "table"))

    def flush(self, node: Node, kind: BlockKind) -> None:
        text = " ".join("".join(self.buffer).split())
        if text:
            self.add(Run(text, min(self.links, len(text)), self.strong, node, kind))
        self.buffer.clear()
        self.links = self.strong = 0

    def add(self, run: Run) -> None:
        run.flags = self.flags
        self.runs.append(run)


def cells_of(row: Node) -> list[Node]:
    """Return the cells of a table's row."""
    return [c for c in row.children if isinstance(c, Node) and c.tag in {"td", "th"}]


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
