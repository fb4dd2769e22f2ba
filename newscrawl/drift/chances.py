"""How likely it is to find so little by chance."""

from __future__ import annotations

from math import exp, lgamma, log, log1p


def binomial_tail(found: int, tries: int, rate: float) -> float:
    """Return how likely *found* or fewer of *tries* are, each at *rate* (0 to 1)."""
    if rate <= 0 or found >= tries:
        return 1.0
    if rate >= 1:
        rate = 1 - 0.5 / tries  # as rare as a failure that was never seen can be
    return sum(exp(_log_binomial(number, tries, rate)) for number in range(found + 1))


def poisson_tail(found: int, mean: float) -> float:
    """Return how likely *found* or fewer are, where *mean* are usual."""
    if mean <= 0:
        return 1.0
    terms = (number * log(mean) - mean - lgamma(number + 1) for number in range(found + 1))
    return min(1.0, sum(exp(term) for term in terms))


def _log_binomial(found: int, tries: int, rate: float) -> float:
    ways = lgamma(tries + 1) - lgamma(found + 1) - lgamma(tries - found + 1)
    return ways + found * log(rate) + (tries - found) * log1p(-rate)
