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

from newscrawl import exit_status as exits
from newscrawl.archive import Archive
from newscrawl.errors import FetchError
from newscrawl.history.capture_sources import Source
from newscrawl.history.capture_writer import CaptureWriter, capture_writer
from newscrawl.history.cdx import IndexedCapture
from newscrawl.history.client import ServiceBusyError
from newscrawl.history.plan import Plan, Wanted
from newscrawl.history.stores import BrokenCaptureError, Taken
from newscrawl.importing.tally import Tally

MOST_FAILURES = 5
"""Captures in a row that could not be fetched, after which a run ends: the service is down."""

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

    def run(self, plan: Plan, site: str | None, settings: Mapping[str, Any], limit: int) -> int:
        """Collect up to *limit* captures of *plan*; return the exit status.

        Raises ArchiveError or WarcError if nothing can be written any more.
        """
        values = {"source": self._source.name, **settings}
        run = self._archive.start_run("history", site, values)
        reason, status = "failed", exits.FAILED
        try:
            with capture_writer(self._archive, self.tally, run, self._source.name) as writer:
                self._collect(plan.wanted[:limit], writer)
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

    def _collect(self, wanted: tuple[Wanted, ...], writer: CaptureWriter) -> None:
        failures = 0
        for number, one in enumerate(wanted, 1):
            try:
                self._take(one, writer)
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

    def _take(self, wanted: Wanted, writer: CaptureWriter) -> None:
        """Write one capture. Raises FetchError if it cannot be fetched now."""
        capture = wanted.capture
        if wanted.same_as is not None and writer.write_as_same(capture, wanted.same_as):
            return
        try:
            taken = self._source.store.take(capture)
            writer.write(taken, capture)
        except BrokenCaptureError as error:
            writer.write_broken(capture, str(error))
        else:
            self.differing += _differs(taken, capture)


def _differs(taken: Taken, capture: IndexedCapture) -> bool:
    """Return whether a replayed page has another digest than the index says."""
    listed = capture.digest.upper().removeprefix("SHA1:")
    if taken.exchange is None or len(listed) != 32 or capture.is_revisit:
        return False
    found = hashlib.sha1(taken.exchange.body, usedforsecurity=False).digest()
    return base64.b32encode(found).decode() != listed
