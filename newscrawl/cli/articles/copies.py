"""`newscrawl copies`: the outlets of one agency text, and the changes that each made."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import attrs
import click
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from newscrawl.archive import Archive, ClusterSummary, Copy, CopyCluster, FieldChange
from newscrawl.cli.articles.versions import changed_lines, name_of
from newscrawl.cli.console import (
    archive_option,
    json_option,
    minute,
    open_archive,
    open_archive_to_write,
    print_json,
    print_view,
    shown,
    titled_table,
)
from newscrawl.errors import ArchiveError, UsageError
from newscrawl.text.counted import counted
from newscrawl.text.urls import readable_url

_MANY = 2_000
_DAY = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2}(T[0-9:]{2,8}Z?)?)?)?")


@click.command()
@click.argument("article", metavar="[URL|ID]", required=False)
@archive_option
@click.option("--diff", "is_diff", is_flag=True, help="Show what each outlet made of the text.")
@click.option("--since", metavar="DAY", help="Only texts that nobody had before (UTC).")
@click.option("--agency", metavar="NAME", help="Only texts credited to it: an id or a name.")
@click.option(
    "--limit",
    type=click.IntRange(1),
    default=20,
    show_default=True,
    help="How many texts to list.",
)
@click.option(
    "--update", "is_update", is_flag=True, help="Compare what is new, and show nothing."
)
@json_option
def copies(
    article: str | None,
    archive_path: Path | None,
    *,
    is_diff: bool,
    is_update: bool,
    is_json: bool,
    **wanted: Any,
) -> None:
    """List the sites that printed the text of an article, the first one first.

    Without an article, list the texts that most sites printed. New texts are compared first;
    times are UTC.
    """
    wanted["since"] = _time_from(wanted["since"]) if wanted["since"] else None
    is_of_all = bool(wanted["since"] or wanted["agency"] or is_update)
    _refuse_nonsense(article, is_diff=is_diff, is_of_all=is_of_all)
    if is_update:
        _update(archive_path)
        return
    with _compared(archive_path) as archive:
        if article is None:
            _list(archive, wanted, is_json=is_json)
        else:
            _show(archive, article, is_diff=is_diff, is_json=is_json)


def _refuse_nonsense(article: str | None, *, is_diff: bool, is_of_all: bool) -> None:
    if article is None and is_diff:
        raise UsageError("--diff is for one article: newscrawl copies URL --diff")
    if article is not None and is_of_all:
        raise UsageError("--since, --agency and --update are for all articles, not for one")


def _time_from(text: str) -> dt.datetime:
    """Return the beginning of a year, month, day or hour (UTC)."""
    try:
        if not _DAY.fullmatch(text):
            raise ValueError(text)
        day, _, clock = text.partition("T")
        day += "-01" * (2 - day.count("-"))
        hour = clock.removesuffix("Z") or "00"
        return dt.datetime.fromisoformat(f"{day}T{hour}").replace(tzinfo=dt.UTC)
    except ValueError:
        raise UsageError(f"--since is a day, like 2026-03-01: not {text}") from None


def _update(path: Path | None) -> None:
    with open_archive_to_write(path) as archive:
        count = archive.update_copies(_report)
    click.echo(f"{archive.path}: {counted(count, 'texts')} compared")


def _compared(path: Path | None) -> Archive:
    """Open the archive once everything new in it is compared, for reading only."""
    with suppress(ArchiveError):  # of an older schema, which writing upgrades
        archive = open_archive(path)
        if archive.has_compared_all():
            return archive
        archive.close()
    try:
        with open_archive_to_write(path) as archive:
            archive.update_copies(_report)
    except ArchiveError as error:
        archive = open_archive(path)
        click.echo(f"newscrawl: what is new is not compared: {error}", err=True)
        return archive
    return open_archive(path)


def _report(step: str, count: int) -> None:
    if count % _MANY == 0:
        click.echo(f"{step} … {counted(count, 'texts')}", err=True)


def _list(archive: Archive, wanted: dict[str, Any], *, is_json: bool) -> None:
    found = archive.copy_clusters(**wanted)
    if is_json:
        print_json([attrs.asdict(one) for one in found])
    else:
        print_view(clusters_view(found))


def _show(archive: Archive, article: str, *, is_diff: bool, is_json: bool) -> None:
    found = archive.copies(article)
    if is_json:
        print_json(None if found is None else _as_dict(archive, found, is_diff=is_diff))
    elif found is None:
        click.echo("No other site in the archive has this text.")
    elif is_diff:
        print_view(changes_view(found, _changes(archive, found)))
    else:
        print_view(cluster_view(found))


def _changes(archive: Archive, found: CopyCluster) -> tuple[Any, ...]:
    first = found.copies[0]
    return tuple(archive.copy_changes(first, other) for other in found.copies[1:])


def _as_dict(archive: Archive, found: CopyCluster, *, is_diff: bool) -> dict[str, Any]:
    values = attrs.asdict(found)
    if is_diff:
        for copy, changes in zip(values["copies"][1:], _changes(archive, found), strict=True):
            copy["changes"] = [
                attrs.asdict(change) | {"share": round(change.share, 4)} for change in changes
            ]
    return values


_SOURCES = {"published": "printed", "version": "new text", "first_seen": "seen by"}
NOTHING = "No text in the archive was found on several sites."


def cluster_view(found: CopyCluster) -> RenderableType:
    """Return the outlets in the order in which they had the text, and their headlines."""
    return Group(_title(found), "", _table(found.copies), "", *_headlines(found.copies))


def changes_view(
    found: CopyCluster, changes: Sequence[tuple[FieldChange, ...]]
) -> RenderableType:
    """Return the changes of each outlet to the text of the first one, word by word."""
    first, *others = found.copies
    parts: list[RenderableType] = [_title(found), _outlet(1, first)]
    for number, (copy, changed) in enumerate(zip(others, changes, strict=True), 2):
        parts += ["", _outlet(number, copy)]
        for change in changed:
            parts.append(Padding(Text(name_of(change), "cyan"), (0, 0, 0, 2)))
            parts += [Padding(line, (0, 0, 0, 4)) for line in changed_lines(change.pieces)]
        if not changed:
            parts.append(Padding("the same in every word", (0, 0, 0, 2)))
    return Group(*parts)


def clusters_view(found: Sequence[ClusterSummary]) -> RenderableType:
    """Return the texts that most sites had, one below the other."""
    if not found:
        return Text(NOTHING)
    parts: list[RenderableType] = []
    for one in found:
        about = f"{counted(one.sites, 'sites')}, {counted(one.articles, 'articles')}"
        agencies = f", {'; '.join(one.agencies)}" if one.agencies else ""
        parts.append(shown(one.first_headline or one.first_url, "bold"))
        parts.append(Padding(Text.assemble(about, shown(agencies)), (0, 0, 0, 4)))
        first = f"{'first' if one.is_first_certain else 'first, as far as is known'}: "
        who = f"{minute(one.first_had_by)}  {one.first_site}  "
        url = shown(readable_url(one.first_url), "dim")
        parts.append(Padding(Text.assemble(first, who, url), (0, 0, 1, 4)))
    return Group(*parts)


def _title(found: CopyCluster) -> Text:
    certain = "" if found.is_first_certain else "; who had it first is not certain"
    articles = counted(len(found.copies), "articles")
    return Text(f"{articles} of {counted(found.sites, 'sites')}{certain}", "bold")


def _table(copies: Sequence[Copy]) -> Table:
    table = titled_table("", "outlet", "had it by (UTC)", "known", "credit", "same", "of first")
    for number, copy in enumerate(copies, 1):
        table.add_row(
            str(number),
            shown(copy.site),
            minute(copy.had_by),
            _SOURCES[copy.had_by_source],
            shown("; ".join(copy.agencies)),
            f"{copy.share:.0%}",
            f"{copy.kept:.0%}",
        )
    return table


def _headlines(copies: Sequence[Copy]) -> Iterator[RenderableType]:
    for number, copy in enumerate(copies, 1):
        if number == 1 or copy.is_headline_changed:
            headline = shown(copy.headline or "(no headline)", "bold")
        else:
            headline = Text("the same headline", "dim")
        yield Text.assemble((f"{number:>3}  ", "dim"), headline)
        yield Padding(shown(readable_url(copy.url), "dim"), (0, 0, 0, 5))


def _outlet(number: int, copy: Copy) -> Text:
    when = f"  {minute(copy.had_by)}  "
    return Text.assemble(
        (f"{number}. ", "dim"),
        (copy.site, "bold"),
        when,
        shown(readable_url(copy.url), "dim"),
    )
