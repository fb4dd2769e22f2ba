"""`newscrawl import`: pages from files of elsewhere into the archive, as if crawled."""

from __future__ import annotations

import sys
from pathlib import Path
from time import monotonic
from typing import Any

import attrs
import click

from newscrawl.archive import Archive
from newscrawl.archive.export import parquet
from newscrawl.cli.console import (
    archive_file,
    archive_option,
    day_options,
    json_option,
)
from newscrawl.cli.pages.import_report import (
    INTERVAL,
    ImportProgress,
    is_stopped,
    names_of,
    report,
)
from newscrawl.errors import NewscrawlError, UsageError
from newscrawl.importing.file_engines import DaskEngine, FileEngine, make_locally
from newscrawl.importing.importer import Import, Options
from newscrawl.importing.input_files import files_named, places_named
from newscrawl.importing.partitions import Partition
from newscrawl.importing.tally import Tally
from newscrawl.layouts.catalogue import all_sites
from newscrawl.system.environment import usable_cores
from newscrawl.text.counted import counted

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

    As FILES, cc-news stands for the news files of Common Crawl, --from a day --to another; only
    pages of --site are stored.

    Each page is read and stored as in a crawl, at the time of its record; the archive is
    created if there is none. A file is imported once: the same command resumes where it was
    stopped. Status 3 if some of it could not be read: the same command reads that file again.

    With --archives or --parquet, FILES and FOLDER may be addresses too (s3://…), and
    files are read in any order, on as many machines as there are.
    """
    days = (options["since"], options["until"])
    if files == ("cc-news",):
        from newscrawl.cli.pages.cc_news import import_news  # noqa: PLC0415 (seldom used)

        context.exit(import_news(archive_path, sites, days, is_json=is_json))
    if days != (None, None):
        raise UsageError("--from and --to are for cc-news")
    wanted = Options(jobs=jobs or usable_cores(), sites=names_of(sites))
    is_dask = options["engine"] == "dask"
    if options["archives"] is not None or options["parquet"] is not None:
        if archive_path is not None:
            raise UsageError("--archive is for one archive; --archives and --parquet are not")
        chosen = Bulk(
            archives=options["archives"],
            parquet=options["parquet"],
            sites=wanted.sites,
            engine=DaskEngine(options["scheduler"]) if is_dask else make_locally,
            jobs=wanted.jobs,
        )
        context.exit(import_in_bulk(files, chosen, is_json=is_json))
    if is_dask or options["scheduler"] is not None:
        raise UsageError("one archive has one writer: Dask needs --archives or --parquet")
    context.exit(_import_into(archive_file(archive_path), files, wanted, is_json=is_json))


def _import_into(path: Path, files: tuple[str, ...], wanted: Options, *, is_json: bool) -> int:
    """Import *files* into one archive; return the exit status."""
    found = files_named(files)
    with Archive(path) as archive, ImportProgress(found) as progress:
        importing = Import(archive, wanted, progress.reach)
        progress.tally = importing.tally
        was_stopped = is_stopped(lambda: importing.read(found))
    return report(importing.tally, is_json=is_json, was_stopped=was_stopped)


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
    was_stopped = is_stopped(lambda: _make(_count_made(files, bulk, tally), bulk, tally))
    return report(tally, is_json=is_json, was_stopped=was_stopped)


def _count_made(files: tuple[str, ...], bulk: Bulk, tally: Tally) -> list[Partition]:
    """Count the partitions that are made already; return the others."""
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
            found = counted(tally.articles, "articles")
            line = f"{done} of {counted(len(waiting), 'files')}: {found}"
            click.echo(f"\r{line}" if is_watched else line, err=True, nl=not is_watched)
    if is_watched and done:
        click.echo("", err=True)
