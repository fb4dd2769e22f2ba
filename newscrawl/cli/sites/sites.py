"""`newscrawl sites` and `sites check`: declared sites, and an inspection of one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import click
from rich.console import Group, RenderableType
from rich.text import Text

from newscrawl.cli.console import (
    fact_table,
    json_option,
    one_line,
    print_json,
    print_view,
    shown,
    titled_table,
)
from newscrawl.cli.crawl.fetch import last_line, run_python
from newscrawl.errors import FetchError, UsageError
from newscrawl.layouts.catalogue import all_sites
from newscrawl.layouts.site import Site
from newscrawl.outcomes import Outcome
from newscrawl.text.counted import counted
from newscrawl.text.urls import clean_url

LONGEST_WAIT = 300.0
"""Seconds for one inspection: a dozen requests, at the pace of the site."""


@click.group(invoke_without_command=True)
@json_option
@click.pass_context
def sites(context: click.Context, *, is_json: bool) -> None:
    """List the sites that are declared; `scrapy crawl NAME` crawls one.

    Any other site is crawled by its address: `scrapy crawl site -a url=…`.
    """
    if context.invoked_subcommand:
        return
    rows = [_site_row(site) for site in all_sites()]
    if is_json:
        print_json(rows)
        return
    table = titled_table("name", "title", "hosts", "zone", "lang")
    for column in (0, 2, 3):
        table.columns[column].no_wrap = True
    for row in rows:
        hosts = _and_more(row["hosts"])
        table.add_row(row["name"], shown(row["title"]), hosts, row["zone"], row["languages"])
    print_view(table if rows else "No site is declared.")


@sites.command("check")
@click.argument("site", metavar="SITE|URL")
@json_option
def check_site(site: str, *, is_json: bool) -> None:
    """Inspect a site before the first crawl: its rules and its sources.

    SITE is the name of a declared site. Its home page, robots.txt, tdmrep.json, sources and
    one article are requested, with the guards and the pace of a crawl; nothing is stored.
    """
    seen = _look(_home_of(site))
    if is_json:
        print_json(seen)
    else:
        print_view(_view(seen))


def _home_of(site: str) -> str:
    for declared in all_sites():
        if declared.name == site:
            return declared.sources.home or f"https://{declared.hosts[0]}/"
    url = clean_url("", site if "://" in site else f"https://{site}/")
    if url is None or "." not in site:
        raise UsageError(f"{site!r} is neither a declared site nor a web address")
    return url


def _look(url: str) -> dict[str, Any]:
    done = run_python(
        "-m", "newscrawl.crawl.inspect_site", url, about=url, seconds=LONGEST_WAIT
    )
    try:
        seen: dict[str, Any] = json.loads(done.stdout)
    except ValueError as error:
        last = one_line(last_line(done))
        raise FetchError(url, Outcome.ERROR, last or "it was not looked at") from error
    return seen


def _view(seen: dict[str, Any]) -> RenderableType:
    table = titled_table("source", "from", "names", "answer", "address")
    table.columns[0].no_wrap = table.columns[1].no_wrap = True
    for row in seen["sources"]:
        found = "" if row["found"] is None else str(row["found"])
        table.add_row(
            row["role"], row["origin"], found, shown(row["outcome"]), shown(row["url"])
        )
    return Group(fact_table(_facts(seen)), "", table)


def _facts(seen: dict[str, Any]) -> Iterator[tuple[str, Text | None]]:
    yield "address", shown(seen["url"])
    yield "declared as", shown(seen["site"] or "not declared")
    yield "user agent", shown(seen["user_agent"])
    yield from _robots_facts(seen.get("robots"))
    yield "quiet hours", shown("; ".join(seen["quiet_hours"]) or "none")
    tdmrep = seen.get("tdmrep")
    yield "tdmrep.json", shown("none" if tdmrep is None else counted(len(tdmrep), "rules"))
    for row in seen["statements"]:
        yield "stated", shown(f"{row['words']} ({row['stated_in']})")
    for row in seen["opt_outs"]:
        yield "opt-outs", shown(f"{', '.join(row['opt_outs'])}: {row['page']}")
    if not seen["opt_outs"]:
        yield "opt-outs", shown("none seen")
    yield "obeyed", shown(", ".join(seen["obeyed"]) or "none")


def _robots_facts(robots: dict[str, Any] | None) -> Iterator[tuple[str, Text | None]]:
    if robots is None:
        yield "robots.txt", shown("not read")
        return
    words = {"rules": "has rules", "none": "is not there: all is allowed"}
    yield "robots.txt", shown(robots["reason"] or words[robots["outcome"]])
    yield "home page", shown("allowed" if robots["allows_home"] else "forbidden to us")
    delay = robots["delay"]
    yield "crawl-delay", shown(f"{delay:g} s" if delay else "none; ours applies")
    yield "sitemaps", shown(f"{len(robots['sitemaps'])} named")


def _site_row(site: Site) -> dict[str, Any]:
    return {
        "name": site.name,
        "title": site.title,
        "hosts": list(site.hosts),
        "zone": site.zone or "",
        "languages": " ".join(site.languages),
        "layouts": [layout.__name__ for layout in site.layouts],
    }


def _and_more(hosts: list[str]) -> str:
    more = f" +{len(hosts) - 1}" if len(hosts) > 1 else ""
    return f"{hosts[0]}{more}"
