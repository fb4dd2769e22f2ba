"""`newscrawl export --wacz`: what is kept, in a package as the specification has it."""

from __future__ import annotations

import gzip
import hashlib
import http.client
import json
import socket
import subprocess
import time
import venv
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import attrs
import pytest
from warcio.archiveiterator import ArchiveIterator

from newscrawl import Archive
from newscrawl.archive.read.captures import all_captures
from newscrawl.cli.archive.export import package
from newscrawl.errors import ArchiveError
from newscrawl.warc.surt import surt_from
from tests.command_line import refusal, run
from tests.importing import imported, imported_archive, story, write_arc, write_warc

STORIES = tuple(story(number) for number in range(5))
SEEN_AGAIN = attrs.evolve(
    story(1, hours=3),
    body=b"",
    kind="revisit",
    fields=(
        ("WARC-Refers-To-Target-URI", STORIES[1].url),
        ("WARC-Refers-To-Date", "2026-03-01T12:00:00Z"),
        ("WARC-Refers-To", "<urn:uuid:00000000-0000-4000-8000-000000000001>"),
    ),
)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """An archive with five stories in a packed file, one of which was seen again."""
    first = attrs.evolve(
        STORIES[1], fields=(("WARC-Record-ID", dict(SEEN_AGAIN.fields)["WARC-Refers-To"]),)
    )
    sayings = [STORIES[0], first, *STORIES[2:], SEEN_AGAIN]
    with Archive(tmp_path / "archive.db") as archive:
        tally = imported(archive, write_warc(tmp_path / "a.warc.gz", sayings))
    assert (tally.articles, tally.damages) == (6, [])
    return tmp_path / "archive.db"


def exported(
    database: Path, query: str | None = None, site: str | None = None
) -> zipfile.ZipFile:
    out = database.with_name("out.wacz")
    package(database, out, query, site)
    return zipfile.ZipFile(out)


def index_of(wacz: zipfile.ZipFile) -> list[tuple[str, str, dict[str, Any]]]:
    text = gzip.decompress(wacz.read("indexes/index.cdx.gz")).decode()
    lines = text.splitlines()
    assert lines == sorted(lines, key=str.encode)
    return [(key, at, json.loads(rest)) for key, at, rest in (s.split(" ", 2) for s in lines)]


def test_every_file_is_described_with_its_digest(database: Path) -> None:
    with exported(database) as wacz:
        assert {one.compress_type for one in wacz.infolist()} == {zipfile.ZIP_STORED}
        description = json.loads(wacz.read("datapackage.json"))
        assert description["profile"] == "data-package"
        assert description["wacz_version"] == "1.1.1"
        described = {one["path"]: one for one in description["resources"]}
        assert set(wacz.namelist()) == {
            *described,
            "datapackage.json",
            "datapackage-digest.json",
        }
        for path, one in described.items():
            content = wacz.read(path)
            assert one["bytes"] == len(content)
            assert one["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
        digest = hashlib.sha256(wacz.read("datapackage.json")).hexdigest()
        said = json.loads(wacz.read("datapackage-digest.json"))
        assert said == {"path": "datapackage.json", "hash": f"sha256:{digest}"}


def test_readers_look_for_the_extra_fields_of_each_file(database: Path) -> None:
    """wabac.js takes a file to begin behind its name unless its entry has extra fields."""
    with exported(database) as package:
        assert all(one.extra for one in package.infolist())


def test_every_line_of_the_index_leads_to_its_record(database: Path) -> None:
    with exported(database) as wacz:
        data, lines = wacz.read("archive/data.warc.gz"), index_of(wacz)
    source = database.with_name("a.warc.gz").read_bytes()
    assert len(lines) == 6
    for key, at, fields in lines:
        begin = int(fields["offset"])
        raw = data[begin : begin + int(fields["length"])]
        assert raw in source  # copied, and not packed anew
        record = next(iter(ArchiveIterator(BytesIO(raw))))
        url = record.rec_headers.get_header("WARC-Target-URI")
        assert (fields["url"], key) == (url, surt_from(url))
        assert at == "20260301150000" if record.rec_type == "revisit" else "20260301120000"
        assert fields["mime"] == (
            "warc/revisit" if record.rec_type == "revisit" else "text/html"
        )
        assert fields["status"] == "200"
        assert fields.get("digest") == record.rec_headers.get_header("WARC-Payload-Digest")


def test_the_list_of_blocks_leads_into_the_index(database: Path) -> None:
    with exported(database) as wacz:
        head, *blocks = wacz.read("indexes/index.idx").decode().splitlines()
        index = wacz.read("indexes/index.cdx.gz")
    assert head == '!meta 0 {"format": "cdxj-gzip-1.0", "filename": "index.cdx.gz"}'
    for block in blocks:
        key, at, rest = block.split(" ", 2)
        place = json.loads(rest)
        packed = index[place["offset"] : place["offset"] + place["length"]]
        assert gzip.decompress(packed).decode().startswith(f"{key} {at} ")
        assert place["digest"] == f"sha256:{hashlib.sha256(packed).hexdigest()}"


def test_the_pages_are_the_articles(database: Path) -> None:
    with exported(database) as wacz:
        head, *pages = map(json.loads, wacz.read("pages/pages.jsonl").splitlines())
    assert head["format"] == "json-pages-1.0"
    assert [page["url"] for page in pages] == [one.url for one in STORIES]
    assert pages[0]["title"] == "الجسر القديم يفتح للمشاة 0"
    assert pages[0]["ts"] == "2026-03-01T12:00:00Z"
    assert len({page["id"] for page in pages}) == 5


def test_a_query_takes_its_articles_and_what_they_refer_to(database: Path) -> None:
    with Archive(database) as archive:
        archive.db.execute(  # of this story only the revisit is found
            "UPDATE observations SET article_id = NULL, version_id = NULL WHERE url_id ="
            " (SELECT id FROM urls WHERE url = ?) AND fetched_at = ?",
            [STORIES[1].url, "2026-03-01T12:00:00Z"],
        )
    with exported(database, "للمشاة") as wacz:
        whole = index_of(wacz)
    assert [fields["mime"] for _, _, fields in whole].count("warc/revisit") == 1
    assert len(whole) == 6
    with pytest.raises(ArchiveError, match="keeps no evidence of that"):
        exported(database, "سفينة")


def test_a_site_is_chosen_by_its_name(database: Path) -> None:
    with exported(database, site="jisr.example") as wacz:
        assert len(index_of(wacz)) == 6
    target = database.with_name("none.wacz")
    told = refusal(run("export", "--wacz", target, "-d", database, "--site", "x.example"))
    assert "keeps no evidence of that" in told
    assert not target.exists()


def test_what_comes_out_can_be_imported(database: Path, tmp_path: Path) -> None:
    exported(database).close()
    with Archive(tmp_path / "again.db") as again, Archive(database) as before:
        tally = imported(again, database.with_name("out.wacz"))
        assert (tally.articles, tally.damages) == (6, [])
        for one in STORIES:
            assert again.get(one.url) == before.get(one.url)


def test_evidence_that_is_not_packed_is_packed(tmp_path: Path) -> None:
    with Archive(tmp_path / "archive.db") as archive:
        imported(archive, write_warc(tmp_path / "a.warc", STORIES, is_gzip=False))
    with exported(tmp_path / "archive.db") as wacz:
        data = BytesIO(wacz.read("archive/data.warc.gz"))
        assert len(index_of(wacz)) == 5
    bodies = [
        record.content_stream().read()
        for record in ArchiveIterator(data, check_digests="raise")
        if record.rec_type == "response"
    ]
    assert bodies == [one.body for one in STORIES]


def test_what_cannot_be_put_in_is_reported(tmp_path: Path) -> None:
    with Archive(tmp_path / "archive.db") as archive:
        imported(archive, write_arc(tmp_path / "a.arc.gz", STORIES[:1]))
        imported(archive, write_warc(tmp_path / "b.warc.gz", STORIES[1:]))
    out = tmp_path / "out.wacz"
    done = run("export", "--wacz", out, "-d", tmp_path / "archive.db")
    assert done.returncode == 1
    assert "1 record could not be put into" in done.stderr
    with zipfile.ZipFile(out) as wacz:
        assert len(index_of(wacz)) == 4


def test_a_package_is_no_table(database: Path) -> None:
    out = database.with_name("out.wacz")
    done = run("export", "--wacz", out, "-d", database, "للمشاة", "--site", "jisr.example")
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert done.stderr == f"6 records in {out}\n"
    done = run("export", "--wacz", out, "--format", "csv", "-d", database)
    assert (done.returncode, done.stdout) == (2, "")
    assert run("export", "-d", database).returncode == 2
    assert "is the archive" in run("export", "--wacz", database, "-d", database).stderr


SID = "0123456789abcdef0123456789abcdef"
KEYS = {
    "https://www.News.example/A/b?b=2&a=1": "example,news)/a/b?a=1&b=2",
    "http://127.0.0.1:8080/": "1,0,0,127:8080)/",
    "https://news.example:443/x/": "example,news)/x",
    "http://news.example:443/x//": "example,news:443)/x",
    "https://www2.news.example": "example,news)/",
    "https://news.example/%D8%A7/ب": "example,news)/%d8%a7/%d8%a8",
    "urn:text:x": "urn:text:x",
    "http://[::1/": "http://[::1/",
    "http://[::1]/": "::1)/",
    "http://a.example/x%3Ay%2Cz%7Cw%22q%21%28%29%2F%5B%5D": 'example,a)/x:y,z|w"q!()/[]',
    "http://a.example/a%20b c?q=a+b%20c": "example,a)/a%20b%20c?q=a+b%20c",
    "http://a.example/%2541?q=%2541%26b=1": "example,a)/a?b=1&q=a",
    "http://a.example/a//b/../c/./d?#frag": "example,a)/a/c/d",
    "http://user:pw@a..example./a?b&a&&c=": "example,a)/a?&a&b&c=",
    f"http://a.example/x?jsessionid={SID}&b=1": "example,a)/x?b=1",
    f"http://a.example/x?b=1&phpsessid={SID}": "example,a)/x?&b=1",
    "http://a.example/x?CFID=12&CFTOKEN=34&b=1": "example,a)/x?b=1",
    "http://a.example/(0123456789abcdefghijklmn)/p.aspx?x=1": "example,a)/p.aspx?x=1",
    "http://a.example/x?ad=1&ad._v=2&ad=0": "example,a)/x?ad=0&ad=1&ad._v=2",
    "http://a.example/%zz%FF?q=%23a#b": "example,a)/%25zz%ff?q=%23a",
    "http://a.example/É?É=é": "example,a)/%c3%89?%c3%89=%c3%a9",
    "http://münchen.example/~x%7E": "example,xn--mnchen-3ya)/~x~",
    "http://2130706433/x;jsessionid=1": "1,0,0,127)/x;jsessionid=1",
}
"""Addresses and the keys that pywb 2.10 looks them up by."""


@pytest.mark.parametrize("url", KEYS)
def test_keys_are_those_of_pywb(url: str) -> None:
    assert surt_from(url) == KEYS[url]


@pytest.mark.slow
def test_pywb_replays_every_address_of_a_package(tmp_path: Path) -> None:
    urls = [url for url in KEYS if url.isascii() and not set("[@ ") & set(url)]
    urls.remove("urn:text:x")
    sayings = [
        attrs.evolve(story(number, hours=number), host="", path=url)
        for number, url in enumerate(urls)
    ]
    archive = imported_archive(tmp_path, sayings)
    done = run("export", "--wacz", tmp_path / "out.wacz", "-d", archive)
    assert done.returncode == 0, done.stderr
    tools = tool_environment(tmp_path / "tools", "pywb==2.10.0", "setuptools<81")
    manage = (tools / "wb-manager",)
    subprocess.run((*manage, "init", "all"), cwd=tmp_path, check=True, timeout=120)
    add = (*manage, "add", "all", tmp_path / "out.wacz", "--unpack-wacz")
    subprocess.run(add, cwd=tmp_path, check=True, timeout=120)
    with Archive.open_read_only(archive) as opened:
        captures = list(all_captures(opened.db))
    with pywb(tools, tmp_path) as address:
        wrong = []
        for capture in captures:
            saying = next(one for one in sayings if sha256(one.body) == capture.sha256)
            moment = "".join(char for char in str(capture.fetched_at) if char.isdigit())[:14]
            status, body = fetched(f"{address}/all/{moment}id_/{capture.url}")
            if (status, body) != (200, saying.body):
                wrong.append((capture.url, status))
    assert wrong == []
    assert len(captures) == len(urls)


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def fetched(address: str) -> tuple[int, bytes]:
    """Return what a replay server of this machine answers."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.netloc, timeout=60)
    path = quote(address.removeprefix(f"http://{parts.netloc}"), safe=SAFE)
    connection.request("GET", path, headers={"Accept-Encoding": "identity"})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, body


SAFE = "".join(map(chr, range(33, 127)))


@contextmanager
def pywb(tools: Path, folder: Path) -> Iterator[str]:
    """Run pywb over the collections of *folder*; yield its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = (tools / "wayback", "-b", "127.0.0.1", "-p", str(port))
    with subprocess.Popen(
        command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as server:
        try:
            until = time.monotonic() + 120
            while time.monotonic() < until and server.poll() is None:
                with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                    break
                time.sleep(0.2)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


def tool_environment(folder: Path, *requirements: str) -> Path:
    """Install a public tool apart from ours; return the folder of its programs."""
    venv.create(folder, with_pip=True)
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "-qq", *requirements]
    subprocess.run(pip, check=True, timeout=900)
    return folder / "bin"


@pytest.mark.slow
def test_the_public_tool_finds_nothing_wrong(database: Path, tmp_path: Path) -> None:
    exported(database).close()
    tools = tool_environment(tmp_path / "tools", "wacz==0.6.0")
    validate = (tools / "wacz", "validate", "-f", database.with_name("out.wacz"))
    done = subprocess.run(validate, check=False, timeout=120, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    assert "Validation succeeded" in done.stdout
