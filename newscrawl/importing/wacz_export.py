"""The evidence of an archive as a WACZ package, which ReplayWeb.page and pywb can replay."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import attrs

import newscrawl
from newscrawl.archive import Archive, Capture, Selection
from newscrawl.errors import WarcError
from newscrawl.formats.magic_bytes import GZIP
from newscrawl.outcomes import Evidence
from newscrawl.system.regular_file import open_regular
from newscrawl.warc.evidence_records import Answer, read_answer
from newscrawl.warc.members import read_content
from newscrawl.warc.scan import HEAD, record_length
from newscrawl.warc.wacz import PackagedRecord, write_wacz


@attrs.define
class Packaged:
    """The result of an export."""

    records: int = 0
    """Number of records in the package."""
    damages: list[str] = attrs.field(factory=list)
    """Records that could not be put into it, a line each."""


def package_evidence(
    archive: Archive, out: IO[bytes], query: str | None, site: str | None
) -> Packaged:
    """Write the answers of the articles that *query* finds, or all of *site*, to *out*.

    Stylesheets, images and fonts of their pages are among them.

    Without either it is all that the archive keeps. Of an answer that was the same as an
    earlier one, that one is put in as well. Raises OSError if the disk refuses.
    """
    packing = _Packing(archive)
    title = query or site or archive.path.stem
    captures = archive.evidence.all(site)
    if query:
        captures = _of_articles(archive, Selection(query=query, site=site))
    packing.packaged.records = write_wacz(
        out,
        packing.records(captures),
        title=title,
        software=f"newscrawl {newscrawl.__version__}",
    )
    return packing.packaged


def _of_articles(archive: Archive, selection: Selection) -> Iterator[Capture]:
    for row in archive.rows(selection):
        captures = archive.captures(int(row["id"]))
        yield from reversed(captures)
        for url in dict.fromkeys(one.url for one in captures):
            yield from archive.requisites.of_page(url)


class _Packing:
    def __init__(self, archive: Archive) -> None:
        self.packaged = Packaged()
        self._archive = archive
        self._seen: set[tuple[str, int]] = set()

    def records(self, captures: Iterator[Capture]) -> Iterator[PackagedRecord]:
        """Yield each record once, one that others refer to before them."""
        for capture in captures:
            place = (capture.evidence.file, capture.evidence.offset)
            if place in self._seen:
                continue
            self._seen.add(place)
            try:
                record = self._record(capture)
                holder = self._holder_of(capture, record.answer)
            except (WarcError, OSError) as error:
                self.packaged.damages.append(f"{capture.url}: {error}")
                continue
            if holder is not None:
                yield from self.records(iter((holder,)))
            yield record

    def _record(self, capture: Capture) -> PackagedRecord:
        place = capture.evidence
        path = self._archive.path.parent / place.file
        answer = read_answer(path, place)
        if "warc-record-id" not in answer.fields:
            raise WarcError(f"{path} is an ARC file, whose records are none of WARC")
        with open_regular(path) as file:
            file.seek(place.offset)
            raw = file.read(place.length)
        if not raw.startswith(GZIP):  # a WARC file that is not packed, or by Zstandard
            raw = gzip.compress(_content(path, place) + b"\r\n\r\n", mtime=0)
        title = None
        if capture.version is not None and answer.kind != "revisit":
            title = self._archive.evidence.headline_at(capture.url, capture.fetched_at)
        return PackagedRecord(raw=raw, answer=answer, title=title)

    def _holder_of(self, capture: Capture, answer: Answer) -> Capture | None:
        original = answer.original
        if answer.kind != "revisit" or original is None:
            return None
        record_id = original.record_id
        return self._archive.evidence.of_record(original.url, record_id, capture.sha256)


def _content(path: Path, place: Evidence) -> bytes:
    """Return the record at *place*, without the empty lines that end it."""
    try:
        content = read_content(path, place.offset, place.length)
    except ValueError as error:
        raise WarcError(f"{path} is damaged at byte {place.offset}: {error}") from error
    return content[: record_length(content[:HEAD])]
