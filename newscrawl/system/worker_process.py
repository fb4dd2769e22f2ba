"""A process that answers one request after the other over a pipe."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

from newscrawl.system.interpreter import safe_path

DEADLINE = 60.0
"""Longest time for one page, in seconds; within the limits no page takes 10."""


class WorkerProcess:
    """A process that answers over a pipe, forked from a server that has the modules loaded."""

    def __init__(
        self,
        serve: Callable[[Connection], None],
        *,
        is_daemon: bool,
        preload: tuple[str, ...] = (),
    ) -> None:
        """Start the process; only one that is no daemon may have processes of its own.

        The server that the first process of a program starts loads the modules *preload*, too.
        """
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
