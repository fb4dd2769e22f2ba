"""`newscrawl drift`: which sites have changed, since when, and the pages that show it."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import attrs
import click
from rich.console import Group, RenderableType
from rich.text import Text

from newscrawl import exit_status as exits
from newscrawl.archive import Archive
from newscrawl.archive.read.page_readings import PageReading
from newscrawl.cli.console import (
    archive_file,
    archive_option,
    fact_table,
    json_option,
    minute,
    one_line,
    open_archive,
    print_json,
    print_view,
    shown,
)
from newscrawl.drift import Drift, Fall, read_drift
from newscrawl.errors import ArchiveError
from newscrawl.text.urls import readable_url


@click.command()
@click.argument("site", required=False)
@archive_option
@json_option
def drift(site: str | None, archive_path: Path | None, *, is_json: bool) -> None:
    """Report changed layouts, fields found on fewer pages, and sources that fell silent.

    For all sites in the archive, or for SITE. Ends with status 5 if something has changed.
    """
    with open_archive(archive_path) as archive:
        names = _site_names(archive, site, archive_path)
        at = dt.datetime.now(dt.UTC).replace(microsecond=0)
        found = [one for name in names if (one := read_drift(archive.db, name, at))]
    if is_json:
        print_json([attrs.asdict(one) for one in found])
    elif found:
        print_view(Group(*(part for one in found for part in _views(one))))
    else:
        print_view(Text(f"Nothing has changed on {', '.join(map(one_line, names))}."))
    if found:
        sys.exit(exits.CHANGED)


def _site_names(archive: Archive, site: str | None, path: Path | None) -> list[str]:
    names = archive.site_names()
    if site is None:
        return names
    if site not in names:
        raise ArchiveError(f"{archive_file(path)} has nothing of site {site!r}")
    return [site]


def _views(drift: Drift) -> Iterator[RenderableType]:
    yield Text(one_line(drift.site), "bold")
    for layout in drift.layouts:
        yield shown(layout.line, "yellow")
    first, line = drift.first_fall, drift.fall_event
    if first is not None and line is not None:
        yield shown(line, "yellow")
        yield fact_table([*_rates(drift.falls), *_fall_facts(first)])
    if drift.silence is not None:
        yield Text(drift.silence.line, "yellow")
        yield fact_table([("see", Text(f"newscrawl runs show {drift.silence.first_run}"))])
    for source in drift.dead_sources:
        yield shown(source.line, "yellow")
        yield fact_table([("last good", Text(minute(source.last_good)))])
    if drift.upheaval is not None:
        yield Text(drift.upheaval.line, "yellow")
        yield fact_table([("see", Text(f"newscrawl runs show {drift.upheaval.run}"))])
    yield ""


def _rates(falls: Sequence[Fall]) -> Iterator[tuple[str, Text]]:
    """Yield name and rates of each field of several."""
    for fall in falls if len(falls) > 1 else ():
        yield fall.name, Text(f"{fall.before:.0%} to {fall.after:.0%}, {fall.extent}")


def _fall_facts(fall: Fall) -> Iterator[tuple[str, Text | None]]:
    for name, page in (("last good", fall.last_good), ("first bad", fall.first_bad)):
        yield f"{name} page", shown(f"{minute(page.fetched_at)}  {readable_url(page.url)}")
        yield "", _evidence(page)


def _evidence(page: PageReading) -> Text | None:
    return None if page.evidence is None else shown(f"newscrawl evidence '{page.url}'", "dim")
