"""Undo a Content-Encoding: whole or not at all, and never more than a page may have. Pure.

A packed body is unpacked on its way into a page, and again when it is read out of a WARC file,
where it lies as it came.
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable
from typing import Any, Protocol

import brotli  # type: ignore[import-untyped]

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

from newscrawl.html.first_bytes import is_plain_text
from newscrawl.limits import size_text
from newscrawl.outcomes import Outcome

MAX_LAYERS = 3
"""The most packings one in the other."""

GZIP = b"\x1f\x8b\x08"
"""The first bytes of gzip, in its only method."""

_CHUNK = 65536
_PIECE = 4096


class PackingError(Exception):
    """The body cannot be unpacked."""

    def __init__(self, outcome: Outcome, reason: str) -> None:
        super().__init__(reason)
        self.outcome = outcome
        self.reason = reason


class _Stream(Protocol):
    """A decompressor: returns its input unpacked, this much at a time."""

    def take(self, data: bytes) -> bytes: ...
    def is_at_end(self) -> bool: ...


class _Deflate:
    def __init__(self, wbits: int) -> None:
        self._inflater = zlib.decompressobj(wbits=wbits)

    def take(self, data: bytes) -> bytes:
        return self._inflater.decompress(data or self._inflater.unconsumed_tail, _CHUNK)

    def is_at_end(self) -> bool:
        return self._inflater.eof


class _Members:
    """Streams of one format, one after the other, as gzip and Zstandard allow.

    Bytes after them that are no stream are padding. They are fed in small pieces, as each end
    costs a copy of the piece.
    """

    def __init__(self, opened: Callable[[], Any], magic: bytes) -> None:
        self._opened = opened
        self._magic = magic
        self._stream = opened()
        self._body = b""
        self._at = 0

    def take(self, data: bytes) -> bytes:
        self._body = data or self._body
        part = b""
        while not part and not self.is_at_end():
            if self._stream.eof:
                self._stream = self._opened()
            piece = getattr(self._stream, "unconsumed_tail", b"")
            if not piece and getattr(self._stream, "needs_input", True):
                piece = self._body[self._at : self._at + _PIECE]
                self._at += len(piece)
                if not piece:
                    break
            part = self._stream.decompress(piece, _CHUNK)
            if self._stream.eof:
                self._at -= len(self._stream.unused_data)
        return part

    def is_at_end(self) -> bool:
        return self._stream.eof and not self._body.startswith(self._magic, self._at)


class _Brotli:
    def __init__(self) -> None:
        self._decompressor = brotli.Decompressor()

    def take(self, data: bytes) -> bytes:
        unpacked: bytes = self._decompressor.process(data, output_buffer_limit=_CHUNK)
        return unpacked

    def is_at_end(self) -> bool:
        return bool(self._decompressor.is_finished())


def _gzip() -> _Members:
    return _Members(lambda: zlib.decompressobj(wbits=31), GZIP)


_STREAMS: dict[bytes, Callable[[], _Stream]] = {
    b"gzip": _gzip,
    b"x-gzip": _gzip,
    b"br": _Brotli,
    b"zstd": lambda: _Members(zstd.ZstdDecompressor, b"\x28\xb5\x2f\xfd"),
}


def unpack(body: bytes, encoding: bytes, max_size: int) -> bytes:
    """Return *body* unpacked. Raises PackingError if it is broken, cut off or too large.

    *encoding* is a name of Content-Encoding; deflate may come with or without its header.
    """
    if encoding == b"deflate":
        try:
            return _drain(_Deflate(15), body, max_size)
        except PackingError as error:
            if error.outcome != Outcome.BAD_ENCODING:
                raise
            return _drain(_Deflate(-15), body, max_size)
    return _drain(_STREAMS[encoding](), body, max_size)


def unpack_as_named(body: bytes, content_encoding: str, max_size: int) -> bytes:
    """Return *body* with all packings undone that a Content-Encoding header names, last first.

    Plain text is returned as it is in spite of its header: servers name an encoding that they
    have undone, `none`, or the encoding of the characters. Raises PackingError if `unpack`
    does, or a name is not known.
    """
    names = [name.strip().lower().encode() for name in content_encoding.split(",")]
    packings = [name for name in names if name not in {b"", b"identity"}]
    if len(packings) > MAX_LAYERS:
        raise PackingError(Outcome.BAD_ENCODING, f"{len(packings)} packings one in the other")
    for name in reversed(packings):
        body = _undo(body, name, max_size) if body else body
    return body


def unpack_gzip(body: bytes, max_size: int) -> bytes:
    """Return *body* with its gzip packing undone, that no header names; as it is without one.

    Raises PackingError if `unpack` does.
    """
    return unpack(body, b"gzip", max_size) if body.startswith(GZIP) else body


def _undo(body: bytes, name: bytes, max_size: int) -> bytes:
    try:
        if name != b"deflate" and name not in _STREAMS:
            raise PackingError(Outcome.BAD_ENCODING, f"unknown packing {name.decode()!r}")
        return unpack(body, name, max_size)
    except PackingError as error:
        if error.outcome != Outcome.TOO_LARGE and is_plain_text(body):
            return body
        raise


def _drain(stream: _Stream, body: bytes, max_size: int) -> bytes:
    parts, size, data = [], 0, body
    while not stream.is_at_end():
        try:
            part = stream.take(data)
        except (zlib.error, brotli.error, zstd.ZstdError, EOFError, ValueError) as error:
            raise PackingError(
                Outcome.BAD_ENCODING, f"the packing is broken: {error}"[:200]
            ) from error
        if not part and not stream.is_at_end():
            raise PackingError(Outcome.TRUNCATED, "the packed page is cut off")
        parts.append(part)
        size += len(part)
        data = b""
        if size > max_size:
            raise PackingError(Outcome.TOO_LARGE, f"over {size_text(max_size)} when unpacked")
    return b"".join(parts)
