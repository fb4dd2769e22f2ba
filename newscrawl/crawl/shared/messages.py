"""What workers and Redis tell each other."""

from __future__ import annotations

import datetime as dt
import json

import attrs


@attrs.frozen
class Call:
    """What Redis is to be told. Told twice, it does no more than once."""

    script: str
    arguments: tuple[str | int, ...]


@attrs.frozen
class Beat:
    """How the crawl stands."""

    is_over: bool
    is_lost: bool
    """Redis knew nothing of it any more."""
    leads: bool
    """Whether this worker is the one that reads the sources."""
    was_unknown: bool
    """Whether this worker has lost what it held."""
    waiting: int
    held: int
    """How many articles are with the workers."""
    articles: int
    """How many articles all workers have found."""


@attrs.frozen(kw_only=True)
class Settled:
    """What became of an address, as all workers are told."""

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
