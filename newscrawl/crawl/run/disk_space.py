"""Free space on the disk of a crawl's archive."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

from newscrawl.system.sqlite_errors import code_of
from newscrawl.system.whole_file import NO_ROOM

DISK_FULL = "disk_full"
"""The reason of the end of a crawl for want of disk."""


def has_room(folder: Path, least_mb: int) -> bool:
    """Return whether the disk of *folder* has at least *least_mb* megabytes free.

    True of a folder that is gone: what is to be written into it says so.
    """
    try:
        return shutil.disk_usage(folder).free >= least_mb * 1024 * 1024
    except FileNotFoundError:
        return True


def is_no_room(failure: object) -> bool:
    """Return whether *failure* is an error caused by a full disk or a quota."""
    cause = failure.__cause__ if isinstance(failure, BaseException) else None
    if isinstance(cause, sqlite3.Error):
        return code_of(cause) == sqlite3.SQLITE_FULL
    return isinstance(cause, OSError) and cause.errno in NO_ROOM
