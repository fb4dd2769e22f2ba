"""Addresses at which SQLite opens an archive for reading."""

from __future__ import annotations

import os
from pathlib import Path

_MOUNTS = Path("/proc/self/mountinfo")
_SHARED = ("9p", "afs", "ceph", "cifs", "fuse", "gluster", "lustre", "nfs", "smb", "virtiofs")
"""File systems that another machine may write, by the beginnings of their names."""


def read_only_uri(path: Path) -> str:
    """Return the address at which SQLite opens the archive at *path* for reading.

    SQLite makes files beside it even then. On a disk that no program of this machine can write,
    such as a backup that is mounted read-only, it needs none; an archive whose last writes are
    in a -wal cannot be read there.
    """
    file = path.resolve()
    fixed = "&immutable=1" if not _has_wal(file) and _is_on_fixed_disk(file) else ""
    return f"{file.as_uri()}?mode=ro{fixed}"


def _has_wal(file: Path) -> bool:
    try:
        return file.with_name(f"{file.name}-wal").stat().st_size > 0
    except OSError:
        return False


def _is_on_fixed_disk(file: Path) -> bool:
    """Return whether the disk of *file* is read-only as a whole, not just where it is mounted.

    A container's read-only volume is written by others. The options of the disk stand last in a
    line of proc_pid_mountinfo(5); False where there is no such file.
    """
    try:
        number = file.stat().st_dev
        text = _MOUNTS.read_text("utf-8", "replace")
    except OSError:
        return False
    device = f"{os.major(number)}:{os.minor(number)}"
    for line in text.splitlines():
        place, _, disk = line.partition(" - ")
        if place.split(" ")[2:3] == [device]:
            return not disk.startswith(_SHARED) and "ro" in disk.split(" ")[-1].split(",")
    return False
