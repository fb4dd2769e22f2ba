"""Dates that feeds and sitemaps state, each with how much later it may be."""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache

import attrs

from newscrawl.values.dates import parse_date

_LONGEST = 64
_SHORT_OFFSET = re.compile(r"(\d ?[+-])(\d:[0-5]\d)$")
_ZONES = dt.timedelta(hours=12)
"""Greatest distance west of UTC of the clock of a time without a zone."""
_DAY = dt.timedelta(days=1) - dt.timedelta(microseconds=1)


@attrs.frozen
class StatedDate:
    """A date as a source states it."""

    moment: dt.datetime
    """The time, aware; a day begins, and a time without a zone is, in UTC."""
    latest: dt.datetime
    """The latest time that the statement may mean."""


@lru_cache(maxsize=1024)
def parse_stated_date(raw: str | None) -> StatedDate | None:
    """Return the date that a feed or sitemap states, in ISO 8601, RFC 5322 or as printed.

    None for a text without one, and for years before 1990 and after 2100.
    """
    text = _SHORT_OFFSET.sub(r"\g<1>0\2", (raw or "").strip()[:_LONGEST])
    found = parse_date(text) if text else None
    if found is None or not 1990 <= found.value.year <= 2100:
        return None
    if not isinstance(found.value, dt.datetime):
        begin = dt.datetime.combine(found.value, dt.time(), dt.UTC)
        return StatedDate(begin, begin + _DAY)
    is_guessed = found.zone_origin == "guessed"
    return StatedDate(found.value, found.value + (_ZONES if is_guessed else dt.timedelta()))
