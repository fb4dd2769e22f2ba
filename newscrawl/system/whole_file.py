"""Files that appear once they are whole, beside any others."""

from __future__ import annotations

import errno
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""Numbers of the errors of a full disk, a quota and a limit on the size of files."""
_UNSUPPORTED = frozenset({errno.EPERM, errno.EACCES, errno.EINVAL, errno.ENOSYS, errno.ENOTSUP})
"""Numbers of the errors of file systems without owners, modes or fsync, such as shares."""


@contextmanager
def whole_file(target: Path, *, mode: int = 0o666) -> Iterator[IO[bytes]]:
    """Open a file for writing that replaces *target* once the block ends without an error.

    A device or a pipe is written in place, a file that is there keeps its mode and owner, and a
    new one has *mode*, less the bits of the umask. Raises OSError if the disk refuses; on a
    full one it names *target*.
    """
    if target.exists() and not target.is_file():
        with target.open("wb") as file:
            yield file
        return
    unfinished = unfinished_beside(target, mode=mode)
    try:
        with unfinished.open("wb") as file:
            yield file
            _to_disk(file)
        _take_over(target, unfinished)
        unfinished.replace(target)
    except OSError as error:
        if error.filename is None and error.errno in NO_ROOM:
            error.filename = str(target)
        raise
    finally:
        with suppress(OSError):
            unfinished.unlink()


def write_whole(target: Path, content: bytes) -> None:
    """Write *content* to *target* by `whole_file`."""
    with whole_file(target) as file:
        file.write(content)


def _take_over(old: Path, new: Path) -> None:
    """Give *new* the mode and owner of *old* where we may."""
    with suppress(FileNotFoundError):
        found = old.stat()
        # A share of another system may have one mode and owner for all its files.
        with _unsupported_ignored():
            new.chmod(stat.S_IMODE(found.st_mode))
        with _unsupported_ignored():
            os.chown(new, found.st_uid, found.st_gid)


def _to_disk(file: IO[bytes]) -> None:
    """Put *file* on the disk before it gets its name: a loss of power leaves no half."""
    file.flush()
    with _unsupported_ignored():
        os.fsync(file.fileno())


@contextmanager
def _unsupported_ignored() -> Iterator[None]:
    """Ignore that a file system does not have, or allow, what is only desirable."""
    try:
        yield
    except OSError as error:
        if error.errno not in _UNSUPPORTED:
            raise


def unfinished_beside(target: Path, *, mode: int = 0o666) -> Path:
    """Make an empty file in the folder of *target*; return its path, which nobody can guess.

    Others who may write into the folder cannot have laid a link there. Raises OSError if the
    disk refuses.
    """
    flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW
    # A name may have 255 bytes; four of them may be one character.
    path = target.with_name(f".{target.name[:40]}.{secrets.token_hex(8)}.unfinished")
    os.close(os.open(path, flags, mode))
    return path
