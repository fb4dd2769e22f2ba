"""Redirects of robots.txt and tdmrep.json, which go past the scheduler."""

from __future__ import annotations

from scrapy.http import Response

from newscrawl.crawl.download.response import redirects_before
from newscrawl.crawl.run.recorder import Recorder


def record_redirects(recorder: Recorder, response: Response) -> None:
    """Record each redirect that led to *response*."""
    for observation in redirects_before(response.request) if response.request else ():
        recorder.record("", observation)
