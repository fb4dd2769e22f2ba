"""Narrowing of a search by links: the filters of a query, and months as bars."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

import attrs

from newscrawl.archive.search.query import FILTERS
from newscrawl.archive.search.tokens import NAMES

_FILTER = re.compile(
    rf'(?<!\S)-?(?:{"|".join((*FILTERS, NAMES))}):(?:"[^"]*"|[^\s"()]+)(?!\S)', re.IGNORECASE
)
_MOST_BARS = 60
_FULL = 58
"""Height of the highest bar."""


@attrs.frozen
class Chip:
    """A filter in a query, and the query without it."""

    text: str
    without: str


@attrs.frozen
class Bar:
    """The results of one month: its number, its height (0 to 58), and where its link leads."""

    month: str
    count: int
    height: float
    href: str


def chips_of(query: str) -> tuple[Chip, ...]:
    """Return the filters of *query*, and its switches of names, in its order."""
    return tuple(
        Chip(found[0], " ".join((query[: found.start()] + query[found.end() :]).split()))
        for found in _FILTER.finditer(query)
    )


def within(query: str, month: str) -> str:
    """Return *query* for one month, in place of the days that it has."""
    words = [
        chip.text
        for chip in chips_of(query)
        if chip.text.lower().startswith(("after:", "before:"))
    ]
    for word in words:
        query = query.replace(word, " ", 1)
    return f"{' '.join(query.split())} after:{month} before:{month_after(month)}".strip()


def bars_of(counts: Mapping[str, int], href: Callable[[str], str]) -> tuple[Bar, ...]:
    """Return a bar for each month between the first and the last of *counts*, at most 60.

    *counts* holds the results by month; *href* gives the address of one month's results.
    """
    known = sorted(month for month in counts if month)
    if not known:
        return ()
    months = list(_between(known[0], known[-1]))[-_MOST_BARS:]
    highest = max(counts.get(month, 0) for month in months) or 1
    return tuple(
        Bar(month, count, round(max(_FULL * count / highest, 2 * (count > 0)), 1), href(month))
        for month in months
        for count in [counts.get(month, 0)]
    )


def month_after(month: str) -> str:
    """Return the month after *month*, both as `YYYY-MM`."""
    year, number = map(int, month.split("-"))
    return f"{year + number // 12:04}-{number % 12 + 1:02}"


def _between(first: str, last: str) -> Iterator[str]:
    while first <= last:
        yield first
        first = month_after(first)
