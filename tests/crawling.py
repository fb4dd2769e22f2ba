"""Helpers of crawl tests: `scrapy crawl` in its own process, and the archive's rows."""

from __future__ import annotations

import os
import re
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import attrs

from tests.processes import Command, run_command

ROOT = Path(__file__).parent.parent
_PEAK = re.compile(r"^VmHWM:\s+(\d+) kB$", re.MULTILINE)


@attrs.frozen
class Done:
    """What a process came to."""

    returncode: int
    stdout: str
    stderr: str
    memory: int
    """The most that it held, in kilobytes; 0 where there is no /proc to read it from."""


def scrapy(*arguments: str, cwd: Path = ROOT, **environment: str) -> Done:
    """Run Scrapy as a person would, in *cwd*; of our settings only *environment* is set."""
    env = {
        name: value for name, value in os.environ.items() if not name.startswith("NEWSCRAWL")
    }
    command = Command(
        program="scrapy", arguments=arguments, environment=env | environment, cwd=cwd
    )
    peaks: list[int] = []
    # Not `ru_maxrss`, which Linux carries over from the process that was forked.
    ended = run_command(command, on_tick=lambda pid: peaks.append(_peak(pid)))
    stdout, stderr = (text.decode("utf-8") for text in (ended.stdout, ended.stderr))
    return Done(ended.returncode, stdout, stderr, max(peaks, default=0))


def _peak(pid: int) -> int:
    try:
        found = _PEAK.search(Path(f"/proc/{pid}/status").read_text("utf-8"))
    except OSError:
        return 0
    return int(found[1]) if found else 0


def crawl(
    archive: Path, *arguments: str, private_hosts: str = "127.0.0.1", cwd: Path = ROOT
) -> Done:
    """Run `scrapy crawl` into *archive*; 127.0.0.1 may be fetched."""
    if archive.exists():
        # The archive has times to the second: in that of the last visit, nothing is repeated.
        files = archive.parent.glob(f"{archive.name}*")
        end_of_second = int(max(file.stat().st_mtime for file in files)) + 1
        time.sleep(max(0, end_of_second - time.time()))
    settings = (f"NEWSCRAWL_ARCHIVE={archive}", f"NEWSCRAWL_PRIVATE_HOSTS={private_hosts}")
    options = [part for setting in settings for part in ("-s", setting)]
    return scrapy("crawl", *arguments, *options, cwd=cwd)


def rows(archive: Path, query: str, *values: Any) -> list[dict[str, Any]]:
    """Return the rows of *query* in *archive*, by plain sqlite3."""
    connection = sqlite3.connect(archive)
    connection.row_factory = sqlite3.Row
    try:
        return [dict(row) for row in connection.execute(query, values)]
    finally:
        connection.close()


def outcomes(archive: Path) -> dict[str, str]:
    """Return the last outcome of each address in *archive*."""
    found = rows(
        archive,
        "SELECT u.url, o.outcome FROM observations AS o JOIN urls AS u ON u.id = o.url_id"
        " ORDER BY o.id",
    )
    return {row["url"]: row["outcome"] for row in found}


@contextmanager
def serving(server: ThreadingHTTPServer) -> Iterator[None]:
    """Let *server* answer from a thread while the block runs."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
