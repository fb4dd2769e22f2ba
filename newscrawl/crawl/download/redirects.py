"""Targets of redirects: `Location`, `Refresh` and meta refresh, before Scrapy follows them.

`guard.py` decides whether a target is still on the site.
"""

from __future__ import annotations

from typing import Any

from scrapy import Request
from scrapy.downloadermiddlewares.redirect import MetaRefreshMiddleware
from scrapy.http import Response

from newscrawl.crawl.download.failures import Refused
from newscrawl.crawl.download.response import page_from, redirects_before
from newscrawl.crawl.frontier.request_meta import target_of
from newscrawl.crawl.run.recorder import Recorder
from newscrawl.ingest.acceptance import refresh_target
from newscrawl.outcomes import REDIRECTS, Outcome
from newscrawl.text.urls import redirect_target


class LocationMiddleware:
    """Write the Location of a redirect as a link is read, before Scrapy follows it."""

    def process_response(self, request: Request, response: Response) -> Response:
        """Return *response*, with the address that it leads to, where that is one.

        Raises Refused if a file that the scheduler does not see redirects in a circle.
        """
        location = response.headers.get("Location")
        if location and response.status in REDIRECTS:
            target = redirect_target(request.url, location)
            if target is not None:
                response.headers["Location"] = target
            is_file = target_of(request) is None
            if is_file and target in {request.url, *request.meta.get("redirect_urls", ())}:
                raise Refused(Outcome.REDIRECT_LOOP, "it redirects in a circle")
        return response


_SEARCHED = 4096
"""Characters in which Scrapy looks for the element."""


class RefreshMiddleware(MetaRefreshMiddleware):
    """Follow the `Refresh` header of an answer as its meta element of that name."""

    def process_response(
        self, request: Request, response: Response, spider: Any = None
    ) -> Request | Response:
        """Return *response*, or a request for the address to which it sends its readers."""
        header = (response.headers.get("Refresh") or b"").decode("latin-1")
        if header and response.status == 200 and not request.meta.get("dont_redirect"):
            target = refresh_target(page_from(response), header)
            if target is not None:
                redirected = self._redirect_request_using_get(request, response, target)
                return self._redirect(redirected, request, "refresh")
        return (
            super().process_response(request, response) if _may_refresh(response) else response
        )


def _may_refresh(response: Response) -> bool:
    """Return whether the head of *response* has the word: to look for it decodes the page."""
    return b"refresh" in response.body[: 4 * _SEARCHED].replace(b"\0", b"").lower()


def record_redirects(recorder: Recorder, response: Response) -> None:
    """Record each redirect that led to *response*."""
    for observation in redirects_before(response.request) if response.request else ():
        recorder.record("", observation)
