"""Sites with fewer new articles than ever before: a dead feed, a changed list.

The new articles of its runs are a row of numbers. The last runs (one, two, four …) are compared
with the leanest stretch of as many runs before them, so that nights and holidays are known.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import accumulate
from math import exp, lgamma, log

import attrs

from newscrawl.archive.read.page_readings import RunYield
from newscrawl.text.counted import counted

BEFORE_RUNS = 8
"""Least number of earlier runs."""
LEAST_STRETCHES = 5
"""A stretch of runs is compared where the runs are at least this many times as many."""
CHANCE = 1e-6
"""Probability below which a silence is not chance."""
MOST_LEFT = 0.5
"""A larger part of the leanest stretch is not reported."""


@attrs.frozen(kw_only=True)
class Silence:
    """The last runs found fewer new articles than as many runs ever did before."""

    site: str
    """The name of the site."""
    since: dt.datetime
    """When the first of these runs began (UTC)."""
    runs: int
    """Their number."""
    found: int
    """Number of new articles they found."""
    usual: int
    """Number that the leanest stretch of as many earlier runs found."""
    first_run: int
    """The id of the first of these runs."""

    @property
    def line(self) -> str:
        """One line for people."""
        runs = "the last run" if self.runs == 1 else f"the last {self.runs} runs"
        found = counted(self.found, "new articles")
        return (
            f"{runs} found {found} since {self.since:%Y-%m-%d %H:%M} UTC; "
            f"never fewer than {self.usual} before"
        )


def silence_in(site: str, yields: Sequence[RunYield]) -> Silence | None:
    """Return the clearest silence that the runs of *site*, given oldest first, end in."""
    counts = [one.new for one in yields]
    least, found = CHANCE, None
    for length in (2**power for power in range(len(counts).bit_length())):
        if len(counts) < max(BEFORE_RUNS + 1, LEAST_STRETCHES * length):
            break
        usual, now = _leanest(counts[:-length], length), sum(counts[-length:])
        chance = poisson_tail(now, usual)
        if now <= usual * MOST_LEFT and chance < least:
            least, found = chance, _silence(site, yields[-length], length, now, usual)
    return found


def _silence(site: str, first: RunYield, runs: int, found: int, usual: int) -> Silence:
    return Silence(
        site=site,
        since=first.started_at,
        runs=runs,
        found=found,
        usual=usual,
        first_run=first.run,
    )


def _leanest(counts: Sequence[int], length: int) -> int:
    sums = [0, *accumulate(counts)]
    return min(sums[end] - sums[end - length] for end in range(length, len(sums)))


def poisson_tail(found: int, mean: float) -> float:
    """Return the probability of *found* or fewer events, with *mean* expected."""
    if mean <= 0:
        return 1.0
    terms = (number * log(mean) - mean - lgamma(number + 1) for number in range(found + 1))
    return min(1.0, sum(exp(term) for term in terms))
