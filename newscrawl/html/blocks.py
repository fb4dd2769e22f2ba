"""Text lines as the blocks of an article, with links, emphasis, code, and cells of tables."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain, islice

from newscrawl.article import Block, BlockKind, Mark, MarkKind
from newscrawl.html.text_lines import BLOCKS, LISTS, SILENT, TextLine, cells_of
from newscrawl.html.tree import Node
from newscrawl.system.value_classes import frozen

LONGEST_MARKED = 200_000
"""The marks of an element with more characters are not read."""
MOST_MARKS = 200
"""Most marks of one line that are read."""
PRE_ABOVE = 3
"""A `pre` stands this many elements above a line of code at most."""
_MARKS: dict[str, MarkKind] = {
    **dict.fromkeys(("strong", "b"), "strong"),
    **dict.fromkeys(("em", "i"), "emphasis"),
    **dict.fromkeys(("code", "kbd", "samp", "tt"), "code"),
    "a": "link",
}
_MARKED = frozenset(_MARKS)
Absolute = Callable[[str], str | None]
"""Makes an address absolute; None for one that leads nowhere."""


@frozen
class Embed:
    """Something of another service that a page shows between its lines."""

    index: int
    """Its number among the page's elements."""
    url: str


def blocks_from(
    text_lines: Sequence[TextLine],
    absolute: Absolute | None = None,
    embeds: Sequence[Embed] = (),
) -> tuple[Block, ...]:
    """Return *text_lines* as blocks: a list's items are one block, and so are a table's rows.

    Links have addresses if *absolute* is given. *embeds* are in page order.
    """
    builder = _Builder(absolute, embeds)
    for text_line in text_lines:
        builder.add(text_line)
    return builder.result()


class _Builder:
    def __init__(self, absolute: Absolute | None, embeds: Sequence[Embed]) -> None:
        self._reader = _MarkReader(absolute)
        self._embeds, self._next = embeds, 0
        self._blocks: list[Block] = []
        # The block that is not finished: its whole, kind, lines, their length, marks and rows.
        self._whole: Node | None = None
        self._kind: BlockKind = "paragraph"
        self._lines: list[str] = []
        self._length = 0
        self._marks: list[Mark] = []
        self._rows: list[tuple[str, ...]] = []
        self._cells: Mapping[str, tuple[str, ...]] = {}

    def add(self, text_line: TextLine) -> None:
        """Add a line to the block that it is a part of."""
        whole, kind = _whole_of(text_line)
        if whole is None or whole is not self._whole:
            self._finish()
            self._embed_before(text_line.node.index)
            self._whole, self._kind = whole, kind
            self._cells = _rows_of(text_line.node) if kind == "table" else {}
        text = _code_of(whole, text_line) if kind == "code" and whole else text_line.text
        if kind == "table":
            self._rows.append(self._cells.get(text_line.text, (text_line.text,)))
        elif kind != "code":
            self._marks += [mark.moved(self._length) for mark in self._reader.of(text_line)]
        self._lines.append(text)
        self._length += len(text) + 1

    def result(self) -> tuple[Block, ...]:
        """Return the blocks, with the embeds that are left."""
        self._finish()
        self._embed_before(None)
        return tuple(self._blocks)

    def _finish(self) -> None:
        if self._lines:
            block = Block(
                kind=self._kind,
                text="\n".join(self._lines),
                marks=tuple(self._marks),
                rows=tuple(self._rows),
            )
            self._blocks.append(block)
        self._whole, self._lines, self._length = None, [], 0
        self._marks, self._rows = [], []

    def _embed_before(self, index: int | None) -> None:
        """Add the embeds before the element *index*; all that are left without one."""
        while self._next < len(self._embeds):
            embed = self._embeds[self._next]
            if index is not None and embed.index > index:
                return
            self._blocks.append(Block(kind="embed", text="", url=embed.url))
            self._next += 1


def _whole_of(text_line: TextLine) -> tuple[Node | None, BlockKind]:
    """Return the list, table or code that *text_line* is a part of, and its kind."""
    if text_line.kind == "table":
        return text_line.node, "table"
    above = chain((text_line.node,), text_line.node.ancestors())
    if text_line.kind == "list":
        return next((node for node in above if node.tag in LISTS), None), "list"
    code = next((node for node in islice(above, PRE_ABOVE) if node.tag == "pre"), None)
    return code, "code" if code is not None else text_line.kind


def _code_of(pre: Node, text_line: TextLine) -> str:
    """Return the lines of code as they are written, if *text_line* is all of them."""
    text = "".join(piece for piece in pre.pieces() if isinstance(piece, str))
    if " ".join(text.split()) != text_line.text:
        return text_line.text
    return "\n".join(line.rstrip() for line in text.splitlines() if line.strip())


def _rows_of(table: Node) -> Mapping[str, tuple[str, ...]]:
    """Return the cells of each row of *table* by the text of the row."""
    rows = (row for row in table.iter() if row.tag == "tr")
    cells = (tuple(cell.text() for cell in cells_of(row)) for row in rows)
    return {" ".join(filter(None, row)): row for row in cells}


class _MarkReader:
    """Reads the marks of lines; those of an element with several lines are read once."""

    def __init__(self, absolute: Absolute | None) -> None:
        self._absolute = absolute
        self._node: Node | None = None
        self._text = ""
        self._found: list[Mark] = []
        self._at = 0

    def of(self, text_line: TextLine) -> tuple[Mark, ...]:
        """Return the marks of *text_line*, their places counted in its text."""
        node = text_line.node
        if node.end - node.index < 2 or node.size > LONGEST_MARKED:
            return ()
        if node is not self._node:
            self._node, self._at = node, 0
            self._text, self._found = "", []
            if not _MARKED.isdisjoint([part.tag for part in node.iter()]):
                self._text, self._found = _marked_text(node, self._absolute)
        start = self._text.find(text_line.text, self._at) if self._found else -1
        if start < 0:
            self._found = []
            return ()
        end = self._at = start + len(text_line.text)
        first = bisect_left(self._found, start, key=lambda mark: mark.start)
        marks = islice(self._found, first, first + MOST_MARKS)
        return tuple(mark.moved(-start) for mark in marks if mark.end <= end)


def _marked_text(node: Node, absolute: Absolute | None) -> tuple[str, list[Mark]]:
    """Return the text of *node*, its lines parted, and the marks in it by their beginning."""
    text = _Text()
    found: list[Mark] = []
    opened: list[tuple[Node, _Place]] = []
    pieces, at = node.pieces(), 0
    while at < len(pieces):
        piece = pieces[at]
        at += 1
        if isinstance(piece, str):
            text.add(piece)
        elif piece is None:
            one, place = opened.pop()
            if one.tag in BLOCKS:
                text.end_line()
            if one.tag in _MARKS:
                found += _mark_of(one, place, text, absolute)
        elif piece.tag in SILENT:
            at += piece.stop - piece.start
        else:
            if piece.tag in BLOCKS or piece.tag == "br":
                text.end_line()
            opened.append((piece, text.place))
    return text.text(), sorted(found, key=lambda mark: (mark.start, -mark.end))


_Place = tuple[int, int]
"""End of a text: after how many characters, and after how many parts."""


class _Text:
    """A text whose white space is squeezed while it is written."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._gap = ""
        self.length = 0

    def add(self, piece: str) -> None:
        words = " ".join(piece.split())
        if self.length and piece[:1].isspace():
            self._gap = self._gap or " "
        if words:
            self._parts.append(self._gap + words)
            self.length += len(self._gap) + len(words)
            self._gap = " " if piece[-1:].isspace() else ""

    def end_line(self) -> None:
        self._gap = "\n" if self.length else ""

    def text(self) -> str:
        return "".join(self._parts)

    @property
    def place(self) -> _Place:
        return self.length, len(self._parts)

    def start_after(self, place: _Place) -> int:
        """Return where the words after *place* begin, behind the space before them."""
        length, count = place
        return length + (count < len(self._parts) and self._parts[count][0].isspace())


def _mark_of(
    node: Node, place: _Place, text: _Text, absolute: Absolute | None
) -> Iterator[Mark]:
    """Yield the mark that an element in _MARKS gives the words since *place*, if any."""
    kind, start = _MARKS[node.tag], text.start_after(place)
    if start >= text.length:
        return
    if kind != "link":
        yield Mark(kind=kind, start=start, end=text.length)
        return
    href = (node.attributes.get("href") or "").strip()
    url = absolute(href) if absolute and href and href[0] != "#" else None
    if url:
        yield Mark(kind="link", start=start, end=text.length, url=url)
