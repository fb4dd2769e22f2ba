"""`newscrawl edits` and `reclassify`: changes of articles by their publishers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import attrs
import click
from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from newscrawl.archive import Archive
from newscrawl.archive.read.edits import Edit, concerns
from newscrawl.archive.schema.article_columns import TEXT_FIELDS
from newscrawl.cli.articles.gone import between
from newscrawl.cli.articles.versions import changed_lines, name_of
from newscrawl.cli.console import (
    archive_option,
    json_option,
    open_archive,
    open_archive_to_write,
    print_json,
    print_view,
    shown,
    since_option,
)
from newscrawl.errors import UsageError
from newscrawl.text.counted import counted
from newscrawl.text.urls import readable_url

_LONGEST = 1_000


class Percent(click.ParamType[float]):
    """A share as `2%` or `2`, from 0 to 100; its value is 0 to 1."""

    name = "percent"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Return the share."""
        if isinstance(value, float):
            return value
        try:
            share = float(value.removesuffix("%")) / 100
        except ValueError:
            share = -1.0
        if not 0 <= share <= 1:
            self.fail(f"{value!r} is not a share from 0% to 100%")
        return share


@click.command()
@click.argument("site", required=False)
@archive_option
@since_option
@click.option("--fields", metavar="NAMES", help="Only edits of these: headline,article_body …")
@click.option(
    "--min-change",
    type=Percent(),
    default="0%",
    metavar="PERCENT",
    help="Only edits of which so much or more of a field's letters changed.",
)
@click.option(
    "--cause",
    type=click.Choice(["publisher", "undecided", "layout", "any"]),
    default="publisher",
    show_default=True,
    help="Who changed the page: layout is a redesign of the site, no edit.",
)
@click.option("--silent", "is_silent", is_flag=True, help="Only edits the page does not admit.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=100, show_default=True)
@json_option
def edits(site: str | None, archive_path: Path | None, **options: Any) -> None:
    """List edits, the last first: the changes word by word, and the visits around them.

    An edit is silent if it did not change the page's date of modification and no correction
    was printed.
    """
    with open_archive(archive_path) as archive:
        found = list(islice(_wanted(archive, site, options), options["limit"]))
        if options["is_json"]:
            print_json([attrs.asdict(one) for one in found])
            return
        for one in found:
            for part in _view(archive, one):
                print_view(part)
        if not found:
            print_view(Text("No edit was found."))


def _wanted(archive: Archive, site: str | None, options: dict[str, Any]) -> Iterator[Edit]:
    since: dt.datetime | None = options["since"]
    cause = None if options["cause"] == "any" else options["cause"]
    fields = _fields_from(options["fields"])
    for edit in archive.edits(site=site, since=since, cause=cause):
        is_wanted = edit.is_silent or not options["is_silent"]
        if is_wanted and concerns(edit, fields, options["min_change"]):
            yield edit


def _fields_from(text: str | None) -> frozenset[str]:
    fields = frozenset(filter(None, (text or "").replace(" ", "").split(",")))
    unknown = sorted(fields - set(TEXT_FIELDS))
    if unknown:
        raise UsageError(
            f"--fields: {unknown[0]!r} is no field of a text; these are "
            f"{', '.join(TEXT_FIELDS)}"
        )
    return fields


def _view(archive: Archive, edit: Edit) -> Iterator[RenderableType]:
    """Yield one line for the edit, and its changed fields below it."""
    line = Text(between(edit.not_before, edit.first_seen), "dim").append("  ")
    line.append(", ".join(edit.classes), "cyan")
    line.append("  silent" if edit.is_silent else "", "red")
    line.append("" if edit.cause == "publisher" else f"  cause: {edit.cause}", "yellow")
    yield shown(edit.headline or edit.url, "bold")
    yield Padding(line, (0, 0, 0, 4))
    yield Padding(shown(readable_url(edit.url), "dim"), (0, 0, 0, 4))
    for change in archive.edit_changes(edit):
        yield Padding(Text(name_of(change), "cyan"), (0, 0, 0, 4))
        for text in changed_lines(change.pieces):
            text.truncate(_LONGEST)
            yield Padding(text, (0, 0, 0, 6))
    yield Text()


@click.command()
@click.argument("site", required=False)
@archive_option
def reclassify(site: str | None, archive_path: Path | None) -> None:
    """Decide again which versions of SITE, or of all sites, are edits."""
    with open_archive_to_write(archive_path) as archive:
        changed = archive.reclassify(site)
    print_view(Text(f"{counted(changed, 'versions')} with another cause than before."))
