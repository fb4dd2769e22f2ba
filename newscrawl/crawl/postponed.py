"""Requests that a run cannot send and the next one does: they stay in the frontier."""

from __future__ import annotations

from newscrawl.outcomes import Observation

QUIET_UNTIL = "quiet hours until"
NO_TURN = "the shared frontier does not say whose turn it is"


def is_put_off(observation: Observation) -> bool:
    """Whether a request was not sent, through no fault of its own, and is still to be sent."""
    reason = observation.reason or ""
    return observation.outcome == "over_limit" and any(
        words in reason for words in (QUIET_UNTIL, NO_TURN)
    )
