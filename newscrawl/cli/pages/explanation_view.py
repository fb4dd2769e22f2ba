"""The fields of an article with the rules that found them, on a terminal."""

from __future__ import annotations

import attrs
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from newscrawl.article import Article
from newscrawl.cli.console import as_json, one_line, shown
from newscrawl.extraction.explain import Explanation

LONGEST = 60
_OURS = frozenset(
    ("provenance", "extractor", "page_kind", "page_kind_reason", "page_kind_certainty")
)


def explanation(article: Article) -> RenderableType:
    """Return a table of the fields with their values and rules; then the page kind."""
    table = Table(box=None, padding=(0, 2, 0, 0))
    for title in ("field", "found", "by"):
        table.add_column(title, style="cyan" if title == "field" else "", overflow="fold")
    values = article.as_dict()
    for field in attrs.fields(Article):
        if field.name not in _OURS and not field.name.endswith("_raw"):
            rule = article.provenance.get(field.name, "")
            table.add_row(field.name, _brief(values[field.name]), Text(one_line(rule), "dim"))
    kind = f"page_kind {article.page_kind}"
    if article.page_kind_reason:
        kind += f" ({article.page_kind_certainty}): {one_line(article.page_kind_reason)}"
    return Group(table, "", Text(kind), Text(one_line(article.extractor), "dim"))


def _brief(value: object) -> Text:
    if value in (None, "", [], ()):
        return Text("not found", "dim")
    if isinstance(value, list):
        return shown(f"{len(value)}: {_text(value[0])}"[:LONGEST])
    return shown(_text(value)[:LONGEST])


def _text(value: object) -> str:
    if isinstance(value, dict):
        first = next(
            (value[name] for name in ("raw", "heading", "text") if value.get(name)), None
        )
        return str(first) if first else as_json(value)
    return str(value)


LONGEST_LINE = 70


def reading_view(explained: Explanation) -> RenderableType:
    """Return the fields, the rejected values, and the text lines with their roles."""
    lines = _text_lines(explained)
    return Group(explanation(explained.article), "", _rivals(explained), "", lines)


def _rivals(explained: Explanation) -> RenderableType:
    table = Table(box=None, padding=(0, 2, 0, 0))
    for title in ("field", "not chosen", "by", "because"):
        table.add_column(title, style="cyan" if title == "field" else "", overflow="fold")
    for field in explained.fields:
        for rival in field.rivals:
            value = shown(one_line(rival.value)[:LONGEST_LINE])
            table.add_row(field.field, value, Text(one_line(rival.rule)), Text(rival.why_not))
    return table


def _text_lines(explained: Explanation) -> RenderableType:
    table = Table(box=None, padding=(0, 2, 0, 0))
    for title in ("role", "score", "kind", "text"):
        table.add_column(title, style="cyan" if title == "role" else "", overflow="fold")
    for line in explained.text_lines:
        style = "" if line.role == "body" else "dim"
        text = shown(one_line(line.text)[:LONGEST_LINE])
        text.stylize(style)
        score = "" if line.score is None else f"{line.score / 1_000:+.1f}"
        table.add_row(Text(line.role, style), Text(score, "dim"), Text(line.kind, "dim"), text)
    return table
