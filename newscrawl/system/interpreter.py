"""Processes of Python that we start, which run no code that lies in the working folder."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

PYTHON = (sys.executable, "-P")
"""The program and its option: without it `-m` and `-c` import from the working folder first."""
_VARIABLE = "PYTHONSAFEPATH"


@contextmanager
def safe_path() -> Iterator[None]:
    """Start Python without the working folder on its path, also where a library starts it.

    `multiprocessing` and Dask start Python with `-c`.
    """
    before = os.environ.get(_VARIABLE)
    os.environ[_VARIABLE] = "1"
    try:
        yield
    finally:
        if before is None:
            os.environ.pop(_VARIABLE, None)
        else:
            os.environ[_VARIABLE] = before
