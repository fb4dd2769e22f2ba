"""A time limit for work in a thread that also ends loops of Python."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_INSTRUCTIONS = 1_000
"""More than enough for one between which what is to be raised is raised."""


class TooLong(Exception):
    """The work for a page has reached its time limit."""


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Raise TooLong if the block takes longer than *seconds*.

    It is raised in this thread, between two instructions of Python: a call into C ends first.
    Code in the block may catch it and fail otherwise, as SQLite does with an error of a
    function of ours, or go on with half a result: that is TooLong, too, with the failure as
    its cause.
    """
    alarm = _Alarm(threading.get_ident())
    timer = threading.Timer(seconds, alarm.ring)
    timer.daemon = True
    timer.start()
    try:
        yield
    except TooLong:
        raise
    except BaseException as error:
        with suppress(TooLong):
            alarm.end()
        if alarm.has_rung and isinstance(error, Exception):
            raise TooLong from error
        raise
    else:
        alarm.end()
    finally:
        timer.cancel()


class _Alarm:
    """An alarm that raises TooLong in a thread, once, while its work goes on."""

    def __init__(self, thread: int) -> None:
        self._thread = thread
        self._lock = threading.Lock()
        self._is_over = False
        self.has_rung = False

    def ring(self) -> None:
        with self._lock:
            if not self._is_over:
                self.has_rung = True
                ctypes.pythonapi.PyThreadState_SetAsyncExc(
                    ctypes.c_ulong(self._thread), ctypes.py_object(TooLong)
                )

    def end(self) -> None:
        """Let the alarm ring no more. Raises TooLong if it has rung.

        CPython has no call that takes back what is to be raised and clears its signal.
        """
        with self._lock:
            self._is_over = True
        if self.has_rung:
            for _ in range(_INSTRUCTIONS):
                pass
            raise TooLong
