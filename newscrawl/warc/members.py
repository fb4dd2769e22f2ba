"""A file of gzip members, each one record: found by offset, whole or broken."""

from __future__ import annotations

import mmap
import os
import zlib
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from newscrawl.magic_bytes import GZIP

MAX_RECORD = 64 * 2**20
"""The longest record that is read, in bytes as uncompressed; a longer one counts as broken."""

MAGIC = GZIP


def members(file: BinaryIO, path: Path) -> Iterator[tuple[int, BinaryIO | str]]:
    """Yield the offset and the content of each gzip member, or what is wrong with it."""
    size = path.stat().st_size
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as view:
        offset = 0
        while 0 <= offset < size:
            content, end = member_at(view, offset)
            if content is not None:
                yield offset, BytesIO(content)
            else:
                yield offset, "the record is cut or changed"
                end = _next_record(view, offset + 1)
            offset = end


def member_at(view: mmap.mmap | bytes, offset: int) -> tuple[bytes | None, int]:
    """Return what the member at *offset* holds, None if it is broken, and where it ends."""
    inflater = zlib.decompressobj(31)
    content, position = bytearray(), offset
    try:
        while not inflater.eof and len(content) <= MAX_RECORD:
            block = view[position : position + 2**16]
            if not block:
                return None, offset
            content += inflater.decompress(block, MAX_RECORD + 1)
            position += len(block)
    except zlib.error:
        return None, offset
    if not inflater.eof:
        return None, offset
    return bytes(content), position - len(inflater.unused_data)


def broken_members(path: Path, known: Iterable[tuple[int, int]]) -> Iterator[int]:
    """Yield where, in a file that this package wrote, no whole member of its own stands.

    *known* are the places (begin and end, in order) of records that are checked elsewhere: of
    those only the beginning is looked at.
    """
    if not path.stat().st_size:  # of which there is no map
        return
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as view:
        offset, size = 0, len(view)
        for start, end in (*known, (size, size)):
            while offset < min(start, size):
                content, after = member_at(view, offset)
                if content is None or not view[offset : offset + 10].startswith(_HEADS):
                    yield offset
                if content is None:
                    found = _next_record(view, offset + 1)
                    after = start if found < 0 else min(found, start)
                offset = after
            if start < size and not view[start : start + 10].startswith(_HEADS):
                yield start
            offset = max(offset, end)


def _next_record(view: mmap.mmap, offset: int) -> int:
    """Return where the next member that begins a record begins; -1 where there is none."""
    while (offset := view.find(MAGIC, offset)) >= 0:
        try:
            if zlib.decompressobj(31).decompress(view[offset : offset + 512], 5) == b"WARC/":
                return offset
        except zlib.error:
            pass
        offset += 1
    return -1


def end_of_records(file: BinaryIO) -> int:
    """Return where the last whole record of *file* ends; what follows was torn off."""
    if not file.seek(0, os.SEEK_END):
        return 0
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as view:
        offset = len(view)
        while (offset := view.rfind(MAGIC, 0, offset)) >= 0:
            content, end = member_at(view, offset)
            if content is not None and content.startswith(b"WARC/"):
                return end
    return 0


def empty_members(length: int) -> bytes:
    """Return gzip members that hold nothing and fill exactly *length* bytes, at least 22."""
    filled = b""
    while len(filled) < length:
        left = length - len(filled)
        # What stays for the next member must again be long enough for one.
        extra = min(left, _LONGEST) if left <= _LONGEST else _LONGEST - _SHORTEST
        extra -= _SHORTEST
        filled += _HEAD + extra.to_bytes(2, "little") + bytes(extra) + _NOTHING
    return filled


HEAD = MAGIC + bytes(6) + b"\xff"
"""How a member of ours begins: deflate, no flags, no time, no extra flags, unknown system."""

# Deflate, with an extra field; no time, no name. Then: an empty stream, its CRC and its length.
_HEAD = MAGIC + b"\x04" + bytes(4) + b"\x00\xff"
_NOTHING = b"\x03\x00" + bytes(8)
_HEADS = (HEAD, _HEAD)
_SHORTEST = len(_HEAD) + 2 + len(_NOTHING)
_LONGEST = _SHORTEST + 2**16 - 1
