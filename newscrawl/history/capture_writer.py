"""Captures into an archive: written as evidence, read by the extractor of today, committed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import attrs

import newscrawl
from newscrawl.archive import Archive
from newscrawl.history.cdx import IndexedCapture
from newscrawl.history.stores import BrokenCaptureError, Taken
from newscrawl.importing.page_engines import PageReader
from newscrawl.importing.reading_writer import ReadingWriter
from newscrawl.importing.readings import Policy, Reading, Task
from newscrawl.importing.tally import Tally
from newscrawl.importing.waiting_pages import WaitingPages
from newscrawl.limits import LARGEST_PAGE
from newscrawl.outcomes import Evidence, Observation, Outcome
from newscrawl.text.urls import clean_url, url_key
from newscrawl.warc.new_records import RecordTooLongError
from newscrawl.warc.records import DamagedRecordError, read_record
from newscrawl.warc.writer import WarcWriter

FOLDER = "warc/history"
"""Folder of the evidence, beside the archive."""


@contextmanager
def capture_writer(
    archive: Archive, tally: Tally, run: int, source: str
) -> Iterator[CaptureWriter]:
    """Yield the writer of the captures of one run, which came from *source*."""
    evidence = WarcWriter(
        archive.path.parent / FOLDER,
        FOLDER.rpartition("/")[2],
        software=f"newscrawl/{newscrawl.__version__}",
        kept=lambda file: archive.evidence.end_of(f"{FOLDER}/{file}"),
    )
    with evidence, PageReader() as reader:
        yield CaptureWriter(
            archive=archive,
            source=source,
            readings=ReadingWriter(archive, tally, run),
            evidence=evidence,
            reader=reader,
            policy=Policy.of_environment(),
        )


@attrs.frozen(kw_only=True)
class CaptureWriter:
    """Writes one capture after the other."""

    archive: Archive
    source: str
    readings: ReadingWriter
    evidence: WarcWriter
    reader: PageReader
    policy: Policy

    def write(self, taken: Taken, capture: IndexedCapture) -> None:
        """Write a capture as it was taken from its store.

        Raises BrokenCaptureError if it is another record than *capture*, or a damaged one.
        """
        place = self._stored(taken, capture)
        task = Task(
            file=self.evidence.path,
            offset=place.offset,
            length=place.length,
            evidence_file=f"{FOLDER}/{place.file}",
            policy=self.policy,
        )
        reading = self.reader.read(task)
        seen = reading.observation
        if seen is None or seen.evidence is None:  # no page, or one that is not to be stored
            self.evidence.take_back()
        if seen is None and reading.damage is not None:
            raise BrokenCaptureError(reading.damage)
        if seen is None:
            self.write_without_page(capture, Outcome.NOT_HTML, reading.skipped or "")
            return
        digest = capture.digest or None
        seen = attrs.evolve(seen, source_url=taken.source_url, source_digest=digest)
        reading = attrs.evolve(reading, observation=seen)
        waiting_pages = WaitingPages()
        for one in (*waiting_pages.take(task, reading), *waiting_pages.take_rest()):
            self.readings.write(one)

    def write_as_same(self, capture: IndexedCapture, same: IndexedCapture) -> bool:
        """Write that the page was as at an earlier capture; False if that is not known."""
        url = clean_url(same.url, same.url) or same.url
        reason = f"the same content as on {same.captured_at:%Y-%m-%d %H:%M:%S}, by its digest"
        seen = _observation(capture, Outcome.UNCHANGED, reason)
        with self.archive.transaction():
            return self.readings.write_revisit(
                attrs.evolve(seen, status=same.status), (url, same.captured_at)
            )

    def write_broken(self, capture: IndexedCapture, reason: str) -> None:
        """Write that a capture cannot be read, so that it is not fetched each time."""
        self.write_without_page(capture, Outcome.CONNECTION, f"{self.source}: {reason}")

    def write_without_page(
        self, capture: IndexedCapture, outcome: Outcome, reason: str
    ) -> None:
        """Write a row for a capture without a page."""
        seen = _observation(capture, outcome, reason[:300])
        self.readings.write(Reading(observation=seen))

    def _stored(self, taken: Taken, capture: IndexedCapture) -> Evidence:
        """Write a capture as evidence; return its place in the file that is written."""
        try:
            if taken.exchange is not None:
                return self.evidence.write(taken.exchange)
            place = self.evidence.write_record(taken.record or b"")
        except RecordTooLongError as error:
            raise BrokenCaptureError(str(error)) from error
        try:
            record = read_record(
                self.evidence.path, place.offset, place.length, max_size=LARGEST_PAGE
            )
        except DamagedRecordError as error:
            self.evidence.take_back()
            raise BrokenCaptureError(error.reason) from error
        moment = record.date.replace(microsecond=0) if record.date is not None else None
        if moment != capture.captured_at or url_key(record.url) != url_key(capture.url):
            self.evidence.take_back()
            raise BrokenCaptureError(f"another record lies there: {record.url}")
        return attrs.evolve(place, record_id=record.record_id)


def _observation(capture: IndexedCapture, outcome: Outcome, reason: str) -> Observation:
    return Observation(
        url=clean_url(capture.url, capture.url) or capture.url,
        outcome=outcome,
        reason=reason,
        fetched_at=capture.captured_at,
        source_digest=capture.digest or None,
    )
