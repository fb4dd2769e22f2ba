"""Starts `scrapy crawl` by fork: a real process for each, without the seconds of its imports.

    python -m tests.fork_server

Reads a command a line (a JSON list: the file for its output, then the arguments), answers with
the process id, and with the exit status when the process has ended.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


class Started:
    """One process that runs Scrapy, to be killed from outside."""

    def __init__(self, pid: int, server: ForkServer) -> None:
        self.pid, self._server = pid, server

    def wait(self) -> int:
        """Return the exit status; the number of the signal that ended it, negative."""
        return int(self._server.answer())


class ForkServer:
    """The process that forks; one crawl at a time."""

    def __init__(self) -> None:
        env = {k: v for k, v in os.environ.items() if not k.startswith("NEWSCRAWL")}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.fork_server"],
            cwd=ROOT,
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def start(self, log: Path, *arguments: str) -> Started:
        """Run `scrapy` with *arguments*; what it says goes to the file *log*."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps([str(log), *arguments]) + "\n")
        self._process.stdin.flush()
        return Started(int(self.answer()), self)

    def answer(self) -> str:
        """Return the next line that the process says."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the fork server has ended")
        return line

    def close(self) -> None:
        """End the process that forks."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


def main() -> None:
    """Fork for every line, until there are no more."""
    _import_ahead()
    for line in sys.stdin:
        log, *arguments = json.loads(line)
        pid = os.fork()
        if pid == 0:
            _run(log, arguments)
        _say(pid)
        _, status = os.waitpid(pid, 0)
        _say(os.waitstatus_to_exitcode(status))


def _say(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


def _import_ahead() -> None:
    """Import what a crawl needs, short of a reactor: that belongs to each process alone."""
    import newscrawl.crawl.frontier.scheduler  # noqa: PLC0415
    import newscrawl.extraction  # noqa: PLC0415
    import newscrawl.layouts.catalogue  # noqa: F401,PLC0415
    import spiders.site  # noqa: F401,PLC0415
    from newscrawl.crawl.commands import crawl  # noqa: F401,PLC0415


def _run(log: str, arguments: list[str]) -> None:
    with Path(log).open("ab", buffering=0) as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    from scrapy.cmdline import execute  # noqa: PLC0415

    status: object = 1
    try:
        execute(["scrapy", *arguments])
    except SystemExit as end:
        status = end.code
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status if isinstance(status, int) else int(status is not None))


if __name__ == "__main__":
    main()
