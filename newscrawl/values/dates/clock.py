"""The time of day in a printed date's tokens. Nothing here knows a calendar."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import attrs

from newscrawl.system.value_classes import frozen
from newscrawl.values.dates.tokens import (
    NoDateError,
    SeveralDatesError,
    Token,
    is_number,
    is_pair,
    is_sign,
    means,
    take,
)
from newscrawl.values.dates.zones import PrintedTime, PrintedZone, take_zones


@frozen
class Clock:
    """A time of day as printed."""

    time: dt.time
    zones: tuple[str, ...] = ()
    """The zone stated beside it; several where a code is shared, none where none is stated."""


def take_clock(tokens: Sequence[Token], *, is_relative: bool) -> Clock | None:
    """Return the time of day and mark its tokens as used; None where none is printed.

    Where the text *is_relative*, `3 h` is a span of time and no hour. Raises NoDateError if
    the time is impossible, or if there are two times that no zone distinguishes.
    """
    spans = (
        _colon_times(tokens)
        or _dotted_times(tokens)
        or _marked_hours(tokens, is_relative=is_relative)
        or _wire_times(tokens)
    )
    times = [_on_24_hours(tokens, span) for span in spans]
    zones = take_zones(tokens, times)
    return _one_of([_clock(tokens, time, zones) for time in times], zones)


def _one_of(clocks: Sequence[Clock], zones: Sequence[PrintedZone]) -> Clock | None:
    """Return the only time, or the first of those with a zone; None without any."""
    if len(clocks) == 1 and len(zones) == 1:  # a zone apart from the only time: 10:22 2016 GMT
        return attrs.evolve(clocks[0], zones=zones[0].names)
    printed = [clock for clock in clocks if clock.zones] or clocks
    if len({clock.time for clock in printed}) > 1 and not printed[0].zones:
        raise SeveralDatesError("two times of day")
    return printed[0] if printed else None


def _colon_times(tokens: Sequence[Token]) -> list[PrintedTime]:
    """Take each `14:05` and `14:05:30`, and the fraction of a second that nobody reads."""
    found: list[PrintedTime] = []
    for at in range(len(tokens)):
        if not (is_number(tokens, at, 1, 2) and is_pair(tokens, at)):
            continue
        stop = _end_of_colon_time(tokens, at)
        values = tuple(int(token.text) for token in tokens[at : min(stop, at + 5) : 2])
        if found and found[-1].stop == at - 1 and _is_offset_sign(tokens, at - 1, found[-1]):
            continue
        take(tokens, at, stop)
        found.append(PrintedTime(at, stop, values))
    return found


def _end_of_colon_time(tokens: Sequence[Token], at: int) -> int:
    """Return where the time at *at* ends, its seconds and their fraction included."""
    stop = at + 3
    if is_sign(tokens, stop, ":") and is_number(tokens, stop + 1, 2):
        stop += 2
        if is_sign(tokens, stop, ".,") and is_number(tokens, stop + 1, *range(3, 10)):
            stop += 2
    if is_sign(tokens, stop, ":") and is_number(tokens, stop + 1, *range(1, 21)):
        raise NoDateError("more numbers than a time of day has")
    return stop


def _is_offset_sign(tokens: Sequence[Token], at: int, time: PrintedTime) -> bool:
    """Return whether the sign begins an offset: `08:00-10:00` is a span of time instead."""
    return is_sign(tokens, at, "+") or (len(time.numbers) == 3 and is_sign(tokens, at, "-"))


def _marked_hours(tokens: Sequence[Token], *, is_relative: bool) -> list[PrintedTime]:
    """Take `14h05`, `14 Uhr`, `14 س 05 د`, `الساعة 9 مساء` and `9 pm`."""
    for at in range(len(tokens)):
        if not is_number(tokens, at, 1, 2):
            continue
        if means(tokens, at + 1, "clock", "hour") and not is_relative:
            return [_hours_and_minutes(tokens, at)]
        halved = _half_at(tokens, at + 1) is not None and int(tokens[at].text) <= 12
        if halved and (at == 0 or not is_sign(tokens, at - 1, "./:")):
            take(tokens, at, at + 1)
            return [PrintedTime(at, at + 1, (int(tokens[at].text), 0))]
    return []


def _hours_and_minutes(tokens: Sequence[Token], at: int) -> PrintedTime:
    stop, minute = at + 2, 0
    if is_number(tokens, stop, 2) and not means(tokens, stop + 1, "month"):
        minute = int(tokens[stop].text)
        stop += 1
        if means(tokens, stop, "clock", "minute"):
            stop += 1
    take(tokens, at, stop)
    return PrintedTime(at, stop, (int(tokens[at].text), minute))


def _dotted_times(tokens: Sequence[Token]) -> list[PrintedTime]:
    """Take `14.05` where a word of the clock or a half of the day stands beside it."""
    for at in range(len(tokens)):
        if not (is_number(tokens, at, 1, 2) and is_sign(tokens, at + 1, ".")):
            continue
        if not is_number(tokens, at + 2, 2) or is_sign(tokens, at + 3, "./"):
            continue
        if _is_dotted_time(tokens, at):
            take(tokens, at, at + 3)
            return [PrintedTime(at, at + 3, (int(tokens[at].text), int(tokens[at + 2].text)))]
    return []


def _is_dotted_time(tokens: Sequence[Token], at: int) -> bool:
    """Return whether the words or numbers beside `14.05` at *at* make it a time.

    A word of the clock, a half of the day, a zone, or the year of a day whose month is named.
    """
    beside = (means(tokens, side, "clock", "hour") for side in (at - 1, at + 3))
    if any(beside) or _half_at(tokens, at + 3) is not None:
        return True
    is_span = is_sign(tokens, at + 3, "-") and is_number(tokens, at + 4, 1, 2)
    if is_span or int(tokens[at].text) > 23 or int(tokens[at + 2].text) > 59:
        return False
    return means(tokens, at + 3, "code") or _is_behind_day(tokens, at)


def _is_behind_day(tokens: Sequence[Token], at: int) -> bool:
    """Return whether a day whose month is named ends just before *at*, with its year."""
    last = at - 1
    while is_sign(tokens, last, ",-|"):
        last -= 1
    return is_number(tokens, last, 4) and means(tokens, last - 1, "month")


def _wire_times(tokens: Sequence[Token]) -> list[PrintedTime]:
    """Take `1909 GMT`, as agencies write, where another number is the year."""
    fours = [at for at in range(len(tokens)) if is_number(tokens, at, 4)]
    found = [at for at in fours if means(tokens, at + 1, "code")]
    if len(found) == len(fours):
        return []
    for at in found:
        take(tokens, at, at + 1)
    texts = {at: tokens[at].text for at in found}
    return [PrintedTime(at, at + 1, (int(t[:2]), int(t[2:]))) for at, t in texts.items()]


def _on_24_hours(tokens: Sequence[Token], span: PrintedTime) -> PrintedTime:
    """Return the time of *span* with its half of the day counted in."""
    hour, minute, second = (*span.numbers, 0)[:3]
    half, stop = _take_half(tokens, span)
    hour = _hour(hour, half)
    if hour > 23 or minute > 59 or second > 59:
        raise NoDateError(f"there is no time {hour}:{minute:02}")
    return PrintedTime(span.start, stop, (hour, minute, second))


def _clock(tokens: Sequence[Token], time: PrintedTime, zones: Sequence[PrintedZone]) -> Clock:
    """Return the time and the zone beside it."""
    beside = [zone for zone in zones if _is_beside(tokens, time.start, time.stop, zone)]
    hour, minute, second = time.numbers
    return Clock(dt.time(hour, minute, second), beside[0].names if beside else ())


def _is_beside(tokens: Sequence[Token], start: int, stop: int, zone: PrintedZone) -> bool:
    """Return whether nothing but signs stands between the time and the zone behind it."""
    between = tokens[stop : zone.start] if zone.start >= stop else tokens[zone.stop : start]
    return len(between) <= 1 and not any(token.text[0].isalnum() for token in between)


def _half_at(tokens: Sequence[Token], at: int) -> str | None:
    word = (
        tokens[at].means("half") if 0 <= at < len(tokens) and not tokens[at].is_used else None
    )
    return None if word is None else str(word.value)


def _take_half(tokens: Sequence[Token], span: PrintedTime) -> tuple[str | None, int]:
    """Return the half of the day and where the time ends; behind the time it counts first.

    A single `م` behind a year is the mark of its calendar. `2016 م 08:30` may be either.
    """
    behind = span.stop
    while is_sign(tokens, behind, ".,()"):
        behind += 1
    if (half := _half_at(tokens, behind)) is not None:
        take(tokens, behind, behind + 1)
        is_dotted = is_sign(tokens, behind + 1, ".") and not tokens[behind + 1].gap
        return half, behind + 1 + is_dotted  # the last dot of p.m.
    ahead = span.start - 1
    while is_sign(tokens, ahead, ".,:") or means(tokens, ahead, "filler"):
        ahead -= 1
    half = _half_at(tokens, ahead)
    if half is None or _is_of_year(tokens, ahead, span):
        return None, span.stop
    take(tokens, ahead, ahead + 1)
    return half, span.stop


def _is_of_year(tokens: Sequence[Token], at: int, span: PrintedTime) -> bool:
    """Return whether the mark at *at* is the year's. Raises NoDateError if unsure."""
    if not (is_number(tokens, at - 1, 4) and tokens[at].means("mark")):
        return False
    if tokens[at].gap and span.numbers[0] <= 12:
        raise NoDateError("a mark that may be of the year or of the time")
    return True


def _hour(hour: int, half: str | None) -> int:
    """Return *hour* on the clock of 24 hours."""
    if half == "am" and hour > 12:
        raise NoDateError(f"{hour} o'clock is not before noon")
    if half is None or hour > 12:
        return hour
    return _hour_of_half(hour, half)


def _hour_of_half(hour: int, half: str) -> int:
    if half == "night" and hour in (0, 12):
        raise NoDateError("twelve at night may be of this day or the next")
    if half == "am":
        return hour % 12
    if half == "noon":
        return hour if hour >= 10 else hour + 12
    if half == "night":
        return hour + 12 if hour >= 6 else hour
    return hour % 12 + 12
