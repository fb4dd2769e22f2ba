"""Files that programs pack oddly, that are damaged, or made to do harm, read by processes."""

from __future__ import annotations

import gzip
import io
import os
import random
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import pytest
from backports import zstd

from newscrawl import Archive
from newscrawl.importing.page_engines import read_here
from newscrawl.warc import read_pages
from newscrawl.warc.file_parts import PartRead, Place, places
from newscrawl.warc.members import empty_members
from newscrawl.warc.scan import _LONGEST_BEGINNING, _SEARCHED, Damaged, Span, spans
from tests.command_line import run
from tests.importing import NOON, Saying, imported, story, write_arc, write_warc
from tests.raw_records import (
    in_blocks,
    overlapping,
    raw_record,
    singly,
    stream_of,
    with_dictionary,
)

STORIES = tuple(story(number) for number in range(6))
RECORDS = tuple(map(raw_record, STORIES))
WHOLE = b"".join(RECORDS)
LF = b"".join(raw_record(one, newline=b"\n") for one in STORIES)


def wacz(
    files: dict[str, bytes] | None = None, method: int = zipfile.ZIP_DEFLATED
) -> bytearray:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as package:
        for name, content in (files or {"archive/data.warc.gz": singly(RECORDS)}).items():
            package.writestr(name, content)
    return bytearray(out.getvalue())


def arc(name: str) -> Callable[[Path], bytes]:
    return lambda folder: write_arc(folder / name, STORIES).read_bytes()


Made = bytes | bytearray | Callable[[Path], bytes]
SHAPES: dict[str, tuple[str, Made]] = {
    "one stream": ("a.warc.gz", gzip.compress(WHOLE)),
    "several streams": ("a.warc.gz", gzip.compress(WHOLE[:9000]) + gzip.compress(WHOLE[9000:])),
    "two records a member": (
        "a.warc.gz",
        singly([RECORDS[0] + RECORDS[1], RECORDS[2], b"".join(RECORDS[3:])]),
    ),
    "blocks": ("a.warc.gz", in_blocks(RECORDS)),
    "compressed twice": ("a.warc.gz", gzip.compress(singly(RECORDS))),
    "padded": ("a.warc.gz", singly(RECORDS[:3]) + bytes(700) + singly(RECORDS[3:]) + bytes(9)),
    "plain and packed": ("a.warc", b"".join(RECORDS[:3]) + singly(RECORDS[3:])),
    "LF": ("a.warc", LF),
    "LF, one stream": ("a.warc.gz", gzip.compress(LF)),
    "no blank lines": ("a.warc", b"".join(one.removesuffix(b"\r\n\r\n") for one in RECORDS)),
    "one stream of ARC": ("a.arc.gz", lambda folder: gzip.compress(arc("b.arc")(folder))),
    "zst": ("a.warc.zst", b"".join(map(zstd.compress, RECORDS))),
    "zst, one frame": ("a.warc.zst", zstd.compress(WHOLE)),
    "zst, dictionary": ("a.warc.zst", with_dictionary(RECORDS, is_compressed=False)),
    "zst, packed dictionary": ("a.warc.zst", with_dictionary(RECORDS, is_compressed=True)),
    "deflated package": ("a.wacz", wacz()),
    "bzip2 package": ("a.wacz", wacz(method=zipfile.ZIP_BZIP2)),
    "zst in a package": (
        "a.wacz",
        wacz({"archive/d.warc.zst": with_dictionary(RECORDS, is_compressed=True)}, 0),
    ),
    "one stream in a package": ("a.wacz", wacz({"archive/d.warc.gz": gzip.compress(WHOLE)}, 0)),
    "several files": (
        "a.wacz",
        wacz({f"archive/{n}.warc.gz": singly([one]) for n, one in enumerate(RECORDS)}, 0),
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_every_record_is_read_however_it_is_packed(
    archive: Archive, tmp_path: Path, shape: str
) -> None:
    name, content = SHAPES[shape]
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes | bytearray) else content(tmp_path))
    tally = imported(archive, path)
    assert (tally.damages, tally.outcomes) == ([], {"stored": len(STORIES)})
    again = imported(archive, path)
    assert (again.files_known, again.exit_status) == (1, 0)
    assert len([*read_pages(path)]) == len(STORIES)
    for capture in archive.captures(STORIES[2].url):
        assert capture.evidence.file == name
        done = run("evidence", STORIES[2].url, "-d", archive.path, "-o", tmp_path / "page")
        assert done.returncode == 0, done.stderr
        assert (tmp_path / "page").read_bytes() == STORIES[2].body


def test_copies_are_gone_when_they_were_read(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    most = 0

    def watch(*_: Any) -> None:
        nonlocal most
        most = max(most, len([path for path in folder.rglob("*") if path.is_file()]))

    from newscrawl.importing.importer import Import, Options  # noqa: PLC0415

    paths = []
    for number in range(30):
        paths.append(tmp_path / f"{number}.warc.gz")
        paths[-1].write_bytes(gzip.compress(raw_record(story(number)) * 2))
    Import(archive, Options(jobs=1), watch).read(paths)
    assert 0 < most < 30
    assert list(folder.iterdir()) == []


GOOD = RECORDS[:2], RECORDS[2:5]
"""What stands before and behind a bad record."""
BAD: dict[str, bytes] = {
    "short length": raw_record(STORIES[5], more=-30),
    "long length": raw_record(STORIES[5], more=300),
    "longer than the file": raw_record(STORIES[5], more=10**9),
    "huge length": raw_record(STORIES[5], changed={"Content-Length": "9" * 21}),
    "negative length": raw_record(STORIES[5], changed={"Content-Length": "-5"}),
    "no length": raw_record(STORIES[5], left_out="Content-Length"),
    "no address": raw_record(STORIES[5], left_out="WARC-Target-URI"),
    "no type": raw_record(STORIES[5], left_out="WARC-Type"),
    "no date": raw_record(STORIES[5], left_out="WARC-Date"),
    "first date": raw_record(STORIES[5], changed={"WARC-Date": "0001-01-01T00:00:00+23:59"}),
    "last date": raw_record(STORIES[5], changed={"WARC-Date": "9999-12-31T23:59:59-23:59"}),
    "wrong digest": raw_record(STORIES[5], changed={"WARC-Payload-Digest": "sha1:" + "A" * 32}),
    "header without end": b"WARC/1.0\r\nWARC-Type: response\r\nX: " + b"y" * 70_000 + b"\r\n",
}
"""Records that cost themselves, and are reported."""


@pytest.mark.parametrize("is_gzip", [True, False], ids=["gzip", "plain"])
@pytest.mark.parametrize("name", BAD)
def test_a_bad_record_costs_itself_and_is_reported(
    archive: Archive, tmp_path: Path, name: str, is_gzip: bool
) -> None:
    records = [*GOOD[0], BAD[name], *GOOD[1]]
    path = tmp_path / "a.warc"
    path.write_bytes(singly(records) if is_gzip else b"".join(records))
    for _ in range(2):  # the second time it is still bad
        tally = imported(archive, path)
        assert tally.exit_status == 3
        assert len(tally.damages) == 1
        assert str(path) in tally.damages[0]
    urls = {row[0] for row in archive.db.execute("SELECT url FROM article")}
    assert urls == {one.url for one in STORIES[:5]}


@pytest.mark.parametrize(
    ("stated", "shown"),
    [
        ("yesterday", "'yesterday'"),
        ("0001-01-01T00:00:00+23:59", "'0001-01-01T00:00:00+23:59'"),
        ("2026" * 30, f"'{'2026' * 10}…'"),
    ],
)
def test_a_bad_date_is_named(archive: Archive, tmp_path: Path, stated: str, shown: str) -> None:
    path = tmp_path / "a.warc"
    path.write_bytes(raw_record(STORIES[5], changed={"WARC-Date": stated}))
    (damage,) = imported(archive, path).damages
    assert damage.endswith(f": the date of the record is unreadable or out of range: {shown}")


# The last is how bgzip ends a file: an extra field, and no content.
EMPTY = (
    gzip.compress(b"", mtime=0),
    gzip.compress(b"", compresslevel=0, mtime=0),
    bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000"),
)


def test_empty_members_are_no_records(archive: Archive, tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    one, two, three = (singly([record]) for record in RECORDS[:3])
    erased = empty_members(len(two))
    path.write_bytes(b"".join((EMPTY[0], one, EMPTY[1], erased, EMPTY[0], three, *EMPTY)))
    tally = imported(archive, path)
    assert (tally.records, tally.articles, tally.damages) == (3, 2, [])
    assert tally.skipped == {"erased": 1}


ODD: dict[str, dict[str, str]] = {
    "unknown digest": {"WARC-Payload-Digest": "shake_128:AAAA"},
    "no digest at all": {"WARC-Payload-Digest": "\x1b[2J:AAAA", "WARC-Block-Digest": "sha1:"},
    "date of fourteen digits": {"WARC-Date": "20260301120000"},
    "date with a zone and nanoseconds": {"WARC-Date": "2026-03-01T13:00:00.123456789+01:00"},
    "address in brackets": {"WARC-Target-URI": f"<{STORIES[5].url}>"},
}
"""Fields that say nothing or say it oddly, of records that are whole."""


@pytest.mark.parametrize("name", ODD)
def test_an_odd_field_costs_nothing(archive: Archive, tmp_path: Path, name: str) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(singly([raw_record(STORIES[5], changed=ODD[name])]))
    assert imported(archive, path).damages == []
    (capture,) = archive.captures(STORIES[5].url)
    assert capture.fetched_at == NOON


def test_records_of_odd_programs_are_read(archive: Archive, tmp_path: Path) -> None:
    packed = (*STORIES[0].headers, ("Content-Encoding", "gzip"))
    with_line_end = attrs.evolve(
        STORIES[0], body=b"\r\n" + gzip.compress(STORIES[0].body), headers=packed
    )
    usual = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    header = b"HTTP/1.1 200 \nContent-Type: text/html\nnnCoection: close\nno colon\n\n"
    record = raw_record(STORIES[1], more=len(header) - len(usual))
    lf_header = record.replace(usual, header)
    head = f"{STORIES[2].url} 192.0.2.1 20260301120000 text/html {len(STORIES[2].body)}\n"
    alone = head.encode() + STORIES[2].body + b"\n"
    spaces = attrs.evolve(STORIES[3], path="/news/of (B)&x=1")
    path = tmp_path / "a.warc.gz"
    path.write_bytes(singly([raw_record(with_line_end), lf_header, alone]))
    arc = write_arc(tmp_path / "b.arc", [spaces])
    assert imported(archive, path, arc).damages == []
    urls = {row[0] for row in archive.db.execute("SELECT url FROM article")}
    assert urls == {one.url for one in STORIES[:3]} | {"https://jisr.example/news/of%20(B)&x=1"}


def test_status_that_is_none_is_no_fault_of_the_archive(
    archive: Archive, tmp_path: Path
) -> None:
    path = tmp_path / "a.warc.gz"
    sayings = [attrs.evolve(story(n), status=one) for n, one in enumerate(("000 x", "099 y"))]
    path.write_bytes(singly([raw_record(one) for one in sayings]))
    imported(archive, path)
    assert archive.check() == ()


def test_what_was_cut_is_read_once_the_file_is_whole(archive: Archive, tmp_path: Path) -> None:
    path, whole = tmp_path / "a.warc.gz", singly(RECORDS)
    path.write_bytes(whole[:-300])
    for _ in range(2):
        tally = imported(archive, path)
        assert (tally.exit_status, tally.files_known, len(tally.damages)) == (3, 0, 1)
    path.write_bytes(whole)
    tally = imported(archive, path)
    assert (tally.exit_status, tally.outcomes["stored"]) == (0, 1)
    assert imported(archive, path).files_known == 1
    assert archive.db.execute("SELECT count(*) FROM observations").fetchone() == (6,)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.warc.gz", gzip.compress(WHOLE)[:-60]),
        ("a.warc.zst", zstd.compress(RECORDS[0]) + zstd.compress(WHOLE)[:-60]),
        ("a.wacz", wacz(method=zipfile.ZIP_STORED)[:-200]),
    ],
    ids=["one stream", "frame", "package"],
)
def test_what_stands_before_a_cut_is_read(
    archive: Archive, tmp_path: Path, name: str, content: bytes
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    tally = imported(archive, path)
    assert tally.exit_status in {1, 3}
    assert tally.damages
    found = {page.url for page in read_pages(path, on_damage=lambda _: None)}
    assert found == {row[0] for row in archive.db.execute("SELECT url FROM article")}
    if name != "a.warc.zst":  # whose blocks are unpacked as a whole
        assert len(found) >= 1


def changed(content: bytearray, signature: bytes, at: int, value: bytes) -> bytes:
    """Return a package with other bytes *at* so far behind the first *signature*."""
    begin = content.find(signature) + at
    content[begin : begin + len(value)] = value
    return bytes(content)


CENTRAL, LOCAL, END = b"PK\x01\x02", b"PK\x03\x04", b"PK\x05\x06"


def entries_of_one_place(count: int) -> bytes:
    content = bytes(wacz(method=zipfile.ZIP_STORED))
    begin, end = content.find(CENTRAL), content.find(END)
    directory = content[begin:end] * count
    tail = struct.pack("<4sHHHHIIH", END, 0, 0, count, count, len(directory), begin, 0)
    return content[:begin] + directory + tail


PACKAGES: dict[str, tuple[bytes, int, str]] = {
    "encrypted": (changed(wacz(), CENTRAL, 8, b"\x01"), 0, "is encrypted"),
    "unknown method": (changed(wacz(), CENTRAL, 10, b"\x61\x00"), 0, "cannot be unpacked"),
    "offset behind the end": (
        changed(wacz(method=0), CENTRAL, 42, struct.pack("<I", 2**31 - 1)),
        0,
        "not where the package says",
    ),
    "offset of the directory": (
        changed(wacz(method=0), END, 16, struct.pack("<I", 2**31 - 1)),
        0,
        "not where the package says",
    ),
    "too long an entry": (
        changed(wacz(method=0), CENTRAL, 20, struct.pack("<I", 2**30)),
        6,
        "longer than its place",
    ),
    "wrong checksum": (changed(wacz(), CENTRAL, 16, bytes(4)), 0, "Bad CRC-32"),
    "400 names of one place": (entries_of_one_place(400), 6, "399 files of the package lie"),
    "entry that is a bomb": (
        bytes(wacz({"archive/d.warc": WHOLE + bytes(150 * 2**20)})),
        6,
        "more than 200 times its size",
    ),
    "no WARC file": (bytes(wacz({"index.html": b"<html>"})), 0, "without WARC files"),
}
"""Broken packages, how many stories are read of each, and what is reported."""


@pytest.mark.parametrize("name", PACKAGES)
def test_a_broken_package_is_reported(archive: Archive, tmp_path: Path, name: str) -> None:
    content, count, words = PACKAGES[name]
    path = tmp_path / "a.wacz"
    path.write_bytes(content)
    tally = imported(archive, path)
    assert tally.articles == count
    assert words in " ".join(tally.damages)
    assert tally.exit_status == (3 if count else 1)
    assert len(tally.damages) <= 3


def test_a_stream_that_is_a_bomb_gives_what_stands_before_it(
    archive: Archive, tmp_path: Path
) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(stream_of(WHOLE, 150) + singly([raw_record(story(7))]))
    tally = imported(archive, path)
    assert tally.articles == 7
    assert "more than 200 times its size" in " ".join(tally.damages)


def test_members_over_one_another_are_not_unpacked_once_for_each(
    archive: Archive, tmp_path: Path
) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(overlapping(40, 150) + singly(RECORDS))
    tally = imported(archive, path)
    assert tally.articles == 6
    assert 1 <= len(tally.damages) <= 3  # else there is one for each of the forty


def test_a_long_record_is_passed_over(archive: Archive, tmp_path: Path) -> None:
    # More than a thirtieth of it does not compress away, as of no bomb.
    frame = random.Random(1).randbytes(2_000) + bytes(60_000)  # noqa: S311
    films = Saying(path="/film", body=frame * 1_100)
    path = tmp_path / "a.warc.gz"
    path.write_bytes(singly([RECORDS[0], raw_record(films), RECORDS[1]]))
    tally = imported(archive, path)
    assert (tally.articles, tally.damages) == (2, [])
    assert tally.reasons["too_large", "over 10 MB"] == 1


def test_names_of_copies_are_not_shown(archive: Archive, tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(gzip.compress(RECORDS[0] + BAD["wrong digest"] + BAD["short length"]))
    tally = imported(archive, path)
    assert len(tally.damages) == 2
    assert all(str(path) in line for line in tally.damages)
    assert not any("newscrawl-" in line for line in tally.damages)


def with_hidden_record(page: Saying, hidden: bytes) -> bytes:
    """Return a gzip member of *page*, not compressed, whose body holds the member *hidden*.

    Before *hidden* stands what would be the end of the page's own member, were it shorter.
    """
    body = page.body + b"<!--" + bytes(4) + hidden + b"-->"
    size = len(raw_record(attrs.evolve(page, body=body)))
    body = body.replace(bytes(4) + hidden, struct.pack("<I", size) + hidden)
    return gzip.compress(raw_record(attrs.evolve(page, body=body)), 0)


@pytest.mark.parametrize("jobs", [1, 2])
def test_record_within_a_page_is_no_record(tmp_path: Path, jobs: int) -> None:
    forged = gzip.compress(raw_record(attrs.evolve(STORIES[1], path="/forged")))
    page, other = (with_hidden_record(story, forged) for story in STORIES[:2])
    file = tmp_path / "a.warc.gz"
    file.write_bytes(page + singly(RECORDS[2:4]) + other + singly(RECORDS[4:]))
    with file.open("rb") as opened:
        guessed = list(spans(opened, 0, len(page), is_read=lambda _: True))
    assert len(guessed) > 1  # the trap is one
    with Archive(tmp_path / "archive.db") as archive:
        tally = imported(archive, file, **({"engine": read_here} if jobs == 1 else {}))
        assert (tally.records, tally.damaged) == (6, 0)
        rows = archive.db.execute(
            """SELECT u.url FROM observations AS o
            JOIN urls AS u ON u.id = o.url_id ORDER BY o.id"""
        )
        urls = [url for (url,) in rows]
        assert urls == [STORIES[number].url for number in (0, 2, 3, 1, 4, 5)]


def test_place_of_a_record_is_guessed_from_its_trailer(tmp_path: Path) -> None:
    file = tmp_path / "a.warc.gz"
    file.write_bytes(singly(RECORDS))
    with file.open("rb") as opened:
        size = file.stat().st_size
        found = [one for one in spans(opened, 0, size) if isinstance(one, Span)]
        guessed = list(spans(opened, 0, size, is_read=lambda one: one.url != STORIES[2].url))
    assert guessed == found
    are_guessed = [isinstance(one, Span) and one.is_guessed for one in guessed]
    assert are_guessed == [True, True, False, True, True, True]


@pytest.mark.parametrize("is_gzip", [True, False])
def test_file_that_becomes_shorter_while_it_is_read_is_damaged(
    tmp_path: Path, *, is_gzip: bool
) -> None:
    noise = [os.urandom(700_000) for _ in range(4)]
    stories = [attrs.evolve(STORIES[1], body=body) for body in noise]
    file = write_warc(tmp_path / "a.warc", stories, is_gzip=is_gzip)
    found = places(file, tmp_path)
    first = [next(found) for _ in range(3)]
    os.truncate(file, file.stat().st_size // 2)
    assert all(isinstance(one, Place) for one in first)
    rest = list(found)
    assert any(isinstance(one, Damaged) for one in rest)
    assert isinstance(rest[-1], PartRead)


def test_beginning_of_a_record_is_found_across_blocks(tmp_path: Path) -> None:
    record = singly(RECORDS[:1])
    file = tmp_path / "a.warc.gz"
    for size in range(_SEARCHED - _LONGEST_BEGINNING - 4, _SEARCHED - _LONGEST_BEGINNING + 2):
        file.write_bytes(b"x" * size + record)
        with file.open("rb") as opened:
            _, span = spans(opened, 0, size + len(record))
        assert isinstance(span, Span)
        assert (span.offset, span.length) == (size, len(record))
