"""A server that answers each path as a test says, and notes what it was asked, and when."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import attrs

from tests.crawling import serving

Writer = Callable[["Asked", BaseHTTPRequestHandler], None]

PARAGRAPHS = (
    "The ferry across the bay runs again since Monday, after eleven weeks in the repair yard.",
    "The council had set aside less money than was needed, and a second vote will be held.",
    "Those who live on the island said that the winter had been long, and the shops empty.",
)


@attrs.frozen
class Asked:
    """One request as the server saw it."""

    path: str
    at: float
    """The server's clock, in seconds."""
    headers: dict[str, str]
    again: int
    """How often the path was asked for before."""


@attrs.frozen
class Answer:
    """One answer; a Content-Length is sent unless *headers* say otherwise."""

    body: bytes = b""
    status: int = 200
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "text/html; charset=utf-8"),)

    def with_header(self, name: str, value: str) -> Answer:
        return attrs.evolve(self, headers=(*self.headers, (name, value)))


def article(headline: str, extra: str = "") -> Answer:
    """Return a page that anyone would take for an article."""
    text = "".join(f"<p>{headline}: {paragraph}</p>" for paragraph in PARAGRAPHS)
    html = (
        f"<html><head><title>{headline}</title>{extra}</head><body><article><h1>{headline}</h1>"
    )
    return Answer(
        f"{html}<time datetime='2026-05-17T10:00:00Z'></time>{text}</article>".encode()
    )


def text(body: str, status: int = 200) -> Answer:
    """Return plain text, such as a robots.txt."""
    return Answer(body.encode(), status, (("Content-Type", "text/plain"),))


class OddServer(ThreadingHTTPServer):
    """The server; a path has an Answer, a list of them in turn, or a writer of its own."""

    daemon_threads = True
    # With the 5 of the standard library a burst waits a second for its connections.
    request_queue_size = 64
    answers: dict[str, Answer | list[Answer] | Writer]

    def __init__(self, host: str = "127.0.0.1") -> None:
        super().__init__((host, 0), _Handler)
        self.answers = {}
        self.asked: list[Asked] = []

    @property
    def url(self) -> str:
        return f"http://{self.server_address[0]!s}:{self.server_port}"

    def times(self, prefix: str = "/") -> list[float]:
        """Return when paths with *prefix* were asked for."""
        return sorted(asked.at for asked in self.asked if asked.path.startswith(prefix))

    def count(self, path: str) -> int:
        """Return how often *path* was asked for."""
        return sum(asked.path == path for asked in self.asked)

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: clients go away in the middle of these answers."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: OddServer

    def do_GET(self) -> None:
        path, again = self.path, self.server.count(self.path)
        asked = Asked(path, time.monotonic(), dict(self.headers), again)
        self.server.asked.append(asked)
        answer = self.server.answers.get(path, text("not here", 404))
        if isinstance(answer, list):
            answer = answer[min(again, len(answer) - 1)]
        if not isinstance(answer, Answer):
            self.close_connection = True
            answer(asked, self)
            return
        self.send_response(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        if not any(name.lower() == "content-length" for name, _ in answer.headers):
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@contextmanager
def odd_server(host: str = "127.0.0.1") -> Iterator[OddServer]:
    """Serve while the block runs."""
    server = OddServer(host)
    with serving(server):
        yield server


@contextmanager
def ferry_times(pages: int) -> Iterator[OddServer]:
    """Serve a site whose sitemap lists so many articles."""
    with odd_server() as server:
        paths = [f"/2026/05/the-ferry-sails-on-day-{number}" for number in range(pages)]
        server.answers |= {path: article(f"The ferry sails: {path[-9:]}") for path in paths}
        server.answers["/sitemap.xml"] = sitemap_of(server, paths)
        server.answers["/robots.txt"] = text(f"Sitemap: {server.url}/sitemap.xml\n")
        server.answers["/"] = Answer(b"<html><body><p>The Ferry Times</p></body></html>")
        yield server


def sitemap_of(server: OddServer, paths: Iterable[str]) -> Answer:
    """Return a sitemap that lists *paths*."""
    listed = "".join(f"<url><loc>{server.url}{path}</loc></url>" for path in paths)
    return text(f"<urlset>{listed}</urlset>")
