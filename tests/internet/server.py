"""Serve sites over HTTP/1.1 and TLS from listening sockets, and record every request."""

from __future__ import annotations

import gzip
import os
import signal
import socket
import ssl
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any

import attrs
import brotli  # type: ignore[import-untyped]

from tests.internet.site import Answer, Asked, Site, text

_IDLE = 30.0
"""The seconds after which a silent connection is closed."""
_PATIENCE = 30.0
_PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "br": lambda body: bytes(brotli.compress(body, quality=4)),
    "gzip": lambda body: gzip.compress(body, 5, mtime=0),
}


@attrs.frozen
class Kill:
    """A signal to the process under test as its request number *at* arrives, unanswered."""

    at: int
    signal: int = signal.SIGKILL


class Recorder:
    """The requests received so far, over all sites, in order."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self._lock = threading.Lock()
        self._kill: Kill | None = None
        self._kill_number = 0
        self._victim: int | None = None
        self._is_aimed = threading.Event()

    def clear(self) -> None:
        with self._lock:
            self.asked = []

    def arm(self, kill: Kill | None) -> None:
        """Prepare *kill*, counted from the next request; `aim` says whom it is for."""
        with self._lock:
            self._is_aimed.clear()
            self._victim, self._kill = None, kill
            self._kill_number = len(self.asked) + (kill.at if kill else 0)

    def aim(self, pid: int) -> None:
        self._victim = pid
        self._is_aimed.set()

    def note(self, make: Callable[[int], Asked]) -> Asked:
        """Record one request, made from its number, and send the signal that is due with it."""
        with self._lock:
            asked = make(len(self.asked) + 1)
            self.asked.append(asked)
            if self._kill is not None and asked.number == self._kill_number:
                self._is_aimed.wait(_PATIENCE)
                if self._victim is not None:
                    os.kill(self._victim, self._kill.signal)
                self._kill = None
        return asked


class SiteServer(ThreadingHTTPServer):
    """Serves all sites on one listening socket; the Host header says which."""

    daemon_threads = True
    block_on_close = False
    scheme = "http"

    def __init__(
        self, listening: socket.socket, sites: dict[str, Site], recorder: Recorder
    ) -> None:
        super().__init__(("127.0.0.1", 0), _Handler, bind_and_activate=False)
        self.socket.close()
        self.socket = listening
        self.sites, self.recorder = sites, recorder
        self.connections = count(1)

    def handle_error(self, request: object, client_address: object) -> None:
        """Report nothing: clients are killed in the middle of an answer."""


class TlsServer(SiteServer):
    """The same over TLS; the certificate is chosen by the name that the client sends (SNI)."""

    scheme = "https"
    context_for: Callable[[Site, str], ssl.SSLContext]

    def finish_request(self, request: Any, client_address: Any) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.sni_callback = self._choose
        request.settimeout(_IDLE)
        with context.wrap_socket(request, server_side=True) as wrapped:
            super().finish_request(wrapped, client_address)

    def _choose(
        self, wrapped: ssl.SSLObject, name: str | None, _: ssl.SSLContext
    ) -> int | None:
        site = self.sites.get((name or "").lower())
        if site is None or name is None:
            return ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME
        wrapped.context = self.context_for(site, name.lower())
        return None


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = _IDLE
    disable_nagle_algorithm = True
    wbufsize = -1
    server: SiteServer

    def setup(self) -> None:
        super().setup()
        self.connection_number = next(self.server.connections)

    def version_string(self) -> str:
        return "nginx"

    def do_GET(self) -> None:
        asked = self.server.recorder.note(self._asked)
        site = self.server.sites.get(asked.host)
        if site is None:
            self._send(asked, text("no such site", 421), ())
            return
        answer = site.answer(asked)
        if site.delay:
            time.sleep(site.delay)
        self._send(asked, answer, site.encodings)

    def do_HEAD(self) -> None:
        self.do_GET()

    def _asked(self, number: int) -> Asked:
        host = self.headers.get("Host", "").lower()
        port = ":443" if self.server.scheme == "https" else ":80"
        return Asked(
            number=number,
            at=time.monotonic(),
            scheme=self.server.scheme,
            host=host.removesuffix(port),
            # Not self.path: it loses a second slash at the beginning.
            target=self.requestline.split(" ")[1],
            headers={name.lower(): value for name, value in self.headers.items()},
            connection=self.connection_number,
            method=self.command,
        )

    def _send(self, asked: Asked, answer: Answer, encodings: tuple[str, ...]) -> None:
        accepted = {
            part.partition(";")[0].strip()
            for part in asked.headers.get("accept-encoding", "").split(",")
        }
        encoding = next((one for one in encodings if one in accepted), None)
        body = answer.body
        self.send_response(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        if encodings:
            self.send_header("Vary", "Accept-Encoding")
        if encoding and body:
            body = _PACKERS[encoding](body)
            self.send_header("Content-Encoding", encoding)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "keep-alive")
        self.end_headers()
        if asked.method != "HEAD":
            self.wfile.write(body)
        self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass
