"""The newspaper's pictures: plain areas of colour, made when they are asked for."""

from __future__ import annotations

import struct
import zlib

WIDTH, HEIGHT = 64, 36


def png(name: str) -> bytes:
    """Return a small valid PNG whose colour follows from *name*."""
    shade = zlib.crc32(name.encode("utf-8"))
    colour = bytes((96 + shade % 128, 96 + (shade >> 8) % 128, 96 + (shade >> 16) % 128))
    rows = (b"\x00" + colour * WIDTH) * HEIGHT
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    )
