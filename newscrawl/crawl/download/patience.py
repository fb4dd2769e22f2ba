"""Pleas to be left alone: of one page, or of its whole host."""

from __future__ import annotations

from collections import defaultdict, deque

ABSURD = 7 * 24 * 3600.0
"""A plea for more seconds than this is a mistake of one page, and says nothing of its host."""
SEVERAL = 3
"""So many different addresses have to ask before their host is left alone."""
AMONG = 6
"""They are looked for among so many of the last answers of the host."""


class Patience:
    """Remembers the last answers of each host: for a plea its address, for any other None."""

    def __init__(self) -> None:
        self._answers: defaultdict[str, deque[str | None]] = defaultdict(
            lambda: deque(maxlen=AMONG)
        )

    def note_answer(self, host: str) -> None:
        """Note an answer of *host* that demands no rest."""
        self._answers[host].append(None)

    def note_plea(self, host: str, url: str) -> bool:
        """Note that *url* asks to be left alone for long; return whether its *host* does."""
        self._answers[host].append(url)
        return len({url for url in self._answers[host] if url is not None}) >= SEVERAL
