"""`newscrawl extract`: read one page, and print what is on it."""

from __future__ import annotations

from pathlib import Path

import click

import newscrawl
from newscrawl.cli.article_view import article_view
from newscrawl.cli.doors import page_from_file
from newscrawl.cli.explaining import explanation
from newscrawl.cli.fetching import article_at
from newscrawl.cli.options import json_option
from newscrawl.cli.terminal import print_json, print_view
from newscrawl.markdown import markdown_from
from newscrawl.schema_org import news_article_from


@click.command()
@click.argument("source", metavar="FILE|URL")
@click.option("--url", help="The address that FILE was saved from; its site's layout reads it.")
@json_option
@click.option(
    "--explain", "is_explained", is_flag=True, help="Say which rule found each field."
)
@click.option("--schema-org", is_flag=True, help="Print a schema.org NewsArticle as JSON-LD.")
@click.option("--markdown", is_flag=True, help="Print headline and body as Markdown.")
def extract(
    source: str,
    url: str | None,
    *,
    is_json: bool,
    is_explained: bool,
    schema_org: bool,
    markdown: bool,
) -> None:
    """Print the article in FILE (HTML, or a text dump; also gzipped) or at URL.

    An address is fetched as a crawl would: robots.txt and limits are obeyed. Nothing
    is stored.
    """
    if source.lower().startswith(("http://", "https://")):
        article = article_at(source)
    else:
        article = newscrawl.extract(page_from_file(Path(source), url=url))
    if is_json:
        print_json(article.as_dict())
    elif schema_org:
        print_json(news_article_from(article))
    elif markdown:
        click.echo(markdown_from(article))
    else:
        print_view(explanation(article) if is_explained else article_view(article))
