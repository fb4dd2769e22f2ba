"""Sets of very many addresses in little memory: 10 to 20 bytes each, short or long."""

from __future__ import annotations

import datetime as dt
from array import array
from collections.abc import Iterable

_FREE, _REMOVED = 0, 1
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MASK = 2**64 - 1


class AddressSet:
    """A set of texts that holds their 64-bit hashes alone, in a table with open addressing.

    Python's hashes have a secret key for each process, so that nobody can find two addresses
    with the same one; by chance one of a million has a twin in one of 18 million crawls.
    """

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self._slots = array("Q", [_FREE]) * 64
        self._filled = 0
        """Number of slots that are in use or were."""
        self._size = 0
        self.update(texts)

    def __len__(self) -> int:
        return self._size

    def __contains__(self, text: object) -> bool:
        return self._slots[self._slot_of(_hash_of(text))] != _FREE

    def add(self, text: str) -> None:
        """Add *text*."""
        self._put(_hash_of(text))

    def update(self, texts: Iterable[str]) -> None:
        """Add each of *texts*."""
        for text in texts:
            self.add(text)

    def discard(self, text: str) -> None:
        """Remove *text*, if it is there."""
        slot = self._slot_of(_hash_of(text))
        if self._slots[slot] != _FREE:
            self._slots[slot] = _REMOVED
            self._size -= 1

    def _slot_of(self, number: int) -> int:
        """Return the slot that holds *number*, or else the free one where a search ends."""
        slots, last = self._slots, len(self._slots) - 1
        slot = number & last
        while slots[slot] != number and slots[slot] != _FREE:
            slot = (slot + 1) & last
        return slot

    def _put(self, number: int) -> int:
        """Add *number*, and return its slot."""
        slot = self._slot_of(number)
        if self._slots[slot] == number:
            return slot
        if 5 * self._filled >= 4 * len(self._slots):
            self._grow()
            slot = self._slot_of(number)
        self._slots[slot] = number
        self._filled += 1
        self._size += 1
        return slot

    def _grow(self) -> None:
        """Move everything into a table that is at most half full."""
        before = self._slots
        length = 64
        while length < 2 * self._size:
            length *= 2
        self._slots = array("Q", [_FREE]) * length
        self._filled = self._size
        for number in before:
            if number not in (_FREE, _REMOVED):
                self._slots[self._slot_of(number)] = number


class AddressTimes(AddressSet):
    """A mapping of texts to aware times, to the microsecond, in twice the memory of the set."""

    def __init__(self) -> None:
        super().__init__()
        self._times = array("d", [0.0]) * len(self._slots)

    def get(self, text: str) -> dt.datetime | None:
        """Return the time of *text*; None if it has none."""
        slot = self._slot_of(_hash_of(text))
        if self._slots[slot] == _FREE:
            return None
        return _EPOCH + dt.timedelta(seconds=self._times[slot])

    def set(self, text: str, time: dt.datetime) -> None:
        """Give *text* this time."""
        slot = self._put(_hash_of(text))  # which may make another table
        self._times[slot] = (time - _EPOCH).total_seconds()

    def _grow(self) -> None:
        before, times = self._slots, self._times
        super()._grow()
        self._times = array("d", [0.0]) * len(self._slots)
        for slot, number in enumerate(before):
            if number not in (_FREE, _REMOVED):
                self._times[self._slot_of(number)] = times[slot]


def _hash_of(text: object) -> int:
    number = hash(text) & _MASK
    return number if number > _REMOVED else number + 2
