"""Processes that run `scrapy` or `newscrawl` without the seconds that their imports take.

A server for each program has its modules imported, and forks: each command is a process of its
own, with its own folder, environment and output. A command with other variables for Python or
the locale than this process is started the ordinary way.
"""

from __future__ import annotations

import atexit
import importlib
import json
import os
import pkgutil
import select
import socket
import subprocess
import sys
import time
import types
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

import attrs

ROOT = Path(__file__).parent.parent
PROGRAMS: Mapping[str, tuple[str, ...]] = {
    "scrapy": ("-m", "scrapy"),
    "newscrawl": ("-c", "from newscrawl.cli import main; main()"),
}
_AT_START = ("PYTHON", "LC_", "LANG")
"""Variables that begin so are read when Python starts."""
_TICK = 0.05
_LARGEST_REQUEST = 1_000_000
_IMPORTS = {
    "scrapy": (
        *("scrapy.cmdline", "scrapy.core.downloader.handlers.http11", "scrapy.core.engine"),
        *("scrapy.crawler", "scrapy.extensions.throttle", "newscrawl.crawl.commands.crawl"),
        *(
            "newscrawl.crawl.download.*",
            "newscrawl.crawl.reporting.*",
            "newscrawl.crawl.usage.*",
        ),
        *("newscrawl.crawl.frontier.scheduler", "pipelines.*", "spiders.*"),
    ),
    "newscrawl": ("newscrawl.cli", "newscrawl.cli.*", "rich.progress", "rich.table"),
}
_MUST_WAIT = ("newscrawl.settings", "twisted.internet.reactor")
"""Modules that belong to one process: the environment's settings, and the reactor."""


@attrs.frozen(kw_only=True)
class Command:
    """A program with its arguments, and where it runs."""

    program: str
    """`scrapy` or `newscrawl`."""
    arguments: tuple[str, ...]
    environment: Mapping[str, str]
    """All of its environment."""
    cwd: Path = ROOT
    timeout: float = 120.0
    """The seconds after which it is killed."""


@attrs.frozen
class Ended:
    """A process that has ended."""

    returncode: int
    """Its exit status; negative: the signal that ended it."""
    stdout: bytes
    stderr: bytes


def run_command(command: Command, on_tick: Callable[[int], Any] = lambda pid: None) -> Ended:
    """Run *command* with nothing on its input; call *on_tick* with its id every 50 ms.

    Raises subprocess.TimeoutExpired, when the process has been killed.
    """
    with TemporaryFile() as stdout, TemporaryFile() as stderr:
        start = _fork if _can_fork(command) else _start
        pid, status_of = start(command, stdout, stderr)
        until = time.monotonic() + command.timeout
        while (status := status_of()) is None:
            on_tick(pid)
            if time.monotonic() > until:
                os.kill(pid, 9)
                raise subprocess.TimeoutExpired(command.program, command.timeout)
        for file in (stdout, stderr):
            file.seek(0)
        return Ended(status, stdout.read(), stderr.read())


Process = tuple[int, Callable[[], int | None]]
"""The id of a process, and a function that waits a moment and returns its status, if any."""


def _can_fork(command: Command) -> bool:
    given = {**os.environ, **command.environment}
    changed = [name for name in given if given[name] != os.environ.get(name)]
    return hasattr(os, "fork") and not any(name.startswith(_AT_START) for name in changed)


def _start(command: Command, stdout: IO[bytes], stderr: IO[bytes]) -> Process:
    process = subprocess.Popen(
        [sys.executable, *PROGRAMS[command.program], *command.arguments],
        cwd=command.cwd,
        env=dict(command.environment),
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=stderr,
    )

    def status() -> int | None:
        try:
            return process.wait(_TICK)
        except subprocess.TimeoutExpired:
            return None

    return process.pid, status


def _fork(command: Command, stdout: IO[bytes], stderr: IO[bytes]) -> Process:
    reading, writing = os.pipe()
    request = [list(command.arguments), dict(command.environment), str(command.cwd)]
    body = json.dumps(request).encode()
    fds = [stdout.fileno(), stderr.fileno(), writing]
    socket.send_fds(_server(command.program), [body], fds)
    os.close(writing)
    answers = os.fdopen(reading, encoding="ascii")
    pid = int(answers.readline())

    def status() -> int | None:
        if not select.select([answers], [], [], _TICK)[0]:
            return None
        with answers:
            return int(answers.readline())

    return pid, status


@cache
def _server(program: str) -> socket.socket:
    """Return the line to the server of *program*, which ends when the line is closed."""
    ours, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _LARGEST_REQUEST)
    env = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.processes", program, str(its.fileno())],
        cwd=ROOT,
        env=env,
        pass_fds=[its.fileno()],
    )
    its.close()
    atexit.register(process.wait)
    atexit.register(ours.close)  # before the wait: the last registered is called first
    return ours


def main() -> None:
    """Serve the requests for a program that come over the socket with the number given."""
    program, line = sys.argv[1], socket.socket(fileno=int(sys.argv[2]))
    _import_ahead(program)
    while True:
        body, fds, _, _ = socket.recv_fds(line, _LARGEST_REQUEST, 3)
        if not body:
            return
        if watcher := os.fork():
            os.waitpid(watcher, 0)
        elif os.fork():
            os._exit(0)  # the server does not wait for the command
        else:
            line.close()
            _watch(program, json.loads(body), fds)
        for fd in fds:
            os.close(fd)


def _import_ahead(program: str) -> None:
    for name in _IMPORTS[program]:
        module = importlib.import_module(name.removesuffix(".*"))
        if name.endswith("*"):
            for info in pkgutil.walk_packages(module.__path__, f"{module.__name__}."):
                importlib.import_module(info.name)
    assert not set(_MUST_WAIT) & sys.modules.keys()


def _watch(program: str, request: list[Any], fds: list[int]) -> None:
    """Fork the command; write its id, and when it has ended its status."""
    stdout, stderr, answers = fds
    pid = os.fork()
    if pid == 0:
        os.close(answers)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(stdout, 1)
        os.dup2(stderr, 2)
        _run(program, *request)
    os.write(answers, f"{pid}\n".encode())
    _, status = os.waitpid(pid, 0)
    os.write(answers, f"{os.waitstatus_to_exitcode(status)}\n".encode())
    os._exit(0)


def _run(program: str, arguments: list[str], environment: dict[str, str], cwd: str) -> None:
    """Be the command, as `python -m` would be, and end."""
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(cwd)
    sys.path[0] = cwd
    sys.argv = [program, *arguments]
    sys.modules["__main__"] = types.ModuleType("__main__")
    status: object = 1
    try:
        _main_of(program)()
        status = 0
    except SystemExit as end:
        status = end.code
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        if isinstance(status, str):
            sys.stderr.write(f"{status}\n")
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status if isinstance(status, int) else int(status is not None))


def _main_of(program: str) -> Callable[[], Any]:
    if program == "scrapy":
        from scrapy.cmdline import execute  # noqa: PLC0415

        return execute
    from newscrawl.cli import main as newscrawl  # noqa: PLC0415

    return newscrawl


if __name__ == "__main__":
    main()
