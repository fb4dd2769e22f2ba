"""One run a site: a lock that the system takes back when the process ends, however it ends."""

from __future__ import annotations

import fcntl
import os
import re
from pathlib import Path
from typing import IO

from newscrawl.errors import NewscrawlError

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")


class SiteIsLockedError(NewscrawlError):
    """Another run holds the site; the message names its process."""


def lock_site(archive: Path, site: str) -> IO[str]:
    """Return the open file that holds *site* in *archive* for this process.

    Raise SiteIsLockedError where another process holds it. The lock ends with the file or the
    process; the file itself stays and means nothing.
    """
    folder = archive.parent / f".{archive.name}.locks"
    folder.mkdir(parents=True, exist_ok=True)
    file = (folder / f"{_UNSAFE.sub('_', site)[:100]}.lock").open("a+", encoding="ascii")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.seek(0)
        holder = file.read(20).strip() or "unknown"
        file.close()
        raise SiteIsLockedError(f"another run holds {site} (process {holder})") from None
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()
    return file
