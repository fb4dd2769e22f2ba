"""Rows of runs: a crawl or import with its settings, its end and its counts."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from typing import Any

from sqlite_utils import Database

from newscrawl.archive.changes.deletions import judge_run
from newscrawl.archive.changes.layout_judgement import judge_sites_of
from newscrawl.archive.schema.storable import moment_from, now, storable_text
from newscrawl.archive.write.lookup_tables import name_id
from newscrawl.system.version import VERSION
from newscrawl.text.urls import without_passwords


def start_run(db: Database, spider: str, site: str | None, settings: Mapping[str, Any]) -> int:
    """Record that a run begins; return its id."""
    made = db.conn.execute(
        """INSERT INTO runs (token, spider, site_id, settings, newscrawl, started_at)
        VALUES (?, ?, ?, ?, ?, ?)""",
        (
            secrets.token_hex(16),
            storable_text(spider),
            name_id(db, "sites", storable_text(site)) if site else None,
            _json(settings),
            VERSION,
            now(),
        ),
    )
    return int(made.lastrowid or 0)


def finish_run(
    db: Database, run: int, reason: str, exit_status: int, counts: Mapping[str, Any]
) -> None:
    """Record the end of a run, which articles it found gone, and which layouts changed."""
    db.conn.execute(
        """UPDATE runs SET finished_at = ?, finish_reason = ?, exit_status = ?, counts = ?
        WHERE id = ?""",
        (now(), storable_text(reason), exit_status, _json(counts), run),
    )
    judge_run(db, run)
    judge_sites_of(db, run)


def read_runs(db: Database, limit: int) -> list[dict[str, Any]]:
    """Return the rows of the last runs, newest first; their times are datetimes."""
    rows = db.query("SELECT * FROM run ORDER BY id DESC LIMIT ?", [limit])
    return [_with_times(row) for row in rows]


def read_run(db: Database, number: int) -> dict[str, Any] | None:
    """Return the row of a run, its settings and counts parsed; None if there is none."""
    row: dict[str, Any] | None = next(
        db.query("SELECT * FROM run WHERE id = ?", [number]), None
    )
    if row is not None:
        for name in ("settings", "counts"):
            row[name] = json.loads(row[name] or "{}")
    return None if row is None else _with_times(row)


def _with_times(row: dict[str, Any]) -> dict[str, Any]:
    times = {name: row[name] for name in ("started_at", "finished_at")}
    return row | {name: moment_from(text) if text else None for name, text in times.items()}


def _json(values: Mapping[str, Any]) -> str:
    """Return *values* as JSON, without the passwords of addresses: an archive is passed on."""
    text = json.dumps(dict(values), ensure_ascii=False, default=str)
    return storable_text(without_passwords(text))
