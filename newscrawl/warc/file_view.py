"""The bytes of an open file by their offsets, read when they are needed.

A mapped file ends the process with SIGBUS where it has become shorter since, or where its disk
cannot be read. Here the one gives fewer bytes, and the other an OSError.
"""

from __future__ import annotations

import os
from typing import BinaryIO

_BLOCK = 2**20


class FileView:
    """A file of the size that it has now, to be sliced as `bytes` are, without a step."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._size = os.fstat(file.fileno()).st_size
        self._begin, self._block = 0, b""
        """The bytes that were read last, and their offset."""

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, place: slice) -> bytes:
        """Return the bytes of *place*, fewer if the file has become shorter.

        Raises OSError if they cannot be read.
        """
        start, stop, _ = place.indices(self._size)
        first = start - self._begin
        if first < 0 or stop > self._begin + len(self._block):
            self._file.seek(start)
            self._begin, self._block = start, self._file.read(max(stop - start, _BLOCK))
            first = 0
        return self._block[first : first + max(stop - start, 0)]
