"""From a file to a Page: HTML or a text dump, perhaps gzipped. From a Page to its article."""

from __future__ import annotations

import datetime as dt
import zlib
from pathlib import Path

from newscrawl.article import Article
from newscrawl.errors import ExtractionError, NewscrawlError
from newscrawl.extraction import extract
from newscrawl.page import Page
from newscrawl.text.normalize_article import normalize_article

LARGEST = 10 * 1024 * 1024
"""The most bytes of a page, as in a crawl."""
GZIP = b"\x1f\x8b"
# The first bytes of what is no page, and what to call it.
_KINDS = (
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"%PDF-", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"SQLite format 3", "an SQLite database"),
    (b"\x00\x00\x00\x18ftyp", "a video"),
    (b"WARC/", "a WARC file, not a single page"),
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

    Raise NewscrawlError where the file cannot be read or is no page.
    """
    body = _read(path)
    if body.startswith(GZIP):
        body = _gunzip(path, body)
    if len(body) > LARGEST:
        raise ExtractionError(
            str(path), f"more than {LARGEST // 1024 // 1024} MB, not one page"
        )
    refuse_what_is_no_page(str(path), body)
    kind = "text/html" if _is_markup(body) else "text/plain"
    fetched_at = dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC)
    address = url or path.resolve().as_uri()
    return Page(url=address, body=body, fetched_at=fetched_at, content_type=kind)


def article_from(page: Page) -> Article:
    """Return the article on *page* as the archive would store it: read and normalised.

    Raise ExtractionError where the page cannot be read.
    """
    return normalize_article(extract(page))


def refuse_what_is_no_page(name: str, body: bytes) -> None:
    """Raise ExtractionError where *body* is empty, or is something else than text."""
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
            return file.read(LARGEST + 1)
    except FileNotFoundError:
        raise NewscrawlError(f"{path}: there is no such file") from None
    except IsADirectoryError:
        raise NewscrawlError(f"{path}: this is a folder, not a page") from None
    except OSError as error:
        raise NewscrawlError(f"{path}: {error.strerror or error}") from error


def _gunzip(path: Path, body: bytes) -> bytes:
    unpacking = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    try:
        unpacked = unpacking.decompress(body, LARGEST + 1)
    except zlib.error as error:
        raise ExtractionError(str(path), "the gzip file is damaged") from error
    if not unpacking.eof and len(unpacked) <= LARGEST:
        raise ExtractionError(str(path), "the gzip file is cut short")
    return unpacked


def _is_markup(body: bytes) -> bool:
    head = body[:65_536].replace(b"\x00", b"").lower()
    return any(tag in head for tag in _TAGS)
