"""Whether a page came to its end: a Content-Length that is too short cuts it in silence."""

from __future__ import annotations

import re

from scrapy import Request
from scrapy.http import HtmlResponse, Response

from newscrawl.crawl.download.guard import Refused
from newscrawl.crawl.request_meta import target_of

_AGAIN = "newscrawl_again"
_TAIL = 4096
_ENDS = re.compile(rb"</(?:html|body)\b", re.IGNORECASE)
_BEGINS = re.compile(rb"<(?:html|body|!doctype html)\b", re.IGNORECASE)
_BLOCKS = re.compile(rb"<(/?)(?:article|main|section|div)\b", re.IGNORECASE)


def is_cut(body: bytes) -> bool:
    """Whether *body*, a page of HTML in any encoding that has ASCII in it, ends in its middle.

    A page that closes itself is whole. One that does not may be so written; it is cut if its
    last tag is not complete, or if more blocks open in it than close.
    """
    tail = body[-_TAIL:]
    if _ENDS.search(tail) or not _BEGINS.search(body[:_TAIL]) or b"\0" in body[:64]:
        return False
    if _ENDS.search(body):
        return False
    if tail.rfind(b"<") > tail.rfind(b">"):
        return True
    marks = [match[1] for match in _BLOCKS.finditer(body)]
    return marks.count(b"") > marks.count(b"/")


class WholePageMiddleware:
    """Asks once more for an article's page that is cut. Raises Refused if it is cut again."""

    def process_response(self, request: Request, response: Response) -> Request | Response:
        """Return *response* if it is whole, or the request for it anew."""
        target = target_of(request)
        is_page = isinstance(response, HtmlResponse) and response.status == 200
        if (
            not is_page
            or target is None
            or target.role != "article"
            or not is_cut(response.body)
        ):
            return response
        if request.meta.get(_AGAIN):
            raise Refused("truncated", "the page ends in its middle, and did so twice")
        again = request.replace(dont_filter=True, meta={**request.meta, _AGAIN: True})
        again.headers["Accept-Encoding"] = "identity"
        # Half an answer of the server's own cache is to be refused, too.
        again.headers["Cache-Control"] = "no-cache"
        return again
