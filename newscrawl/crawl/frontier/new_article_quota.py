"""New-article quota: most new articles of a site a day, since made-up stories have no end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from statistics import median

LEAST = 200
"""A site may always bring this many new articles in a day."""
TIMES = 3
"""Factor by which a day may exceed the site's usual number."""
_KNOWN_FOR = dt.timedelta(days=7)
_LOOKED_AT = dt.timedelta(days=30)


def room_for_new(by_day: Mapping[dt.date, int], today: dt.date) -> int | None:
    """Return the number of new articles still allowed *today*; None if none is usual yet.

    *by_day* counts the articles first seen on each day (UTC). The usual number is the median of
    the days with any in the last 30; after days without a crawl there is more.
    """
    before = [day for day in by_day if day < today]
    if not before or today - min(before) < _KNOWN_FOR:
        return None
    recent = [by_day[day] for day in before if today - day <= _LOOKED_AT]
    if not recent:
        return None
    missed = (today - max(before)).days
    share = max(LEAST, round(TIMES * median(recent) * missed))
    return max(0, share - by_day.get(today, 0))
