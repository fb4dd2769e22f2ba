"""Run the sample newsroom in a process of its own, for the demo and the tests."""

from __future__ import annotations

import json
import os
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import attrs

from newscrawl.errors import NewscrawlError
from newscrawl.system.interpreter import PYTHON


@attrs.frozen
class Newsroom:
    """A newsroom that is being served."""

    base_url: str

    def requests(self) -> list[dict[str, Any]]:
        """Return the requests so far, each with the fields of `server.Asked`."""
        with urllib.request.urlopen(f"{self.base_url}/__newsroom__/requests") as answer:  # noqa: S310
            rows: list[dict[str, Any]] = json.load(answer)
            return rows

    def turn_to(self, edition: int) -> None:
        """Let the server print that edition from now on."""
        url, body = f"{self.base_url}/__newsroom__/edition", str(edition).encode("ascii")
        urllib.request.urlopen(url, data=body).close()  # noqa: S310


@contextmanager
def running_newsroom(*options: str) -> Iterator[Newsroom]:
    """Serve the newsroom on a free port until the block ends.

    *options* are those of `python -m newscrawl.sample_site`. Raises NewscrawlError if it cannot
    start.
    """
    parent = ["--parent", str(os.getpid())]
    command = [*PYTHON, "-m", "newscrawl.sample_site", *parent, *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        try:
            line = process.stdout.readline().strip() if process.stdout else ""
            if not line:
                raise NewscrawlError("the sample newsroom did not start")
            yield Newsroom(line)
        finally:
            process.terminate()
