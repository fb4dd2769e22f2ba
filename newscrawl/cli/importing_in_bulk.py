"""`newscrawl import --archives/--parquet`: each file by itself, in any number of processes."""

from __future__ import annotations

import sys
from time import monotonic

import attrs
import click

from newscrawl.archive.export import parquet
from newscrawl.cli.importing_progress import INTERVAL
from newscrawl.cli.importing_view import is_stopped, tell
from newscrawl.errors import NewscrawlError
from newscrawl.importing.file_engines import FileEngine
from newscrawl.importing.partitions import Partition
from newscrawl.importing.places import places_named
from newscrawl.importing.tally import Tally
from newscrawl.layouts.catalogue import all_sites


@attrs.frozen(kw_only=True)
class Bulk:
    """Where what the files hold is to be, and who reads them."""

    archives: str | None
    parquet: str | None
    sites: frozenset[str]
    engine: FileEngine
    jobs: int


def import_in_bulk(files: tuple[str, ...], bulk: Bulk, *, is_json: bool) -> int:
    """Make the partition of each file that has none yet; return the exit status.

    Raises NewscrawlError where a file or a folder cannot be looked at, or an extra is missing.
    """
    if bulk.parquet is not None:
        parquet.check_installed()
    all_sites()  # a wrong declaration is told now, and not of every page
    tally = Tally()
    was_stopped = is_stopped(lambda: _make(_waiting(files, bulk, tally), bulk, tally))
    return tell(tally, is_json=is_json, was_stopped=was_stopped)


def _waiting(files: tuple[str, ...], bulk: Bulk, tally: Tally) -> list[Partition]:
    """Return what is not made yet, and count the rest."""
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
