"""Records of WARC, WET, ARC and WACZ files, compressed one by one or as a whole.

Parts of a file whose records cannot be read where they lie are unpacked into copies, within
bounds on output, ratio and entries. Each broken part costs itself only.
"""

from __future__ import annotations

import os
import shutil
import struct
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

import attrs

from newscrawl.errors import WarcError
from newscrawl.formats.magic_bytes import ZIP
from newscrawl.warc.file_view import FileView
from newscrawl.warc.members import (
    ALWAYS_UNPACKED,
    MAX_RATIO,
    BrokenMemberError,
    Member,
    dictionary_in,
    is_skippable,
)
from newscrawl.warc.scan import Bundle, Damaged, IsRead, Span, spans

MAX_UNPACKED = 32 * 2**30
"""Most bytes that are unpacked from one file."""
MAX_ENTRIES = 10_000
"""Most WARC files in one package."""
MAX_DIRECTORY = 64 * 2**20
"""The longest directory of a package that is read, in bytes."""
FREE = 512 * 2**20
"""Number of bytes on the disk that are left free."""
_DEPTH = 3
"""Most compressions inside one another."""
_IN_PACKAGE = (".warc", ".warc.gz", ".warc.zst", ".arc", ".arc.gz")
_EMPTY_ZIP = b"PK\x05\x06"
_BLOCK = 2**20
_ENCRYPTED = 0x1
_LOCAL_HEADER = 30


@attrs.frozen
class Place:
    """One record and the file that it can be read from."""

    file: Path
    """The file that is opened: the imported one, or an unpacked copy of a part of it."""
    span: Span
    is_copy: bool
    """The record is no evidence: the file is deleted after it was read."""


@attrs.frozen
class PartRead:
    """All records of a part were found."""

    position: int
    """Offset of the end of the part in the imported file."""
    copy: Path | None
    """The copy that its records are read from, to be deleted once they were."""


Found = Place | Damaged | PartRead


@attrs.define
class _Unpacking:
    """The folder of the copies, and the number of bytes that may still be unpacked into it."""

    folder: Path
    keeps_content: bool = False
    left: int = MAX_UNPACKED

    def copied(
        self, pieces: Iterable[bytes | Damaged], packed: int
    ) -> tuple[Path, list[Damaged]]:
        """Write *pieces* of *packed* bytes to a copy; return it and its damages."""
        most, size, damages = max(ALWAYS_UNPACKED, MAX_RATIO * packed), 0, list[Damaged]()
        with tempfile.NamedTemporaryFile(dir=self.folder, delete=False) as copy:
            for piece in pieces:
                if isinstance(piece, Damaged):
                    damages.append(piece)
                    continue
                size += len(piece)
                reason = self._refusal(size, most, len(piece))
                if reason is not None:
                    damages.append(Damaged(0, reason))
                    break
                copy.write(piece)
        return Path(copy.name), damages

    def _refusal(self, size: int, most: int, length: int) -> str | None:
        if size > most:
            return f"it unpacks to more than {MAX_RATIO} times its size: the rest is not read"
        self.left -= length
        if self.left < 0:
            return f"it unpacks to more than {MAX_UNPACKED} bytes: the rest is not read"
        if shutil.disk_usage(self.folder).free < FREE:
            return f"there is no room to unpack it in {self.folder}: the rest is not read"
        return None


def places(
    path: Path,
    folder: Path,
    start: int = 0,
    *,
    keeps_content: bool = False,
    is_read: IsRead | None = None,
) -> Iterator[Found]:
    """Yield the place of each record in the file at *path*, from byte *start* on.

    Packed parts are unpacked into *folder*. With *keeps_content*, spans have the content of
    their records, for who reads them at once. In a file that is no package, the place of a
    record that *is_read* may be guessed, as `spans` has it. A copy may be deleted once its
    PartRead has come and its records were read. Raises WarcError if the file cannot be read,
    or is no WARC, WET, ARC or WACZ file.
    """
    unpacking = _Unpacking(folder, keeps_content)
    try:
        with path.open("rb") as file:
            is_package = file.read(4) in {ZIP, _EMPTY_ZIP}
        if is_package:
            yield from _in_package(path, unpacking, start)
        else:
            end = path.stat().st_size
            yield from _in_part(_Part(path, start, end), unpacking, is_read)
            yield PartRead(end, None)
    except OSError as error:
        raise WarcError(f"cannot read {path}: {error.strerror or error}") from error
    except WarcError:
        raise
    except Exception as error:  # a file never ends the import of others
        raise WarcError(f"cannot read {path}: {_reason(error)}") from error


@attrs.frozen
class _Part:
    """Records that lie together in one file."""

    file: Path
    begin: int
    end: int
    depth: int = 0
    """Number of times it was unpacked: 0 for the imported file itself."""
    origin: int = 0
    """Offset of a copy in the imported file."""


def _in_part(
    part: _Part, unpacking: _Unpacking, is_read: IsRead | None = None
) -> Iterator[Found]:
    with part.file.open("rb") as file:
        keeps_content = unpacking.keeps_content
        scan = spans(file, part.begin, part.end, keeps_content=keeps_content, is_read=is_read)
        for found in scan:
            if isinstance(found, Span):
                yield Place(part.file, found, is_copy=part.depth > 0)
            elif isinstance(found, Damaged):
                yield _placed(part, found)
            elif part.depth >= _DEPTH:
                yield _placed(part, Damaged(found.offset, "it is packed too many times over"))
            else:
                yield from _in_bundle(part, found, unpacking)


def _placed(part: _Part, damaged: Damaged) -> Damaged:
    """Return damage with its place in the imported file."""
    if not part.depth:
        return damaged
    return Damaged(part.origin, f"{damaged.reason} (at byte {damaged.offset} as unpacked)")


def _in_bundle(part: _Part, bundle: Bundle, unpacking: _Unpacking) -> Iterator[Found]:
    origin = part.origin if part.depth else bundle.offset
    copy, damages = unpacking.copied(_unpacked(part.file, bundle), bundle.length)
    yield from _in_copy(copy, origin, part.depth + 1, unpacking)
    for damage in damages:
        yield Damaged(origin, damage.reason)
    yield PartRead(0 if part.depth else bundle.offset + bundle.length, copy)


def _in_copy(copy: Path, origin: int, depth: int, unpacking: _Unpacking) -> Iterator[Found]:
    yield from _in_part(_Part(copy, 0, copy.stat().st_size, depth, origin), unpacking)


def _unpacked(path: Path, bundle: Bundle) -> Iterator[bytes | Damaged]:
    """Yield the content of all members of a bundle."""
    offset, end = bundle.offset, bundle.offset + bundle.length
    with path.open("rb") as file:
        view = FileView(file)
        dictionary = dictionary_in(view)
        while offset < end:
            if is_skippable(view, offset):
                offset += 8 + int.from_bytes(view[offset + 4 : offset + 8], "little")
                continue
            member = Member(view, offset, end, dictionary)
            try:
                yield from member.pieces()
            except BrokenMemberError as error:
                if not view[offset:end].strip(b"\0"):
                    return  # padding
                yield Damaged(offset, f"what is packed as a whole is damaged: {error}")
                return
            offset = member.end


def _in_package(path: Path, unpacking: _Unpacking, start: int) -> Iterator[Found]:
    """Yield the records of a WACZ package; those of stored files are read where they lie."""
    try:
        package, entries = _opened(path)
    except Exception as error:  # zipfile raises what it meets in a broken directory
        reason = f"it is no WACZ package, or is damaged: {_reason(error)}"
        yield from _without_directory(path, Damaged(0, reason), unpacking)
        return
    with package:
        if not entries:
            raise WarcError(f"{path} is a ZIP archive without WARC files, and no WACZ package")
        same = 0
        ends = [*(entry.header_offset for entry in entries[1:]), path.stat().st_size]
        for entry, end in zip(entries, ends, strict=True):
            if entry.header_offset == end:  # another name of the next one
                same += 1
            else:
                yield from _in_entry(package, entry, end, unpacking, start)
        if same:
            reason = f"{same} files of the package lie where another one lies: it is read once"
            yield Damaged(0, reason)


def _opened(path: Path) -> tuple[zipfile.ZipFile, list[zipfile.ZipInfo]]:
    """Return the package at *path*, and the WARC files in it in the order of their places."""
    with path.open("rb") as file:
        if _directory_size(file) > MAX_DIRECTORY:
            raise ValueError(f"its directory is longer than {MAX_DIRECTORY} bytes")
    package = zipfile.ZipFile(path)
    found = [one for one in package.infolist() if one.filename.lower().endswith(_IN_PACKAGE)]
    if len(found) > MAX_ENTRIES:
        package.close()
        raise ValueError(f"it has {len(found)} WARC files, more than {MAX_ENTRIES}")
    return package, sorted(found, key=lambda one: one.header_offset)


def _directory_size(file: IO[bytes]) -> int:
    """Return how long the directory of a ZIP archive says that it is."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - 2**17))
    tail = file.read()
    long, short = tail.rfind(b"PK\x06\x06"), tail.rfind(b"PK\x05\x06")
    if long >= 0:
        return int.from_bytes(tail[long + 40 : long + 48], "little")
    return int.from_bytes(tail[short + 12 : short + 16], "little") if short >= 0 else 0


def _without_directory(path: Path, damaged: Damaged, unpacking: _Unpacking) -> Iterator[Found]:
    """Yield the records that are found by their first bytes alone, as of a cut package."""
    yield damaged
    part = _Part(path, 0, path.stat().st_size)
    yield from (found for found in _in_part(part, unpacking) if not isinstance(found, Damaged))


def _in_entry(
    package: zipfile.ZipFile,
    entry: zipfile.ZipInfo,
    limit: int,
    unpacking: _Unpacking,
    start: int,
) -> Iterator[Found]:
    """Yield the records of one file of a package, which ends before *limit*."""
    path = Path(package.filename or "")
    begin = _begin_of(path, entry, limit)
    if begin is None:
        yield Damaged(
            max(0, entry.header_offset), f"{entry.filename} is not where the package says"
        )
        return
    end = begin + entry.compress_size
    if min(end, limit) <= start:
        return
    if entry.flag_bits & _ENCRYPTED:
        yield Damaged(entry.header_offset, f"{entry.filename} is encrypted")
        yield PartRead(end, None)
        return
    is_too_long = end > limit
    if is_too_long:
        yield Damaged(entry.header_offset, f"{entry.filename} is longer than its place")
        end = limit
    if entry.compress_type == zipfile.ZIP_STORED and not _has_frames(entry):
        yield from _in_part(_Part(path, max(begin, start), end), unpacking)
    elif not is_too_long:
        yield from _in_packed(package, entry, unpacking)
    yield PartRead(end, None)


def _has_frames(entry: zipfile.ZipInfo) -> bool:
    """Return whether a file may begin with a Zstandard dictionary."""
    return entry.filename.lower().endswith(".zst")


def _begin_of(path: Path, entry: zipfile.ZipInfo, limit: int) -> int | None:
    """Return where the content of *entry* begins; None where no file is there."""
    if not 0 <= entry.header_offset < limit:
        return None
    with path.open("rb") as file:
        file.seek(entry.header_offset)
        header = file.read(_LOCAL_HEADER)
    if len(header) < _LOCAL_HEADER or not header.startswith(ZIP):
        return None
    # The name and the extra fields stand between the header and the content.
    begin = entry.header_offset + _LOCAL_HEADER + sum(struct.unpack("<HH", header[-4:]))
    return begin if begin <= limit else None


def _in_packed(
    package: zipfile.ZipFile, entry: zipfile.ZipInfo, unpacking: _Unpacking
) -> Iterator[Found]:
    copy, damages = unpacking.copied(_content_of(package, entry), entry.compress_size)
    yield from _in_copy(copy, entry.header_offset, 1, unpacking)
    for damage in damages:
        yield Damaged(entry.header_offset, f"{entry.filename}: {damage.reason}")
    yield PartRead(0, copy)


def _content_of(package: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes | Damaged]:
    try:
        with package.open(entry) as packed:
            while block := packed.read(_BLOCK):
                yield block
    except Exception as error:  # each method of packing has errors of its own
        yield Damaged(0, f"it cannot be unpacked: {_reason(error)}")


def _reason(error: Exception) -> str:
    return f"{error or type(error).__name__}"[:200]
