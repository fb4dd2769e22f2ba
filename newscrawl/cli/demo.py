"""`newscrawl newsroom` and `newscrawl demo`: sample newspapers, crawled and imported."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import click
from rich.console import Group
from rich.rule import Rule

from newscrawl.archive import Archive
from newscrawl.cli.article_view import article_view
from newscrawl.cli.articles.search import hits_view
from newscrawl.cli.articles.stats import stats_view
from newscrawl.cli.console import print_view
from newscrawl.errors import NewscrawlError
from newscrawl.importing.importer import Import, Options
from newscrawl.page import Page
from newscrawl.sample_site import running_newsroom
from newscrawl.sample_site.weeks import all_answers, hosts
from newscrawl.system.environment import environment_with, usable_cores
from newscrawl.system.interpreter import PYTHON
from newscrawl.system.programs import crawl_command, from_here, install_command, program
from newscrawl.system.project import anchored, project_folder
from newscrawl.text.counted import counted
from newscrawl.warc.writer import WarcWriter

DEMO_ARCHIVE = "data/demo.db"
SHOWN_STORY = "/economy/2024/10/14/موسم-الزيتون-يبدأ-مبكرا/"
# Spelled as people type it; the texts have مكتبة and والمكتبات.
SEARCHED_WORDS = "المكتبه"
NEXT_QUERY = "SELECT date_published, headline FROM article"


@click.command()
@click.option("--port", type=click.IntRange(0, 65_535), default=0, help="0 takes a free one.")
@click.option("--edition", type=click.IntRange(1, 2), default=1, help="2: after an edit.")
def newsroom(port: int, edition: int) -> None:
    """Serve the sample newsroom on 127.0.0.1 until Ctrl-C.

    The first line printed is its address.
    """
    options = ["--port", str(port), "--edition", str(edition)]
    os.execv(sys.executable, [*PYTHON, "-m", "newscrawl.sample_site", *options])  # noqa: S606


@click.command()
@click.option(
    "-d",
    "--archive",
    "archive_path",
    type=click.Path(path_type=Path),
    default=DEMO_ARCHIVE,
    show_default=True,
    help="The archive to make; an older one of that name is replaced.",
)
def demo(archive_path: Path) -> None:
    """Crawl the sample newsroom into an archive, and show the results.

    Two more sample newspapers are imported as they were over two weeks of March 2025, with
    edits, a deletion, texts of agencies and front pages that move.
    """
    path = anchored(archive_path)
    _forget(path)
    _say("1. A newsroom on this machine, crawled by scrapy crawl")
    with running_newsroom() as newsroom:
        _crawl(newsroom.base_url, path)
    _say("2. Two newspapers over two weeks, from WARC records (newscrawl import)")
    _import_weeks(path)
    with Archive.open_read_only(path) as archive:
        _say("3. What is in the archive now (newscrawl stats)")
        print_view(stats_view(archive.stats()))
        _say("4. One article, split into its parts (newscrawl show)")
        print_view(article_view(archive.get(f"{newsroom.base_url}{SHOWN_STORY}")))
        _say(f"5. A search for {SEARCHED_WORDS}, which no text spells so (newscrawl search)")
        found = archive.search(SEARCHED_WORDS, limit=3)
        print_view(hits_view(found, archive.number_of_hits(SEARCHED_WORDS)))
    _say("6. Try next")
    _print_next(path)


def _crawl(base_url: str, path: Path) -> None:
    """Run `scrapy crawl site` as a person would. Raises NewscrawlError if it fails."""
    command = [*PYTHON, "-m", "scrapy", "crawl", "site", "-a", f"url={base_url}/"]
    command += ["-s", f"NEWSCRAWL_EVIDENCE_FOLDER={_evidence_folder(path).name}"]
    click.echo(f"$ {crawl_command(f'site -a url={base_url}/')}\n")
    environment = environment_with(
        NEWSCRAWL_ARCHIVE=str(path),
        NEWSCRAWL_PRIVATE_HOSTS="127.0.0.1",
        SCRAPY_SETTINGS_MODULE="newscrawl.settings",
    )
    done = subprocess.run(command, cwd=project_folder(), env=environment, check=False)  # noqa: S603
    if done.returncode:
        raise NewscrawlError(f"the crawl of the sample newsroom ended with {done.returncode}")


def _import_weeks(path: Path) -> None:
    """Import two weeks of two newspapers: their answers as WARC records, each at its time."""
    count = 0
    with WarcWriter(_evidence_folder(path) / "weeks", "weeks") as writer:
        for answer in all_answers():
            headers = (("Content-Type", "text/html; charset=utf-8"),)
            page = Page(url=answer.url, body=answer.body, fetched_at=answer.at)
            writer.write_page(page, answer.status, headers)
            count += 1
        file = writer.path
    with Archive(path) as archive:
        work = Import(archive, Options(jobs=usable_cores()), lambda _file, _done: None)
        work.read([file])
        archive.update_copies()
        edits = archive.db.execute("SELECT count(*) FROM versions WHERE cause = 'publisher'")
        outcomes = work.tally.outcomes
        click.echo(
            f"{counted(count, 'answers')} of {' and '.join(hosts())}:\n"
            f"{outcomes['stored']} articles, {edits.fetchone()[0]} edits, "
            f"{outcomes['source']} visits of front pages"
        )


def _evidence_folder(path: Path) -> Path:
    """Return where the demo keeps its evidence, apart from that of other archives."""
    return path.with_name(f"{path.stem}-warc")


def _forget(path: Path) -> None:
    """Remove the archive of an earlier demo, and only an archive."""
    if path.exists():
        with Archive(path):  # refuses what is another program's
            pass
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        for name in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
            name.unlink(missing_ok=True)
        for file in _evidence_folder(path).glob("*/*.warc.*"):
            file.unlink()
        for folder in _evidence_folder(path).glob("*/"):
            folder.rmdir()
    except OSError as error:
        raise NewscrawlError(f"cannot write {path}: {error.strerror}") from error


def _say(title: str) -> None:
    print_view(Group("", Rule(title, align="left", style="cyan"), ""))


def _print_next(archive: Path) -> None:
    path = shlex.quote(from_here(archive))
    for line in (
        f"{program('newscrawl')} search زيتون --sort date -d {path}",
        f"{program('newscrawl')} show 1 --json -d {path}",
        f"{program('sqlite-utils')} {path} '{NEXT_QUERY}' --fmt plain",
        *([] if find_spec("datasette") else [install_command("serve")]),
        f"{program('newscrawl')} serve {path}",
    ):
        click.echo(f"  {line}")
