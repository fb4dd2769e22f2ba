"""Tables for a console: columns without lines around them, numbers to the right."""

from __future__ import annotations

from collections.abc import Iterable

from rich.table import Table
from rich.text import Text

_NUMBERS = frozenset({"articles", "skipped", "run", "version"})


def titled_table(*titles: str) -> Table:
    """Return a table with a heading over each column."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for title in titles:
        if title in _NUMBERS:
            table.add_column(title, justify="right", overflow="fold")
        else:
            table.add_column(title, overflow="fold")
    return table


def fact_table(facts: Iterable[tuple[str, Text | None]]) -> Table:
    """Return names and values in two columns; what has no value is left out."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="cyan", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in facts:
        if value:
            table.add_row(name, value)
    return table


def minute(moment: str) -> str:
    """Return a time of the archive (`YYYY-MM-DDTHH:MM:SSZ`) to the minute, for a column."""
    return moment[:16].replace("T", " ")


def counted(count: int, things: str) -> str:
    """Return a number with its noun, which is given in the plural."""
    return f"{count} {things.removesuffix('s') if count == 1 else things}"


def in_bytes(count: int) -> str:
    """Return a number of bytes as a person reads it."""
    size = float(count)
    for unit in ("bytes", "kB", "MB"):
        if abs(size) < 1000:
            return f"{size:.0f} {unit}" if unit == "bytes" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"
