"""`newscrawl extract`: read one page, or those of a WARC file, and print the articles."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from newscrawl.article import Article
from newscrawl.cli.console import as_json, print_json, print_view
from newscrawl.cli.pages.page_file import (
    article_from,
    article_in,
    articles_in,
    is_warc,
    page_from_file,
    refuse_for_single_page,
)
from newscrawl.errors import UsageError
from newscrawl.system.deferred import deferred

if TYPE_CHECKING:
    from newscrawl.cli import article_view
    from newscrawl.cli.pages import explanation_view
    from newscrawl.extraction import explain
    from newscrawl.formats import markdown, schema_org
else:  # each is for one form of the output, and the first two bring Rich
    article_view, explanation_view, explain, markdown, schema_org = deferred(
        "newscrawl",
        "cli.article_view",
        "cli.pages.explanation_view",
        "extraction.explain",
        "formats.markdown",
        "formats.schema_org",
    )


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
            print_view(explanation_view.reading_view(explain.explain(page)))
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
        click.echo(markdown.markdown_from(article))
    elif format_ in {"json", "schema_org"}:
        print_json(_as_json(article, format_))
    elif format_ == "explain":
        print_view(explanation_view.explanation(article))
    else:
        print_view(article_view.article_view(article))


def _print_lines(path: Path, format_: str | None) -> None:
    if format_ not in {"json", "schema_org"}:
        raise UsageError("--all prints lines of JSON: add --json or --schema-org")
    for article in articles_in(path):
        click.echo(as_json(_as_json(article, format_), indent=None))


def _as_json(article: Article, format_: str | None) -> dict[str, Any]:
    return article.as_dict() if format_ == "json" else schema_org.news_article_from(article)
