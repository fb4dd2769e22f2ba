"""`newscrawl export --wacz`: what is kept, in a package as the specification has it."""

from __future__ import annotations

import gzip
import hashlib
import json
import subprocess
import venv
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import attrs
import pytest
from warcio.archiveiterator import ArchiveIterator

from newscrawl import Archive
from newscrawl.cli.export import package
from newscrawl.errors import ArchiveError
from newscrawl.warc.surt import surt_from
from tests.command_line import refusal, run
from tests.importing import imported, story, write_arc, write_warc

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


def test_what_cannot_be_put_in_is_told(tmp_path: Path) -> None:
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


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://www.News.example/A/b?b=2&a=1", "example,news)/a/b?a=1&b=2"),
        ("http://127.0.0.1:8080/", "1,0,0,127:8080)/"),
        ("https://news.example:443/x/", "example,news)/x"),
        ("https://www2.news.example", "example,news)/"),
        ("https://news.example/%D8%A7/ب", "example,news)/%d8%a7/%d8%a8"),
        ("urn:text:x", "urn:text:x"),
        ("http://[::1/", "http://[::1/"),
    ],
)
def test_surt_keys_are_those_of_replay_tools(url: str, key: str) -> None:
    assert surt_from(url) == key


@pytest.mark.slow
def test_the_public_tool_finds_nothing_wrong(database: Path, tmp_path: Path) -> None:
    exported(database).close()
    tools = tmp_path / "tools"
    venv.create(tools, with_pip=True)
    pip = (tools / "bin" / "python", "-m", "pip", "install", "--quiet", "wacz==0.6.0")
    subprocess.run(pip, check=True, timeout=600)
    validate = (tools / "bin" / "wacz", "validate", "-f", database.with_name("out.wacz"))
    done = subprocess.run(validate, check=False, timeout=120, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    assert "Validation succeeded" in done.stdout
