"""Printed dates as moments: ISO first, then our grammar, dateparser last. Never a wrong date.

Nothing here looks for a date on a page; it reads the text that a rule found.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Sequence
from email.utils import parsedate_to_datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import attrs

from newscrawl.article import Precision, ZoneOrigin, precision_of
from newscrawl.date_grammar import NoDateError, Parts, Past, parts_from

LONGEST = 200
"""A longer text, in characters, is prose."""
LONGEST_FOR_DATEPARSER = 60
"""dateparser's time grows with the square of the length."""
FIRST_YEAR = 1605
"""The year of the first printed newspaper (the Relation of Strasbourg)."""
_ZEROS = frozenset([(1969, 12, 31), (1970, 1, 1), (1899, 12, 30), (1900, 1, 1)])
"""Where the clocks of Unix (in any zone), spreadsheets and databases begin."""
AHEAD = dt.timedelta(days=1)
"""How far past the fetch a page may date itself: the clocks of two zones."""

_ISO = re.compile(
    r"\d{4}-?\d\d-?\d\d"
    r"(?:[T ]?\d\d(?::?\d\d){1,2}(?:[.,]\d{1,9})?\s?(?:Z|[+-]\d\d:?\d\d)?)?"
)
_MAIL = re.compile(
    r"(?:[A-Z][a-z]{2}, )?\d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d(?::\d\d)? "
    r"(?:GMT|UTC?|Z|[ECMP][SD]T|[+-]\d{4})"
)
_MONTH_FIRST = frozenset(["en-us", "en-ph", "es-us"])
_YEAR_FIRST = frozenset(["zh", "ja", "ko", "hu", "lt", "mn", "eu"])
"""A year at the end is foreign to these, and so is the order before it (CLDR 45)."""
_AMERICAN_ZONES = frozenset(
    f"America/{city}"
    for city in (
        "New_York",
        "Chicago",
        "Denver",
        "Los_Angeles",
        "Phoenix",
        "Detroit",
        "Anchorage",
    )
) | {"Pacific/Honolulu", "US/Eastern", "US/Central", "US/Mountain", "US/Pacific"}
_EITHER_WAY_ZONES = frozenset(
    f"America/{city}" for city in ("Toronto", "Vancouver", "Montreal", "Halifax", "Winnipeg")
) | {"UTC", "Asia/Manila"}
"""Canada and the Philippines write both, and UTC is nowhere."""


@attrs.frozen(kw_only=True)
class ParsedDate:
    """A printed date, read."""

    value: dt.datetime | dt.date
    """An aware datetime, or a date where no time of day is printed."""
    precision: Precision
    """day, minute or second."""
    zone: str | None = None
    """The zone the time was read in; None for a day."""
    zone_origin: ZoneOrigin | None = None
    """Whether the text stated the zone, the site's was taken, or UTC was guessed."""


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
    03/04/2026. `why_not_a_date` gives the reason for None.
    """
    found = _read(raw, page_time, zone, tuple(languages))
    return found if isinstance(found, ParsedDate) else None


def why_not_a_date(
    raw: str,
    *,
    page_time: dt.datetime | None = None,
    zone: str | None = None,
    languages: Sequence[str] = (),
) -> str | None:
    """Return why `parse_date` gives None for the same arguments; None where it gives a date."""
    found = _read(raw, page_time, zone, tuple(languages))
    return found if isinstance(found, str) else None


@lru_cache(maxsize=4096)
def _read(
    raw: str, page_time: dt.datetime | None, zone: str | None, languages: tuple[str, ...]
) -> ParsedDate | str:
    """Return the date, or the reason why there is none."""
    text = " ".join(raw[: 2 * LONGEST].split())
    if len(raw) > LONGEST:
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
    """Read what people print, by our grammar, else by dateparser."""
    try:
        parts = parts_from(
            text, month_first=_month_first(text, zone, languages), languages=languages
        )
    except NoDateError:
        date = _by_dateparser(text, zone, languages)
        if date is None:
            raise
        return date
    return _from_parts(parts, page_time, zone)


def _month_first(text: str, zone: str | None, languages: tuple[str, ...]) -> bool | None:
    """Return whether 03/04/2026 is March: so in the United States, nowhere else.

    None where that is not known: no language, English of no region, or a language that writes
    the year first. Text in Arabic or Hebrew letters, or Arabic digits, puts the day first.
    """
    if any("\u0590" <= char <= "\u06ff" for char in text):
        return False
    spoken = [language.lower().replace("_", "-") for language in languages]
    if any(language in _MONTH_FIRST for language in spoken):
        return True
    if not spoken or spoken[0] == "en":
        return None if zone is None or zone in _EITHER_WAY_ZONES else zone in _AMERICAN_ZONES
    return None if spoken[0].partition("-")[0] in _YEAR_FIRST or spoken[0] == "en-ca" else False


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
    if len(zones) <= 1:
        return zones[0] if zones else None
    here = _zone(zone)
    if here is None or parts.day is None:
        return None
    noon = dt.datetime.combine(parts.day, dt.time(12))
    offset = here.utcoffset(noon)
    same = [name for name in zones if (_zone(name) or dt.UTC).utcoffset(noon) == offset]
    return same[0] if same else None


def _before(past: Past, now: dt.datetime) -> dt.datetime:
    """Return the moment *past* before *now*; to the minute where hours or minutes are told."""
    if past.seconds is not None:
        return (now - dt.timedelta(seconds=min(past.seconds, 10**9))).replace(
            second=0, microsecond=0
        )
    months = now.year * 12 + now.month - 1 - min(past.months, 10_000)
    year, month = divmod(months, 12)
    if year < FIRST_YEAR:
        raise NoDateError("before there were newspapers")
    day = min(now.day, calendar.monthrange(year, month + 1)[1])
    then = now.replace(year=year, month=month + 1, day=day)
    return then - dt.timedelta(days=min(past.days or 0, 100_000))


def _in_zone(value: dt.datetime, zone: str | None, *, stated: bool = False) -> ParsedDate:
    """Give the naive *value* its zone: the one stated, the site's, or else UTC, guessed."""
    where = _zone(zone)
    aware = value.replace(tzinfo=where or dt.UTC)
    return _moment(aware, zone if where and zone else "UTC", _origin(zone, stated=stated))


def _origin(zone: str | None, *, stated: bool) -> ZoneOrigin:
    if stated:
        return "stated"
    return "site" if zone and _zone(zone) else "guessed"


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
    if name[0] in "+-":
        sign = -1 if name[0] == "-" else 1
        return dt.timezone(sign * dt.timedelta(hours=int(name[1:3]), minutes=int(name[4:6])))
    try:
        return dt.UTC if name == "UTC" else ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return None


def _by_dateparser(
    text: str, zone: str | None, languages: tuple[str, ...]
) -> ParsedDate | None:
    """Read a language whose words our tables lack, where the caller names it."""
    known = [language.partition("-")[0] for language in languages]
    digits = sum(char.isdigit() for char in text)
    if set(known) <= _GRAMMAR_LANGUAGES or len(text) > LONGEST_FOR_DATEPARSER or digits < 3:
        return None
    value = _dateparsed(text, known)
    if value is None or ":" not in text:
        return None if value is None else ParsedDate(value=value.date(), precision="day")
    if value.tzinfo is not None:
        return _moment(value, _offset_name(value), "stated")
    return _in_zone(value, zone)


def _dateparsed(text: str, languages: list[str]) -> dt.datetime | None:
    from dateparser import parse  # noqa: PLC0415  (its import costs more than most pages)

    parts = {"STRICT_PARSING": True, "REQUIRE_PARTS": ["day", "month", "year"]}
    try:
        return parse(text, languages=languages, settings={**parts, "DATE_ORDER": "DMY"})
    except (ValueError, OverflowError, RecursionError):
        return None


_GRAMMAR_LANGUAGES = frozenset(["ar", "fa", "ur", "he", "en", "fr"])
"""What the grammar does not read in these is no date: dateparser was seen to invent some."""


def _checked(date: ParsedDate, page_time: dt.datetime | None) -> ParsedDate:
    """Return *date*, or raise NoDateError for one that no page can have."""
    value = date.value
    if not FIRST_YEAR <= value.year <= 2100:
        raise NoDateError(f"the year {value.year} is not a newspaper's")
    if (value.year, value.month, value.day) in _ZEROS:
        raise NoDateError("the zero of a computer's clock")
    if isinstance(value, dt.datetime):
        if page_time is not None and value > page_time + AHEAD:
            raise NoDateError("in the future of the page")
    elif page_time is not None and value > (page_time + AHEAD).date():
        raise NoDateError("in the future of the page")
    return date
