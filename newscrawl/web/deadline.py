"""A time limit for work in a thread that also ends loops of Python."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class TooLong(Exception):
    """The work for a page has reached its time limit."""


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Raise TooLong in this thread once *seconds* are over and the block has not ended.

    It is raised between two instructions of Python: a call into C ends first.
    """
    thread = threading.get_ident()
    lock = threading.Lock()
    is_over = False

    def end() -> None:
        with lock:
            if not is_over:
                _raise_in(thread, TooLong)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        with lock:
            is_over = True
            _raise_in(thread, None)  # forget one that has not been raised yet
        timer.cancel()


def _raise_in(thread: int, error: type[Exception] | None) -> None:
    raised = None if error is None else ctypes.py_object(error)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), raised)
