"""Where the records of a WARC, WET or ARC file lie, found without reading what they hold.

A file is walked over once. Damage costs the record that it is in: the walk goes on at the next
one that begins like a record.
"""

from __future__ import annotations

import mmap
import re
import zlib
from collections.abc import Iterator
from typing import BinaryIO

import attrs

from newscrawl.warc.members import MAGIC

HEAD = 65_536
"""How much of a record is looked at, in bytes: its headers stand within."""
_BLOCK = 2**18

_LENGTH = re.compile(rb"^content-length:[ \t]{0,20}(\d{1,15})", re.IGNORECASE | re.MULTILINE)
_KIND = re.compile(rb"^warc-type:[ \t]{0,20}([a-z]{1,20})", re.IGNORECASE | re.MULTILINE)
_URL = re.compile(
    rb"^warc-target-uri:[ \t]{0,20}<?([^\s<>]{1,8192})", re.IGNORECASE | re.MULTILINE
)
ARC_LINE = re.compile(rb"([^\s]{1,8192}) [^\r\n]{0,400} (\d{1,15})\r?\n")
"""The header of an ARC record: its address, what matters less, and its length."""
_BEGINNINGS = (b"WARC/", b"http://", b"https://", b"filedesc:", b"dns:")
_NEXT_PLAIN = b"\nWARC/1."


@attrs.frozen
class Span:
    """One record: where it lies, and what its headers call it."""

    offset: int
    """Where it begins in the file, in bytes."""
    length: int
    """Its length in the file, in bytes, as compressed."""
    kind: str
    """Its WARC-Type in small letters; `erased` where it was overwritten with nothing."""
    url: str
    """Its WARC-Target-URI; empty where it has none."""


@attrs.frozen
class Damaged:
    """A part of the file that is no whole record."""

    offset: int
    """Where it begins."""
    reason: str
    """What is wrong with it."""


def spans(file: BinaryIO, begin: int, end: int) -> Iterator[Span | Damaged]:
    """Yield each record of *file* between two offsets, and each part that is none."""
    if begin >= end:
        return
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as view:
        if view[begin : begin + 3] == MAGIC:
            yield from _packed_spans(view, begin, end)
        else:
            yield from _plain_spans(view, begin, end)


def is_one_stream(file: BinaryIO, begin: int, end: int) -> bool:
    """Whether records were compressed as a whole, so that none can be found by its offset."""
    file.seek(begin)
    inflater = zlib.decompressobj(31)
    try:
        head = inflater.decompress(file.read(min(_BLOCK, end - begin)), HEAD + _BLOCK)
    except zlib.error:
        return False
    length = _record_length(head)
    return length is not None and len(head) > length + 8


def _packed_spans(view: mmap.mmap, begin: int, end: int) -> Iterator[Span | Damaged]:
    offset = begin
    while 0 <= offset < end:
        head, following = _member(view, offset, end)
        if following < 0:
            yield Damaged(offset, "the record is cut or changed")
            offset = _next_member(view, offset + 1, end)
            continue
        span = _span_from(head, offset, following - offset)
        yield span or Damaged(offset, "this is no record")
        offset = following


def _member(view: mmap.mmap, offset: int, end: int) -> tuple[bytes, int]:
    """Return the beginning of what a member holds, and where it ends; -1 if it is broken."""
    inflater = zlib.decompressobj(31)
    head, position = b"", offset
    try:
        while not inflater.eof:
            block = inflater.unconsumed_tail
            if not block:
                block = view[position : min(position + _BLOCK, end)]
                position += len(block)
                if not block:
                    return head, -1
            content = inflater.decompress(block, _BLOCK)
            head = head + content[: HEAD - len(head)] if len(head) < HEAD else head
    except zlib.error:
        return head, -1
    return head, position - len(inflater.unused_data)


def _next_member(view: mmap.mmap, offset: int, end: int) -> int:
    """Return where the next member that begins a record begins; -1 where there is none."""
    while (offset := view.find(MAGIC, offset, end)) >= 0:
        try:
            head = zlib.decompressobj(31).decompress(view[offset : min(offset + 512, end)], 10)
            if head.startswith(_BEGINNINGS):
                return offset
        except zlib.error:
            pass
        offset += 1
    return -1


def _span_from(head: bytes, offset: int, length: int) -> Span | None:
    """Return what the headers in *head* say of a record; None where they are no headers."""
    if not head:
        return Span(offset, length, "erased", "")
    if not head.startswith(b"WARC/"):
        line = ARC_LINE.match(head)
        if line is None:
            return None
        is_head = line[1].startswith(b"filedesc:")
        return Span(offset, length, "warcinfo" if is_head else "response", _text(line[1]))
    headers = head.partition(b"\r\n\r\n")[0]
    kind, url = _KIND.search(headers), _URL.search(headers)
    if kind is None:
        return None
    return Span(offset, length, kind[1].decode().lower(), _text(url[1]) if url else "")


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


def _record_length(head: bytes) -> int | None:
    """Return how long the record that begins with *head* is; None where that is unknown."""
    if head.startswith(b"WARC/"):
        headers, mark, _ = head.partition(b"\r\n\r\n")
        length = _LENGTH.search(headers)
        return len(headers) + len(mark) + int(length[1]) if mark and length else None
    line = ARC_LINE.match(head)
    return len(line[0]) + int(line[2]) if line else None


def _plain_spans(view: mmap.mmap, begin: int, end: int) -> Iterator[Span | Damaged]:
    offset = _past_blanks(view, begin, end)
    while offset < end:
        head = view[offset : min(offset + HEAD, end)]
        length = _record_length(head)
        span = _span_from(head, offset, length) if length is not None else None
        if length is not None and offset + length > end:
            yield Damaged(offset, "the record is cut")
        elif span is None or length is None:
            yield Damaged(offset, "this is no record")
        else:
            yield span
            offset = _past_blanks(view, offset + length, end)
            continue
        found = view.find(_NEXT_PLAIN, offset, end)
        offset = found + 1 if found >= 0 else end


def _past_blanks(view: mmap.mmap, offset: int, end: int) -> int:
    while offset < end and view[offset] in b"\r\n":
        offset += 1
    return offset
