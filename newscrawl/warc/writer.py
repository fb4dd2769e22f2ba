"""Answers into WARC 1.1 files, a gzip member or Zstandard frame a record, across runs."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable
from contextlib import suppress
from io import FileIO
from pathlib import Path

from filelock import lock_descriptor

from newscrawl.errors import WarcError
from newscrawl.outcomes import Evidence
from newscrawl.page import Page
from newscrawl.warc import new_records
from newscrawl.warc.members import end_of_records
from newscrawl.warc.new_records import (
    Exchange,
    Headers,
    NewRecord,
    Original,
    RecordTooLongError,
)
from newscrawl.warc.packings import (
    Gzip,
    Packing,
    Zstandard,
    is_to_be_followed,
    zstandard_after,
    zstandard_of,
)

MAX_FILE = 2**30
"""A file that has grown to this many bytes is followed by another."""

_ABOUT = (
    ("format", "WARC File Format 1.1"),
    ("conformsTo", "https://iipc.github.io/warc-specifications/specifications/warc-format/"),
    (
        "description",
        "answers as received, their Content-Encoding on them; chunks are joined",
    ),
)


class WarcWriter:
    """Appends to a series of files `NAME-00001.warc.gz` …; a context manager.

    With *is_zstandard* they are `NAME-00001.warc.zst` …, and bodies lie in them unpacked, as
    a dictionary gains nothing on packed ones.

    A tail that a kill or a full disk has torn is cut back to the last whole record when a file
    is opened. A file that another program writes is passed over, and so is one that has lost
    records: *kept* returns the byte up to which a file must have records. Raises WarcError
    if the disk refuses; the OSError is its cause.
    """

    def __init__(
        self,
        folder: Path,
        name: str,
        *,
        max_file: int = MAX_FILE,
        kept: Callable[[str], int] = lambda file: 0,
        software: str = "newscrawl",
        is_zstandard: bool = False,
    ) -> None:
        self._folder, self._name, self._max_file, self._kept = folder, name, max_file, kept
        self.is_synced_by_caller = False
        """True if records are to be on disk only after `sync`."""
        self._is_unsynced = False
        self._file: FileIO
        self._end = 0
        self._is_zstandard = is_zstandard
        self._suffix = Zstandard.suffix if is_zstandard else Gzip.suffix
        self._packing: Packing
        self._about = (("software", software), *_ABOUT)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            found = sorted(folder.glob(f"{name}-[0-9][0-9][0-9][0-9][0-9]{self._suffix}"))
            self._number = int(found[-1].name[len(name) + 1 :][:5]) if found else 1
            self._file = self._open()
            self._last = self._end
        except OSError as error:
            raise _refusal(f"cannot write to {folder}", error) from error

    def __enter__(self) -> WarcWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; every record is on disk then."""
        try:
            self.sync()
        finally:
            self._file.close()

    def sync(self) -> None:
        """Wait until all records are on disk."""
        try:
            if self._is_unsynced:
                self._check_place()
                os.fsync(self._file.fileno())
                self._is_unsynced = False
        except OSError as error:
            raise _refusal(f"cannot write {self.path}", error) from error

    @property
    def path(self) -> Path:
        """The file that is written now."""
        return Path(self._file.name)

    def write(
        self,
        exchange: Exchange,
        *,
        json: bytes | None = None,
        deflated_json: bytes | None = None,
    ) -> Evidence:
        """Write answer, request and the values read off it as JSON; return the answer's place.

        *deflated_json* is the JSON as `deflated` makes it, where that is done already. All of
        them are on disk when this returns, unless the caller is to `sync`. Values in a
        record over MAX_RECORD are left out. Raises RecordTooLongError if the answer is one.
        """
        exchange = self._as_stored(exchange)
        answer = new_records.response_record(exchange)
        if json is None:
            return self._write(answer, exchange)
        values = new_records.metadata_record(exchange, answer.record_id, json, deflated_json)
        return self._write(answer, exchange, values)

    def write_revisit(self, exchange: Exchange, original: Original) -> Evidence:
        """Write an answer with the content of *original*, and its request, likewise."""
        return self._write(new_records.revisit_record(exchange, original), exchange)

    def write_page(
        self, page: Page, status: int, headers: Headers, request_headers: Headers = ()
    ) -> Evidence:
        """Write a page of which only the unpacked body is known, likewise.

        Headers that describe the wire (chunks, compression) are kept under X-Archive-Orig-.
        """
        exchange = Exchange(
            url=page.url,
            fetched_at=page.fetched_at or dt.datetime.now(dt.UTC),
            status=status,
            headers=new_records.headers_of_unpacked(headers, page.body),
            body=page.body,
            request_headers=request_headers,
        )
        return self.write(exchange)

    def write_resource(
        self, url: str, at: dt.datetime, content_type: str, payload: bytes
    ) -> Evidence:
        """Write a file that was made here; return its place. Raises RecordTooLongError."""
        self._follow_full_file()
        record = new_records.resource_record(url, at, content_type, payload)
        member = self._packing.pack(record)
        offset = self._append(member)
        return Evidence(
            file=self.path.name, offset=offset, length=len(member), record_id=record.record_id
        )

    def write_record(self, record: bytes) -> Evidence:
        """Write a record as another program has made it; return its place.

        Raises RecordTooLongError.
        """
        new_records.refuse_too_long(len(record))
        self._follow_full_file()
        member = self._packing.pack_bytes(record)
        offset = self._append(member)
        return Evidence(file=self.path.name, offset=offset, length=len(member))

    @property
    def position(self) -> tuple[Path, int]:
        """The file that is written now, and its end in bytes."""
        return self.path, self._end

    def take_back(self, since: tuple[Path, int] | None = None) -> None:
        """Cut off the last write, or all *since* a `position`: nothing will point at it.

        Nothing is cut if another file is written by now.
        """
        path, end = since or (self.path, self._last)
        if self._file.closed or path != self.path:
            return
        try:
            self._file.truncate(end)
            self._end = end
        except OSError as error:
            raise _refusal(f"cannot write {self.path}", error) from error

    def _write(self, answer: NewRecord, exchange: Exchange, *values: NewRecord) -> Evidence:
        self._follow_full_file()
        member = self._packing.pack(answer)
        further = self._packing.pack(new_records.request_record(exchange, answer.record_id))
        for record in values:
            with suppress(RecordTooLongError):  # the archive has the values, too
                further += self._packing.pack(record)
        offset = self._append(member + further)
        return Evidence(
            file=self.path.name,
            offset=offset,
            length=len(member),
            record_id=answer.record_id,
        )

    def _as_stored(self, exchange: Exchange) -> Exchange:
        return new_records.unpacked(exchange) if self._is_zstandard else exchange

    def _follow_full_file(self) -> None:
        """Open the next file if this one is full."""
        try:
            if self._end >= self._max_file:
                self.close()
                self._number += 1
                self._file = self._open()
        except OSError as error:
            raise _refusal(f"cannot write to {self._folder}", error) from error

    def _append(self, members: bytes) -> int:
        try:
            self._check_place()
            self._last = self._end
            self._put(members)
        except OSError as error:
            raise _refusal(f"cannot write {self.path}", error) from error
        return self._last

    def _check_place(self) -> None:
        """Raise OSError if the file was moved, replaced or deleted since it was opened.

        The system would go on writing a file that nobody finds again.
        """
        try:
            is_there = os.path.samestat(self.path.stat(), os.fstat(self._file.fileno()))
        except FileNotFoundError:
            is_there = False
        if not is_there:
            raise OSError("it was moved, replaced or deleted while it was written")

    def _put(self, members: bytes) -> None:
        """Append *members* as a whole and have them on disk, or leave the file as it was."""
        left = memoryview(members)
        try:
            self._file.seek(self._end)
            while left:
                left = left[self._file.write(left) :]
            if not self.is_synced_by_caller:
                os.fsync(self._file.fileno())
        except OSError:
            self._file.truncate(self._end)
            raise
        self._end += len(members)
        self._is_unsynced = self.is_synced_by_caller

    def _open(self) -> FileIO:
        """Open the first file from the present number on that can be appended to."""
        while True:
            path = self._path_of(self._number)
            path.touch()
            file = FileIO(path, "r+b")
            if self._may_go_on(file, path.name):
                return file
            file.close()
            self._number += 1

    def _path_of(self, number: int) -> Path:
        return self._folder / f"{self._name}-{number:05}{self._suffix}"

    def _packing_for(self, path: Path) -> Packing:
        """Return the packing of the file at *path*, which has records or is new."""
        if not self._is_zstandard:
            return Gzip()
        if path.stat().st_size:
            return zstandard_of(path)
        return zstandard_after(self._path_of(self._number - 1))

    def _may_go_on(self, file: FileIO, name: str) -> bool:
        """Take hold of *file* and cut its torn tail; False where it is to be left alone."""
        if not lock_descriptor(file.fileno(), blocking=False):
            return False
        end = end_of_records(file)
        if end < self._kept(name):
            return False
        path = self._folder / name
        if self._is_zstandard and is_to_be_followed(path):
            return False
        file.truncate(end)
        self._file, self._end, self._packing = file, end, self._packing_for(path)
        if not end:
            info = new_records.info_record(name, self._about, dt.datetime.now(dt.UTC))
            self._put(self._packing.begin() + self._packing.pack(info))
        return True


def is_being_written(path: Path) -> bool:
    """Return whether a program appends to a file now, so that its end may be incomplete."""
    with path.open("rb") as file:
        try:
            return not lock_descriptor(file.fileno(), blocking=False)
        except OSError:  # network file systems may lock only what is open for writing
            return True


def _refusal(what: str, error: OSError) -> WarcError:
    return WarcError(f"{what}: {error.strerror or error}")
