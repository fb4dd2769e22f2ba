"""Runs: which crawl or import saw what, with which settings, and how it ended."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from typing import Any

from sqlite_utils import Database

import newscrawl
from newscrawl.archive.write.lookup_tables import name_id
from newscrawl.archive.write.storable import now, storable_text


def start_run(db: Database, spider: str, site: str | None, settings: Mapping[str, Any]) -> int:
    """Note that a run begins; return its id."""
    made = db.conn.execute(
        """INSERT INTO runs (token, spider, site_id, settings, newscrawl, started_at)
        VALUES (?, ?, ?, ?, ?, ?)""",
        (
            secrets.token_hex(16),
            storable_text(spider),
            name_id(db, "sites", storable_text(site)) if site else None,
            _json(settings),
            newscrawl.__version__,
            now(),
        ),
    )
    return int(made.lastrowid or 0)


def finish_run(
    db: Database, run: int, reason: str, exit_status: int, counts: Mapping[str, Any]
) -> None:
    """Note how the run ended."""
    db.conn.execute(
        """UPDATE runs SET finished_at = ?, finish_reason = ?, exit_status = ?, counts = ?
        WHERE id = ?""",
        (now(), storable_text(reason), exit_status, _json(counts), run),
    )


def _json(values: Mapping[str, Any]) -> str:
    return storable_text(json.dumps(dict(values), ensure_ascii=False, default=str))
