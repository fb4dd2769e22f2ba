"""Requests that wait on disk, because the memory has enough of them."""

from __future__ import annotations

import pickle
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from scrapy import Request, Spider
from scrapy.utils.request import request_from_dict

from newscrawl.errors import ArchiveError

Entry = tuple[int, int, Request]
"""A request behind its place: the least goes first. No two have the same."""


class RequestsOnDisk:
    """Requests of a spider by their places, in a temporary database of SQLite.

    No other process sees it, and the system removes it with this one: the archive's frontier
    is what outlives a crawl. Every method may raise ArchiveError.
    """

    def __init__(self, spider: Spider) -> None:
        self.first: tuple[int, int] | None = None
        """Place of the request that goes first; None without any."""
        self._spider = spider
        self._db: sqlite3.Connection | None = None
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def add(self, entries: Iterable[Entry]) -> None:
        """Add requests."""
        rows = [
            (priority, number, request.url, self._packed(request))
            for priority, number, request in entries
        ]
        try:
            with self._open() as db:
                db.executemany("INSERT INTO requests VALUES (?, ?, ?, ?)", rows)
        except sqlite3.Error as error:
            raise _refusal(error) from error
        self._size += len(rows)
        self._find_first()

    def take(self, most: int) -> list[Entry]:
        """Remove the first requests, at most *most*, and return them."""
        rows = self._rows("priority, number, packed", most)
        if rows:
            self._delete_up_to(rows[-1][:2])
            self._size -= len(rows)
            self._find_first()
        return [(priority, number, self._unpacked(data)) for priority, number, data in rows]

    def urls(self) -> Iterator[str]:
        """Yield the address of each, in order."""
        yield from (url for (url,) in self._rows("url", self._size))

    def close(self) -> None:
        """Remove the database."""
        if self._db is not None:
            self._db.close()
            self._db = None

    def _find_first(self) -> None:
        self.first = next(iter(self._rows("priority, number", 1)), None)

    def _packed(self, request: Request) -> bytes:
        return pickle.dumps(request.to_dict(spider=self._spider), pickle.HIGHEST_PROTOCOL)

    def _unpacked(self, data: bytes) -> Request:
        # Nobody else can write to a database without a name.
        return request_from_dict(pickle.loads(data), spider=self._spider)  # noqa: S301

    def _rows(self, columns: str, most: int) -> list[Any]:
        """Return *columns* of the first requests."""
        if not self._size:
            return []
        sql = f"SELECT {columns} FROM requests ORDER BY priority, number LIMIT ?"  # noqa: S608
        try:
            return self._open().execute(sql, (most,)).fetchall()
        except sqlite3.Error as error:
            raise _refusal(error) from error

    def _delete_up_to(self, place: Sequence[int]) -> None:
        try:
            with self._open() as db:
                db.execute("DELETE FROM requests WHERE (priority, number) <= (?, ?)", place)
        except sqlite3.Error as error:
            raise _refusal(error) from error

    def _open(self) -> sqlite3.Connection:
        """Return the database, which the first request creates: most crawls need none."""
        if self._db is None:
            # Without a name it is a file that SQLite has removed from its folder already.
            self._db = sqlite3.connect("")
            self._db.execute(
                "CREATE TABLE requests (priority INTEGER, number INTEGER, url TEXT,"
                " packed BLOB, PRIMARY KEY (priority, number)) WITHOUT ROWID"
            )
        return self._db


def _refusal(error: sqlite3.Error) -> ArchiveError:
    return ArchiveError(f"waiting requests cannot be stored in a temporary file: {error}")
