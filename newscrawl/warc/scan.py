"""Places of the records in a WARC, WET or ARC file, found without reading their content.

A file is scanned once. Damage costs the record that it is in: the scan goes on at the next one
that begins like a record.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any, BinaryIO

import attrs

from newscrawl.formats.magic_bytes import GZIP, ZSTANDARD
from newscrawl.warc.file_view import FileView
from newscrawl.warc.members import (
    ALWAYS_UNPACKED,
    BrokenMemberError,
    Member,
    dictionary_in,
    first_bytes,
    gzip_head,
    is_member,
    is_overwritten,
    is_skippable,
)

HEAD = 65_536
"""Number of bytes of a record that are searched for its headers."""
MOST_KEPT = 2**22
"""The longest content that is kept, in bytes."""
_BLANK = b"\r\n\0"
"""Padding between two records; NUL in files that were allocated before they were written."""

_END_OF_RECORD = b"\r\n\r\n"
END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
_LENGTH = re.compile(
    rb"^content-length:[ \t]*(\d{1,18})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE
)
_KIND = re.compile(rb"^warc-type:[ \t]*([\w-]{1,40})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_URL = re.compile(rb"^warc-target-uri:[ \t]*<?([^\s<>]{1,8192})", re.IGNORECASE | re.MULTILINE)
ARC_LINE = re.compile(rb"([^\s]{1,8192}) [^\r\n]{0,400} (\d{1,15})\r?\n")
"""The header of an ARC record: its address, other fields, and its length."""
_BEGINNINGS = (b"WARC/", b"http://", b"https://", b"filedesc:", b"dns:", b"ftp:")
_NEXT = re.compile(
    rb"\x1f\x8b\x08|\x28\xb5\x2f\xfd|\n(?:WARC/\d\.\d"
    rb"|(?:https?|ftp|dns|filedesc):[^\s]{1,8192} [^\s]{1,60} \d{8,17} [^\r\n]{1,400}\n)"
)
_LONGEST_BEGINNING = 2**14
"""No match of the pattern above has more bytes."""
_SEARCHED = 2**17
_FEW = 64
_WRONG_LENGTH = "its Content-Length is wrong: no record ends there"


@attrs.frozen
class Span:
    """One record: its place, and the kind and address in its headers."""

    offset: int
    """Offset in the file, in bytes."""
    length: int
    """Its length in the file, in bytes, as compressed."""
    kind: str
    """Its WARC-Type in small letters; `erased` where it was overwritten with nothing."""
    url: str
    """Its WARC-Target-URI; empty where it has none."""
    content: bytes | None = attrs.field(default=None, eq=False, repr=False)
    """The record unpacked, where it was to be kept and is one small member."""
    is_guessed: bool = attrs.field(default=False, eq=False)
    """True if it was not unpacked: reading it finds out whether a whole member is there."""


IsRead = Callable[[Span], bool]
"""Called with a record; true if it is going to be read whole."""


@attrs.frozen
class Damaged:
    """A part of the file that is no whole record."""

    offset: int
    """Offset in the file."""
    reason: str
    """Description of the damage."""


@attrs.frozen
class Bundle:
    """Members that hold several records, or parts of records, as of a file packed as a whole.

    They have to be unpacked before their records can be found.
    """

    offset: int
    """Offset in the file."""
    length: int
    """Their length in the file."""


Found = Span | Damaged | Bundle


def spans(
    file: BinaryIO,
    begin: int,
    end: int,
    *,
    keeps_content: bool = False,
    is_read: IsRead | None = None,
) -> Iterator[Found]:
    """Yield each record of *file* between two offsets, and each part that is none.

    With *keeps_content*, members are given unpacked, for who reads them at once. A record that
    *is_read* may be guessed: if it turns out that none is there, all that was found from there
    on is worth nothing, and the file is to be scanned again from its offset.

    Raises ValueError if the Zstandard dictionary of the file cannot be read.
    """
    if begin >= end:
        return
    view = FileView(file)
    scan = _Scan(view, min(end, len(view)), keeps_content=keeps_content, is_read=is_read)
    yield from scan.found(begin)


@attrs.frozen
class _Look:
    """The member at an offset, as far as scanning needs it."""

    head: bytes
    """First bytes of its content, up to HEAD."""
    size: int
    """The length of its content."""
    length: int | None
    """The length of its first record, as its header says; None where it says none."""
    end: int
    """Offset of its end in the file."""
    behind: bytes
    """Content behind the end of its first record, as its Content-Length says."""
    broken: str | None
    """Reason why it cannot be unpacked to its end."""
    content: bytes | None
    """All of its content, if that is kept."""


class _Scan:
    """A scan of one file, with how much may still be unpacked for nothing."""

    def __init__(
        self, view: FileView, end: int, *, keeps_content: bool, is_read: IsRead | None
    ) -> None:
        self._view, self._end, self._is_read = view, end, is_read
        self._most_kept = MOST_KEPT if keeps_content else -1
        self._dictionary: Any = dictionary_in(view)
        # Members that lie over one another would else be unpacked once for each.
        self._patience = ALWAYS_UNPACKED + 64 * len(view)

    def found(self, begin: int) -> Iterator[Found]:
        """Yield the records and damages from *begin* on."""
        offset = self._past_blanks(begin)
        while offset < self._end:
            if not self._view[offset : offset + 1]:
                yield Damaged(offset, "the file has become shorter while it was read")
                return
            if is_skippable(self._view, offset):
                size = int.from_bytes(self._view[offset + 4 : offset + 8], "little")
                after = offset + 8 + size
                if after > self._end:
                    yield Damaged(offset, "a Zstandard frame is cut")
                    after = self._next(offset + 1)
            else:
                reads = self._member if is_member(self._view, offset) else self._plain
                found, after = reads(offset)
                if found is not None:
                    yield found
            offset = self._past_blanks(after)

    def _past_blanks(self, offset: int) -> int:
        while offset < self._end:
            block = self._view[offset : min(offset + _FEW, self._end)]
            left = block.lstrip(_BLANK)
            offset += len(block) - len(left)
            if left or not block:
                break
        return offset

    def _blocks(self, begin: int, end: int, longest: int) -> Iterator[tuple[int, bytes, int]]:
        """Yield blocks of the file with their offsets, each overlapping the next.

        What begins in a block before the number that is yielded with it, and has at most
        *longest* bytes, is whole in that block.
        """
        is_more = True
        while is_more:
            block = self._view[begin : min(begin + _SEARCHED, end)]
            is_more = len(block) == _SEARCHED
            limit = len(block) - longest if is_more else len(block)
            yield begin, block, limit
            begin += limit

    def _gzip_members(self, begin: int, end: int) -> Iterator[int]:
        """Yield where a gzip member may begin."""
        for offset, block, limit in self._blocks(begin, end, len(GZIP)):
            last = limit + len(GZIP) - 1
            at = block.find(GZIP, 0, last)
            while at >= 0:
                yield offset + at
                at = block.find(GZIP, at + 1, last)

    def _beginnings(self, begin: int) -> Iterator[tuple[int, bytes]]:
        """Yield where a record may begin by its first bytes, which are yielded with it."""
        for offset, block, limit in self._blocks(begin, self._end, _LONGEST_BEGINNING):
            for match in _NEXT.finditer(block):
                if match.start() < limit:
                    yield offset + match.start(), match[0]

    def _next(self, offset: int) -> int:
        """Return where the next record begins that is found by its first bytes."""
        for at, found in self._beginnings(offset):
            if found.startswith(b"\n"):
                return at + 1
            if begins_record(first_bytes(self._view, at, self._end, self._dictionary)):
                return at
        return self._end

    def _member(self, offset: int) -> tuple[Found | None, int]:
        """Return the record in the member at *offset*, and where to go on.

        A member without content is none, unless a record was overwritten with it.
        """
        guessed = self._guessed(offset)
        if guessed is not None:
            return guessed, offset + guessed.length
        look = self._look_at(offset)
        if look.broken is None:
            if self._is_bundle(look):
                return self._bundle(offset, look)
            if not look.head and not is_overwritten(self._view, offset):
                return None, look.end
            return _record_in(look, offset), look.end
        if look.behind and begins_record(look.behind):  # some of its records are whole
            return Bundle(offset, look.end - offset), self._next(look.end)
        # Within patience, the next record is searched for close behind the beginning.
        go_on = offset + 1 if self._patience > 0 else max(offset + 1, look.end)
        return Damaged(offset, look.broken), self._next(go_on)

    def _guessed(self, offset: int) -> Span | None:
        """Return the record in the gzip member at *offset* if it is read by someone else.

        Its end is where the next member seems to begin behind a trailer with the size of the
        record. A page may hold such bytes, too. None if nothing fits.
        """
        if self._is_read is None:
            return None
        head = gzip_head(self._view, offset, self._end)
        length = record_length(head) if head.startswith(b"WARC/") else None
        span = None if length is None else _span_from(head, offset, 0)
        if length is None or length > MOST_KEPT or span is None or not self._is_read(span):
            return None
        end = self._fitting_end(offset, length + len(_END_OF_RECORD))
        if end is None:
            return None
        return attrs.evolve(span, length=end - offset, is_guessed=True)

    def _fitting_end(self, offset: int, size: int) -> int | None:
        """Return where a gzip member of *size* bytes of content seems to end."""
        # Deflate adds less than that to what it cannot pack.
        limit = min(self._end, offset + size + size // 1000 + 1024)
        at_end = [self._end] if limit == self._end else []
        ends = chain(self._gzip_members(offset + 18, limit), at_end)
        packed_size = size.to_bytes(4, "little")
        return next((end for end in ends if self._view[end - 4 : end] == packed_size), None)

    def _look_at(self, offset: int) -> _Look:
        member = Member(self._view, offset, self._end, self._dictionary)
        head, size, behind, length, broken = b"", 0, b"", None, None
        kept: list[bytes] = []
        try:
            for piece in member.pieces():
                if len(head) < HEAD:
                    head += piece[: HEAD - len(head)]
                    length = record_length(head)
                if length is not None and len(behind) < HEAD:
                    more = piece[max(0, length - size) :]
                    behind += (more if behind else more.lstrip(_BLANK))[:HEAD]
                size += len(piece)
                if size <= self._most_kept:
                    kept.append(piece)
        except BrokenMemberError as error:
            self._patience -= size
            member.end, broken = error.end, str(error)
        content = b"".join(kept) if size <= self._most_kept else None
        return _Look(head, size, length, member.end, behind, broken, content)

    def _is_bundle(self, look: _Look) -> bool:
        """Return whether a member holds more, or less, than one record."""
        if look.head.startswith((GZIP, ZSTANDARD)):
            return True
        if look.behind:
            return begins_record(look.behind)
        length = look.length
        if length is None or length <= look.size or not is_member(self._view, look.end):
            return False
        # The record is longer than its member: it may go on in the next one.
        following = first_bytes(self._view, look.end, self._end, self._dictionary)
        return bool(following) and not begins_record(following)

    def _bundle(self, offset: int, look: _Look) -> tuple[Found, int]:
        is_continued = look.length is not None and look.length > look.size
        end = self._end if is_continued else look.end
        return Bundle(offset, end - offset), end

    def _plain(self, offset: int) -> tuple[Found | None, int]:
        """Return the record that lies at *offset* as it is, and where to go on."""
        head = self._view[offset : min(offset + HEAD, self._end)]
        length = record_length(head)
        span = _span_from(head, offset, length) if length is not None else None
        if span is None or length is None:
            return Damaged(offset, "this is no record"), self._next(offset)
        if offset + length > self._end:
            return Damaged(offset, "the record is cut"), self._next(offset)
        after = self._past_blanks(offset + length)
        behind = self._view[after : min(after + HEAD, self._end)]
        if behind and not begins_record(behind) and not is_member(behind, 0):
            return Damaged(offset, _WRONG_LENGTH), self._next(offset)
        return span, after


def begins_record(content: bytes) -> bool:
    """Return whether *content* begins with the header of a WARC or ARC record."""
    return content.startswith(b"WARC/") or (
        content.startswith(_BEGINNINGS) and ARC_LINE.match(content) is not None
    )


def record_length(head: bytes) -> int | None:
    """Return how long the record that begins with *head* is; None where that is unknown."""
    if head.startswith(b"WARC/"):
        mark = END_OF_HEAD.search(head)
        length = _LENGTH.search(head, 0, mark.end()) if mark else None
        return mark.end() + int(length[1]) if mark and length else None
    line = ARC_LINE.match(head)
    return len(line[0]) + int(line[2]) if line else None


def _record_in(look: _Look, offset: int) -> Found:
    """Return the one record of a member."""
    if not look.head:
        return Span(offset, look.end - offset, "erased", "")
    span = _span_from(look.head, offset, look.end - offset)
    if span is None or look.length is None:
        return Damaged(offset, "this is no record")
    if look.length > look.size:
        return Damaged(offset, "the record is cut: its Content-Length says more")
    if look.behind:
        return Damaged(offset, _WRONG_LENGTH)
    return attrs.evolve(span, content=look.content)


def _span_from(head: bytes, offset: int, length: int) -> Span | None:
    """Return the span of the record with the headers in *head*; None if they are no headers."""
    if not head.startswith(b"WARC/"):
        line = ARC_LINE.match(head)
        if line is None:
            return None
        is_head = line[1].startswith(b"filedesc:")
        return Span(offset, length, "warcinfo" if is_head else "response", _text(line[1]))
    mark = END_OF_HEAD.search(head)
    if mark is None:
        return None
    kind, url = _KIND.search(head, 0, mark.end()), _URL.search(head, 0, mark.end())
    if kind is None:
        return None
    return Span(offset, length, _text(kind[1]).lower(), _text(url[1]) if url else "")


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")
