"""What tests of the crawl share: `scrapy crawl` in its own process, and the archive's rows."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import attrs

ROOT = Path(__file__).parent.parent
_TIMEOUT = 120.0
"""The seconds that a crawl may take."""
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
    with subprocess.Popen(
        [sys.executable, "-m", "scrapy", *arguments],
        cwd=cwd,
        env=env | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        return _watched(process)


def _watched(process: subprocess.Popen[str]) -> Done:
    """Wait for *process* and read its peak now and then.

    Not `ru_maxrss`, which Linux carries over from the process that was forked: of a test
    runner that had grown, every child would seem to have grown as much.
    """
    until, memory = time.monotonic() + _TIMEOUT, 0
    while True:
        memory = _peak(process.pid) or memory
        try:
            stdout, stderr = process.communicate(timeout=0.05)
        except subprocess.TimeoutExpired:
            if time.monotonic() > until:
                process.kill()
                raise
        else:
            return Done(process.returncode, stdout, stderr, memory)


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
