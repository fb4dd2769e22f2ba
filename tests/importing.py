"""Helpers of import tests: pages of a town's paper, and the files that may hold them."""

from __future__ import annotations

import datetime as dt
import gzip
import zipfile
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import Any

import attrs
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from newscrawl import Archive
from newscrawl.importing.importer import Import, Options
from newscrawl.importing.page_engines import Engine, Steps, read_here
from newscrawl.importing.readings import unread
from newscrawl.importing.tally import Tally

HOST = "https://jisr.example"
NOON = dt.datetime(2026, 3, 1, 12, 0, tzinfo=dt.UTC)
HTML = """<!DOCTYPE html><html lang="ar"><head><meta charset="utf-8">
<meta property="article:published_time" content="2026-03-01T08:00:00Z"></head><body><article>
<h1>{headline}</h1>
<p>فتح الجسر القديم أمام المشاة صباح اليوم بعد ترميم دام عامين، وعبره المئات.</p>
<p>وقالت المهندسة المشرفة إن حجارة الجسر رُقّمت واحدة واحدة قبل أن تعاد إلى مواضعها.</p>
<p>{last}</p>
</article></body></html>"""
LAST = "وسيبقى الجسر مغلقًا أمام السيارات، وتضاء مصابيحه من الغروب حتى منتصف الليل."


@attrs.frozen(kw_only=True)
class Saying:
    """What a server said: one record of a file."""

    path: str
    body: bytes
    at: dt.datetime = NOON
    status: str = "200 OK"
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "text/html; charset=utf-8"),)
    kind: str = "response"
    fields: tuple[tuple[str, str], ...] = ()
    host: str = HOST

    @property
    def url(self) -> str:
        return f"{self.host}{self.path}"


def story(number: int, last: str = LAST, hours: int = 0) -> Saying:
    """A story of its own address, seen some *hours* after noon."""
    body = HTML.format(headline=f"الجسر القديم يفتح للمشاة {number}", last=last)
    return Saying(
        path=f"/news/{number}", body=body.encode(), at=NOON + dt.timedelta(hours=hours)
    )


def write_warc(
    path: Path, sayings: Iterable[Saying], *, is_gzip: bool = True, version: str = "1.0"
) -> Path:
    """Write *sayings* by warcio alone, as wget and others lay them out."""
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=is_gzip, warc_version=version)
        info = writer.create_warcinfo_record(path.name, {"software": "Wget/1.24"})
        writer.write_record(info)
        for saying in sayings:
            writer.write_record(_record(writer, saying))
            if saying.kind == "response":
                line = StatusAndHeaders(
                    f"{saying.path} HTTP/1.1", [], protocol="GET", is_http_request=True
                )
                request = writer.create_warc_record(saying.url, "request", http_headers=line)
                writer.write_record(request)
    return path


def _record(writer: WARCWriter, saying: Saying) -> Any:
    is_http = saying.kind in {"response", "revisit"}
    line = StatusAndHeaders(saying.status, list(saying.headers), protocol="HTTP/1.1")
    named = {"WARC-Date": f"{saying.at:%Y-%m-%dT%H:%M:%SZ}", **dict(saying.fields)}
    return writer.create_warc_record(
        saying.url,
        saying.kind,
        payload=BytesIO(saying.body),
        length=len(saying.body),
        warc_headers_dict=named,
        warc_content_type="" if is_http else dict(saying.headers)["Content-Type"],
        http_headers=line if is_http else None,
    )


def write_arc(path: Path, sayings: Iterable[Saying]) -> Path:
    """Write *sayings* as an ARC 1.0 file, as Heritrix 1 did; packed where its name says so."""
    is_gzip = path.name.endswith(".gz")
    head = b"1 0 Heritrix\nURL IP-address Archive-date Content-type Archive-length\n"
    line = f"filedesc://{path.name} 0.0.0.0 20060301120000 text/plain {len(head)}\n"
    records = [line.encode() + head + b"\n"]
    for saying in sayings:
        named = "".join(f"{name}: {value}\r\n" for name, value in saying.headers)
        block = f"HTTP/1.1 {saying.status}\r\n{named}\r\n".encode() + saying.body
        date = f"{saying.at:%Y%m%d%H%M%S}"
        line = f"{saying.url} 192.0.2.1 {date} text/html {len(block)}\n"
        records.append(line.encode() + block + b"\n")
    path.write_bytes(b"".join(gzip.compress(one) if is_gzip else one for one in records))
    return path


def write_wacz(path: Path, warc: Path, compression: int = zipfile.ZIP_STORED) -> Path:
    """Put a WARC file into a package, as browsertrix does."""
    with zipfile.ZipFile(path, "w", compression) as package:
        package.writestr("pages/pages.jsonl", '{"format": "json-pages-1.0"}\n')
        package.write(warc, f"archive/{warc.name}")
        package.writestr("datapackage.json", "{}")
    return path


def imported(archive: Archive, *files: Path, **options: Any) -> Tally:
    """Import *files* by two processes, as the command does; return what it came to."""
    importing = Import(archive, Options(jobs=2, **options), lambda *_: None)
    importing.read(files)
    return importing.tally


TOO_LONG = "it took more than 60 s"


def giving_up(*pages: Saying) -> Engine:
    """Return an engine that gives up *pages*, as one whose process was blocked over each."""
    urls = {page.url for page in pages}

    def read(steps: Iterable[Any], jobs: int) -> Steps:
        for step in read_here(steps, jobs):
            seen = step[1].observation if isinstance(step, tuple) else None
            is_lost = seen is not None and seen.url in urls
            yield (step[0], unread(step[0], TOO_LONG)) if is_lost else step

    return read


def imported_archive(folder: Path, sayings: Iterable[Saying]) -> Path:
    """Return the path of an archive in *folder* that holds *sayings*, their file beside it."""
    file = write_warc(folder / "imported.warc.gz", sayings)
    with Archive(folder / "archive.db") as archive:
        assert imported(archive, file).damages == []
    return folder / "archive.db"
