"""The state of each job between two runs, in a small file beside the archive.

The archive records every run that began to crawl. A job that failed earlier (no Python, a full
disk, a wrong setting) is recorded here alone.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import attrs
from filelock import FileLock


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
    told: str | None = None
    """The condition in the last message."""


class JobStates:
    """The states of all jobs, in one file. Every change is written at once and whole."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __getitem__(self, name: str) -> JobState:
        return self.read().get(name, JobState())

    def read(self) -> dict[str, JobState]:
        """Return the states by the names of jobs. A damaged file counts as none."""
        try:
            rows = json.loads(self.path.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return {name: _state_from(row) for name, row in rows.items()}

    def change(self, name: str, **changes: Any) -> JobState:
        """Change the state of one job; return it. Other programs may change other jobs."""
        with self._alone():
            states = self.read()
            states[name] = attrs.evolve(states.get(name, JobState()), **changes)
            rows = {one: attrs.asdict(state) for one, state in states.items()}
            text = json.dumps(rows, default=str, indent=1, ensure_ascii=False)
            draft = self.path.with_name(f"{self.path.name}.new")
            draft.write_text(text, "utf-8")
            draft.replace(self.path)
        return states[name]

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(self.path.with_name(f".{self.path.name}.lock")):
            yield


def states_beside(archive: Path) -> JobStates:
    """Return the states of the jobs that write *archive*."""
    return JobStates(archive.with_name(f"{archive.stem}.jobs.json"))


def _state_from(row: dict[str, Any]) -> JobState:
    times = {name: _moment(row.get(name)) for name in ("started_at", "finished_at", "good_at")}
    return JobState(**times, status=row.get("status"), told=row.get("told"))


def _moment(text: str | None) -> dt.datetime | None:
    return None if text is None else dt.datetime.fromisoformat(text)
