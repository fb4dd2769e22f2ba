"""`newscrawl capture`: one page as it looks now, with all that it is drawn with."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path
from typing import Any

import click

from newscrawl.archive import Archive
from newscrawl.archive.schema.storable import utc_text
from newscrawl.cli.console import (
    archive_option,
    json_option,
    one_line,
    open_archive,
    print_json,
)
from newscrawl.cli.crawl.fetch import last_line, run_python
from newscrawl.errors import FetchError, UsageError
from newscrawl.outcomes import ARTICLE_OUTCOMES, Outcome
from newscrawl.system.project import DEFAULT_ARCHIVE, anchored
from newscrawl.text.counted import counted
from newscrawl.text.urls import clean_url

LONGEST = 900.0
"""The most seconds that the capture of one page may take."""
_SETTINGS = (
    "LOG_LEVEL=ERROR",
    "NEWSCRAWL_PROGRESS=0",
    "NEWSCRAWL_REQUISITES=always",
    "NEWSCRAWL_REQUISITE_HOURS=0",
    "NEWSCRAWL_SAME_ARTICLE_EVIDENCE_HOURS=0",
)
_CAPTURED = frozenset({*ARTICLE_OUTCOMES, Outcome.NOT_ARTICLE})
_ANSWERS = """SELECT url, outcome, reason, status, article_id, fetched_at, final_url,
    evidence_file IS NOT NULL AS is_stored
    FROM observation WHERE run_id = (SELECT max(id) FROM runs) ORDER BY id"""


@click.command()
@click.argument("url", metavar="URL")
@archive_option
@json_option
def capture(url: str, archive_path: Path | None, *, is_json: bool) -> None:
    """Store the page at URL as it looks now: with its stylesheets, images and fonts.

    It is one request of a crawl: an article becomes a version, robots.txt and the pace of each
    host hold. `newscrawl serve` shows the capture. The archive is made if there is none.
    """
    address = clean_url("", url if "://" in url else f"https://{url}")
    if address is None:
        raise UsageError(f"{url!r} is not a web address")
    path = anchored(archive_path or DEFAULT_ARCHIVE).absolute()
    options = [part for setting in _SETTINGS for part in ("-s", setting)]
    since = dt.datetime.now(dt.UTC).replace(microsecond=0)
    done = run_python(
        *("-m", "scrapy", "crawl", "articles", "-a", f"urls={address}", *options),
        about=address,
        seconds=LONGEST,
        NEWSCRAWL_ARCHIVE=str(path),
    )
    if not path.exists():
        raise FetchError(address, Outcome.ERROR, last_line(done))
    with open_archive(path) as archive:
        found = _captured(archive, address, since, last_line(done))
    if is_json:
        print_json(found)
    else:
        _print(found)


def _captured(archive: Archive, url: str, since: dt.datetime, message: str) -> dict[str, Any]:
    """Return the capture that the last run made. Raises FetchError if it made none."""
    answers = [
        row for row in archive.db.query(_ANSWERS) if row["fetched_at"] >= utc_text(since)
    ]
    page = _page_of(answers, url)
    if page is None:
        raise FetchError(url, Outcome.ERROR, message or "it was not fetched")
    if page["outcome"] not in _CAPTURED or not page["is_stored"]:
        raise FetchError(url, page["outcome"], f"{page['outcome']}: {page['reason'] or ''}")
    return {
        **{name: page[name] for name in ("url", "fetched_at", "outcome", "article_id")},
        **_files_of(answers),
    }


def _files_of(answers: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the number of files that were stored, and those that were not."""
    files = [row for row in answers if row["outcome"] == Outcome.REQUISITE]
    failed = [row for row in files if not row["is_stored"]]
    return {
        "stored": len(files) - len(failed),
        "failed": [{"url": row["url"], "reason": row["reason"]} for row in failed],
    }


def _page_of(answers: list[dict[str, Any]], url: str) -> dict[str, Any] | None:
    """Return the answer of the page that *url* is, or redirects to."""
    leads = {row["url"]: row["final_url"] for row in answers if row["outcome"] == "redirect"}
    for _ in leads:
        url = leads.get(url) or url
    pages = (row for row in answers if row["outcome"] != Outcome.REQUISITE)
    return next((row for row in pages if row["url"] == url), None)


def _print(found: dict[str, Any]) -> None:
    article = f"article {found['article_id']}, " if found["article_id"] else ""
    stored = counted(found["stored"], "files")
    click.echo(f"{one_line(found['url'])}: {article}{found['outcome']}, with {stored}")
    failed = Counter(str(one["reason"]).partition(":")[0] for one in found["failed"])
    for reason, number in failed.most_common():
        click.echo(f"  {counted(number, 'files')} not stored: {reason}")
