"""The columns of articles in memory: read when a server starts, and again after writes."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import suppress
from pathlib import Path

from datasette.app import Datasette

from newscrawl.archive.read.in_memory.memory_columns import remember_columns, state_of_columns
from newscrawl.web.queries.archive_reader import archive_path, read
from newscrawl.web.queries.deadline import TooLong

QUIET_SECONDS = 3.0
"""Time without a write after which the columns are read again: a crawl writes all the time."""
READING_SECONDS = 60.0
"""Time limit of reading the columns, beside the answers of the server."""


async def keep_columns(datasette: Datasette) -> None:
    """Read the columns, and again whenever the archive was written and then left alone."""
    path, last = Path(archive_path(datasette)), None
    while True:
        state, is_current = state_of_columns(path)
        if not is_current and state == last:
            with suppress(sqlite3.Error, TooLong):
                await read(datasette, remember_columns, READING_SECONDS)
        last = state
        await asyncio.sleep(QUIET_SECONDS)
