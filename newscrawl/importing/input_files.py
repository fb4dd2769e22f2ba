"""Files of an import: named by a user, on this machine or in any file system of fsspec."""

from __future__ import annotations

import glob
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from newscrawl.errors import NewscrawlError, UsageError
from newscrawl.importing.remote_files import guarded_options
from newscrawl.system.programs import crawl_command, install_command
from newscrawl.system.whole_file import whole_file
from newscrawl.text.urls import without_passwords

_KINDS = (".warc", ".wet", ".arc")
ENDINGS = (*_KINDS, *(f"{kind}{end}" for kind in _KINDS for end in (".gz", ".zst")), ".wacz")
"""Endings of the file names that are read in a folder."""


def files_named(names: Sequence[str]) -> tuple[Path, ...]:
    """Return the files that *names* mean: files, folders and patterns, each file once.

    Raises NewscrawlError if one of them means no file.
    """
    found: dict[Path, None] = {}
    for name in names:
        if name == "-":
            raise UsageError("a file is needed, not a pipe: records are found by their place")
        files = _files_of(name)
        if not files:
            raise _means_no_file(name, "WARC, WET, ARC or WACZ file")
        found.update(dict.fromkeys(files))
    return tuple(found)


def _means_no_file(name: str, wanted: str) -> NewscrawlError:
    # All names are looked up before the first file is read: a misspelt one is found at once.
    return NewscrawlError(f"{name}: there is no {wanted}; nothing was imported")


def _files_of(name: str) -> list[Path]:
    path = Path(name)
    if path.is_dir():
        return sorted(
            file for file in path.rglob("*") if file.name.endswith(ENDINGS) and file.is_file()
        )
    if path.is_file():
        return [path]
    if is_elsewhere(name):
        raise UsageError(
            f"{without_passwords(name)}: a file of this machine is needed. Files elsewhere are "
            "read with --archives FOLDER or --parquet FOLDER; a page, with `newscrawl extract "
            f"URL`; a site, with `{crawl_command('site -a url=URL')}`"
        )
    if not glob.has_magic(name):
        raise _means_no_file(name, "such file")
    found = map(Path, glob.iglob(name, recursive=True))  # noqa: PTH207  # may be absolute
    return sorted(file for file in found if file.is_file())


def is_elsewhere(place: str) -> bool:
    """Return whether *place* is an address (`s3://…`), not a path of this machine."""
    return "://" in place


def places_named(names: Iterable[str]) -> tuple[str, ...]:
    """Return the files that *names* mean: paths and addresses, folders and patterns of both.

    Raises NewscrawlError if one of them means no file, or cannot be listed.
    """
    found: dict[str, None] = {}
    for name in names:
        if is_elsewhere(name):
            found.update(dict.fromkeys(_elsewhere(name)))
        else:
            found.update((str(path.resolve()), None) for path in files_named([name]))
    return tuple(found)


def fetch(place: str, folder: Path) -> Path:
    """Return the file at *place* as one of this machine, in *folder* where it was fetched.

    Raises OSError if it cannot be read.
    """
    if not is_elsewhere(place):
        return Path(place)
    path = folder / name_in(place)
    with _file_system(place) as (files, root):
        files.get_file(root, str(path))
    return path


def put(file: Path, folder: str, name: str) -> None:
    """Put *file* into *folder* as *name*, where it appears whole or not at all."""
    if is_elsewhere(folder):
        # An object appears once it is whole: that is what object storage promises.
        with _file_system(within(folder, name)) as (files, root):
            files.makedirs(root.rpartition("/")[0], exist_ok=True)
            files.put_file(str(file), root)
        return
    target = Path(folder) / name
    target.parent.mkdir(parents=True, exist_ok=True)
    with file.open("rb") as source, whole_file(target) as copy:
        shutil.copyfileobj(source, copy, 2**20)


def read_text(folder: str, name: str) -> str | None:
    """Return the file *name* of *folder* as text; None where there is none.

    Raises OSError if it cannot be read.
    """
    if not is_there(folder, name):
        return None
    if not is_elsewhere(folder):
        return (Path(folder) / name).read_text("utf-8", "replace")
    with _file_system(within(folder, name)) as (files, root):
        return bytes(files.cat_file(root)).decode("utf-8", "replace")


def remove(folder: str, name: str) -> None:
    """Delete the file *name* of *folder*, where there is one."""
    if not is_elsewhere(folder):
        (Path(folder) / name).unlink(missing_ok=True)
    elif is_there(folder, name):
        with _file_system(within(folder, name)) as (files, root):
            files.rm_file(root)


def is_there(folder: str, name: str) -> bool:
    """Return whether *folder* has a file of this name."""
    if not is_elsewhere(folder):
        return (Path(folder) / name).exists()
    with _file_system(within(folder, name)) as (files, root):
        return bool(files.exists(root))


def within(folder: str, name: str) -> str:
    """Return the path or address of *name* in *folder*."""
    return f"{folder.rstrip('/')}/{name}"


def name_in(place: str) -> str:
    """Return the last part of a path or an address."""
    return place.partition("?")[0].rstrip("/").rpartition("/")[2] or "file"


def _elsewhere(name: str) -> list[str]:
    # What an HTTP server has in a folder is not to be found out.
    is_http = name.startswith(("http:", "https:"))
    with _file_system(name) as (files, root):
        if not is_http and any(sign in name for sign in "*?["):
            found = files.glob(root)
        elif is_http or not files.isdir(root):
            return [name]
        else:
            found = files.find(root)
        places = [str(files.unstrip_protocol(one)) for one in sorted(found)]
    places = [place for place in places if place.endswith(ENDINGS)]
    if not places:
        raise _means_no_file(name, "WARC, WET, ARC or WACZ file")
    return places


@contextmanager
def _file_system(place: str) -> Iterator[tuple[Any, str]]:
    """Yield fsspec's file system for *place*, and the path of the place in it.

    Raises OSError, naming the place, if anything fails there, and NewscrawlError if fsspec is
    not installed.
    """
    try:
        import fsspec  # noqa: PLC0415 (an extra)
    except ImportError as error:
        raise NewscrawlError(
            f"files elsewhere need the extra `remote`: {install_command('remote')}"
        ) from error
    try:
        is_http = place.startswith(("http:", "https:"))
        yield fsspec.core.url_to_fs(place, **(guarded_options(place) if is_http else {}))
    except Exception as error:  # each kind of storage has errors of its own
        reason = f"{place}: {str(error) or type(error).__name__}"
        raise OSError(without_passwords(reason)) from error
