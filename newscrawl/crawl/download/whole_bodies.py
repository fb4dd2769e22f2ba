"""Bodies of answers: unpacked whole or not at all, and requested again if cut or left out.

Scrapy keeps the readable start of a packed stream that was cut off, and a Content-Length that
is too short cuts a page without an error.
"""

from __future__ import annotations

from typing import Any

from scrapy import Request
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.http import HtmlResponse, Response

from newscrawl.crawl.download.failures import Refused
from newscrawl.crawl.frontier.request_meta import target_of
from newscrawl.ingest.acceptance import is_cut
from newscrawl.outcomes import Outcome
from newscrawl.warc.content_encoding import PackingError, unpack_as_named

_UNPACKED = "newscrawl_plain"
_SECOND = "newscrawl_again"


class UnpackingMiddleware(HttpCompressionMiddleware):
    """Unpack answers as an import does; request a broken one again, unpacked."""

    def process_response(
        self, request: Request, response: Response, spider: Any = None
    ) -> Request | Response:
        """Return *response* unpacked. Raises Refused if that fails twice."""
        try:
            return super().process_response(request, response)
        except PackingError as error:
            if error.outcome == Outcome.TOO_LARGE or request.meta.get(_UNPACKED):
                raise Refused(error.outcome, error.reason) from error
            return _again(request, _UNPACKED)

    def _handle_encoding(
        self, body: bytes, content_encoding: list[bytes], max_size: int
    ) -> tuple[bytes, list[bytes]]:
        names = b",".join(content_encoding).decode("latin-1")
        return unpack_as_named(body, names, max_size), []


class WholePageMiddleware:
    """Request once more an article's page that is cut, and a page that is "not modified".

    The second is one that was requested without a condition, so that the 304 has no meaning.
    """

    def process_response(self, request: Request, response: Response) -> Request | Response:
        """Return *response*, or a second request for it. Raises Refused if it is cut again."""
        is_again = bool(request.meta.get(_SECOND))
        if response.status == 304:
            return response if is_again or _is_conditional(request) else _fresh(request)
        if not _is_article_page(request, response) or not is_cut(response.body):
            return response
        if is_again:
            raise Refused(Outcome.TRUNCATED, "the page ends in its middle, and did so twice")
        return _fresh(request)


def _is_article_page(request: Request, response: Response) -> bool:
    target = target_of(request)
    is_article = target is not None and target.role == "article"
    return is_article and isinstance(response, HtmlResponse) and response.status == 200


def _is_conditional(request: Request) -> bool:
    return "If-None-Match" in request.headers or "If-Modified-Since" in request.headers


def _fresh(request: Request) -> Request:
    """Return *request* once more, past the server's own cache, which holds a wrong answer."""
    again = _again(request, _SECOND)
    again.headers["Cache-Control"] = "no-cache"
    return again


def _again(request: Request, mark: str) -> Request:
    """Return *request* for a body that is not packed, with *mark* in its meta."""
    again = request.replace(dont_filter=True, meta={**request.meta, mark: True})
    again.headers["Accept-Encoding"] = "identity"
    return again
