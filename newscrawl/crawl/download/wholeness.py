"""Whether a page came to its end: a Content-Length that is too short cuts it in silence."""

from __future__ import annotations

from scrapy import Request
from scrapy.http import HtmlResponse, Response

from newscrawl.crawl.download.guard import Refused
from newscrawl.crawl.request_meta import target_of
from newscrawl.ingest.acceptance import is_cut

_AGAIN = "newscrawl_again"


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
