"""Narrowing of a search by links: the filters of a query, and months as bars."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping

import attrs

from newscrawl.archive.search.query import FILTERS
from newscrawl.archive.search.tokens import NAMES

_VALUE = r'(?:"[^"]*"|«[^»]*»|“[^”]*”|[^\s"()]+)'
_FILTER = re.compile(
    rf"(?<!\S)-?(?:{'|'.join((*FILTERS, NAMES))}):{_VALUE}(?!\S)", re.IGNORECASE
)
_YEAR = re.compile(r"[0-9]{4}")
_MONTH = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])")
_FEWEST_BARS = 12
_MOST_BARS = 60
_MOST_YEARS = 150
_FULL = 58
"""Height of the highest bar."""


@attrs.frozen
class Chip:
    """A filter in a query, and the query without it."""

    text: str
    without: str


@attrs.frozen
class Bar:
    """The results of one month or year: their number, height (0 to 58) and link."""

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


def without_days(query: str) -> str:
    """Return *query* without its `after:` and `before:`."""
    for chip in chips_of(query):
        if chip.text.lower().startswith(("after:", "before:")):
            query = query.replace(chip.text, " ", 1)
    return " ".join(query.split())


def within(query: str, first: str, last: str) -> str:
    """Return *query* from *first* to the end of *last*, in place of the days that it has.

    Both are months, days or years; an empty one sets no limit. A text that is none of them
    stays as it is, so that the check of the query reports it.
    """
    if first and last:
        first, last = sorted((first, last))
    after, before = first and f"after:{first}", last and f"before:{_end_of(last)}"
    return " ".join(word for word in (without_days(query), after, before) if word)


def _end_of(period: str) -> str:
    """Return the first month, day or year after *period*."""
    if _MONTH.fullmatch(period):
        return month_after(period)
    if _YEAR.fullmatch(period):
        return f"{int(period) + 1:04}"
    try:
        return (dt.date.fromisoformat(period) + dt.timedelta(days=1)).isoformat()
    except (ValueError, OverflowError):
        return period


def bars_of(counts: Mapping[str, int], href: Callable[[str], str]) -> tuple[Bar, ...]:
    """Return a bar for each month between the first and the last of *counts*, at least 12.

    Of more than 60 months the bars are years, the last 150. *counts* holds the results by
    month; *href* gives the address of the results of one month or year.
    """
    known = sorted(month for month in counts if month)
    if not known:
        return ()
    months = list(_between(min(known[0], _a_year_to(known[-1])), known[-1]))
    if len(months) > _MOST_BARS:
        months, counts = list(dict.fromkeys(month[:4] for month in months)), _by_year(counts)
    months = months[-_MOST_YEARS:]
    highest = max(counts.get(month, 0) for month in months) or 1
    return tuple(
        Bar(month, count, round(max(_FULL * count / highest, 2 * (count > 0)), 1), href(month))
        for month in months
        for count in [counts.get(month, 0)]
    )


def _by_year(counts: Mapping[str, int]) -> Mapping[str, int]:
    years: Counter[str] = Counter()
    for month, count in counts.items():
        years[month[:4]] += count
    return years


def _a_year_to(month: str) -> str:
    """Return the first of the twelve months that end with *month*."""
    year, number = map(int, month.split("-"))
    months = 12 * year + number - _FEWEST_BARS
    return f"{max(months, 12) // 12:04}-{max(months, 12) % 12 + 1:02}"


def month_after(month: str) -> str:
    """Return the month after *month*, both as `YYYY-MM`."""
    year, number = map(int, month.split("-"))
    return f"{year + number // 12:04}-{number % 12 + 1:02}"


def _between(first: str, last: str) -> Iterator[str]:
    while first <= last:
        yield first
        first = month_after(first)
