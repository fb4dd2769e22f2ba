"""`newscrawl show`: print one article of the archive."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click
from rich.console import Group

from newscrawl.cli.article_view import article_view
from newscrawl.cli.articles.gone import absence_text
from newscrawl.cli.console import (
    Since,
    archive_option,
    json_option,
    open_archive,
    print_json,
    print_view,
)
from newscrawl.errors import UsageError


@click.command()
@click.argument("article", metavar="URL|ID")
@archive_option
@click.option(
    "--version", "number", type=click.IntRange(1, 1_000_000), metavar="N", help="Version N."
)
@click.option("--at", type=Since(), metavar="TIME", help="The version at that time (UTC).")
@json_option
def show(
    article: str,
    archive_path: Path | None,
    number: int | None,
    at: dt.datetime | None,
    *,
    is_json: bool,
) -> None:
    """Print one article of the archive, split into its parts."""
    if number is not None and at is not None:
        raise UsageError("--version and --at both choose a version: give one of them")
    with open_archive(archive_path) as archive:
        found = archive.get(article, version=number, at=at)
        absences = archive.absences(url_or_id=article, is_open=True)
    if is_json:
        since = absences[0].first_missed if absences else None
        print_json(found.as_dict() | {"gone_since": since})
    else:
        print_view(Group(*map(absence_text, absences), article_view(found)))
