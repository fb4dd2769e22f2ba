"""`newscrawl new-site` and `newscrawl page`: from an address to a declaration with its test."""

from __future__ import annotations

import datetime as dt
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
from rich.console import Group, RenderableType
from rich.text import Text

from newscrawl import exit_status as exits
from newscrawl.archive import Archive, Selection
from newscrawl.article import Article
from newscrawl.cli.console import (
    archive_file,
    archive_option,
    print_view,
    shown,
    titled_table,
)
from newscrawl.cli.crawl.fetch import crawl_into
from newscrawl.crawl.sources.sections import sections_of
from newscrawl.crawl.sources.sitemaps import parse_sitemap
from newscrawl.errors import FetchError, NewscrawlError, UsageError
from newscrawl.evidence import read_stored
from newscrawl.layouts.catalogue import site_for, site_named
from newscrawl.outcomes import Outcome
from newscrawl.page import Page
from newscrawl.proposal import Proposal, SiteFacts, module_text, propose
from newscrawl.proposal.module_text import layout_name
from newscrawl.proposal.saved_pages import layout_name_for, problems_of, save_page
from newscrawl.proposal.site_facts import languages_of, title_of
from newscrawl.system.programs import crawl_command
from newscrawl.system.project import project_folder
from newscrawl.system.whole_file import write_whole
from newscrawl.text.counted import counted
from newscrawl.text.urls import clean_url, readable_url, site_name, without_tracking

SAMPLES = 12
_NO_LISTS = frozenset({"robots.txt", "tdmrep.json"})
_NOT_IN_NAME = re.compile(r"[^\w-]{1,200}")
_LEAST_SAMPLES = 2


_pages_option = click.option(
    "--pages",
    type=click.Path(path_type=Path, file_okay=False),
    default="tests/pages",
    show_default=True,
    help="The folder of saved pages, from the folder of scrapy.cfg.",
)


@click.command("new-site")
@click.argument("url")
@click.option("--name", help="Its name in commands; made from the host without this.")
@click.option(
    "--into",
    type=click.Path(path_type=Path, file_okay=False),
    default="newscrawl/layouts/sites",
    show_default=True,
    help="The folder of the module, from the folder of scrapy.cfg.",
)
@_pages_option
def new_site(url: str, name: str | None, into: Path, pages: Path) -> None:
    """Inspect the site at URL, and write its declaration, a layout and a page to test it.

    A dozen articles are read, by the rules of robots.txt. The values that each rule found are
    shown, and at the end the decisions that are left to a person.
    """
    facts, samples = _inspect(_home_of(url))
    name = name or facts.name
    module = project_folder() / into / f"{name}.py"
    if module.exists() or site_named(name) is not None:
        raise UsageError(f"there is a site {name!r} already; say --name ANOTHER")
    rules, signature = propose(samples)
    today = dt.datetime.now(dt.UTC).date()
    module.parent.mkdir(parents=True, exist_ok=True)
    write_whole(module, module_text(facts, name, rules, signature, today).encode())
    page, _ = max(samples, key=_fitness)
    saved = project_folder() / pages / name / _folder_name(page)
    save_page(saved, page, layout_name(name, today) if rules else None)
    print_view(_new_site_view(facts, samples, rules))
    click.echo(_next_steps(name, module, saved))


def _fitness(sample: tuple[Page, Article]) -> tuple[bool, int]:
    """Return how good a test an article is: not one that grows, and with many fields."""
    article = sample[1]
    return not article.live_blog_updates, len(article.provenance)


def _home_of(url: str) -> str:
    """Return the home page of a site that is not declared yet. Raises UsageError."""
    home = clean_url("", url if "://" in url else f"https://{url}")
    if home is None or " " in url:
        raise UsageError(f"{url!r} is not a web address")
    declared = site_for(home)
    if declared is not None:
        raise UsageError(f"{home} is declared already: {declared.name}")
    return home


def _inspect(home: str) -> tuple[SiteFacts, list[tuple[Page, Article]]]:
    """Crawl a dozen articles of a site. Raises FetchError if there are too few."""
    with TemporaryDirectory(prefix="newscrawl-") as folder:
        path = Path(folder, "look.db")
        message = crawl_into(
            path, "site", f"url={home}", f"limit={SAMPLES}", about=home, keeps_evidence=True
        )
        with Archive(path) as archive:
            samples = list(_samples(archive))
            if len(samples) < _LEAST_SAMPLES:
                raise FetchError(home, Outcome.ERROR, message or "no article was found there")
            return _facts(archive, home, samples), samples


def _samples(archive: Archive) -> Iterator[tuple[Page, Article]]:
    """Yield the sample articles with their pages as received."""
    for article in archive.articles():
        if archive.captures(article.url):
            yield _page_of(archive, article.url), article


def _page_of(archive: Archive, url_or_id: str | int) -> Page:
    """Return the page of the last capture. Raises NewscrawlError if none is stored."""
    captures = archive.captures(url_or_id)
    if not captures:
        raise NewscrawlError(f"{archive.path} has no evidence of {url_or_id}")
    capture = captures[0]
    return Page(
        url=capture.url,
        body=read_stored(archive, capture).body,
        fetched_at=capture.fetched_at,
        content_type=capture.content_type,
    )


def _facts(archive: Archive, home: str, samples: list[tuple[Page, Article]]) -> SiteFacts:
    sources = [
        row
        for row in archive.rows(Selection(table="observation"))
        if row["outcome"] == Outcome.SOURCE and row["kind"] not in _NO_LISTS
    ]
    articles = [article for _, article in samples]
    page = _page_of(archive, (*_of_kind(sources, "home"), home)[0]) if sources else None
    return SiteFacts(
        home=home,
        title=title_of(page, articles, site_name(home)),
        feeds=_of_kind(sources, "feed"),
        sitemaps=_without_parts(archive, _of_kind(sources, "sitemap")),
        sections=sections_of(page, [one.url for one in articles]) if page else (),
        languages=languages_of(articles),
        is_zone_stated=all(one.date_published_zone_origin != "guessed" for one in articles),
    )


def _without_parts(archive: Archive, sitemaps: tuple[str, ...]) -> tuple[str, ...]:
    """Return *sitemaps* without those that another one lists: next month it lists others."""
    parts: set[str] = set()
    for url in sitemaps:
        page = _page_of(archive, url)
        found = parse_sitemap(page.body, page.url, page.content_type)
        if found is not None:
            parts.update(entry.url for entry in found.entries if entry.is_part)
    return tuple(url for url in sitemaps if url not in parts)


def _of_kind(sources: list[dict[str, Any]], kind: str) -> tuple[str, ...]:
    return tuple(row["url"] for row in sources if row["kind"] == kind)


def _folder_name(page: Page) -> str:
    year = f"{page.fetched_at:%Y}-" if page.fetched_at else ""
    # The query too: it alone may tell two articles apart.
    slug = readable_url(without_tracking(page.url)).rstrip("/").rpartition("/")[2]
    return f"{year}{_NOT_IN_NAME.sub('-', slug).strip('-')[:60] or 'page'}"


def _new_site_view(
    facts: SiteFacts, samples: list[tuple[Page, Article]], rules: tuple[Proposal, ...]
) -> RenderableType:
    heading = Text.assemble(shown(facts.title, "bold"), f"  {facts.home}")
    found = titled_table("source", "")
    for kind, urls in (
        ("feed", facts.feeds),
        ("sitemap", facts.sitemaps),
        ("section", facts.sections),
    ):
        for url in urls:
            found.add_row(kind, shown(readable_url(url)))
    fields = titled_table("field", "articles", "rule", "agrees")
    by_field = {rule.field: rule for rule in rules}
    names = sorted({field for _, article in samples for field in article.provenance})
    for field in names:
        count = sum(field in article.provenance for _, article in samples)
        rule = by_field.get(field)
        agrees = f"{rule.agrees} of {rule.of}" if rule else ""
        query = f"css({rule.query})" if rule else "generic"
        fields.add_row(field, f"{count} of {len(samples)}", query, agrees)
    return Group(heading, "", found, "", fields)


def _next_steps(name: str, module: Path, saved: Path) -> str:
    return (
        f"\nwrote {module}\nwrote {saved}\n\nNow\n"
        f"  1. read {module.name}: name the zone, take out sections that are none;\n"
        f'  2. read page.html, put truth.json right, and date it: "reviewed": "2026-01-31";\n'
        f"  3. newscrawl page check {saved}\n"
        f"  4. {crawl_command(f'{name} -a limit=20')}"
    )


@click.group()
def page() -> None:
    """Save pages with their truth, and read them again."""


@page.command()
@click.argument("url")
@archive_option
@_pages_option
def add(url: str, archive_path: Path | None, pages: Path) -> None:
    """Save the page at URL, with a draft of its truth, as the next test.

    The page is taken from the archive's evidence as last received, or fetched if the archive
    has none.
    """
    found = _archived(url, archive_file(archive_path)) or _fetched(url)
    site = site_for(found.url)
    folder = project_folder() / pages / (site.name if site else site_name(found.url))
    saved = folder / _folder_name(found)
    save_page(saved, found, layout_name_for(found))
    click.echo(
        f"wrote {saved}\nRead page.html, put truth.json right and date it (reviewed), then\n"
        f"  newscrawl page check {saved}"
    )


def _archived(url: str, path: Path) -> Page | None:
    if not path.exists():
        return None
    with Archive.open_read_only(path) as archive:
        return _page_of(archive, url) if archive.captures(url) else None


def _fetched(url: str) -> Page:
    with TemporaryDirectory(prefix="newscrawl-") as folder:
        path, urls = Path(folder, "one.db"), Path(folder, "urls.txt")
        urls.write_text(f"{url}\n", "utf-8")
        message = crawl_into(path, "articles", f"urls={urls}", about=url, keeps_evidence=True)
        with Archive(path) as archive:
            article = next(archive.articles(), None)
            if article is None:
                raise FetchError(url, Outcome.ERROR, message or "no article is there")
            return _page_of(archive, article.url)


@page.command("check")
@click.argument(
    "folders", nargs=-1, type=click.Path(path_type=Path, file_okay=False), metavar="[FOLDER]…"
)
def check_pages(folders: tuple[Path, ...]) -> None:
    """Read saved pages, and report their differences from the truth.

    Without FOLDER all of tests/pages. Ends with status 1 if one differs.
    """
    roots = folders or (project_folder() / "tests" / "pages",)
    pages = sorted({path.parent for root in roots for path in root.rglob("page.json")})
    if not pages:
        raise UsageError(f"no saved page is in {', '.join(map(str, roots))}")
    count = 0
    for folder in pages:
        for problem in problems_of(folder):
            count += 1
            click.echo(f"{folder.parent.name}/{folder.name}: {problem}")
    differences = counted(count, "differences") if count else "no differences"
    click.echo(f"{counted(len(pages), 'pages')}, {differences}")
    if count:
        sys.exit(exits.FAILED)
