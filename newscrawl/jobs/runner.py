"""Run the crawls that are due, each in a process, at most so many at once."""

from __future__ import annotations

import datetime as dt
import logging
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import FrameType
from typing import IO

import attrs

from newscrawl.jobs.job import Job, read_jobs
from newscrawl.jobs.state import JobState, JobStates

COMPLETE, LOCKED = 0, 75
STOP_SECONDS = 120.0
"""Seconds that a crawl may take to stop before it is killed."""
_TICK = 0.2

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

    def watch(self, path: Path, between: Callable[[tuple[Job, ...]], None]) -> None:
        """Run the jobs of the file at *path* when they are due, until a signal stops it.

        The file is read again each time; *between* is called with its jobs about once a second.
        """
        with self._stopped_by_signals():
            while not self._is_stopping:
                jobs = read_jobs(path)
                now = dt.datetime.now(dt.UTC)
                for job in jobs:
                    if self._has_place_for(job) and is_due(job, self._states[job.name], now):
                        self._start(job)
                between(jobs)
                self._reap(seconds=1.0)
            while self._running:
                self._reap()

    def _has_place_for(self, job: Job) -> bool:
        return job.name not in self._running and len(self._running) < self._most

    def _start(self, job: Job) -> None:
        self._logs.mkdir(parents=True, exist_ok=True)
        path = self._logs / f"{_file_name(job.name)}.log"
        if path.exists():
            path.replace(path.with_suffix(".log.1"))
        log = path.open("wb")
        self._states.change(job.name, started_at=dt.datetime.now(dt.UTC), finished_at=None)
        process = subprocess.Popen(  # noqa: S603 (the command is ours, its arguments the user's)
            job.command,
            cwd=self._folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            # A Ctrl-C of the terminal reaches us, and we ask the crawl to stop, once.
            start_new_session=True,
        )
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
        self._states.change(one.job.name, finished_at=now, status=status, **good)
        if status != LOCKED:
            self.worst = max(self.worst, status if status >= 0 else 1)
        logger.info("%s: ended with status %d", one.job.name, status)

    def _stop_all(self) -> None:
        """Stop every crawl, whose frontier stays for the next run; kill those that do not."""
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

    def _stopped_by_signals(self) -> _SignalsStop:
        return _SignalsStop(self._stop)

    def _stop(self) -> None:
        self._is_stopping = True


class _SignalsStop:
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


def _file_name(name: str) -> str:
    return "".join(char if char.isalnum() or char in "._-" else "_" for char in name)
