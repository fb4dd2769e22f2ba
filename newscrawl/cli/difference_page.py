"""What differs between two versions, as one HTML page that needs nothing beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from newscrawl.archive import Difference, FieldChange
from newscrawl.archive.read.difference import Kind, Piece
from newscrawl.cli.difference_view import NOTHING, name_of, paragraphs_of, title_of
from newscrawl.cli.terminal import harmless

_ELEMENTS: dict[Kind, str] = {
    "same": "{}",
    "removed": "<del>{}</del>",
    "added": "<ins>{}</ins>",
}
# Struck through and underlined: nobody needs to tell red from green.
_HEAD = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
body {{ font: 1.1em/1.7 system-ui, sans-serif; max-width: 45em; margin: 2em auto }}
h1, h2 {{ font-size: 1em }}
h2 {{ color: #555; margin-top: 2em }}
del {{ background: #ffdce0; color: #82071e; text-decoration: line-through }}
ins {{ background: #d2f4d9; color: #0b4d1f; text-decoration: underline }}
</style>
</head>
<body>
<h1>{title}</h1>
<p dir="auto">{headline}</p>"""


def difference_page(difference: Difference) -> str:
    """Return the page: each changed field whole, in the direction of its own text."""
    headline = escape(harmless(difference.new.headline or ""))
    parts = [_HEAD.format(title=escape(title_of(difference)), headline=headline)]
    for change in difference.changes:
        parts += _field(change)
    if not difference.changes:
        parts.append(f"<p>{NOTHING}</p>")
    return "\n".join([*parts, "</body>", "</html>"])


def _field(change: FieldChange) -> Iterator[str]:
    yield f"<h2>{escape(name_of(change))}</h2>"
    for paragraph in paragraphs_of(change.pieces):
        yield f'<p dir="auto">{_inline(paragraph)}</p>'


def _inline(paragraph: Sequence[Piece]) -> str:
    return "".join(
        _ELEMENTS[piece.kind].format(escape(harmless(piece.text))) for piece in paragraph
    )
