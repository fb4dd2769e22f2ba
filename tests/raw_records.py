"""WARC records byte by byte, as programs write them that no library of ours would be."""

from __future__ import annotations

import gzip
import struct
import zlib
from collections.abc import Sequence
from uuid import uuid4

from backports import zstd

from tests.importing import Saying


def raw_record(
    saying: Saying,
    *,
    newline: bytes = b"\r\n",
    more: int = 0,
    left_out: str = "",
    changed: dict[str, str] | None = None,
) -> bytes:
    """Return the record of a saying, its Content-Length wrong by *more* bytes.

    *left_out* is a named field that it lacks, *changed* are fields with other values.
    """
    named = [f"{name}: {value}".encode() for name, value in saying.headers]
    head = [f"HTTP/1.1 {saying.status}".encode(), *named]
    block = newline.join(head) + newline * 2 + saying.body
    fields = {
        "WARC-Type": saying.kind,
        "WARC-Record-ID": f"<{uuid4().urn}>",
        "WARC-Date": f"{saying.at:%Y-%m-%dT%H:%M:%SZ}",
        "WARC-Target-URI": saying.url,
        "Content-Type": "application/http; msgtype=response",
        **dict(saying.fields),
        "Content-Length": str(len(block) + more),
        **(changed or {}),
    }
    lines = [f"{name}: {value}".encode() for name, value in fields.items() if name != left_out]
    return newline.join([b"WARC/1.0", *lines]) + newline * 2 + block + newline * 2


def singly(records: Sequence[bytes]) -> bytes:
    """Return records as a `.warc.gz` file has them: a gzip member each."""
    return b"".join(gzip.compress(record, mtime=0) for record in records)


def in_blocks(records: Sequence[bytes], size: int = 700) -> bytes:
    """Return records in gzip members of a fixed size, as `bgzip` makes them."""
    content = b"".join(records)
    parts = [content[at : at + size] for at in range(0, len(content), size)]
    return b"".join(gzip.compress(part, mtime=0) for part in parts)


def with_dictionary(records: Sequence[bytes], *, is_compressed: bool) -> bytes:
    """Return records as a `.warc.zst` file whose first frame is their dictionary."""
    dictionary = zstd.train_dict([*records, *(record[:700] for record in records)] * 20, 4_000)
    content = dictionary.dict_content
    if is_compressed:
        content = zstd.compress(content)
    frame = struct.pack("<II", 0x184D2A5D, len(content)) + content
    return frame + b"".join(zstd.compress(one, zstd_dict=dictionary) for one in records)


def stream_of(content: bytes, megabytes: int) -> bytes:
    """Return *content* and so many megabytes of zeros as one gzip stream."""
    packer = zlib.compressobj(9, wbits=31)
    zeros = bytes(2**20)
    parts = [packer.compress(content), *(packer.compress(zeros) for _ in range(megabytes))]
    return b"".join([*parts, packer.flush()])


def overlapping(count: int, megabytes: int) -> bytes:
    """Return *count* gzip members that lie over one another, each of so many megabytes.

    Each begins with a stored block that reaches to one common end, whose checksum is wrong.
    """
    head = b"\x1f\x8b\x08" + bytes(6) + b"\xff"
    packer = zlib.compressobj(9, wbits=-15)
    zeros = bytes(2**20)
    tail = b"".join(packer.compress(zeros) for _ in range(megabytes)) + packer.flush()
    unit, out = len(head) + 5 + 6, b""
    for number in range(count):
        rest = (count - 1 - number) * unit + 6
        out += head + b"\x00" + struct.pack("<HH", rest, rest ^ 0xFFFF) + b"WARC/1"
    return out + tail + b"CHECKSUM"
