"""`newscrawl extract`: read one page, or those of a WARC file, and print what is on them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from newscrawl.article import Article
from newscrawl.cli.article_view import article_view
from newscrawl.cli.doors import article_from, page_from_file
from newscrawl.cli.explaining import explanation
from newscrawl.cli.fetching import article_at
from newscrawl.cli.reading_view import reading_view
from newscrawl.cli.terminal import as_json, print_json, print_view
from newscrawl.cli.warc_pages import (
    article_in,
    articles_in,
    is_warc,
    refuse_for_single_page,
)
from newscrawl.errors import UsageError
from newscrawl.explain import explain
from newscrawl.markdown import markdown_from
from newscrawl.schema_org import news_article_from


@click.command()
@click.argument("source", metavar="FILE|URL")
@click.option("--url", help="The address that FILE was saved from; its site's layout reads it.")
@click.option("--json", "form", flag_value="json", help="Print JSON.")
@click.option(
    "--explain", "form", flag_value="explain", help="Say which rule found each field."
)
@click.option(
    "--schema-org",
    "form",
    flag_value="schema_org",
    help="Print a schema.org NewsArticle as JSON-LD.",
)
@click.option(
    "--markdown", "form", flag_value="markdown", help="Print headline and body as Markdown."
)
@click.option(
    "--record", type=click.IntRange(1), metavar="N", help="Page N of a WARC or WET file."
)
@click.option("--all", "is_all", is_flag=True, help="All its pages, a line of JSON each.")
def extract(
    source: str, url: str | None, form: str | None, record: int | None, *, is_all: bool
) -> None:
    """Print the article in FILE (HTML, or a text dump; also gzipped) or at URL.

    Of a WARC or WET file it is the first article, unless --record or --all asks for others.
    An address is fetched as a crawl would: robots.txt and limits are obeyed. Nothing is
    stored.
    """
    path = Path(source)
    if source.lower().startswith(("http://", "https://")):
        refuse_for_single_page(record=record, is_all=is_all)
        _print(article_at(source), form)
    elif not is_warc(path):
        refuse_for_single_page(record=record, is_all=is_all)
        page = page_from_file(path, url=url)
        if form == "explain":
            print_view(reading_view(explain(page)))
        else:
            _print(article_from(page), form)
    elif url is not None:
        raise UsageError("--url is for a page; a WARC or WET file has its own addresses")
    elif is_all and record is not None:
        raise UsageError("--record or --all, not both")
    elif is_all:
        _print_lines(path, form)
    else:
        _print(article_in(path, record), form)


def _print(article: Article, form: str | None) -> None:
    if form == "markdown":
        click.echo(markdown_from(article))
    elif form in {"json", "schema_org"}:
        print_json(_as_json(article, form))
    else:
        print_view(explanation(article) if form == "explain" else article_view(article))


def _print_lines(path: Path, form: str | None) -> None:
    if form not in {"json", "schema_org"}:
        raise UsageError("--all prints lines of JSON: add --json or --schema-org")
    for article in articles_in(path):
        click.echo(as_json(_as_json(article, form), indent=None))


def _as_json(article: Article, form: str | None) -> dict[str, Any]:
    return article.as_dict() if form == "json" else news_article_from(article)
