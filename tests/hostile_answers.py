"""Answers that are broken, misleading or meant to harm, each with what is to become of it.

A case is named after its row in docs/hostile.md. *here* is the server's address, *inside* the
address of a server that must never be asked.
"""

from __future__ import annotations

import gzip
import io
import socket
import struct
import time
from collections.abc import Callable
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler

import attrs

from tests.odd_server import Answer, Asked, Writer, article, text

HTML = ("Content-Type", "text/html; charset=utf-8")
ARABIC = (
    "العبارة تبحر من جديد بعد أحد عشر أسبوعا في حوض الإصلاح وقال سكان الجزيرة إن الشتاء طويل"
)

Made = Answer | Writer | list[Answer]


@attrs.frozen
class Case:
    """One hostile answer."""

    name: str
    make: Callable[[str, str], Made]
    """Makes the answer of the addresses *here* and *inside*."""
    outcome: str
    """What becomes of the address."""
    then: str = ""
    """What becomes of the address that it sends us to, where that is another."""


def headline(name: str) -> str:
    """Return the headline of a case's page."""
    return f"The ferry of {name} sails again"


def page(markup: str | bytes, kind: str = HTML[1]) -> Answer:
    """Return *markup* as a page."""
    body = markup if isinstance(markup, bytes) else markup.encode("utf-8", "surrogatepass")
    return Answer(body, 200, (("Content-Type", kind),))


def story(name: str, before: str = "", after: str = "", head: str = "") -> Answer:
    """Return an article with other markup around it."""
    markup = article(headline(name), head).body.decode()
    return page(markup.replace("<article>", f"{before}<article>") + f"{after}</body></html>")


def arabic(
    name: str, charset: str, label: str = "", meta: str = "", before: str = ""
) -> Answer:
    """Return an Arabic article in *charset*, labelled as it may be."""
    declared = f"<meta charset={meta}>" if meta else ""
    paragraphs = "".join(f"<p>{ARABIC} {number}.</p>" for number in range(6))
    markup = f"<html lang=ar><head>{before}{declared}<title>خبر</title></head><body><article>"
    markup += f"<h1>خبر الميناء {name}</h1>{paragraphs}</article></body></html>"
    kind = f"text/html; charset={label}" if label else "text/html"
    return page(markup.encode(charset), kind)


def to(location: str, status: int = 302) -> Answer:
    """Return a redirect."""
    return Answer(b"", status, (("Location", location),))


def raw(answer: bytes) -> Writer:
    """Return an answer of just these bytes."""

    def write(asked: Asked, handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(answer)

    return write


def with_length(body: bytes, *lengths: int, status: bytes = b"200 OK") -> Writer:
    """Return *body* under such a Content-Length, right or wrong."""
    stated = b"".join(b"Content-Length: %d\r\n" % length for length in lengths)
    return raw(b"HTTP/1.1 %s\r\nContent-Type: text/html\r\n%s\r\n%s" % (status, stated, body))


def dripping(first: bytes) -> Writer:
    """Return an answer that goes on for 30 s, a byte at a time."""

    def write(asked: Asked, handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(first)
        for _ in range(100):
            handler.wfile.write(b"x")
            time.sleep(0.3)

    return write


def endless_chunks(asked: Asked, handler: BaseHTTPRequestHandler) -> None:
    """Send chunks for as long as anyone listens."""
    start = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
    handler.wfile.write(start)
    for _ in range(10_000):
        handler.wfile.write(b"2710\r\n" + b"<p>x</p>  " * 1_000 + b"\r\n")


def endless_headers(asked: Asked, handler: BaseHTTPRequestHandler) -> None:
    """Send headers for as long as anyone listens."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    for number in range(10_000):
        handler.wfile.write(b"X-%d: %s\r\n" % (number, b"y" * 10_000))


def reset(asked: Asked, handler: BaseHTTPRequestHandler) -> None:
    """Reset the connection."""
    linger = struct.pack("ii", 1, 0)
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    handler.connection.close()


def dated(name: str, raw_date: str) -> Answer:
    """Return an article with that date."""
    markup = article(headline(name)).body.decode()
    return page(markup.replace("2026-05-17T10:00:00Z", raw_date))


def linked_data(name: str, *scripts: str) -> Answer:
    """Return an article with such JSON-LD."""
    tags = (f'<script type="application/ld+json">{script}</script>' for script in scripts)
    return story(name, head="".join(tags))


def _whole(name: str) -> bytes:
    return article(headline(name)).body + b"</body></html>"


def _transfers() -> list[Case]:
    hints = b"HTTP/1.1 103 Early Hints\r\nLink: </s.css>; rel=preload\r\n\r\n" * 1000
    cut = _whole("cut")[:-160]
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    return [
        Case("8-noise", lambda h, i: with_length(b"<p>", 200_000_000), "too_large"),
        Case("9-endless-chunks", lambda h, i: endless_chunks, "too_large"),
        Case("20-bad-chunk", lambda h, i: raw(chunked + b"zz\r\n<p>x\r\n"), "truncated"),
        Case("21-short-length", lambda h, i: with_length(_whole("x"), len(cut)), "truncated"),
        Case("22-two-lengths", lambda h, i: with_length(b"hello", 5, 50), "protocol_error"),
        Case("23-slow-head", lambda h, i: dripping(b"HTTP/1.1 200 OK\r\n"), "timeout"),
        Case("23-slow-body", lambda h, i: dripping(b"HTTP/1.1 200 OK\r\n\r\n<"), "timeout"),
        Case("24-endless-headers", lambda h, i: endless_headers, "too_large"),
        Case(
            "25-long-header",
            lambda h, i: raw(b"HTTP/1.1 200 OK\r\nX: " + b"a" * 2_000_000 + b"\r\n\r\n"),
            "too_large",
        ),
        Case("26-reset", lambda h, i: reset, "connection"),
        Case("26-nothing", lambda h, i: raw(b""), "connection"),
        Case("26-noise", lambda h, i: raw(bytes(range(256)) * 9), "protocol_error"),
        Case("26-http-0.9", lambda h, i: raw(b"<html><h1>old</h1></html>"), "connection"),
        Case(
            "27-early-hints",
            lambda h, i: raw(
                hints + b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
                b"Content-Length: %d\r\n\r\n%s" % (len(_whole("hints")), _whole("hints"))
            ),
            "stored",
        ),
        Case(
            "28-cookies",
            lambda h, i: Answer(
                _whole("cookies"), 200, (HTML, *[("Set-Cookie", f"c={'x' * 500}")] * 90)
            ),
            "stored",
        ),
        Case("30-empty", lambda h, i: page("  \n "), "empty"),
    ]


def _redirects() -> list[Case]:
    no = "forbidden_address"
    inner = {
        "plain": "127.0.0.2",
        "decimal": "2130706434",
        "hex": "0x7f000002",
        "octal": "0177.0.0.2",
        "short": "127.2",
        "mapped": "[::ffff:127.0.0.2]",
        "mapped-hex": "[::ffff:7f00:2]",
        "nat64": "[64:ff9b::7f00:2]",
        "6to4": "[2002:7f00:2::]",
        "dot": "127.0.0.2.",
        "zero": "0.0.0.0",  # noqa: S104
        "name": "localhost",
        "cloud": "169.254.169.254",
        "private": "10.0.0.1",
        "local-v6": "[fd00::1]",
    }

    def inward(kind: str, host: str) -> Callable[[str, str], Made]:
        return lambda h, i: to(f"http://{host}:{i.rpartition(':')[2]}/{kind}")

    refresh = "<html><head><meta http-equiv=refresh content='0;url={}'></head></html>"
    return [
        Case("31-loop", lambda h, i: to("/31-loop"), "redirect_loop"),
        Case("31-empty-location", lambda h, i: to(""), "redirect_loop"),
        Case(
            "31-meta-loop",
            lambda h, i: page(refresh.format("/31-meta-loop")),
            "redirect_loop",
        ),
        *(
            Case(f"32-to-{kind}", lambda h, i, kind=kind: to(f"{kind}://x/y"), no)  # type: ignore[misc]
            for kind in ("file", "data", "ftp", "s3", "javascript")
        ),
        *(
            Case(f"34-to-{kind}", inward(kind, host), "redirect", then=no)
            for kind, host in inner.items()
        ),
        Case("34-meta", lambda h, i: page(refresh.format(f"{i}/x")), "redirect", then=no),
        Case(
            "35-user-info",
            lambda h, i: to(f"http://a@{i[7:]}/user"),
            "redirect",
            then="bad_url",
        ),
        Case(
            "37-refresh-header",
            lambda h, i: Answer(_whole("refresh"), 200, (HTML, ("Refresh", f"0;url={i}/x"))),
            "stored",
        ),
        Case("39-long", lambda h, i: to("/" + "a" * 100_000), "redirect", then="bad_url"),
        Case("38-port", lambda h, i: to("http://127.0.0.1:99999/"), "bad_url"),
        Case("38-bracket", lambda h, i: to("http://[::1"), "bad_url"),
        Case("41-long", lambda h, i: to("/x" + "a" * 3000), "redirect", then="bad_url"),
        Case(
            "42-canonical",
            lambda h, i: story("theft", head=f"<link rel=canonical href='{h}/good/0'>"),
            "stored",
        ),
        Case(
            "43-referrer-policy",
            lambda h, i: Answer(_whole("policy"), 200, (HTML, ("Referrer-Policy", "sys.exit"))),
            "stored",
        ),
        *(
            Case(f"54-{code}", lambda h, i, code=code: text("no", code), "http_error")  # type: ignore[misc]
            for code in (401, 403, 404, 410, 418, 451, 500, 502, 999)
        ),
    ]


def plea(status: int, after: str = "") -> Answer:
    """Return an answer that asks for patience, with *after* as its Retry-After."""
    return Answer(b"later", status, (("Retry-After", after),) if after else ())


def until_soon(asked: Asked, handler: BaseHTTPRequestHandler) -> None:
    """Answer 503 until a moment a second later, and then with an article."""
    if asked.again:
        with_length(_whole("date"), len(_whole("date")))(asked, handler)
        return
    handler.send_response(503)
    handler.send_header("Retry-After", formatdate(time.time() + 1, usegmt=True))
    handler.send_header("Content-Length", "0")
    handler.end_headers()


def _pleas() -> list[Case]:
    def later(name: str) -> list[Answer]:
        return [plea(429, "1"), article(headline(name))]

    return [
        Case("50-day", lambda h, i: plea(429, "86400"), "blocked"),
        Case(
            "50-year-2066", lambda h, i: plea(503, "Fri, 31 Dec 2066 23:59:59 GMT"), "blocked"
        ),
        Case("50-second", lambda h, i: later("second"), "stored"),
        Case("50-unsaid", lambda h, i: [plea(429), article(headline("unsaid"))], "stored"),
        Case("50-for-ever", lambda h, i: plea(429), "http_error"),
        Case("51-date", lambda h, i: until_soon, "stored"),
        Case("51-soon", lambda h, i: plea(503, "soon"), "http_error"),
    ]


def cases() -> tuple[Case, ...]:
    """Return every case of answers, addresses and statuses."""
    return (*_transfers(), *_pleas(), *_redirects())


def packed_zeros(size: int) -> bytes:
    """Return so many spaces, packed; built in pieces, so that this process stays small."""
    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb", compresslevel=1, mtime=0) as packed:
        for _ in range(size // 1_000_000):
            packed.write(b" " * 1_000_000)
    return buffer.getvalue()
