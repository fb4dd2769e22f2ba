"""The newspaper's web server: real HTTP on 127.0.0.1, with a record of its requests."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import time
from collections.abc import Mapping
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import attrs

from newscrawl.sample_site.newspaper import Newspaper
from newscrawl.sample_site.responses import Answer, answer_for

CONTROL = "/__newsroom__/"
HOST = "127.0.0.1"


@attrs.frozen(kw_only=True)
class Asked:
    """One request as the server saw it."""

    path: str
    status: int
    at: float
    """Seconds on the server's monotonic clock."""
    user_agent: str
    conditional: bool


class NewsroomServer(ThreadingHTTPServer):
    """A server of one newspaper; `requests` holds the requests in order."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, port: int, paper: Newspaper, *, crawl_delay: float, slow: float) -> None:
        super().__init__((HOST, port), NewsroomHandler)
        self.paper = paper
        self.crawl_delay = crawl_delay
        self.slow = slow
        self.requests: list[Asked] = []

    @property
    def base_url(self) -> str:
        """The address of the newspaper, without a slash at its end."""
        return f"http://{HOST}:{self.server_port}"

    def turn_to(self, edition: int) -> None:
        """Print that edition from now on."""
        self.paper = attrs.evolve(self.paper, edition=edition)


class NewsroomHandler(BaseHTTPRequestHandler):
    """Answer GET and HEAD for the newspaper, and POST for the tests' controls."""

    server: NewsroomServer
    protocol_version = "HTTP/1.1"
    server_version = "newsroom"
    sys_version = ""
    timeout = 30

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the base class's name
        """Stay silent: the tests read the record instead."""

    def do_GET(self) -> None:
        """Answer with a page, a redirect, 304 or 404."""
        if self.path.startswith(CONTROL):
            rows = [attrs.asdict(asked) for asked in self.server.requests]
            self._send(Answer.of_json(json.dumps(rows, ensure_ascii=False)))
            return
        host = self.headers.get("Host") or urlsplit(self.server.base_url).netloc
        answer = answer_for(
            self.server.paper, self.path, f"http://{host}", crawl_delay=self.server.crawl_delay
        )
        if answer.is_slow:
            time.sleep(self.server.slow)
        if answer.status == HTTPStatus.OK and self._is_known(answer):
            answer = attrs.evolve(answer, status=HTTPStatus.NOT_MODIFIED, body=b"")
        self._record(answer.status)
        self._send(answer)

    do_HEAD = do_GET  # noqa: N815  # http.server's name

    def do_POST(self) -> None:
        """Turn to another edition: `POST /__newsroom__/edition` with its number."""
        body = self.rfile.read(min(int(self.headers.get("Content-Length") or 0), 10))
        if self.path != f"{CONTROL}edition" or body not in {b"1", b"2"}:
            self._send(Answer.of_json('"no such control"', status=HTTPStatus.NOT_FOUND))
            return
        self.server.turn_to(int(body))
        self._send(Answer.of_json(body.decode("ascii")))

    def _record(self, status: int) -> None:
        conditional = "If-None-Match" in self.headers or "If-Modified-Since" in self.headers
        self.server.requests.append(
            Asked(
                path=unquote(self.path),
                status=status,
                at=time.monotonic(),
                user_agent=self.headers.get("User-Agent", ""),
                conditional=conditional,
            )
        )

    def _is_known(self, answer: Answer) -> bool:
        """Return whether the client has this answer (If-None-Match goes first.

        RFC 9110, 13.2.2).
        """
        tags = self.headers.get("If-None-Match")
        if tags is not None:
            return etag(answer.body) in tags
        since = self.headers.get("If-Modified-Since")
        if since is None or answer.modified is None:
            return False
        try:
            return answer.modified <= parsedate_to_datetime(since)
        except ValueError:
            return False

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in self._headers_of(answer).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    def _headers_of(self, answer: Answer) -> Mapping[str, str]:
        headers = {"Content-Type": answer.content_type, "Content-Length": str(len(answer.body))}
        if answer.location:
            headers["Location"] = quote(answer.location, safe="/:?=&%")
        if answer.status == HTTPStatus.OK:
            headers["ETag"] = etag(answer.body)
        if answer.modified is not None:
            headers["Last-Modified"] = format_datetime(
                answer.modified.astimezone(dt.UTC), usegmt=True
            )
        if answer.status == HTTPStatus.NOT_MODIFIED:
            del headers["Content-Type"], headers["Content-Length"]
        return headers


def etag(body: bytes) -> str:
    """Return a strong entity tag."""
    return f'"{hashlib.sha256(body).hexdigest()[:16]}"'
