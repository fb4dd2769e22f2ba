"""A news site drawn with stylesheets, images and fonts, some of them hostile."""

from __future__ import annotations

import gzip
import struct
import zlib

from tests.odd_server import PARAGRAPHS, Answer, OddServer, text

PAGE = "/2026/05/the-ferry-sails-again"
SECOND = "/2026/05/the-ferry-rests-a-day"
HOSTILE = "/2026/05/the-ferry-is-boarded"
HEADLINE = "The ferry across the bay sails again"


def png(red: int, green: int, blue: int, size: int = 8) -> bytes:
    """Return a square image of one colour."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + check

    line = b"\0" + bytes((red, green, blue)) * size
    head = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
    pixels = zlib.compress(line * size)
    parts = ((b"IHDR", head), (b"IDAT", pixels), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in parts)


def answer(body: bytes | str, kind: str, status: int = 200) -> Answer:
    """Return an answer with a content type."""
    content = body.encode() if isinstance(body, str) else body
    return Answer(content, status, (("Content-Type", kind),))


def page(headline: str, head: str = "", body: str = "") -> Answer:
    """Return an article that is drawn with what *head* and *body* name."""
    paragraphs = "".join(f"<p>{headline}: {one}</p>" for one in PARAGRAPHS)
    return answer(
        f"""<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{headline}</title>
        {head}</head><body><article><h1>{headline}</h1>
        <time datetime="2026-05-17T10:00:00Z"></time>{paragraphs}</article>
        {body}</body></html>""",
        "text/html; charset=utf-8",
    )


def draw(server: OddServer, elsewhere: OddServer) -> None:
    """Put the site on *server*; some of its files are on *elsewhere*, another host."""
    far = elsewhere.url
    server.answers |= {
        "/robots.txt": text("User-agent: *\nDisallow: /hidden/\n"),
        PAGE: page(
            HEADLINE,
            """<link rel="stylesheet" href="/style.css"><link rel="icon" href="/icon.png">
            <link rel="stylesheet" href="/html.css">
            <style>@import "/imported.css"; h1 { background: url('/head.png') }</style>
            <script src="/script.js"></script>""",
            f"""<img src="/red.png"><img src="/same.png"><img src="{far}/far.png">
            <img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" data-src="/late.png">
            <picture><source srcset="/small.png 300w, /wide.png 1200w, /huge.png 3000w">
            <img src="/old.png"></picture>
            <img src="/missing.png"><img src="/hidden/one.png"><img src="/moved.png">
            <img src="http://169.254.169.254/secret.png"><img src="/to-private.png">
            <img src="/page-as.png"><img src="/bomb.png"><img src="file:///etc/passwd">
            <video src="/film.mp4" poster="/poster.png"></video>
            <iframe src="/frame.html"></iframe>""",
        ),
        SECOND: page("The ferry rests for a day", '<link rel="stylesheet" href="/style.css">'),
        HOSTILE: page(
            "The ferry is boarded by pirates",
            """<meta http-equiv="refresh" content="9; url=/live?refresh">
            <base target="_top"><link rel="prefetch" href="/live?prefetch">
            <link rel="stylesheet" href="/style.css"><script>window.open("/live?open")</script>
            <style>@import "/live?css"; h2 { background: url(/live?background) }</style>""",
            """<h2 onclick="top.location='/live?handler'">a</h2><img src="/live?image">
            <img src="x" onerror="top.location='/live?error'"><img src="/script.svg">
            <a id="leave" href="/live?link" target="_top">leave</a>
            <form action="/live?form" target="_top"><button id="send">send</button></form>
            <iframe src="/live?frame" srcdoc="<img src=/live?srcdoc>"></iframe>
            <object data="/live?object"></object><embed src="/live?embed">
            <video src="/live?video" autoplay></video><audio src="/live?audio" autoplay></audio>
            <svg><a href="/live?svg"><text y="9">a</text></a><script>alert(1)</script></svg>
            <noscript><img src="/red.png" id="unscripted"></noscript>
            <link rel="stylesheet" href="data:text/css,@import '/live?data'">""",
        ),
        "/script.svg": answer(
            "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'>"
            "<script>top.location='/live?svg'</script><image href='/live?inner'/></svg>",
            "image/svg+xml",
        ),
        "/style.css": Answer(
            gzip.compress(
                b"@import 'loop.css'; @font-face { font-family: F; src: url(/f.woff2) }"
                b"body { background: url(/red.png) } h1 { font-family: F }",
                mtime=0,
            ),
            headers=(("Content-Type", "text/css"), ("Content-Encoding", "gzip")),
        ),
        "/loop.css": answer("@import url(style.css); @import url(loop.css);", "text/css"),
        "/imported.css": answer("h1 { color: rgb(0, 128, 0) }", "text/css"),
        "/html.css": answer("<!doctype html><script>1</script>", "text/html"),
        "/f.woff2": answer(b"wOF2" + bytes(60), "font/woff2"),
        "/moved.png": Answer(b"", 301, (("Location", "/target.png"),)),
        "/to-private.png": Answer(b"", 302, (("Location", "http://127.0.0.3:1/x.png"),)),
        "/page-as.png": answer("<!doctype html><p>no image", "image/png"),
        "/bomb.png": Answer(
            gzip.compress(b"\x89PNG" + bytes(20_000_000), mtime=0),
            headers=(("Content-Type", "image/png"), ("Content-Encoding", "gzip")),
        ),
        "/hidden/one.png": answer(png(1, 2, 3), "image/png"),
    }
    names = ("red", "head", "late", "wide", "small", "huge", "old", "target", "poster", "icon")
    for number, name in enumerate(names):
        server.answers[f"/{name}.png"] = answer(png(200, 10 * number, 0), "image/png")
    server.answers["/same.png"] = server.answers["/red.png"]
    elsewhere.answers["/far.png"] = answer(png(0, 0, 200), "image/png")
