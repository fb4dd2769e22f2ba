"""The pages of runs: crawls and imports with times, outcomes and exit status."""

from __future__ import annotations

import json
from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response
from sqlite_utils import Database

from newscrawl.archive.read.stats import read_stats
from newscrawl.web.queries.archive_reader import read_cached
from newscrawl.web.rendering import NotThere, render

_RUNS = """SELECT id, spider, site, started_at, finished_at, finish_reason, exit_status,
    observations, stored FROM run ORDER BY id DESC LIMIT 100"""


async def runs(datasette: Datasette, request: Request) -> Response:
    """List the last hundred runs."""

    def rows(db: Database) -> list[dict[str, Any]]:
        return list(db.query(_RUNS))

    found = await read_cached(datasette, "runs", rows)
    return await render(datasette, request, "archive/runs.html", {"runs": found})


async def run(datasette: Datasette, request: Request) -> Response:
    """Show one run: its settings and the outcomes of its requests."""
    number = int(request.url_vars["id"])

    def facts(db: Database) -> dict[str, Any]:
        row = next(iter(db.query("SELECT * FROM run WHERE id = ?", [number])), None)
        if row is None:
            raise NotThere("no_such_run")
        settings = json.loads(row["settings"] or "{}")
        return {"run": row, "settings": settings, "stats": read_stats(db, run=number)}

    found = await read_cached(datasette, ("run", number), facts)
    return await render(datasette, request, "archive/run.html", found)


PAGES = ((r"^/runs$", runs), (r"^/run/(?P<id>[0-9]{1,18})$", run))
