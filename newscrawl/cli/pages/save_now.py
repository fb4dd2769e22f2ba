"""`newscrawl save-now`: new articles saved by the Internet Archive too."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from newscrawl import exit_status as exits
from newscrawl.archive.crawl_state.saves import SaveQueue
from newscrawl.cli.console import (
    archive_option,
    json_option,
    one_line,
    open_archive_to_write,
    print_json,
    since_option,
)
from newscrawl.history.capture_sources import wayback_address
from newscrawl.history.client import Client
from newscrawl.history.save_page_now import PACE, Keys, SavePageNow
from newscrawl.system.environment import variable

_SINCE = dt.timedelta(days=7)


@click.command("save-now")
@click.argument("site", required=False)
@archive_option
@since_option
@click.option(
    "--limit",
    type=click.IntRange(0, 10_000),
    default=100,
    show_default=True,
    help="Most addresses that are sent in this run.",
)
@json_option
@click.pass_context
def save_now(
    context: click.Context,
    /,
    site: str | None,
    archive_path: Path | None,
    since: dt.datetime | None,
    limit: int,
    *,
    is_json: bool,
) -> None:
    """Have the Internet Archive save the new articles of SITE, or of all, by Save Page Now.

    Articles that crawls first saw in the last seven days, or --since, are queued, each once,
    and sent one after the other with the keys NEWSCRAWL_SPN_ACCESS_KEY and
    NEWSCRAWL_SPN_SECRET_KEY. Nothing is sent unless this command runs. Status 3 if the service
    ended the run: the same command resumes.
    """
    keys = Keys.of_environment()
    now = dt.datetime.now(dt.UTC)
    with open_archive_to_write(archive_path) as archive:
        queue = SaveQueue(archive)
        queued = queue.add_new(since or now - _SINCE, site, now)
        pace = None if variable("NEWSCRAWL_HISTORY_PACE") else PACE
        saving = SavePageNow(queue, Client(pace), wayback_address(), keys)
        saving.run(limit)
        counts = queue.counts()
    if saving.stopped_by is not None:
        click.echo(f"newscrawl: {one_line(saving.stopped_by)}", err=True)
    numbers = {"queued": queued, "sent": saving.sent}
    states = {state: counts[state] for state in ("waiting", "sent", "saved", "failed")}
    if is_json:
        print_json(numbers | {"states": states, "stopped_by": saving.stopped_by})
    else:
        text = ", ".join(f"{count} {state}" for state, count in states.items())
        click.echo(f"{queued} queued, {saving.sent} sent now; of all: {text}.")
    context.exit(exits.PARTIAL if saving.stopped_by is not None else exits.COMPLETE)
