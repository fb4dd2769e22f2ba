"""Printed dates as moments: ISO first, then our grammar, dateparser last. Never a wrong date.

Nothing here looks for a date on a page; it reads the text that a rule found.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from newscrawl.article import Precision, ZoneOrigin, precision_of
from newscrawl.system.deferred import compiled_on_use
from newscrawl.system.value_classes import frozen
from newscrawl.values.dates.days import is_month_first
from newscrawl.values.dates.grammar import (
    NoDateError,
    Parts,
    Past,
    dates_within,
    parts_from,
)
from newscrawl.values.dates.words import may_say_updated, month_languages

LONGEST = 200
"""A longer text, in characters, is prose."""
FIRST_YEAR = 1605
"""The year of the first printed newspaper (the Relation of Strasbourg)."""
_ZEROS = frozenset([(1969, 12, 31), (1970, 1, 1), (1899, 12, 30), (1900, 1, 1)])
"""Days on which the clocks of Unix (in any zone), spreadsheets and databases begin."""
AHEAD = dt.timedelta(days=1)
"""Most that a date may lie after the fetch: the clocks of two zones."""

_ISO = re.compile(
    r"(?:1[6-9]|2[01])\d\d-?\d\d-?\d\d"
    r"(?:[T ]?\d\d(?::?\d\d){1,2}(?:[.,]\d{1,9})?\s?(?:Z|[+-]\d\d:?\d\d)?)?",
    re.ASCII,
)
_MAIL = re.compile(
    r"(?:[A-Z][a-z]{2}, )?\d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d(?::\d\d)? "
    r"(?:GMT|UTC?|Z|[ECMP][SD]T|[+-]\d{4})"
)


_OFFSET = compiled_on_use(r"([+-])([01]\d):([0-5]\d)")


@frozen(kw_only=True)
class ParsedDate:
    """A printed date, read."""

    value: dt.datetime | dt.date
    """An aware datetime, or a date where no time of day is printed."""
    precision: Precision
    """day, minute or second."""
    zone: str | None = None
    """The zone the time was read in; None for a day."""
    zone_origin: ZoneOrigin | None = None
    """`stated` in the text, the `site`'s own, or `guessed` (UTC)."""


def parse_date(
    raw: str,
    *,
    page_time: dt.datetime | None = None,
    zone: str | None = None,
    languages: Sequence[str] = (),
) -> ParsedDate | None:
    """Return the date that *raw* states, or None where it states none that can be trusted.

    *page_time* is when the page was fetched: without it no relative date is read. *zone* is the
    site's, for times that state none (UTC is guessed without it). *languages* (BCP 47) order
    03/04/2026, and tell Hijri years from Jalali ones. `why_not_a_date` gives the reason for
    None. Raises ValueError if *zone* is neither an IANA name nor an offset (`+03:00`).
    """
    if page_time is None and zone is None and raw.isascii() and not _NUMBER.search(raw):
        return None  # days need digits, and others numerals of their script
    found = _read(_squeezed(raw), page_time, zone, tuple(languages))
    return found if isinstance(found, ParsedDate) else None


def dates_in(
    raw: str,
    *,
    page_time: dt.datetime | None = None,
    zone: str | None = None,
    languages: Sequence[str] = (),
) -> tuple[tuple[str, ParsedDate], ...]:
    """Return the dates in a line that says more (`Ann Lee / 3 May 2026 / 09:30`), as labelled.

    The label before a date is `published`, `updated` or the empty string. The arguments are
    those of `parse_date`. Only the caller knows that *raw* is no prose: a sentence that
    mentions a day would give it, too.
    """
    return _all_read(_squeezed(raw), page_time, zone, tuple(languages))


def may_state_change(raw: str) -> bool:
    """Return whether `dates_in` may find a date labelled `updated` in *raw*: a cheap test."""
    return may_say_updated(_squeezed(raw))


def why_not_a_date(
    raw: str,
    *,
    page_time: dt.datetime | None = None,
    zone: str | None = None,
    languages: Sequence[str] = (),
) -> str | None:
    """Return why `parse_date` gives None for the same arguments; None where it gives a date."""
    found = _read(_squeezed(raw), page_time, zone, tuple(languages))
    return found if isinstance(found, str) else None


def _squeezed(raw: str) -> str:
    """Return *raw* without needless white space, cut just over LONGEST."""
    return " ".join(raw[: 10 * LONGEST].split())[: LONGEST + 1]


@lru_cache(maxsize=256)
def _all_read(
    text: str, page_time: dt.datetime | None, zone: str | None, languages: tuple[str, ...]
) -> tuple[tuple[str, ParsedDate], ...]:
    """Return the dates in *text*, each with its label."""
    found = []
    if len(text) <= LONGEST:
        month_first = is_month_first(text, zone, languages)
        for label, parts in dates_within(text, month_first=month_first, languages=languages):
            with suppress(NoDateError):
                found.append((label, _checked(_from_parts(parts, page_time, zone), page_time)))
    return tuple(found)


@lru_cache(maxsize=1024)
def _read(
    text: str, page_time: dt.datetime | None, zone: str | None, languages: tuple[str, ...]
) -> ParsedDate | str:
    """Return the date, or the reason why there is none."""
    if zone is not None and _zone(zone) is None:
        raise ValueError(f"no time zone is named {zone!r}")
    if len(text) > LONGEST:
        return f"longer than {LONGEST} characters: prose"
    if page_time is not None and page_time.tzinfo is None:
        page_time = page_time.replace(tzinfo=_zone(zone) or dt.UTC)
    try:
        date = _iso(text, zone) or _mail(text) or _printed(text, page_time, zone, languages)
        return _checked(date, page_time)
    except NoDateError as problem:
        return str(problem)


def _iso(text: str, zone: str | None) -> ParsedDate | None:
    """Read ISO 8601, the form of structured data."""
    if not _ISO.fullmatch(text):
        return None
    if text.isdigit() and not 1990 <= int(text[:4]) <= 2100:
        raise NoDateError("a bare number")
    if len(text) == 14 and text.isdigit():
        text = f"{text[:8]}T{text[8:]}"
    if len(text.replace("-", "")) == 8:
        try:
            return ParsedDate(value=dt.date.fromisoformat(text), precision="day")
        except ValueError:
            raise NoDateError(f"there is no {text}") from None
    try:
        value = dt.datetime.fromisoformat(re.sub(" (?=[Z+-])", "", text))
    except ValueError:
        raise NoDateError("not a moment of ISO 8601") from None
    if value.tzinfo is not None:
        return _moment(value, _offset_name(value), "stated")
    return _in_zone(value, zone)


def _mail(text: str) -> ParsedDate | None:
    """Read RFC 5322, the form of feeds."""
    if not _MAIL.fullmatch(text):
        return None
    from email.utils import parsedate_to_datetime  # noqa: PLC0415 (it imports sockets)

    try:
        value = parsedate_to_datetime(text)
    except ValueError:
        return None
    if value.tzinfo is None:
        value = value.replace(tzinfo=dt.UTC)
    return _moment(value, _offset_name(value), "stated")


def _printed(
    text: str, page_time: dt.datetime | None, zone: str | None, languages: tuple[str, ...]
) -> ParsedDate:
    """Read a date in words or numbers with our grammar, else with dateparser."""
    try:
        parts = parts_from(
            text, month_first=is_month_first(text, zone, languages), languages=languages
        )
    except NoDateError:
        value = read_by_dateparser(text, languages)
        if value is None:
            raise
        if ":" not in text:
            return ParsedDate(value=value.date(), precision="day")
        if value.tzinfo is not None:
            return _moment(value, _offset_name(value), "stated")
        return _in_zone(value, zone)
    return _from_parts(parts, page_time, zone)


def _from_parts(parts: Parts, page_time: dt.datetime | None, zone: str | None) -> ParsedDate:
    """Return the moment or the day that *parts* make at the site's *zone*."""
    stated = _stated(parts, zone)
    where = stated or zone
    day = parts.day
    if parts.past is not None:
        if page_time is None:
            raise NoDateError("a relative date, and when the page was fetched is not known")
        moment = _before(parts.past, page_time.astimezone(_zone(where) or page_time.tzinfo))
        if parts.past.seconds is not None:
            return _moment(moment, where or "UTC", _origin(where, stated=stated is not None))
        day = moment.date()
    if day is None:
        raise NoDateError("no day, month and year together")
    if parts.clock is None:
        return ParsedDate(value=day, precision="day")
    value = dt.datetime.combine(day, parts.clock.time)
    return _in_zone(value, where, stated=stated is not None)


def _stated(parts: Parts, zone: str | None) -> str | None:
    """Return the zone that the text states; of several that share a name, the site's own."""
    zones = parts.clock.zones if parts.clock is not None else ()
    zones = tuple(name for name in zones if _zone(name) is not None)  # an old tz database
    if len(zones) <= 1:
        return zones[0] if zones else None
    return _same_offset(zones, zone, parts.day) if zone and parts.day is not None else None


def _same_offset(names: Sequence[str], zone: str, day: dt.date) -> str | None:
    """Return the first zone of *names* with the offset of *zone* on *day*."""
    noon = dt.datetime.combine(day, dt.time(12))
    offset = (_zone(zone) or dt.UTC).utcoffset(noon)
    same = (name for name in names if (_zone(name) or dt.UTC).utcoffset(noon) == offset)
    return next(same, None)


def _before(past: Past, now: dt.datetime) -> dt.datetime:
    """Return the moment *past* before *now*; to the minute if hours or minutes are given."""
    if past.seconds is not None:
        then = now.astimezone(dt.UTC) - dt.timedelta(seconds=past.seconds)
        return then.astimezone(now.tzinfo).replace(second=0, microsecond=0)
    months = now.year * 12 + now.month - 1 - past.months
    year, month = divmod(months, 12)
    if year < FIRST_YEAR:
        raise NoDateError("before there were newspapers")
    day = min(now.day, calendar.monthrange(year, month + 1)[1])
    then = now.replace(year=year, month=month + 1, day=day)
    return then - dt.timedelta(days=past.days or 0)


def _in_zone(value: dt.datetime, zone: str | None, *, stated: bool = False) -> ParsedDate:
    """Give the naive *value* its zone: the one stated, the site's, or else UTC, guessed.

    A time that a change of clocks leaves out is the one that the clocks showed instead.
    """
    where = _zone(zone) or dt.UTC
    aware = value.replace(tzinfo=where).astimezone(dt.UTC).astimezone(where)
    return _moment(aware, zone or "UTC", _origin(zone, stated=stated))


def _origin(zone: str | None, *, stated: bool) -> ZoneOrigin:
    if stated:
        return "stated"
    return "site" if zone else "guessed"


def _moment(value: dt.datetime, zone: str, origin: ZoneOrigin) -> ParsedDate:
    value = value.replace(microsecond=0)
    return ParsedDate(
        value=value, precision=precision_of(value) or "minute", zone=zone, zone_origin=origin
    )


def _offset_name(value: dt.datetime) -> str:
    """Return `UTC` or an offset such as `+03:00`."""
    offset = value.strftime("%z")
    return "UTC" if offset in ("", "+0000") else f"{offset[:3]}:{offset[3:5]}"


@lru_cache(maxsize=256)
def _zone(name: str | None) -> dt.tzinfo | None:
    """Return the zone of that name or offset; None where there is none."""
    if not name:
        return None
    if found := _OFFSET.fullmatch(name):
        offset = dt.timedelta(hours=int(found[2]), minutes=int(found[3]))
        return dt.timezone(-offset if found[1] == "-" else offset)
    try:
        return dt.UTC if name == "UTC" else ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return None


def _checked(date: ParsedDate, page_time: dt.datetime | None) -> ParsedDate:
    """Return *date*, or raise NoDateError for one that no page can have."""
    value = date.value
    if not FIRST_YEAR <= value.year <= 2100:
        raise NoDateError(f"the year {value.year} is not a newspaper's")
    if (value.year, value.month, value.day) in _ZEROS:
        raise NoDateError("the zero of a computer's clock")
    if isinstance(value, dt.datetime):
        if page_time is not None and value - AHEAD > page_time:
            raise NoDateError("in the future of the page")
    elif page_time is not None and value - AHEAD > page_time.date():
        raise NoDateError("in the future of the page")
    return date


LONGEST_FOR_DATEPARSER = 60
"""dateparser's time grows with the square of the length, in characters."""
_NUMBER = re.compile(r"\d{1,20}")
_ALL_IN_NUMBERS = compiled_on_use(r"\d\s?[-/.]\s?\d{1,2}\s?[-/.]\s?\d")


def read_by_dateparser(text: str, languages: Sequence[str]) -> dt.datetime | None:
    """Return the date that dateparser 1.5 reads in *languages*, or None. It may be naive.

    It is used in strict mode, and only for languages that our tables lack: in the others, text
    that our grammar refuses is no date. Day and year must be printed in the text, since
    dateparser was seen to invent some (`10` and `الأحد` are dates to it).
    """
    spoken = [language.partition("-")[0].lower() for language in languages]
    numbers = {int(number) for number in _NUMBER.findall(text)}
    if (
        len(text) > LONGEST_FOR_DATEPARSER
        or len(numbers) < 2
        or set(spoken) <= month_languages()
    ):
        return None
    if _ALL_IN_NUMBERS.search(text):  # our grammar has refused them for a reason
        return None
    value = _asked(text, spoken)
    return value if value is not None and {value.day, value.year} <= numbers else None


def _asked(text: str, languages: Sequence[str]) -> dt.datetime | None:
    from dateparser import parse  # noqa: PLC0415  (its import costs more than most pages)

    settings = {
        "STRICT_PARSING": True,
        "REQUIRE_PARTS": ["day", "month", "year"],
        "DATE_ORDER": "DMY",
        "PARSERS": ["absolute-time"],
    }
    try:
        return parse(text, languages=list(languages), settings=settings)
    except (ValueError, OverflowError, RecursionError):
        return None  # a language that it does not know, or a defect of its own
