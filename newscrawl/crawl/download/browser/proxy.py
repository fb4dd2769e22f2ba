"""The proxy on loopback that all requests of the browser go through.

Chromium resolves no name itself: the proxy does, and connects only to addresses that may be
connected to. So redirects, frames, workers, sockets and beacons meet the same guard as pages.
"""

from __future__ import annotations

import asyncio
import re
import socket
from contextlib import suppress

import attrs

from newscrawl.ingest.public_addresses import PrivateHosts
from newscrawl.text.urls import host_of, port_of

_LARGEST_HEAD = 64 * 1024
_BLOCK = 64 * 1024
_SECONDS_TO_CONNECT = 15
_SECONDS_IDLE = 30
_MOST_AT_ONCE = 64
_MOST_BYTES = 64 * 2**20
"""Bytes of one connection: a page that draws from more is not read."""
_MOST_REFUSED = 10_000
_NOTHING = (
    b"\r\nContent-Type: text/plain\r\nContent-Length: 8\r\nConnection: close\r\n\r\nnothing\n"
)
"""The rest of an answer of ours; without a body Chromium would show an error of its own."""
_REQUEST = re.compile(rb"([A-Z]{1,20}) (\S{1,65536}) HTTP/1\.[01]")
_PLACE = re.compile(r"\[?([^\]/\s]{1,255}?)\]?:(\d{1,5})")
_HOP = re.compile(rb"\r\n(?:proxy-[a-z-]+|connection|keep-alive):[^\r\n]*", re.IGNORECASE)

refused_places: set[tuple[str, int]] = set()
"""Hosts and ports to which the browser was not let through."""


class _RefusedPlace(Exception):
    """The place is at no public address."""


@attrs.frozen
class _Wanted:
    """One request of the browser, as its first line says."""

    host: str
    port: int
    method: bytes = b"CONNECT"
    path: bytes = b""

    @property
    def is_tunnel(self) -> bool:
        return self.method == b"CONNECT"


class BrowserProxy:
    """An HTTP proxy on a free port of 127.0.0.1."""

    def __init__(self, private_hosts: PrivateHosts) -> None:
        self._private_hosts = private_hosts
        self._server: asyncio.Server | None = None
        self._places = asyncio.Semaphore(_MOST_AT_ONCE)

    async def start(self) -> str:
        """Begin to listen; return the address."""
        self._server = await asyncio.start_server(
            self._serve, "127.0.0.1", 0, limit=_LARGEST_HEAD
        )
        return "http://{}:{}".format(*self._server.sockets[0].getsockname())

    def close(self) -> None:
        """Listen no more."""
        if self._server is not None:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with self._places:
                await self._answer(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError):
            pass  # either end has gone
        finally:
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), _SECONDS_IDLE)
        wanted = _wanted(head)
        if wanted is None:
            await _say(writer, b"400 Bad Request")
            return
        try:
            its_reader, its_writer = await self._connect(wanted.host, wanted.port)
        except _RefusedPlace:
            if len(refused_places) < _MOST_REFUSED:
                refused_places.add((wanted.host, wanted.port))
            await _say(writer, b"403 Forbidden")
            return
        except (OSError, TimeoutError):
            await _say(writer, b"502 Bad Gateway")
            return
        try:
            if wanted.is_tunnel:
                writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            else:
                its_writer.write(_forwarded(head, wanted))
                await _relay_head(its_reader, writer, reader, its_writer)
            await _join(reader, writer, its_reader, its_writer)
        finally:
            its_writer.close()

    async def _connect(
        self, host: str, port: int
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Connect to an allowed address of *host*; raise _RefusedPlace if it has none."""
        loop = asyncio.get_running_loop()
        found = await asyncio.wait_for(
            loop.getaddrinfo(host, port, type=socket.SOCK_STREAM), _SECONDS_TO_CONNECT
        )
        addresses = dict.fromkeys(str(one[4][0]) for one in found)
        allowed = [one for one in addresses if self._private_hosts.allows(host, one, port)]
        if not allowed:
            raise _RefusedPlace
        error: Exception = OSError("no address")
        for address in allowed[:4]:
            try:
                # The address that was judged, and no name that may have another by now.
                opening = asyncio.open_connection(address, port, limit=_LARGEST_HEAD)
                return await asyncio.wait_for(opening, _SECONDS_TO_CONNECT)
            except (OSError, TimeoutError) as failed:
                error = failed
        raise error


def _wanted(head: bytes) -> _Wanted | None:
    """Return the host and port of a request, in either form of a proxy; None for another."""
    match = _REQUEST.match(head)
    if match is None:
        return None
    method, target = match[1], match[2]
    text = target.decode("latin-1")
    if method == b"CONNECT":
        place = _PLACE.fullmatch(text)
        is_port = place is not None and 0 < int(place[2]) < 65536
        return _Wanted(place[1].lower(), int(place[2])) if place and is_port else None
    host, port = host_of(text), port_of(text)
    if not text.startswith("http://") or not host or not port:
        return None
    return _Wanted(host, port, method, _path_of(target))


def _path_of(target: bytes) -> bytes:
    """Return path and query of an absolute address."""
    place, slash, path = target.removeprefix(b"http://").partition(b"/")
    if b"?" in place:  # http://host?query
        return b"/?" + target.partition(b"?")[2]
    return slash + path or b"/"


def _forwarded(head: bytes, wanted: _Wanted) -> bytes:
    """Return the head of a request for its server: one request a connection."""
    _first, rest = head.split(b"\r\n", 1)
    first = b" ".join((wanted.method, wanted.path, b"HTTP/1.1"))
    return first + _HOP.sub(b"", b"\r\n" + rest[:-2]) + b"Connection: close\r\n\r\n"


async def _relay_head(
    its_reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    reader: asyncio.StreamReader,
    its_writer: asyncio.StreamWriter,
) -> None:
    """Pass on the head of the answer, after which the browser takes another connection.

    A body of the request goes the other way meanwhile.
    """
    sending = asyncio.create_task(_pump(reader, its_writer))
    try:
        while True:
            head = await asyncio.wait_for(its_reader.readuntil(b"\r\n\r\n"), _SECONDS_IDLE)
            if not head.startswith((b"HTTP/1.1 10", b"HTTP/1.0 10")):
                break
        writer.write(_HOP.sub(b"", head[:-2]) + b"Connection: close\r\n\r\n")
    finally:
        sending.cancel()
        with suppress(asyncio.CancelledError, OSError):
            await sending


async def _join(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    its_reader: asyncio.StreamReader,
    its_writer: asyncio.StreamWriter,
) -> None:
    """Pass on both ways until the server has no more; a client may end its own half before."""
    sending = asyncio.create_task(_pump_to_end(reader, its_writer))
    try:
        await _pump(its_reader, writer)
    finally:
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)


async def _pump_to_end(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    await _pump(source, sink)
    if sink.can_write_eof():
        sink.write_eof()


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    passed = 0
    while passed < _MOST_BYTES:
        block = await asyncio.wait_for(source.read(_BLOCK), _SECONDS_IDLE)
        if not block:
            return
        passed += len(block)
        sink.write(block)
        await sink.drain()


async def _say(writer: asyncio.StreamWriter, status: bytes) -> None:
    writer.write(b"HTTP/1.1 " + status + _NOTHING)
    await writer.drain()
