"""Scrapy's response as ours: the page for extraction, the observation for the archive."""

from __future__ import annotations

import datetime as dt
from typing import Any
from weakref import WeakKeyDictionary

from scrapy import Request
from scrapy.http import Response

from newscrawl.crawl.download.browser.boxes import drawn_links
from newscrawl.crawl.download.exchanges import exchange_of, exchanges_of_redirects, role_of
from newscrawl.crawl.run.answered import Answered
from newscrawl.outcomes import Observation, Outcome
from newscrawl.page import Page
from newscrawl.text.urls import as_sent, route_of

OPT_OUTS = "newscrawl_opt_outs"

"""Key in a request's meta for the opt-outs of its page."""
STATEMENTS = "newscrawl_statements"
"""The same for the statements about its use by machines."""


_pages: WeakKeyDictionary[Response, Page] = WeakKeyDictionary()
"""The page of each response that is in use, so that none is decoded and parsed twice."""


def page_from(response: Response) -> Page:
    """Return the page in *response*, as just fetched; the same one each time."""
    if response not in _pages:
        _pages[response] = Page(
            url=response.url,
            body=response.body,
            fetched_at=_arrival_of(response),
            content_type=_header(response, "Content-Type"),
        )
    return _pages[response]


def content_type_of(response: Response) -> str:
    """Return the Content-Type header of *response*; empty if there is none."""
    return _header(response, "Content-Type") or ""


def observation_from(
    response: Response, outcome: Outcome, reason: str | None = None, *, kind: str | None = None
) -> Observation:
    """Return the observation of the request that *response* answers; *kind*: no article."""
    return Answered(
        url=response.url,
        outcome=outcome,
        reason=reason,
        kind=kind,
        status=response.status,
        fetched_at=_arrival_of(response),
        etag=_header(response, "ETag"),
        last_modified=_header(response, "Last-Modified"),
        content_type=_header(response, "Content-Type"),
        size=len(response.body),
        # Of a 304 the body says nothing, and its digest would be that of no page.
        digest=page_from(response).digest if response.status != 304 else None,
        opt_outs=response.request.meta.get(OPT_OUTS, ()) if response.request else (),
        statements=response.request.meta.get(STATEMENTS, ()) if response.request else (),
        drawn_links=drawn_links(response.request) if response.request else (),
        # A page that must not be stored is not stored as evidence either.
        exchange=exchange_of(response) if outcome != Outcome.OPTED_OUT else None,
        role=role_of(response),
    )


def unanswered(
    url: str, outcome: Outcome, reason: str | None, status: int | None = None
) -> Observation:
    """Return the observation of a request that got no page."""
    return Observation(
        url=url,
        outcome=outcome,
        reason=reason,
        status=status,
        fetched_at=dt.datetime.now(dt.UTC),
    )


def redirects_before(request: Request) -> list[Answered]:
    """Return an observation for each redirect that led to *request*."""
    urls: list[str] = request.meta.get("redirect_urls", [])
    reasons: list[Any] = request.meta.get("redirect_reasons", [])
    targets = [*urls[1:], request.url] if urls else []
    # The scheduler drops a redirect to a requested address; here it led to itself.
    is_loop = as_sent(request.url) in {as_sent(url) for url in urls}
    exchanges = exchanges_of_redirects(request)
    return [
        Answered(
            url=url,
            outcome=Outcome.REDIRECT_LOOP if is_loop else Outcome.REDIRECT,
            reason=None if isinstance(reason, int) else str(reason),
            status=reason if isinstance(reason, int) else 200,
            fetched_at=exchange.fetched_at if exchange else dt.datetime.now(dt.UTC),
            final_url=as_sent(target) + route_of(target),
            exchange=exchange,
            role="article",
        )
        for url, reason, target, exchange in zip(urls, reasons, targets, exchanges, strict=True)
    ]


def _arrival_of(response: Response) -> dt.datetime:
    """Return when *response* came, as its evidence says it: to the second."""
    exchange = exchange_of(response)
    return exchange.fetched_at if exchange else dt.datetime.now(dt.UTC)


def _header(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1")[:500] if value else None
