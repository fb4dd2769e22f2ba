"""Processes that are forked before a program begins its work."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

PROGRAM = """
import os, signal, threading
from newscrawl.system.worker_process import WorkerProcess, fork_ahead
from tests.test_worker_process import tell_parent
{before}
fork_ahead(tell_parent, tell_parent)
workers = [WorkerProcess(tell_parent, is_daemon=True) for _ in range({number})]
parents = [worker.connection.recv() for worker in workers]
print(parents.count(os.getpid()), flush=True)
{after}
"""
KILL_WORKERS = "for worker in workers: worker.end()"
KILL_PROGRAM = "os.kill(os.getpid(), signal.SIGKILL)"
THREAD = "threading.Thread(target=threading.Event().wait, daemon=True).start()"
is_linux = pytest.mark.skipif(sys.platform != "linux", reason="nothing is forked ahead")


def tell_parent(connection: Connection) -> None:
    """Send the number of the process that this one was forked from; end with the program."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    connection.send(os.getppid())
    try:
        connection.recv()
    except (EOFError, ConnectionError):
        os._exit(0)


def forked_ahead(number: int, *, before: str = "", after: str = KILL_WORKERS) -> int:
    """Return how many of so many processes a program has forked ahead, of two that it may.

    Returns when none of its processes is left.
    """
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(number=number, before=before, after=after)],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.stderr == ""
    return int(done.stdout)


@is_linux
def test_processes_that_are_forked_ahead_come_first() -> None:
    assert forked_ahead(3) == 2


@is_linux
def test_killed_program_leaves_no_process() -> None:
    assert forked_ahead(1, after=KILL_PROGRAM) == 1


@is_linux
def test_killed_program_leaves_no_process_that_was_stopped() -> None:
    stop = "[os.kill(worker.process.pid, signal.SIGSTOP) for worker in workers]"
    assert forked_ahead(1, after=f"{stop}\n{KILL_PROGRAM}") == 1


def test_program_ends_its_processes_that_had_no_work() -> None:
    assert forked_ahead(0) == 0


def test_nothing_is_forked_beside_a_thread() -> None:
    assert forked_ahead(1, before=THREAD) == 0
