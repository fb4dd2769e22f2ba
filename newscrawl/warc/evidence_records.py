"""Records of answers, byte for byte: read by their evidence, and erased."""

from __future__ import annotations

import mmap
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import attrs

from newscrawl.errors import WarcError
from newscrawl.formats.magic_bytes import GZIP
from newscrawl.outcomes import Evidence
from newscrawl.system.regular_file import open_regular
from newscrawl.warc.members import (
    dictionary_in,
    empty_frame,
    empty_members,
    is_member,
    member_at,
    read_content,
)
from newscrawl.warc.new_records import EXTRACTED, Original
from newscrawl.warc.scan import ARC_LINE, END_OF_HEAD, HEAD, record_length

_LINE_END = re.compile("\r?\n")


@attrs.frozen(kw_only=True)
class Answer:
    """One record of a gzipped WARC file, unread beyond its header."""

    fields: dict[str, str]
    """The named fields, names in small letters."""
    head: bytes
    """The status line and the HTTP header, as received."""
    payload: bytes = attrs.field(repr=lambda body: f"<{len(body)} bytes>")
    """The body, as received: packed, where its Content-Encoding says so."""

    @property
    def kind(self) -> str:
        """The WARC-Type."""
        return self.fields.get("warc-type", "")

    @property
    def original(self) -> Original | None:
        """The record that holds the payload: this one, or the one that it refers to."""
        names = ("warc-record-id", "warc-target-uri", "warc-date")
        if self.kind == "revisit":
            names = ("warc-refers-to", "warc-refers-to-target-uri", "warc-refers-to-date")
        record_id, url, date = (self.fields.get(name) for name in names)
        if not (record_id and url and date):
            return None
        digest = self.fields.get("warc-payload-digest")
        return Original(record_id=record_id, url=url, date=date, payload_digest=digest)


def read_answer(path: Path, evidence: Evidence) -> Answer:
    """Return the record that *evidence* points at.

    Raises WarcError if no whole record is there, or one with another WARC-Record-ID.
    """
    try:
        content = read_content(path, evidence.offset, evidence.length)
        answer = _answer_from(content)
    except OSError as error:
        raise WarcError(f"cannot read {path}: {error.strerror or error}") from error
    except (ValueError, OverflowError):
        answer = None
    if answer is None:
        raise WarcError(f"{path} holds no whole record at byte {evidence.offset}")
    if evidence.record_id and answer.fields.get("warc-record-id") != evidence.record_id:
        raise WarcError(f"{path} holds another record at byte {evidence.offset}")
    return answer


def erase_record(folder: Path, evidence: Evidence) -> None:
    """Overwrite the record that *evidence* points at with nothing; no other record moves.

    The request and the metadata record, which were written with it, go as well. A record that
    an earlier withdrawal has erased stays so. Raises WarcError, and changes no byte, if the
    file lies outside *folder*, which is that of the archive, or another record is there. An
    archive may come from anyone.
    """
    path = _path_within(folder, evidence.file)
    if evidence.record_id is None:
        raise WarcError(f"{path}: the record at byte {evidence.offset} has no WARC-Record-ID")
    try:
        read_answer(path, evidence)
    except WarcError:
        if _is_erased(path, evidence):
            return
        raise
    try:
        with path.open("r+b") as file, mmap.mmap(file.fileno(), 0) as view:
            start, end = evidence.offset, evidence.offset + evidence.length
            if not is_member(view, start):
                raise WarcError(f"{path}: the record at byte {start} is not compressed")
            end = _end_of_visit(view, end, evidence.record_id)
            view[start:end] = _filler_for(view, start)(end - start)
            view.flush()
    except (OSError, ValueError) as error:
        raise WarcError(f"cannot erase from {path}: {error}") from error


def erase_unpointed(
    folder: Path, file: str, start: int, end: int | None, urls: frozenset[str]
) -> int:
    """Overwrite every record of *urls* between two offsets; return their number.

    For records that nothing points at: written by a killed program and never acknowledged.
    Raises WarcError if the file lies outside *folder*, or cannot be written.
    """
    path, erased = _path_within(folder, file), 0
    try:
        with path.open("r+b") as opened, mmap.mmap(opened.fileno(), 0) as view:
            for offset, after, answer in _answers(view, start, end or len(view)):
                url = answer.fields.get("warc-target-uri", "").removeprefix(EXTRACTED)
                if url in urls:
                    view[offset:after] = _filler_for(view, offset)(after - offset)
                    erased += 1
            view.flush()
    except (OSError, ValueError) as error:
        raise WarcError(f"cannot erase from {path}: {error}") from error
    return erased


def _filler_for(view: mmap.mmap, offset: int) -> Callable[[int], bytes]:
    """Return the function that makes what a record like the one at *offset* is erased with."""
    return empty_members if view[offset : offset + len(GZIP)] == GZIP else empty_frame


def _is_erased(path: Path, evidence: Evidence) -> bool:
    """Return whether nothing is left of the record that *evidence* points at."""
    offset, end = evidence.offset, evidence.offset + evidence.length
    try:
        with open_regular(path) as file:
            view = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        with view:
            while 0 <= offset < end:
                content, offset = member_at(view, offset)
                if content != b"":
                    return False
            return offset >= end > 0
    except (OSError, ValueError, OverflowError):
        return False


def _path_within(folder: Path, file: str) -> Path:
    """Return the path of *file* in *folder*. Raises WarcError if it leads out of it."""
    try:
        inside, path = folder.resolve(), (folder / file).resolve()
    except (OSError, ValueError, RuntimeError) as error:
        raise WarcError(f"{file}: {error}") from error
    if not path.is_relative_to(inside):
        raise WarcError(f"{path} lies outside {inside}: nothing there is erased")
    return path


def _end_of_visit(view: mmap.mmap, end: int, record_id: str | None) -> int:
    """Return where the records end that follow from *end* on and belong to *record_id*."""
    for _, after, answer in _answers(view, end, len(view)):
        named = (answer.fields.get("warc-concurrent-to"), answer.fields.get("warc-refers-to"))
        is_further = answer.kind in {"request", "metadata"} and record_id in named
        if record_id is None or not is_further:
            break
        end = after
    return end


def _answers(view: mmap.mmap, start: int, end: int) -> Iterator[tuple[int, int, Answer]]:
    """Yield each whole record between two offsets with its place, up to the first damage."""
    offset, dictionary = start, dictionary_in(view)
    while offset < end:
        content, after = member_at(view, offset, dictionary=dictionary)
        if content is None:
            return
        answer = _answer_from(content)
        if answer is not None:
            yield offset, after, answer
        offset = after


def _answer_from(content: bytes) -> Answer | None:
    """Return the record that *content* is; None where it is not a whole one."""
    length = record_length(content[:HEAD])
    if length is None or length > len(content):
        return None
    if not content.startswith(b"WARC/"):
        return _arc_answer_from(content)
    mark = END_OF_HEAD.search(content, 0, HEAD)
    if mark is None:
        return None
    lines = _LINE_END.split(content[: mark.start()].decode("utf-8", "replace"))[1:]
    pairs = (line.partition(":") for line in lines)
    fields = {name.strip().lower(): value.strip() for name, _, value in pairs}
    block = content[mark.end() : length]
    is_http = fields.get("content-type", "").startswith("application/http")
    head, payload = _split(block) if is_http else (b"", block)
    return Answer(fields=fields, head=head, payload=payload)


def _split(block: bytes) -> tuple[bytes, bytes]:
    """Return the header of an HTTP message, and its body."""
    mark = END_OF_HEAD.search(block)
    return (block[: mark.end()], block[mark.end() :]) if mark else (b"", block)


def _arc_answer_from(content: bytes) -> Answer | None:
    """Return a record of an ARC file, whose one line of header has neither id nor digest."""
    line = ARC_LINE.match(content)
    if line is None:
        return None
    head, payload = _split(content[line.end() :][: int(line[2])])
    url = line[1].decode("utf-8", "replace")
    fields = {"warc-type": "response", "warc-target-uri": url}
    return Answer(fields=fields, head=head, payload=payload)
