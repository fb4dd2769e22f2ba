"""Stylesheets, images and fonts of pages: found in a page, requested and stored beside it."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import shutil
import struct
import subprocess
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import lxml.html
import pytest

from newscrawl.archive import Archive
from newscrawl.evidence import evidence_problems, read_stored
from newscrawl.html.page_requisites import replace_in_css, requisites_in, requisites_in_css
from newscrawl.ingest.media_types import requisite_type
from newscrawl.warc import WarcWriter, read_answer
from newscrawl.warc.records import read_record
from tests.chromium import needs_chromium
from tests.command_line import refusal, run
from tests.crawling import crawl, rows, scrapy
from tests.drawn_pages import HEADLINE, PAGE, SECOND, answer, draw, page, png
from tests.odd_server import Answer, OddServer, odd_server
from tests.test_wacz import fetched, pywb, tool_environment

BASE = "https://news.example/a/page.html"
MODULE = """from newscrawl.layouts.site import Site
SITE = Site(name="ferry", title="Ferry", hosts=("127.0.0.1",), requisites=True)
"""


def found(html: str) -> list[str]:
    root = lxml.html.document_fromstring(html)
    return [one.url.removeprefix("https://news.example") for one in requisites_in(root, BASE)]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<img src=b.png>", ["/a/b.png"]),
        ("<base href=/c/><img src=b.png>", ["/c/b.png"]),
        ("<img src='//cdn.example/b.png'>", ["https://cdn.example/b.png"]),
        ("<img srcset='s.png 300w, m.png 1200w, l.png 3000w'>", ["/a/m.png"]),
        ("<img srcset='s.png 300w, m.png 900w'>", ["/a/m.png"]),
        ("<img srcset='a,b.png 1x, c.png 2x'>", ["/a/a,b.png"]),
        ("<img src='data:image/gif;base64,R0' data-src=late.png>", ["/a/late.png"]),
        ("<p style='background: url(&quot;p.png&quot;)'>x", ["/a/p.png"]),
        ("<img src=i.png><link rel=stylesheet href=s.css>", ["/a/s.css", "/a/i.png"]),
        ("<svg><image xlink:href=i.png /><use href=s.svg#x /></svg>", ["/a/i.png", "/a/s.svg"]),
        ("<video src=v.mp4 poster=p.png><source src=v.webm></video>", ["/a/p.png"]),
        ("<script src=x.js></script><iframe src=f.html></iframe><a href=b>b</a>", []),
        ("<link rel=preload href=x.js><link rel=canonical href=y>", []),
        ("<img src='javascript:1'><img src='file:///etc/passwd'><img src='http://['>", []),
        ("<base href='javascript:1'><img src=b.png>", ["/a/b.png"]),
    ],
)
def test_requisites_of_a_page_are_found(html: str, expected: list[str]) -> None:
    assert found(html) == expected


@pytest.mark.parametrize(
    ("css", "expected"),
    [
        ("a { background: url(b.png) }", ["b.png"]),
        ("@import 'b.css' screen; @import url(\"c.css\");", ["b.css", "c.css"]),
        ("/* url(no.png) */ a::before { content: 'url(no.png)' }", []),
        (r"a { background: url(b\20 c.png) }", ["b%20c.png"]),
        ("a { background: url(data:image/png;base64,AA) }", []),
        ("a { background: url('b.png", []),
    ],
)
def test_requisites_of_a_stylesheet_are_found(css: str, expected: list[str]) -> None:
    urls = [one.url for one in requisites_in_css(css, "https://news.example/s.css")]
    assert urls == [f"https://news.example/{name}" for name in expected]


def test_what_is_not_there_is_taken_out_of_a_stylesheet() -> None:
    css = "@import 'b.css'; a { background: url(b.png) no-repeat }"
    replaced = replace_in_css(css, BASE, lambda one: None)
    assert replaced == '@import url("data:,"); a { background: url("data:,") no-repeat }'


@pytest.mark.parametrize(
    "css", ["url(" * 200_000, "/*" * 200_000, '"' * 300_000, "url('" + "\\" * 300_000]
)
def test_a_hostile_stylesheet_is_read_in_linear_time(css: str) -> None:
    begun = time.process_time()
    requisites_in_css(css, BASE)
    assert time.process_time() - begun < 5


@pytest.mark.parametrize(
    ("body", "label", "is_style", "expected"),
    [
        (png(1, 2, 3), "text/plain", False, "image/png"),
        (png(1, 2, 3), None, False, "image/png"),
        (b"<!doctype html><p>no", "image/png", False, None),
        (b"<!doctype html><p>no", "text/css", True, None),
        (b"a { }", "text/html", True, None),
        (b"a { }", "text/css; charset=utf-8", True, "text/css"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml", False, "image/svg+xml"),
        (b"alert(1)", "image/png", False, None),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp", False, "image/webp"),
        (b"", "image/png", False, None),
    ],
)
def test_type_of_a_requisite_is_that_of_its_bytes(
    body: bytes, label: str | None, is_style: bool, expected: str | None
) -> None:
    assert requisite_type(body, label, is_style=is_style) == expected


@attrs.frozen
class Crawled:
    """The site of `tests.drawn_pages`, crawled."""

    archive: Path
    server: OddServer
    requisites: dict[str, dict[str, Any]]
    """The last observation of each requisite, by its path."""


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    """Both articles with their requisites; the site declares that they are stored."""
    folder = tmp_path_factory.mktemp("requisites")
    folder.joinpath("ferry_site.py").write_text(MODULE)
    with odd_server() as server, odd_server("127.0.0.2") as elsewhere:
        draw(server, elsewhere)
        urls = f"urls={server.url}{PAGE},{server.url}{SECOND}"
        path = folder / "archive.db"
        done = scrapy(
            *("crawl", "articles", "-a", urls, "-a", "limit=2"),
            NEWSCRAWL_ARCHIVE=str(path),
            NEWSCRAWL_PRIVATE_HOSTS="127.0.0.1,127.0.0.2",
            NEWSCRAWL_SITES="ferry_site",
            PYTHONPATH=str(folder),
        )
        assert done.returncode == 0, done.stderr
        query = "SELECT * FROM observation WHERE outcome = 'requisite' ORDER BY id"
        seen = {row["url"].removeprefix(server.url): row for row in rows(path, query)}
        yield Crawled(path, server, seen)


def test_requisites_are_stored_as_they_came(crawled: Crawled) -> None:
    stored = {path for path, row in crawled.requisites.items() if row["evidence_file"]}
    far = next(path for path in stored if path.endswith("/far.png"))
    assert stored == {
        *("/style.css", "/loop.css", "/imported.css", "/f.woff2", "/icon.png", "/head.png"),
        *("/red.png", "/same.png", far, "/late.png", "/wide.png", "/old.png", "/poster.png"),
        *("/moved.png", "/target.png"),
    }
    assert all(crawled.server.count(path) == 1 for path in stored - {far})
    with Archive.open_read_only(crawled.archive) as archive:
        assert list(evidence_problems(archive)) == []


def test_a_failed_requisite_costs_itself_and_is_reported(crawled: Crawled) -> None:
    reasons = {
        path.rpartition("/")[2]: str(row["reason"])
        for path, row in crawled.requisites.items()
        if not row["evidence_file"]
    }
    assert {name: reason.partition(":")[0] for name, reason in reasons.items()} == {
        "missing.png": "http_error",
        "one.png": "robots",
        "secret.png": "forbidden_address",
        "to-private.png": "forbidden_address",
        "page-as.png": "parse_error",
        "html.css": "parse_error",
        "bomb.png": "too_large",
    }
    articles = rows(crawled.archive, "SELECT count(*) AS n FROM article")
    assert articles[0]["n"] == 2
    assert crawled.server.count("/hidden/one.png") == 0


def test_scripts_films_and_frames_are_not_requested(crawled: Crawled) -> None:
    for path in ("/script.js", "/film.mp4", "/frame.html", "/small.png", "/huge.png"):
        assert crawled.server.count(path) == 0


def test_the_same_bytes_are_stored_once(crawled: Crawled) -> None:
    first, second = (crawled.requisites[path] for path in ("/red.png", "/same.png"))
    assert first["digest"] == second["digest"]
    lengths = sorted(row["evidence_length"] for row in (first, second))
    with Archive.open_read_only(crawled.archive) as archive:
        captures = {one.url: one for one in archive.evidence.all()}
    kinds = [captures[row["url"]] for row in (first, second)]
    assert len({one.evidence.record_id for one in kinds}) == 2
    assert lengths[0] > 0


def test_requisites_are_no_pages_of_the_statistics(crawled: Crawled) -> None:
    with Archive.open_read_only(crawled.archive) as archive:
        assert "requisite" not in archive.stats().outcomes
    named = rows(
        crawled.archive,
        """SELECT DISTINCT p.url AS page FROM page_requisites AS x
        JOIN urls AS p ON p.id = x.page_id JOIN urls AS u ON u.id = x.url_id
        WHERE u.url LIKE '%/style.css' ORDER BY 1""",
    )
    pages = {row["page"].removeprefix(crawled.server.url) for row in named}
    assert pages == {PAGE, SECOND, "/loop.css"}


def test_a_page_of_ten_thousand_images_costs_no_more_than_its_limit(tmp_path: Path) -> None:
    with odd_server() as server:
        images = "".join(f"<img src='/{number}.png'>" for number in range(10_000))
        server.answers[PAGE] = page("The ferry shows ten thousand pictures", "", images)
        options = ("-s", "NEWSCRAWL_REQUISITES=always", "-s", "NEWSCRAWL_PAGE_REQUISITES=9")
        done = crawl(tmp_path / "a.db", "articles", "-a", f"urls={server.url}{PAGE}", *options)
        assert done.returncode == 0, done.stderr
        asked = {one.path for one in server.asked if one.path.endswith(".png")}
        assert asked == {f"/{number}.png" for number in range(9)}
    assert len(rows(tmp_path / "a.db", "SELECT * FROM page_requisites")) == 9


def test_a_site_that_declares_nothing_gets_no_request_for_them(tmp_path: Path) -> None:
    with odd_server() as server:
        server.answers[PAGE] = page("The ferry sails plainly", "", "<img src='/1.png'>")
        crawl(tmp_path / "a.db", "articles", "-a", f"urls={server.url}{PAGE}")
        assert server.count("/1.png") == 0


def test_capture_stores_a_page_with_its_files_and_again_when_nothing_changed(
    tmp_path: Path,
) -> None:
    allowed = {"NEWSCRAWL_PRIVATE_HOSTS": "127.0.0.1"}
    with odd_server() as server:
        body = "<img src='/1.png'><img src='/2.png'>"
        server.answers[PAGE] = page(HEADLINE, "", body).with_header("ETag", '"1"')
        server.answers["/1.png"] = answer(png(1, 2, 3), "image/png")
        plainly = crawl(tmp_path / "a.db", "articles", "-a", f"urls={server.url}{PAGE}")
        assert plainly.returncode == 0
        archive = ("-d", tmp_path / "a.db")
        done = run("capture", server.url + PAGE, *archive, environment=allowed)
        assert done.stdout == (
            f"{server.url}{PAGE}: article 1, unchanged, with 1 file\n"
            "  1 file not stored: http_error\n"
        )
        server.answers[PAGE] = Answer(b"", 304)
        again = run("capture", server.url + PAGE, "--json", *archive, environment=allowed)
        assert json.loads(again.stdout)["stored"] == 1
        assert server.count("/1.png") == 2
        lost = run("capture", server.url + "/gone", *archive, environment=allowed)
        assert "http_error: HTTP 404" in refusal(lost)


def test_withdrawal_erases_the_files_that_no_other_page_has(
    crawled: Crawled, tmp_path: Path
) -> None:
    shutil.copytree(crawled.archive.parent, tmp_path / "copy")
    path = tmp_path / "copy" / crawled.archive.name
    done = run("withdraw", crawled.server.url + PAGE, "--reason", "x", "--yes", "-d", path)
    assert done.returncode == 0, done.stderr
    query = "SELECT url FROM observation WHERE outcome = 'requisite' AND evidence_file <> ''"
    left = {row["url"].removeprefix(crawled.server.url) for row in rows(path, query)}
    assert left == {"/style.css", "/loop.css", "/f.woff2", "/red.png", "/same.png"}
    with Archive.open_read_only(path) as archive:
        assert list(evidence_problems(archive)) == []
    whole = b"".join(file.read_bytes() for file in path.parent.glob("warc/*/*.gz"))
    assert b"/poster.png" not in gzip.decompress(whole)
    assert b"/style.css" in gzip.decompress(whole)


def test_a_merge_brings_the_files_of_pages(crawled: Crawled, tmp_path: Path) -> None:
    query = """SELECT p.url AS page, u.url FROM page_requisites AS x
        JOIN urls AS p ON p.id = x.page_id JOIN urls AS u ON u.id = x.url_id ORDER BY 1, 2"""
    with Archive(tmp_path / "into.db") as archive:
        archive.merge(crawled.archive)
        assert list(evidence_problems(archive)) == []
    assert rows(tmp_path / "into.db", query) == rows(crawled.archive, query)


def test_a_package_of_one_article_holds_the_files_that_draw_it(
    crawled: Crawled, tmp_path: Path
) -> None:
    out = tmp_path / "one.wacz"
    done = run("export", "--wacz", out, '"rests for a day"', "-d", crawled.archive)
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(out) as package:
        lines = gzip.decompress(package.read("indexes/index.cdx.gz")).decode().splitlines()
        pages = package.read("pages/pages.jsonl").decode().splitlines()[1:]
    entries = [json.loads(line.split(" ", 2)[2]) for line in lines]
    paths = {one["url"].removeprefix(crawled.server.url): one["mime"] for one in entries}
    # Where another address had its bytes first, that record is in the package too.
    is_revisit = paths.pop("/same.png", None) is not None
    assert paths == {
        SECOND: "text/html",
        "/style.css": "text/css",
        "/loop.css": "text/css",
        "/f.woff2": "font/woff2",
        "/red.png": "warc/revisit" if is_revisit else "image/png",
    }
    assert [json.loads(page)["url"] for page in pages] == [crawled.server.url + SECOND]


@pytest.mark.slow
def test_pywb_replays_a_package_with_its_files(crawled: Crawled, tmp_path: Path) -> None:
    done = run("export", "--wacz", tmp_path / "out.wacz", "-d", crawled.archive)
    assert done.returncode == 0, done.stderr
    tools = tool_environment(tmp_path / "tools", "pywb==2.10.0", "setuptools<81")
    manage = (tools / "wb-manager",)
    subprocess.run((*manage, "init", "all"), cwd=tmp_path, check=True, timeout=120)
    add = (*manage, "add", "all", tmp_path / "out.wacz", "--unpack-wacz")
    subprocess.run(add, cwd=tmp_path, check=True, timeout=120)
    wrong = []
    with Archive.open_read_only(crawled.archive) as archive, pywb(tools, tmp_path) as address:
        captures = [one for one in archive.evidence.all() if one.status == 200]
        for capture in captures:
            moment = f"{capture.fetched_at:%Y%m%d%H%M%S}"
            status, body = fetched(f"{address}/all/{moment}id_/{capture.url}")
            if (status, body) != (200, read_stored(archive, capture).body):
                wrong.append((capture.url, status))
    assert wrong == []
    assert len(captures) > len(crawled.requisites) / 2


@needs_chromium
def test_a_browser_stores_a_screenshot_of_the_page_with_its_images(tmp_path: Path) -> None:
    with odd_server() as server:
        server.answers[PAGE] = page(HEADLINE, "", "<img src='/1.png' width=900 height=900>")
        server.answers["/1.png"] = answer(png(1, 2, 3, size=64), "image/png")
        urls = f"urls={server.url}{PAGE}"
        options = ("-s", "NEWSCRAWL_REQUISITES=always", "-s", "NEWSCRAWL_BROWSER=always")
        done = crawl(tmp_path / "a.db", "articles", "-a", urls, *options)
        assert done.returncode == 0, done.stderr
        view = f"urn:view:{server.url}{PAGE}"
    out = tmp_path / "page.png"
    shown = run("evidence", view, "-o", out, "-d", tmp_path / "a.db")
    assert shown.returncode == 0, shown.stderr
    picture = out.read_bytes()
    assert picture.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", picture[16:24])
    assert (width, height > 900) == (1280, True)
    with Archive.open_read_only(tmp_path / "a.db") as archive:
        assert list(evidence_problems(archive)) == []
        drawn = [one.url for one in archive.requisites.of_page(server.url + PAGE)]
    assert sorted(drawn) == [f"{server.url}/1.png", view]


@pytest.mark.parametrize("is_zstandard", [False, True])
def test_a_screenshot_is_read_as_it_was_written(tmp_path: Path, is_zstandard: bool) -> None:
    picture, now = png(1, 2, 3), dt.datetime.now(dt.UTC)
    with WarcWriter(tmp_path, "site", is_zstandard=is_zstandard) as writer:
        view = "urn:view:https://news.example/1"
        place = writer.write_resource(view, now, "image/png", picture)
    path = tmp_path / place.file
    record = read_record(path, place.offset, place.length, max_size=10**6)
    assert (record.kind, record.url, record.body) == ("resource", view, picture)
    assert read_answer(path, place).payload == picture
