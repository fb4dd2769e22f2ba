"""`newscrawl runs` and `runs show`: the crawls, and all that is known of one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click
from rich.console import Group, RenderableType
from rich.text import Text

from newscrawl.archive.schema.storable import utc_text
from newscrawl.cli.articles.stats import stats_view
from newscrawl.cli.console import (
    archive_file,
    archive_option,
    fact_table,
    json_option,
    one_line,
    open_archive,
    print_json,
    print_view,
    shown,
    titled_table,
)
from newscrawl.errors import ArchiveError

LARGEST_ID = 2**63 - 1


@click.group(invoke_without_command=True)
@archive_option
@click.option("--limit", type=click.IntRange(1, 10_000), default=20, show_default=True)
@json_option
@click.pass_context
def runs(
    context: click.Context, archive_path: Path | None, limit: int, *, is_json: bool
) -> None:
    """List the last crawls: time, end and exit status."""
    if context.invoked_subcommand:
        context.obj = archive_path
        return
    with open_archive(archive_path) as archive:
        rows = archive.runs(limit)
    if is_json:
        print_json(rows)
    else:
        print_view(_runs_view(rows))


@runs.command()
@click.argument("number", type=click.IntRange(1, LARGEST_ID), metavar="N")
@archive_option
@json_option
@click.pass_context
def show(
    context: click.Context, number: int, archive_path: Path | None, *, is_json: bool
) -> None:
    """Print the settings of run N, its end, and its outcomes."""
    path = archive_path or context.obj
    with open_archive(path) as archive:
        row = archive.run(number)
        if row is None:
            raise ArchiveError(f"{archive_file(path)} has no run {number}")
        numbers = archive.stats(run=number)
    if is_json:
        print_json(row | {"stats": numbers.as_dict()})
    else:
        print_view(Group(fact_table(_facts(row)), "", stats_view(numbers)))


def _runs_view(rows: list[dict[str, Any]]) -> RenderableType:
    table = titled_table("run", "spider", "site", "started", "ended", "status")
    for row in rows:
        end = one_line(str(row["finish_reason"] or "not finished"))
        status = "" if row["exit_status"] is None else str(row["exit_status"])
        who = (one_line(row["spider"]), one_line(row["site"] or ""))
        table.add_row(str(row["id"]), *who, utc_text(row["started_at"]), end, status)
    return table if rows else Text("No run yet.")


def _facts(row: Mapping[str, Any]) -> Iterator[tuple[str, Text | None]]:
    for name in ("id", "spider", "site", "started_at", "finished_at"):
        yield ("run" if name == "id" else name), _value(row[name])
    yield "ended", _value(row["finish_reason"] or "not finished")
    yield "exit_status", _value(row["exit_status"])
    yield "newscrawl", _value(row["newscrawl"])
    for name in ("settings", "counts"):
        for key, value in row[name].items():
            yield f"{name}.{one_line(str(key))}", _value(value)


def _value(value: object) -> Text | None:
    if isinstance(value, dt.datetime):
        return shown(utc_text(value))
    return None if value is None else shown(str(value))
