"""Requests that a run does not send and the next one does: they stay in the frontier."""

from __future__ import annotations

import datetime as dt

import attrs

from newscrawl.crawl.download.failures import Refused
from newscrawl.outcomes import Observation, Outcome


class Postponed(Refused):
    """A request that is not sent in this run, through no fault of its own."""


@attrs.frozen(kw_only=True)
class Unsent(Observation):
    """An observation of a postponed request: its address still waits."""


def unsent(url: str, outcome: Outcome, reason: str) -> Unsent:
    """Return the observation of a postponed request to *url*."""
    return Unsent(url=url, outcome=outcome, reason=reason, fetched_at=dt.datetime.now(dt.UTC))


def is_postponed(observation: Observation) -> bool:
    """Return whether the request was postponed: not sent, and still to be sent."""
    return isinstance(observation, Unsent)
