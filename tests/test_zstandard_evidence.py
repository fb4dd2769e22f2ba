"""Evidence as `.warc.zst`, by a dictionary of the site: written, read, torn, erased."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest
from click.testing import CliRunner
from warcio.archiveiterator import ArchiveIterator

from newscrawl import Archive
from newscrawl.cli import commands
from newscrawl.evidence import evidence_problems
from newscrawl.outcomes import Evidence
from newscrawl.sample_site.markup import story_page
from newscrawl.sample_site.newspaper import Newspaper
from newscrawl.warc import Exchange, WarcWriter, erase_record, read_answer, read_pages
from newscrawl.warc.members import DICTIONARY, broken_members
from tests.crawling import ROOT, rows
from tests.odd_server import OddServer, ferry_times
from tests.test_wacz import fetched, pywb, tool_environment

PAPER = Newspaper(copies=3)
PAGES = [
    story_page(PAPER, story, "https://paper.example").encode()
    for story in PAPER.stories
    if story.section.charset == "utf-8"
]
NOW = dt.datetime(2026, 11, 30, 9, 0, tzinfo=dt.UTC)
FILES = 60


def exchange(number: int, body: bytes) -> Exchange:
    """An answer that came packed, as most do."""
    return Exchange(
        url=f"https://paper.example/{number}",
        fetched_at=NOW,
        status=200,
        headers=(("Content-Type", "text/html"), ("Content-Encoding", "gzip")),
        body=gzip.compress(body, mtime=0),
    )


def write(folder: Path, numbers: range) -> list[Evidence]:
    with WarcWriter(folder, "paper", is_zstandard=True) as writer:
        return [
            writer.write(exchange(number, page_of(number)), json=b'{"headline": "The ferry"}')
            for number in numbers
        ]


def page_of(number: int) -> bytes:
    return PAGES[number % len(PAGES)].replace(b"</body>", b"<p>%d</p></body>" % number)


@pytest.fixture
def small_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """A first file of 20 KB is enough for a dictionary."""
    monkeypatch.setattr("newscrawl.warc.packings._ENOUGH", 20_000)


@pytest.mark.usefixtures("small_files")
def test_second_file_has_a_dictionary_and_is_smaller(tmp_path: Path) -> None:
    first = write(tmp_path, range(FILES))
    second = write(tmp_path, range(FILES, 2 * FILES))
    one, two = sorted(tmp_path.iterdir())
    assert {place.file for place in first} == {one.name}
    assert {place.file for place in second} == {two.name}
    assert not one.read_bytes().startswith(DICTIONARY)
    assert two.read_bytes().startswith(DICTIONARY)
    packed = sum(len(gzip.compress(page_of(number))) for number in range(FILES, 2 * FILES))
    assert sum(place.length for place in second) < 0.7 * packed
    # A third run goes on with the same file and its dictionary.
    assert {place.file for place in write(tmp_path, range(5))} == {two.name}


@pytest.mark.usefixtures("small_files")
def test_answers_are_read_back_unpacked(tmp_path: Path) -> None:
    places = [*write(tmp_path, range(FILES)), *write(tmp_path, range(FILES, 80))]
    for number, place in enumerate(places):
        answer = read_answer(tmp_path / place.file, place)
        assert answer.payload == page_of(number)
        assert b"X-Archive-Orig-Content-Encoding: gzip\r\n" in answer.head
    for file in tmp_path.iterdir():
        assert list(broken_members(file, [])) == []
        pages = list(read_pages(file))
        assert [page.body for page in pages] == [
            page_of(number) for number, place in enumerate(places) if place.file == file.name
        ]


@pytest.mark.parametrize(
    "encoding",
    ["identity", "none", "utf-8", "GZIP", "gzip, identity", "br", "gzip, br", "\xe9"],
)
def test_answers_of_any_stated_encoding_are_kept(tmp_path: Path, encoding: str) -> None:
    page, packed = page_of(1), gzip.compress(page_of(1), mtime=0)
    is_packed = "gzip" in encoding.lower()
    answer = attrs.evolve(
        exchange(1, page),
        headers=(("Content-Type", "text/html"), ("Content-Encoding", encoding)),
        body=packed if is_packed else page,
    )
    with WarcWriter(tmp_path, "paper", is_zstandard=True) as writer:
        place = writer.write(answer)
    stored = read_answer(tmp_path / place.file, place).payload
    # Brotli that is none is no reason to lose the bytes; they stay as they came.
    assert stored == (packed if encoding == "gzip, br" else page)


@pytest.mark.usefixtures("small_files")
@pytest.mark.parametrize("is_first", [True, False])
def test_torn_record_costs_itself_alone(tmp_path: Path, is_first: bool) -> None:
    places = write(tmp_path, range(FILES))
    if not is_first:
        places = write(tmp_path, range(FILES, FILES + 9))
    file = tmp_path / places[-1].file
    whole = file.read_bytes()
    ends = [place.offset + place.length for place in places]
    for cut in (
        len(whole) - 1,
        ends[-1] - 1,
        ends[-1] - 40,
        ends[-2] + 3,
        places[0].offset + 9,
    ):
        file.write_bytes(whole[:cut])
        kept = [place for place, end in zip(places, ends, strict=True) if end <= cut]
        with WarcWriter(tmp_path, "paper", is_zstandard=True) as writer:
            is_same_file = writer.path == file
            added = writer.write(exchange(7, page_of(7)))
        assert is_same_file is not is_first or cut < 20_000
        assert read_answer(tmp_path / added.file, added).payload == page_of(7)
        for place in kept:
            assert read_answer(file, place).fields["warc-record-id"] == place.record_id
        if is_same_file:
            assert list(broken_members(file, [])) == []
        else:
            (tmp_path / added.file).unlink()


@pytest.mark.usefixtures("small_files")
def test_file_torn_within_its_dictionary_is_begun_again(tmp_path: Path) -> None:
    write(tmp_path, range(FILES))
    [place] = write(tmp_path, range(1))
    file = tmp_path / place.file
    for cut in (2, 6, 100, place.offset - 20):
        file.write_bytes(file.read_bytes()[:cut])
        [again] = write(tmp_path, range(1))
        assert again.file == place.file
        assert read_answer(file, again).payload == page_of(0)
        assert list(broken_members(file, [])) == []


@pytest.mark.usefixtures("small_files")
def test_erased_record_leaves_the_others(tmp_path: Path) -> None:
    write(tmp_path, range(FILES))
    places = write(tmp_path, range(FILES, FILES + 3))
    size = (tmp_path / places[1].file).stat().st_size
    erase_record(tmp_path, places[1])
    erase_record(tmp_path, places[1])
    file = tmp_path / places[1].file
    assert file.stat().st_size == size
    for number in (0, 2):
        assert read_answer(file, places[number]).payload == page_of(FILES + number)
    assert list(broken_members(file, [])) == []
    # Request and metadata went with it.
    assert [page.url[-2:] for page in read_pages(file)] == ["60", "62"]
    between = file.read_bytes()[places[1].offset : places[2].offset]
    assert not between.strip(b"\0")[8:]


@pytest.fixture
def server() -> Iterator[OddServer]:
    """A site whose sitemap lists 40 articles."""
    with ferry_times(40) as server:
        yield server


def start(server: OddServer, archive: Path) -> subprocess.Popen[str]:
    settings = (
        f"NEWSCRAWL_ARCHIVE={archive}",
        "NEWSCRAWL_PRIVATE_HOSTS=127.0.0.1",
        "NEWSCRAWL_EVIDENCE=warc.zst",
    )
    options = [part for setting in settings for part in ("-s", setting)]
    command = ("-m", "scrapy", "crawl", "site", "-a", f"url={server.url}/", *options)
    return subprocess.Popen(
        [sys.executable, *command], cwd=ROOT, stderr=subprocess.PIPE, text=True
    )


def test_killed_crawls_keep_their_evidence(server: OddServer, tmp_path: Path) -> None:
    archive = tmp_path / "a.db"
    for goal in (12, 25):
        process = start(server, archive)
        while len(server.asked) < goal and process.poll() is None:
            time.sleep(0.002)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        [file] = (tmp_path / "warc").rglob("*.warc.zst")
        with file.open("ab") as torn:  # as a kill in the middle of a write leaves it
            torn.write(file.read_bytes()[-300:-20])
    last = start(server, archive)
    _, errors = last.communicate(timeout=120)
    assert last.returncode == 0, errors
    assert len(rows(archive, "SELECT url FROM article")) == 40
    with Archive.open_read_only(archive) as opened:
        assert list(evidence_problems(opened)) == []
    check = CliRunner().invoke(commands, ["check", "-d", str(archive)])
    assert check.exit_code == 0, check.output
    url = rows(archive, "SELECT url FROM article ORDER BY url LIMIT 1")[0]["url"]
    shown = CliRunner().invoke(commands, ["evidence", url, "-d", str(archive)])
    assert shown.exit_code == 0, shown.output
    assert "<h1>" in shown.output
    package = tmp_path / "a.wacz"
    done = CliRunner().invoke(commands, ["export", "--wacz", str(package), "-d", str(archive)])
    assert done.exit_code == 0, done.output
    with zipfile.ZipFile(package) as file_:
        data = file_.read("archive/data.warc.gz")
    found = [
        record.rec_type for record in ArchiveIterator(io.BytesIO(data), check_digests="raise")
    ]
    assert found.count("response") >= 40
    copy = tmp_path / "copy" / "a.db"
    copy.parent.mkdir()
    done = CliRunner().invoke(commands, ["backup", str(copy), "-d", str(archive)])
    assert done.exit_code == 0, done.output
    shutil.copytree(tmp_path / "warc", copy.parent / "warc")
    check = CliRunner().invoke(commands, ["check", "-d", str(copy)])
    assert check.exit_code == 0, check.output
    restored = CliRunner().invoke(commands, ["evidence", url, "-d", str(copy)])
    assert restored.output == shown.output
    done = CliRunner().invoke(commands, ["import", str(file), "-d", str(tmp_path / "b.db")])
    assert done.exit_code == 0, done.output
    assert len(rows(tmp_path / "b.db", "SELECT url FROM article")) == 40
    gone = CliRunner().invoke(
        commands, ["withdraw", url, "--reason", "law", "--yes", "-d", str(archive)]
    )
    assert gone.exit_code == 0, gone.output
    assert url not in [page.url for page in read_pages(file)]
    check = CliRunner().invoke(commands, ["check", "-d", str(archive)])
    assert check.exit_code == 0, check.output


@pytest.mark.slow
@pytest.mark.usefixtures("small_files")
def test_pywb_replays_a_package_of_zstandard_evidence(tmp_path: Path) -> None:
    write(tmp_path, range(FILES))
    write(tmp_path, range(FILES, FILES + 10))
    files = sorted(map(str, tmp_path.glob("*.warc.zst")))
    assert len(files) == 2
    archive, package = str(tmp_path / "a.db"), str(tmp_path / "out.wacz")
    for arguments in (("import", *files), ("export", "--wacz", package)):
        done = CliRunner().invoke(commands, [*arguments, "-d", archive])
        assert done.exit_code == 0, done.output
    tools = tool_environment(tmp_path / "tools", "pywb==2.10.0", "setuptools<81")
    manage = (tools / "wb-manager",)
    subprocess.run((*manage, "init", "all"), cwd=tmp_path, check=True, timeout=120)
    add = (*manage, "add", "all", package, "--unpack-wacz")
    subprocess.run(add, cwd=tmp_path, check=True, timeout=120)
    moment = f"{NOW:%Y%m%d%H%M%S}"
    with pywb(tools, tmp_path) as address:
        for number in range(FILES + 10):
            url = f"https://paper.example/{number}"
            assert fetched(f"{address}/all/{moment}id_/{url}") == (200, page_of(number))
