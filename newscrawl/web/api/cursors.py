"""Cursors of lists: the last results of a page, with a mark of the question.

The page after a cursor begins behind the last result of the page before, wherever that stands
now. So a list that is read while the archive is written repeats no result, and leaves none out
but those that have moved themselves. A cursor holds the last results, in case one is withdrawn.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Callable, Hashable, Sequence

import attrs

from newscrawl.web.api.no_answer import NoAnswer

CURSOR = "[A-Za-z0-9_=-]{16,200}"
"""The form of a cursor, as a regular expression."""
MOST_SKIPPED = 10_000_000
"""The most results that a cursor passes over."""
_NAMED = 4
"""Number of results that a cursor names."""
_WINDOWS = (100, 2_000, 50_000)
"""Results before and behind the old place that are looked through for the last one."""
Read = Callable[[int, int], Sequence[Hashable]]
"""Returns the keys of at most so many results (second) from a place on (first)."""


@attrs.frozen
class Place:
    """The place of a page in a list."""

    skipped: int = 0
    """Number of results before it, when the cursor was made."""
    last: tuple[str, ...] = ()
    """The marks of the last results before it, the very last one first."""

    def now(self, read: Read) -> int:
        """Return how many results are before the page now, in the list that *read* reads."""
        if not self.skipped or self._is_unmoved(read):
            return self.skipped
        return self._found(read)

    def _is_unmoved(self, read: Read) -> bool:
        return [_mark_of(key) for key in read(self.skipped - 1, 1)] == [*self.last[:1]]

    def _found(self, read: Read) -> int:
        for mark in self.last:
            for width in _WINDOWS:
                start = max(0, self.skipped - 1 - width)
                marks = [_mark_of(key) for key in read(start, 2 * width)]
                if mark in marks:
                    return start + marks.index(mark) + 1
        return self.skipped


def cursor_after(question: str, skipped: int, keys: Sequence[Hashable]) -> str:
    """Return the cursor of the page after the first *skipped* results of *question*.

    *keys* are those of the results before that page, the very last one at the end.
    """
    last = [_mark_of(key) for key in reversed(keys[-_NAMED:])]
    mark = json.dumps([skipped, _mark(question), *last], separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(mark).decode()


def place_at(question: str, cursor: str | None) -> Place:
    """Return the place of the page at *cursor*; the first one without.

    Raises NoAnswer if *cursor* is not one of *question*.
    """
    if cursor is None:
        return Place()
    try:
        skipped, mark, *last = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        is_ours = mark == _mark(question) and 0 < int(skipped) <= MOST_SKIPPED
        place = Place(int(skipped), tuple(map(str, last[:_NAMED])))
    except (binascii.Error, ValueError, TypeError):
        is_ours = False
    if not is_ours:
        raise NoAnswer("the cursor is not one of this query", 409)
    return place


def _mark_of(key: Hashable) -> str:
    return _mark(str(key))[:8]


def _mark(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:12]
