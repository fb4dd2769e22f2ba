"""Requests, answers and sites of the test internet."""

from __future__ import annotations

from http.cookies import SimpleCookie
from typing import ClassVar
from urllib.parse import parse_qs, unquote

import attrs

HTML = (("Content-Type", "text/html; charset=utf-8"),)


@attrs.frozen
class Asked:
    """One request as the server received it."""

    number: int
    """Counted from 1 since the sites were put up, over all sites."""
    at: float
    """Seconds by the monotonic clock."""
    scheme: str
    host: str
    """The Host header in lower case, without a default port."""
    target: str
    """The path and query exactly as sent."""
    headers: dict[str, str]
    """The headers, their names in lower case."""
    connection: int
    """The same number for the requests of one connection."""
    method: str = "GET"

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.host}{self.target}"

    @property
    def raw_path(self) -> str:
        """The path exactly as sent, without the query."""
        return self.target.partition("?")[0]

    @property
    def path(self) -> str:
        """The decoded path."""
        return unquote(self.raw_path)

    @property
    def query(self) -> dict[str, list[str]]:
        return parse_qs(self.target.partition("?")[2], keep_blank_values=True)

    @property
    def cookies(self) -> dict[str, str]:
        read = SimpleCookie(self.headers.get("cookie", ""))
        return {name: morsel.value for name, morsel in read.items()}


@attrs.frozen
class Answer:
    """One answer; the server adds Date, Content-Length and, where wanted, Content-Encoding."""

    body: bytes = b""
    status: int = 200
    headers: tuple[tuple[str, str], ...] = HTML

    def with_headers(self, *headers: tuple[str, str]) -> Answer:
        return attrs.evolve(self, headers=(*self.headers, *headers))


class Site:
    """A site: its host names, and the answer to each request."""

    hosts: ClassVar[tuple[str, ...]] = ()
    """Host names, IDNs as `xn--…`."""
    encodings: ClassVar[tuple[str, ...]] = ("br", "gzip")
    """Content encodings that it can send, best first; the client chooses by Accept-Encoding."""
    is_trusted: ClassVar[bool] = True
    """Whether the authority that signed its certificates is one that clients know."""
    address: ClassVar[str | None] = None
    """An address that its names resolve to, in place of a public one."""
    delay: float = 0.0
    """Seconds before each answer."""

    def answer(self, asked: Asked) -> Answer:
        raise NotImplementedError


def redirect(location: str, status: int = 301) -> Answer:
    """Return a redirect to *location*, written as it stands."""
    return Answer(b"", status, (("Location", location),))


def meta_refresh(location: str) -> Answer:
    """Return a page that sends browsers on to *location*."""
    refresh = f'<meta http-equiv="refresh" content="0; url={location}">'
    return page(f"<html><head>{refresh}</head><body>…</body></html>")


def page(html: str, status: int = 200) -> Answer:
    return Answer(html.encode(), status)


def text(body: str, status: int = 200) -> Answer:
    return Answer(body.encode(), status, (("Content-Type", "text/plain; charset=utf-8"),))


def xml(body: str) -> Answer:
    return Answer(body.encode(), 200, (("Content-Type", "application/xml; charset=utf-8"),))


def picture() -> Answer:
    """Return a very small GIF."""
    pixel = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,"
    body = pixel + b"\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
    return Answer(body, 200, (("Content-Type", "image/gif"),))


def not_found() -> Answer:
    html = "<html><head><title>404</title></head><body><h1>الصفحة غير موجودة</h1></body></html>"
    return page(html, 404)
