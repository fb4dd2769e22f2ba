"""Opening of files that an archive names, which may come from anyone."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO


def open_regular(path: Path) -> BinaryIO:
    """Open the file at *path* for reading. Raises OSError if it is a pipe, device or folder.

    A pipe would be waited for until somebody writes to it, and a device may have no end.
    """
    number = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    if not stat.S_ISREG(os.fstat(number).st_mode):
        os.close(number)
        raise OSError(errno.EINVAL, "it is no regular file", str(path))
    return os.fdopen(number, "rb")
