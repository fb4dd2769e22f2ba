"""From a file to a Page: HTML or a text dump, perhaps gzipped. From a Page to its article."""

from __future__ import annotations

import datetime as dt
import zlib
from collections.abc import Iterator
from pathlib import Path

import click

from newscrawl.article import Article
from newscrawl.cli.console import one_line
from newscrawl.errors import ExtractionError, NewscrawlError, UsageError
from newscrawl.extraction import extract
from newscrawl.formats.magic_bytes import GIF, GZIP, JPEG, PDF, PNG, SQLITE, WARC, ZIP
from newscrawl.limits import LARGEST_PAGE
from newscrawl.page import Page
from newscrawl.text.counted import counted
from newscrawl.text.normalize_article import normalize_article

# The first bytes of what is no page, and what to call it.
_KINDS = (
    (PNG, "a PNG image"),
    (JPEG, "a JPEG image"),
    (GIF, "a GIF image"),
    (PDF, "a PDF document"),
    (ZIP, "a ZIP archive"),
    (SQLITE, "an SQLite database"),
    (b"\x00\x00\x00\x18ftyp", "a video"),
    (WARC, "a WARC file, not a single page"),
)
_TAGS = (
    b"<!doctype",
    b"<html",
    b"<head",
    b"<body",
    b"<meta",
    b"<title",
    b"<div",
    b"<p",
    b"<h1",
)
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def page_from_file(path: Path, *, url: str | None = None) -> Page:
    """Return the page in *path*; *url* is the address that it was saved from.

    Raises NewscrawlError if the file cannot be read or is no page.
    """
    body = _read(path)
    if body.startswith(GZIP):
        body = _gunzip(path, body)
    if len(body) > LARGEST_PAGE:
        raise ExtractionError(
            str(path), f"more than {LARGEST_PAGE // 1024 // 1024} MB, not one page"
        )
    refuse_what_is_no_page(str(path), body)
    kind = "text/html" if _is_markup(body) else "text/plain"
    fetched_at = dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC)
    address = url or path.resolve().as_uri()
    return Page(url=address, body=body, fetched_at=fetched_at, content_type=kind)


def article_from(page: Page) -> Article:
    """Return the article on *page* as the archive would store it: read and normalised.

    Raises ExtractionError if the page cannot be read.
    """
    return normalize_article(extract(page))


def refuse_what_is_no_page(name: str, body: bytes) -> None:
    """Raise ExtractionError if *body* is empty, or is something else than text."""
    if not body.strip():
        raise ExtractionError(name, "the file is empty")
    for magic, kind in _KINDS:
        if body.startswith(magic):
            raise ExtractionError(name, f"this is {kind}")
    if b"\x00" in body[:1024] and not body.startswith(_UTF16):
        raise ExtractionError(name, "this is not text")


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(LARGEST_PAGE + 1)
    except FileNotFoundError:
        raise NewscrawlError(f"{path}: there is no such file") from None
    except IsADirectoryError:
        raise NewscrawlError(f"{path}: this is a folder, not a page") from None
    except OSError as error:
        raise NewscrawlError(f"{path}: {error.strerror or error}") from error


def _gunzip(path: Path, body: bytes) -> bytes:
    unpacking = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    try:
        unpacked = unpacking.decompress(body, LARGEST_PAGE + 1)
    except zlib.error as error:
        raise ExtractionError(str(path), "the gzip file is damaged") from error
    if not unpacking.eof and len(unpacked) <= LARGEST_PAGE:
        raise ExtractionError(str(path), "the gzip file is cut short")
    return unpacked


def _is_markup(body: bytes) -> bool:
    head = body[:65_536].replace(b"\x00", b"").lower()
    return any(tag in head for tag in _TAGS)


def is_warc(path: Path) -> bool:
    """Return whether *path* begins as a WARC or WET file does, gzipped or not."""
    try:
        with path.open("rb") as file:
            head = file.read(512)
        if head.startswith(GZIP):
            head = zlib.decompressobj(31).decompress(head, len(WARC))
    except (OSError, zlib.error):  # whoever reads it next says what is wrong
        return False
    return head.startswith(WARC)


def article_in(path: Path, record: int | None) -> Article:
    """Return the first article of a WARC file, or that of page number *record*.

    Pages are counted from 1. Raises NewscrawlError if there is none, and at damage before it.
    """
    from newscrawl.warc import read_pages  # noqa: PLC0415 (most pages are no WARC files)

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
    """Yield the article of each page of a WARC file, past damage and unreadable pages.

    Each of these is a line on stderr; raise NewscrawlError at the end where there was any.
    """
    from newscrawl.warc import read_pages  # noqa: PLC0415

    failures = 0

    def report(failure: str) -> None:
        nonlocal failures
        failures += 1
        click.echo(f"newscrawl: {one_line(failure)}", err=True)

    for page in read_pages(path, on_damage=report):
        try:
            yield article_from(page)
        except ExtractionError as error:
            report(str(error))
    if failures:
        raise NewscrawlError(f"{path}: {counted(failures, 'records')} could not be read")


def refuse_for_single_page(*, record: int | None, is_all: bool) -> None:
    """Raise UsageError if an option for WARC files meets something else."""
    if record is not None or is_all:
        raise UsageError("--record and --all are for WARC and WET files")
