"""Opt-outs of pages: recorded for every page, and obeyed if set."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest

from newscrawl.ingest.opt_outs import is_reserved, opt_outs_of, parse_tdmrep, tdm_statements
from newscrawl.page import Page
from tests.crawling import crawl, outcomes, rows
from tests.odd_server import OddServer, article, odd_server

HTML = ("Content-Type", "text/html; charset=utf-8")


def page(head: str = "") -> Page:
    return Page(url="https://news.example/1", body=f"<head>{head}</head><p>text".encode())


@pytest.mark.parametrize(
    ("headers", "head", "expected"),
    [
        ((), "", ()),
        ((("X-Robots-Tag", "noindex"),), "", ()),
        ((("X-Robots-Tag", "noindex, NoArchive"),), "", ("noarchive (X-Robots-Tag)",)),
        ((("x-robots-tag", "newscrawl: noarchive"),), "", ("noarchive (X-Robots-Tag)",)),
        ((("X-Robots-Tag", "googlebot: noarchive"),), "", ()),
        ((("X-Robots-Tag", "max-snippet:-1, noai"),), "", ("noai (X-Robots-Tag)",)),
        (
            (("X-Robots-Tag", "noai"), ("X-Robots-Tag", "noimageai")),
            "",
            ("noai (X-Robots-Tag)", "noimageai (X-Robots-Tag)"),
        ),
        ((), "<meta name=Robots content='index, noarchive'>", ("noarchive (meta)",)),
        ((), "<meta name=newscrawl content=noarchive>", ("noarchive (meta)",)),
        ((), "<meta name=googlebot content=noarchive>", ()),
        ((("TDM-Reservation", "1"),), "", ("tdm (header)",)),
        ((), "<meta name=tdm-reservation content=1>", ("tdm (meta)",)),
        ((("tdm-reservation", "1"),), "<meta name=tdm-reservation content=0>", ()),
    ],
)
def test_opt_outs_are_read_where_they_stand(
    headers: tuple[tuple[str, str], ...], head: str, expected: tuple[str, ...]
) -> None:
    assert opt_outs_of(page(head), headers) == expected


def test_header_goes_before_the_file() -> None:
    assert opt_outs_of(page(), (), is_reserved=True) == ("tdm (tdmrep.json)",)
    assert opt_outs_of(page(), (("tdm-reservation", "0"),), is_reserved=True) == ()


RULES = [
    {"location": "/", "tdm-reservation": 0},
    {"location": "/news/*", "tdm-reservation": 1, "tdm-policy": "https://news.example/p.json"},
    {"location": "/news/free/", "tdm-reservation": 0},
    {"location": "/*.pdf$", "tdm-reservation": 1},
    {"location": 5},
    "no rule",
]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/", False),
        ("/news/1", True),
        ("/news/free/1", False),
        ("/a/paper.pdf", True),
        ("/a/paper.pdf?x=1", False),
    ],
)
def test_longest_rule_of_the_file_decides(path: str, *, expected: bool) -> None:
    rules = parse_tdmrep(json.dumps(RULES).encode())
    assert rules is not None
    assert is_reserved(path, rules) is expected


def test_statement_of_a_rule_names_its_policy() -> None:
    rules = parse_tdmrep(json.dumps(RULES).encode())
    words = [json.loads(one.words) for one in tdm_statements(rules or ())]
    assert words == RULES[:4]


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b'{"location": "/"}', b"[" * 100_000, b"\xff"]
)
def test_what_is_no_tdmrep_is_none(body: bytes) -> None:
    assert parse_tdmrep(body) is None


@pytest.fixture
def server() -> Iterator[OddServer]:
    """A site that asks for this and that."""
    with odd_server() as server:
        plain = article("The ferry sails again")
        server.answers |= {
            "/plain": plain,
            "/meta": article("No copies of this", "<meta name=robots content=noarchive>"),
            "/header": attrs.evolve(
                article("No mining of this"), headers=(HTML, ("TDM-Reservation", "1"))
            ),
            "/noai": article("No training on this", "<meta name=robots content=noai>"),
            "/file/1": article("Reserved by the file"),
            "/.well-known/tdmrep.json": attrs.evolve(
                plain, body=b'[{"location": "/file/", "tdm-reservation": 1}]'
            ),
        }
        yield server


def crawled(server: OddServer, archive: Path, *options: str) -> dict[str, str]:
    paths = ("/plain", "/meta", "/header", "/noai", "/file/1")
    urls = ",".join(f"{server.url}{path}" for path in paths)
    done = crawl(archive, "articles", "-a", f"urls={urls}", *options)
    assert done.returncode == 0, done.stderr
    became = outcomes(archive)
    return {path: became[f"{server.url}{path}"] for path in paths}


def test_opt_outs_are_recorded_and_some_obeyed(server: OddServer, tmp_path: Path) -> None:
    archive = tmp_path / "archive.db"
    assert crawled(server, archive) == {
        "/plain": "stored",
        "/meta": "opted_out",
        "/header": "opted_out",
        "/noai": "stored",
        "/file/1": "opted_out",
    }
    assert server.count("/file/1") == 0
    assert server.count("/.well-known/tdmrep.json") == 1
    told = rows(archive, "SELECT url, reason, opt_outs, evidence_file FROM observation")
    found = {row["url"].removeprefix(server.url): row for row in told}
    assert found["/plain"]["opt_outs"] is None
    assert found["/noai"]["opt_outs"] == "noai (meta)"
    assert found["/header"]["opt_outs"] == found["/header"]["reason"] == "tdm (header)"
    assert found["/file/1"]["reason"] == "tdm (tdmrep.json)"
    assert found["/meta"]["evidence_file"] is None
    kept = b"".join(path.read_bytes() for path in archive.parent.rglob("*.warc*"))
    assert b"/meta" not in kept


def test_opt_outs_may_be_recorded_only(server: OddServer, tmp_path: Path) -> None:
    archive = tmp_path / "archive.db"
    became = crawled(server, archive, "-s", "NEWSCRAWL_OBEY_OPT_OUTS=")
    assert set(became.values()) == {"stored"}
    told = rows(archive, "SELECT opt_outs FROM observation WHERE opt_outs IS NOT NULL")
    assert {row["opt_outs"] for row in told} == {
        *("noarchive (meta)", "tdm (header)", "noai (meta)", "tdm (tdmrep.json)")
    }
