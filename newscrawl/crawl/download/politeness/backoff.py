"""Pleas to be left alone: of one page, or of its whole host."""

from __future__ import annotations

from collections import defaultdict, deque

import attrs

ABSURD = 7 * 24 * 3600.0
"""A Retry-After of more seconds is a mistake of one page, and says nothing of its host."""
SEVERAL = 3
"""Addresses that must want a long wait before their host rests for the run."""
AMONG = 6
"""They are looked for among this many of the last answers of the host."""
ROUNDS = 3
"""Times that a host has to answer 429, each after a longer rest, before it is left alone."""


@attrs.define
class _Refusals:
    """Answers with status 429 of a host that has given no other answer since."""

    urls: set[str] = attrs.Factory(set)
    rounds: int = 0
    """Number of times that one came to a request sent after the one before."""
    noted_at: float = float("-inf")


class Patience:
    """Remembers the last answers of each host: the address of a refusal, None for any other."""

    def __init__(self) -> None:
        self._answers: defaultdict[str, deque[str | None]] = defaultdict(
            lambda: deque(maxlen=AMONG)
        )
        self._refusals: defaultdict[str, _Refusals] = defaultdict(_Refusals)

    def note_answer(self, host: str) -> None:
        """Note an answer of *host* that demands no rest."""
        self._answers[host].append(None)
        self._refusals.pop(host, None)

    def note_long_wait(self, host: str, url: str) -> bool:
        """Note that *url* wants a long wait; return whether its *host* is to rest."""
        self._answers[host].append(url)
        return len({url for url in self._answers[host] if url is not None}) >= SEVERAL

    def note_refusal(
        self, host: str, url: str, sent_at: float, now: float, *, is_last: bool
    ) -> int | None:
        """Note a 429; return the round of refusals that it is of, None once *host* is to rest.

        Requests that were under way together are of one round, which the *is_last* of them
        ends. *sent_at* and *now* are seconds of one clock.
        """
        refusals = self._refusals[host]
        refusals.urls.add(url)
        if is_last and sent_at >= refusals.noted_at:
            refusals.rounds += 1
            refusals.noted_at = now
        if refusals.rounds >= ROUNDS and len(refusals.urls) >= SEVERAL:
            return None
        return max(refusals.rounds, 1)
