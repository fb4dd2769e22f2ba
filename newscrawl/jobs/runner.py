"""Run the crawls that are due, each in a process, at most a given number at once."""

from __future__ import annotations

import datetime as dt
import logging
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import FrameType
from typing import IO, Any

import attrs

from newscrawl.errors import NewscrawlError
from newscrawl.exit_status import COMPLETE, FAILED, LOCKED
from newscrawl.jobs.job import Job, file_stem
from newscrawl.jobs.state import JobState, JobStates
from newscrawl.text.urls import without_passwords

STOP_SECONDS = 120.0
"""Seconds that a crawl may take to stop before it is killed."""
_TICK = 0.2
LONGEST_REASON = 200
"""Characters of the reason why a run ended."""
_TAIL = 16_384
_STAMP = re.compile(r"\d\d:\d\d:\d\d (?:INFO|WARNING|ERROR|CRITICAL) ")

logger = logging.getLogger(__name__)


def is_due(job: Job, state: JobState, now: dt.datetime) -> bool:
    """Return whether *job* is due.

    It is due if its last start lies in the future, because the clock was set back.
    """
    last = state.started_at
    if last is None or last > now + dt.timedelta(minutes=1):
        return True
    return now >= last + dt.timedelta(seconds=job.every + job.delay)


@attrs.frozen
class _Running:
    job: Job
    process: subprocess.Popen[bytes]
    log: IO[bytes]


class Runner:
    """Runs jobs as processes, each with its own log, and records their states.

    *folder* is where the processes start, *logs* where their logs go (`<job>.log`, the last run
    and the one before), *environment* their environment.
    """

    def __init__(
        self,
        states: JobStates,
        *,
        folder: Path,
        logs: Path,
        environment: Mapping[str, str],
        most: int,
    ) -> None:
        self._states = states
        self._folder, self._logs = folder, logs
        self._environment = dict(environment)
        self._most = most
        self._running: dict[str, _Running] = {}
        self._is_stopping = False
        self.worst = COMPLETE
        """The worst exit status of the jobs so far, except for sites held by another run."""

    def run_all(self, jobs: Iterable[Job]) -> int:
        """Run *jobs*, each once; return the worst status."""
        waiting = list(jobs)
        with self._stopped_by_signals():
            while (waiting and not self._is_stopping) or self._running:
                while waiting and len(self._running) < self._most and not self._is_stopping:
                    self._start(waiting.pop(0))
                self._reap()
        return self.worst

    def watch(self, read: Callable[[], Iterable[Job]], between: Callable[[], None]) -> None:
        """Run jobs when they are due, until a signal stops it.

        *read* returns the jobs; it and *between* are called about once a second.
        """
        with self._stopped_by_signals():
            while not self._is_stopping:
                states, now = self._states.read(), dt.datetime.now(dt.UTC)
                for job in read():
                    is_next = is_due(job, states.get(job.name, JobState()), now)
                    if is_next and self._has_place_for(job):
                        self._start(job)
                between()
                self._reap(seconds=1.0)
            while self._running:
                self._reap()

    def _has_place_for(self, job: Job) -> bool:
        return job.name not in self._running and len(self._running) < self._most

    def _start(self, job: Job) -> None:
        """Start the crawl of *job*; one that cannot be started has failed."""
        try:
            self._launch(job)
        except (OSError, NewscrawlError) as error:
            logger.error("%s: cannot be started: %s", job.name, error)
            self.worst = max(self.worst, FAILED)
            now = dt.datetime.now(dt.UTC)
            ended = {"started_at": now, "finished_at": now, "status": FAILED}
            self._note(job, **ended, reason=f"it cannot be started: {error}"[:LONGEST_REASON])

    def _note(self, job: Job, **changes: Any) -> None:
        try:
            self._states.change(job.name, **changes)
        except NewscrawlError as error:
            logger.error("the state of %s is lost: %s", job.name, error)

    def _launch(self, job: Job) -> None:
        self._logs.mkdir(parents=True, exist_ok=True)
        path = self._logs / log_name(job.name)
        if path.exists():
            path.replace(path.with_suffix(".log.1"))
        log = path.open("wb")
        try:
            self._states.change(job.name, started_at=dt.datetime.now(dt.UTC), finished_at=None)
            process = subprocess.Popen(  # noqa: S603 (the command is ours)
                job.command,
                cwd=self._folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # A Ctrl-C of the terminal reaches us, and we stop the crawl, once.
                start_new_session=True,
            )
        except BaseException:
            log.close()
            raise
        logger.info("%s: started (process %d, log %s)", job.name, process.pid, path)
        self._running[job.name] = _Running(job, process, log)

    def _reap(self, seconds: float = _TICK) -> None:
        """Wait a moment, and record the jobs that have ended."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and not self._is_stopping:
            if any(one.process.poll() is not None for one in self._running.values()):
                break
            time.sleep(_TICK)
        if self._is_stopping:
            self._stop_all()
        for name, one in list(self._running.items()):
            if one.process.poll() is not None:
                del self._running[name]
                self._ended(one)

    def _ended(self, one: _Running) -> None:
        one.log.close()
        status = one.process.returncode
        now = dt.datetime.now(dt.UTC)
        good = {"good_at": now} if status == COMPLETE else {}
        reason = last_line(Path(one.log.name))
        self._note(one.job, finished_at=now, status=status, reason=reason, **good)
        if status != LOCKED:
            self.worst = max(self.worst, status if status >= 0 else FAILED)
        logger.info("%s: ended with status %d", one.job.name, status)

    def _stop_all(self) -> None:
        """Stop every crawl; kill those still running after STOP_SECONDS.

        Their frontiers stay for the next run.
        """
        for one in self._running.values():
            one.process.terminate()
        until = time.monotonic() + STOP_SECONDS
        for one in self._running.values():
            try:
                one.process.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                logger.error("%s does not stop; it is killed", one.job.name)
                one.process.kill()
                one.process.wait()

    def _stopped_by_signals(self) -> _StopOnSignals:
        return _StopOnSignals(self._stop)

    def _stop(self) -> None:
        self._is_stopping = True


class _StopOnSignals:
    """While it is open, SIGTERM and SIGINT call a function instead of ending the process."""

    _SIGNALS = (signal.SIGTERM, signal.SIGINT)

    def __init__(self, stop: Callable[[], None]) -> None:
        self._call = stop

    def __enter__(self) -> None:
        self._before = [signal.signal(one, self._handle) for one in self._SIGNALS]

    def __exit__(self, *error: object) -> None:
        for one, handler in zip(self._SIGNALS, self._before, strict=True):
            signal.signal(one, handler)

    def _handle(self, number: int, frame: FrameType | None) -> None:
        self._call()


def last_line(log: Path) -> str | None:
    """Return the last line of a log without its time, cut at 200 characters; None if empty."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, file.seek(0, 2) - _TAIL))
            lines = file.read().decode("utf-8", "replace").splitlines()
    except OSError:
        return None
    last = next((line for line in reversed(lines) if line.strip()), "")
    return without_passwords(_STAMP.sub("", last.strip()))[:LONGEST_REASON] or None


def log_name(name: str) -> str:
    """Return the name of the log of the job *name*, which no other job has."""
    return f"{file_stem(name)}.log"
