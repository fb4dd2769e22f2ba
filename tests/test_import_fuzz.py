"""Mutated WARC, ARC and WACZ files, none of which ends an import in a traceback."""

from __future__ import annotations

import gzip
import os
import random
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from backports import zstd

from newscrawl import Archive
from newscrawl.importing.importer import Import, Options
from newscrawl.importing.page_engines import read_here
from tests.command_line import ROOT
from tests.importing import story, write_arc
from tests.raw_records import in_blocks, raw_record, singly, with_dictionary

STORIES = [story(number, last="قصة قصيرة.") for number in range(4)]
RECORDS = [raw_record(one) for one in STORIES]
TEXTS = (
    *(b"WARC/1.0\r\n", b"Content-Length: ", b"WARC-Date: ", b"WARC-Target-URI: <", b"\r\n\r\n"),
    *(b"99999999999999999999", b"-1", b"\x00", b"\xff" * 8, b"\x1f\x8b\x08", b"PK\x03\x04"),
    *(b"\x28\xb5\x2f\xfd", b"PK\x01\x02", b"PK\x05\x06", b"\xd9\xa3", b"chunked", b"0" * 40),
    *(b"9999-12-31T23:59:59-23:59", b"sha1:", b"shake_256:AA", b"\nWARC/1.1\n", b"zstd"),
)
"""Texts that are written into a file: parts of the formats, and what breaks their readers."""


def _wacz(method: int) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", method) as package:
        package.writestr("archive/a.warc.gz", singly(RECORDS[:2]))
        package.writestr("archive/b.warc", b"".join(RECORDS[2:]))
    return out.getvalue()


def samples(folder: Path) -> list[bytes]:
    """Return whole files of each kind."""
    return [
        singly(RECORDS),
        b"".join(RECORDS),
        b"".join(raw_record(one, newline=b"\n") for one in STORIES),
        gzip.compress(b"".join(RECORDS)),
        in_blocks(RECORDS),
        b"".join(map(zstd.compress, RECORDS)),
        with_dictionary(RECORDS, is_compressed=True),
        write_arc(folder / "a.arc", STORIES).read_bytes(),
        write_arc(folder / "a.arc.gz", STORIES).read_bytes(),
        _wacz(zipfile.ZIP_STORED),
        _wacz(zipfile.ZIP_DEFLATED),
    ]


def _flip(chance: random.Random, content: bytearray) -> None:
    for _ in range(chance.choice((1, 1, 4, 40))):
        content[chance.randrange(len(content))] = chance.randrange(256)


def _cut(chance: random.Random, content: bytearray) -> None:
    del content[chance.randrange(len(content)) :]


def _remove(chance: random.Random, content: bytearray) -> None:
    at = chance.randrange(len(content))
    del content[at : at + chance.choice((1, 10, 500))]


def _insert(chance: random.Random, content: bytearray) -> None:
    at = chance.randrange(len(content))
    content[at:at] = chance.choice(TEXTS)


def _overwrite(chance: random.Random, content: bytearray) -> None:
    text = chance.choice(TEXTS)
    at = chance.randrange(len(content))
    content[at : at + len(text)] = text


def _repeat(chance: random.Random, content: bytearray) -> None:
    at = chance.randrange(len(content))
    part = content[at : at + chance.choice((20, 1_000))]
    content[at:at] = part * chance.choice((1, 3))


MUTATIONS: tuple[Callable[[random.Random, bytearray], None], ...] = (
    *(_flip, _flip, _cut, _remove, _insert, _overwrite, _overwrite, _repeat),
)


def mutated(chance: random.Random, content: bytes) -> bytes:
    """Return a file with one to three changes; of a packed one, now and then, inside it."""
    is_inside = content[:2] == b"\x1f\x8b" and chance.random() < 0.5
    whole = bytearray(gzip.decompress(content) if is_inside else content)
    for _ in range(chance.randrange(1, 4)):
        if whole:
            chance.choice(MUTATIONS)(chance, whole)
    if not is_inside:
        return bytes(whole)
    size = chance.choice((900, 3_000, 10**9))
    return b"".join(
        gzip.compress(whole[at : at + size], 1) for at in range(0, len(whole), size)
    )


def fuzz(folder: Path, seeds: range) -> int:
    """Import a mutated file for each seed; return how many gave an article.

    Raises what an import raises. Every record is a page, is skipped, or is damage that is
    reported in words, not as an exception of Python.
    """
    whole, read = samples(folder), 0
    path = folder / "mutated.warc.gz"
    with Archive(folder / "archive.db") as archive:
        for seed in seeds:
            chance = random.Random(seed)  # noqa: S311
            path.write_bytes(mutated(chance, chance.choice(whole)))
            importing = Import(archive, Options(jobs=1, engine=read_here), lambda *_: None)
            importing.read([path])
            assert not EXCEPTION.search(" ".join(importing.tally.damages)), seed
            read += importing.tally.articles > 0
    return read


EXCEPTION = re.compile(r"\b[A-Z]\w+(?:Error|Exception|Failed): ")


@pytest.mark.parametrize("first", range(0, 400, 100))
def test_no_mutated_file_ends_in_a_traceback(tmp_path: Path, first: int) -> None:
    assert fuzz(tmp_path, range(first, first + 100)) > 30


def test_the_command_reports_mutated_files(tmp_path: Path) -> None:
    folder, whole = tmp_path / "files", samples(tmp_path)
    folder.mkdir()
    for seed in range(60):
        chance = random.Random(seed)  # noqa: S311
        content = mutated(chance, whole[seed % len(whole)])
        (folder / f"{seed}.warc.gz").write_bytes(content)
    code = "from newscrawl.cli import main; main()"
    command = (sys.executable, "-c", code, "import", folder, "-d", tmp_path / "archive.db")
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 3
    assert "Traceback" not in done.stderr
    assert all(line.startswith("newscrawl: ") for line in done.stderr.splitlines())


@pytest.mark.slow
def test_twenty_thousand_mutated_files_end_in_no_traceback(tmp_path: Path) -> None:
    count = int(os.environ.get("NEWSCRAWL_MUTATIONS", "20000"))
    assert fuzz(tmp_path, range(1_000, 1_000 + count)) > count // 4
