"""Files that appear once they are whole, beside any others."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO


@contextmanager
def whole_file(target: Path) -> Iterator[IO[bytes]]:
    """Open a file for writing that replaces *target* once the block ends without an error.

    A device or a pipe is written in place. Raises OSError where the disk refuses.
    """
    if target.exists() and not target.is_file():
        with target.open("wb") as file:
            yield file
        return
    unfinished = unfinished_beside(target)
    try:
        with unfinished.open("wb") as file:
            yield file
        unfinished.replace(target)
    finally:
        with suppress(OSError):
            unfinished.unlink()


def unfinished_beside(target: Path) -> Path:
    """Make an empty file in the folder of *target*; return its path, which nobody can guess.

    Others who may write into the folder cannot have laid a link there. Raises OSError where the
    disk refuses.
    """
    flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW
    # A name may have 255 bytes; four of them may be one character.
    path = target.with_name(f".{target.name[:40]}.{secrets.token_hex(8)}.unfinished")
    os.close(os.open(path, flags, 0o666))
    return path
