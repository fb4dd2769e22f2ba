"""Pages written to WARC files as if they had just been fetched."""

from __future__ import annotations

import datetime as dt

from newscrawl.outcomes import Evidence
from newscrawl.page import Page
from newscrawl.warc.new_records import Exchange, Headers
from newscrawl.warc.writer import WarcWriter

_WIRE_HEADERS = {"transfer-encoding", "content-encoding", "content-length"}


def write_page(
    series: WarcWriter, page: Page, status: int, headers: Headers, sent: Headers = ()
) -> Evidence:
    """Write *page* as the answer to a request with the headers *sent*; return its place.

    Headers that describe the wire (chunks, compression) are renamed X-Archive-Orig-….
    """
    named = tuple(
        (f"X-Archive-Orig-{name}" if name.lower() in _WIRE_HEADERS else name, value)
        for name, value in headers
    )
    exchange = Exchange(
        url=page.url,
        fetched_at=page.fetched_at or dt.datetime.now(dt.UTC),
        status=status,
        headers=(*named, ("Content-Length", str(len(page.body)))),
        body=page.body,
        request_headers=sent,
    )
    return series.write(exchange)
