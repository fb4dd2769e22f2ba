"""`newscrawl import`: pages from files of elsewhere into the archive, as if crawled."""

from __future__ import annotations

import os
from pathlib import Path

import click

from newscrawl.archive import Archive
from newscrawl.cli.importing_in_bulk import Bulk, import_in_bulk
from newscrawl.cli.importing_progress import ImportProgress
from newscrawl.cli.importing_view import is_stopped, tell
from newscrawl.cli.options import archive_file, archive_option, json_option
from newscrawl.errors import UsageError
from newscrawl.importing.file_engines import DaskEngine, make_locally
from newscrawl.importing.importing import Import, Options
from newscrawl.importing.sources import files_named
from newscrawl.layouts.catalogue import all_sites, site_for
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
    **bulk: str | None,
) -> None:
    """Bring in pages from WARC, WET, ARC and WACZ files, from folders or patterns.

    Each page is read, judged and stored as a crawl would, at the time of its record; the
    archive is made where there is none. A file is imported once: the same command goes on
    where it was stopped. Status 3 where some of it could not be read.

    With --archives or --parquet, FILES and FOLDER may be addresses too (s3://…), and
    files are read in any order, on as many machines as there are.
    """
    is_dask = bulk["engine"] == "dask"
    if bulk["archives"] is not None or bulk["parquet"] is not None:
        if archive_path is not None:
            raise UsageError("--archive is for one archive; --archives and --parquet are not")
        chosen = Bulk(
            archives=bulk["archives"],
            parquet=bulk["parquet"],
            sites=names_of(sites),
            engine=DaskEngine(bulk["scheduler"]) if is_dask else make_locally,
            jobs=jobs or core_count(),
        )
        context.exit(import_in_bulk(files, chosen, is_json=is_json))
    if is_dask or bulk["scheduler"] is not None:
        raise UsageError("one archive has one writer: Dask needs --archives or --parquet")
    options = Options(jobs=jobs or core_count(), sites=names_of(sites))
    found = files_named(files)
    with Archive(archive_file(archive_path)) as archive, ImportProgress(found) as progress:
        importing = Import(archive, options, progress.reach)
        progress.tally = importing.tally
        was_stopped = is_stopped(lambda: importing.read(found))
    context.exit(tell(importing.tally, is_json=is_json, was_stopped=was_stopped))


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
