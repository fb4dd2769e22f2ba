"""Files into an archive: one writer, in the order of the records, each record exactly once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import attrs

from newscrawl import exit_status as exits
from newscrawl.archive import Archive
from newscrawl.archive.crawl_state.file_imports import FileImport, Imports
from newscrawl.archive.search.index import updates_at_end
from newscrawl.importing.page_engines import Engine, read_locally
from newscrawl.importing.reading_writer import ReadingWriter
from newscrawl.importing.readings import Policy, Reading, Task
from newscrawl.importing.steps import Again, FileBegins, FileEnds, Passed, Steps
from newscrawl.importing.tally import Tally
from newscrawl.importing.waiting_pages import WaitingPages
from newscrawl.layouts.catalogue import all_sites
from newscrawl.system.environment import use_environment

BATCH = 20
"""Number of records in one transaction; meanwhile the engine gets no new tasks."""

Progress = Callable[[Path, int], None]
"""Called with a file and the number of its bytes that are done."""


@attrs.frozen(kw_only=True)
class Options:
    """Options of an import."""

    jobs: int
    """Number of processes that read pages."""
    sites: frozenset[str] = frozenset()
    """The names of the sites whose pages are wanted; empty for all."""
    engine: Engine = read_locally
    """The engine that reads the pages."""
    evidence_name: str | None = None
    """Name of the file in the archive, if it is read from a copy."""


class _WrongPlaceError(Exception):
    """No whole record is where one was guessed: those that were found behind it are none."""

    def __init__(self, offset: int) -> None:
        super().__init__(offset)
        self.offset = offset


class Import:
    """An import of files into an archive; `tally` holds its numbers so far."""

    def __init__(self, archive: Archive, options: Options, on_progress: Progress) -> None:
        self.tally = Tally()
        self._archive, self._options, self._on_progress = archive, options, on_progress
        self._imports = Imports(archive)
        self._writer = ReadingWriter(archive, self.tally, 0)
        self._waiting_pages = WaitingPages()
        self._state: FileImport | None = None
        self._path = Path()
        self._position = 0
        self._is_whole = True
        self._batch: list[tuple[Task, Reading]] = []

    def read(self, files: Sequence[Path]) -> None:
        """Import *files* as one run.

        Raises ArchiveError if the archive cannot be written, and KeyboardInterrupt if the user
        stops it: written pages stay, and the next import goes on there.
        """
        use_environment()
        self._archive.checkpoint_in_thread()
        all_sites()  # a wrong declaration is reported once, and not for every page
        settings = {"files": [str(file) for file in files], "jobs": self._options.jobs}
        site = next(iter(self._options.sites)) if len(self._options.sites) == 1 else None
        run = self._archive.start_run("import", site, settings)
        self._writer = ReadingWriter(self._archive, self.tally, run)
        reason, status = "failed", exits.FAILED
        try:
            with TemporaryDirectory(prefix="newscrawl-") as folder:
                steps = self._steps(Path(folder), run)
                self._read_all(steps, files)
            reason, status = "finished", self.tally.exit_status
        except KeyboardInterrupt:
            reason, status = "shutdown", exits.PARTIAL
            raise
        finally:
            self._archive.finish_run(run, reason, status, self._counts())

    def _steps(self, folder: Path, run: int) -> Steps:
        return Steps(
            self._archive,
            run,
            self._is_wanted,
            folder,
            evidence_name=self._options.evidence_name,
            policy=Policy.of_environment(),
        )

    def _counts(self) -> dict[str, Any]:
        return dict(self.tally.outcomes) | {"damaged": self.tally.damaged}

    def _is_wanted(self, url: str) -> bool:
        wanted = self._options.sites
        return not wanted or self._writer.site_of(url) in wanted

    def _read_all(self, steps: Steps, files: Sequence[Path]) -> None:
        """Write all that the engine reads, from wrong places on once more with right ones."""
        again: Again | None = None
        while True:
            try:
                read = self._options.engine(steps.of(files, again), self._options.jobs)
                # Closed here: what interrupts the closing is else written as a traceback.
                with closing(read):
                    self._write(read)
                return
            except _WrongPlaceError as error:
                assert self._state is not None  # noqa: S101  # it has begun
                files = files[files.index(self._path) :]
                again = Again(self._state, error.offset)

    def _write(self, steps: Iterable[Any]) -> None:
        """Write pages as they come, some at a time, each time with the position in the file."""
        for step in steps:
            if isinstance(step, tuple):
                self._take(*step)
            elif isinstance(step, Passed):
                self._pass(step)
            else:
                self._write_batch()
                if isinstance(step, FileBegins):
                    self._begin(step)
                else:
                    self._end(step)
        self._write_batch()

    def _take(self, task: Task, reading: Reading) -> None:
        if task.is_guessed and reading.damage is not None:
            raise _WrongPlaceError(task.offset)
        self._batch.append((task, reading))
        if len(self._batch) >= BATCH:
            self._write_batch()

    def _begin(self, step: FileBegins) -> None:
        self._path, self._state = step.path, step.state
        self._position, self._is_whole = step.state.position, True
        self._writer.is_again = step.state.is_again
        self.tally.files_known += step.state.is_complete

    def _end(self, step: FileEnds) -> None:
        assert self._state is not None  # noqa: S101  # a file begins before it ends
        if not self._state.is_complete:
            with self._archive.transaction() as db, updates_at_end(db):
                for reading in self._waiting_pages.take_rest():
                    self._is_whole &= self._writer.write(reading)
                self._imports.reach(self._state, self._position)
            self._imports.end(self._state, is_whole=self._is_whole)
            self.tally.files += 1
        self._state = None
        self._on_progress(self._path, step.size)

    def _pass(self, step: Passed) -> None:
        """Take note of a place where there is no page."""
        self._position = max(self._position, step.position)
        if step.copy is not None:  # every record of it was read
            step.copy.unlink(missing_ok=True)
        if step.damage is not None:
            self._report(step.damage)
        elif step.skipped is not None:
            self.tally.records += 1
            self.tally.skipped[step.skipped] += 1

    def _report(self, damage: str) -> None:
        self.tally.report(damage)
        self._is_whole = False

    def _write_batch(self) -> None:
        batch, self._batch = self._batch, []
        if self._state is None or self._state.is_complete:
            return
        with self._archive.transaction() as db, updates_at_end(db):
            for task, reading in batch:
                for one in self._waiting_pages.take(task, reading):
                    self._is_whole &= self._writer.write(one)
                if task.evidence_file is not None:
                    self._position = max(self._position, task.offset + task.length)
            if self._is_whole:  # else an import that is stopped goes on before the damage
                self._imports.reach(self._state, self._safe_position())
        self._on_progress(self._path, self._position)

    def _safe_position(self) -> int:
        """Return the place that an import goes on from: nothing before it waits."""
        waiting = self._waiting_pages.first_offset
        return self._position if waiting is None else min(waiting, self._position)
