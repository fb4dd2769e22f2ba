"""`newscrawl extract FILE --explain`: what lost and why, and every run's verdict."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from newscrawl.cli.explaining import explanation
from newscrawl.cli.terminal import one_line, shown
from newscrawl.explain import Explanation

LONGEST = 70


def reading_view(explained: Explanation) -> RenderableType:
    """Return the fields, what competed for them, and the runs of text with their verdicts."""
    return Group(explanation(explained.article), "", _rivals(explained), "", _runs(explained))


def _rivals(explained: Explanation) -> RenderableType:
    table = Table(box=None, padding=(0, 2, 0, 0))
    for title in ("field", "not chosen", "by", "because"):
        table.add_column(title, style="cyan" if title == "field" else "", overflow="fold")
    for field in explained.fields:
        for rival in field.rivals:
            value = shown(one_line(rival.value)[:LONGEST])
            table.add_row(field.field, value, Text(one_line(rival.rule)), Text(rival.why_not))
    return table


def _runs(explained: Explanation) -> RenderableType:
    table = Table(box=None, padding=(0, 2, 0, 0))
    for title in ("verdict", "kind", "text"):
        table.add_column(title, style="cyan" if title == "verdict" else "", overflow="fold")
    for run in explained.runs:
        style = "" if run.verdict == "body" else "dim"
        text = shown(one_line(run.text)[:LONGEST])
        text.stylize(style)
        table.add_row(Text(run.verdict, style), Text(run.kind, "dim"), text)
    return table
