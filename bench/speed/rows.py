"""One row of the table of speeds: repeated measurements, their median and the aim."""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

import attrs

ROOT = Path(__file__).resolve().parents[2]
REPETITIONS = 3
_CACHED = {"PYTHONDONTWRITEBYTECODE": ""}
"""Modules are compiled once, as an installed package is."""


@attrs.frozen
class Row:
    """Measurements of one kind of work."""

    work: str
    """Description of the work, with its unit."""
    aim: float
    """The most that it should take; with *is_least*, the least that it should reach."""
    values: Sequence[float]
    """One value a repetition."""
    is_least: bool = False

    def __str__(self) -> str:
        if not self.values:
            return f"{self.work:62} not measured: NEWSCRAWL_CORPUS names no saved pages"
        value = median(self.values)
        is_reached = value >= self.aim if self.is_least else value <= self.aim
        sign = "≥" if self.is_least else "≤"
        spread = f"{min(self.values):.2f}–{max(self.values):.2f}"
        verdict = "reached" if is_reached else "missed"
        return f"{self.work:62} {value:8.2f} {spread:>15}  {sign} {self.aim:<6g} {verdict}"


def transposed(rows: Sequence[Mapping[str, float]]) -> dict[str, list[float]]:
    """Return the values of each name over all repetitions."""
    return {name: [row[name] for row in rows] for name in rows[0]}


@attrs.frozen
class Cost:
    """Resources that a process used."""

    own: float
    """Seconds of CPU of the process itself."""
    all: float
    """Seconds of CPU of the process and its children."""
    peak: float
    """Most resident memory of the process itself, in MB."""
    clock: float
    """Seconds until it ended."""


def cost_of(command: Sequence[str], cwd: Path = ROOT, **variables: str) -> Cost:
    """Run *command* with further environment variables; return what it used.

    They are read from /proc every 20 ms: a child that is killed is in no other sum. Raises
    CalledProcessError if it ends with a status other than 0 and 3 (partial).
    """
    env = os.environ | {"NEWSCRAWL_PROGRESS": "0", **_CACHED} | variables
    started = time.perf_counter()
    with subprocess.Popen(
        command, cwd=cwd, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as process:
        used: dict[int, float] = {}
        peak = 0.0
        assert process.stderr is not None  # noqa: S101 (a pipe)
        while not _has_ended(process.pid):
            for pid in _descendants(process.pid):
                used[pid] = max(cpu_of(pid), used.get(pid, 0.0))
            peak = memory_of(process.pid, "VmHWM") or peak
            time.sleep(0.02)
        used[process.pid] = cpu_of(process.pid)
        errors = process.stderr.read()
    if process.returncode not in (0, 3):
        raise subprocess.CalledProcessError(process.returncode, command, stderr=errors)
    own = used[process.pid]
    return Cost(own, sum(used.values()), peak, time.perf_counter() - started)


def _has_ended(pid: int) -> bool:
    """Return whether a child has ended; its times can be read until it is waited for."""
    state = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[0]
    return state == "Z"


def _descendants(pid: int) -> list[int]:
    """Return *pid* and the processes that it, or one of them, has started."""
    try:
        tasks = [
            task.read_text("ascii").split()
            for task in Path(f"/proc/{pid}/task").glob("*/children")
        ]
    except OSError:
        return [pid]
    return [pid, *(one for task in tasks for child in task for one in _descendants(int(child)))]


def cpu_of(pid: int) -> float:
    """Return the seconds of CPU that a process itself has taken so far; 0 if it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_of(pid: int, name: str = "VmRSS") -> float:
    """Return the resident memory of a process in MB (VmHWM: the most so far)."""
    found = re.search(rf"{name}:\s+(\d+)", Path(f"/proc/{pid}/status").read_text("ascii"))
    return int(found[1]) / 1024 if found else 0.0
