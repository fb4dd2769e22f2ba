"""The health of each job, as a word and a line, for messages and monitors."""

from __future__ import annotations

import datetime as dt
from typing import Literal

import attrs

from newscrawl.exit_status import COMPLETE, LOCKED, NOTHING_FOUND, PARTIAL
from newscrawl.jobs.job import Job
from newscrawl.jobs.state import JobState
from newscrawl.text.urls import without_passwords

Word = Literal[
    "well", "running", "partial", "full", "silent", "changed", "failing", "late", "never"
]

ARCHIVE, JOBS_FILE = "the archive", "the jobs file"
"""The names under which their faults are reported, as those of jobs are."""
LONGEST_LINE = 300
"""Characters of a line: it is sent as a message, and read on a telephone."""
LATE_AFTER = 2.0
"""A job is late if it has not started for this many intervals and 15 minutes."""
_PATIENCE = dt.timedelta(minutes=15)


@attrs.frozen(kw_only=True)
class Health:
    """The health of one job."""

    job: str
    """Its name."""
    word: Word
    """well; running; partial: ended early; full: for want of disk; silent: nothing found;
    changed: the site has; failing; late: it has not started; never: it has not run yet."""
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


@attrs.frozen(kw_only=True)
class Findings:
    """Facts about a job's site, from the archive and its disk."""

    changes: tuple[str, ...] = ()
    """A line for each change of the site."""
    is_full: bool = False
    """True if the last run ended for want of disk, or the disk is full now."""


NOTHING_NEW = Findings()


def health_of(
    job: Job, state: JobState, now: dt.datetime, findings: Findings = NOTHING_NEW
) -> Health:
    """Return the health of *job* at *now*."""
    word, line = _by_time(job, state, now) or _by_status(job, state)
    if findings.is_full and word in {"well", "partial", "failing"}:
        word, line = "full", "the disk is full: no run goes on. Free some; newscrawl disk"
    elif findings.changes and word in {"well", "partial"}:
        line = f"{'; '.join(findings.changes)}. See: newscrawl drift {job.site}"
        word = "changed"
    return Health(
        job=job.name,
        word=word,
        line=_shown(line),
        state=state,
        is_changed=bool(findings.changes),
    )


def fault(name: str, line: str) -> Health:
    """Return the health of something that cannot be read: a file, or an entry of one."""
    return Health(
        job=name,
        word="failing",
        line=_shown(line),
        state=JobState(),
        is_changed=False,
    )


def _shown(line: str) -> str:
    """Return *line* as it may be sent to others: of a bounded length, without passwords."""
    return without_passwords(line)[:LONGEST_LINE]


def _by_time(job: Job, state: JobState, now: dt.datetime) -> tuple[Word, str] | None:
    """Return the health that follows from the clock alone, if any."""
    if state.started_at is None:
        return "never", (
            "it has never run: is its timer, cron or `newscrawl watch` on? "
            f"Try: newscrawl run {job.name}"
        )
    longest = dt.timedelta(seconds=LATE_AFTER * job.every + job.delay) + _PATIENCE
    silence = now - state.started_at
    if silence > longest:
        return "late", (
            f"it last started {_ago(silence)} ago, and is to start every {_ago(_every(job))}. "
            "Is its timer, cron or `newscrawl watch` on?"
        )
    if silence < -_PATIENCE:
        return "late", (
            f"its last start lies {_ago(-silence)} ahead: the clock was wrong then. "
            f"Try: newscrawl run {job.name}"
        )
    if state.finished_at is None:
        return "running", f"it started {_ago(silence)} ago"
    return None


def _by_status(job: Job, state: JobState) -> tuple[Word, str]:
    status = state.status
    if status in {COMPLETE, LOCKED, None}:
        return (
            "well",
            "the last run was complete" if status == COMPLETE else "another run held the site",
        )
    if status == PARTIAL:
        return "partial", "the last run ended early; the next goes on"
    reason = f": {state.reason}" if state.reason else "; its log says why"
    end, place = f"status {status}", job.url or job.site
    if status == NOTHING_FOUND:
        found = "the last run found nothing where there used to be something"
        return "silent", _with_command(f"{found}{reason}", f"newscrawl sites check {place}")
    if status is not None and status < 0:
        end = f"signal {-status}"
    return "failing", _with_command(
        f"{place}: the last run ended with {end}{reason}", f"newscrawl run {job.name}"
    )


def _with_command(reason: str, command: str) -> str:
    """Return a line that ends with the command to try, cut before it where it is too long."""
    end = f". Try: {command}"
    return reason[: LONGEST_LINE - len(end)] + end


def _every(job: Job) -> dt.timedelta:
    return dt.timedelta(seconds=job.every)


def _ago(span: dt.timedelta) -> str:
    seconds = int(span.total_seconds())
    for size, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size or (seconds >= size and seconds % size == 0):
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
