"""`newscrawl import cc-news`: pages of sites from the news files of Common Crawl."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

import click

from newscrawl import exit_status as exits
from newscrawl.archive import Archive
from newscrawl.cli.console import archive_file, one_line
from newscrawl.cli.pages.import_report import is_stopped, names_of, report
from newscrawl.errors import FetchError, UsageError
from newscrawl.history.capture_sources import common_crawl_data
from newscrawl.history.cc_news import NewsImport, NewsSelection
from newscrawl.history.client import Client, ServiceBusyError
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
    status = exits.PARTIAL
    with Archive(archive_file(archive_path)) as archive:
        importing = NewsImport(archive, Client(), common_crawl_data(), _report_position)

        def work() -> None:
            nonlocal status
            try:
                status = importing.run(selection)
            except (FetchError, ServiceBusyError) as error:
                importing.tally.report(one_line(str(error)))

        was_stopped = is_stopped(work)
    report(importing.tally, is_json=is_json, was_stopped=was_stopped)
    return exits.PARTIAL if was_stopped else status


def _report_position(name: str, position: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r{name.rpartition('/')[2]}: {position >> 20} MiB", err=True, nl=False)
