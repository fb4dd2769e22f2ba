"""The jobs that write the archive, and which of them need looking at."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from weakref import WeakKeyDictionary

import attrs
from datasette.app import Datasette

from newscrawl.errors import UsageError
from newscrawl.jobs.health import Health, health_of
from newscrawl.jobs.job import Job, read_jobs
from newscrawl.jobs.state import JobState, states_beside
from newscrawl.web.rendering import ARCHIVE

_jobs_files: WeakKeyDictionary[Datasette, Path] = WeakKeyDictionary()


@attrs.frozen
class JobsSeen:
    """How the jobs are, for a page."""

    count: int = 0
    unwell: tuple[Health, ...] = ()
    """Those that need looking at."""
    problem: str | None = None
    """Why the file of the jobs cannot be read."""


def name_jobs_file(datasette: Datasette, path: Path) -> None:
    """Note that the jobs which write the archive are in the file at *path*."""
    _jobs_files[datasette] = path


def jobs_seen(datasette: Datasette) -> JobsSeen:
    """Return how the jobs are now; where there is no file of jobs, there are none.

    That a site has changed is taken from the last run: to read it takes a second for each.
    """
    try:
        jobs = read_jobs(_jobs_files[datasette])
    except UsageError as error:
        return JobsSeen(problem=str(error))
    archive, now = Path(datasette.get_database(ARCHIVE).path), dt.datetime.now(dt.UTC)
    states = states_beside(archive.resolve()).read()
    found = [_health_of(job, states.get(job.name, JobState()), now) for job in jobs]
    return JobsSeen(len(jobs), tuple(one for one in found if not one.is_well))


def _health_of(job: Job, state: JobState, now: dt.datetime) -> Health:
    changes = ("its page here says how",) if state.told == "changed" else ()
    return health_of(job, state, now, changes)
