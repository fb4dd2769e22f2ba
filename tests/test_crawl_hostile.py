"""Answers that are broken or meant to harm: each gets its outcome, the good ones are kept."""

from __future__ import annotations

import gzip
import threading
import zlib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler

import attrs
import brotli  # type: ignore[import-untyped]
import pytest
from backports import zstd

from newscrawl.warc.content_encoding import PackingError, unpack
from tests.crawling import crawl, outcomes
from tests.odd_server import Answer, Asked, OddServer, article, odd_server, text

HTML = ("Content-Type", "text/html; charset=utf-8")
GOOD = article("The ferry sails again")
KEPT = {"stored", "unchanged"}
BOMB = b"\0" * (64 * 1024 * 1024)


def packed(body: bytes, name: str) -> Answer:
    return Answer(body, 200, (HTML, ("Content-Encoding", name)))


def members(body: bytes, size: int = 300) -> bytes:
    """Return *body* as gzip of several members, as some servers and proxies write it."""
    parts = (body[at : at + size] for at in range(0, len(body), size))
    return b"".join(gzip.compress(part) for part in parts)


def plain_on_request(broken: bytes, name: str) -> object:
    """Return an answer that is *broken* unless it is asked for without packing."""

    def write(asked: Asked, handler: BaseHTTPRequestHandler) -> None:
        is_plain = asked.headers.get("Accept-Encoding") == "identity"
        body = GOOD.body if is_plain else broken
        handler.send_response(200)
        handler.send_header(*HTML)
        if not is_plain:
            handler.send_header("Content-Encoding", name)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return write


def raw(answer: bytes) -> object:
    """Return an answer of just these bytes, after which the connection is closed."""

    def write(asked: Asked, handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(answer)

    return write


def headers(*lines: str) -> object:
    """Return a good answer with odd header *lines*."""
    head = "\r\n".join(("HTTP/1.1 200 OK", *lines, "Connection: close", "", ""))
    return raw(head.encode() + GOOD.body)


def not_modified(asked: Asked, handler: BaseHTTPRequestHandler) -> None:
    """Answer 304 from a broken cache, though nothing was said of an earlier answer."""
    is_fresh = asked.headers.get("Cache-Control") == "no-cache"
    handler.send_response(200 if is_fresh else 304)
    handler.send_header(*HTML)
    handler.send_header("Content-Length", str(len(GOOD.body)) if is_fresh else "0")
    handler.end_headers()
    handler.wfile.write(GOOD.body if is_fresh else b"")


def endless(asked: Asked, handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
    for _ in range(1000):
        handler.wfile.write(b"<p>more</p>" * 10_000)


def slow(asked: Asked, handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 99\r\n\r\n"
    )
    handler.server.slow.wait(20)  # type: ignore[attr-defined]


CASES: dict[str, tuple[object, str]] = {
    "gzip": (packed(gzip.compress(GOOD.body), "gzip"), "kept"),
    "brotli": (packed(brotli.compress(GOOD.body), "br"), "kept"),
    "zstd": (packed(zstd.compress(GOOD.body), "zstd"), "kept"),
    "deflate": (packed(zlib.compress(GOOD.body), "deflate"), "kept"),
    "raw-deflate": (packed(zlib.compress(GOOD.body, wbits=-15), "deflate"), "kept"),
    "not-modified-unasked": (not_modified, "kept"),
    "always-not-modified": (Answer(b"", 304), "http_error"),
    "two-layers": (packed(gzip.compress(gzip.compress(GOOD.body)), "gzip, gzip"), "kept"),
    "identity": (packed(GOOD.body, "identity"), "kept"),
    "gzip-bomb": (packed(gzip.compress(BOMB), "gzip"), "too_large"),
    "brotli-bomb": (packed(brotli.compress(BOMB, quality=1), "br"), "too_large"),
    "zstd-bomb": (packed(zstd.compress(BOMB), "zstd"), "too_large"),
    "deflate-bomb": (packed(zlib.compress(BOMB), "deflate"), "too_large"),
    "gzip-in-gzip": (packed(gzip.compress(gzip.compress(BOMB)), "gzip, gzip"), "too_large"),
    "hundred-layers": (packed(GOOD.body, ", ".join(["gzip"] * 100)), "bad_encoding"),
    "cut-gzip": (packed(gzip.compress(GOOD.body)[:-200], "gzip"), "truncated"),
    "cut-gzip-whole-when-plain": (
        plain_on_request(gzip.compress(GOOD.body)[:-200], "gzip"),
        "kept",
    ),
    "wrong-crc": (packed(gzip.compress(GOOD.body)[:-8] + b"\0" * 8, "gzip"), "bad_encoding"),
    "not-gzip-at-all": (plain_on_request(GOOD.body, "gzip"), "kept"),
    "gzip-members": (packed(members(GOOD.body), "gzip"), "kept"),
    "cut-gzip-members": (packed(members(GOOD.body)[:-30], "gzip"), "truncated"),
    "bomb-of-members": (packed(gzip.compress(b"\0" * 10**6) * 20, "gzip"), "too_large"),
    "plain-under-a-label": (packed(GOOD.body, "UTF-8"), "kept"),
    "unknown-packing": (packed(zlib.compress(GOOD.body), "rot13"), "bad_encoding"),
    "large": (Answer(b"<p>" + b"x" * 11 * 1024 * 1024), "too_large"),
    "ten-terabytes": (Answer(b"x", 200, (HTML, ("Content-Length", str(10**13)))), "too_large"),
    "endless": (endless, "too_large"),
    "too-long-a-length": (
        raw(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 9999\r\n\r\n<p>cut"
        ),
        "truncated",
    ),
    "no-last-chunk": (
        raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n<p>cu\r\n"),
        "truncated",
    ),
    "space-before-colon": (headers("Content-Type : text/html"), "kept"),
    "name-with-a-space": (headers("PHP Warning: x y: z", "No colon here"), "kept"),
    "name-in-quotes": (headers("\u2018access-control\u2019: *"), "kept"),
    "empty-length": (headers("Content-Length: "), "kept"),
    "transfer-identity": (headers("Transfer-Encoding: identity"), "kept"),
    "continued-first-line": (headers(" folded: x", "Content-Type: text/html"), "kept"),
    "two-lengths": (headers("Content-Length: 5", "Content-Length: 9"), "protocol_error"),
    "unknown-transfer": (headers("Transfer-Encoding: rot13"), "protocol_error"),
    "refresh-in-a-script": (
        article("Framed", "<script>w('<meta http-equiv=refresh content=\"0;/x\">')</script>"),
        "kept",
    ),
    "closed-at-once": (raw(b""), "connection"),
    "not-http": (raw(b"\x00\x01\x02 this is no HTTP\r\n\r\n"), "protocol_error"),
    "slow": (slow, "timeout"),
    "part": (attrs.evolve(GOOD, status=206), "truncated"),
    "empty": (Answer(b""), "empty"),
    "no-content": (Answer(b"", 204), "empty"),
    "pdf": (Answer(b"%PDF-1.7 and so on"), "not_html"),
    "png": (Answer(b"\x89PNG\r\n\x1a\n", 200, (("Content-Type", "image/png"),)), "not_html"),
    "json": (Answer(b'{"a": 1}', 200, (("Content-Type", "application/json"),)), "not_html"),
    "unasked-304": (Answer(b"", 304), "http_error"),
    "gone": (text("gone", 410), "http_error"),
    "legal": (text("no", 451), "http_error"),
    "odd-status": (text("no", 999), "http_error"),
    "to-a-file": (Answer(b"", 302, (("Location", "file:///etc/passwd"),)), "forbidden_address"),
    "to-nowhere": (Answer(b"", 302, (("Location", "http://[::1"),)), "bad_url"),
    "without-location": (Answer(b"", 302), "http_error"),
    "late-refresh": (
        article("Reloads", "<meta http-equiv=refresh content='600;/x'>"),
        "kept",
    ),
    "arabic-location": (
        Answer(b"", 302, (("Location", "/%D8%A3%D8%AE%D8%A8%D8%A7%D8%B1"),)),
        "redirect",
    ),
}


@pytest.fixture(scope="module")
def became(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """What became of each case, in one crawl."""
    archive = tmp_path_factory.mktemp("hostile") / "archive.db"
    with odd_server() as server:
        serve(server)
        urls = archive.with_name("urls.txt")
        urls.write_text("\n".join(f"{server.url}/{name}" for name in CASES), "utf-8")
        options = ("-s", "DOWNLOAD_TIMEOUT=2", "-s", "RETRY_TIMES=1")
        done = crawl(archive, "articles", "-a", f"urls={urls}", *options)
        server.slow.set()  # type: ignore[attr-defined]
        assert done.returncode == 0, done.stderr
        assert "Traceback" not in done.stderr, done.stderr
        yield {
            url.removeprefix(f"{server.url}/"): out for url, out in outcomes(archive).items()
        }


def serve(server: OddServer) -> None:

    server.slow = threading.Event()  # type: ignore[attr-defined]
    for name, (answer, _) in CASES.items():
        server.answers[f"/{name}"] = answer  # type: ignore[assignment]
    server.answers["/%D8%A3%D8%AE%D8%A8%D8%A7%D8%B1"] = GOOD


@pytest.mark.parametrize("name", CASES)
def test_each_answer_gets_its_outcome(became: dict[str, str], name: str) -> None:
    expected = CASES[name][1]
    # They all tell one story: the first of them is stored, and the others are it again.
    assert became.get(name) in (KEPT if expected == "kept" else {expected})


def test_unpacking_stops_at_the_limit() -> None:
    with pytest.raises(PackingError, match="over 1000 bytes"):
        unpack(gzip.compress(BOMB), b"gzip", 1000)


@pytest.mark.parametrize(
    ("name", "body"),
    [
        (b"gzip", gzip.compress(GOOD.body)),
        (b"br", brotli.compress(GOOD.body)),
        (b"zstd", zstd.compress(GOOD.body)),
        (b"deflate", zlib.compress(GOOD.body)),
    ],
)
def test_cut_streams_are_never_whole(name: bytes, body: bytes) -> None:
    assert unpack(body, name, 10**6) == GOOD.body
    for length in range(1, len(body), 37):
        with pytest.raises(PackingError):
            unpack(body[:length], name, 10**6)
