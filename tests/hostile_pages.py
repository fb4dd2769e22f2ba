"""Pages whose markup, characters or metadata are broken, each with what is to become of it."""

from __future__ import annotations

import gzip
import random

import attrs

from tests.hostile_answers import Case, Made, arabic, dated, linked_data, page, story
from tests.odd_server import Answer

_NESTED = '{"@graph":[{"@graph":[{"@type":["NewsArticle"],"headline":["x"],"author":[[{}]]}]}]}'


def _case(name: str, made: Made, outcome: str = "stored") -> Case:
    return Case(name, lambda here, inside: made, outcome)


def _markup() -> list[Case]:
    attributes = " ".join(f"a{number}='x'" for number in range(100_000))
    links = "".join(f"<a href=/l/{n}>link {n}</a>" for n in range(20_000))
    rows = "<tr><td>1</td><td>2</td></tr>" * 50_000
    script = f"<script>{'var a=1;' * 600_000}</script>"
    long = page(f"<html><body><h1>{'word ' * 200_000}</h1></body></html>")
    return [
        _case("13-million", story("million", after="<b></b>" * 1_000_000), "parse_error"),
        _case("59-attributes", story("x", before=f"<div {attributes}>"), "parse_error"),
        _case("60-deep", story("deep", before="<div>" * 5_000)),
        _case("61-deep-after", story("after", after="<div>" * 100_000)),
        _case("62-links", story("links", after=links)),
        _case("63-unclosed", story("unclosed", before="<b><i><font>" * 11_000)),
        _case("63-tables", story("tables", after="<table><tr><td>" * 3_000)),
        _case("63-comment", story("comment", after="<!-- never closed")),
        _case("63-script", story("script", head=script)),
        _case("63-plaintext", story("plaintext", after="<plaintext>")),
        _case("64-siblings", story("siblings", after="<p>a</p>" * 20_000)),
        _case("65-spaces", story("spaces" + " " * 100_000 + "end")),
        _case("66-rows", story("rows", after=f"<table>{rows}</table>")),
        _case("67-nul", story("n\0ul")),
        _case("68-surrogate", story("surr&#xD800;ogate")),
        _case("83-headline-alone", long, "not_article"),
    ]


def _files() -> list[Case]:
    noise = random.Random(7).randbytes(100_000)  # noqa: S311
    starts = {
        "pdf": b"%PDF-1.7",
        "png": b"\x89PNG\r\n\x1a\n",
        "jpeg": b"\xff\xd8\xff\xe2",
        "webp": b"RIFF\0\0\0\0WEBPVP8 ",
        "zip": b"PK\3\4",
        "video": b"\0\0\0\x20ftypisom",
        "font": b"wOF2",
        "program": b"MZ\x90\0",
        "gzip": gzip.compress(b"<html>", mtime=0),
        "noise": noise,
    }
    found = [
        _case(f"69-{kind}", page(start + noise[:500]), "not_html")
        for kind, start in starts.items()
    ]
    json = page(b'{"headline": "x"}', "application/json")
    return [*found, _case("70-json", json, "not_html")]


def _characters() -> list[Case]:
    late = f"<!--{'x' * 5000}-->"
    charsets = {
        "71-label": arabic("a", "cp1256", "windows-1256"),
        "71-meta": arabic("b", "cp1256", meta="windows-1256"),
        "71-none": arabic("c", "cp1256"),
        "71-late-meta": arabic("d", "cp1256", meta="windows-1256", before=late),
        "72-1256-as-utf8": arabic("e", "cp1256", "utf-8"),
        "72-1256-as-utf8-twice": arabic("f", "cp1256", "utf-8", "utf-8"),
        "73-utf8-as-1256": arabic("g", "utf-8", "windows-1256"),
        "73-utf8-as-latin": arabic("h", "utf-8", "iso-8859-1"),
        "74-utf16": arabic("i", "utf-16", "utf-16"),
        "74-utf16-unlabelled": arabic("j", "utf-16"),
        "74-iso-8859-6": arabic("k", "iso-8859-6", "iso-8859-6"),
        "74-unknown": arabic("l", "utf-8", "x-klingon"),
        "74-bom": arabic("m", "utf-8-sig", "windows-1256"),
        "74-utf7": arabic("n", "utf-8", "utf-7"),
        "75-stray": page(arabic("o", "utf-8").body.replace(b"</p>", b"\xff</p>", 3)),
        "78-overrides": page(arabic("\u202ep\u2066", "utf-8").body),
        "79-escapes": page(arabic("q\x1b[31m", "utf-8").body),
        "83-tatweels": page(arabic("r" + "ـ" * 20_000, "utf-8").body),
        "83-marks": page(arabic("s" + "\u0651\u064e" * 1_000, "utf-8").body),
    }
    return [_case(name, answer) for name, answer in charsets.items()]


def _metadata() -> list[Case]:
    other = (
        f'{{"@type":"NewsArticle","headline":"Other {n}","url":"/{n}"}}' for n in range(300)
    )
    found = {
        "76-surrogate": linked_data("ls", '{"@type":"NewsArticle","description":"\\ud800"}'),
        "86-large-number": linked_data("ln", f'{{"@type":"NewsArticle","wordCount":{10**30}}}'),
        "87-malformed": linked_data("lm", '{"@type":"NewsArticle", oops'),
        "87-newline": linked_data("lw", '{"@type":"NewsArticle","description":"a\nb"}'),
        "87-null": linked_data("lz", "null", "5", '[[],"x"]', "<!-- -->"),
        "88-brackets": linked_data("lb", "[" * 100_000),
        "89-digits": linked_data("ld", f'{{"@type":"NewsArticle","wordCount":{"9" * 5_000}}}'),
        "90-nan": linked_data("li", '{"@type":"NewsArticle","a":NaN,"b":Infinity}'),
        "91-many": linked_data("l3", *other),
        "92-nested": linked_data("lg", _NESTED),
        "103-marks": dated("d1", "?" * 3_000),
        "104-digits": dated("d2", "1 " * 10_000),
        "106-future": dated("d3", "9999-12-31T10:00:00Z"),
        "106-year-0": dated("d4", "0000-00-00T00:00:00Z"),
        "106-epoch": dated("d5", "1970-01-01T00:00:00Z"),
    }
    return [_case(name, answer) for name, answer in found.items()]


_NO_ARTICLES = {
    "login": "<h1>Sign in to continue</h1><form method=post><input type=password></form>",
    "maintenance": "<h1>Back soon</h1><p>The site is down for scheduled maintenance.</p>",
    "parked": "<h1>This domain is for sale</h1><p>Buy this domain.</p>",
    "php": "<b>Fatal error</b>: Uncaught Error in /var/www/index.php on line <b>12</b>",
    "shell": "<div id=root></div><noscript>You need to enable JavaScript.</noscript>",
    "consent": "<h1>Before you continue</h1><p>We and our partners use cookies.</p>",
    "soft-404": "<h1>Page not found</h1><p>What you are looking for does not exist.</p>",
}


_CHALLENGE = "<title>Just a moment...</title><script>window._cf_chl_opt={}</script>"


def _challenges() -> list[Case]:
    marked = [("cf-mitigated", "challenge")]
    found = [
        _case(f"117-{status}", attrs.evolve(page(_CHALLENGE), status=status), "blocked")
        for status in (200, 403, 503)
    ]
    header = Answer(b"<html></html>", 403, tuple(marked))
    said = page(
        "<html><body><h1>Just a moment...</h1><p>Checking your browser before</p></body>"
    )
    return [*found, _case("117-header", header, "blocked"), _case("117-said", said, "blocked")]


def page_cases() -> tuple[Case, ...]:
    """Return every case of pages."""
    others = [
        _case(f"116-{kind}", page(f"<html><body>{body}</body></html>"), "not_article")
        for kind, body in _NO_ARTICLES.items()
    ]
    return (*_markup(), *_files(), *_characters(), *_metadata(), *others, *_challenges())
