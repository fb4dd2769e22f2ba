"""The state of each job between two runs, in a small file beside the archive.

The archive records every run that began to crawl. A job that failed earlier (no Python, a full
disk, a wrong setting) is recorded here alone.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import attrs
from filelock import FileLock

from newscrawl.errors import ArchiveError, not_writable
from newscrawl.system.whole_file import whole_file


@attrs.frozen(kw_only=True)
class JobState:
    """The last run of a job."""

    started_at: dt.datetime | None = None
    """When it was last started (UTC)."""
    finished_at: dt.datetime | None = None
    """When that run ended (UTC); None while it runs, or if its starter was killed."""
    status: int | None = None
    """The exit status of the last run that ended; negative: the signal that killed it."""
    good_at: dt.datetime | None = None
    """When a run last ended well (UTC)."""
    reason: str | None = None
    """The last line of the log of that run."""
    reported: str | None = None
    """The condition in the last message."""


class JobStates:
    """The states of all jobs, in one file. Every change is written at once and whole.

    A change that the disk refuses holds for this program until it can be written: no job is
    started, and no message sent, again and again on a full disk.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._unwritten: dict[str, dict[str, Any]] = {}

    def __getitem__(self, name: str) -> JobState:
        return self.read().get(name, JobState())

    def read(self) -> dict[str, JobState]:
        """Return the states by the names of jobs. A damaged file or state counts as none."""
        states = self._read_file()
        for name, changes in self._unwritten.items():
            states[name] = attrs.evolve(states.get(name, JobState()), **changes)
        return states

    def _read_file(self) -> dict[str, JobState]:
        try:
            rows = json.loads(self.path.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        found = {}
        for name, row in rows.items() if isinstance(rows, dict) else ():
            with suppress(ValueError, TypeError, AttributeError):
                found[name] = _state_from(row)
        return found

    def change(self, name: str, **changes: Any) -> JobState:
        """Change the state of one job; return it. Other programs may change other jobs.

        Raises ArchiveError if the file cannot be written.
        """
        self._unwritten.setdefault(name, {}).update(changes)
        with self._alone():
            states = self.read()
            rows = {one: attrs.asdict(state) for one, state in states.items()}
            text = json.dumps(rows, default=str, indent=1, ensure_ascii=False)
            with whole_file(self.path) as file:
                file.write(text.encode("utf-8", "backslashreplace"))
        self._unwritten.clear()
        return states[name]

    @contextmanager
    def _alone(self) -> Iterator[None]:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(self.path.with_name(f".{self.path.name}.lock")):
                yield
        except OSError as error:
            raise ArchiveError(not_writable(self.path, error)) from error


def states_beside(archive: Path) -> JobStates:
    """Return the states of the jobs that write *archive*."""
    return JobStates(archive.with_name(f"{archive.stem}.jobs.json"))


def _state_from(row: dict[str, Any]) -> JobState:
    return JobState(
        started_at=_moment(row.get("started_at")),
        finished_at=_moment(row.get("finished_at")),
        good_at=_moment(row.get("good_at")),
        status=_number(row.get("status")),
        reason=row.get("reason"),
        reported=row.get("reported", row.get("told")),
    )


def _number(value: Any) -> int | None:
    return None if value is None else int(value)


def _moment(text: str | None) -> dt.datetime | None:
    moment = None if text is None else dt.datetime.fromisoformat(text)
    return moment.replace(tzinfo=dt.UTC) if moment and moment.tzinfo is None else moment
