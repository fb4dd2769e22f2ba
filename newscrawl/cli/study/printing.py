"""Arguments and tables that the commands of `newscrawl study` share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import click

from newscrawl.cli.console import minute, print_json, print_view, shown, titled_table

coder_option = click.option(
    "--coder",
    required=True,
    metavar="NAME",
    envvar="NEWSCRAWL_CODER",
    show_envvar=True,
    help="The person who makes the entry.",
)
article_argument = click.argument("article", metavar="URL|ID")
_LONGEST = 120


def print_rows(
    rows: Sequence[Mapping[str, Any]], columns: Sequence[str], *, is_json: bool
) -> None:
    """Print *rows* as JSON, or the *columns* of each as a table."""
    if is_json:
        print_json(list(rows))
        return
    table = titled_table(*(name.removesuffix("_at") for name in columns))
    for row in rows:
        table.add_row(*(shown(_cell(name, row[name])) for name in columns))
    print_view(table)


def _cell(name: str, value: Any) -> str:
    if value is None:
        return ""
    return minute(value) if name.endswith("_at") else str(value)[:_LONGEST]
