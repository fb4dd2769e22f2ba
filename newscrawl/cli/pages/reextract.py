"""`newscrawl reextract`: read the evidence with the current extractor, and report changes."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import click
from rich.console import Group, RenderableType
from rich.text import Text

from newscrawl import exit_status as exits
from newscrawl.archive import Archive
from newscrawl.archive.schema.storable import utc_text
from newscrawl.cli.console import (
    archive_option,
    fact_table,
    is_terminal,
    json_option,
    one_line,
    open_archive,
    open_archive_to_write,
    print_json,
    print_view,
    shown,
    titled_table,
)
from newscrawl.cli.pages.import_files import jobs_option
from newscrawl.cli.pages.import_report import names_of
from newscrawl.importing.reextract import Choice, Report, SiteReport, reread
from newscrawl.system.environment import usable_cores
from newscrawl.text.counted import counted

SHOWN = 20


@click.command()
@archive_option
@click.option("--site", metavar="SITE", help="Only articles of this site or host.")
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DAY",
    help="Only articles that were seen since this day (UTC).",
)
@click.option("--apply", "is_applied", is_flag=True, help="Store what is read otherwise now.")
@jobs_option
@json_option
@click.pass_context
def reextract(context: click.Context, /, archive_path: Path | None, **options: Any) -> None:
    """Read the stored pages again, and report the changes field by field.

    Nothing is changed without --apply. With it, a text that is read differently becomes a
    version whose cause is the extractor; the old one stays. Articles without evidence are
    left alone. Stopped, the same command resumes. Status 3 if evidence could not be read.
    """
    is_applied = options["is_applied"]
    choice = Choice(
        jobs=options["jobs"] or usable_cores(),
        site=next(iter(names_of((options["site"],)))) if options["site"] else None,
        since=options["since"].replace(tzinfo=dt.UTC) if options["since"] else None,
        is_applied=is_applied,
    )
    opened = open_archive_to_write if is_applied else open_archive
    with opened(archive_path) as archive:
        report = _run(archive, choice)
    for damage in report.damages[:SHOWN]:
        click.echo(f"newscrawl: {one_line(damage)}", err=True)
    if options["is_json"]:
        print_json(report.as_dict())
    else:
        print_view(_view(report))
    context.exit(exits.PARTIAL if report.damages else exits.COMPLETE)


def _run(archive: Archive, choice: Choice) -> Report:
    """Read all of it; where it is applied, as a run of the archive."""
    if not choice.is_applied:
        return reread(archive, choice, _show_progress)
    run = archive.start_run(
        "reextract", choice.site, {"since": utc_text(choice.since) if choice.since else ""}
    )
    reason, status, report = "failed", exits.FAILED, None
    try:
        report = reread(archive, choice, _show_progress)
        reason, status = "finished", exits.PARTIAL if report.damages else exits.COMPLETE
    except KeyboardInterrupt:
        reason, status = "shutdown", exits.PARTIAL
        raise
    finally:
        sites = report.sites.values() if report else ()
        counts = {
            "versions": sum(one.versions for one in sites),
            "changed": sum(one.changed for one in sites),
        }
        archive.finish_run(run, reason, status, counts)
    return report


def _show_progress(report: Report) -> None:
    """Print the progress on a terminal."""
    if is_terminal():
        versions = sum(one.versions for one in report.sites.values())
        click.echo(f"\r{counted(versions, 'versions')} read", nl=False, err=True)


def _view(report: Report) -> RenderableType:
    parts: list[Any] = [""] if is_terminal() else []
    for name, site in sorted(report.sites.items()):
        parts += [Text(one_line(name), "bold"), _numbers(site), ""]
        if any(field.changed for field in site.fields.values()):
            parts += [_fields(site), ""]
            parts += list(_examples(site))
    if not report.sites:
        return Text("The archive holds no article of that.")
    if report.is_applied:
        end = "What is read otherwise is stored."
    else:
        end = "Nothing was changed; --apply stores what is read otherwise."
    return Group(*parts, Text(end, "dim"))


def _numbers(site: SiteReport) -> RenderableType:
    facts = {
        "versions read": site.versions,
        "read otherwise": site.changed,
        "as this extractor read them": site.up_to_date,
        "without evidence": site.without_evidence,
        "of several pages": site.joined,
        "articles that would be refused": sum(site.refused_now.values()),
        "refused pages that are articles": site.accepted,
    }
    return fact_table((name, Text(str(count))) for name, count in facts.items() if count)


def _fields(site: SiteReport) -> RenderableType:
    table = titled_table("field", "changed", "filled before", "filled after")
    for name, field in site.fields.items():
        if field.changed:
            before, after = (
                f"{count} ({count / site.versions:.0%})"
                for count in (field.filled_before, field.filled_after)
            )
            table.add_row(name, str(field.changed), before, after)
    return table


def _examples(site: SiteReport) -> list[RenderableType]:
    """Return the old and new values of each field that changes."""
    lines: list[RenderableType] = []
    for name, field in site.fields.items():
        for example in field.examples:
            lines.append(Text.assemble((f"{name}  ", "cyan"), shown(example.url, "dim")))
            lines += [_value("- ", "red", example.was), _value("+ ", "green", example.now), ""]
    lines += [shown(f"would be refused: {n} × {why}") for why, n in site.refused_now.items()]
    lines += [shown(f"is an article now: {url}") for url in site.accepted_now]
    return lines


def _value(sign: str, style: str, value: Any) -> Text:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    text = one_line(text)
    return Text.assemble((sign, style), shown(text[:300] + ("…" if len(text) > 300 else "")))
