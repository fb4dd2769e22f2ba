"""`newscrawl versions` and `diff`: how an article changed, and word by word what."""

from __future__ import annotations

from pathlib import Path

import attrs
import click

from newscrawl.archive import Difference
from newscrawl.cli.difference_page import difference_page
from newscrawl.cli.difference_view import difference_view
from newscrawl.cli.options import archive_option, json_option, open_archive
from newscrawl.cli.terminal import print_json, print_view
from newscrawl.cli.versions_view import versions_view
from newscrawl.errors import ArchiveError, UsageError

HEADLINES = ("headline", "alternative_headline")


@click.command()
@click.argument("article", metavar="URL|ID")
@archive_option
@json_option
def versions(article: str, archive_path: Path | None, *, is_json: bool) -> None:
    """List the versions of an article: when, who, and what.

    The cause is publisher (an edit), extractor (how pages are read has changed), or
    undecided (both at once).
    """
    with open_archive(archive_path) as archive:
        found = archive.versions(article)
    if not found:
        raise ArchiveError(f"{article} was withdrawn: no version is left")
    if is_json:
        print_json([attrs.asdict(version) for version in found])
    else:
        print_view(versions_view(found))


@click.command()
@click.argument("article", metavar="URL|ID")
@click.argument("numbers", nargs=-1, type=int, metavar="[A [B]]")
@archive_option
@click.option("--headline-only", is_flag=True, help="Only the headlines.")
@click.option(
    "--min-change",
    type=click.FloatRange(0, 100),
    default=0,
    metavar="PERCENT",
    help="Only fields of which this much or more has changed, counted in letters.",
)
@click.option("--html", "form", flag_value="html", help="Print a page for the browser.")
@click.option("--json", "form", flag_value="json", help="Print JSON.")
def diff(
    article: str,
    numbers: tuple[int, ...],
    archive_path: Path | None,
    min_change: float,
    form: str | None,
    *,
    headline_only: bool,
) -> None:
    """Show what differs between two versions, word by word.

    Without A and B these are the last two; with A alone, A and the last. What was
    removed stands in [-…-], what was added in {+…+}.
    """
    if len(numbers) > 2:
        raise UsageError("a diff is between two versions: URL A B")
    with open_archive(archive_path) as archive:
        found = archive.diff(article, *numbers)
    wanted = _without_small(found, min_change, headline_only=headline_only)
    if form == "json":
        print_json(_as_dict(wanted))
    elif form == "html":
        click.echo(difference_page(wanted))
    else:
        print_view(difference_view(wanted))


def _without_small(found: Difference, min_change: float, *, headline_only: bool) -> Difference:
    changes = tuple(
        change
        for change in found.changes
        if change.share * 100 >= min_change and (change.field in HEADLINES or not headline_only)
    )
    return attrs.evolve(found, changes=changes)


def _as_dict(found: Difference) -> dict[str, object]:
    return {
        "old": attrs.asdict(found.old),
        "new": attrs.asdict(found.new),
        "changes": [
            attrs.asdict(change) | {"share": round(change.share, 4)} for change in found.changes
        ],
    }
