"""Clusters: the texts that are one agency text, put together from pairs without chaining.

A pair joins two texts only where at least half of the others agree, and a round-up that holds
two texts which share nothing joins neither of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import combinations

import attrs

WHOLE = 0.75
"""A text that holds this share of the longer one's words is the same text, not a part of it."""
MOST_COMPARED_MEMBERS = 12
"""The number of members that a text is compared with, the most similar first."""


@attrs.frozen(kw_only=True)
class CopyPair:
    """Two texts of different sites of which one is a copy of the other."""

    shorter: int
    """The id of the shorter text."""
    longer: int
    """The id of the longer one."""
    of_shorter: float
    """The share of the shorter text that is in the longer."""
    of_longer: float
    """The share of the longer text that is in the shorter."""
    start: float
    """Start of the shared words in the longer text, 0 to 1."""
    end: float
    """Their end."""


_Neighbours = Mapping[int, Mapping[int, float]]


def clusters_from(
    pairs: Iterable[CopyPair], sites: Mapping[int, int]
) -> tuple[tuple[int, ...], ...]:
    """Return the clusters of two texts or more, each as ids in ascending order.

    *sites* has the site of each text: texts of one site are never compared with each other, so
    that they say nothing about each other. The order of *pairs* changes nothing.
    """
    neighbours = _neighbours(_without_round_ups(tuple(pairs)))
    found: list[tuple[int, ...]] = []
    done: set[int] = set()
    for centre in sorted(neighbours, key=lambda one: (-len(neighbours[one]), one)):
        if centre in done:
            continue
        members = _star(centre, neighbours, done, sites)
        if len(members) > 1:
            done.update(members)
            found.append(tuple(sorted(members)))
    return tuple(sorted(found))


def _star(
    centre: int, neighbours: _Neighbours, done: set[int], sites: Mapping[int, int]
) -> list[int]:
    """Return *centre* and the texts around it that at least half of the others are like."""
    members = [centre]
    around = neighbours[centre]
    for one in sorted(around, key=lambda one: (-around[one], one)):
        asked = [other for other in members if sites[other] != sites[one]][
            :MOST_COMPARED_MEMBERS
        ]
        agreeing = sum(other in neighbours[one] for other in asked)
        if one not in done and 2 * agreeing >= len(asked):
            members.append(one)
    return members


def _neighbours(pairs: Iterable[CopyPair]) -> _Neighbours:
    found: defaultdict[int, dict[int, float]] = defaultdict(dict)
    for pair in pairs:
        strength = pair.of_shorter + pair.of_longer
        found[pair.shorter][pair.longer] = found[pair.longer][pair.shorter] = strength
    return found


def _without_round_ups(pairs: tuple[CopyPair, ...]) -> Iterable[CopyPair]:
    """Leave out the pairs between a round-up and the texts that it is made of."""
    parts: defaultdict[int, list[CopyPair]] = defaultdict(list)
    joined = set()
    for pair in pairs:
        joined |= {(pair.shorter, pair.longer), (pair.longer, pair.shorter)}
        if pair.of_longer < WHOLE:
            parts[pair.longer].append(pair)
    round_ups = {
        longer
        for longer, inside in parts.items()
        if any(
            (one.shorter, other.shorter) not in joined and _is_elsewhere(one, other)
            for one, other in combinations(inside, 2)
        )
    }
    return (pair for pair in pairs if pair.of_longer >= WHOLE or pair.longer not in round_ups)


def _is_elsewhere(one: CopyPair, other: CopyPair) -> bool:
    """Return whether two parts of a text are in different places of it."""
    overlap = min(one.end, other.end) - max(one.start, other.start)
    return overlap < 0.2 * min(one.end - one.start, other.end - other.start)
