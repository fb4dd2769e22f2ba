"""WARC 1.1 records to be written (ISO 28500:2017), each a gzip member of its own. Pure."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
import zlib
from collections.abc import Sequence
from http import HTTPStatus
from urllib.parse import urlsplit

import attrs

from newscrawl.errors import WarcError
from newscrawl.warc.content_encoding import PackingError, unpack_as_named
from newscrawl.warc.members import HEAD, MAX_RECORD

Headers = Sequence[tuple[str, str]]
"""Names and values in their order; a byte of the wire is a character (Latin-1)."""

NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
SAME_PAYLOAD = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"

EXTRACTED = "urn:newscrawl:extracted:"
"""Prefix of the address of a metadata record, before the address of its page."""

VIEW = "urn:view:"
"""Prefix of the address of a screenshot, before the address of its page."""

_LEVEL = 6
_PACKINGS = frozenset({"gzip", "x-gzip", "deflate", "br", "zstd"})
# True of the bytes on the wire, not of a body of which only the unpacked form is known.
_WIRE_HEADERS = {"transfer-encoding", "content-encoding", "content-length"}
_SECRETS = frozenset({"authorization", "proxy-authorization"})
_LINE_ENDS = str.maketrans("\r\n\x00", "   ")


@attrs.frozen(kw_only=True)
class Exchange:
    """One request and its answer."""

    url: str
    """Requested address."""
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
    """The method of the request."""
    request_headers: Headers = ()
    """The header of the request, without Host."""
    ip_address: str | None = None
    """The address that answered."""
    fields: tuple[tuple[str, str], ...] = ()
    """Further named fields of the record of the answer."""
    deflated: bytes | None = attrs.field(default=None, eq=False, repr=False)
    """The body as `deflated` makes it, where that is done already."""


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


def unpacked(exchange: Exchange) -> Exchange:
    """Return *exchange* without the Content-Encoding of its body, if that can be undone.

    Headers that describe the wire (chunks, compression) are kept under X-Archive-Orig-.
    """
    encoding = header_of(exchange.headers, "Content-Encoding")
    if not encoding or not exchange.body:
        return exchange
    try:
        body = unpack_as_named(exchange.body, encoding, MAX_RECORD)
    except PackingError:
        return exchange
    headers = headers_of_unpacked(exchange.headers, body)
    return attrs.evolve(exchange, body=body, headers=headers, deflated=None)


def headers_of_unpacked(headers: Headers, body: bytes) -> Headers:
    """Return the headers of an answer of which the unpacked *body* is stored."""
    kept = (
        (f"X-Archive-Orig-{name}" if name.lower() in _WIRE_HEADERS else name, value)
        for name, value in headers
    )
    return (*kept, ("Content-Length", str(len(body))))


def header_of(headers: Headers, name: str) -> str | None:
    """Return the value of *name* in *headers*, repeated ones joined by commas, or None."""
    values = [value for known, value in headers if known.lower() == name.lower()]
    return ", ".join(values) if values else None


class RecordTooLongError(WarcError):
    """A record is longer than MAX_RECORD: it could not be read again. Nothing is written."""


@attrs.frozen(kw_only=True)
class NewRecord:
    """One record, before it is written."""

    kind: str
    """The WARC-Type."""
    record_id: str = attrs.field(factory=lambda: f"<{uuid.uuid4().urn}>")
    """The WARC-Record-ID."""
    fields: tuple[tuple[str, str | None], ...]
    """The named fields but type, id, length and block digest; one without value is left out."""
    head: bytes = b""
    """The HTTP header, before the payload."""
    payload: bytes = b""
    """The rest of the block."""
    is_packed: bool = False
    """True if the payload is compressed already."""
    deflated: bytes | None = None
    """The payload as `deflated` makes it, where that is done already."""

    def as_member(self) -> bytes:
        """Return the record as a gzip member.

        A payload that came compressed is stored in it as it is: deflating it again takes twenty
        times as long and saves nothing. Raises RecordTooLongError.
        """
        head, end = self._named_fields() + self.head, b"\r\n\r\n"
        packer = zlib.compressobj(_LEVEL, wbits=-15)
        packed = packer.compress(head)
        if self.is_packed or self.deflated is not None:
            packed += packer.flush(zlib.Z_FULL_FLUSH)
            packer = zlib.compressobj(0 if self.is_packed else _LEVEL, wbits=-15)
        if self.deflated is None:
            packed += packer.compress(self.payload)
        else:
            packed += self.deflated
        packed += packer.compress(end) + packer.flush()
        check = zlib.crc32(end, zlib.crc32(self.payload, zlib.crc32(head)))
        size = (len(head) + len(self.payload) + len(end)) & 0xFFFFFFFF
        return HEAD + packed + check.to_bytes(4, "little") + size.to_bytes(4, "little")

    def content(self) -> bytes:
        """Return the record, not packed. Raises RecordTooLongError."""
        return b"".join((self._named_fields(), self.head, self.payload, b"\r\n\r\n"))

    def _named_fields(self) -> bytes:
        block = hashlib.sha256(self.head)
        block.update(self.payload)
        fields = (
            ("WARC-Type", self.kind),
            ("WARC-Record-ID", self.record_id),
            *self.fields,
            ("WARC-Block-Digest", f"sha256:{block.hexdigest()}"),
            ("Content-Length", str(len(self.head) + len(self.payload))),
        )
        lines = _lines("WARC/1.1", tuple((k, v) for k, v in fields if v), "utf-8")
        refuse_too_long(len(lines) + len(self.head) + len(self.payload) + 4)
        return lines


def refuse_too_long(length: int) -> None:
    """Check a record's *length* in bytes. Raises RecordTooLongError if it is too long."""
    if length > MAX_RECORD:
        raise RecordTooLongError(
            f"a record of {length:,} bytes is longer than {MAX_RECORD:,}: it is not written"
        )


def deflated(payload: bytes) -> bytes:
    """Return *payload* as blocks of Deflate, to stand in a member: none of them is the last."""
    packer = zlib.compressobj(_LEVEL, wbits=-15)
    return packer.compress(payload) + packer.flush(zlib.Z_FULL_FLUSH)


def member_of(record: bytes) -> bytes:
    """Return a whole *record* of another program as a gzip member like ours."""
    packer = zlib.compressobj(_LEVEL, wbits=-15)
    packed = packer.compress(record) + packer.flush()
    size = len(record) & 0xFFFFFFFF
    return HEAD + packed + zlib.crc32(record).to_bytes(4, "little") + size.to_bytes(4, "little")


def info_record(file: str, about: tuple[tuple[str, str], ...], at: dt.datetime) -> NewRecord:
    """Return the record that begins *file*: which program wrote it, and how."""
    return NewRecord(
        kind="warcinfo",
        fields=(
            ("WARC-Date", _utc(at)),
            ("WARC-Filename", file),
            ("Content-Type", "application/warc-fields"),
        ),
        payload="".join(f"{name}: {value}\r\n" for name, value in about).encode(),
    )


def response_record(exchange: Exchange) -> NewRecord:
    """Return the record of an answer as it was received."""
    packing = header_of(exchange.headers, "Content-Encoding") or ""
    return NewRecord(
        kind="response",
        fields=(
            *_visit_fields(exchange),
            ("WARC-IP-Address", exchange.ip_address),
            ("WARC-Payload-Digest", payload_digest(exchange.body)),
            *exchange.fields,
            ("Content-Type", "application/http; msgtype=response"),
        ),
        head=_answer_head(exchange),
        payload=exchange.body,
        deflated=exchange.deflated,
        is_packed=packing.rpartition(",")[2].strip().lower() in _PACKINGS,
    )


def revisit_record(exchange: Exchange, original: Original) -> NewRecord:
    """Return the record of an answer with the same content as *original*.

    It has the header of this answer. Status 304 is the server's own word that nothing has
    changed; any other means that the payload was sent again, byte for byte.
    """
    is_not_modified = exchange.status == HTTPStatus.NOT_MODIFIED
    return NewRecord(
        kind="revisit",
        fields=(
            *_visit_fields(exchange),
            ("WARC-IP-Address", exchange.ip_address),
            ("WARC-Profile", NOT_MODIFIED if is_not_modified else SAME_PAYLOAD),
            ("WARC-Refers-To", original.record_id),
            ("WARC-Refers-To-Target-URI", original.url),
            ("WARC-Refers-To-Date", original.date),
            ("WARC-Payload-Digest", original.payload_digest),
            ("Content-Type", "application/http; msgtype=response"),
        ),
        head=_answer_head(exchange),
    )


def request_record(exchange: Exchange, answer_id: str) -> NewRecord:
    """Return the record of the request, without headers that would give access to others."""
    parts = urlsplit(exchange.url)
    path = parts.path or "/"
    target = f"{path}?{parts.query}" if parts.query else path
    sent = [("Host", parts.netloc.rpartition("@")[2]), *exchange.request_headers]
    headers = tuple((name, value) for name, value in sent if name.lower() not in _SECRETS)
    return NewRecord(
        kind="request",
        fields=(
            *_visit_fields(exchange),
            ("WARC-Concurrent-To", answer_id),
            ("Content-Type", "application/http; msgtype=request"),
        ),
        head=_lines(f"{exchange.method} {target} HTTP/1.1", headers, "latin-1"),
    )


def resource_record(url: str, at: dt.datetime, content_type: str, payload: bytes) -> NewRecord:
    """Return the record of a file that was made here, such as the picture of a page."""
    return NewRecord(
        kind="resource",
        fields=(
            ("WARC-Date", _utc(at)),
            ("WARC-Target-URI", url),
            ("Content-Type", content_type),
        ),
        payload=payload,
        is_packed=True,
    )


def metadata_record(
    exchange: Exchange, answer_id: str, json: bytes, deflated_json: bytes | None = None
) -> NewRecord:
    """Return the record of the values read off an answer, as JSON.

    *deflated_json* is the JSON as `deflated` makes it, where that is done already. The record
    has an address of its own: by that of the page, pywb would show it instead of the page.
    """
    return NewRecord(
        kind="metadata",
        fields=(
            ("WARC-Date", _utc(exchange.fetched_at)),
            ("WARC-Target-URI", f"{EXTRACTED}{exchange.url}"),
            ("WARC-Refers-To", answer_id),
            ("Content-Type", "application/json"),
        ),
        payload=json,
        deflated=deflated_json,
    )


def payload_digest(payload: bytes) -> str:
    """Return the WARC-Payload-Digest of *payload*: SHA-256 in hexadecimal, as named."""
    return f"sha256:{hashlib.sha256(payload).hexdigest()}"


def _visit_fields(exchange: Exchange) -> tuple[tuple[str, str], ...]:
    return ("WARC-Date", _utc(exchange.fetched_at)), ("WARC-Target-URI", exchange.url)


def _answer_head(exchange: Exchange) -> bytes:
    try:
        phrase = HTTPStatus(exchange.status).phrase
    except ValueError:
        phrase = ""
    line = f"{exchange.protocol} {exchange.status} {phrase}".rstrip()
    return _lines(line, exchange.headers, "latin-1")


def _lines(first: str, headers: Headers, encoding: str) -> bytes:
    lines = [first, *(f"{name}: {value.translate(_LINE_ENDS)}" for name, value in headers)]
    return ("\r\n".join(lines) + "\r\n\r\n").encode(encoding, "replace")


def _utc(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
