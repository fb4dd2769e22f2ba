"""The versions of an article, for a console."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from newscrawl.archive import Version
from newscrawl.cli.tables import minute, titled_table
from newscrawl.cli.terminal import shown


def versions_view(versions: Sequence[Version]) -> RenderableType:
    """Return *versions*, the oldest first, and below them each headline there was."""
    return Group(_table(versions), "", *_headlines(versions))


def _table(versions: Sequence[Version]) -> Table:
    table = titled_table("version", "first seen (UTC)", "last seen (UTC)", "cause", "changed")
    for version in versions:
        seen = minute(version.first_seen), minute(version.last_seen)
        cause = "" if version.cause == "first" else version.cause
        table.add_row(str(version.number), *seen, cause, ", ".join(version.changed))
    return table


def _headlines(versions: Sequence[Version]) -> Iterator[Text]:
    for version in versions:
        if version.number == 1 or "headline" in version.changed:
            headline = shown(version.headline or "(no headline)", "bold")
            yield Text.assemble((f"{version.number:>7}  ", "dim"), headline)
