"""`newscrawl search` and `show`: find articles in the archive, and read one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from newscrawl.cli.article_view import article_view
from newscrawl.cli.hits import hits_view
from newscrawl.cli.options import archive_file, archive_option, json_option, open_archive
from newscrawl.cli.tables import titled_table
from newscrawl.cli.terminal import one_line, print_json, print_view
from newscrawl.errors import ArchiveError


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("words", nargs=-1, required=True, type=click.UNPROCESSED)
@archive_option
@click.option("--limit", type=click.IntRange(1, 1000), default=10, show_default=True)
@click.option("--sort", type=click.Choice(["rank", "date"]), default="rank", show_default=True)
@click.option(
    "--count-by",
    type=click.Choice(["site", "agency", "month", "language"]),
    help="Count what is found instead of listing it.",
)
@json_option
def search(
    words: tuple[str, ...],
    archive_path: Path | None,
    limit: int,
    sort: Any,
    count_by: Any,
    *,
    is_json: bool,
) -> None:
    """Find the articles that have all WORDS, however they are spelled.

    Also "a phrase", OR, -without, begin*, =exact, site:, agency:, section:,
    author:, lang:, after:, before:, headline:.
    """
    mistyped = next((word for word in words if word.startswith("--")), None)
    if mistyped:
        raise click.NoSuchOption(mistyped)
    if count_by:
        _count(" ".join(words), archive_path, count_by, is_json=is_json)
        return
    with open_archive(archive_path) as archive:
        hits = archive.search(" ".join(words), limit=limit, sort=sort)
    if is_json:
        print_json([hit.as_dict() for hit in hits])
    else:
        print_view(hits_view(hits))


def _count(query: str, archive_path: Path | None, by: Any, *, is_json: bool) -> None:
    """Print how many articles *query* finds, by site, agency, month or language."""
    with open_archive(archive_path) as archive:
        counts = archive.count_hits(query, by)
    if is_json:
        print_json(counts)
        return
    table = titled_table(by, "articles")
    for name, count in counts.items():
        table.add_row(one_line(name) or "not known", str(count))
    print_view(table)


@click.command()
@click.argument("article", metavar="URL|ID")
@archive_option
@json_option
def show(article: str, archive_path: Path | None, *, is_json: bool) -> None:
    """Print one article of the archive, split into its parts."""
    with open_archive(archive_path) as archive:
        found = archive.get(article)
    if found is None:
        raise ArchiveError(f"{archive_file(archive_path)} has no article {article}")
    if is_json:
        print_json(found.as_dict())
    else:
        print_view(article_view(found))
