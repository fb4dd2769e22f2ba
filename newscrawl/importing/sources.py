"""Which files an import reads, and what in them: WARC, WET, ARC, packages of such files."""

from __future__ import annotations

import glob
import gzip
import shutil
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

import attrs

from newscrawl.errors import NewscrawlError, UsageError, WarcError
from newscrawl.magic_bytes import ZIP
from newscrawl.warc.scanning import Damaged, is_one_stream

ENDINGS = (".warc", ".wet", ".arc", ".warc.gz", ".wet.gz", ".arc.gz", ".wacz")
"""What the files of a folder are known by."""
_IN_PACKAGE = (".warc", ".warc.gz", ".arc", ".arc.gz")
_BLOCK = 2**20


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


@attrs.frozen
class Stretch:
    """Records that lie together in one file."""

    file: Path
    """The file that is opened: the imported one, or an unpacked copy of a part of it."""
    begin: int
    """Where they begin in it."""
    end: int
    """Where they end."""
    position: int
    """Where they begin in the imported file."""
    after: int
    """Where they end in the imported file."""
    is_copy: bool = False
    """The records are no evidence: the file is gone afterwards."""


def stretches(path: Path, folder: Path) -> Iterator[Stretch | Damaged]:
    """Yield the stretches of records in the file at *path*, in their order.

    What was compressed as a whole is unpacked into *folder*. Raises WarcError where the file
    cannot be read, or is no WARC, WET, ARC or WACZ file.
    """
    try:
        with path.open("rb") as file:
            is_package = file.read(4) == ZIP
        if is_package:
            yield from _in_package(path, folder)
        else:
            yield from _findable(path, 0, path.stat().st_size, folder)
    except OSError as error:
        raise WarcError(f"cannot read {path}: {error.strerror or error}") from error
    except zipfile.BadZipFile as error:
        raise WarcError(f"{path} is no WACZ package, or is damaged: {error}") from error


def _in_package(path: Path, folder: Path) -> Iterator[Stretch | Damaged]:
    """Yield the WARC files of a WACZ package; stored ones are read where they lie."""
    with zipfile.ZipFile(path) as package, path.open("rb") as file:
        found = [one for one in package.infolist() if one.filename.endswith(_IN_PACKAGE)]
        if not found:
            raise WarcError(f"{path} is a ZIP archive without WARC files, and no WACZ package")
        for one in sorted(found, key=lambda one: one.header_offset):
            file.seek(one.header_offset + 26)
            lengths = file.read(4)
            # The name and the extra fields stand between the header and the content.
            begin = one.header_offset + 30 + sum(struct.unpack("<HH", lengths))
            end = begin + one.compress_size
            if one.compress_type == zipfile.ZIP_STORED:
                yield from _findable(path, begin, end, folder)
            else:
                with package.open(one) as packed:
                    yield from _copied(packed, begin, end, folder)


def _findable(path: Path, begin: int, end: int, folder: Path) -> Iterator[Stretch | Damaged]:
    """Yield the records between two offsets, from a copy where they cannot be found else."""
    with path.open("rb") as file:
        if not is_one_stream(file, begin, end):
            yield Stretch(path, begin, end, begin, end)
            return
        file.seek(begin)
        with gzip.GzipFile(fileobj=file) as packed:
            yield from _copied(packed, begin, end, folder)


def _copied(
    packed: IO[bytes] | gzip.GzipFile, begin: int, end: int, folder: Path
) -> Iterator[Stretch | Damaged]:
    damage = None
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as copy:
        try:
            shutil.copyfileobj(packed, copy, _BLOCK)
        except (EOFError, gzip.BadGzipFile, zlib.error, zipfile.BadZipFile) as error:
            damage = Damaged(begin, f"what is compressed as a whole is damaged: {error}")
        size = copy.tell()
    yield Stretch(Path(copy.name), 0, size, begin, end, is_copy=True)
    if damage is not None:
        yield damage
    Path(copy.name).unlink(missing_ok=True)
