"""Members of a WARC file: gzip members and Zstandard frames, found, unpacked and overwritten.

https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/#annex-d and
https://iipc.github.io/warc-specifications/specifications/warc-zstd/
"""

from __future__ import annotations

import mmap
import os
import re
import sys
import zlib
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO

import attrs

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

from newscrawl.formats.magic_bytes import GZIP, ZSTANDARD
from newscrawl.system.regular_file import open_regular
from newscrawl.warc.file_view import FileView

MAX_RECORD = 64 * 2**20
"""The longest record that is written, and read whole, in bytes as uncompressed."""
MAX_RATIO = 200
"""A member that unpacks to more than this many times its size is refused as a bomb."""
ALWAYS_UNPACKED = MAX_RECORD
"""Number of bytes that are unpacked at any ratio."""

_SKIPPABLE = re.compile(rb"[\x50-\x5f]\x2a\x4d\x18")
_FILLER = b"\x5f\x2a\x4d\x18"
DICTIONARY = b"\x5d\x2a\x4d\x18"
"""First bytes of the frame of the dictionary."""
_READY_DICTIONARY = b"\x37\xa4\x30\xec"
_MAX_DICTIONARY = 16 * 2**20
_BLOCK = 2**16
_PIECE = 2**18

View = mmap.mmap | FileView | bytes


class BrokenMemberError(ValueError):
    """A member cannot be unpacked to its end; `end` is where reading it stopped."""

    def __init__(self, reason: str, end: int) -> None:
        super().__init__(reason)
        self.end = end


@attrs.define
class Member:
    """One gzip member or Zstandard frame, to be unpacked piece by piece."""

    view: View = attrs.field(repr=False)
    offset: int
    """Offset of its first byte."""
    limit: int
    """Offset at which it must have ended."""
    dictionary: Any = None
    """The Zstandard dictionary of its file."""
    end: int = -1
    """Offset of its end, once all pieces were read."""

    def pieces(self) -> Iterator[bytes]:
        """Yield the content in pieces.

        Raises BrokenMemberError if the member is cut or changed, or unpacks to much more than
        any text does.
        """
        stream = self._stream()
        position, size = self.offset, 0
        while not stream.eof:
            block = getattr(stream, "unconsumed_tail", b"")
            if not block and getattr(stream, "needs_input", True):
                block = self.view[position : min(position + _BLOCK, self.limit)]
                if not block:
                    raise BrokenMemberError("the record is cut", position)
                position += len(block)
            try:
                piece = stream.decompress(block, _PIECE)
            except (zlib.error, zstd.ZstdError, MemoryError) as error:
                reason = f"the record is cut or changed: {error}"
                raise BrokenMemberError(reason, position) from error
            size += len(piece)
            if size > max(ALWAYS_UNPACKED, MAX_RATIO * (position - self.offset)):
                reason = f"it unpacks to more than {MAX_RATIO} times its size"
                raise BrokenMemberError(reason, position)
            yield piece
        self.end = position - len(stream.unused_data)

    def _stream(self) -> Any:
        if self.view[self.offset : self.offset + len(GZIP)] == GZIP:
            return zlib.decompressobj(31)
        return zstd.ZstdDecompressor(self.dictionary)


def is_member(view: View, offset: int) -> bool:
    """Return whether the bytes at *offset* begin a gzip member or a Zstandard frame."""
    head = view[offset : offset + len(ZSTANDARD)]
    return head.startswith(GZIP) or head == ZSTANDARD or _SKIPPABLE.fullmatch(head) is not None


def is_skippable(view: View, offset: int) -> bool:
    """Return whether a Zstandard frame without content begins at *offset*."""
    return _SKIPPABLE.fullmatch(view[offset : offset + len(ZSTANDARD)]) is not None


def dictionary_in(view: View) -> Any:
    """Return the Zstandard dictionary that *view* begins with; None without one.

    Raises ValueError if it cannot be read.
    """
    if view[: len(DICTIONARY)] != DICTIONARY:
        return None
    size = int.from_bytes(view[4:8], "little")
    content = view[8 : 8 + min(size, _MAX_DICTIONARY)]
    try:
        if content.startswith(ZSTANDARD):
            content = zstd.ZstdDecompressor().decompress(content, _MAX_DICTIONARY)
        if len(content) < len(_READY_DICTIONARY) * 2:
            raise ValueError("it is cut")
        return zstd.ZstdDict(content, is_raw=not content.startswith(_READY_DICTIONARY))
    except (zstd.ZstdError, ValueError, MemoryError) as error:
        raise ValueError(f"its Zstandard dictionary cannot be read: {error}") from error


def first_bytes(view: View, offset: int, limit: int, dictionary: Any = None) -> bytes:
    """Return how the content of the member at *offset* begins, `b""` if it is broken."""
    # A block of Zstandard is unpacked as a whole, and has up to 128 KiB.
    reach = 2**13 if view[offset : offset + len(GZIP)] == GZIP else 2**18
    member = Member(view, offset, min(offset + reach, limit), dictionary)
    try:
        return next((piece for piece in member.pieces() if piece), b"")
    except BrokenMemberError:
        return b""


def gzip_head(view: View, offset: int, limit: int) -> bytes:
    """Return the first 4 KB of the gzip member at *offset*, `b""` if that is none."""
    if view[offset : offset + len(GZIP)] != GZIP:
        return b""
    try:
        return zlib.decompressobj(31).decompress(view[offset : min(offset + 2048, limit)], 4096)
    except zlib.error:
        return b""


def member_at(
    view: View, offset: int, *, dictionary: Any = None, most: int = MAX_RECORD
) -> tuple[bytes | None, int]:
    """Return the content of the member at *offset*, None if it is broken, and its end."""
    member = Member(view, offset, len(view), dictionary)
    content = bytearray()
    try:
        for piece in member.pieces():
            content += piece
            if len(content) > most:
                return None, offset
    except BrokenMemberError:
        return None, offset
    return bytes(content), member.end


def read_content(path: Path, offset: int, length: int) -> bytes:
    """Return the record at *offset* of the file at *path*, unpacked.

    Of a record over MAX_RECORD bytes this many are returned. Raises OSError, and ValueError
    where the *length* bytes there are not one whole member, or the file ends before them.
    """
    with open_regular(path) as file:
        file.seek(offset)
        raw = file.read(min(length, MAX_RECORD + 2**16))
        if not is_member(raw, 0):
            if len(raw) < min(length, MAX_RECORD):
                raise ValueError("the record is cut")
            return raw[:MAX_RECORD]
        file.seek(0)
        state = os.fstat(file.fileno())
        has_dictionary = file.read(len(DICTIONARY)) == DICTIONARY
    dictionary = (
        _dictionary_of(path, state.st_mtime_ns, state.st_size) if has_dictionary else None
    )
    member, content = Member(raw, 0, len(raw), dictionary), bytearray()
    for piece in member.pieces():
        content += piece
        if len(content) >= MAX_RECORD:
            return bytes(content[:MAX_RECORD])
    if member.end < length:
        raise ValueError("a record is there, but a shorter one")
    return bytes(content)


@lru_cache(maxsize=8)
def _dictionary_of(path: Path, _changed: int, _size: int) -> Any:
    with open_regular(path) as file:
        return dictionary_in(file.read(_MAX_DICTIONARY + 8))


def broken_members(path: Path, known: Iterable[tuple[int, int]]) -> Iterator[int]:
    """Yield where, in a file that this package wrote, no whole member of its own stands.

    *known* are the places (begin and end, in order) of records that are checked elsewhere: of
    those only the beginning is examined.
    """
    if not path.stat().st_size:  # of which there is no map
        return
    with (
        open_regular(path) as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as view,
    ):
        try:
            yield from _broken_places(view, known, dictionary_in(view))
        except ValueError:  # nothing in the file can be unpacked without its dictionary
            yield 0


def _broken_places(
    view: mmap.mmap, known: Iterable[tuple[int, int]], dictionary: Any
) -> Iterator[int]:
    offset, size, heads = 0, len(view), _HEADS_OF[_magic_of(view)]
    for start, end in (*known, (size, size)):
        while offset < min(start, size):
            content, after = member_at(view, offset, dictionary=dictionary)
            if content is None or not view[offset : offset + 10].startswith(heads):
                yield offset
            if content is None:
                found = _next_record(view, offset + 1, dictionary)
                after = start if found < 0 else min(found, start)
            offset = after
        if start < size and not view[start : start + 10].startswith(heads):
            yield start
        offset = max(offset, end)


def _next_record(view: mmap.mmap, offset: int, dictionary: Any) -> int:
    """Return where the next member that begins a record begins; -1 where there is none."""
    magic = _magic_of(view)
    while (offset := view.find(magic, offset)) >= 0:
        if first_bytes(view, offset, len(view), dictionary).startswith(b"WARC/"):
            return offset
        offset += 1
    return -1


def _magic_of(view: View) -> bytes:
    """Return the first bytes of the records of a file that this package wrote."""
    is_zstandard = view[: len(ZSTANDARD)] in (ZSTANDARD, DICTIONARY, _FILLER)
    return ZSTANDARD if is_zstandard else GZIP


def end_of_records(file: BinaryIO) -> int:
    """Return the end of the last whole record of *file*; the rest was torn off."""
    if not file.seek(0, os.SEEK_END):
        return 0
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as view:
        offset, magic = len(view), _magic_of(view)
        try:
            dictionary = dictionary_in(view)
        except ValueError:  # torn while the file was begun
            return 0
        while (offset := view.rfind(magic, 0, offset)) >= 0:
            content, end = member_at(view, offset, dictionary=dictionary)
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


def is_overwritten(view: View, offset: int) -> bool:
    """Return whether `empty_members` wrote the member at *offset*: its extra field is empty.

    Other programs write members without content, too: bgzip ends its files with one.
    """
    head = view[offset : offset + len(_HEAD) + 4]
    size = int.from_bytes(head[len(_HEAD) : len(_HEAD) + 2], "little")
    return head.startswith(_HEAD) and not any(head[len(_HEAD) + 2 :][:size])


def empty_frame(length: int) -> bytes:
    """Return a Zstandard frame that holds nothing and fills *length* bytes, at least 8."""
    return _FILLER + (length - 8).to_bytes(4, "little") + bytes(length - 8)


HEAD = GZIP + bytes(6) + b"\xff"
"""First bytes of our members: deflate, no flags, no time, no extra flags, unknown system."""

# Deflate, with an extra field; no time, no name. Then: an empty stream, its CRC and its length.
_HEAD = GZIP + b"\x04" + bytes(4) + b"\x00\xff"
_NOTHING = b"\x03\x00" + bytes(8)
_HEADS_OF = {GZIP: (HEAD, _HEAD), ZSTANDARD: (ZSTANDARD, DICTIONARY, _FILLER)}
"""First bytes of our members, and of what they are overwritten with, by the kind of file."""
_SHORTEST = len(_HEAD) + 2 + len(_NOTHING)
_LONGEST = _SHORTEST + 2**16 - 1
