"""Scrapy's response as ours: the page for extraction, the observation for the archive."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

from scrapy import Request
from scrapy.http import Response

from newscrawl.observation import Observation
from newscrawl.page import Page
from newscrawl.urls import url_key


def page_from(response: Response) -> Page:
    """Return the page in *response*, as just fetched."""
    return Page(
        url=response.url,
        body=response.body,
        fetched_at=dt.datetime.now(dt.UTC),
        content_type=_header(response, "Content-Type"),
    )


def observation_from(
    response: Response, outcome: str, reason: str | None = None
) -> Observation:
    """Return what became of the request that *response* answers."""
    return Observation(
        url=response.url,
        outcome=outcome,
        reason=reason,
        status=response.status,
        fetched_at=dt.datetime.now(dt.UTC),
        etag=_header(response, "ETag"),
        last_modified=_header(response, "Last-Modified"),
        content_type=_header(response, "Content-Type"),
        size=len(response.body),
        digest=hashlib.sha256(response.body).hexdigest(),
    )


def unanswered(
    url: str, outcome: str, reason: str | None, status: int | None = None
) -> Observation:
    """Return what became of a request that got no page."""
    return Observation(
        url=url,
        outcome=outcome,
        reason=reason,
        status=status,
        fetched_at=dt.datetime.now(dt.UTC),
    )


def redirects_before(request: Request) -> list[Observation]:
    """Return an observation for each redirect that led to *request*."""
    urls: list[str] = request.meta.get("redirect_urls", [])
    reasons: list[Any] = request.meta.get("redirect_reasons", [])
    targets = [*urls[1:], request.url] if urls else []
    # The scheduler drops a redirect to an address that was asked for; here it led to itself.
    is_loop = url_key(request.url) in {url_key(url) for url in urls}
    return [
        Observation(
            url=url,
            outcome="redirect_loop" if is_loop else "redirect",
            reason=None if isinstance(reason, int) else str(reason),
            status=reason if isinstance(reason, int) else 200,
            fetched_at=dt.datetime.now(dt.UTC),
            final_url=target,
        )
        for url, reason, target in zip(urls, reasons, targets, strict=True)
    ]


def _header(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1")[:500] if value else None
