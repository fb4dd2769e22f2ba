"""Pages out of WARC, WET, ARC and WACZ files, which may come from anywhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from newscrawl.errors import WarcError
from newscrawl.formats.content_type import media_type
from newscrawl.limits import LARGEST_PAGE
from newscrawl.page import Page
from newscrawl.warc.file_parts import PartRead, Place, places
from newscrawl.warc.records import read_record
from newscrawl.warc.scan import Damaged

Damage = Callable[[str], None]

PAGE_KINDS = frozenset({"response", "conversion"})
"""The types of records that hold a page."""
_READABLE = ("text/html", "application/xhtml+xml", "text/plain", "text/xml", "application/xml")


def read_pages(path: Path, *, on_damage: Damage | None = None) -> Iterator[Page]:
    """Yield each page of a WARC, WET, ARC or WACZ file, in the order of the file.

    Pages are the responses with status 200 that hold text, and the conversions of WET files.
    Damage is passed to *on_damage*, and reading goes on after it; without it WarcError is
    raised once all that stands before the damage was yielded.
    """
    with TemporaryDirectory(prefix="newscrawl-") as folder:
        for found in places(path, Path(folder), keeps_content=True):
            if isinstance(found, PartRead):
                if found.copy is not None:
                    found.copy.unlink(missing_ok=True)
            elif isinstance(found, Damaged):
                reason = f"{path} is damaged at byte {found.offset}: {found.reason}"
                _report(WarcError(reason), on_damage)
            elif found.span.kind in PAGE_KINDS:
                yield from _page_at(found, on_damage)


def _report(error: WarcError, on_damage: Damage | None) -> None:
    if on_damage is None:
        raise error
    on_damage(str(error))


def _page_at(place: Place, on_damage: Damage | None) -> Iterator[Page]:
    span = place.span
    try:
        record = read_record(
            place.file,
            span.offset,
            span.length,
            max_size=LARGEST_PAGE,
            content=span.content,
        )
    except WarcError as error:
        _report(error, on_damage)
        return
    kind = record.header("content-type") or ""
    is_page = record.kind == "conversion" or record.status == 200
    if is_page and media_type(kind) in _READABLE:
        if record.problem is not None:
            where = f"{place.file} at byte {span.offset}"
            _report(WarcError(f"{where}: {': '.join(record.problem)}"), on_damage)
            return
        yield Page(url=record.url, body=record.body, fetched_at=record.date, content_type=kind)
