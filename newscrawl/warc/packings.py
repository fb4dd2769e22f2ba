"""Packing of WARC records: gzip, or Zstandard with a dictionary of the site.

https://iipc.github.io/warc-specifications/specifications/warc-zstd/: a frame a record, and the
dictionary in a skippable frame at the beginning of the file.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

from newscrawl.errors import WarcError
from newscrawl.warc.members import DICTIONARY, dictionary_in, read_content
from newscrawl.warc.new_records import NewRecord, member_of
from newscrawl.warc.scan import Span, spans

_LEVEL = 9
"""A page of 250 KB takes 4 ms; level 6 half of that, for 7 % more bytes."""
_ENOUGH = 2**19
"""A file without a dictionary that has grown to this many bytes gives the next one its own."""
_SAMPLES = 8
"""Number of pages in a dictionary."""
_LONGEST_SAMPLE = 2**18
_TABLES = 2**12
"""Room for the tables of a dictionary, beside its content."""
_SEARCHED = 2**23
"""Bytes at the end of a file in which pages are found for a dictionary."""


class Packing(Protocol):
    """Packing of the records of one file."""

    def begin(self) -> bytes:
        """Return what stands at the beginning of the file, before any record."""

    def pack(self, record: NewRecord) -> bytes:
        """Return a record of ours, packed."""

    def pack_bytes(self, record: bytes) -> bytes:
        """Return a whole record of another program, packed."""


class Gzip:
    """A gzip member for each record."""

    suffix = ".warc.gz"

    def begin(self) -> bytes:
        return b""

    def pack(self, record: NewRecord) -> bytes:
        return record.as_member()

    def pack_bytes(self, record: bytes) -> bytes:
        return member_of(record)


class Zstandard:
    """A Zstandard frame for each record, by the dictionary of the file, if it has one."""

    suffix = ".warc.zst"

    def __init__(self, dictionary: Any = None) -> None:
        self._dictionary = dictionary
        self._digested = None if dictionary is None else dictionary.as_digested_dict
        self._options: dict[int, int] = {
            zstd.CompressionParameter.compression_level: _LEVEL,
            zstd.CompressionParameter.checksum_flag: 1,
        }

    def begin(self) -> bytes:
        if self._dictionary is None:
            return b""
        packed = zstd.compress(self._dictionary.dict_content, _LEVEL)
        return DICTIONARY + len(packed).to_bytes(4, "little") + packed

    def pack(self, record: NewRecord) -> bytes:
        return self.pack_bytes(record.content())

    def pack_bytes(self, record: bytes) -> bytes:
        return zstd.compress(record, options=self._options, zstd_dict=self._digested)


def zstandard_of(path: Path) -> Zstandard:
    """Return the packing of the Zstandard file at *path*, with its dictionary.

    Raises WarcError if that cannot be read.
    """
    try:
        return Zstandard(dictionary_in(path.read_bytes()[: 2**24]))
    except ValueError as error:
        raise WarcError(f"{path}: {error}") from error


def is_to_be_followed(path: Path) -> bool:
    """Return whether a Zstandard file has pages enough for a dictionary, and none itself."""
    with path.open("rb") as file:
        has_dictionary = file.read(len(DICTIONARY)) == DICTIONARY
    return not has_dictionary and path.stat().st_size >= _ENOUGH


def zstandard_after(path: Path | None) -> Zstandard:
    """Return the packing of a new file that follows the one at *path*.

    Its dictionary is made of the last pages there: a site's pages share most of their markup.
    """
    samples = _samples(path) if path is not None and path.exists() else []
    return Zstandard(dictionary_of(samples) if len(samples) >= _SAMPLES else None)


def dictionary_of(pages: Sequence[bytes]) -> Any:
    """Return a dictionary that begins with *pages* of a site; None if they are too few."""
    samples = [page[:_LONGEST_SAMPLE] for page in pages[-_SAMPLES:]]
    content = zstd.ZstdDict(b"".join(samples), is_raw=True)
    try:
        size = len(content.dict_content) + _TABLES
        return zstd.finalize_dict(content, samples, size, _LEVEL)
    except zstd.ZstdError:
        return None


def _samples(path: Path) -> list[bytes]:
    size = path.stat().st_size
    with path.open("rb") as file:
        found = [
            one
            for one in spans(file, max(0, size - _SEARCHED), size)
            if isinstance(one, Span) and one.kind == "response"
        ]
    return [
        read_content(path, one.offset, one.length)[:_LONGEST_SAMPLE]
        for one in found[-_SAMPLES:]
    ]
