"""Answers as they were received: read back, and compared with the archive's records."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import attrs

from newscrawl.archive import Archive, Capture
from newscrawl.archive.read.captures import (
    is_written_by_crawls,
)
from newscrawl.archive.schema.storable import utc_text
from newscrawl.errors import ArchiveError, WarcError
from newscrawl.outcomes import Evidence
from newscrawl.text.counted import counted
from newscrawl.warc import Answer, read_answer
from newscrawl.warc.members import MAX_RECORD, broken_members
from newscrawl.warc.records import read_record
from newscrawl.warc.writer import is_being_written


@attrs.frozen(kw_only=True)
class StoredAnswer:
    """One stored answer."""

    answer: Answer
    """The record that the capture points at."""
    holder: Capture
    """The capture whose record holds the payload: another one's, where nothing had changed."""
    payload: bytes = attrs.field(repr=lambda body: f"<{len(body)} bytes>")
    """Body as received: packed, where the Content-Encoding says so."""
    body: bytes = attrs.field(repr=lambda body: f"<{len(body)} bytes>")
    """Body, unpacked."""


def read_stored(archive: Archive, capture: Capture) -> StoredAnswer:
    """Return the answer at *capture*; after a 304, with the earlier payload.

    Raises WarcError if it is not there, is damaged, or is not the answer received.
    """
    folder = archive.path.parent
    answer = read_answer(folder / capture.evidence.file, capture.evidence)
    holder, source = capture, answer
    if answer.kind == "revisit":
        holder = _holder_of(archive, capture, answer)
        source = read_answer(folder / holder.evidence.file, holder.evidence)
    place = holder.evidence
    record = read_record(folder / place.file, place.offset, place.length, max_size=MAX_RECORD)
    _check_body(record.body, capture)
    _check_body(record.body, holder)
    return StoredAnswer(answer=answer, holder=holder, payload=source.payload, body=record.body)


def evidence_problems(archive: Archive) -> Iterator[str]:
    """Yield a line for each record of evidence that is missing or not as received.

    Every record is read whole, and compared with its own digests and the archive's.
    """
    try:
        yield from _problems(archive)
    except ArchiveError as error:  # the archive itself is damaged
        yield f"the evidence cannot be looked at: {error.__cause__ or error}"


def _problems(archive: Archive) -> Iterator[str]:
    for file, captures in groupby(archive.evidence.all(), lambda one: one.evidence.file):
        if not (archive.path.parent / file).is_file():
            answers = counted(sum(1 for _ in captures), "answers")
            yield f"the evidence in {file} cannot be read: no such file ({answers})"
            continue
        yield from _file_problems(archive, file, list(captures))


def _file_problems(archive: Archive, file: str, captures: list[Capture]) -> Iterator[str]:
    for capture in captures:
        try:
            read_stored(archive, capture)
        except WarcError as error:
            yield f"the evidence of {capture.url} at {utc_text(capture.fetched_at)}: {error}"
    if is_written_by_crawls(file):
        places = {(one.evidence.offset, one.evidence.length) for one in captures}
        for at in _broken_places(archive.path.parent / file, sorted(places)):
            yield f"{file} is damaged at byte {at}: no whole record begins there"


def _broken_places(path: Path, places: list[tuple[int, int]]) -> Iterator[int]:
    """Yield where no whole record begins; of a file being written, before its last record."""
    known = [(offset, offset + length) for offset, length in places]
    end = max(stop for _, stop in known) if is_being_written(path) else math.inf
    return (at for at in broken_members(path, known) if at < end)


def _holder_of(archive: Archive, capture: Capture, answer: Answer) -> Capture:
    original = answer.original
    holder = None
    if original is not None:
        holder = archive.evidence.of_record(original.url, original.record_id, capture.sha256)
    if holder is None:
        raise WarcError(
            f"{_place(capture.evidence)} refers to an answer that the archive does not know"
        )
    return holder


def _check_body(body: bytes, capture: Capture) -> None:
    if capture.sha256 and hashlib.sha256(body).hexdigest() != capture.sha256:
        raise WarcError(f"{_place(capture.evidence)} is not what was received: SHA-256 differs")


def _place(evidence: Evidence) -> str:
    return f"the record in {evidence.file} at byte {evidence.offset}"
