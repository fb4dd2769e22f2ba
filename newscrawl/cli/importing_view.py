"""What an import tells at its end, and how it is stopped by hand."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import click
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from newscrawl import exit_status as exits
from newscrawl.cli.tables import counted, titled_table
from newscrawl.cli.terminal import one_line, print_json, print_view, shown
from newscrawl.importing.tally import Tally

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


def tell(tally: Tally, *, is_json: bool, was_stopped: bool) -> int:
    """Print what an import has come to, on stderr what went wrong; return the exit status."""
    for damage in tally.damages[:SHOWN]:
        click.echo(f"newscrawl: {one_line(damage)}", err=True)
    if tally.damaged > SHOWN:
        click.echo(f"newscrawl: and {tally.damaged - SHOWN} more like these", err=True)
    if is_json:
        print_json(tally.as_dict())
    else:
        print_view(_view(tally))
    if was_stopped:
        click.echo("newscrawl: stopped; the same command goes on from here", err=True)
        return exits.PARTIAL
    return tally.exit_status


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
