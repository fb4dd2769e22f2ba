"""`newscrawl extract --explain`: which rule found each field of one article."""

from __future__ import annotations

import attrs
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from newscrawl.article import Article
from newscrawl.cli.terminal import as_json, one_line, shown

LONGEST = 60
_OURS = frozenset({"provenance", "extractor", "page_kind", "page_kind_reason"})


def explanation(article: Article) -> RenderableType:
    """Return a table of the fields: what was found, and by which rule; then the blocks."""
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
        kind += f": {one_line(article.page_kind_reason)}"
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
