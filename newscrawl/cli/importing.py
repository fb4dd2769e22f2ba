"""`newscrawl import`: pages from files of elsewhere into the archive, as if crawled."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import click
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from newscrawl.archive import Archive
from newscrawl.batch.importing import Import, Options
from newscrawl.batch.sources import files_named
from newscrawl.batch.tally import Tally
from newscrawl.cli.importing_progress import ImportProgress
from newscrawl.cli.options import archive_file, archive_option, json_option
from newscrawl.cli.tables import counted, titled_table
from newscrawl.cli.terminal import one_line, print_json, print_view, shown
from newscrawl.crawl import exits
from newscrawl.sites import all_sites, site_for
from newscrawl.urls import site_name

SHOWN = 20
"""So many damages and reasons are printed; all are in the JSON."""

jobs_option = click.option(
    "--jobs",
    type=click.IntRange(1, 256),
    metavar="N",
    help="Read pages in N processes. Default: one for each core.",
)


@click.command("import")
@click.argument("files", nargs=-1, required=True, metavar="FILES...")
@archive_option
@jobs_option
@click.option(
    "--site", "sites", multiple=True, metavar="SITE", help="Only pages of this site or host."
)
@json_option
@click.pass_context
def import_files(
    context: click.Context,
    files: tuple[str, ...],
    archive_path: Path | None,
    jobs: int | None,
    sites: tuple[str, ...],
    *,
    is_json: bool,
) -> None:
    """Bring in pages from WARC, WET, ARC and WACZ files, from folders or patterns.

    Each page is read, judged and stored as a crawl would, at the time of its record; the
    archive is made where there is none. A file is imported once: the same command goes on
    where it was stopped. Status 3 where some of it could not be read.
    """
    options = Options(jobs=jobs or core_count(), sites=names_of(sites))
    found = files_named(files)
    with Archive(archive_file(archive_path)) as archive, ImportProgress(found) as progress:
        importing = Import(archive, options, progress.reach)
        progress.tally = importing.tally
        is_stopped = _is_stopped(importing, found)
    _tell(importing.tally, is_json=is_json)
    if is_stopped:
        click.echo("newscrawl: stopped; the same command goes on from here", err=True)
    context.exit(exits.PARTIAL if is_stopped else importing.tally.exit_status)


def core_count() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0))


def names_of(sites: tuple[str, ...]) -> frozenset[str]:
    """Return the names in the archive of sites given by name, host or address."""
    declared = {site.name for site in all_sites()}
    return frozenset(site if site in declared else _name_of(site) for site in sites)


def _name_of(host_or_url: str) -> str:
    site = site_for(host_or_url)
    url = host_or_url if "//" in host_or_url else f"https://{host_or_url}/"
    return site.name if site else site_name(url)


def _is_stopped(importing: Import, files: tuple[Path, ...]) -> bool:
    """Import *files*; whether Ctrl-C or SIGTERM ended it."""
    try:
        with _sigterm_as_interrupt():
            importing.read(files)
    except KeyboardInterrupt:
        return True
    return False


@contextmanager
def _sigterm_as_interrupt() -> Iterator[None]:
    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _tell(tally: Tally, *, is_json: bool) -> None:
    for damage in tally.damages[:SHOWN]:
        click.echo(f"newscrawl: {one_line(damage)}", err=True)
    if tally.damaged > SHOWN:
        click.echo(f"newscrawl: and {tally.damaged - SHOWN} more like these", err=True)
    if is_json:
        print_json(tally.as_dict())
    else:
        print_view(_view(tally))


def _view(tally: Tally) -> RenderableType:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="cyan")
    table.add_column(justify="right", style="bold")
    table.add_column(style="dim")
    for name, count, note in _figures(tally):
        table.add_row(name, str(count), note)
    parts: list[Any] = [table]
    if tally.reasons:
        refused = titled_table("skipped", "outcome", "reason")
        for (outcome, reason), count in tally.reasons.most_common(SHOWN):
            refused.add_row(str(count), outcome, shown(reason))
        parts += ["", refused]
    if tally.skipped:
        parts += ["", Text("no pages: " + _kinds(tally), "dim")]
    return Group(*parts)


def _figures(tally: Tally) -> Iterator[tuple[str, int, str]]:
    known = f"{tally.files_known} more were in the archive already" if tally.files_known else ""
    yield "files", tally.files, known
    yield "records", tally.records, ""
    yield "pages", tally.pages, "every answer that is, or might have been, a page"
    outcomes = tally.outcomes
    new = f"{outcomes['stored']} new, {outcomes['updated']} changed"
    yield "articles", tally.articles, f"{new}, {outcomes['unchanged']} unchanged"
    yield "sources", outcomes["source"], "home and section pages, for the links they show"
    yield "refused", sum(tally.reasons.values()), ""
    if tally.damaged:
        yield "unreadable", tally.damaged, "told above"


def _kinds(tally: Tally) -> str:
    most = tally.skipped.most_common(SHOWN)
    return ", ".join(counted(count, f"{one_line(kind)} records") for kind, count in most)
