"""The process that reads pages for another: a task comes in, what became of it goes out."""

from __future__ import annotations

import os
import signal
from multiprocessing.connection import Connection

from newscrawl.importing.readings import reading_of


def serve(connection: Connection) -> None:
    """Read what is asked for until the other end is closed."""
    # Ctrl-C is for the parent, which ends its workers when it has written what they found.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        connection.send(None)  # it is ready: from now on its pages are timed
        while True:
            connection.send(reading_of(connection.recv()))
    except (EOFError, ConnectionError):
        os._exit(0)
