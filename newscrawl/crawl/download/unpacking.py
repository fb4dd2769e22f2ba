"""Unpacking what servers pack: whole or not at all, and never more than a page may have.

Scrapy keeps what it can of a stream that was cut off, and calls half an article a page.
"""

from __future__ import annotations

from typing import Any

from scrapy import Request
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.http import Response

from newscrawl.crawl.download.guard import Refused
from newscrawl.warc.content_encoding import MAX_LAYERS, PackingError, unpack

_PLAIN = "newscrawl_plain"


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
