"""The connection to Redis: messages wait while it is down, and are sent in their order."""

from __future__ import annotations

import logging
from collections.abc import Callable
from time import monotonic
from typing import TypeVar

from newscrawl.crawl.shared.protocol import Call
from newscrawl.crawl.shared.queue import LeasedQueue
from newscrawl.errors import FrontierError, FrontierSpoiledError

_SENT_AT_ONCE = 100
_SOONEST, _LATEST = 0.2, 30.0
"""Seconds between two tries while Redis does not answer."""

logger = logging.getLogger(__name__)
Answer = TypeVar("Answer")


class RedisConnection:
    """Connection with an outbox, which knows since when nobody has answered."""

    queue: LeasedQueue

    def __init__(self, patience: float, give_up: Callable[[FrontierError], None]) -> None:
        self.is_unsure = False
        """True if a call may have been carried out without an answer."""
        self._patience, self._give_up = patience, give_up
        self._outbox: list[Call] = []
        self._away_since: float | None = None
        self._next_try = 0.0

    @property
    def is_down(self) -> bool:
        """True if the last call got no answer."""
        return self._away_since is not None

    @property
    def may_try(self) -> bool:
        """True if the time until the next try has passed."""
        return monotonic() >= self._next_try

    @property
    def has_more(self) -> bool:
        """True if messages wait to be sent."""
        return bool(self._outbox)

    def query(self, question: Callable[[LeasedQueue], Answer]) -> Answer | None:
        """Return the answer of the queue; None if Redis does not answer."""
        try:
            answer = question(self.queue)
        except FrontierError as error:
            self.note_down(error)
            return None
        self._note_up()
        return answer

    def enqueue(self, call: Call) -> None:
        """Have *call* sent to Redis with the next `send`."""
        self._outbox.append(call)

    def send(self) -> bool:
        """Send the calls that wait; return whether that worked."""
        while self._outbox:
            calls = self._outbox[:_SENT_AT_ONCE]
            try:
                self.queue.send(calls)
            except FrontierError as error:
                self.note_down(error)
                return False
            del self._outbox[: len(calls)]
        return True

    def note_down(self, error: FrontierError) -> None:
        """Note that Redis does not answer; end the crawl if that has lasted too long."""
        now = monotonic()
        self.is_unsure = True
        if self._away_since is None:
            self._away_since = now
            logger.warning("%s; waiting for it", error)
        if isinstance(error, FrontierSpoiledError):
            self._give_up(error)
        away = now - self._away_since
        self._next_try = now + min(max(away, _SOONEST), _LATEST)
        if away > self._patience:
            self._give_up(FrontierError(f"{error} (for {away:.0f} s)"))

    def _note_up(self) -> None:
        if self.is_down:
            logger.warning("the shared frontier answers again")
        self._away_since, self._next_try = None, 0.0
