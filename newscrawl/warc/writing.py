"""Responses into WARC 1.1 files, one gzip member a record, appended across runs."""

from __future__ import annotations

import datetime as dt
import fcntl
import os
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from newscrawl.errors import WarcError
from newscrawl.observation import Evidence
from newscrawl.page import Page
from newscrawl.warc.members import MAGIC, empty_members, end_of_records

MAX_FILE = 2**30
"""A file that has grown to this many bytes is followed by another."""

Headers = Sequence[tuple[str, str]]

# True of the bytes on the wire, not of the body that is kept.
_WIRE_HEADERS = {"transfer-encoding", "content-encoding", "content-length"}


class WarcWriter:
    """Appends responses to a series of files `NAME-00001.warc.gz` …; a context manager.

    A tail that a kill or a full disk has torn is cut back to the last whole record when the
    file is opened. Raises WarcError where another program writes the series, or the disk
    refuses.
    """

    def __init__(self, folder: Path, name: str, *, max_file: int = MAX_FILE) -> None:
        self._folder, self._name, self._max_file = folder, name, max_file
        try:
            folder.mkdir(parents=True, exist_ok=True)
            found = sorted(folder.glob(f"{name}-[0-9][0-9][0-9][0-9][0-9].warc.gz"))
            self._number = int(found[-1].name[len(name) + 1 :][:5]) if found else 1
            self._file = self._open()
        except OSError as error:
            raise WarcError(f"cannot write to {folder}: {error.strerror or error}") from error

    def __enter__(self) -> WarcWriter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; every record is on disk already."""
        self._file.close()

    def write_page(
        self, page: Page, status: int, headers: Headers, request_headers: Headers = ()
    ) -> Evidence:
        """Write the response that brought *page*, and the request; return where it is.

        Both are on disk when this returns. Headers that describe the wire (chunks, compression)
        are kept under X-Archive-Orig-, because the body is kept without them.
        """
        out = BytesIO()
        writer = WARCWriter(out, gzip=True, warc_version="1.1")
        response = self._response(writer, page, status, headers)
        writer.write_record(response)
        length = out.tell()
        writer.write_record(self._request(writer, page, response, request_headers))
        offset = self._append(out.getvalue())
        return Evidence(
            file=Path(self._file.name).name,
            offset=offset,
            length=length,
            record_id=response.rec_headers.get_header("WARC-Record-ID"),
        )

    def _response(self, writer: WARCWriter, page: Page, status: int, headers: Headers) -> Any:
        kept = [
            (f"X-Archive-Orig-{name}" if name.lower() in _WIRE_HEADERS else name, value)
            for name, value in headers
        ]
        kept.append(("Content-Length", str(len(page.body))))
        fetched_at = page.fetched_at or dt.datetime.now(dt.UTC)
        date = fetched_at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return writer.create_warc_record(
            page.url,
            "response",
            payload=BytesIO(page.body),
            length=len(page.body),
            warc_headers_dict={"WARC-Date": date},
            http_headers=StatusAndHeaders(str(status), kept, protocol="HTTP/1.1"),
        )

    @staticmethod
    def _request(writer: WARCWriter, page: Page, response: Any, headers: Headers) -> Any:
        concurrent = {
            "WARC-Date": response.rec_headers.get_header("WARC-Date"),
            "WARC-Concurrent-To": response.rec_headers.get_header("WARC-Record-ID"),
        }
        line = StatusAndHeaders(
            "/ HTTP/1.1", list(headers), protocol="GET", is_http_request=True
        )
        return writer.create_warc_record(
            page.url, "request", warc_headers_dict=concurrent, http_headers=line
        )

    def _append(self, records: bytes) -> int:
        try:
            offset = self._file.seek(0, os.SEEK_END)
            if offset >= self._max_file:
                self._file.close()
                self._number += 1
                self._file = self._open()
                offset = self._file.seek(0, os.SEEK_END)
            self._file.write(records)
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            raise WarcError(f"cannot write {self._file.name}: {error.strerror}") from error
        return offset

    def _open(self) -> BinaryIO:
        path = self._folder / f"{self._name}-{self._number:05}.warc.gz"
        path.touch()
        file = path.open("r+b")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.close()
            raise WarcError(f"{path} is being written by another program") from error
        file.truncate(end_of_records(file))
        return file


def erase_record(path: Path, evidence: Evidence) -> None:
    """Overwrite the record that *evidence* points at with nothing, for good; none else moves.

    Raises WarcError where no record is there, or the file cannot be written.
    """
    try:
        with path.open("r+b") as file:
            file.seek(evidence.offset)
            record = file.read(evidence.length)
            if len(record) < evidence.length or not record.startswith(MAGIC):
                raise WarcError(f"{path} holds no record at byte {evidence.offset}")
            file.seek(evidence.offset)
            file.write(empty_members(evidence.length))
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise WarcError(f"cannot erase from {path}: {error.strerror}") from error
