"""Changes of a site, found in the rows of its archive with a few queries."""

from __future__ import annotations

import datetime as dt

import attrs
from sqlite_utils import Database

from newscrawl.archive.changes.layout_changes import LayoutChange, read_layout_changes
from newscrawl.archive.read.page_readings import read_readings, read_source_visits, read_yields
from newscrawl.drift.dead_sources import DeadSource, dead_sources_in
from newscrawl.drift.missing_fields import Fall, falls_in
from newscrawl.drift.silence import Silence, silence_in
from newscrawl.drift.upheaval import Upheaval, read_upheaval

__all__ = [
    "DeadSource",
    "Drift",
    "Fall",
    "LayoutChange",
    "Silence",
    "Upheaval",
    "read_drift",
]

LOOK_BACK_DAYS = 120
"""A change that is older counts as normal."""
MAX_READINGS = 25_000


@attrs.frozen(kw_only=True)
class Drift:
    """The changes of a site: missing fields, silence, dead sources, many changes at once."""

    site: str
    """The name of the site."""
    falls: tuple[Fall, ...]
    """Fields that are found on fewer pages, the largest fall first."""
    silence: Silence | None
    """The last runs found too few new articles."""
    dead_sources: tuple[DeadSource, ...]
    """Feeds, sitemaps and list pages that can no longer be read."""
    layouts: tuple[LayoutChange, ...] = ()
    """Fields that changed in the same way on many articles."""
    upheaval: Upheaval | None = None
    """Many known articles changed in the last run, or were refused."""

    @property
    def lines(self) -> tuple[str, ...]:
        """One line for each change."""
        return (*(fall.line for fall in self.falls), *self._other_lines)

    @property
    def events(self) -> tuple[str, ...]:
        """The same with one line for all fields: a redesign is one event."""
        return (*filter(None, [self.fall_event]), *self._other_lines)

    @property
    def first_fall(self) -> Fall | None:
        """The fall of the earliest page."""
        return min(self.falls, key=lambda fall: fall.first_bad.fetched_at, default=None)

    @property
    def fall_event(self) -> str | None:
        """One line for all falls; None if there are none."""
        first = self.first_fall
        if first is None or len(self.falls) == 1:
            return first.line if first is not None else None
        page, fields = first.first_bad, dict.fromkeys(fall.field for fall in self.falls)
        since = f"{page.fetched_at:%Y-%m-%d %H:%M}"
        number = f"{len(fields)} fields" if len(fields) > 1 else "a field"
        return f"{number} fell since {since} UTC, first at {page.url}: {', '.join(fields)}"

    @property
    def _other_lines(self) -> tuple[str, ...]:
        others = (*self.layouts, self.silence, *self.dead_sources, self.upheaval)
        return tuple(one.line for one in others if one)

    def __bool__(self) -> bool:
        """Return whether anything has changed."""
        return bool(self.falls or self._other_lines)


def read_drift(db: Database, site: str, now: dt.datetime) -> Drift:
    """Return the changes of *site* in the days before *now*."""
    since = now - dt.timedelta(days=LOOK_BACK_DAYS)
    readings, rules = read_readings(db, site, since, MAX_READINGS)
    return Drift(
        site=site,
        falls=falls_in(site, readings, rules),
        silence=silence_in(site, read_yields(db, site, since)),
        dead_sources=dead_sources_in(site, read_source_visits(db, site, since)),
        layouts=read_layout_changes(db, site, since),
        upheaval=read_upheaval(db, site),
    )
