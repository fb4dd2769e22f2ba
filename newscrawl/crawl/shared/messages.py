"""Messages between workers and Redis."""

from __future__ import annotations

import datetime as dt
import json

import attrs


@attrs.frozen
class Call:
    """A message to Redis. Sent twice, it does no more than once."""

    script: str
    arguments: tuple[str | int, ...]


@attrs.frozen
class Beat:
    """State of the shared crawl."""

    is_over: bool
    is_lost: bool
    """Redis knew nothing of it any more."""
    leads: bool
    """True if this worker is the one that reads the sources."""
    was_unknown: bool
    """True if this worker has lost its leases."""
    waiting: int
    held: int
    """Number of articles leased to workers."""
    articles: int
    """Number of articles that all workers have found."""


@attrs.frozen(kw_only=True)
class Settled:
    """Outcome of an address, as sent to all workers."""

    url: str
    outcome: str
    status: int | None
    fetched_at: dt.datetime
    published: str | None
    """Day or moment of publication (ISO 8601)."""

    def as_json(self) -> str:
        return json.dumps(attrs.asdict(self) | {"fetched_at": self.fetched_at.isoformat()})

    @classmethod
    def from_json(cls, text: str | bytes) -> Settled:
        found = json.loads(text)
        return cls(
            **found | {"fetched_at": dt.datetime.fromisoformat(found["fetched_at"])},
        )
