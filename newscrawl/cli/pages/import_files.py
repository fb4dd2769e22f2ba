"""`newscrawl import`: pages from files of elsewhere into the archive, as if crawled."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from types import FrameType, TracebackType
from typing import Any

import attrs
import click
from rich.console import Console, Group, RenderableType
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from newscrawl import exit_status as exits
from newscrawl.archive import Archive
from newscrawl.archive.export import parquet
from newscrawl.cli.console import (
    archive_file,
    archive_option,
    counted,
    day_options,
    json_option,
    one_line,
    print_json,
    print_view,
    shown,
    titled_table,
)
from newscrawl.errors import NewscrawlError, UsageError
from newscrawl.importing.file_engines import DaskEngine, FileEngine, make_locally
from newscrawl.importing.importer import Import, Options
from newscrawl.importing.input_files import files_named, places_named
from newscrawl.importing.partitions import Partition
from newscrawl.importing.tally import Tally
from newscrawl.layouts.catalogue import all_sites, site_for
from newscrawl.outcomes import Outcome
from newscrawl.system.environment import usable_cores
from newscrawl.text.urls import site_name

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
@click.option(
    "--archives", metavar="FOLDER", help="Instead, each file into an archive of its own there."
)
@click.option(
    "--parquet", metavar="FOLDER", help="Instead, the tables of each file as Parquet there."
)
@click.option(
    "--engine",
    type=click.Choice(["local", "dask"]),
    default="local",
    help="With these two: read files in processes here, or by a Dask cluster.",
)
@click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="Of the Dask cluster, as tcp://host:8786. Default: one on this machine.",
)
@day_options
@json_option
@click.pass_context
def import_files(
    context: click.Context,
    /,
    files: tuple[str, ...],
    archive_path: Path | None,
    jobs: int | None,
    sites: tuple[str, ...],
    *,
    is_json: bool,
    **options: Any,
) -> None:
    """Import pages from WARC, WET, ARC and WACZ files, from folders or patterns.

    For FILES, cc-news means the news files of Common Crawl that begin --from a day --to
    another; of them only the pages of --site are stored.

    Each page is read and stored as in a crawl, at the time of its record; the archive is
    created if there is none. A file is imported once: the same command resumes where it was
    stopped. Status 3 if some of it could not be read.

    With --archives or --parquet, FILES and FOLDER may be addresses too (s3://…), and
    files are read in any order, on as many machines as there are.
    """
    if files == ("cc-news",):
        from newscrawl.cli.pages.cc_news import import_news  # noqa: PLC0415 (it imports this)

        days = (options["since"], options["until"])
        context.exit(import_news(archive_path, sites, days, is_json=is_json))
    if options["since"] is not None or options["until"] is not None:
        raise UsageError("--from and --to are for cc-news")
    is_dask = options["engine"] == "dask"
    if options["archives"] is not None or options["parquet"] is not None:
        if archive_path is not None:
            raise UsageError("--archive is for one archive; --archives and --parquet are not")
        chosen = Bulk(
            archives=options["archives"],
            parquet=options["parquet"],
            sites=names_of(sites),
            engine=DaskEngine(options["scheduler"]) if is_dask else make_locally,
            jobs=jobs or usable_cores(),
        )
        context.exit(import_in_bulk(files, chosen, is_json=is_json))
    if is_dask or options["scheduler"] is not None:
        raise UsageError("one archive has one writer: Dask needs --archives or --parquet")
    wanted = Options(jobs=jobs or usable_cores(), sites=names_of(sites))
    found = files_named(files)
    with Archive(archive_file(archive_path)) as archive, ImportProgress(found) as progress:
        importing = Import(archive, wanted, progress.reach)
        progress.tally = importing.tally
        was_stopped = is_stopped(lambda: importing.read(found))
    context.exit(report(importing.tally, is_json=is_json, was_stopped=was_stopped))


def names_of(sites: tuple[str, ...]) -> frozenset[str]:
    """Return the names in the archive of sites given by name, host or address."""
    declared = {site.name for site in all_sites()}
    return frozenset(site if site in declared else _name_of(site) for site in sites)


def _name_of(host_or_url: str) -> str:
    site = site_for(host_or_url)
    url = host_or_url if "//" in host_or_url else f"https://{host_or_url}/"
    return site.name if site else site_name(url)


@attrs.frozen(kw_only=True)
class Bulk:
    """Destinations of a bulk import, and the engine that reads the files."""

    archives: str | None
    parquet: str | None
    sites: frozenset[str]
    engine: FileEngine
    jobs: int


def import_in_bulk(files: tuple[str, ...], bulk: Bulk, *, is_json: bool) -> int:
    """Make the partition of each file that has none yet; return the exit status.

    Raises NewscrawlError if a file or a folder cannot be looked at, or an extra is missing.
    """
    if bulk.parquet is not None:
        parquet.check_installed()
    all_sites()  # a wrong declaration is an error now, not for every page
    tally = Tally()
    was_stopped = is_stopped(lambda: _make(_waiting(files, bulk, tally), bulk, tally))
    return report(tally, is_json=is_json, was_stopped=was_stopped)


def _waiting(files: tuple[str, ...], bulk: Bulk, tally: Tally) -> list[Partition]:
    """Return the partitions that are not made yet, and count the others."""
    try:
        partitions = [
            Partition(
                source=place, archives=bulk.archives, parquet=bulk.parquet, sites=bulk.sites
            )
            for place in places_named(files)
        ]
        waiting = [partition for partition in partitions if not partition.is_done]
    except OSError as error:
        raise NewscrawlError(str(error)) from error
    tally.files_known = len(partitions) - len(waiting)
    return waiting


def _make(waiting: list[Partition], bulk: Bulk, tally: Tally) -> None:
    done, last = 0, monotonic()
    is_watched = sys.stderr.isatty()
    for _, made in bulk.engine(waiting, min(bulk.jobs, max(1, len(waiting)))):
        tally.add(made)
        done += 1
        if is_watched or monotonic() - last > INTERVAL:
            last = monotonic()
            line = f"{done} of {len(waiting)} files: {tally.articles} articles"
            click.echo(f"\r{line}" if is_watched else line, err=True, nl=not is_watched)
    if is_watched and done:
        click.echo("", err=True)


INTERVAL = 30.0
"""Seconds between two lines of progress without a terminal."""


class ImportProgress:
    """Shows on stderr how much of *files* is done; a context manager."""

    def __init__(self, files: Sequence[Path]) -> None:
        self.tally = Tally()
        self._sizes = {file: _size(file) for file in files}
        self._reached = dict.fromkeys(files, 0)
        self._last = monotonic()
        self._bar: Progress | None = None
        if sys.stderr.isatty():
            self._bar = Progress(
                TextColumn("{task.fields[file]}"),
                BarColumn(),
                TextColumn("{task.percentage:>3.0f}% {task.fields[found]}"),
                TimeRemainingColumn(),
                console=Console(stderr=True),
            )
            self._task = self._bar.add_task("", total=self._whole, file="", found="")

    def __enter__(self) -> ImportProgress:
        if self._bar is not None:
            self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    @property
    def _whole(self) -> int:
        return max(sum(self._sizes.values()), 1)

    def reach(self, file: Path, position: int) -> None:
        """Show that *file* is done up to *position*."""
        self._reached[file] = position
        done, found = sum(self._reached.values()), f"{self.tally.articles} articles"
        if self._bar is not None:
            name = one_line(file.name)[-40:]
            self._bar.update(self._task, completed=done, file=name, found=found)
        elif monotonic() - self._last > INTERVAL:
            self._last = monotonic()
            share = done / self._whole
            click.echo(f"{share:.0%} of {len(self._sizes)} files: {found}", err=True)


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:  # whoever reads it says what is wrong
        return 0


SHOWN = 20
"""So many damages and reasons are printed; all are in the JSON."""


def is_stopped(work: Callable[[], None]) -> bool:
    """Do *work*; whether Ctrl-C or SIGTERM ended it."""
    try:
        with _sigterm_as_interrupt():
            work()
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


def report(tally: Tally, *, is_json: bool, was_stopped: bool) -> int:
    """Print the results of an import, and damages on stderr; return the exit status."""
    for damage in tally.damages[:SHOWN]:
        click.echo(f"newscrawl: {one_line(damage)}", err=True)
    if tally.damaged > SHOWN:
        click.echo(f"newscrawl: and {tally.damaged - SHOWN} more like these", err=True)
    if is_json:
        print_json(tally.as_dict())
    else:
        print_view(figures_view(tally))
    if was_stopped:
        click.echo("newscrawl: stopped; the same command goes on from here", err=True)
        return exits.PARTIAL
    return tally.exit_status


def figures_view(tally: Tally) -> RenderableType:
    """Return the numbers of an import as a table, with what gave no article."""
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
    yield "sources", outcomes[Outcome.SOURCE], "home and section pages, for the links they show"
    yield "refused", sum(tally.reasons.values()), ""
    if tally.damaged:
        yield "unreadable", tally.damaged, "listed above"


def _kinds(tally: Tally) -> str:
    most = tally.skipped.most_common(SHOWN)
    return ", ".join(counted(count, f"{one_line(kind)} records") for kind, count in most)
