"""The desk of the jobs: their file, archive and states, to run and report them."""

from __future__ import annotations

import datetime as dt
import logging
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import attrs
from filelock import FileLock, Timeout

from newscrawl.archive import Archive
from newscrawl.crawl.run.disk_space import DISK_FULL, has_room
from newscrawl.drift import read_drift
from newscrawl.errors import ArchiveError, NewscrawlError, UsageError, not_writable
from newscrawl.jobs.health import (
    ARCHIVE,
    JOBS_FILE,
    NOTHING_NEW,
    Findings,
    Health,
    fault,
    health_of,
)
from newscrawl.jobs.job import Job
from newscrawl.jobs.jobs_file import JobsFile, read_jobs_file
from newscrawl.jobs.messages import send_changes, send_digest
from newscrawl.jobs.runner import Runner
from newscrawl.jobs.state import JobState, JobStates, states_beside
from newscrawl.limits import LEAST_FREE_MB
from newscrawl.system.environment import environment_with
from newscrawl.system.project import project_folder
from newscrawl.text.urls import without_passwords

_LAST_END = """SELECT r.finish_reason FROM runs AS r JOIN sites AS s ON s.id = r.site_id
    WHERE s.name = ? ORDER BY r.id DESC LIMIT 1"""
_SECONDS_TO_REPORT = 300.0
"""Longest wait for another program that reports the same jobs."""
_DAMAGED = (NewscrawlError, sqlite3.Error, UnicodeError, ValueError, TypeError, LookupError)
"""Errors that a damaged archive raises."""

logger = logging.getLogger(__name__)


class WatchIsRunning(NewscrawlError):
    """Another `newscrawl watch` runs the jobs of this archive."""


@attrs.frozen
class Desk:
    """The jobs file, the archive and the states of jobs: all a command about jobs needs."""

    jobs_file: Path
    archive: Path
    states: JobStates

    @classmethod
    def at(cls, jobs_file: Path, archive: Path) -> Desk:
        """Return the desk of a jobs file and an archive, neither of which has to exist yet."""
        return cls(jobs_file, archive, states_beside(archive))

    def runner(self, most: int, content: JobsFile) -> Runner:
        """Return a runner that runs at most *most* crawls at once."""
        environment = {
            **content.environment,
            **environment_with(NEWSCRAWL_ARCHIVE=str(self.archive)),
        }
        if not (project_folder() / "scrapy.cfg").is_file():
            # Without one, Scrapy would not know our settings.
            environment.setdefault("SCRAPY_SETTINGS_MODULE", "newscrawl.settings")
        return Runner(
            self.states,
            folder=project_folder(),
            logs=self.archive.parent / "logs",
            environment=environment,
            most=most,
        )

    def health(self, content: JobsFile) -> list[Health]:
        """Return the health of each job, and each fault of the file and the archive."""
        now, states = dt.datetime.now(dt.UTC), self.states.read()
        found, damage = self._findings(content.jobs, now)
        rows = [
            health_of(
                job, states.get(job.name, JobState()), now, found.get(job.name, NOTHING_NEW)
            )
            for job in content.jobs
        ]
        rows += [fault(name, line) for name, line in content.faults.items()]
        return [*rows, *([fault(ARCHIVE, damage)] if damage else [])]

    def report(self, content: JobsFile, problem: str | None = None) -> None:
        """Send the messages that are due; *problem* is that of the jobs file, if it has one.

        Programs report one after the other, so that jobs which end together share a message.
        Nothing that goes wrong here ends the caller: it is logged.
        """
        lock = self.archive.with_name(f".{self.archive.name}.report.lock")
        try:
            lock.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(lock, timeout=_SECONDS_TO_REPORT):
                self._report(content, problem)
        except PermissionError as error:
            logger.error("the jobs cannot be reported: %s", not_writable(lock, error))
        except (NewscrawlError, OSError) as error:
            logger.error("the jobs cannot be reported: %s", error)

    def _report(self, content: JobsFile, problem: str | None) -> None:
        rows = self.health(content)
        if problem:
            rows.append(fault(JOBS_FILE, problem))
        rows += self._faults_that_are_gone({one.job for one in rows})
        send_changes(content.messages, self.states, rows)
        send_digest(content.messages, self.states, rows, dt.datetime.now().astimezone())

    def _faults_that_are_gone(self, unwell: set[str]) -> list[Health]:
        """Return a row for each fault that was reported, and is gone."""
        states = self.states.read()
        return [
            attrs.evolve(fault(name, "it can be read again"), word="well")
            for name in (ARCHIVE, JOBS_FILE)
            if name not in unwell
            and states.get(name, JobState()).reported not in {None, "well"}
        ]

    def _findings(
        self, jobs: tuple[Job, ...], now: dt.datetime
    ) -> tuple[dict[str, Findings], str | None]:
        """Return the findings by job, and the reason why the archive cannot be read, if so."""
        if not self.archive.exists():
            return {}, None
        found: dict[str, Findings] = {}
        is_full = not has_room(self.archive.parent, LEAST_FREE_MB)
        try:
            with Archive.open_read_only(self.archive) as archive:
                for job in jobs:
                    ended = archive.db.execute(_LAST_END, [job.site]).fetchone()
                    was_full = str(ended[0] or "").startswith(DISK_FULL) if ended else False
                    found[job.name] = Findings(
                        changes=read_drift(archive.db, job.site, now).events,
                        is_full=was_full or is_full,
                    )
        except (*_DAMAGED, OSError) as error:
            if is_full:  # an archive cannot be read then: SQLite lays files beside it
                return {job.name: Findings(is_full=True) for job in jobs}, None
            text = str(error)
            named = text if str(self.archive) in text else f"{self.archive}: {text}"
            return found, f"{named}. Try: newscrawl check -d {self.archive}"
        return found, None

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Hold the archive's jobs for this `newscrawl watch`.

        Raises WatchIsRunning if another one holds them.
        """
        path = self.archive.with_name(f".{self.archive.name}.watch.lock")
        lock = FileLock(path, timeout=0)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            lock.acquire()
        except Timeout:
            raise WatchIsRunning(
                f"another newscrawl watch runs the jobs of {self.archive}; stop it first"
            ) from None
        except OSError as error:
            raise ArchiveError(not_writable(path, error)) from error
        try:
            yield
        finally:
            lock.release()


class FileReader:
    """The jobs file, read again and again: a fault leaves the last good content in use."""

    def __init__(self, path: Path) -> None:
        """Read the file. Raises UsageError if it is wrong."""
        self._path = path
        self.content = read_jobs_file(path)
        self.problem: str | None = None
        """The reason why the file cannot be read now."""

    def reread(self) -> tuple[Job, ...]:
        """Read the file again; return its jobs, or those it had last if it cannot be read."""
        try:
            content = read_jobs_file(self._path)
            if not content.jobs and not content.faults and self.content.jobs:
                raise UsageError(f"{self._path} names no job, or is gone")
        except UsageError as error:
            if self.problem != str(error):
                logger.error("%s; the jobs go on as before", without_passwords(str(error)))
            self.problem = str(error)
        else:
            self.content, self.problem = content, None
        return self.content.jobs


def at_intervals(
    seconds: float, call: Callable[[], None], clock: Callable[[], float]
) -> Callable[[], None]:
    """Return *call* limited to one call in this many *seconds* of *clock*."""
    last = clock()

    def limited() -> None:
        nonlocal last
        if clock() - last >= seconds:
            last = clock()
            call()

    return limited
