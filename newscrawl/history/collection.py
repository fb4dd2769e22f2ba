"""A run that fetches the captures of a plan, and writes each into the archive.

One capture after the other: fetched, written as evidence, read by the extractor of today, and
committed. So a run that is killed loses at most the capture under way, and the next run plans
only what is lacking.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping
from typing import Any

import attrs

import newscrawl
from newscrawl import exit_status as exits
from newscrawl.archive import Archive
from newscrawl.errors import FetchError, WarcError
from newscrawl.history.cdx import IndexedCapture
from newscrawl.history.client import ServiceBusyError
from newscrawl.history.plan import Plan, Wanted
from newscrawl.history.sources import Source
from newscrawl.history.stores import BrokenCaptureError, Taken
from newscrawl.importing.multi_page import Joins
from newscrawl.importing.page_engines import PageReader
from newscrawl.importing.reading_writer import ReadingWriter
from newscrawl.importing.readings import Reading, Task
from newscrawl.importing.tally import Tally
from newscrawl.ingest.opt_outs import OBEYED
from newscrawl.limits import LARGEST_PAGE
from newscrawl.outcomes import Evidence, Observation, Outcome
from newscrawl.system.environment import variable
from newscrawl.text.urls import clean_url, url_key
from newscrawl.warc.records import read_record
from newscrawl.warc.writer import WarcWriter

FOLDER = "warc/history"
"""Folder of the evidence, beside the archive."""
MOST_FAILURES = 5
"""So many captures in a row that could not be fetched end a run: the service is down."""

Progress = Callable[[int, Tally], None]
"""Called with the number of captures done, and the numbers so far."""


class Collection:
    """One run that collects captures from *source*; `tally` holds its numbers."""

    def __init__(
        self, archive: Archive, source: Source, on_progress: Progress = lambda *_: None
    ) -> None:
        self.tally = Tally()
        self.differing = 0
        """Number of captures whose bytes have another digest than the index says."""
        self.stopped_by: str | None = None
        """The problem of the service that ended the run; None if none did."""
        self._archive, self._source, self._on_progress = archive, source, on_progress
        obeyed = variable("NEWSCRAWL_OBEY_OPT_OUTS", OBEYED).split(",")
        self._obeyed = frozenset(map(str.strip, obeyed))

    def run(self, plan: Plan, site: str | None, settings: Mapping[str, Any], limit: int) -> int:
        """Collect up to *limit* captures of *plan*; return the exit status.

        Raises ArchiveError or WarcError if nothing can be written any more.
        """
        told = {"source": self._source.name, **settings}
        run = self._archive.start_run("history", site, told)
        reason, status = "failed", exits.FAILED
        try:
            self._collect(plan, run, limit)
            is_whole = self.stopped_by is None and not self.tally.damaged
            reason = "finished" if self.stopped_by is None else "service"
            status = exits.COMPLETE if is_whole else exits.PARTIAL
        except KeyboardInterrupt:
            reason, status = "shutdown", exits.PARTIAL
            raise
        finally:
            counts = dict(self.tally.outcomes) | {"damaged": self.tally.damaged}
            self._archive.finish_run(run, reason, status, counts)
        return status

    def _collect(self, plan: Plan, run: int, limit: int) -> None:
        writer, failures = ReadingWriter(self._archive, self.tally, run), 0
        with self._evidence() as evidence, PageReader() as reader:
            work = _Work(self._archive, self._source, writer, evidence, reader, self._obeyed)
            for number, wanted in enumerate(plan.wanted[:limit], 1):
                try:
                    self.differing += work.collect(wanted)
                    failures = 0
                except ServiceBusyError as error:
                    self.stopped_by = str(error)
                    return
                except FetchError as error:
                    self.tally.report(str(error))
                    failures += 1
                    if failures >= MOST_FAILURES:
                        self.stopped_by = f"{failures} captures in a row could not be fetched"
                        return
                self._on_progress(number, self.tally)

    def _evidence(self) -> WarcWriter:
        return WarcWriter(
            self._archive.path.parent / FOLDER,
            FOLDER.rpartition("/")[2],
            software=f"newscrawl/{newscrawl.__version__}",
            kept=lambda file: self._archive.evidence.end_of(f"{FOLDER}/{file}"),
        )


@attrs.frozen
class _Work:
    """Collects one capture after the other."""

    archive: Archive
    source: Source
    writer: ReadingWriter
    evidence: WarcWriter
    reader: PageReader
    obeyed: frozenset[str]

    def collect(self, wanted: Wanted) -> bool:
        """Write one capture; return True if it has another digest than the index says.

        Raises FetchError if it cannot be fetched now.
        """
        capture = wanted.capture
        if wanted.same_as is not None and self._is_written_as_same(capture, wanted.same_as):
            return False
        try:
            taken = self.source.store.take(capture)
            place = self._stored(taken, capture)
        except BrokenCaptureError as error:
            self._write_broken(capture, Outcome.CONNECTION, str(error))
            return False
        self._write(capture, place)
        return _differs(taken, capture)

    def _is_written_as_same(self, capture: IndexedCapture, same: IndexedCapture) -> bool:
        """Write that the page was as at an earlier capture; False if that is not known."""
        url = clean_url(same.url, same.url) or same.url
        reason = f"the same content as on {same.captured_at:%Y-%m-%d %H:%M:%S}, by its digest"
        seen = _observation(capture, Outcome.UNCHANGED, reason)
        with self.archive.transaction():
            return self.writer.write_revisit(
                attrs.evolve(seen, status=same.status), (url, same.captured_at)
            )

    def _stored(self, taken: Taken, capture: IndexedCapture) -> Evidence:
        """Write a capture as evidence; return its place in the file that is written."""
        if taken.exchange is not None:
            return self.evidence.write(taken.exchange)
        place = self.evidence.write_record(taken.record or b"")
        try:
            record = read_record(
                self.evidence.path, place.offset, place.length, max_size=LARGEST_PAGE
            )
        except WarcError as error:
            self.evidence.take_back()
            raise BrokenCaptureError(str(error).rpartition(": ")[2]) from error
        if record.date != capture.captured_at or url_key(record.url) != url_key(capture.url):
            self.evidence.take_back()
            raise BrokenCaptureError(f"another record lies there: {record.url}")
        return attrs.evolve(place, record_id=record.record_id)

    def _write(self, capture: IndexedCapture, place: Evidence) -> None:
        task = Task(
            file=self.evidence.path,
            offset=place.offset,
            length=place.length,
            evidence_file=f"{FOLDER}/{place.file}",
            obeyed=self.obeyed,
        )
        reading = self.reader.read(task)
        seen = reading.observation
        if seen is None or seen.evidence is None:  # no page, or one that is not to be stored
            self.evidence.take_back()
        if seen is None:
            is_other = reading.damage is None
            outcome = Outcome.NOT_HTML if is_other else Outcome.CONNECTION
            self._write_broken(capture, outcome, reading.damage or reading.skipped or "")
            return
        joins = Joins()
        for one in (*joins.take(task, reading), *joins.rest()):
            self.writer.write(one)

    def _write_broken(self, capture: IndexedCapture, outcome: Outcome, reason: str) -> None:
        """Write that a capture cannot be read, so that it is not fetched each time."""
        told = f"{self.source.name}: {reason}" if outcome == Outcome.CONNECTION else reason
        self.writer.write(Reading(observation=_observation(capture, outcome, told[:300])))


def _observation(capture: IndexedCapture, outcome: Outcome, reason: str) -> Observation:
    return Observation(
        url=clean_url(capture.url, capture.url) or capture.url,
        outcome=outcome,
        reason=reason,
        fetched_at=capture.captured_at,
    )


def _differs(taken: Taken, capture: IndexedCapture) -> bool:
    """Return whether a replayed page has another digest than the index says."""
    listed = capture.digest.upper().removeprefix("SHA1:")
    if taken.exchange is None or len(listed) != 32 or capture.is_revisit:
        return False
    found = hashlib.sha1(taken.exchange.body, usedforsecurity=False).digest()
    return base64.b32encode(found).decode() != listed
