"""Records of a large WARC file on a server, read through it by ranges, part by part."""

from __future__ import annotations

import datetime as dt
import zlib
from collections.abc import Iterator
from http import HTTPStatus

import attrs

from newscrawl.errors import FetchError
from newscrawl.formats.magic_bytes import GZIP
from newscrawl.history.client import Client, Reply
from newscrawl.outcomes import Outcome
from newscrawl.warc.members import MAX_RECORD
from newscrawl.warc.records import moment_from

PART = 32 * 2**20
"""Bytes of one request."""
_PIECE = 2**20
_MISSING = frozenset({HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
"""Common Crawl's server answers 403 for a file that it does not have."""


@attrs.frozen(kw_only=True)
class FoundRecord:
    """One record of a file."""

    end: int
    """Offset of the byte after it, where reading goes on."""
    content: bytes = attrs.field(repr=lambda content: f"<{len(content)} bytes>")
    """The record as unpacked; empty if it is longer than MAX_RECORD."""
    problem: str | None = None
    """Damage at this place; None where a record is."""

    def field(self, name: str) -> str:
        """Return the named field of the record's header; empty if it has none."""
        head = self.content[:65_536].partition(b"\r\n\r\n")[0].decode("utf-8", "replace")
        for line in head.splitlines()[1:]:
            key, _, value = line.partition(":")
            if key.strip().lower() == name:
                return value.strip().strip("<>")
        return ""

    @property
    def moment(self) -> dt.datetime | None:
        """The WARC-Date, to the second."""
        moment = moment_from(self.field("warc-date"))
        return moment.replace(microsecond=0) if moment is not None else None


class MissingFileError(FetchError):
    """The service has no such file, or does not give it out: others may be there."""


def records_of(client: Client, url: str, start: int = 0) -> Iterator[FoundRecord]:
    """Yield the records of the WARC file at *url*, each a gzip member, from byte *start* on.

    Damage is yielded once, and reading goes on at the next member. Raises FetchError.
    """
    parts = _parts(client, url, start)
    buffer, at = next(parts, b""), start
    while buffer:
        member = _Member()
        used = member.feed(buffer)
        while not member.is_done and (part := next(parts, b"")):
            buffer = part
            at += used
            used = member.feed(buffer)
        if member.problem is None and not member.is_whole:
            member.problem = "the file ends within a record"
        if not member.is_whole:
            skipped = buffer.find(GZIP, 1)
            used = skipped if skipped > 0 else len(buffer)
        at, buffer = at + used, buffer[used:] or next(parts, b"")
        yield FoundRecord(end=at, content=bytes(member.content), problem=member.problem)


class _Member:
    """A gzip member while it is unpacked, up to MAX_RECORD bytes of it."""

    def __init__(self) -> None:
        self.content = bytearray()
        self.problem: str | None = None
        self._is_damaged = False
        self._size = 0
        self._unpacking = zlib.decompressobj(wbits=31)

    @property
    def is_whole(self) -> bool:
        """True if its end was reached; one that is too long has one, too."""
        return self._unpacking.eof

    @property
    def is_done(self) -> bool:
        return self.is_whole or self._is_damaged

    def feed(self, data: bytes) -> int:
        """Unpack *data*; return how many bytes of it belong to the member."""
        left = data
        try:
            while left and not self._unpacking.eof:
                self._take(self._unpacking.decompress(left, _PIECE))
                left = self._unpacking.unconsumed_tail
        except zlib.error as error:
            self.problem, self._is_damaged = str(error), True
        return len(data) - len(self._unpacking.unused_data)

    def _take(self, piece: bytes) -> None:
        self._size += len(piece)
        if self._size > MAX_RECORD:
            self.content.clear()
            self.problem = f"the record is longer than {MAX_RECORD} bytes"
            return
        self.content += piece


def _parts(client: Client, url: str, start: int) -> Iterator[bytes]:
    while True:
        reply = client.get(url, PART, {"Range": f"bytes={start}-{start + PART - 1}"})
        if reply.status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            return
        if reply.status in _MISSING:
            raise MissingFileError(url, Outcome.HTTP_ERROR, f"HTTP {reply.status}")
        if reply.status != HTTPStatus.PARTIAL_CONTENT:
            raise FetchError(url, Outcome.HTTP_ERROR, f"HTTP {reply.status}")
        yield reply.body
        start += len(reply.body)
        whole = _whole_length(reply)
        is_end = len(reply.body) < PART if whole is None else start >= whole
        if is_end or not reply.body:
            return


def _whole_length(reply: Reply) -> int | None:
    """Return the bytes of the whole file, by Content-Range; None if it is not stated."""
    stated = (reply.header("Content-Range") or "").rpartition("/")[2].strip()
    return int(stated) if stated.isascii() and stated.isdigit() else None
