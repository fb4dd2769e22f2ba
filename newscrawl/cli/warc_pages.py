"""The pages of a WARC or WET file, for `newscrawl extract`: the first article, one, or all."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path

import click

from newscrawl.article import Article
from newscrawl.cli.doors import article_from
from newscrawl.cli.tables import counted
from newscrawl.cli.terminal import one_line
from newscrawl.errors import ExtractionError, NewscrawlError, UsageError
from newscrawl.page import Page
from newscrawl.warc import read_pages

WARC = b"WARC/"
GZIP = b"\x1f\x8b"


def is_warc(path: Path) -> bool:
    """Whether *path* begins as a WARC or WET file does, gzipped or not."""
    try:
        with path.open("rb") as file:
            head = file.read(512)
        if head.startswith(GZIP):
            head = zlib.decompressobj(31).decompress(head, len(WARC))
    except (OSError, zlib.error):  # whoever reads it next says what is wrong
        return False
    return head.startswith(WARC)


def article_in(path: Path, record: int | None) -> Article:
    """Return the first article of a WARC file, or what page number *record* holds.

    Pages are counted from 1. Raise NewscrawlError where there is none, and at damage before it.
    """
    count = 0
    for count, page in enumerate(read_pages(path), 1):
        if record is None:
            article = _article_or_none(page)
            if article is not None:
                return article
        elif count == record:
            return article_from(page)
    if record is None:
        raise NewscrawlError(
            f"{path} holds {counted(count, 'pages')} and no article; --record N shows one"
        )
    raise NewscrawlError(f"{path} holds {counted(count, 'pages')}, and no page {record}")


def _article_or_none(page: Page) -> Article | None:
    try:
        article = article_from(page)
    except ExtractionError:
        return None
    return article if article.page_kind == "article" else None


def articles_in(path: Path) -> Iterator[Article]:
    """Yield what each page of a WARC file holds, past damage and pages that cannot be read.

    Each of these is a line on stderr; raise NewscrawlError at the end where there was any.
    """
    failures = 0

    def tell(failure: str) -> None:
        nonlocal failures
        failures += 1
        click.echo(f"newscrawl: {one_line(failure)}", err=True)

    for page in read_pages(path, on_damage=tell):
        try:
            yield article_from(page)
        except ExtractionError as error:
            tell(str(error))
    if failures:
        raise NewscrawlError(f"{path}: {counted(failures, 'records')} could not be read")


def refuse_for_single_page(*, record: int | None, is_all: bool) -> None:
    """Raise UsageError where an option for WARC files meets something else."""
    if record is not None or is_all:
        raise UsageError("--record and --all are for WARC and WET files")
