"""What a search found, for a console: headline, the words in their sentence, day, address."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from newscrawl.archive.search.search import Hit
from newscrawl.cli.terminal import (
    FIRST_STRONG_ISOLATE,
    POP_ISOLATE,
    harmless,
    is_terminal,
    readable_url,
    shown,
)

FOUND = "bold black on yellow"


def hits_view(hits: Sequence[Hit]) -> RenderableType:
    """Return *hits* numbered, the words that were found marked where the page has them."""
    parts: list[RenderableType] = []
    for number, hit in enumerate(hits, start=1):
        title = marked(hit.headline or hit.url, hit.headline_spans, "bold")
        parts.append(Text.assemble((f"{number:>2}. ", "dim"), title))
        parts.append(Padding(marked(hit.snippet, hit.snippet_spans), (0, 0, 0, 4)))
        when = (hit.date_published or "no date")[:10]
        where = Text.assemble((f"{when}  ", "dim"), shown(readable_url(hit.url), "dim"))
        parts.append(Padding(where, (0, 0, 1, 4)))
    return Group(*parts) if parts else Text("Nothing was found.")


def marked(text: str, spans: Sequence[tuple[int, int]], style: str = "") -> Text:
    """Return *text* with its *spans* in colour; where there is no colour, in brackets."""
    is_coloured = is_terminal()
    found, at = Text(FIRST_STRONG_ISOLATE if is_coloured else "", style), 0
    for start, end in spans:
        word = harmless(text[start:end])
        found.append(harmless(text[at:start]))
        found.append(word if is_coloured else f"[{word}]", FOUND)
        at = end
    found.append(harmless(text[at:]))
    return found.append(POP_ISOLATE if is_coloured else "")
