"""Hours of the day without requests to a site: `01:00-05:30`, by the clock of the site."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from newscrawl.system.deferred import compiled_on_use
from newscrawl.system.value_classes import frozen

_RANGE = compiled_on_use(r"([01]?\d|2[0-3]):([0-5]\d)\s*-\s*([01]?\d|2[0-3]):([0-5]\d)")

Range = tuple[dt.time, dt.time]


@frozen(kw_only=True)
class QuietHours:
    """Some ranges of a day's time, each from a time up to another; 22:00-05:00 is a night."""

    ranges: tuple[Range, ...]
    """The beginning and the end of each, the end not included."""
    zone: str | None = None
    """The IANA zone of the times; None for the clock of this machine."""

    def __str__(self) -> str:
        """Return the hours as a person writes them."""
        ranges = ", ".join(f"{start:%H:%M}-{end:%H:%M}" for start, end in self.ranges)
        return f"{ranges} {self.zone or '(the clock of this machine)'}"

    def end_after(self, moment: dt.datetime) -> dt.datetime | None:
        """Return when the quiet hours end in which *moment* is; None where it is in none.

        Ranges that follow on each other are one. The result is in the zone of the site.
        """
        local = moment.astimezone(ZoneInfo(self.zone) if self.zone else None)
        end: dt.datetime | None = None
        for _ in self.ranges:
            later = self._end_of_range(end or local)
            if later is None:
                break
            end = later
        return end

    def _end_of_range(self, local: dt.datetime) -> dt.datetime | None:
        time = local.time().replace(tzinfo=None)
        for start, end in self.ranges:
            if start < end and start <= time < end:
                return _at(local, end, days=0)
            if end < start and (time >= start or time < end):
                return _at(local, end, days=int(time >= start))
        return None


def parse_quiet_hours(raw: str, zone: str | None = None) -> QuietHours | None:
    """Return the quiet hours that *raw* states; None where it states none or cannot be read.

    Ranges are parted by commas; a zone may stand behind them, and goes before *zone*:
    `01:00-05:30, 13:00-14:00 Africa/Casablanca`.
    """
    text = raw.strip()
    head, _, last = text.rpartition(" ")
    if head and ":" not in last:
        text, zone = head, last
    ranges = tuple(_range(part.strip()) for part in text.split(","))
    if not text or None in ranges or not _is_zone(zone):
        return None
    return QuietHours(ranges=tuple(one for one in ranges if one), zone=zone)


def _range(text: str) -> Range | None:
    found = _RANGE.fullmatch(text)
    if not found:
        return None
    hours = [int(group) for group in found.groups()]
    start, end = dt.time(hours[0], hours[1]), dt.time(hours[2], hours[3])
    return (start, end) if start != end else None


def _is_zone(zone: str | None) -> bool:
    try:
        return zone is None or bool(ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False


def _at(local: dt.datetime, time: dt.time, days: int) -> dt.datetime:
    day = local.date() + dt.timedelta(days=days)
    return dt.datetime.combine(day, time, local.tzinfo)
