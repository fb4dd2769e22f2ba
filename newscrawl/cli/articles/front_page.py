"""`newscrawl front-page`: a home or section page as readers saw it at a given time."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import attrs
import click
from rich.console import Group, RenderableType
from rich.text import Text

from newscrawl.archive import FrontPage
from newscrawl.archive.links.front_pages import time_stated
from newscrawl.cli.console import (
    archive_option,
    json_option,
    minute,
    open_archive,
    print_json,
    print_view,
    shown,
)
from newscrawl.errors import UsageError


@click.command("front-page")
@click.argument("url", metavar="URL")
@archive_option
@click.option(
    "--at", "time", metavar="TIME", help="The time (UTC); without it, the last visit."
)
@json_option
def front_page(url: str, time: str | None, archive_path: Path | None, *, is_json: bool) -> None:
    """Print the stories on the home or section page URL, zone by zone.

    Zones are named by their heading; without one they are lead, grid, strip or list. A topic
    line stands before the title, ▣ after one that has a picture. With --json a slot has its
    box too: its place and size on the screen, where a browser drew the page. TIME is
    like 2026-03-01T08:00, or a day, for its end.
    """
    at = _time_from(time) if time else None
    with open_archive(archive_path) as archive:
        found = archive.front_page(url, at)
    if is_json:
        print_json(_as_dict(found))
    else:
        print_view(front_page_view(found))


def _time_from(text: str) -> dt.datetime:
    try:
        return time_stated(text)
    except (ValueError, OverflowError):
        raise UsageError(f"--at is a time, like 2026-03-01T08:00: not {text}") from None


def _as_dict(found: FrontPage) -> dict[str, object]:
    return {
        "url": found.url,
        "first_seen": found.first_seen.isoformat(),
        "last_seen": found.last_seen.isoformat(),
        "gone": found.gone.isoformat() if found.gone else None,
        "drawn_at": found.drawn_at.isoformat() if found.drawn_at else None,
        "slots": [attrs.asdict(slot) for slot in found.slots],
    }


def front_page_view(found: FrontPage) -> RenderableType:
    """Return the slots of a front page, a heading for each zone, for a console."""
    until = minute(found.last_seen)
    lines = [
        shown(found.url, "bold"),
        Text(f"as seen from {minute(found.first_seen)} to {until} (UTC)", "dim"),
    ]
    zone = None
    for slot in found.slots:
        if (slot.kind, slot.zone) != zone:
            zone = (slot.kind, slot.zone)
            kind = "" if slot.zone == slot.kind else f"  {slot.kind}"
            lines += [Text(""), Text.assemble(shown(slot.zone, "bold cyan"), (kind, "dim"))]
        number = f"  {slot.article_id}" if slot.article_id else ""
        kicker = Text.assemble(shown(slot.kicker, "cyan"), "  ") if slot.kicker else ""
        picture = "  ▣" if slot.has_picture else ""
        lines.append(
            Text.assemble(
                (f"{slot.rank:>4}  ", "dim"),
                kicker,
                shown(slot.text),
                (f"{picture}{number}", "dim"),
            )
        )
    return Group(*lines)
