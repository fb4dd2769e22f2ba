"""Reading of one record: a response, a text, or the note that a page had not changed."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import logging
import re
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any

import attrs
from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from newscrawl.errors import WarcError
from newscrawl.formats.magic_bytes import GZIP, ZSTANDARD
from newscrawl.limits import size_text
from newscrawl.outcomes import Outcome, Problem
from newscrawl.warc.content_encoding import PackingError, unpack_as_named
from newscrawl.warc.members import MAX_RECORD, read_content
from newscrawl.warc.scan import END_OF_HEAD, HEAD, record_length

# It warns of addresses with spaces, which are read all the same.
logging.getLogger("warcio").addHandler(logging.NullHandler())

Reference = tuple[str, dt.datetime | None]
"""An address and a time: the capture that a record refers to."""

_ALGORITHMS = frozenset({"md5", "sha1", "sha224", "sha256", "sha384", "sha512", "blake2b"})
_TARGET = re.compile(rb"^warc-target-uri:", re.IGNORECASE | re.MULTILINE)
_DIGITS = 14
_FIRST_YEAR, _LAST_YEAR = 1970, 3000
"""Dates outside are of no crawl, and cannot be reckoned with at the ends of the calendar."""


@attrs.frozen(kw_only=True)
class Record:
    """The content of one record."""

    kind: str
    """Its WARC-Type: response, revisit, conversion, resource …"""
    url: str
    """Requested address."""
    date: dt.datetime | None
    """When (UTC); None where `stated_date` is missing, cannot be read or is of no crawl."""
    stated_date: str = ""
    """The date as the record has it."""
    record_id: str | None
    """Its WARC-Record-ID; None in ARC files, which have none."""
    status: int | None
    """The HTTP status; None where the record is no HTTP message."""
    headers: tuple[tuple[str, str], ...]
    """The HTTP headers, names in small letters."""
    body: bytes
    """The content, with transfer and content encoding undone."""
    problem: Problem | None = None
    """Outcome and reason where the content is not whole; an `Outcome`."""
    refers_to: Reference | None = None
    """Of a revisit: the capture that showed the same."""

    def header(self, name: str) -> str | None:
        """Return the first HTTP header of that *name*, given in small letters."""
        return next((value for key, value in self.headers if key == name), None)


class DamagedRecordError(WarcError):
    """No whole record lies at a place of a file; *reason* says why."""

    def __init__(self, where: str, reason: str) -> None:
        super().__init__(f"{where} is damaged: {reason}")
        self.reason = reason


def read_record(
    path: Path, offset: int, length: int, *, max_size: int, content: bytes | None = None
) -> Record:
    """Return the record at *offset* of a WARC, WET or ARC file.

    *content* is the record unpacked, where that is known. A body over *max_size* bytes is a
    problem of the record. Raises DamagedRecordError if no whole record is there, or its content
    does not match its digest, and WarcError if the file cannot be read.
    """
    where = f"{path} at byte {offset}"
    try:
        if content is None:
            content = read_content(path, offset, length)
        return _record_from(content, max_size)
    except OSError as error:
        raise WarcError(f"cannot read {path}: {error.strerror or error}") from error
    except (ArchiveLoadFailed, ValueError, EOFError, StopIteration) as error:
        raise DamagedRecordError(where, str(error) or "no record") from error
    except Exception as error:  # warcio raises what it meets: a bad record costs itself only
        reason = f"{type(error).__name__}: {error}"[:200]
        raise DamagedRecordError(where, reason) from error


_TYPED = {"conversion": "text/plain; charset=utf-8", "resource": None}
"""Content type of records without HTTP headers; None for the record's own."""


def _headers_of(found: Any, http: Any) -> tuple[tuple[str, str], ...]:
    """Return the HTTP headers of a record, or its content type if it has none of its own."""
    if found.rec_type in _TYPED:
        return (("content-type", _TYPED[found.rec_type] or found.content_type or ""),)
    return tuple((name.lower(), value) for name, value in http.headers) if http else ()


def _whole_length(content: bytes) -> int:
    """Return the length of the whole record that *content* begins with.

    A record over MAX_RECORD is longer than *content*. Raises ValueError if it is cut or none.
    """
    whole = record_length(content[:HEAD])
    if whole is None:
        raise ValueError("no record")
    if len(content) < min(whole, MAX_RECORD):
        raise ValueError("the record is cut")
    if content.startswith(b"WARC/") and _TARGET.search(content, 0, min(whole, HEAD)) is None:
        raise ValueError("it has no WARC-Target-URI")
    return whole


def _record_from(content: bytes, max_size: int) -> Record:
    whole = _whole_length(content)
    is_arc, is_long = not content.startswith(b"WARC/"), whole > len(content)
    all_at_once = {"arc2warc": True, "block_size": len(content)}
    found = next(iter(ArchiveIterator(BytesIO(content), **all_at_once)))
    named = found.rec_headers.get_header
    payload = found.raw_stream.read(MAX_RECORD)
    http = found.http_headers
    if found.rec_type == "response" and not _is_http(content, whole):
        # Programs wrote pages of HTTP/0.9 so, and pages alone.
        http, payload = None, _block(content, whole)
    headers = _headers_of(found, http)
    kind = found.rec_type
    body, problem = payload, _too_large(max_size)
    if not is_long:
        body, problem = _body(headers, payload, max_size)
    if kind != "revisit" and not (is_arc or is_long):
        _check_digests(named, content[:whole], payload, body)
    return Record(
        kind=kind,
        url=(named("WARC-Target-URI") or "").strip("<>"),
        date=moment_from(named("WARC-Date")),
        stated_date=named("WARC-Date", "").strip(),
        record_id=None if is_arc else named("WARC-Record-ID"),
        status=_status(http),
        headers=headers,
        body=body,
        problem=_cut(named("WARC-Truncated")) or problem,
        refers_to=_reference(named),
    )


def _start_of_block(content: bytes) -> int:
    """Return where the block of a record begins, after its header."""
    if not content.startswith(b"WARC/"):
        return content.find(b"\n") + 1
    mark = END_OF_HEAD.search(content)
    return mark.end() if mark else len(content)


def _block(content: bytes, whole: int) -> bytes:
    """Return the block of a record."""
    return content[_start_of_block(content) : whole]


def _is_http(content: bytes, whole: int) -> bool:
    start = _start_of_block(content)
    return content[start : min(start + 64, whole)].lstrip().upper().startswith(b"HTTP/")


def _status(http: Any) -> int | None:
    code = http.get_statuscode() if http else ""
    is_status = code.isascii() and code.isdigit() and len(code) == 3 and code[0] != "0"
    return int(code) if is_status else None


def _cut(truncated: str | None) -> Problem | None:
    return (Outcome.TRUNCATED, f"the record was cut: {truncated}"[:100]) if truncated else None


def _body(
    headers: tuple[tuple[str, str], ...], payload: bytes, max_size: int
) -> tuple[bytes, Problem | None]:
    """Return the content as a browser sees it, and its outcome and reason if it is damaged."""
    named = dict(reversed(headers))
    if "chunked" in named.get("transfer-encoding", "").lower():
        whole, is_cut = _without_chunks(payload)
        if is_cut:
            return whole, (Outcome.TRUNCATED, "the last chunk is missing")
        payload = whole
    packing = named.get("content-encoding", "")
    if not packing or not payload:
        return payload, None if len(payload) <= max_size else _too_large(max_size)
    if payload[:2] == b"\r\n":  # crawlers wrote a line end too many before the content
        payload = payload[2:] if payload[2:].startswith((GZIP, ZSTANDARD)) else payload
    try:
        return unpack_as_named(payload, packing, max_size), None
    except PackingError as error:
        return payload, (error.outcome, error.reason)


def _too_large(max_size: int) -> Problem | None:
    return Outcome.TOO_LARGE, f"over {size_text(max_size)}"


def _without_chunks(payload: bytes) -> tuple[bytes, bool]:
    """Undo `Transfer-Encoding: chunked`; return the content, and True if its end is missing.

    A payload that does not begin with a chunk is the content itself.
    """
    parts: list[bytes] = []
    at = 0
    while True:
        end = payload.find(b"\r\n", at, at + 200)
        size = _chunk_size(payload[at:end]) if end >= 0 else None
        if size is None:
            return (b"".join(parts), True) if parts else (payload, False)
        at = end + 2
        parts.append(payload[at : at + size])
        if size == 0:
            return b"".join(parts), False
        at += size + 2


def _chunk_size(line: bytes) -> int | None:
    digits = line.partition(b";")[0].strip()
    with suppress(ValueError):
        return int(digits, 16) if digits and digits.isalnum() else None
    return None


def _check_digests(named: Any, record: bytes, payload: bytes, body: bytes) -> None:
    """Raise ValueError if no digest of the record fits its content.

    Programs differ in the payload that they digest: with chunks or without, packed or not.
    A digest of any of them is right, and so is one beside a right digest of the whole block.
    One of an algorithm that is not known says nothing.
    """
    of_block = _fits(named("WARC-Block-Digest"), _block(record, len(record)))
    if of_block is None:
        of_payload = named("WARC-Payload-Digest")
        forms = dict.fromkeys((payload, _without_chunks(payload)[0], body))
        is_wrong = all(_fits(of_payload, one) is False for one in forms)
    else:  # it is of all that the payload is part of
        is_wrong = not of_block
    if is_wrong:
        raise ValueError("the content does not match its digest")


def _fits(digest: str | None, content: bytes) -> bool | None:
    """Return whether *digest* is of *content*; None where it says nothing."""
    name, _, value = (digest or "").strip().partition(":")
    algorithm = name.strip().lower().replace("sha-", "sha")
    if algorithm not in _ALGORITHMS or not value.strip():
        return None
    found = hashlib.new(algorithm, content, usedforsecurity=False)
    in_base32 = base64.b32encode(found.digest()).decode().rstrip("=")
    return value.strip().upper().rstrip("=") in {in_base32, found.hexdigest().upper()}


def _reference(named: Any) -> Reference | None:
    url = named("WARC-Refers-To-Target-URI")
    return (url.strip("<>"), moment_from(named("WARC-Refers-To-Date"))) if url else None


def moment_from(text: str | None) -> dt.datetime | None:
    """Return a WARC-Date as an aware datetime in UTC; None where it is none of this age."""
    text = (text or "").strip()
    try:
        if len(text) == _DIGITS and text.isascii() and text.isdigit():
            moment = dt.datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=dt.UTC)
        else:
            moment = dt.datetime.fromisoformat(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=dt.UTC)
        moment = moment.astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return None
    return moment if _FIRST_YEAR <= moment.year < _LAST_YEAR else None
