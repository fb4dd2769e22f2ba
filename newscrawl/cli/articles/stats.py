"""`newscrawl stats`: numbers of an archive: pages, articles, outcomes, fields found."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from newscrawl.archive import Stats
from newscrawl.cli.console import (
    archive_file,
    archive_option,
    json_option,
    one_line,
    open_archive,
    print_json,
    print_view,
    shown,
    titled_table,
)
from newscrawl.errors import ArchiveError
from newscrawl.outcomes import ARTICLE_OUTCOMES, Outcome
from newscrawl.text.counted import counted

NOT_SKIPPED = (Outcome.SOURCE, Outcome.CONTINUATION)
BAR = 20


@click.command()
@archive_option
@click.option("--site", help="Only this site.")
@click.option("--run", type=int, help="Only this run; `newscrawl runs` lists them.")
@json_option
def stats(
    archive_path: Path | None, site: str | None, run: int | None, *, is_json: bool
) -> None:
    """Count pages seen, articles stored, pages skipped by reason, and fields found."""
    with open_archive(archive_path) as archive:
        numbers = archive.stats(site=site, run=run)
    wanted = f"site {site!r}" if run is None else f"run {run}"
    if (site or run is not None) and not (numbers.observations or numbers.articles):
        raise ArchiveError(f"{archive_file(archive_path)} has nothing of {wanted}")
    if is_json:
        print_json(numbers.as_dict())
    else:
        print_view(stats_view(numbers))


def stats_view(numbers: Stats) -> RenderableType:
    """Return the numbers of an archive or a run as tables."""
    parts: list[RenderableType] = [_pages(numbers), "", _skipped(numbers)]
    if numbers.articles:
        parts += ["", _coverage(numbers.coverage, numbers.articles)]
    if len(numbers.sites) > 1:
        parts += ["", _sites(numbers.sites)]
    return Group(*parts)


def _pages(numbers: Stats) -> Table:
    outcomes = numbers.outcomes
    stored = sum(outcomes.get(name, 0) for name in ARTICLE_OUTCOMES)
    read = sum(outcomes.get(name, 0) for name in NOT_SKIPPED)
    skipped = numbers.observations - stored - read
    table = Table.grid(padding=(0, 2))
    table.add_column(style="cyan")
    table.add_column(justify="right", style="bold")
    table.add_column(style="dim")
    table.add_row("pages seen", str(numbers.observations), "every address that was requested")
    table.add_row("sources", str(outcomes.get("source", 0)), Outcome.SOURCE.meaning)
    table.add_row("articles read", str(stored), _parts(outcomes))
    table.add_row("skipped", str(skipped), "the reasons are below")
    versions = counted(numbers.versions, "versions")
    table.add_row("articles kept", str(numbers.articles), f"in {versions}")
    if numbers.doubtful_pages:
        table.add_row("pages kept", str(numbers.doubtful_pages), "that may be no article")
    return table


def _parts(outcomes: Mapping[str, int]) -> str:
    return ", ".join(
        f"{outcomes[name]} {name}" for name in ARTICLE_OUTCOMES if outcomes.get(name)
    )


def _skipped(numbers: Stats) -> RenderableType:
    rows = [
        row for row in numbers.reasons if row.outcome not in {*ARTICLE_OUTCOMES, *NOT_SKIPPED}
    ]
    if not rows:
        return Text("nothing was skipped", "dim")
    table = titled_table("skipped", "outcome", "reason")
    for row in rows:
        why = row.reason or Outcome(row.outcome).meaning
        table.add_row(str(row.count), row.outcome, shown(why))
    return table


def _coverage(coverage: Mapping[str, int], articles: int) -> Table:
    table = titled_table("field", "articles", "", "of all")
    for field, count in coverage.items():
        share = count / articles
        bar = "█" * round(share * BAR)
        table.add_row(field, str(count), Text(bar.ljust(BAR, "░"), "green"), f"{share:.0%}")
    return table


def _sites(counts: Mapping[str, int]) -> Table:
    table = titled_table("site", "articles")
    for site, count in counts.items():
        table.add_row(one_line(site), str(count))
    return table
