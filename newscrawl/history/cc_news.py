"""Import of Common Crawl's news: WARC files by date, of which the pages of sites are taken.

Files are listed month by month (`warc.paths.gz`) and named after the time at which they begin:
`CC-NEWS-20240101002040-00123.warc.gz`. Each is read through by ranges; no more of it is stored
than the pages that are wanted. A run that is stopped goes on within the file.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Any

import attrs

from newscrawl import exit_status as exits
from newscrawl.archive import Archive
from newscrawl.archive.crawl_state.change_history import visits_of
from newscrawl.archive.schema.storable import utc_text
from newscrawl.errors import NewscrawlError
from newscrawl.formats.magic_bytes import GZIP
from newscrawl.history.capture_writer import FOLDER, CaptureWriter, capture_writer
from newscrawl.history.cdx import IndexedCapture
from newscrawl.history.client import Client
from newscrawl.history.news_files import FoundRecord, MissingFileError, records_of
from newscrawl.history.stores import BrokenCaptureError, Taken
from newscrawl.importing.tally import Tally
from newscrawl.ingest.site_identity import SiteIdentities
from newscrawl.system.whole_file import whole_file
from newscrawl.text.urls import clean_url

FIRST_MONTH = dt.date(2016, 8, 1)
"""Month of the first files."""
STEP = 8 * 2**20
"""Bytes after which the place in a file is written down, if nothing was found."""
_PATH = re.compile(r"crawl-data/CC-NEWS/[\w./-]+\.warc\.gz", re.ASCII)
"""Of files as Common Crawl lists them; another line of a list is none."""
_NAME = re.compile(r"CC-NEWS-(\d{14})-\d+\.warc\.gz")
_LARGEST_LISTING = 16 * 2**20

Progress = Callable[[str, int], None]
"""Called with the name of a file and the number of its bytes that are done."""


@attrs.frozen(kw_only=True)
class NewsSelection:
    """Files and sites of an import."""

    since: dt.date
    until: dt.date
    """The last day."""
    sites: frozenset[str] = frozenset()
    """Names of the sites that are wanted; empty for all."""

    def months(self) -> Iterator[str]:
        """Yield the folder of each month."""
        month = max(self.since, FIRST_MONTH).replace(day=1)
        while month <= self.until:
            yield f"{month:%Y/%m}"
            month = (month + dt.timedelta(days=31)).replace(day=1)

    def includes(self, path: str) -> bool:
        """Return whether a file begins within the days; one without a time does."""
        found = _NAME.search(path)
        return found is None or f"{self.since:%Y%m%d}" <= found[1][:8] <= f"{self.until:%Y%m%d}"


def list_files(
    client: Client, address: str, selection: NewsSelection, tally: Tally
) -> list[str]:
    """Return the paths of the files of *selection*, in order of time.

    A month without a list, or with a damaged one, is reported to *tally*; of a damaged list
    the whole lines before the damage count. Raises FetchError or ServiceBusyError.
    """
    found: set[str] = set()
    for month in selection.months():
        url = f"{address}/crawl-data/CC-NEWS/{month}/warc.paths.gz"
        reply = client.get(url, _LARGEST_LISTING)
        if reply.status != HTTPStatus.OK:
            tally.report(f"{url}: HTTP {reply.status}: no list of files")
            continue
        listing, problem = _unpacked(reply.body)
        if problem is not None:
            tally.report(f"{url}: the list of files is damaged: {problem}")
            listing = listing[: listing.rfind(b"\n") + 1]
        lines = listing.decode("utf-8", "replace").splitlines()
        paths = {path for line in lines if _PATH.fullmatch(path := line.strip())}
        if not paths and problem is None:
            tally.report(f"{url}: it names no file")
        found |= paths
    return sorted(path for path in found if selection.includes(path))


def _unpacked(body: bytes) -> tuple[bytes, str | None]:
    """Return what *body* unpacks to, and the problem that ended it, if any.

    A list may be several gzip members, or plain.
    """
    content = bytearray()
    while body:
        if not body.startswith(GZIP):
            return (body, None) if not content else (bytes(content), "no gzip behind it")
        member = zlib.decompressobj(wbits=31)
        try:
            content += member.decompress(body, _LARGEST_LISTING - len(content))
        except zlib.error as error:
            return bytes(content), str(error)
        if not member.eof:
            is_long = bool(member.unconsumed_tail)
            return bytes(content), "it is too long" if is_long else "it is cut"
        body = member.unused_data
    return bytes(content), None


class NewsImport:
    """An import of news files; `tally` holds its numbers."""

    def __init__(
        self,
        archive: Archive,
        client: Client,
        address: str,
        tally: Tally,
        on_progress: Progress = lambda *_: None,
    ) -> None:
        self.tally = tally
        self._archive, self._client, self._address = archive, client, address
        self._on_progress = on_progress
        self._identities = SiteIdentities("", archive)

    def run(self, selection: NewsSelection, paths: Sequence[str]) -> int:
        """Import the files at *paths*, as `list_files` gave them; return the exit status.

        Raises FetchError or ServiceBusyError if the service fails: the next run goes on.
        """
        settings = {"source": "cc-news", "from": selection.since, "to": selection.until}
        site = next(iter(selection.sites)) if len(selection.sites) == 1 else None
        run = self._archive.start_run("import", site, settings)
        reason, status = "failed", exits.PARTIAL
        try:
            with capture_writer(self._archive, self.tally, run, "cc-news") as writer:
                self._read(paths, selection, writer)
            reason, status = "finished", exits.PARTIAL if self.tally.damaged else exits.COMPLETE
        except KeyboardInterrupt:
            reason = "shutdown"
            raise
        finally:
            counts = dict(self.tally.outcomes) | {"damaged": self.tally.damaged}
            self._archive.finish_run(run, reason, status, counts)
        return status

    def _read(
        self, paths: Sequence[str], selection: NewsSelection, writer: CaptureWriter
    ) -> None:
        places = _Places.of(self._archive.path.parent, selection.sites)
        for path in paths:
            if path in places.done:
                self.tally.files_known += 1
                continue
            try:
                is_whole = self._read_file(path, selection, writer, places)
            except MissingFileError as error:
                # Only this file: the next run asks for it again.
                self.tally.report(str(error))
                continue
            if is_whole:
                places.end(path)
                self.tally.files += 1

    def _read_file(
        self, path: str, selection: NewsSelection, writer: CaptureWriter, places: _Places
    ) -> bool:
        """Read a file from the place reached on; return whether it was read to its end.

        It was not if its last record is cut, or none is in it: the next run goes on there.
        """
        reached = written = places.positions.get(path, 0)
        problem: str | None = None
        for record in records_of(self._client, f"{self._address}/{path}", reached):
            has_page = self._take(record, selection, writer, path)
            problem = record.problem
            reached = reached if problem is not None else record.end
            if has_page or reached - written >= STEP:
                written = reached
                places.reach(path, written)
                self._on_progress(path, written)
        if reached and problem is None:
            return True
        if not reached and problem is None:
            self.tally.report(f"{path}: it holds no record")
        places.reach(path, reached)
        return False

    def _take(
        self, record: FoundRecord, selection: NewsSelection, writer: CaptureWriter, path: str
    ) -> bool:
        """Write the page of a record, if it is wanted; return whether it was."""
        if record.problem is not None:
            self.tally.report(f"{path}, before byte {record.end}: {record.problem}")
            return False
        if record.field("warc-type") != "response":
            return False
        written, moment = record.field("warc-target-uri"), record.moment
        url = clean_url(written, written)
        if url is None or moment is None:
            return False
        if selection.sites and self._identities.site_of(url) not in selection.sites:
            return False
        if utc_text(moment) in visits_of(self._archive, url):
            return False  # it was written before a run was stopped
        capture = IndexedCapture(
            url=written, captured_at=moment, timestamp=f"{moment:%Y%m%d%H%M%S}"
        )
        source = f"{self._address}/{path}"
        try:
            writer.write(Taken(source_url=source, record=record.content), capture)
        except BrokenCaptureError as error:
            self.tally.report(f"{url} in {path}: {error}")
        return True


@attrs.define
class _Places:
    """Files that were read through for some sites, and the places in unfinished ones."""

    file: Path
    done: list[str] = attrs.field(factory=list)
    positions: dict[str, int] = attrs.field(factory=dict)
    """Bytes that are done of each file that was not read to its end."""

    @classmethod
    def of(cls, folder: Path, sites: frozenset[str]) -> _Places:
        """Return the places for *sites*, as the last run left them.

        Raises NewscrawlError if their file is damaged.
        """
        key = hashlib.sha256("\n".join(sorted(sites)).encode()).hexdigest()[:16]
        file = folder / FOLDER / f"cc-news-{key}.json"
        if not file.exists():
            return cls(file)
        try:
            values: dict[str, Any] = json.loads(file.read_text("utf-8"))
            places: dict[str, int] = values.get("positions", {})
            positions = {str(path): int(place) for path, place in places.items()}
            return cls(file, list(values["done"]), positions)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise NewscrawlError(
                f"{file} is damaged ({error}): delete it, and files are read again"
            ) from error

    def reach(self, path: str, position: int) -> None:
        """Write down that *path* is done up to *position*."""
        self.positions[path] = position
        self._write()

    def end(self, path: str) -> None:
        """Write down that *path* is done."""
        self.done.append(path)
        self.positions.pop(path, None)
        self._write()

    def _write(self) -> None:
        values = {"done": self.done, "positions": self.positions}
        self.file.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(self.file) as copy:
            copy.write(json.dumps(values).encode())
