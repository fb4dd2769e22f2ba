"""What differs between two versions, for a console: marks that need no colour, and colours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from newscrawl.archive import Difference, FieldChange
from newscrawl.archive.read.difference import Kind, Piece
from newscrawl.cli.tables import minute
from newscrawl.cli.terminal import (
    FIRST_STRONG_ISOLATE,
    POP_ISOLATE,
    harmless,
    is_terminal,
)
from newscrawl.text.normalize import search_key

NOTHING = "Nothing differs in the fields that were asked for."
_MARKS: dict[Kind, tuple[str, str]] = {
    "same": ("", ""),
    "removed": ("[-", "-]"),
    "added": ("{+", "+}"),
}
_STYLES: dict[Kind, str] = {
    "same": "",
    "removed": "bold red strike",
    "added": "bold green underline",
}
LINE_END = "¶"


def difference_view(difference: Difference) -> RenderableType:
    """Return the changed paragraphs of each field, what stayed the same told in a number."""
    parts: list[RenderableType] = [Text(title_of(difference), "bold")]
    for change in difference.changes:
        parts += ["", Text(name_of(change), "cyan")]
        parts += [Padding(line, (0, 0, 0, 2)) for line in changed_lines(change.pieces)]
    if not difference.changes:
        parts += ["", NOTHING]
    return Group(*parts)


def title_of(difference: Difference) -> str:
    """Return which versions are compared, from when they are, and who made the change."""
    old, new = difference.old, difference.new
    cause = f", cause: {new.cause}" if new.number == old.number + 1 else ""
    times = f"{minute(old.first_seen)} → {minute(new.first_seen)} UTC"
    return f"version {old.number} → {new.number}  {times}{cause}"


def name_of(change: FieldChange) -> str:
    """Return the field, how much of it changed, and whether only its spelling did."""
    old, new = (
        "".join(piece.text for piece in change.pieces if piece.kind != other)
        for other in ("added", "removed")
    )
    only = ", spelling only" if search_key(old) == search_key(new) else ""
    return f"{change.field}  {change.share:.0%} changed{only}"


def paragraphs_of(pieces: Sequence[Piece]) -> Iterator[tuple[Piece, ...]]:
    """Yield the pieces of each paragraph; a line end that was removed or added is a ¶."""
    paragraph: list[Piece] = []
    for piece in pieces:
        first, *others = piece.text.split("\n")
        mark = "" if piece.kind == "same" else LINE_END
        for text in others:
            paragraph.append(Piece(piece.kind, first + mark))
            yield tuple(one for one in paragraph if one.text)
            paragraph, first = [], text
        paragraph.append(Piece(piece.kind, first))
    yield tuple(one for one in paragraph if one.text)


def is_changed(paragraph: Sequence[Piece]) -> bool:
    """Whether anything in *paragraph* was removed or added."""
    return any(piece.kind != "same" for piece in paragraph)


def changed_lines(pieces: Sequence[Piece]) -> Iterator[Text]:
    """Yield the changed paragraphs, with a number for those between that did not change."""
    same = 0
    for paragraph in (*paragraphs_of(pieces), None):
        if paragraph is not None and not is_changed(paragraph):
            same += 1
            continue
        if same:
            yield Text(f"… {same} paragraph{'s' * (same > 1)} unchanged", "dim")
        if paragraph is not None:
            yield _line(paragraph)
        same = 0


def _line(paragraph: Sequence[Piece]) -> Text:
    is_isolated = is_terminal()
    line = Text(FIRST_STRONG_ISOLATE if is_isolated else "")
    for piece in paragraph:
        text = harmless(piece.text)
        words = text.strip() or text
        before, after = text.split(words, 1)
        opening, closing = _MARKS[piece.kind]
        line.append(before).append(f"{opening}{words}{closing}", _STYLES[piece.kind])
        line.append(after)
    return line.append(POP_ISOLATE if is_isolated else "")
