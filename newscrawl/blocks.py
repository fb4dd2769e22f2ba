"""A part of a page as blocks: the paragraphs, sub-heads, quotes, lists and tables a reader sees.

What belongs to the body is judged elsewhere and handed in as the nodes to leave out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from newscrawl.article import Block, BlockKind
from newscrawl.tree import Node

HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
INLINE = frozenset(
    (
        "a",
        "abbr",
        "acronym",
        "b",
        "bdi",
        "bdo",
        "big",
        "cite",
        "code",
        "data",
        "del",
        "dfn",
        "em",
    )
    + ("font", "i", "ins", "kbd", "label", "mark", "nobr", "q", "rp", "rt", "ruby", "s", "samp")
    + (
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "time",
        "tt",
        "u",
        "var",
        "wbr",
        "bold",
    )
)
"""Elements that do not part one paragraph from the next."""
SILENT = frozenset(
    ("rp", "rt", "button", "head", "img", "amp-img", "input", "picture", "video")
)
"""Elements whose text is not read: ruby readings, buttons."""
LONGEST_CELL = 400
"""A table with a longer cell lays out a page; its cells are not data."""

Leaves = Callable[[Node], bool]


def _nothing(_node: Node) -> bool:
    return False


def blocks_from(nodes: Iterable[Node], leaves_out: Leaves = _nothing) -> tuple[Block, ...]:
    """Return the text below *nodes* as blocks, without the nodes that *leaves_out* says yes to."""
    writer = _Writer(leaves_out)
    for node in nodes:
        writer.walk(node, _kind_of(node) or "paragraph")
        writer.flush("paragraph")
    return tuple(writer.blocks)


def _kind_of(node: Node) -> BlockKind | None:
    if node.tag in HEADINGS:
        return "heading"
    return "quote" if node.tag == "blockquote" else None


class _Writer:
    """Collects text until something ends a paragraph."""

    def __init__(self, leaves_out: Leaves) -> None:
        self.leaves_out = leaves_out
        self.blocks: list[Block] = []
        self.buffer: list[str] = []

    def walk(self, node: Node, kind: BlockKind) -> None:
        for child in node.children:
            if isinstance(child, str):
                self.buffer.append(child)
            elif child.tag == "br":
                self.flush(kind)
            elif child.tag in INLINE:
                if not self.leaves_out(child):
                    self.walk(child, kind)
            else:
                self.flush(kind)
                if child.tag not in SILENT and not self.leaves_out(child):
                    self.part(child, kind)

    def part(self, node: Node, kind: BlockKind) -> None:
        """Write a node that stands on lines of its own."""
        if node.tag in {"ul", "ol", "dl", "menu"}:
            self.listing(node)
        elif node.tag == "table" and is_data(node):
            self.table(node)
        else:
            own = _kind_of(node) or kind
            self.walk(node, own)
            self.flush(own)

    def listing(self, node: Node) -> None:
        inner = _Writer(self.leaves_out)
        inner.walk(node, "list")
        inner.flush("list")
        if all(block.kind == "list" for block in inner.blocks):
            self.add("list", "\n".join(block.text for block in inner.blocks))
        else:
            self.blocks.extend(inner.blocks)

    def table(self, node: Node) -> None:
        rows = (
            " ".join(
                filter(
                    None, (cell.text() for cell in cells_of(row) if not self.leaves_out(cell))
                )
            )
            for row in node.iter()
            if row.tag == "tr" and not self.leaves_out(row)
        )
        self.add("table", "\n".join(row for row in rows if row))

    def flush(self, kind: BlockKind) -> None:
        if self.buffer:
            text = " ".join("".join(self.buffer).split())
            self.buffer.clear()
            self.add(kind, text)

    def add(self, kind: BlockKind, text: str) -> None:
        if text:
            self.blocks.append(Block(kind=kind, text=text))


def cells_of(row: Node) -> Iterator[Node]:
    """Yield the cells of a table's row."""
    return (c for c in row.children if isinstance(c, Node) and c.tag in {"td", "th"})


def is_data(table: Node) -> bool:
    """Whether a table holds data rather than the layout of a page."""
    return all(
        node.size <= LONGEST_CELL and node.tag != "table"
        for node in table.iter()
        if node is not table and node.tag in {"td", "th", "table"}
    )
