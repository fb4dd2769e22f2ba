"""Redirects: where they lead, and those of files that go past the scheduler."""

from __future__ import annotations

from scrapy import Request
from scrapy.http import Response

from newscrawl.crawl.download.response import redirects_before
from newscrawl.crawl.run.recorder import Recorder
from newscrawl.outcomes import REDIRECTS
from newscrawl.text.urls import redirect_target


class LocationMiddleware:
    """Write the Location of a redirect as a link is read, before Scrapy follows it."""

    def process_response(self, request: Request, response: Response) -> Response:
        """Return *response*, with the address that it leads to, where that is one."""
        location = response.headers.get("Location")
        if location and response.status in REDIRECTS:
            target = redirect_target(request.url, location)
            if target is not None:
                response.headers["Location"] = target
        return response


def record_redirects(recorder: Recorder, response: Response) -> None:
    """Record each redirect that led to *response*."""
    for observation in redirects_before(response.request) if response.request else ():
        recorder.record("", observation)
