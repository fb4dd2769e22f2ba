"""`newscrawl gone`: articles that were deleted or moved, or have come back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path

import attrs
import click
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from newscrawl.archive.read.absences import Absence, Move
from newscrawl.cli.console import (
    archive_option,
    json_option,
    minute,
    open_archive,
    print_json,
    print_view,
    shown,
    since_option,
)
from newscrawl.text.urls import readable_url

_REASONS = {
    "not_found": "not found (404)",
    "removed": "removed (410)",
    "soft_404": "a page that says it was not found",
    "redirect": "redirected to another page",
}


@click.command()
@click.argument("site", required=False)
@archive_option
@since_option
@click.option("--now", "is_open", is_flag=True, help="Only articles that are gone now.")
@json_option
def gone(
    site: str | None,
    archive_path: Path | None,
    since: dt.datetime | None,
    *,
    is_open: bool,
    is_json: bool,
) -> None:
    """List the articles that were deleted, have come back, or moved to another address.

    Each was deleted between the last visit that saw it and the first that missed it. A site
    that fails as a whole deletes nothing.
    """
    with open_archive(archive_path) as archive:
        absences = archive.absences(site=site, since=since, is_open=is_open)
        moves = () if is_open else archive.moves(site=site, since=since)
    if is_json:
        print_json(
            {
                "gone": [attrs.asdict(one) for one in absences],
                "moved": [attrs.asdict(one) for one in moves],
            }
        )
    else:
        print_view(_view(absences, moves))


def _view(absences: Sequence[Absence], moves: Sequence[Move]) -> RenderableType:
    parts: list[RenderableType] = []
    for one in absences:
        parts.append(shown(one.headline or one.url, "bold"))
        parts += _indented(absence_text(one), shown(readable_url(one.url), "dim"), Text())
    for move in moves:
        parts.append(Text("moved ").append_text(shown(readable_url(move.from_url), "bold")))
        to = Text("to ").append_text(shown(readable_url(move.to_url)))
        parts += _indented(to, Text(between(move.last_seen, move.first_moved)), Text())
    return Group(*parts) if parts else Text("No article was deleted or moved.")


def absence_text(absence: Absence) -> Text:
    """Return between which visits an article was deleted, how, and when it came back."""
    text = Text(f"gone {between(absence.last_seen, absence.first_missed)}: ", "red")
    text.append(_REASONS[absence.reason])
    if absence.redirected_to:
        text.append(" ").append_text(shown(readable_url(absence.redirected_to)))
    if absence.back_at is not None:
        text.append(f"; back {between(absence.last_missed, absence.back_at)}", "green")
    return text


def between(earlier: dt.datetime, later: dt.datetime) -> str:
    """Return the interval of two visits in UTC, to the minute."""
    return f"between {minute(earlier)} and {minute(later)} UTC"


def _indented(*lines: Text) -> Iterator[Padding]:
    yield from (Padding(line, (0, 0, 0, 4)) for line in lines)
