"""Outcomes of requests: every requested address gets a row, so that none is lost in silence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from enum import StrEnum
from typing import Literal, Self

import attrs

OutcomeGroup = Literal["article", "part", "no_article", "not_requested", "failure"]
"""Kinds of outcomes."""


class Outcome(StrEnum):
    """Outcome of a request, with its meaning; the archive refuses any other."""

    meaning: str
    """One sentence about it, for a person."""

    def __new__(cls, value: str, meaning: str = "") -> Self:
        """Make a member of *value*."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.meaning = meaning
        return member

    @property
    def group(self) -> OutcomeGroup:
        """Group of the outcome.

        article: the page shows one, new or known; part: it was read or stored for an article or
        for its links; no_article: it was received, and is not stored as an article;
        not_requested: no request was sent; failure: it could not be received or read.
        """
        return _GROUPS.get(self, "failure")

    STORED = "stored", "an article was stored for the first time"
    UPDATED = "updated", "an article's text had changed, and a new version was stored"
    UNCHANGED = "unchanged", "an article was seen again as it was (or the server answered 304)"
    CONTINUATION = (
        "continuation",
        "a later page of an article, which was joined to its first page",
    )
    SOURCE = "source", "a feed, sitemap, home or section page was read for links"
    REQUISITE = (
        "requisite",
        "a stylesheet, image or font of a page; a reason says why it was not stored",
    )
    NOT_ARTICLE = "not_article", "the page is of another kind, which the reason names"
    OPTED_OUT = (
        "opted_out",
        "the publisher does not want it stored; the reason names the opt-out",
    )
    REDIRECT = "redirect", "the address sent us on to another one"
    ROBOTS = "robots", "robots.txt forbids it"
    HTTP_ERROR = "http_error", "the server answered with an error status"
    TIMEOUT = "timeout", "no complete answer within the time limit"
    DNS_ERROR = "dns_error", "the host's name could not be resolved"
    CONNECTION = "connection", "the connection failed or was cut"
    PROTOCOL_ERROR = "protocol_error", "the answer was not HTTP"
    TLS_ERROR = "tls_error", "the certificate is not valid"
    FORBIDDEN_ADDRESS = "forbidden_address", "the address is private or not HTTP(S)"
    OFFSITE = "offsite", "the address is on another site"
    BAD_URL = "bad_url", "the address cannot be requested"
    REDIRECT_LOOP = "redirect_loop", "too many redirects"
    TOO_LARGE = "too_large", "the page is over the size limit"
    TRUNCATED = "truncated", "the page arrived incomplete"
    EMPTY = "empty", "the page has no content"
    NOT_HTML = "not_html", "the content is not a page: an image, a PDF, …"
    BAD_ENCODING = "bad_encoding", "the content encoding is unknown or broken"
    BAD_XML = "bad_xml", "a feed or sitemap could not be read"
    BLOCKED = "blocked", "the server refused robots, or showed a challenge"
    OVER_LIMIT = "over_limit", "a limit of the run was reached before it was requested"
    PARSE_ERROR = "parse_error", "the page could not be read; the reason says why"
    ERROR = "error", "an error of ours; the log has the details"


ARTICLE_OUTCOMES = (Outcome.STORED, Outcome.UPDATED, Outcome.UNCHANGED)
"""Outcomes of a request that brought an article, new or known."""

NOT_REQUESTED = (
    *(Outcome.ROBOTS, Outcome.OFFSITE, Outcome.FORBIDDEN_ADDRESS),
    *(Outcome.BAD_URL, Outcome.OVER_LIMIT),
)
"""Outcomes of addresses to which no request was sent."""

_PARTS = (Outcome.CONTINUATION, Outcome.SOURCE, Outcome.REQUISITE)
_NO_ARTICLE = (Outcome.NOT_ARTICLE, Outcome.OPTED_OUT, Outcome.REDIRECT, Outcome.NOT_HTML)
_GROUPS: Mapping[Outcome, OutcomeGroup] = {
    **dict.fromkeys(ARTICLE_OUTCOMES, "article"),
    **dict.fromkeys(_PARTS, "part"),
    **dict.fromkeys(_NO_ARTICLE, "no_article"),
    **dict.fromkeys(NOT_REQUESTED, "not_requested"),
}

REDIRECTS = frozenset({301, 302, 303, 307, 308})
"""The HTTP statuses whose Location is followed."""
PERMANENT = frozenset({301, 308})
"""The HTTP statuses of a redirect that a client may remember (RFC 9110, 15.4)."""


Problem = tuple[Outcome, str]
"""Outcome and reason of a page that cannot be read, or is refused."""


@attrs.frozen(kw_only=True)
class Evidence:
    """Place of a page as it was received."""

    file: str
    """The WARC file, relative to the folder of the archive."""
    offset: int
    """Start of its record, in bytes."""
    length: int
    """The length of the record as compressed, in bytes."""
    record_id: str | None = None
    """The WARC-Record-ID."""


@attrs.frozen(kw_only=True)
class Statement:
    """One statement of a publisher about the use of its pages by machines."""

    signal: str
    """content-signal, content-usage, ai-robots, rsl, tdm or robots."""
    stated_in: str
    """robots.txt, tdmrep.json, header, meta or link."""
    words: str
    """The words as printed, in one line."""


@attrs.frozen(kw_only=True)
class Box:
    """Place and size on the screen, in CSS pixels."""

    x: int
    """From the left edge of the page."""
    y: int
    """From its top."""
    width: int
    """The width."""
    height: int
    """The height."""


@attrs.frozen(kw_only=True)
class DrawnLink:
    """A link on a page that a browser drew."""

    url: str
    """The absolute address."""
    text: str
    """The text within it."""
    box: Box | None
    """The place of the link, or of the block that leads to it alone; None if not visible."""


@attrs.frozen(kw_only=True)
class Observation:
    """One request and its outcome."""

    url: str
    """The address as requested."""
    outcome: Outcome = attrs.field(converter=Outcome)
    """One of `Outcome`."""
    reason: str | None = None
    """More about the outcome, for a person: `soft_404: the headline says not found`."""
    kind: str | None = None
    """Kind of an answer that is no article; None for an article and for a failure.

    Of a source home, section, page, feed, sitemap, robots.txt or tdmrep.json; of another page
    its `Article.page_kind`.
    """
    status: int | None = None
    """The HTTP status; None where there was no answer."""
    fetched_at: dt.datetime
    """When the answer arrived (UTC)."""
    final_url: str | None = None
    """Target of a redirect."""
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
    statements: tuple[Statement, ...] = ()
    """Statements of the answer about its use by machines, word for word."""
    drawn_links: tuple[DrawnLink, ...] = attrs.field(default=(), repr=False)
    """Links of a home or section page that a browser drew, in page order."""
    evidence: Evidence | None = None
    """Place of the answer as received; None if no evidence is stored."""
    source_url: str | None = None
    """Address of the capture in another archive; None for a visit of our own."""
    source_digest: str | None = None
    """Digest of the capture in the index of that archive."""
