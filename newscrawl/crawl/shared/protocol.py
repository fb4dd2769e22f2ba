"""Messages between workers and Redis."""

from __future__ import annotations

import datetime as dt
import json

import attrs

from newscrawl.outcomes import Outcome
from newscrawl.text.urls import clean_url


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
    held_here: frozenset[str]
    """Request keys of the articles that Redis takes to be with this worker."""

    @property
    def left(self) -> int:
        """Number of articles that wait or are leased."""
        return self.waiting + self.held

    @property
    def has_more(self) -> bool:
        """True if another worker reads the sources, or articles are left."""
        return not self.leads or self.left > 0


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
        """Return the value that `as_json` wrote as *text*.

        Raises ValueError, TypeError or KeyError if it did not.
        """
        found = json.loads(text)
        settled = cls(
            **found | {"fetched_at": dt.datetime.fromisoformat(found["fetched_at"])},
        )
        if settled.published is not None:
            dt.datetime.fromisoformat(settled.published)
        is_status = settled.status is None or type(settled.status) is int
        is_url = isinstance(settled.url, str) and clean_url(settled.url, settled.url)
        if settled.fetched_at.tzinfo is None or settled.outcome not in set(Outcome):
            raise ValueError(f"no outcome of ours: {settled.outcome!r}")
        if not is_status or not is_url:
            raise ValueError("no status or address of ours")
        return settled
