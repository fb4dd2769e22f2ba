"""The health of each job, as a word and a line, for messages and monitors."""

from __future__ import annotations

import datetime as dt
from typing import Literal

import attrs

from newscrawl.jobs.job import Job
from newscrawl.jobs.state import JobState

Word = Literal["well", "running", "partial", "silent", "changed", "failing", "late", "never"]

PARTIAL, NOTHING_FOUND, LOCKED = 3, 4, 75
LATE_AFTER = 2.0
"""A job is late if it has not started for this many intervals and 15 minutes."""
_PATIENCE = dt.timedelta(minutes=15)


@attrs.frozen(kw_only=True)
class Health:
    """The health of one job."""

    job: str
    """Its name."""
    word: Word
    """well; running; partial: ended early; silent: nothing found; changed: the site has;
    failing; late: it has not started; never: it has not run yet."""
    line: str
    """The same for a person, in one line."""
    state: JobState
    """Its last run."""
    is_changed: bool
    """True if the site has changed."""

    @property
    def is_well(self) -> bool:
        """True if it needs no attention."""
        return self.word in {"well", "running", "partial"}


def health_of(
    job: Job, state: JobState, now: dt.datetime, changes: tuple[str, ...] = ()
) -> Health:
    """Return the health of *job* at *now*; *changes* are the changes of its site."""
    word, line = _by_time(job, state, now) or _by_status(state)
    if changes and word in {"well", "partial"}:
        word, line = "changed", "; ".join(changes)
    return Health(job=job.name, word=word, line=line, state=state, is_changed=bool(changes))


def _by_time(job: Job, state: JobState, now: dt.datetime) -> tuple[Word, str] | None:
    """Return the health that follows from the clock alone, if any."""
    if state.started_at is None:
        return "never", "it has never run: is its timer, cron or `newscrawl watch` on?"
    longest = dt.timedelta(seconds=LATE_AFTER * job.every + job.delay) + _PATIENCE
    silence = now - state.started_at
    if silence > longest:
        return (
            "late",
            f"it last started {_ago(silence)} ago, and is to start every {_ago(_every(job))}",
        )
    if state.finished_at is None:
        return "running", f"it started {_ago(silence)} ago"
    return None


def _by_status(state: JobState) -> tuple[Word, str]:
    status = state.status
    if status in {0, LOCKED, None}:
        return (
            "well",
            "the last run was complete" if status == 0 else "another run held the site",
        )
    if status == PARTIAL:
        return "partial", "the last run ended early; the next goes on"
    if status == NOTHING_FOUND:
        return "silent", "the last run found nothing where there used to be something"
    if status is not None and status < 0:
        return "failing", f"the last run was killed by signal {-status}"
    return "failing", f"the last run ended with status {status}; its log says why"


def _every(job: Job) -> dt.timedelta:
    return dt.timedelta(seconds=job.every)


def _ago(span: dt.timedelta) -> str:
    seconds = int(span.total_seconds())
    for size, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size or (seconds >= size and seconds % size == 0):
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
