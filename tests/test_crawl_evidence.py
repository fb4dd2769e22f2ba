"""Evidence of crawls: WARC files for any program, with rows that point into them."""

from __future__ import annotations

import gzip
import json
import shutil
import subprocess
import sys
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote
from urllib.request import urlopen

import attrs
import brotli  # type: ignore[import-untyped]
import pytest
from backports import zstd
from warcio.archiveiterator import ArchiveIterator

from newscrawl import Archive, extract
from newscrawl import exit_status as exits
from newscrawl.archive.read.captures import Capture, all_captures
from newscrawl.evidence import evidence_problems, read_stored
from newscrawl.sample_site import running_newsroom
from newscrawl.warc import read_pages
from tests.command_line import refusal, run
from tests.crawling import crawl, rows
from tests.odd_server import Answer, OddServer, article, odd_server, text

STORY = quote("/economy/2024/10/14/موسم-الزيتون-يبدأ-مبكرا/")
PACK = {
    "gzip": lambda body: gzip.compress(body, mtime=0),
    "br": brotli.compress,
    "zstd": zstd.compress,
    "deflate": zlib.compress,
}
HTML = ("Content-Type", "text/html; charset=utf-8")


@attrs.frozen
class Crawled:
    """A newsroom that was crawled, edited, and crawled again."""

    archive: Path
    base_url: str
    served: bytes
    """The story as it was served after the edit."""

    @property
    def warc(self) -> Path:
        """The one file of evidence."""
        return warc_of(self.archive)


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Crawled:
    """Two crawls of the newsroom into one archive."""
    path = tmp_path_factory.mktemp("crawled") / "archive.db"
    with running_newsroom("--crawl-delay", "0", "--slow", "0.1") as newsroom:
        for edition in (1, 2):
            newsroom.turn_to(edition)
            done = crawl(path, "site", "-a", f"url={newsroom.base_url}/")
            assert done.returncode == 0, done.stderr
        with urlopen(newsroom.base_url + STORY, timeout=30) as answer:  # noqa: S310
            return Crawled(path, newsroom.base_url, answer.read())


@attrs.frozen
class Record:
    """One record as warcio reads it."""

    kind: str
    url: str
    fields: dict[str, str]
    payload: bytes


def records(path: Path) -> list[Record]:
    with path.open("rb") as file:
        return [
            Record(
                kind=record.rec_type,
                url=(record.rec_headers.get_header("WARC-Target-URI") or "").removeprefix(
                    "urn:newscrawl:extracted:"
                ),
                fields=dict(record.rec_headers.headers),
                payload=record.content_stream().read(),
            )
            for record in ArchiveIterator(file, check_digests="raise")
        ]


def warcio(*arguments: str | Path) -> str:
    command = [sys.executable, "-m", "warcio.cli", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def warc_of(archive: Path) -> Path:
    (path,) = archive.parent.glob("warc/*/*.warc.gz")
    return path


def captures(archive: Path) -> list[Capture]:
    with Archive.open_read_only(archive) as opened:
        return list(all_captures(opened.db))


def test_public_tools_read_what_a_crawl_wrote(crawled: Crawled) -> None:
    warcio("check", crawled.warc)
    index = [json.loads(line) for line in warcio("index", crawled.warc).splitlines()]
    places = {(one["offset"], one.get("warc-type")) for one in index}
    for capture in captures(crawled.archive):
        kinds = {(str(capture.evidence.offset), kind) for kind in ("response", "revisit")}
        assert kinds & places


def test_every_answer_of_the_first_run_is_stored(crawled: Crawled) -> None:
    query = """SELECT url FROM observation
        WHERE run_id = 1 AND status IS NOT NULL AND evidence_file IS NULL"""
    assert rows(crawled.archive, query) == []
    kept = rows(crawled.archive, "SELECT count(*) AS n FROM observation WHERE run_id = 1")
    kinds = Counter(record.kind for record in records(crawled.warc))
    assert kinds["warcinfo"] == 1
    assert kinds["response"] >= kept[0]["n"]
    assert kinds["request"] == kinds["response"] + kinds["revisit"]


def test_an_article_is_stored_as_it_was_served(crawled: Crawled) -> None:
    done = run("evidence", crawled.base_url + STORY, "-d", crawled.archive)
    assert done.stdout.encode() == crawled.served
    facts = json.loads(
        run("evidence", crawled.base_url + STORY, "--json", "-d", crawled.archive).stdout
    )
    assert facts["file"] == str(crawled.warc.relative_to(crawled.archive.parent))
    assert facts["record_id"].startswith("<urn:uuid:")


def test_an_unchanged_article_is_a_revisit_of_the_first_answer(crawled: Crawled) -> None:
    found = {record.fields["WARC-Record-ID"]: record for record in records(crawled.warc)}
    revisits = [record for record in found.values() if record.kind == "revisit"]
    assert len(revisits) >= 5
    for record in revisits:
        first = found[record.fields["WARC-Refers-To"]]
        assert (first.kind, first.url) == ("response", record.url)
        assert record.fields["WARC-Refers-To-Date"] == first.fields["WARC-Date"]
        assert record.fields["WARC-Payload-Digest"] == first.fields["WARC-Payload-Digest"]
    with Archive.open_read_only(crawled.archive) as archive:
        for capture in archive.captures(revisits[0].url):
            assert read_stored(archive, capture).holder.evidence.record_id in found


def test_sources_are_stored_once_until_they_change(crawled: Crawled) -> None:
    kept = Counter(one.url for one in records(crawled.warc) if one.kind == "response")
    robots = f"{crawled.base_url}/robots.txt"
    assert kept[robots] == 1
    places = {
        capture.evidence for capture in captures(crawled.archive) if capture.url == robots
    }
    query = "SELECT count(*) AS n FROM observation WHERE url = ?"
    assert (len(places), rows(crawled.archive, query, robots)) == (1, [{"n": 2}])
    # The home page names the edited story, and is kept daily.
    assert kept[f"{crawled.base_url}/"] == 1


def test_what_was_read_is_stored_beside_its_page(crawled: Crawled) -> None:
    read = {
        record.fields["WARC-Refers-To"]: json.loads(record.payload)
        for record in records(crawled.warc)
        if record.kind == "metadata"
    }
    pages = {page.url: page for page in read_pages(crawled.warc)}
    story = crawled.base_url + STORY
    first = next(one for one in captures(crawled.archive) if one.url == story)
    said = read[first.evidence.record_id or ""]
    assert said["url"] == story
    assert said["headline"]
    assert said["article_body"] == extract(pages[story]).article_body


def test_an_archive_can_be_moved_with_its_evidence(crawled: Crawled, tmp_path: Path) -> None:
    folder = tmp_path / "elsewhere"
    shutil.copytree(crawled.archive.parent, folder)
    done = run("check", "-d", folder / "archive.db")
    assert (done.returncode, "is sound" in done.stdout) == (0, True), done.stdout


def test_a_withdrawn_article_leaves_the_evidence(crawled: Crawled, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(crawled.archive.parent, folder)
    archive = folder / "archive.db"
    told = {record.url for record in records(warc_of(archive)) if record.kind == "metadata"}
    story = next(
        record.url
        for record in records(warc_of(archive))
        if record.kind == "revisit" and record.url in told
    )
    before = [record for record in records(warc_of(archive)) if record.url == story]
    assert {record.kind for record in before} >= {"response", "revisit", "request", "metadata"}
    done = run("withdraw", story, "--reason", "test", "--yes", "-d", archive)
    assert done.returncode == 0, done.stderr
    after = records(warc_of(archive))
    assert [record.url for record in after if record.url == story] == []
    assert len(after) == len(records(crawled.warc)) - len(before)
    assert run("check", "-d", archive).returncode == 0
    port = crawled.base_url.rpartition(":")[2]
    with running_newsroom("--crawl-delay", "0", "--port", port):
        again = crawl(archive, "articles", "-a", f"urls={story}")
        assert again.returncode in {0, 1}, again.stderr
    assert rows(archive, "SELECT url FROM article WHERE url = ?", story) == []
    assert [record.url for record in records(warc_of(archive)) if record.url == story] == []
    assert run("check", "-d", archive).returncode == 0


@pytest.fixture
def server() -> Iterator[OddServer]:
    """A server of one article and of what is asked for beside it."""
    with odd_server() as server:
        server.answers["/robots.txt"] = text("")
        yield server


def crawl_articles(server: OddServer, archive: Path, *paths: str, **settings: str) -> None:
    urls = ",".join(f"{server.url}{path}" for path in paths)
    options = [part for item in settings.items() for part in ("-s", "=".join(item))]
    done = crawl(archive, "articles", "-a", f"urls={urls}", *options)
    assert done.returncode in {0, 1}, done.stderr


def packed(page: Answer, encoding: str) -> Answer:
    headers = (HTML, ("Content-Encoding", encoding), ("X-Odd", "naïve"))
    return Answer(PACK[encoding](page.body), 200, headers)


def test_packed_answers_are_stored_packed(server: OddServer, tmp_path: Path) -> None:
    pages = {name: article(f"The {name} ferry sails") for name in PACK}
    paths = {name: f"/2026/05/the-ferry-sails-{name}" for name in PACK}
    server.answers |= {paths[name]: packed(page, name) for name, page in pages.items()}
    archive = tmp_path / "archive.db"
    crawl_articles(server, archive, *paths.values())
    asked = {one.headers["Accept-Encoding"] for one in server.asked}
    assert asked == {"gzip"}, "what every reader of WARC files can undo"
    for name, path in paths.items():
        with Archive.open_read_only(archive) as opened:
            (capture,) = opened.captures(server.url + path)
            kept = read_stored(opened, capture)
        assert kept.payload == packed(pages[name], name).body
        assert kept.body == pages[name].body
    head = run("evidence", server.url + paths["gzip"], "--headers", "-d", archive).stdout
    assert head.startswith("HTTP/1.1 200 OK\n")
    assert "Content-Encoding: gzip\n" in head
    assert run("check", "-d", archive).returncode == 0


def test_what_is_no_page_is_stored_as_well(server: OddServer, tmp_path: Path) -> None:
    archive = tmp_path / "archive.db"
    moved = Answer(b"gone there", 301, (("Location", "/new"), HTML))
    server.answers |= {"/old": moved, "/new": article("The ferry sails again")}
    crawl_articles(server, archive, "/old", "/missing")
    kept = {one.url: one.payload for one in records(warc_of(archive)) if one.kind == "response"}
    assert kept[f"{server.url}/old"] == b"gone there"
    assert kept[f"{server.url}/missing"] == b"not here"
    assert run("evidence", f"{server.url}/missing", "-d", archive).stdout == "not here"
    assert run("check", "-d", archive).returncode == 0


def test_a_304_gives_the_page_that_it_stands_for(server: OddServer, tmp_path: Path) -> None:
    archive, path = tmp_path / "archive.db", "/2026/05/the-ferry-sails"
    page = article("The ferry sails again")
    tagged = Answer(page.body, 200, (HTML, ("ETag", '"1"')))
    server.answers[path] = [tagged, Answer(b"", 304, (("ETag", '"1"'),))]
    for _ in range(2):
        crawl_articles(server, archive, path)
    assert [one.kind for one in records(warc_of(archive)) if one.url.endswith("sails")] == [
        "response",
        "request",
        "metadata",
        "revisit",
        "request",
    ]
    done = run("evidence", server.url + path, "-d", archive)
    assert done.stdout.encode() == page.body
    head = run("evidence", server.url + path, "--headers", "-d", archive).stdout
    assert head.startswith("HTTP/1.1 304 Not Modified\n")
    assert "until 1999" in refusal(
        run("evidence", server.url + path, "--at", "1999", "-d", archive)
    )
    vague = run("evidence", server.url + path, "--at", "yesterday", "-d", archive)
    assert (vague.returncode, vague.stdout) == (2, "")
    assert run("check", "-d", archive).returncode == 0


def test_small_disks_go_without(server: OddServer, tmp_path: Path) -> None:
    archive = tmp_path / "archive.db"
    server.answers["/2026/05/the-ferry-sails"] = article("The ferry sails again")
    crawl_articles(server, archive, "/2026/05/the-ferry-sails", NEWSCRAWL_EVIDENCE="none")
    assert rows(archive, "SELECT count(*) AS n FROM article") == [{"n": 1}]
    assert not (tmp_path / "warc").exists()
    assert captures(archive) == []


def test_lost_evidence_is_reported_and_never_written_over(
    server: OddServer, tmp_path: Path
) -> None:
    archive, paths = tmp_path / "archive.db", ("/2026/05/the-ferry-sails", "/2026/05/a-storm")
    server.answers |= {path: article(f"The harbour: {path[9:]}") for path in paths}
    crawl_articles(server, archive, paths[0])
    whole = warc_of(archive)
    with whole.open("r+b") as file:
        file.truncate(1_000)
    crawl_articles(server, archive, paths[1])
    files = {capture.evidence.file[-13:]: capture.url for capture in captures(archive)}
    assert files["00002.warc.gz"] == server.url + paths[1]
    with Archive.open_read_only(archive) as opened:
        told = list(evidence_problems(opened))
    assert told
    assert not [line for line in told if paths[1] in line]


def test_a_folder_outside_the_archives_is_refused(tmp_path: Path) -> None:
    for folder in ("/var", "../x", "."):
        done = crawl(
            tmp_path / "archive.db",
            "articles",
            "-a",
            "urls=http://127.0.0.1/",
            "-s",
            f"NEWSCRAWL_EVIDENCE_FOLDER={folder}",
        )
        assert done.returncode == exits.USAGE
        assert "no path within" in done.stderr


@pytest.mark.parametrize(("hours", "kept"), [("24", 1), ("0", 3)])
def test_a_page_with_another_nonce_is_stored_once_a_day(
    server: OddServer, tmp_path: Path, hours: str, kept: int
) -> None:
    archive, path = tmp_path / "archive.db", "/2026/05/the-ferry-sails"
    server.answers[path] = [
        article("The ferry sails again", f"<script nonce=n{number}>1</script>")
        for number in range(3)
    ]
    for _ in range(3):
        crawl_articles(server, archive, path, NEWSCRAWL_SAME_ARTICLE_EVIDENCE_HOURS=hours)
    written = [one.kind for one in records(warc_of(archive)) if one.url == server.url + path]
    assert written.count("response") == kept
    observed = "SELECT outcome FROM observation WHERE url LIKE '%sails' ORDER BY fetched_at"
    found = [row["outcome"] for row in rows(archive, observed)]
    assert found == ["stored", "unchanged", "unchanged"]
    server.answers[path] = article("The ferry sails no more")
    crawl_articles(server, archive, path, NEWSCRAWL_SAME_ARTICLE_EVIDENCE_HOURS=hours)
    written = [one.kind for one in records(warc_of(archive)) if one.url == server.url + path]
    assert written.count("response") == kept + 1
    assert run("check", "-d", archive).returncode == 0
