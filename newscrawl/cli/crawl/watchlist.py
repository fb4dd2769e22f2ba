"""`newscrawl watchlist`: saved searches, and messages about their finds."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import attrs
import click
from rich.text import Text

from newscrawl.cli.console import (
    archive_file,
    archive_option,
    json_option,
    one_line,
    print_json,
    print_view,
    titled_table,
)
from newscrawl.errors import UsageError
from newscrawl.jobs.deliveries import deliver
from newscrawl.jobs.watchlist import WatchlistFile
from newscrawl.text.counted import counted


@click.group()
def watchlist() -> None:
    """Save searches, and send their new finds to you after each run."""


@watchlist.command()
@click.argument("name")
@click.argument("query")
@archive_option
def add(name: str, query: str, archive_path: Path | None) -> None:
    """Save the search QUERY as NAME: it reports new finds, and edits of all it finds."""
    WatchlistFile(archive_file(archive_path)).add(name, query)


@watchlist.command()
@click.argument("name")
@archive_option
def remove(name: str, archive_path: Path | None) -> None:
    """Delete the search NAME."""
    WatchlistFile(archive_file(archive_path)).remove(name)


@watchlist.command(name="list")
@archive_option
@json_option
def list_(archive_path: Path | None, *, is_json: bool) -> None:
    """List the searches, and where messages go."""
    found = WatchlistFile(archive_file(archive_path)).read()
    if is_json:
        print_json(attrs.asdict(found))
        return
    table = titled_table("name", "query")
    for name, search in found.searches.items():
        table.add_row(one_line(name), one_line(search.query))
    print_view(table)
    for name, target in attrs.asdict(found.targets).items():
        if target:
            print_view(Text(f"{name}: {one_line(target)}"))
    for one in found.outbox:
        if one.problem:
            print_view(Text(f"{one.target} of {one.created_at[:16]}: {one_line(one.problem)}"))
    print_view(Text(f"{counted(len(found.outbox), 'messages')} waiting."))


@watchlist.command()
@archive_option
@click.option("--command", help="A command line that gets the message on its input.")
@click.option("--webhook", help="An http(s) address that gets the message as JSON.")
@click.option("--mail", help="An address of e-mail; NEWSCRAWL_SMTP names the server.")
def to(archive_path: Path | None, **targets: Any) -> None:
    """Set where messages go; an empty value (--mail '') ends it."""
    changes = {name: value or None for name, value in targets.items() if value is not None}
    webhook = changes.get("webhook")
    if webhook and not webhook.startswith(("http://", "https://")):
        raise UsageError(f"--webhook: {webhook!r} is no http or https address")
    WatchlistFile(archive_file(archive_path)).set_targets(changes)


@watchlist.command()
@archive_option
def send(archive_path: Path | None) -> None:
    """Send finds since the last message, and messages still waiting. Crawls do it, too."""
    file = WatchlistFile(archive_file(archive_path))
    now = dt.datetime.now(dt.UTC)
    found = file.collect(now)
    sent, waiting = deliver(file, now)
    click.echo(f"{found} found, {counted(sent, 'messages')} sent, {waiting} waiting.")
