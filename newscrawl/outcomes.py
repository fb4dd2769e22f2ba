"""Outcomes of requests: every requested address gets a row, so that none is lost in silence."""

from __future__ import annotations

import datetime as dt
from types import MappingProxyType

import attrs

OUTCOMES = MappingProxyType(
    {
        "stored": "an article was stored for the first time",
        "updated": "an article's text had changed, and a new version was stored",
        "unchanged": "an article was seen again as it was (or the server answered 304)",
        "continuation": "a later page of an article, which was joined to its first page",
        "source": "a feed, sitemap, home or section page was read for links",
        "not_article": "the page is something else; the reason says what",
        "opted_out": "the publisher does not want it kept; the reason says how that is said",
        "redirect": "the address sent us on to another one",
        "robots": "robots.txt forbids it",
        "http_error": "the server answered with an error status",
        "timeout": "no complete answer within the time limit",
        "dns_error": "the host's name could not be resolved",
        "connection": "the connection failed or was cut",
        "protocol_error": "the answer was not HTTP",
        "tls_error": "the certificate is not valid",
        "forbidden_address": "the address is private or not HTTP(S)",
        "offsite": "the address is on another site",
        "bad_url": "the address cannot be requested",
        "redirect_loop": "too many redirects",
        "too_large": "the page is over the size limit",
        "truncated": "the page arrived incomplete",
        "empty": "the page has no content",
        "not_html": "the content is not a page: an image, a PDF, …",
        "bad_encoding": "the content encoding is unknown or broken",
        "bad_xml": "a feed or sitemap could not be read",
        "blocked": "the server refused robots, or showed a challenge",
        "over_limit": "a limit of the run was reached before it was requested",
        "parse_error": "the page could not be read; the reason says why",
        "error": "an error of ours; the log has the details",
    }
)
"""Every outcome and its meaning; the archive refuses any other."""

REDIRECTS = frozenset({301, 302, 303, 307, 308})
"""The HTTP statuses whose Location is followed."""
PERMANENT = frozenset({301, 308})
"""The HTTP statuses of a redirect that a client may remember (RFC 9110, 15.4)."""


@attrs.frozen(kw_only=True)
class Evidence:
    """Where the page lies as it was received."""

    file: str
    """The WARC file, relative to the folder of the archive."""
    offset: int
    """Where its record begins, in bytes."""
    length: int
    """The length of the record as compressed, in bytes."""
    record_id: str | None = None
    """The WARC-Record-ID."""


@attrs.frozen(kw_only=True)
class Observation:
    """One request and its outcome."""

    url: str
    """The address as requested."""
    outcome: str = attrs.field(validator=attrs.validators.in_(OUTCOMES))
    """One of OUTCOMES."""
    reason: str | None = None
    """More about the outcome, for a person: `soft_404: the headline says not found`."""
    status: int | None = None
    """The HTTP status; None where there was no answer."""
    fetched_at: dt.datetime
    """When the answer arrived (UTC)."""
    final_url: str | None = None
    """Where a redirect led."""
    etag: str | None = None
    """The ETag header."""
    last_modified: str | None = None
    """The Last-Modified header as sent."""
    content_type: str | None = None
    """The Content-Type header as sent."""
    size: int | None = None
    """The length of the body, in bytes."""
    digest: str | None = None
    """The SHA-256 of the body, in hexadecimal."""
    opt_outs: tuple[str, ...] = ()
    """Opt-outs of the page, each with its source: `noarchive (meta)`, `tdm (header)` …"""
    evidence: Evidence | None = None
    """Where the answer is kept as received; None where no evidence is kept."""
