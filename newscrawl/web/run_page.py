"""The runs: which crawl or import ran when, what came of it, and how it ended."""

from __future__ import annotations

import json
from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response
from sqlite_utils import Database

from newscrawl.archive.read.stats import read_stats
from newscrawl.web.kept_answers import kept
from newscrawl.web.questions import SECONDS
from newscrawl.web.rendering import ARCHIVE, NotThere, read, render

_RUNS = """SELECT id, spider, site, started_at, finished_at, finish_reason, exit_status,
    observations, stored FROM run ORDER BY id DESC LIMIT 100"""


async def runs(datasette: Datasette, request: Request) -> Response:
    """List the last hundred runs."""

    def rows(db: Database) -> list[dict[str, Any]]:
        return list(db.query(_RUNS))

    path = datasette.get_database(ARCHIVE).path
    found = await kept(path, "runs", lambda: read(datasette, rows, SECONDS))
    return await render(datasette, request, "runs.html", {"runs": found})


async def run(datasette: Datasette, request: Request) -> Response:
    """Show one run: its settings, and what became of its requests."""
    number = int(request.url_vars["id"])

    def facts(db: Database) -> dict[str, Any]:
        row = next(iter(db.query("SELECT * FROM run WHERE id = ?", [number])), None)
        if row is None:
            raise NotThere("no_such_run")
        settings = json.loads(row["settings"] or "{}")
        return {"run": row, "settings": settings, "stats": read_stats(db, run=number)}

    path = datasette.get_database(ARCHIVE).path
    found = await kept(path, ("run", number), lambda: read(datasette, facts, SECONDS))
    return await render(datasette, request, "run.html", found)


PAGES = ((r"^/runs$", runs), (r"^/run/(?P<id>[0-9]{1,18})$", run))
