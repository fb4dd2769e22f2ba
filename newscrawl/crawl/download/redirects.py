"""Redirects of robots.txt and tdmrep.json, which go past the scheduler."""

from __future__ import annotations

from scrapy.http import Response

from newscrawl.crawl.download.response import redirects_before
from newscrawl.crawl.ledger import Ledger


def record_redirects(ledger: Ledger, response: Response) -> None:
    """Record each redirect that led to *response*."""
    for observation in redirects_before(response.request) if response.request else ():
        ledger.record("", observation)
