"""`newscrawl extract`: read one page, or those of a WARC file, and print the articles."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import attrs
import click
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from newscrawl.article import Article
from newscrawl.cli.article_view import article_view
from newscrawl.cli.console import as_json, one_line, print_json, print_view, shown
from newscrawl.cli.pages.page_file import (
    article_from,
    article_in,
    articles_in,
    is_warc,
    page_from_file,
    refuse_for_single_page,
)
from newscrawl.errors import UsageError
from newscrawl.extraction.explain import Explanation, explain
from newscrawl.formats.markdown import markdown_from
from newscrawl.formats.schema_org import news_article_from


@click.command()
@click.argument("source", metavar="FILE|URL")
@click.option("--url", help="The address that FILE was saved from; its site's layout reads it.")
@click.option("--json", "format_", flag_value="json", help="Print JSON.")
@click.option(
    "--explain", "format_", flag_value="explain", help="Say which rule found each field."
)
@click.option(
    "--schema-org",
    "format_",
    flag_value="schema_org",
    help="Print a schema.org NewsArticle as JSON-LD.",
)
@click.option(
    "--markdown", "format_", flag_value="markdown", help="Print headline and body as Markdown."
)
@click.option(
    "--record", type=click.IntRange(1), metavar="N", help="Page N of a WARC or WET file."
)
@click.option("--all", "is_all", is_flag=True, help="All its pages, a line of JSON each.")
def extract(
    source: str, url: str | None, format_: str | None, record: int | None, *, is_all: bool
) -> None:
    """Print the article in FILE (HTML, or a text dump; also gzipped) or at URL.

    Of a WARC or WET file the first article is printed, with --record or --all others.
    An address is fetched as a crawl would: robots.txt and limits are obeyed. Nothing is
    stored.
    """
    path = Path(source)
    if source.lower().startswith(("http://", "https://")):
        refuse_for_single_page(record=record, is_all=is_all)
        from newscrawl.cli.crawl.fetch import article_at  # noqa: PLC0415 (needs the archive)

        _print(article_at(source), format_)
    elif not is_warc(path):
        refuse_for_single_page(record=record, is_all=is_all)
        page = page_from_file(path, url=url)
        if format_ == "explain":
            print_view(reading_view(explain(page)))
        else:
            _print(article_from(page), format_)
    elif url is not None:
        raise UsageError("--url is for a page; a WARC or WET file has its own addresses")
    elif is_all and record is not None:
        raise UsageError("--record or --all, not both")
    elif is_all:
        _print_lines(path, format_)
    else:
        _print(article_in(path, record), format_)


def _print(article: Article, format_: str | None) -> None:
    if format_ == "markdown":
        click.echo(markdown_from(article))
    elif format_ in {"json", "schema_org"}:
        print_json(_as_json(article, format_))
    else:
        print_view(explanation(article) if format_ == "explain" else article_view(article))


def _print_lines(path: Path, format_: str | None) -> None:
    if format_ not in {"json", "schema_org"}:
        raise UsageError("--all prints lines of JSON: add --json or --schema-org")
    for article in articles_in(path):
        click.echo(as_json(_as_json(article, format_), indent=None))


def _as_json(article: Article, format_: str | None) -> dict[str, Any]:
    return article.as_dict() if format_ == "json" else news_article_from(article)


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
