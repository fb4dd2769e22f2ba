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
class Link:
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
    """Where in the longer text the shared words begin, 0 to 1."""
    end: float
    """Where they end."""


_Neighbours = Mapping[int, Mapping[int, float]]


def clusters_from(
    links: Iterable[Link], sites: Mapping[int, int]
) -> tuple[tuple[int, ...], ...]:
    """Return the clusters of two texts or more, each as ids in ascending order.

    *sites* has the site of each text: texts of one site are never compared with each other, so
    that they say nothing about each other. The order of *links* changes nothing.
    """
    neighbours = _neighbours(_without_round_ups(tuple(links)))
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


def _neighbours(links: Iterable[Link]) -> _Neighbours:
    found: defaultdict[int, dict[int, float]] = defaultdict(dict)
    for link in links:
        strength = link.of_shorter + link.of_longer
        found[link.shorter][link.longer] = found[link.longer][link.shorter] = strength
    return found


def _without_round_ups(links: tuple[Link, ...]) -> Iterable[Link]:
    """Leave out the links between a round-up and the texts that it is made of."""
    parts: defaultdict[int, list[Link]] = defaultdict(list)
    pairs = set()
    for link in links:
        pairs |= {(link.shorter, link.longer), (link.longer, link.shorter)}
        if link.of_longer < WHOLE:
            parts[link.longer].append(link)
    round_ups = {
        longer
        for longer, inside in parts.items()
        if any(
            (one.shorter, other.shorter) not in pairs and _is_elsewhere(one, other)
            for one, other in combinations(inside, 2)
        )
    }
    return (link for link in links if link.of_longer >= WHOLE or link.longer not in round_ups)


def _is_elsewhere(one: Link, other: Link) -> bool:
    """Return True if two parts of a text are in different places of it."""
    overlap = min(one.end, other.end) - max(one.start, other.start)
    return overlap < 0.2 * min(one.end - one.start, other.end - other.start)
