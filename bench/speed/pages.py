"""Real pages of the corpus, and a site on 127.0.0.1 that serves them."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import cycle, islice
from pathlib import Path
from urllib.parse import urlsplit

from bench.crawl import Server
from bench.reading import pages_in

_SITEMAP = '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{}</urlset>'
_INDEX = (
    '<?xml version="1.0"?><sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{}'
    "</sitemapindex>"
)
_IN_ONE = 20_000
"""Addresses in one sitemap."""


def real_pages(number: int) -> list[bytes]:
    """Return so many pages of NEWSCRAWL_CORPUS, the same ones again where it has fewer.

    Without a corpus they are made from the sample newsroom's.
    """
    corpus = os.environ.get("NEWSCRAWL_CORPUS")
    found = [body for _, body, _ in pages_in(Path(corpus))] if corpus else []
    return list(islice(cycle(found or Server(number).pages), number))


def site_pages(least: int = 5) -> dict[str, list[bytes]]:
    """Return the corpus' pages of each host that has at least so many."""
    found: dict[str, list[bytes]] = {}
    corpus = os.environ.get("NEWSCRAWL_CORPUS")
    for _, body, url in pages_in(Path(corpus)) if corpus else ():
        found.setdefault(urlsplit(url).netloc, []).append(body)
    found.pop("fakehost", None)  # pages of many sites
    return {site: bodies for site, bodies in found.items() if len(bodies) >= least}


class Site(ThreadingHTTPServer):
    """Serves page N at /2026/11/article-N; robots.txt names the sitemaps that list them.

    Without *pages*, *number* articles are named and each is answered with 404.
    """

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, pages: Sequence[bytes], number: int = 0) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.pages, self.number = pages, number or len(pages)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.article_requested = threading.Event()

    def urls(self, first: int = 0, end: int | None = None) -> Iterator[str]:
        """Yield the addresses of the articles."""
        for number in range(first, min(self.number, end or self.number)):
            yield f"{self.url}/2026/11/an-article-of-the-paper-{number}"

    def answer(self, path: str) -> tuple[int, str, bytes]:
        """Return status, content type and body."""
        name, _, number = path.rpartition("-")
        if number.isdecimal() and name.startswith("/2026/"):
            self.article_requested.set()
            page = self.pages[int(number)] if self.pages else b""
            return (200 if page else 404), "text/html", page
        if path == "/robots.txt":
            return 200, "text/plain", f"Sitemap: {self.url}/sitemap.xml\n".encode()
        if path == "/sitemap.xml":
            parts = (f"{self.url}/part{first}.xml" for first in range(0, self.number, _IN_ONE))
            return 200, "text/xml", _document(_INDEX, "sitemap", parts)
        if path.startswith("/part"):
            first = int(path[5:-4])
            return (
                200,
                "text/xml",
                _document(_SITEMAP, "url", self.urls(first, first + _IN_ONE)),
            )
        return (200 if path == "/" else 404), "text/html", b"<h1>The Paper</h1>"

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a crawl that was ended while it waited for an answer."""


def _document(frame: str, element: str, urls: Iterator[str]) -> bytes:
    return frame.format(
        "".join(
            f"<{element}><loc>{url}</loc><lastmod>2026-11-20</lastmod></{element}>"
            for url in urls
        )
    ).encode()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Site

    def do_GET(self) -> None:
        status, kind, body = self.server.answer(self.path)
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@contextmanager
def serving(pages: Sequence[bytes], number: int = 0) -> Iterator[Site]:
    """Serve while the block runs."""
    site = Site(pages, number)
    thread = threading.Thread(target=site.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield site
    finally:
        site.shutdown()
        thread.join()
        site.server_close()
