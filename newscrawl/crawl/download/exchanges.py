"""Answers as they came over the network, before anything unpacks, follows or retries them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import attrs
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Headers, Response

from newscrawl.crawl.frontier.request_meta import target_of
from newscrawl.warc import Exchange

META = "newscrawl_exchanges"
"""Under which a request carries its exchanges, those of its redirects and retries first."""


class ExchangeMiddleware:
    """Stands nearest to the network."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ExchangeMiddleware:
        is_kept = crawler.settings.getbool("NEWSCRAWL_RECORD")
        if not is_kept or crawler.settings["NEWSCRAWL_EVIDENCE"] == "none":
            raise NotConfigured
        return cls()

    def process_response(self, request: Request, response: Response) -> Response:
        """Note the answer in the meta of its request, which redirects and retries copy."""
        exchange = Exchange(
            url=request.url,
            fetched_at=dt.datetime.now(dt.UTC).replace(microsecond=0),
            status=response.status,
            headers=tuple(header_pairs(response.headers)),
            body=response.body,
            protocol=response.protocol or "HTTP/1.1",
            method=request.method,
            request_headers=tuple(header_pairs(request.headers)),
            ip_address=str(response.ip_address) if response.ip_address else None,
        )
        request.meta[META] = (*request.meta.get(META, ()), exchange)
        return response


def exchange_of(response: Response) -> Exchange | None:
    """Return the exchange that *response* came from; None where none was noted."""
    noted = response.request.meta.get(META, ()) if response.request is not None else ()
    return noted[-1] if noted and noted[-1].url == response.url else None


def take_deflated(request: Request, body: bytes, deflated: bytes) -> None:
    """Give the exchange whose answer was *body* the *deflated* form of it."""
    noted = request.meta.get(META, ())
    if noted and noted[-1].body == body:
        last = attrs.evolve(noted[-1], deflated=deflated)
        request.meta[META] = (*noted[:-1], last)


def has_plain_body(request: Request, body: bytes) -> bool:
    """Return whether the last exchange of *request* is to be stored and brought *body*."""
    noted = request.meta.get(META, ())
    return bool(noted) and noted[-1].body == body


def role_of(response: Response) -> str:
    """Return the role of the request that *response* answers."""
    target = target_of(response.request) if response.request is not None else None
    return target.role if target is not None else "robots"


def exchanges_of_redirects(request: Request) -> list[Exchange | None]:
    """Return the exchange of each redirect that led to *request*, in their order."""
    noted: Iterator[Exchange] = iter(request.meta.get(META, ()))
    urls = request.meta.get("redirect_urls", [])
    reasons = request.meta.get("redirect_reasons", [])
    found: list[Exchange | None] = []
    for url, reason in zip(urls, reasons, strict=False):
        # A page that reloads itself answered 200; what is passed over was tried again.
        asked = (url, reason if isinstance(reason, int) else 200)
        found.append(next((one for one in noted if (one.url, one.status) == asked), None))
    return found


def header_pairs(headers: Headers) -> Iterator[tuple[str, str]]:
    """Yield name and value of each header, of one that is sent twice twice."""
    # The names are normalised already; `Headers.items` would do it again for each.
    for name, values in dict.items(headers):
        for value in values:
            yield name.decode("latin-1"), value.decode("latin-1")
