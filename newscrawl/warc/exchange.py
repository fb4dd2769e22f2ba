"""What a WARC file keeps of one visit: what was asked, and what came back, as it came."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import attrs

Headers = Sequence[tuple[str, str]]
"""Names and values in their order; a byte of the wire is a character (Latin-1)."""


@attrs.frozen(kw_only=True)
class Exchange:
    """One request and its answer."""

    url: str
    """The address that was asked for."""
    fetched_at: dt.datetime
    """When the answer arrived (aware)."""
    status: int
    """The HTTP status."""
    headers: Headers
    """The header of the answer, as received."""
    body: bytes = attrs.field(repr=lambda body: f"<{len(body)} bytes>")
    """The body as received: chunks joined, any Content-Encoding still on it."""
    protocol: str = "HTTP/1.1"
    """The version of HTTP that was spoken."""
    method: str = "GET"
    """What was asked."""
    request_headers: Headers = ()
    """The header of the request, without Host."""
    ip_address: str | None = None
    """The address that answered."""


@attrs.frozen(kw_only=True)
class Original:
    """The record that a revisit refers to, because it holds the same payload."""

    record_id: str
    """Its WARC-Record-ID."""
    url: str
    """Its WARC-Target-URI."""
    date: str
    """Its WARC-Date."""
    payload_digest: str | None = None
    """Its WARC-Payload-Digest."""


def header_of(headers: Headers, name: str) -> str | None:
    """Return what *headers* say by *name*, repeated ones joined by commas; None without any."""
    values = [value for known, value in headers if known.lower() == name.lower()]
    return ", ".join(values) if values else None
