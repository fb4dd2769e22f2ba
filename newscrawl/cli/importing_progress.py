"""How far an import is: a bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from time import monotonic
from types import TracebackType

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from newscrawl.cli.terminal import one_line
from newscrawl.importing.tally import Tally

INTERVAL = 30.0
"""Seconds between two lines where nobody looks on."""


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
