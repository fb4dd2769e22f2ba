"""The health of jobs as OpenMetrics text, for Prometheus.

https://github.com/prometheus/OpenMetrics/blob/main/specification/OpenMetrics.md
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable

from newscrawl.jobs.health import Health

_LATE = frozenset({"late", "never"})
_METRICS: tuple[tuple[str, str, Callable[[Health], float | None]], ...] = (
    ("job_well", "1 if the job needs no attention.", lambda one: one.is_well),
    (
        "job_site_changed",
        "Whether fields or sources of the site fell.",
        lambda one: one.is_changed,
    ),
    ("job_late", "Whether the job did not start in time.", lambda one: one.word in _LATE),
    (
        "job_last_start_timestamp_seconds",
        "When the job was last started.",
        lambda one: _seconds(one.state.started_at),
    ),
    (
        "job_last_success_timestamp_seconds",
        "When a run of the job was last complete.",
        lambda one: _seconds(one.state.good_at),
    ),
    ("job_exit_status", "How its last run ended.", lambda one: one.state.status),
)


def open_metrics(jobs: Iterable[Health]) -> str:
    """Return the text of all metrics, a sample for each job that has a value."""
    rows = tuple(jobs)
    lines: list[str] = []
    for name, text, value_of in _METRICS:
        lines += [f"# TYPE newscrawl_{name} gauge", f"# HELP newscrawl_{name} {text}"]
        if name.endswith("_seconds"):
            lines.insert(-1, f"# UNIT newscrawl_{name} seconds")
        for one in rows:
            value = value_of(one)
            if value is not None:
                lines.append(f'newscrawl_{name}{{job="{_label(one.job)}"}} {_number(value)}')
    return "\n".join([*lines, "# EOF", ""])


def _seconds(moment: dt.datetime | None) -> float | None:
    return None if moment is None else round(moment.timestamp())


def _label(text: str) -> str:
    return text.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")


def _number(value: float) -> str:
    return str(int(value))
