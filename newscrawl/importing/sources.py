"""Files that an import reads, by the names and patterns that a user gives."""

from __future__ import annotations

import glob
from collections.abc import Sequence
from pathlib import Path

from newscrawl.errors import NewscrawlError, UsageError

_KINDS = (".warc", ".wet", ".arc")
ENDINGS = (*_KINDS, *(f"{kind}{end}" for kind in _KINDS for end in (".gz", ".zst")), ".wacz")
"""The endings of file names by which the files of a folder are chosen."""


def files_named(names: Sequence[str]) -> tuple[Path, ...]:
    """Return the files that *names* mean: files, folders and patterns, each file once.

    Raises NewscrawlError where one of them means no file.
    """
    found: dict[Path, None] = {}
    for name in names:
        if name == "-":
            raise UsageError("a file is needed, not a pipe: records are found by their place")
        files = _files_of(name)
        if not files:
            raise NewscrawlError(f"{name}: there is no WARC, WET, ARC or WACZ file")
        found.update(dict.fromkeys(files))
    return tuple(found)


def _files_of(name: str) -> list[Path]:
    path = Path(name)
    if path.is_dir():
        return sorted(
            file for file in path.rglob("*") if file.name.endswith(ENDINGS) and file.is_file()
        )
    if path.is_file():
        return [path]
    if not glob.has_magic(name):
        raise NewscrawlError(f"{name}: there is no such file")
    found = map(Path, glob.iglob(name, recursive=True))  # noqa: PTH207  # may be absolute
    return sorted(file for file in found if file.is_file())
