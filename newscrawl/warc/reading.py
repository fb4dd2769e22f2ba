"""Pages out of WARC and WET files, which may come from anywhere."""

from __future__ import annotations

import datetime as dt
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from newscrawl.errors import WarcError
from newscrawl.page import Page
from newscrawl.warc.members import MAGIC, MAX_RECORD, members

Damage = Callable[[str], None]

_READABLE = ("text/html", "application/xhtml+xml", "text/plain", "text/xml", "application/xml")


def read_pages(path: Path, *, on_damage: Damage | None = None) -> Iterator[Page]:
    """Yield each page of a WARC or WET file, compressed or not, in the order of the file.

    Pages are the responses with status 200 that hold text, and the conversions of WET files. At
    a damaged record *on_damage* is told, and reading goes on after it; without it WarcError is
    raised once all that stands before the damage was yielded.
    """
    try:
        with path.open("rb") as file:
            is_gzip = file.read(len(MAGIC)) == MAGIC
            file.seek(0)
            chunks = members(file, path) if is_gzip else iter([(0, file)])
            for offset, found in chunks:
                if isinstance(found, str):
                    _tell(f"{path} is damaged at byte {offset}: {found}", on_damage)
                else:
                    yield from _pages_in(found, f"{path} at byte {offset}", on_damage)
    except OSError as error:
        raise WarcError(f"cannot read {path}: {error.strerror or error}") from error


def _tell(damage: str, on_damage: Damage | None) -> None:
    if on_damage is None:
        raise WarcError(damage)
    on_damage(damage)


def _pages_in(file: BinaryIO, where: str, on_damage: Damage | None) -> Iterator[Page]:
    try:
        for record in ArchiveIterator(file, check_digests=True):
            page = _page_from(record)
            if record.digest_checker.passed is False:
                _tell(f"{where}: the content does not match its digest", on_damage)
            elif page is not None:
                yield page
    except (ArchiveLoadFailed, ValueError, EOFError, zlib.error) as error:
        _tell(f"{where} is damaged: {error}", on_damage)


def _page_from(record: Any) -> Page | None:
    """Return a record as a page; None where it is something else. Reads all of it."""
    if record.rec_type not in {"response", "conversion"}:
        return None
    is_page = record.rec_type == "conversion"
    kind = "text/plain; charset=utf-8"
    if not is_page and record.http_headers is not None:
        kind = record.http_headers.get_header("Content-Type") or ""
        is_page = record.http_headers.get_statuscode() == "200"
    body = record.content_stream().read(MAX_RECORD)
    url = record.rec_headers.get_header("WARC-Target-URI")
    if not (is_page and url and kind.partition(";")[0].strip().lower() in _READABLE):
        return None
    date = record.rec_headers.get_header("WARC-Date")
    return Page(url=url.strip("<>"), body=body, fetched_at=_moment(date), content_type=kind)


def _moment(text: str | None) -> dt.datetime | None:
    try:
        moment = dt.datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
