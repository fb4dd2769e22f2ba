"""`newscrawl history`: earlier captures of pages, out of other archives."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from time import monotonic
from typing import Any

import click
from rich.console import Group, RenderableType
from rich.text import Text

from newscrawl import exit_status as exits
from newscrawl.archive import Archive
from newscrawl.cli.console import (
    archive_file,
    archive_option,
    day_options,
    fact_table,
    json_option,
    one_line,
    open_archive,
    print_json,
    print_view,
    shown,
)
from newscrawl.cli.pages.import_report import (
    AGAIN,
    INTERVAL,
    SHOWN,
    figures_view,
    is_stopped,
    names_of,
    report_damages,
)
from newscrawl.errors import UsageError
from newscrawl.history.capture_indexes import Query, Target
from newscrawl.history.capture_sources import Source, source_named
from newscrawl.history.client import Client
from newscrawl.history.collection import Collection
from newscrawl.history.plan import Plan, plan_of
from newscrawl.importing.tally import Tally
from newscrawl.ingest.site_identity import SiteIdentities
from newscrawl.layouts.catalogue import all_sites
from newscrawl.system.environment import use_environment
from newscrawl.text.counted import counted
from newscrawl.text.urls import clean_url, host_of, url_key

DEFAULT_LIMIT = 1_000


@click.command()
@click.argument("target", metavar="URL|SITE")
@archive_option
@day_options
@click.option(
    "--source",
    "source_name",
    default="wayback",
    show_default=True,
    metavar="SOURCE",
    help="wayback, commoncrawl, the address of a pywb collection, or a CDX or CDXJ file.",
)
@click.option(
    "--limit",
    type=click.IntRange(1, 10_000_000),
    default=DEFAULT_LIMIT,
    show_default=True,
    help="Most captures of this run; the same command takes the next ones.",
)
@click.option("--dry-run", "is_dry", is_flag=True, help="Show the plan, and fetch no capture.")
@click.option(
    "--retry", "is_retry", is_flag=True, help="Also captures that could not be read before."
)
@json_option
@click.pass_context
def history(
    context: click.Context,
    /,
    target: str,
    archive_path: Path | None,
    source_name: str,
    **options: Any,
) -> None:
    """Add the earlier captures of a page or site that other archives hold.

    They are read like any page, and stored as versions at the time of their capture, in one
    timeline with the visits of crawls. URL is one page, or with * at its end all pages that
    begin so; SITE is a declared name or a host. Requests are NEWSCRAWL_HISTORY_PACE seconds
    apart. Status 3 if a service failed or the run was stopped: the same command resumes.
    """
    use_environment()
    query, site = _query_from(target, options["since"], options["until"])
    client = Client()
    source = source_named(source_name, client)
    path, is_wanted = archive_file(archive_path), _wanted_by(query, site)
    with _archive_as_it_is(path, is_dry=options["is_dry"]) as found:
        plan = _plan(found, source, query, is_wanted, is_retry=options["is_retry"])
    if options["is_dry"]:
        _report_plan(plan, options["limit"], is_json=options["is_json"])
        return
    with Archive(path) as archive:
        collection = Collection(
            archive, source, _progress(min(len(plan.wanted), options["limit"]))
        )
        settings = {"target": target, "from": options["since"], "to": options["until"]}
        status = exits.PARTIAL

        def work() -> None:
            nonlocal status
            status = collection.run(plan, site, settings, options["limit"])

        was_stopped = is_stopped(work)
    _report(collection, plan, options["limit"], is_json=options["is_json"])
    context.exit(exits.PARTIAL if was_stopped else status)


def _archive_as_it_is(path: Path, *, is_dry: bool) -> AbstractContextManager[Archive | None]:
    """Open the archive at *path* for a plan; None if there is none yet.

    The request comes before the file: a service that fails leaves no empty archive.
    """
    if not path.exists() and (is_dry or path.parent.is_dir()):
        return nullcontext(None)
    return open_archive(path) if is_dry else Archive(path)


def _query_from(
    target: str, since: dt.date | None, until: dt.date | None
) -> tuple[Query, str | None]:
    """Return the query for an argument, and the name of the site if it means one."""
    if since is not None and until is not None and since > until:
        raise UsageError(f"--from {since} is after --to {until}")
    targets, site = _targets_of(target)
    return Query(targets=targets, since=since, until=until), site


def _targets_of(target: str) -> tuple[tuple[Target, ...], str | None]:
    """Return the targets of an argument, and the name of the site if it means one."""
    declared = next((site for site in all_sites() if site.name == target), None)
    if declared is not None:
        return tuple(Target(host, "host") for host in declared.hosts), declared.name
    url = clean_url("", target if "://" in target else f"https://{target}")
    if url is None or "." not in host_of(url):
        raise UsageError(f"{target!r} is neither a declared site nor a web address")
    if _is_home(url):
        (name,) = names_of((host_of(url),))
        return (Target(host_of(url), "host"),), name
    match = "prefix" if url.endswith("*") else "exact"
    return (Target(url.removesuffix("*"), match),), None


def _is_home(url: str) -> bool:
    """Return whether *url* is a host's first page."""
    return url.rstrip("/").count("/") == 2 and "?" not in url


def _wanted_by(query: Query, site: str | None) -> Callable[[str], bool]:
    """Return the function that says whether an address is one that was named."""
    if site is not None:
        identities = SiteIdentities("", None)
        return lambda url: identities.site_of(url) == site
    target = query.targets[0]
    key = url_key(target.url)
    if target.match == "exact":
        return lambda url: url_key(url) == key
    return lambda url: url_key(url).startswith(key)


def _plan(
    archive: Archive | None,
    source: Source,
    query: Query,
    is_wanted: Callable[[str], bool],
    *,
    is_retry: bool,
) -> Plan:
    pages = source.index.pages(query)
    return plan_of(archive, pages, query, is_wanted, retry_failed=is_retry)


def _report_plan(plan: Plan, limit: int, *, is_json: bool) -> None:
    if is_json:
        print_json(plan.as_dict())
        return
    print_view(_plan_view(plan, limit))


def _plan_view(plan: Plan, limit: int) -> RenderableType:
    same = len(plan.wanted) - plan.to_fetch
    facts = [
        ("listed", str(plan.listed)),
        *((f"  {reason}", str(count)) for reason, count in plan.left_out.most_common(SHOWN)),
        ("in the archive", str(plan.known)),
        ("lacking", str(len(plan.wanted))),
        ("  to fetch", str(plan.to_fetch)),
        ("  as before", f"{same}, by their digest" if same else ""),
        ("years", ", ".join(f"{y}: {n}" for y, n in plan.as_dict()["by_year"].items())),
        ("first run", f"{counted(min(limit, len(plan.wanted)), 'captures')} (--limit)"),
    ]
    return fact_table((name, shown(value) if value else None) for name, value in facts)


def _report(collection: Collection, plan: Plan, limit: int, *, is_json: bool) -> None:
    tally = collection.tally
    left = max(0, len(plan.wanted) - limit)
    report_damages(tally, again=AGAIN)
    if collection.stopped_by is not None:
        click.echo(f"newscrawl: {one_line(collection.stopped_by)}", err=True)
    if is_json:
        numbers = {"differing": collection.differing, "left": left}
        print_json(
            {"plan": plan.as_dict(), **tally.as_dict(), **numbers}
            | {"stopped_by": collection.stopped_by}
        )
        return
    notes = [f"{counted(left, 'captures')} left: the same command resumes"] if left else []
    if collection.differing:
        count = counted(collection.differing, "captures")
        notes.append(f"{count} with another digest than the index says")
    print_view(
        Group(_plan_view(plan, limit), "", figures_view(tally), *(Text(note) for note in notes))
    )


def _progress(total: int) -> Callable[[int, Tally], None]:
    """Return the function that prints progress to stderr: rarely, without a terminal."""
    last = monotonic()
    is_watched = sys.stderr.isatty()

    def report(done: int, tally: Tally) -> None:
        nonlocal last
        if not is_watched and monotonic() - last < INTERVAL:
            return
        last = monotonic()
        line = f"{done} of {counted(total, 'captures')}: {counted(tally.articles, 'articles')}"
        end = done == total
        click.echo(f"\r{line}" if is_watched else line, err=True, nl=end or not is_watched)

    return report
