"""Stores of captured pages: replay servers, WARC files fetched by range, WARC files here."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from email.utils import format_datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import quote, unquote, urlsplit

import attrs

from newscrawl.errors import FetchError
from newscrawl.formats.magic_bytes import GZIP
from newscrawl.history.cdx import IndexedCapture
from newscrawl.history.client import Client, Reply
from newscrawl.limits import LARGEST_PAGE
from newscrawl.outcomes import REDIRECTS, Outcome
from newscrawl.text.urls import url_key
from newscrawl.warc.members import MAX_RECORD
from newscrawl.warc.new_records import Exchange

_REPLAYED = re.compile(r"/(\d{14})(?:[a-z]{2}_)?/(https?://?.+)", re.DOTALL)
_ORIGINAL = "x-archive-orig-"
_UNTRUE = frozenset({"transfer-encoding", "content-length", "connection", "content-encoding"})
"""Headers of the first transfer that are not true of the one from the store."""
_KNOWN = frozenset({"content-type", "last-modified", "etag", "x-robots-tag", "tdm-reservation"})
"""Headers of a replay server that are those of the page, where it marks none as such."""
_RAW_URL = "!$%&'()*+,/:;=?@[]~"


class BrokenCaptureError(Exception):
    """A store does not have a capture that the index lists, or not whole."""


@attrs.frozen(kw_only=True)
class Taken:
    """A capture as taken from a store: an exchange, or a record as it lies in a WARC file."""

    source_url: str
    """The address or the file that it was taken from."""
    exchange: Exchange | None = None
    record: bytes | None = attrs.field(default=None, repr=False)


class Store(Protocol):
    """A place that holds captures."""

    def take(self, capture: IndexedCapture) -> Taken:
        """Return a capture. Raises BrokenCaptureError if it is not there as listed."""


@attrs.frozen
class ReplayStore:
    """A replay server (the Wayback Machine, pywb): pages as captured, by `id_` addresses."""

    address: str
    client: Client

    def take(self, capture: IndexedCapture) -> Taken:
        """Return the page of *capture*, with the headers that it had.

        Another capture than the one listed, to which servers redirect, is none.
        """
        url = self._address_of(capture.timestamp, capture.url)
        reply = _got(self.client, url, 2 * LARGEST_PAGE)
        elsewhere = _same_capture_at(reply, capture)
        if elsewhere is not None:
            url = self._address_of(capture.timestamp, elsewhere)
            reply = _got(self.client, url, 2 * LARGEST_PAGE)
        _check(reply, capture)
        return Taken(source_url=url, exchange=_exchange_from(reply, capture))

    def _address_of(self, timestamp: str, url: str) -> str:
        return f"{self.address}/{timestamp}id_/{quote(url, safe=_RAW_URL)}"


@attrs.frozen
class RangeStore:
    """WARC files of a server (Common Crawl), whose records are fetched by their place."""

    address: str
    client: Client

    def take(self, capture: IndexedCapture) -> Taken:
        """Return the record of *capture*."""
        if not 0 < capture.length <= MAX_RECORD:
            raise BrokenCaptureError(f"the index states a length of {capture.length} bytes")
        url = f"{self.address}/{quote(capture.file)}"
        end = capture.offset + capture.length
        headers = {"Range": f"bytes={capture.offset}-{end - 1}"}
        reply = _got(self.client, url, capture.length, headers)
        if reply.status != 206 or len(reply.body) != capture.length:
            raise BrokenCaptureError(f"HTTP {reply.status}, {len(reply.body)} bytes")
        return Taken(source_url=url, record=_unpacked(reply.body))


@attrs.frozen
class FolderStore:
    """WARC files in a folder of this machine."""

    folder: Path

    def take(self, capture: IndexedCapture) -> Taken:
        """Return the record of *capture*."""
        path = self.path_of(capture)
        if path is None:
            raise BrokenCaptureError(f"{capture.file} is not in {self.folder}")
        if not 0 < capture.length <= MAX_RECORD:
            raise BrokenCaptureError(f"the index states a length of {capture.length} bytes")
        try:
            with path.open("rb") as file:
                file.seek(capture.offset)
                raw = file.read(capture.length)
        except OSError as error:
            raise BrokenCaptureError(f"{path}: {error.strerror or error}") from error
        return Taken(source_url=path.name, record=_unpacked(raw))

    def path_of(self, capture: IndexedCapture) -> Path | None:
        """Return the file of *capture*, which an index cannot put outside of the folder."""
        names = [name for name in (capture.file, Path(capture.file).name) if name]
        for name in names:
            path = (self.folder / name).resolve()
            if path.is_relative_to(self.folder.resolve()) and path.is_file():
                return path
        return None


def _got(
    client: Client, url: str, most: int, headers: Mapping[str, str] | None = None
) -> Reply:
    """Return the answer of a store; one that is never whole is a broken capture."""
    try:
        return client.get(url, most, headers)
    except FetchError as error:
        if error.outcome in {Outcome.TRUNCATED, Outcome.TOO_LARGE}:
            raise BrokenCaptureError(error.detail) from error
        raise


def _unpacked(raw: bytes) -> bytes:
    """Return a record, a gzip member as a rule, as it is unpacked."""
    if not raw.startswith(GZIP):
        return raw
    unpacking = zlib.decompressobj(wbits=31)
    try:
        record = unpacking.decompress(raw, MAX_RECORD)
    except zlib.error as error:
        raise BrokenCaptureError(f"the record cannot be unpacked: {error}") from error
    if not unpacking.eof:
        raise BrokenCaptureError("the record is cut, or too long")
    return record


def _same_capture_at(reply: Reply, capture: IndexedCapture) -> str | None:
    """Return how a server writes the address of this very capture, if it redirects to that."""
    found = _replayed(reply)
    if found is None or _is_capture(reply):
        return None
    timestamp, url = found
    is_same = timestamp == capture.timestamp and url_key(url) == url_key(capture.url)
    return url if is_same and url != capture.url else None


def _replayed(reply: Reply) -> tuple[str, str] | None:
    """Return the time and the address of the capture that a redirect leads to."""
    found = _REPLAYED.search(reply.header("Location") or "")
    return (found[1], found[2]) if reply.status in REDIRECTS and found else None


def _is_capture(reply: Reply) -> bool:
    """Return whether an answer is a captured one, and not one of the server itself."""
    has_original = any(name.lower().startswith(_ORIGINAL) for name, _ in reply.headers)
    return has_original or reply.header("Memento-Datetime") is not None


def _check(reply: Reply, capture: IndexedCapture) -> None:
    """Raise BrokenCaptureError if *reply* is not *capture*."""
    if not _is_capture(reply):
        found = _replayed(reply)
        if found is not None:
            raise BrokenCaptureError(f"the capture of {found[0]} is shown instead")
        if reply.status == 200:  # a page of the service itself, as of an outage
            raise FetchError(reply.url, Outcome.ERROR, "the service shows no capture")
        raise BrokenCaptureError(f"the service answers HTTP {reply.status}")
    shown = reply.header("Memento-Datetime")
    if shown is not None and shown != format_datetime(capture.captured_at, usegmt=True):
        raise BrokenCaptureError(f"the capture of {shown} is shown instead")
    if capture.status is not None and reply.status != capture.status:
        raise BrokenCaptureError(f"HTTP {reply.status}, where the index says {capture.status}")


def _exchange_from(reply: Reply, capture: IndexedCapture) -> Exchange:
    """Return the exchange of the first transfer, as far as the replay states it."""
    headers = [
        (name, value) for name, value in _stated_headers(reply) if name.lower() not in _UNTRUE
    ]
    names = {name.lower() for name, _ in headers}
    if "content-type" not in names and (kind := reply.header("Content-Type")):
        headers.append(("Content-Type", kind))
    if packing := reply.header("Content-Encoding"):
        headers.append(("Content-Encoding", packing))
    if reply.status in REDIRECTS and "location" not in names:
        headers.append(("Location", _target_of(reply)))
    return Exchange(
        url=capture.url,
        fetched_at=capture.captured_at,
        status=reply.status,
        headers=(*headers, ("Content-Length", str(len(reply.body)))),
        body=reply.body,
        fields=(("WARC-Source-URI", reply.url),),
    )


def _stated_headers(reply: Reply) -> list[tuple[str, str]]:
    """Return the headers of the first transfer: those marked so, or else those passed on."""
    original = [
        (name[len(_ORIGINAL) :], value)
        for name, value in reply.headers
        if name.lower().startswith(_ORIGINAL)
    ]
    return original or [one for one in reply.headers if one[0].lower() in _KNOWN]


def _target_of(reply: Reply) -> str:
    """Return where the captured redirect led, without the server's own address before it."""
    found = _replayed(reply)
    if found is not None:
        return found[1]
    location = reply.header("Location") or ""
    return location if urlsplit(unquote(location)).netloc else ""
