"""What a printed date says, its words in any order: parts, not yet a moment.

One pass cuts the text into atoms; times, zones, then a numeric, a named or a relative day are
found among them. Nothing here knows the time of day or a site's zone.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence

import attrs

from newscrawl.calendars import hebrew_day, hijri_day, jalali_day
from newscrawl.date_words import LONGEST_NAME, Calendar, Word, fillers, fold_date, words

MOST_STRANGE_WORDS = 4
"""A text with more words that no table knows is prose that mentions a date, not a date."""

_ATOM = re.compile(r"\d+|[^\W\d_]+|[^\w\s]")
_DOTTED = re.compile(r"\b([ap])\.\s?m\b\.?")
_HEBREW_NUMBER = re.compile(
    "[\u05d0-\u05ea]{1,4}[\"\u05f4\u201d][\u05d0-\u05ea]|\\b[\u05d0-\u05ea]['\u05f3]"
)
_CALENDARS: tuple[Calendar, ...] = ("gregorian", "jalali", "hijri", "hebrew")
_YEARS = {
    "gregorian": range(1600, 2101),
    "jalali": range(1200, 1500),
    "hijri": range(1343, 1501),
    "hebrew": range(5300, 6001),
}


class NoDateError(Exception):
    """The text states no date that can be trusted; the message says why."""


@attrs.frozen(kw_only=True)
class Past:
    """A time told by its distance from now."""

    days: int | None = None
    """Whole days ago: today is 0."""
    months: int = 0
    """Calendar months ago, besides the days."""
    seconds: int | None = None
    """Seconds ago, for minutes and hours; then the time of day is known."""


@attrs.frozen(kw_only=True)
class Parts:
    """What a text says of a moment."""

    day: dt.date | None = None
    past: Past | None = None
    time: dt.time | None = None
    zone: str | None = None
    """A zone's name or an offset such as `+03:00`, where the text states one."""


@attrs.define
class _Atom:
    text: str
    meanings: tuple[Word, ...] = ()
    is_used: bool = False

    @property
    def number(self) -> int | None:
        return int(self.text) if self.text.isascii() and self.text.isdigit() else None

    def means(self, kind: str) -> Word | None:
        return next((word for word in self.meanings if word.kind == kind), None)

    @property
    def is_word(self) -> bool:
        return self.text[0].isalpha()


def parts_from(
    text: str, *, month_first: bool | None = None, era: Calendar | None = None
) -> Parts:
    """Return what *text* (at most some hundred characters) says. Raise NoDateError if nothing.

    *month_first* orders 03/04/2026: True is March, False the third, None refuses to choose.
    *era* is the calendar of a year 13xx or 14xx written in numbers alone, where that is known.
    """
    atoms = _atoms(text)
    time = _take_time(atoms)
    zone = _take_zone(atoms, text)
    strange = sum(_is_strange(atom) for atom in atoms)
    day = _numeric_day(atoms, month_first, era) or _named_day(atoms)
    if day is not None:
        if strange > MOST_STRANGE_WORDS:
            raise NoDateError("prose that mentions a date")
        return Parts(day=day, time=time, zone=zone)
    past = _past(atoms) if not strange else None
    if past is None:
        raise NoDateError("no day, month and year together")
    return Parts(past=past, time=time, zone=zone)


def _atoms(text: str) -> list[_Atom]:
    """Cut *text* into atoms; words that an entry of the tables joins become one."""
    folded = _DOTTED.sub(r"\1m ", fold_date(text))
    if "\u05d0" <= max(folded, default="") <= "\u05ea" or re.search("[\u05d0-\u05ea]", folded):
        folded = _HEBREW_NUMBER.sub(lambda found: f" {_gematria(found[0])} ", folded)
    raw = _ATOM.findall(folded)
    table, atoms, at = words(), [], 0
    while at < len(raw):
        length = next(
            (n for n in range(LONGEST_NAME, 1, -1) if " ".join(raw[at : at + n]) in table), 1
        )
        entry = " ".join(raw[at : at + length])
        atoms.append(_Atom(entry, table.get(entry, ()) or _without_prefix(entry)))
        at += length
    return atoms


def _without_prefix(word: str) -> tuple[Word, ...]:
    """Return what *word* means behind a Hebrew `in` (בינואר)."""
    found = words().get(word[1:], ()) if word[0] == "ב" and len(word) > 2 else ()
    return tuple(meaning for meaning in found if meaning.kind in ("month", "weekday"))


def _gematria(letters: str) -> int:
    """Return the number that Hebrew letters write; a year leaves its thousands out."""
    values = dict(
        zip(
            "אבגדהוזחטיכלמנסעפצקרשת",
            [*range(1, 11), *range(20, 100, 10), *range(100, 500, 100)],
            strict=True,
        )
    )
    total = sum(values.get(letter, 0) for letter in letters)
    return total + 5000 if total >= 300 else total


def _is_strange(atom: _Atom) -> bool:
    """Return whether a word says nothing here; the name of a zone may be a place."""
    if not atom.is_word or atom.is_used or atom.text in fillers():
        return False
    return all(word.kind == "zone" for word in atom.meanings)


# --- times and zones -----------------------------------------------------------------------


def _take_time(atoms: Sequence[_Atom]) -> dt.time | None:
    """Return the first clock time and mark its atoms as used; refuse an impossible one."""
    for at, atom in enumerate(atoms):
        if atom.number is None or atom.is_used:
            continue
        numbers = _clock_numbers(atoms, at)
        half = _half(atoms, at, len(numbers) * 2 - 1)
        if len(numbers) == 1 and (half is None or not _is_hour(atoms, at)):
            continue
        hour = _hour(numbers[0], half)
        minute, second = (*numbers[1:], 0, 0)[:2]
        if hour > 23 or minute > 59 or second > 59:
            continue
        for used in atoms[at : at + len(numbers) * 2 - 1]:
            used.is_used = True
        return dt.time(hour, minute, second)
    return None


def _clock_numbers(atoms: Sequence[_Atom], at: int) -> list[int]:
    """Return the numbers of `14:05:30`, `14h05` or `9` standing at *at*."""
    numbers = [int(atoms[at].text)]
    if len(atoms[at].text) > 2 or (at > 0 and atoms[at - 1].text == ":"):
        return numbers
    while len(numbers) < 3 and at + 2 < len(atoms):
        between, follower = atoms[at + 1].text, atoms[at + 2]
        if between not in (":", "h") or follower.number is None or len(follower.text) != 2:
            break
        numbers.append(follower.number)
        at += 2
    return numbers


def _half(atoms: Sequence[_Atom], at: int, length: int) -> str | None:
    """Return am or pm where it stands beside the time; behind it counts before ahead of it."""
    behind = at + length
    if behind < len(atoms) and atoms[behind].text in (",", "-", "،"):
        behind += 1
    for place in (behind, at - 1):
        word = atoms[place].means("half") if 0 <= place < len(atoms) else None
        if word is not None:
            atoms[place].is_used = True
            return str(word.value)
    return None


def _is_hour(atoms: Sequence[_Atom], at: int) -> bool:
    """Return whether the number is an hour (الساعة 9 مساء, 9 pm), not a day or a year."""
    if at and atoms[at - 1].means("unit") == Word("unit", "hour"):
        return True
    return at + 1 < len(atoms) and atoms[at + 1].text in ("am", "pm")


def _hour(hour: int, half: str | None) -> int:
    if half == "pm" and hour < 12:
        return hour + 12
    return 0 if half == "am" and hour == 12 else hour


def _take_zone(atoms: Sequence[_Atom], text: str) -> str | None:
    """Return the zone that the text states: an offset behind a time, GMT, or `بتوقيت …`."""
    for at, atom in enumerate(atoms):
        before = atoms[at - 1] if at else None
        after_time = before is not None and before.is_used
        if atom.text in "+-" and after_time and at + 1 < len(atoms):
            offset = _offset(atoms, at)
            if offset is not None:
                return offset
        word = atom.means("zone")
        if word is None:
            continue
        named = before is not None and before.text.endswith("توقيت")
        abbreviated = atom.text.isascii() and atom.text.upper() in text
        if named or (abbreviated and (atom.text in ("gmt", "utc") or after_time)):
            atom.is_used = True
            return _offset(atoms, at + 1) or str(word.value)
    return None


def _offset(atoms: Sequence[_Atom], at: int) -> str | None:
    """Return `+03:00` where atoms *at* write an offset (`+3`, `+0300`, `+03:00`)."""
    if at + 1 >= len(atoms) or atoms[at].text not in ("+", "-") or atoms[at + 1].number is None:
        return None
    digits = atoms[at + 1].text
    minutes = digits[2:] if len(digits) == 4 else "00"
    hours = int(digits[:2])
    used = 2
    if len(digits) <= 2 and at + 3 < len(atoms) and atoms[at + 2].text == ":":
        minutes, used = atoms[at + 3].text, 4
    if hours > 14 or not minutes.isdigit() or int(minutes) > 59 or len(digits) not in (1, 2, 4):
        return None
    if atoms[at].text == "-" and used == 2 and len(digits) < 4:
        return None  # `12:10 - 3 May`: a dash, then the day
    for atom in atoms[at : at + used]:
        atom.is_used = True
    return f"{atoms[at].text}{hours:02}:{int(minutes):02}"


# --- days ----------------------------------------------------------------------------------


def _numeric_day(
    atoms: Sequence[_Atom], month_first: bool | None, era: Calendar | None
) -> dt.date | None:
    """Return the day of `11/02/2016`, `2016-02-11` or `11.2.16`."""
    for at in range(len(atoms) - 4):
        first, sep, second, sep2, third = atoms[at : at + 5]
        numbers = [atom.number for atom in (first, second, third) if not atom.is_used]
        if (
            sep.text != sep2.text
            or sep.text not in "/-."
            or None in numbers
            or len(numbers) < 3
        ):
            continue
        if _goes_on(atoms, at - 1, -1, sep.text) or _goes_on(atoms, at + 5, 1, sep.text):
            continue
        texts = [first.text, second.text, third.text]
        year = _whole_year(texts)
        calendar = _calendar_of(year, atoms, era)
        # The United States write slashes and dashes, never dots.
        return _ordered(texts, year, calendar, month_first if sep.text != "." else False)
    return None


def _goes_on(atoms: Sequence[_Atom], at: int, step: int, sep: str) -> bool:
    """Return whether one more number follows behind a separator: a version or an address."""
    ahead = at + step
    return (
        0 <= at < len(atoms)
        and 0 <= ahead < len(atoms)
        and atoms[at].text == sep
        and atoms[ahead].number is not None
        and not atoms[ahead].is_used
    )


def _whole_year(texts: Sequence[str]) -> int:
    """Return the year among three numbers; raise NoDateError where none can be one."""
    lengths = [len(text) for text in texts]
    if lengths[0] == 4 and max(lengths[1:]) <= 2:
        return int(texts[0])
    if max(lengths[:2]) > 2 or lengths[2] not in (2, 4):
        raise NoDateError("three numbers that are no date")
    year = int(texts[2])
    return year if lengths[2] == 4 else year + (2000 if year < 70 else 1900)


def _ordered(
    texts: Sequence[str], year: int, calendar: Calendar, month_first: bool | None
) -> dt.date:
    """Return the day that three numbers write, or raise NoDateError where that is a guess."""
    a, b, c = (int(text) for text in texts)
    if len(texts[0]) == 4:
        return _day_of(calendar, year, b, c)
    if calendar != "gregorian" or a > 12 or a == b:
        return _day_of(calendar, year, b, a)
    if b > 12:
        return _day_of(calendar, year, a, b)
    if month_first is None:
        raise NoDateError("day and month may be either way round")
    return _day_of(calendar, year, *((a, b) if month_first else (b, a)))


def _calendar_of(year: int, atoms: Sequence[_Atom], era: Calendar | None) -> Calendar:
    """Return whose year it is; 13xx and 14xx need a mark, or the caller's *era*."""
    if year in _YEARS["gregorian"]:
        return "gregorian"
    marks = {str(word.value) for atom in atoms for word in atom.meanings if word.kind == "mark"}
    for calendar in ("jalali", "hijri"):
        if year in _YEARS[calendar] and (calendar in marks or (era == calendar and not marks)):
            return "jalali" if calendar == "jalali" else "hijri"
    raise NoDateError(f"the year {year} is of no calendar that the text names")


def _named_day(atoms: Sequence[_Atom]) -> dt.date | None:
    """Return the first whole day with a named month; a Gregorian one wins over the others."""
    problem = None
    for calendar in _CALENDARS:
        for at, atom in enumerate(atoms):
            month = next(
                (w for w in atom.meanings if w.kind == "month" and w.calendar == calendar), None
            )
            if month is None:
                continue
            year, day = _year_and_day(atoms, at, calendar)
            if year is None or day is None:
                continue
            try:
                return _day_of(calendar, year, int(month.value), day)
            except NoDateError as error:
                problem = problem or error
    if problem is not None:
        raise problem
    return None


def _year_and_day(
    atoms: Sequence[_Atom], at: int, calendar: Calendar
) -> tuple[int | None, int | None]:
    """Return the year and the day that belong to the month at *at*."""
    before = next(_numbers(atoms, range(at - 1, -1, -1)), None)
    behind = list(_numbers(atoms, range(at + 1, len(atoms))))
    years = _YEARS[calendar]
    near = [atom for atom in (*behind[:2], before) if atom is not None]
    whole = [atom for atom in atoms if atom.number is not None and not atom.is_used]
    year = next((a for a in (*near, *whole) if len(a.text) == 4 and a.number in years), None)
    days = [
        a for a in (before, *behind[:1]) if a is not None and a is not year and len(a.text) <= 2
    ]
    if year is not None:
        return year.number, days[0].number if days else None
    if calendar == "gregorian" and before in days and behind and len(behind[0].text) == 2:
        return 2000 + int(behind[0].text), before.number if before else None
    return None, None


def _numbers(atoms: Sequence[_Atom], places: range) -> Iterator[_Atom]:
    """Yield the free numbers met along *places*, up to the first strange word."""
    for place in places:
        atom = atoms[place]
        if atom.number is not None and not atom.is_used:
            yield atom
        elif _is_strange(atom):
            return


def _day_of(calendar: Calendar, year: int, month: int, day: int) -> dt.date:
    """Return the Gregorian day, or raise NoDateError where the calendar has none such."""
    if calendar == "gregorian":
        try:
            return dt.date(year, month, day)
        except ValueError:
            raise NoDateError(f"there is no {year}-{month:02}-{day:02}") from None
    found = {"hijri": hijri_day, "jalali": jalali_day, "hebrew": hebrew_day}[calendar](
        year, month, day
    )
    if found is None:
        raise NoDateError(f"the {calendar} calendar has no {year}-{month:02}-{day:02}")
    return found


# --- relative times ------------------------------------------------------------------------


def _past(atoms: Sequence[_Atom]) -> Past | None:
    """Return the distance from now that `منذ 3 ساعات`, `أمس` or `2 days ago` tells."""
    way = any(atom.means("way") for atom in atoms)
    spans = list(_spans(atoms)) if way else []
    if spans:
        if any(unit in _MONTHS or unit in _DAYS for unit, _ in spans):
            months = sum(_MONTHS.get(unit, 0) * count for unit, count in spans)
            return Past(
                days=sum(_DAYS.get(unit, 0) * count for unit, count in spans), months=months
            )
        return Past(seconds=sum(_SECONDS[unit] * count for unit, count in spans))
    for atom in atoms:
        word = atom.means("day")
        if word is not None and not any(
            other.number is not None and not other.is_used for other in atoms
        ):
            return Past(seconds=0) if word.value is None else Past(days=word.value)
    return None


_SECONDS = {"minute": 60, "hour": 3600}
_DAYS = {"day": 1, "week": 7}
_MONTHS = {"month": 1, "year": 12}


def _spans(atoms: Sequence[_Atom]) -> Iterator[tuple[str, int]]:
    """Yield each unit of time with its count."""
    count: int | None = None
    for atom in atoms:
        if atom.number is not None:
            count = atom.number
            continue
        dual, unit, number = (atom.means(kind) for kind in ("dual", "unit", "number"))
        if dual is not None:
            yield str(dual.value), 2
        elif unit is not None:
            yield str(unit.value), 1 if count is None else count
            count = None
        elif number is not None:
            count = int(number.value)
