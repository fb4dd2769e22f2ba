"""Feeds, sitemaps and list pages that were read before and now fail."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from itertools import groupby, takewhile

import attrs

from newscrawl.archive.read.page_readings import SourceVisit
from newscrawl.outcomes import Outcome

GOOD_BEFORE = 5
"""A source must have been read this many times before."""
_FOR_GOOD = frozenset(
    {
        Outcome.BAD_XML,
        Outcome.NOT_HTML,
        Outcome.EMPTY,
        Outcome.NOT_ARTICLE,
        Outcome.ROBOTS,
        Outcome.BLOCKED,
    }
)
_GONE = (404, 410)
LOOKS_TO_BELIEVE = 3
"""Failures in a row that count as lasting if each may be temporary: 503, a timeout …"""


@attrs.frozen(kw_only=True)
class DeadSource:
    """A source that was read, and failed at every visit since."""

    site: str
    """The name of the site."""
    url: str
    """Its address."""
    last_good: dt.datetime
    """When it was last read (UTC)."""
    first_bad: dt.datetime
    """The first visit that failed (UTC)."""
    looks: int
    """Number of failed visits since."""
    reason: str
    """The outcome of the last visit, with its reason."""

    @property
    def line(self) -> str:
        """One line for people."""
        times = "at the last visit" if self.looks == 1 else f"at the last {self.looks} visits"
        return f"{self.url} could not be read {times}: {self.reason}"


def dead_sources_in(site: str, visits: Iterable[SourceVisit]) -> tuple[DeadSource, ...]:
    """Return the dead sources of *site*; *visits* are its visits by address and time."""
    found = (
        _dead(site, url, list(of_one))
        for url, of_one in groupby(visits, key=lambda one: one.url)
    )
    return tuple(one for one in found if one is not None)


def _dead(site: str, url: str, visits: list[SourceVisit]) -> DeadSource | None:
    failed = list(takewhile(lambda visit: not visit.is_read, reversed(visits)))
    good = [visit for visit in visits if visit.is_read]
    if not failed or len(good) < GOOD_BEFORE:
        return None
    last = failed[0]
    if not _is_for_good(last) and len(failed) < LOOKS_TO_BELIEVE:
        return None
    status = f" {last.status}" if last.status and last.outcome == Outcome.HTTP_ERROR else ""
    return DeadSource(
        site=site,
        url=url,
        last_good=good[-1].fetched_at,
        first_bad=failed[-1].fetched_at,
        looks=len(failed),
        reason=f"{last.outcome}{status}" + (f": {last.reason}" if last.reason else ""),
    )


def _is_for_good(visit: SourceVisit) -> bool:
    return visit.outcome in _FOR_GOOD or visit.status in _GONE
