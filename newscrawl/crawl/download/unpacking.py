"""Unpacking what servers pack: whole or not at all, and never more than a page may have.

Scrapy keeps what it can of a stream that was cut off, and calls half an article a page.
"""

from __future__ import annotations

from typing import Any

from scrapy import Request
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.http import Response

from newscrawl.crawl.download.guard import Refused
from newscrawl.warc.content_encoding import PackingError, unpack_as_named

_PLAIN = "newscrawl_plain"


class UnpackingMiddleware(HttpCompressionMiddleware):
    """Unpack answers as an import does; request once more, unpacked, what is broken."""

    def process_response(
        self, request: Request, response: Response, spider: Any = None
    ) -> Request | Response:
        """Unpack *response*. Raise Refused where that fails twice."""
        try:
            return super().process_response(request, response)
        except PackingError as error:
            if error.outcome == "too_large" or request.meta.get(_PLAIN):
                raise Refused(error.outcome, error.reason) from error
            again = request.replace(dont_filter=True, meta={**request.meta, _PLAIN: True})
            again.headers["Accept-Encoding"] = "identity"
            return again

    def _handle_encoding(
        self, body: bytes, content_encoding: list[bytes], max_size: int
    ) -> tuple[bytes, list[bytes]]:
        names = b",".join(content_encoding).decode("latin-1")
        return unpack_as_named(body, names, max_size), []
