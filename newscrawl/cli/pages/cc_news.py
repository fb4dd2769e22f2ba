"""`newscrawl import cc-news`: pages of sites from the news files of Common Crawl."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

import click

from newscrawl import exit_status as exits
from newscrawl.archive import Archive
from newscrawl.cli.console import archive_file, one_line
from newscrawl.cli.pages.import_report import AGAIN, is_stopped, names_of, report
from newscrawl.errors import FetchError, UsageError
from newscrawl.history.capture_sources import common_crawl_data
from newscrawl.history.cc_news import NewsImport, NewsSelection, list_files
from newscrawl.history.client import Client, ServiceBusyError
from newscrawl.importing.tally import Tally
from newscrawl.system.environment import use_environment


def import_news(
    archive_path: Path | None,
    sites: tuple[str, ...],
    days: tuple[dt.date | None, dt.date | None],
    *,
    is_json: bool,
) -> int:
    """Import the news files that begin within *days*; return the exit status.

    Raises UsageError if a day is missing.
    """
    since, until = days
    if since is None or until is None or since > until:
        raise UsageError("cc-news needs --from and --to, the first and the last day")
    use_environment()
    selection = NewsSelection(since=since, until=until, sites=names_of(sites))
    client, address, tally = Client(), common_crawl_data(), Tally()
    status, path = exits.PARTIAL, archive_file(archive_path)

    def work() -> None:
        nonlocal status
        try:
            # The lists come first: a service that fails leaves no empty archive.
            paths = list_files(client, address, selection, tally)
            if not paths and not path.exists():
                status = tally.exit_status
                return
            with Archive(path) as archive:
                importing = NewsImport(archive, client, address, tally, _report_position)
                status = importing.run(selection, paths)
        except (FetchError, ServiceBusyError) as error:
            tally.report(one_line(str(error)))

    was_stopped = is_stopped(work)
    report(tally, is_json=is_json, was_stopped=was_stopped, again=AGAIN)
    return exits.PARTIAL if was_stopped else status


def _report_position(name: str, position: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r{name.rpartition('/')[2]}: {position >> 20} MiB", err=True, nl=False)
