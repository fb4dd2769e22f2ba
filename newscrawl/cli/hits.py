"""What a search found, for a console: headline, the words in their sentence, day, address."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from newscrawl.cli.terminal import one_line, readable_url, shown


def hits_view(hits: Sequence[Any]) -> RenderableType:
    """Return *hits* numbered, with the words that were found highlighted in the page's text."""
    parts: list[RenderableType] = []
    for number, hit in enumerate(hits, start=1):
        when = (hit.date_published or "")[:10] or "no date"
        title = marked(hit.headline or hit.url, "bold")
        parts.append(Text.assemble((f"{number:>2}. ", "dim"), title))
        parts.append(Padding(marked(hit.snippet), (0, 0, 0, 4)))
        where = Text.assemble((f"{when}  ", "dim"), shown(readable_url(hit.url), "dim"))
        parts.append(Padding(where, (0, 0, 1, 4)))
    return Group(*parts) if parts else Text("Nothing was found.")


def marked(text: str, style: str = "") -> Text:
    """Return *text* for the console, what stands between « and » of the search in colour."""
    return shown(one_line(text), style)
