"""Addresses that an earlier run left: they wait in the archive, few of them in memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

from newscrawl.archive.crawl_state.frontier import Waiting

_AT_ONCE = 500


class Reserve:
    """The keys of waiting addresses, best first; *rows_of* reads the addresses of some."""

    def __init__(
        self,
        keys: Iterable[str] = (),
        rows_of: Callable[[Sequence[str]], list[Waiting]] = lambda keys: [],
    ) -> None:
        self._keys = deque(keys)
        self._rows_of = rows_of

    def __len__(self) -> int:
        return len(self._keys)

    def take(self) -> list[Waiting]:
        """Remove the best addresses, and return those that still wait."""
        number = min(_AT_ONCE, len(self._keys))
        return self._rows_of([self._keys.popleft() for _ in range(number)])

    def urls(self) -> Iterator[str]:
        """Yield the address of each that still waits."""
        keys = iter(self._keys)
        while some := list(islice(keys, _AT_ONCE)):
            yield from (row.url for row in self._rows_of(some))
