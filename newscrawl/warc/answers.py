"""What an answer's record says, byte for byte: found by its evidence, and gone for good."""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from pathlib import Path

import attrs

from newscrawl.errors import WarcError
from newscrawl.outcomes import Evidence
from newscrawl.warc.composing import EXTRACTED
from newscrawl.warc.exchange import Original
from newscrawl.warc.members import MAGIC, empty_members, member_at
from newscrawl.warc.scanning import ARC_LINE

_END = b"\r\n\r\n"
_LONGEST_HEAD = 64 * 1024


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

    Raises WarcError where no whole record is there, or one with another WARC-Record-ID.
    """
    try:
        with path.open("rb") as file:
            file.seek(evidence.offset)
            member = file.read(evidence.length)
    except OSError as error:
        raise WarcError(f"cannot read {path}: {error.strerror or error}") from error
    content, end = member_at(member, 0) if member.startswith(MAGIC) else (member, len(member))
    answer = _answer_from(content) if content is not None and end == len(member) else None
    if answer is None:
        raise WarcError(f"{path} holds no whole record at byte {evidence.offset}")
    if evidence.record_id and answer.fields.get("warc-record-id") != evidence.record_id:
        raise WarcError(f"{path} holds another record at byte {evidence.offset}")
    return answer


def erase_record(path: Path, evidence: Evidence) -> None:
    """Overwrite the record that *evidence* points at with nothing, for good; none else moves.

    The request and what was read off the answer, which were written with it, go as well. Raises
    WarcError where no record is there, or the file cannot be written.
    """
    try:
        with path.open("r+b") as file:
            start, end = evidence.offset, evidence.offset + evidence.length
            file.seek(start)
            record = file.read(evidence.length)
            if len(record) < evidence.length or not record.startswith(MAGIC):
                raise WarcError(f"{path} holds no record at byte {start}")
            with mmap.mmap(file.fileno(), 0) as view:
                end = _end_of_visit(view, end, evidence.record_id)
                view[start:end] = empty_members(end - start)
                view.flush()
    except OSError as error:
        raise WarcError(f"cannot erase from {path}: {error.strerror}") from error


def erase_unpointed(path: Path, start: int, end: int | None, urls: frozenset[str]) -> int:
    """Overwrite every record of *urls* between two offsets; return how many there were.

    For places that nothing points at: what a killed program wrote and never acknowledged.
    """
    erased = 0
    try:
        with path.open("r+b") as file, mmap.mmap(file.fileno(), 0) as view:
            for offset, after, answer in _answers(view, start, end or len(view)):
                url = answer.fields.get("warc-target-uri", "").removeprefix(EXTRACTED)
                if url in urls:
                    view[offset:after] = empty_members(after - offset)
                    erased += 1
            view.flush()
    except (OSError, ValueError) as error:
        raise WarcError(f"cannot erase from {path}: {error}") from error
    return erased


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
    offset = start
    while offset < end:
        content, after = member_at(view, offset)
        if content is None:
            return
        answer = _answer_from(content)
        if answer is not None:
            yield offset, after, answer
        offset = after


def _answer_from(content: bytes) -> Answer | None:
    if not content.startswith(b"WARC/"):
        return _arc_answer_from(content)
    at = content.find(_END, 0, _LONGEST_HEAD)
    if at < 0:
        return None
    lines = content[:at].decode("utf-8", "replace").split("\r\n")[1:]
    pairs = (line.partition(":") for line in lines)
    fields = {name.strip().lower(): value.strip() for name, _, value in pairs}
    size = fields.get("content-length", "")
    if not (size.isascii() and size.isdigit()):
        return None
    block = content[at + len(_END) :][: int(size)]
    is_http = fields.get("content-type", "").startswith("application/http")
    end_of_head = block.find(_END) + len(_END) if is_http and _END in block else 0
    return Answer(fields=fields, head=block[:end_of_head], payload=block[end_of_head:])


def _arc_answer_from(content: bytes) -> Answer | None:
    """Return a record of an ARC file, whose one line of header has neither id nor digest."""
    line = ARC_LINE.match(content)
    if line is None:
        return None
    block = content[line.end() :][: int(line[2])]
    end_of_head = block.find(_END) + len(_END) if _END in block else 0
    url = line[1].decode("utf-8", "replace")
    fields = {"warc-type": "response", "warc-target-uri": url}
    return Answer(fields=fields, head=block[:end_of_head], payload=block[end_of_head:])
