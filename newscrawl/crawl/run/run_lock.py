"""One run a site: a lock that the system takes back when the process ends, however it ends."""

from __future__ import annotations

import os
import re
from pathlib import Path

from filelock import BaseFileLock, FileLock, Timeout

from newscrawl.errors import ArchiveError, NewscrawlError, not_writable

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")


class SiteIsLockedError(NewscrawlError):
    """Another run holds the site; the message names its process."""


def lock_site(archive: Path, site: str) -> BaseFileLock:
    """Return the lock that holds *site* in *archive* for this process.

    The lock ends with `release()`, as a context manager, or with the process; its file and the
    file of the process id stay and mean nothing. Raises SiteIsLockedError if another process
    holds it, and ArchiveError if the folder of locks cannot be written.
    """
    folder = archive.parent / f".{archive.name}.locks"
    name = _UNSAFE.sub("_", site)[:100]
    holder = folder / f"{name}.pid"
    lock = FileLock(folder / f"{name}.lock", timeout=0, thread_local=False)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire()
        holder.write_text(str(os.getpid()), "ascii")
    except Timeout:
        raise SiteIsLockedError(
            f"another run holds {site} (process {_process_in(holder)})"
        ) from None
    except OSError as error:
        raise ArchiveError(not_writable(folder, error)) from error
    return lock


def _process_in(holder: Path) -> str:
    try:
        return holder.read_text("ascii", "replace")[:20]
    except OSError:
        return "unknown"
