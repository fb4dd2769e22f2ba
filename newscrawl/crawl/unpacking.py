"""Unpacking what servers pack: whole or not at all, and never more than a page may have.

Scrapy keeps what it can of a stream that was cut off, and calls half an article a page.
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable
from typing import Any, Protocol

import brotli  # type: ignore[import-untyped]
from scrapy import Request
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.http import Response

from newscrawl.crawl.guard import Refused

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MAX_LAYERS = 3
"""The most packings one in the other."""

_CHUNK = 65536
_PLAIN = "newscrawl_plain"


class PackingError(Exception):
    """The body cannot be unpacked. *outcome* is one of observation.OUTCOMES."""

    def __init__(self, outcome: str, reason: str) -> None:
        super().__init__(reason)
        self.outcome = outcome
        self.reason = reason


class _Stream(Protocol):
    """A decompressor: what it is fed, it gives back unpacked, so much at a time."""

    def take(self, data: bytes) -> bytes: ...
    def is_at_end(self) -> bool: ...


class _Zlib:
    def __init__(self, wbits: int) -> None:
        self._inflater = zlib.decompressobj(wbits=wbits)

    def take(self, data: bytes) -> bytes:
        return self._inflater.decompress(data or self._inflater.unconsumed_tail, _CHUNK)

    def is_at_end(self) -> bool:
        return self._inflater.eof


class _Brotli:
    def __init__(self) -> None:
        self._decompressor = brotli.Decompressor()

    def take(self, data: bytes) -> bytes:
        unpacked: bytes = self._decompressor.process(data, output_buffer_limit=_CHUNK)
        return unpacked

    def is_at_end(self) -> bool:
        return bool(self._decompressor.is_finished())


class _Zstd:
    def __init__(self) -> None:
        self._decompressor = zstd.ZstdDecompressor()

    def take(self, data: bytes) -> bytes:
        return self._decompressor.decompress(data, _CHUNK)

    def is_at_end(self) -> bool:
        return self._decompressor.eof


_STREAMS: dict[bytes, Callable[[], _Stream]] = {
    b"gzip": lambda: _Zlib(31),
    b"x-gzip": lambda: _Zlib(31),
    b"br": _Brotli,
    b"zstd": _Zstd,
}


def unpack(body: bytes, encoding: bytes, max_size: int) -> bytes:
    """Return *body* unpacked. Raise PackingError where it is broken, cut off or too large.

    *encoding* is a name of Content-Encoding; deflate may come with or without its header.
    """
    if encoding == b"deflate":
        try:
            return _drain(_Zlib(15), body, max_size)
        except PackingError as error:
            if error.outcome != "bad_encoding":
                raise
            return _drain(_Zlib(-15), body, max_size)
    return _drain(_STREAMS[encoding](), body, max_size)


def _drain(stream: _Stream, body: bytes, max_size: int) -> bytes:
    parts, size, data = [], 0, body
    while not stream.is_at_end():
        try:
            part = stream.take(data)
        except (zlib.error, brotli.error, zstd.ZstdError, EOFError, ValueError) as error:
            raise PackingError(
                "bad_encoding", f"the packing is broken: {error}"[:200]
            ) from error
        if not part and not stream.is_at_end():
            raise PackingError("truncated", "the packed page is cut off")
        parts.append(part)
        size += len(part)
        data = b""
        if size > max_size:
            raise PackingError("too_large", f"over {max_size} bytes when unpacked")
    return b"".join(parts)


class UnpackingMiddleware(HttpCompressionMiddleware):
    """Scrapy's, with `unpack`; what it refuses is asked for once more without packing."""

    def process_response(
        self, request: Request, response: Response, spider: Any = None
    ) -> Request | Response:
        """Unpack *response*. Raise Refused where that fails twice."""
        try:
            unpacked = super().process_response(request, response)
            if isinstance(unpacked, Response) and unpacked.headers.get("Content-Encoding"):
                name = (unpacked.headers.get("Content-Encoding") or b"").decode("latin-1")
                raise PackingError("bad_encoding", f"unknown packing {name!r}")
        except PackingError as error:
            if error.outcome == "too_large" or request.meta.get(_PLAIN):
                raise Refused(error.outcome, error.reason) from error
            again = request.replace(dont_filter=True, meta={**request.meta, _PLAIN: True})
            again.headers["Accept-Encoding"] = "identity"
            return again
        return unpacked

    def _handle_encoding(
        self, body: bytes, content_encoding: list[bytes], max_size: int
    ) -> tuple[bytes, list[bytes]]:
        names = b",".join(content_encoding).split(b",")
        if len(names) > MAX_LAYERS:
            raise PackingError("bad_encoding", f"{len(names)} packings one in the other")
        if names == [b"identity"]:
            return body, []
        return super()._handle_encoding(body, content_encoding, max_size)

    @staticmethod
    def _decode(body: bytes, encoding: bytes, max_size: int) -> bytes:
        return unpack(body, encoding, max_size) if body else body
