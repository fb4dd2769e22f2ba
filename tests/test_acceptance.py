"""One judgement of an answer: a crawl, and an import of the same bytes, come to the same."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from backports import zstd

from newscrawl import Archive
from newscrawl.ingest.acceptance import is_cut
from newscrawl.warc.content_encoding import unpack, unpack_as_named
from tests.crawling import crawl, outcomes
from tests.importing import Saying, imported, write_warc
from tests.odd_server import Answer, article, odd_server

HTML = "text/html; charset=utf-8"


def page(number: int) -> bytes:
    return article(f"The ferry number {number} sails again").body


def answer(body: bytes, content_type: str = HTML, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(body, 200, (("Content-Type", content_type), *named.items()))


def open_end(number: int, tail: bytes) -> bytes:
    """Return a page that never closes itself nor one of its blocks, and ends in *tail*."""
    assert b"</body>" not in page(number)
    return page(number).replace(b"<body>", b"<body><div>") + tail


CASES: dict[str, tuple[Answer, str]] = {
    "capitals": (answer(page(1), "TEXT/HTML"), "stored"),
    "unknown type": (answer(page(2), "unknown/unknown"), "stored"),
    "html as a download": (answer(page(3), "application/octet-stream"), "stored"),
    "charset as a packing": (answer(page(5), Content_Encoding="UTF-8"), "stored"),
    "none as a packing": (answer(page(6), Content_Encoding="none"), "stored"),
    "label kept": (answer(b"\xef\xbb\xbf" + page(7), Content_Encoding="gzip"), "stored"),
    "members": (
        answer(
            gzip.compress(page(8)[:400]) + gzip.compress(page(8)[400:]), Content_Encoding="gzip"
        ),
        "stored",
    ),
    "cut member": (
        answer(
            gzip.compress(page(9)[:400]) + gzip.compress(page(9)[400:])[:-9],
            Content_Encoding="gzip",
        ),
        "truncated",
    ),
    "one block left open": (answer(open_end(10, b"<footer>The Port</footer>\n")), "stored"),
    "cut in a sentence": (answer(open_end(11, b"<p>The harbour mas")), "truncated"),
    "cut in a tag": (answer(open_end(12, b"<p>The harbour <a href='/x")), "truncated"),
    "nothing": (answer(b" \n"), "empty"),
}
"""No page that is `html` by type alone: what a type keeps out is skipped by an import."""


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, str], ...]:
    """Outcomes of the cases in a crawl, and in an import of the same answers."""
    folder = tmp_path_factory.mktemp("acceptance")
    with odd_server() as server:
        names = {}
        for number, (name, (given, _)) in enumerate(CASES.items()):
            names[f"{server.url}/news/{number}"] = name
            server.answers[f"/news/{number}"] = given
        archive = folder / "crawled.db"
        urls = folder / "urls.txt"
        urls.write_text("\n".join(names), "utf-8")
        done = crawl(archive, "articles", "-a", f"urls={urls}")
        assert done.returncode == 0, done.stderr
        sayings = [
            Saying(path=f"/news/{number}", body=one.body, headers=one.headers, host=server.url)
            for number, (one, _) in enumerate(CASES.values())
        ]
    crawled = {names[url]: what for url, what in outcomes(archive).items() if url in names}
    with Archive(folder / "imported.db") as other:
        imported(other, write_warc(folder / "received.warc.gz", sayings))
    rows = outcomes(folder / "imported.db").items()
    return crawled, {names[url]: what for url, what in rows if url in names}


@pytest.mark.parametrize("name", CASES)
def test_crawl_and_import_judge_alike(judged: tuple[dict[str, str], ...], name: str) -> None:
    crawled, found_again = judged
    assert crawled.get(name) == CASES[name][1]
    assert found_again.get(name) == CASES[name][1]


def test_padding_after_the_last_member_is_no_content() -> None:
    assert unpack(gzip.compress(b"one") + b"\0" * 512, b"gzip", 100) == b"one"


def test_frames_of_zstandard_are_read_to_the_last() -> None:
    body = zstd.compress(b"one ") + zstd.compress(b"two")
    assert unpack(body, b"zstd", 100) == b"one two"


def test_packed_content_is_never_taken_for_text() -> None:
    body = gzip.compress(page(1))
    for name in ("br", "deflate", "zstd", "rot13"):
        with pytest.raises(Exception, match=r"packing|cut off"):
            unpack_as_named(body, name, 10**6)


@pytest.mark.parametrize("end", [b"", b"</div>", b"</div><script>x()</script>\n<!-- 3 ms -->"])
def test_an_article_left_open_is_a_cut_page(end: bytes) -> None:
    assert is_cut(b"<html><body><article><div><p>The harbour master said.</p>" + end)


def test_page_that_closes_what_holds_its_text_is_whole(tmp_path: Path) -> None:
    body = b"<html><body><div><div class=text><p>The harbour.</p></div><ul><li>x</ul>"
    assert not is_cut(body)
    assert is_cut(body.removesuffix(b"</ul>"))
