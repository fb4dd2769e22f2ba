"""Progress and results of an import, printed; and its end by Ctrl-C or SIGTERM."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from types import FrameType, TracebackType
from typing import Any

import click
from rich.console import Console, Group, RenderableType
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from newscrawl import exit_status as exits
from newscrawl.cli.console import (
    one_line,
    print_json,
    print_view,
    shown,
    titled_table,
)
from newscrawl.importing.tally import Tally
from newscrawl.layouts.catalogue import all_sites, site_for
from newscrawl.outcomes import Outcome
from newscrawl.text.counted import counted
from newscrawl.text.urls import site_name


def names_of(sites: tuple[str, ...]) -> frozenset[str]:
    """Return the names in the archive of sites given by name, host or address."""
    declared = {site.name for site in all_sites()}
    return frozenset(site if site in declared else _name_of(site) for site in sites)


def _name_of(host_or_url: str) -> str:
    site = site_for(host_or_url)
    url = host_or_url if "//" in host_or_url else f"https://{host_or_url}/"
    return site.name if site else site_name(url)


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
        done, found = sum(self._reached.values()), counted(self.tally.articles, "articles")
        if self._bar is not None:
            name = one_line(file.name)[-40:]
            self._bar.update(self._task, completed=done, file=name, found=found)
        elif monotonic() - self._last > INTERVAL:
            self._last = monotonic()
            share = done / self._whole
            files = counted(len(self._sizes), "files")
            click.echo(f"{share:.0%} of {files}: {found}", err=True)


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:  # whoever reads it says what is wrong
        return 0


AGAIN = "newscrawl reextract --apply"
"""The command that reads pages again that were fetched, and whose evidence is stored."""
SHOWN = 20
"""Most damages and reasons that are printed; all are in the JSON."""


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


def report_damages(tally: Tally, *, again: str) -> None:
    """Print damages on stderr, and the number of pages given up, which *again* reads."""
    for damage in tally.damages[:SHOWN]:
        click.echo(f"newscrawl: {one_line(damage)}", err=True)
    if tally.damaged > SHOWN:
        click.echo(f"newscrawl: and {tally.damaged - SHOWN} more like these", err=True)
    if tally.given_up:
        pages = counted(tally.given_up, "pages")
        them = "it" if tally.given_up == 1 else "them"
        click.echo(f"newscrawl: given up: {pages}; {again} reads {them} again", err=True)


def report(
    tally: Tally, *, is_json: bool, was_stopped: bool, again: str = "the same command"
) -> int:
    """Print the results of an import, and damages on stderr; return the exit status.

    *again* is the command that reads again what was given up.
    """
    report_damages(tally, again=again)
    if is_json:
        print_json(tally.as_dict())
    else:
        print_view(figures_view(tally))
    if was_stopped:
        click.echo("newscrawl: stopped; the same command resumes from here", err=True)
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
    known = f"{counted(tally.files_known, 'more', 'were')} in the archive already"
    yield "files", tally.files, known if tally.files_known else ""
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
