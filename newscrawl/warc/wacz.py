"""A WACZ 1.1.1 package: records, their index, the pages among them, and each file's digest.

https://specs.webrecorder.net/wacz/1.1.1/. Records are copied byte for byte, so that
their lengths and digests stay valid.
"""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import json
import sqlite3
import struct
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from itertools import islice
from typing import IO, Any
from uuid import uuid4

import attrs

from newscrawl.formats.content_type import media_type
from newscrawl.warc.evidence_records import Answer
from newscrawl.warc.new_records import info_record
from newscrawl.warc.surt import surt_from

DATA = "data.warc.gz"
"""The WARC file in the package."""
LINES_PER_BLOCK = 3000
"""Number of lines of the index in one gzip member."""
# Info-ZIP's extended time. A file of unknown length has an extra field (ZIP64) before it that
# the directory lacks; ReplayWeb.page looks for one only if the directory has any of that entry.
_TIME, _TIME_ID = "<HHBL", 0x5455


@attrs.frozen(kw_only=True)
class PackagedRecord:
    """One record for a package."""

    raw: bytes = attrs.field(repr=lambda raw: f"<{len(raw)} bytes>")
    """Its gzip member, as it lies in its file."""
    answer: Answer
    """Its fields and content."""
    title: str | None = None
    """The title of a page that is listed in pages.jsonl; None for another record."""


class _Digested:
    """A file of the package being written, with its digest and length so far."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._digest, self.size = file, hashlib.sha256(), 0

    def write(self, content: bytes) -> None:
        self._file.write(content)
        self._digest.update(content)
        self.size += len(content)

    @property
    def hash(self) -> str:
        return f"sha256:{self._digest.hexdigest()}"


class _Package:
    """The ZIP archive, and the `resources` list of its datapackage.json."""

    def __init__(self, file: zipfile.ZipFile) -> None:
        self._file = file
        self.resources: list[dict[str, Any]] = []

    @contextmanager
    def adding(self, path: str) -> Iterator[_Digested]:
        """Add a file uncompressed, because readers seek in it."""
        now = dt.datetime.now(dt.UTC)
        entry = zipfile.ZipInfo(path, now.timetuple()[:6])
        length = struct.calcsize(_TIME) - struct.calcsize("<HH")
        entry.extra = struct.pack(_TIME, _TIME_ID, length, 1, int(now.timestamp()))
        with self._file.open(entry, "w", force_zip64=True) as opened:
            written = _Digested(opened)
            yield written
        name = path.rpartition("/")[2]
        self.resources.append(
            {"name": name, "path": path, "hash": written.hash, "bytes": written.size}
        )


def write_wacz(
    out: IO[bytes], records: Iterable[PackagedRecord], *, title: str, software: str
) -> int:
    """Write a package of *records* to *out*; return how many there were.

    Raises OSError if writing fails. Memory does not grow with the number of records.
    """
    # A temporary database sorts the index on the disk.
    with zipfile.ZipFile(out, "w") as file, closing(sqlite3.connect("")) as lists:
        lists.execute("CREATE TABLE lines (line TEXT NOT NULL)")
        lists.execute("CREATE TABLE pages (page TEXT NOT NULL)")
        package = _Package(file)
        about = (("software", software), ("format", "WARC File Format 1.1"))
        info = info_record(DATA, about, dt.datetime.now(dt.UTC)).as_member()
        count = _write_records(package, info, records, lists)
        _write_index(package, lists)
        _write_pages(package, lists)
        _write_description(package, title=title, software=software)
    return count


def _write_records(
    package: _Package,
    info: bytes,
    records: Iterable[PackagedRecord],
    lists: sqlite3.Connection,
) -> int:
    """Copy the records after the warcinfo record, and list them."""
    count = 0
    with package.adding(f"archive/{DATA}") as data:
        data.write(info)
        for record in records:
            line = _index_line(record, data.size)
            lists.execute("INSERT INTO lines VALUES (?)", [line])
            if record.title is not None:
                lists.execute("INSERT INTO pages VALUES (?)", [_page(record)])
            data.write(record.raw)
            count += 1
    return count


def _index_line(record: PackagedRecord, offset: int) -> str:
    """Return the line of the index (CDXJ) for a record."""
    fields = record.answer.fields
    url = fields.get("warc-target-uri", "").strip("<>")
    status, kind = _http_of(record.answer)
    known = {
        "url": url,
        "mime": "warc/revisit" if record.answer.kind == "revisit" else kind,
        "status": status,
        "digest": fields.get("warc-payload-digest"),
        "length": str(len(record.raw)),
        "offset": str(offset),
        "filename": DATA,
        "recordDigest": f"sha256:{hashlib.sha256(record.raw).hexdigest()}",
    }
    entry = {name: value for name, value in known.items() if value}
    moment = "".join(char for char in fields.get("warc-date", "") if char.isdigit())[:14]
    return f"{surt_from(url)} {moment} {json.dumps(entry, ensure_ascii=False)}"


def _http_of(answer: Answer) -> tuple[str, str]:
    """Return the status and the content type of a record."""
    if not answer.head:
        return "", answer.fields.get("content-type", "")
    line, *headers = answer.head.decode("latin-1").split("\r\n")
    words = line.split(" ", 2)
    pairs = [header.partition(":") for header in headers]
    kinds = [value for name, _, value in pairs if name.strip().lower() == "content-type"]
    kind = media_type(kinds[0] if kinds else None)
    return words[1] if len(words) > 1 else "", kind


def _write_index(package: _Package, lists: sqlite3.Connection) -> None:
    """Write the sorted index in packed blocks, and index.idx, the offsets of the blocks."""
    lines = (row[0] for row in lists.execute("SELECT line FROM lines ORDER BY line"))
    blocks = ['!meta 0 {"format": "cdxj-gzip-1.0", "filename": "index.cdx.gz"}']
    with package.adding("indexes/index.cdx.gz") as index:
        while block := list(islice(lines, LINES_PER_BLOCK)):
            packed = gzip.compress("".join(f"{line}\n" for line in block).encode(), mtime=0)
            place = {
                "offset": index.size,
                "length": len(packed),
                "digest": f"sha256:{hashlib.sha256(packed).hexdigest()}",
            }
            first = " ".join(block[0].split(" ", 2)[:2])
            blocks.append(f"{first} {json.dumps(place)}")
            index.write(packed)
    with package.adding("indexes/index.idx") as index:
        index.write("".join(f"{line}\n" for line in blocks).encode())


def _page(record: PackagedRecord) -> str:
    fields = record.answer.fields
    page = {
        "id": uuid4().hex,
        "url": fields.get("warc-target-uri", "").strip("<>"),
        "ts": fields.get("warc-date", ""),
        "title": record.title,
    }
    return json.dumps(page, ensure_ascii=False)


def _write_pages(package: _Package, lists: sqlite3.Connection) -> None:
    head = {"format": "json-pages-1.0", "id": "pages", "title": "All Pages"}
    with package.adding("pages/pages.jsonl") as pages:
        pages.write(f"{json.dumps(head)}\n".encode())
        for (page,) in lists.execute("SELECT page FROM pages ORDER BY rowid"):
            pages.write(f"{page}\n".encode())


def _write_description(package: _Package, **names: str) -> None:
    """Write the list of the files in the package, and its digest."""
    description = {
        "profile": "data-package",
        "wacz_version": "1.1.1",
        "created": f"{dt.datetime.now(dt.UTC):%Y-%m-%dT%H:%M:%SZ}",
        **names,
        "resources": list(package.resources),
    }
    with package.adding("datapackage.json") as file:
        file.write(json.dumps(description, ensure_ascii=False, indent=2).encode())
    digest = {"path": "datapackage.json", "hash": package.resources[-1]["hash"]}
    with package.adding("datapackage-digest.json") as file:
        file.write(json.dumps(digest, indent=2).encode())
