"""Public reports of other programs that hung or filled the memory, rebuilt in shape."""

from __future__ import annotations

import asyncio
import datetime as dt
import gzip
import threading
from pathlib import Path

import pytest

from newscrawl import Page
from newscrawl.system.parsing_thread import in_thread
from newscrawl.warc import WarcWriter, read_pages
from newscrawl.warc.scan import MOST_KEPT, Span, spans

COUNT = 5
NOW = dt.datetime(2026, 3, 1, 6, 30, tzinfo=dt.UTC)


def page(number: int, size: int = 2_000) -> Page:
    body = b"<h1>%d</h1>" % number + bytes(range(32, 127)) * (size // 95)
    return Page(url=f"https://shams.example/{number}", body=body, fetched_at=NOW)


@pytest.fixture
def members(tmp_path: Path) -> list[bytes]:
    """The records of COUNT pages, a gzip member each: information, answers and requests."""
    with WarcWriter(tmp_path / "warc", "shams") as series:
        for number in range(COUNT):
            series.write_page(page(number), 200, [("Content-Type", "text/html")])
        path = series.path
    content = path.read_bytes()
    with path.open("rb") as file:
        found = [one for one in spans(file, 0, 2**30) if isinstance(one, Span)]
    return [content[one.offset : one.offset + one.length] for one in found]


def numbers_read(path: Path) -> tuple[list[int], list[str]]:
    """Return the numbers of the pages in a file, and the reports of damage."""
    damages: list[str] = []
    found = read_pages(path, on_damage=damages.append)
    return [int(one.url.rpartition("/")[2]) for one in found], damages


@pytest.mark.parametrize("change", [-7, 7, 4_000])
def test_wrong_content_length_does_not_stop_the_reading(
    members: list[bytes], tmp_path: Path, change: int
) -> None:
    """webrecorder/warcio issue 122: readline went round for ever."""
    record = gzip.decompress(members[3])
    head, _, rest = record.partition(b"Content-Length: ")
    length, _, rest = rest.partition(b"\r\n")
    wrong = b"%sContent-Length: %d\r\n%s" % (head, int(length) + change, rest)
    path = tmp_path / "wrong.warc.gz"
    path.write_bytes(b"".join([*members[:3], gzip.compress(wrong), *members[4:]]))
    found, damages = numbers_read(path)
    assert found == [0, 2, 3, 4]
    assert len(damages) == 1


@pytest.mark.parametrize("which", [3, -2])
def test_broken_deflate_stream_does_not_stop_the_reading(
    members: list[bytes], tmp_path: Path, which: int
) -> None:
    """ukwa/webarchive-discovery issues 121 and 165: the next record was looked for for ever."""
    broken = bytearray(members[which])
    broken[len(broken) // 2 :] = b"\xff" * (len(broken) - len(broken) // 2)
    records = [*members]
    records[which] = bytes(broken)
    path = tmp_path / "broken.warc.gz"
    path.write_bytes(b"".join(records))
    found, damages = numbers_read(path)
    lost = (which % len(members) - 1) // 2
    assert found == [number for number in range(COUNT) if number != lost]
    assert damages


def test_record_that_unpacks_to_much_is_not_kept(members: list[bytes], tmp_path: Path) -> None:
    """jedireza/warc issue 13: a record of some KB took all memory."""
    with WarcWriter(tmp_path / "large", "shams") as series:
        large = page(9, 5 * MOST_KEPT)
        series.write_page(large, 200, [("Content-Type", "text/html")])
        path = series.path
    path.write_bytes(path.read_bytes() + b"".join(members[1:]))
    with path.open("rb") as file:
        found = list(spans(file, 0, 2**30, keeps_content=True))
    kept = [one.content for one in found if isinstance(one, Span)]
    assert kept.count(None) == 1
    assert all(len(one) <= MOST_KEPT for one in kept if one is not None)
    assert numbers_read(path)[0][-COUNT:] == list(range(COUNT))


def test_crawls_in_one_process_share_one_thread() -> None:
    """codelucas/newspaper issue 177: each source left twenty threads behind."""
    for _ in range(20):
        assert asyncio.run(in_thread(sum, [1, 2])) == 3
    names = [one.name for one in threading.enumerate()]
    assert sum(name.startswith("parsing") for name in names) == 1
