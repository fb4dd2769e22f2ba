"""A process that serves ours: what it is asked comes over a pipe, and so does the answer."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from multiprocessing.connection import Connection


class ServingProcess:
    """One process, started from a server that has imported what it needs."""

    def __init__(self, serve: Callable[[Connection], None], *, is_daemon: bool) -> None:
        """Start it. It *is_daemon* unless it is to have processes of its own."""
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload([serve.__module__])
        self.connection, its = context.Pipe()
        self.process = context.Process(target=serve, args=(its,), daemon=is_daemon)
        self.process.start()
        its.close()

    def end(self) -> None:
        """End it, whatever it is at."""
        self.connection.close()
        self.process.kill()
        self.process.join()
        self.process.close()
