"""A process that answers one request after the other over a pipe."""

from __future__ import annotations

import atexit
import ctypes
import gc
import logging
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

from newscrawl.system.interpreter import safe_path

DEADLINE = 60.0
"""Longest time for one page, in seconds; within the limits no page takes 10."""

Serve = Callable[[Connection], None]
"""The main function of a process: it answers over the pipe."""

_PR_SET_PDEATHSIG = 1
"""Of prctl(2)."""
_ahead: dict[Serve, list[tuple[Connection, BaseProcess]]] = {}
"""Processes that `fork_ahead` has made and that no WorkerProcess has taken yet."""
_ends: list[Connection] = []
"""The ends of their pipes that are ours: no process may hold those of another."""


def fork_ahead(*serves: Serve) -> None:
    """Fork a process for a later WorkerProcess of each of *serves*.

    It has the modules of this program: it starts in milliseconds, where a server has to load
    them in about a second of CPU. Call it before any file or connection is open that the
    processes must not hold. Nothing is forked where that is not safe: beside other threads,
    and on macOS.
    """
    if sys.platform != "linux" or threading.active_count() > 1:
        return
    if not _ends:
        # Multiprocessing, which ends its processes at exit, waits for those that ignore it.
        atexit.register(_kill_ahead)
    gc.freeze()  # a search for garbage would copy the memory that is shared
    context = multiprocessing.get_context("fork")
    for serve in serves:
        ours, its = context.Pipe()
        _ends.append(ours)
        process = context.Process(target=_run_forked, args=(serve, its), daemon=True)
        process.start()
        its.close()
        _ahead.setdefault(serve, []).append((ours, process))


def _run_forked(serve: Serve, connection: Connection) -> None:
    """Run *serve* in a process that has been forked from a program."""
    for end in _ends:
        end.close()
    logging.getLogger().handlers.clear()  # they are of the program
    _go_on_after_the_program()
    serve(connection)


def _go_on_after_the_program() -> None:
    """Have the system wake this process when its program is killed, if it was stopped.

    It finds its pipe closed then, and ends. It may hold a lock that others wait for.
    """
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGCONT))


def _kill_ahead() -> None:
    for processes in _ahead.values():
        for _connection, process in processes:
            process.kill()


class WorkerProcess:
    """A process that answers over a pipe.

    It has been forked ahead, or is forked from a server that has the modules loaded.
    """

    def __init__(self, serve: Serve, *, is_daemon: bool, preload: tuple[str, ...] = ()) -> None:
        """Start the process; only one that is no daemon may have processes of its own.

        The server that the first process of a program starts loads the modules *preload*, too.
        """
        with suppress(KeyError, IndexError):  # several threads may start one
            self.connection, self.process = _ahead[serve].pop()
            return
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload([serve.__module__, *preload])
        self.connection, its = context.Pipe()
        self.process = context.Process(target=serve, args=(its,), daemon=is_daemon)
        with safe_path():
            self.process.start()
        its.close()

    def end(self) -> None:
        """Kill the process, before it could find its pipe closed and write of that."""
        self.process.kill()
        self.process.join()
        self.connection.close()
        self.process.close()


def answer_requests(connection: Connection, answer: Callable[[Any], Any]) -> None:
    """Send `answer(request)` for each request that arrives, until the other end is closed.

    Ctrl-C is left to the parent, which saves the finished work and ends its workers.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        while True:
            connection.send(answer(connection.recv()))
    except (EOFError, ConnectionError):
        os._exit(0)
