"""Reading the archive for a page: in a thread, within a time limit, cached until it changes."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import Any, TypeVar

import attrs
from datasette.app import Datasette
from datasette.utils import sqlite_timelimit
from sqlite_utils import Database

from newscrawl.archive.schema.read_only import read_only_uri
from newscrawl.archive.search.named.study_filters import study_stamp
from newscrawl.web.queries.deadline import deadline

ARCHIVE = "archive"
"""The name of the archive in Datasette; its file may have another."""
READ_SECONDS = 5.0
"""Time limit of a query for a page; SQLite is interrupted after it."""
QUESTION_SECONDS = 20.0
"""Time limit of a named question: some take 12 s on an archive that no cache holds yet."""
FRESH_SECONDS = 10.0
"""Age up to which a cached answer is used while a crawl writes (counts take 0.2 s each)."""
_CACHE_SIZE = 256
_T = TypeVar("_T")
_Stamp = tuple[tuple[int, int], ...]


@attrs.frozen
class _Cached:
    answer: Any
    stamp: _Stamp
    at: float


_watchers: dict[str, tuple[int, sqlite3.Connection]] = {}
"""By path of an archive its inode, and a connection that only counts changes."""
_lock = Lock()
_cache: OrderedDict[Hashable, _Cached] = OrderedDict()


def archive_path(datasette: Datasette) -> str:
    """Return the path of the archive that *datasette* serves."""
    path: str = datasette.get_database(ARCHIVE).path
    return path


async def read(
    datasette: Datasette, function: Callable[[Database], _T], seconds: float = READ_SECONDS
) -> _T:
    """Return the result of *function* on the archive, run in a thread.

    After *seconds* raises sqlite3.OperationalError ("interrupted") in SQLite, and TooLong in
    Python.
    """

    def reading(connection: Any) -> _T:
        limit = sqlite_timelimit(connection, int(seconds * 1000))
        with deadline(seconds), limit, _rows_as_tuples(connection):
            return function(Database(connection, execute_plugins=False))

    result: _T = await datasette.get_database(ARCHIVE).execute_fn(reading)
    return result


@contextmanager
def _rows_as_tuples(connection: sqlite3.Connection) -> Iterator[None]:
    """Have rows compare as everywhere in the library; a sqlite3.Row equals no tuple."""
    rows_of_datasette, connection.row_factory = connection.row_factory, None
    try:
        yield
    finally:
        connection.row_factory = rows_of_datasette


async def in_thread(function: Callable[[], _T], seconds: float = READ_SECONDS) -> _T:
    """Return the result of *function*, run in a thread. Raises TooLong after *seconds*."""

    def running() -> _T:
        with deadline(seconds):
            return function()

    return await asyncio.to_thread(running)


async def read_cached(
    datasette: Datasette,
    key: Hashable,
    function: Callable[[Database], _T],
    seconds: float = QUESTION_SECONDS,
    *,
    oldest: float = FRESH_SECONDS,
) -> _T:
    """Return the result of `read`, from the cache as `cached` does."""
    make = partial(read, datasette, function, seconds)
    return await cached(datasette, key, make, oldest=oldest)


async def cached(
    datasette: Datasette,
    key: Hashable,
    make: Callable[[], Awaitable[_T]],
    *,
    oldest: float = FRESH_SECONDS,
) -> _T:
    """Return the cached value for *key* and the archive, or *make* and cache it.

    It is made again once the archive has changed and the value is older than *oldest* seconds;
    of a query with a filter of the study file also once that file has changed.
    """
    path = archive_path(datasette)
    place, stamp = (path, key, study_stamp(repr(key), Path(path))), _stamp(path)
    found = _cache.get(place)
    if found and (found.stamp == stamp or monotonic() - found.at < oldest):
        _cache.move_to_end(place)
        answer: _T = found.answer
        return answer
    answer = await make()
    _cache[place] = _Cached(answer, stamp, monotonic())
    while len(_cache) > _CACHE_SIZE:
        _cache.popitem(last=False)
    return answer


def _stamp(path: str) -> _Stamp:
    """Return a value that changes with each transaction on the archive.

    Files have the same time for two changes within some milliseconds, so that SQLite's own
    count of changes stands beside them.
    """
    files = [Path(path), Path(f"{path}-wal")]
    found = [file.stat() for file in files if file.exists()]
    changes = _changes(path, found[0].st_ino) if found else 0
    return (changes, 0), *((one.st_mtime_ns, one.st_size) for one in found)


def _changes(path: str, inode: int) -> int:
    """Return SQLite's count of changes by others; 0 if the archive cannot be opened."""
    with _lock:
        known, watcher = _watchers.pop(path, (inode, None))
        if watcher is not None and known != inode:  # another file has taken its place
            watcher.close()
            watcher = None
        try:
            watcher = watcher or sqlite3.connect(
                read_only_uri(Path(path)), uri=True, timeout=0, check_same_thread=False
            )
            (count,) = watcher.execute("PRAGMA data_version").fetchone()
        except sqlite3.Error:
            return 0
        _watchers[path] = (inode, watcher)
        return int(count)
