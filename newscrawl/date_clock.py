"""The time of day and the zone in a printed date's tokens. Nothing here knows a calendar."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import attrs

from newscrawl.date_tokens import Token
from newscrawl.date_words import Kind


class NoDateError(Exception):
    """The text states no date that can be trusted; the message says why."""


@attrs.frozen
class Clock:
    """A time of day as printed."""

    time: dt.time
    zones: tuple[str, ...] = ()
    """The zone stated beside it; several where a code is shared, none where none is stated."""


@attrs.frozen
class _Time:
    """The numbers of a time, and the tokens that it takes."""

    start: int
    stop: int
    numbers: tuple[int, ...]


@attrs.frozen
class _Zone:
    """The names of a zone, and the tokens that it takes."""

    start: int
    stop: int
    names: tuple[str, ...]


def take_clock(tokens: Sequence[Token], *, is_relative: bool) -> Clock | None:
    """Return the time of day and mark its tokens as used; None where none is printed.

    Where the text *is_relative*, `3 h` is a span of time and no hour. Raise NoDateError for an
    impossible time, or for two times of which none is told from the other by its zone.
    """
    spans = _colon_times(tokens)
    if not spans:
        spans = _dotted_times(tokens) or _marked_hours(tokens, is_relative=is_relative)
    times = [_on_24_hours(tokens, span) for span in spans]
    zones = _offsets(tokens, times) + _named_zones(tokens, times)
    clocks = [_clock(tokens, time, zones) for time in times]
    if len(clocks) == 1 and len(zones) == 1:  # a zone apart from the only time: 10:22 2016 GMT
        return attrs.evolve(clocks[0], zones=zones[0].names)
    told = [clock for clock in clocks if clock.zones] or clocks
    if len({clock.time for clock in told}) > 1 and not told[0].zones:
        raise NoDateError("two times of day")
    return told[0] if told else None


def _take(tokens: Sequence[Token], start: int, stop: int) -> None:
    for token in tokens[start:stop]:
        token.is_used = True


def _is_number(tokens: Sequence[Token], at: int, *widths: int) -> bool:
    """Return whether a free number of one of these widths stands at *at*."""
    if not 0 <= at < len(tokens):
        return False
    token = tokens[at]
    return token.is_free_number and token.is_digits and len(token.text) in widths


def _is_sign(tokens: Sequence[Token], at: int, signs: str) -> bool:
    return 0 <= at < len(tokens) and tokens[at].text in signs and len(tokens[at].text) == 1


def _means(tokens: Sequence[Token], at: int, kind: Kind, value: object = None) -> bool:
    """Return whether the token at *at* has a meaning of that kind (and value)."""
    if not 0 <= at < len(tokens) or tokens[at].is_used:
        return False
    word = tokens[at].means(kind)
    return word is not None and (value is None or word.value == value)


# --- times -----------------------------------------------------------------------------------


def _colon_times(tokens: Sequence[Token]) -> list[_Time]:
    """Take each `14:05` and `14:05:30`, and the fraction of a second that nobody reads."""
    found: list[_Time] = []
    for at in range(len(tokens)):
        if not (_is_number(tokens, at, 1, 2) and _is_pair(tokens, at)):
            continue
        stop = at + 3
        if _is_sign(tokens, stop, ":") and _is_number(tokens, stop + 1, 2):
            stop += 2
            if _is_sign(tokens, stop, ".,") and _is_number(tokens, stop + 1, *range(3, 10)):
                stop += 2
        if _is_sign(tokens, stop, ":") and _is_number(tokens, stop + 1, *range(1, 21)):
            raise NoDateError("more numbers than a time of day has")
        values = tuple(int(token.text) for token in tokens[at : min(stop, at + 5) : 2])
        if found and found[-1].stop == at - 1 and _is_offset_sign(tokens, at - 1, found[-1]):
            continue
        _take(tokens, at, stop)
        found.append(_Time(at, stop, values))
    return found


def _is_offset_sign(tokens: Sequence[Token], at: int, time: _Time) -> bool:
    """Return whether the sign begins an offset: `08:00-10:00` is a span of time instead."""
    return _is_sign(tokens, at, "+") or (len(time.numbers) == 3 and _is_sign(tokens, at, "-"))


def _is_pair(tokens: Sequence[Token], at: int) -> bool:
    return _is_sign(tokens, at + 1, ":") and _is_number(tokens, at + 2, 2)


def _marked_hours(tokens: Sequence[Token], *, is_relative: bool) -> list[_Time]:
    """Take `14h05`, `14 Uhr`, `14 س 05 د`, `الساعة 9 مساء` and `9 pm`."""
    for at in range(len(tokens)):
        if not _is_number(tokens, at, 1, 2):
            continue
        if _means(tokens, at + 1, "clock", "hour") and not is_relative:
            return [_hours_and_minutes(tokens, at)]
        halved = _half_at(tokens, at + 1) is not None and int(tokens[at].text) <= 12
        if halved and (at == 0 or not _is_sign(tokens, at - 1, "./:")):
            _take(tokens, at, at + 1)
            return [_Time(at, at + 1, (int(tokens[at].text), 0))]
    return []


def _hours_and_minutes(tokens: Sequence[Token], at: int) -> _Time:
    stop, minute = at + 2, 0
    if _is_number(tokens, stop, 2) and not _means(tokens, stop + 1, "month"):
        minute = int(tokens[stop].text)
        stop += 1
        if _means(tokens, stop, "clock", "minute"):
            stop += 1
    _take(tokens, at, stop)
    return _Time(at, stop, (int(tokens[at].text), minute))


def _dotted_times(tokens: Sequence[Token]) -> list[_Time]:
    """Take `14.05` where a word of the clock or a half of the day stands beside it."""
    for at in range(len(tokens)):
        if not (_is_number(tokens, at, 1, 2) and _is_sign(tokens, at + 1, ".")):
            continue
        if not _is_number(tokens, at + 2, 2) or _is_sign(tokens, at + 3, "./"):
            continue
        beside = _means(tokens, at - 1, "clock", "hour") or _means(
            tokens, at + 3, "clock", "hour"
        )
        if beside or _half_at(tokens, at + 3) is not None:
            _take(tokens, at, at + 3)
            return [_Time(at, at + 3, (int(tokens[at].text), int(tokens[at + 2].text)))]
    return []


def _on_24_hours(tokens: Sequence[Token], span: _Time) -> _Time:
    """Return the time of *span* with its half of the day counted in."""
    hour, minute, second = (*span.numbers, 0)[:3]
    half, stop = _take_half(tokens, span)
    hour = _hour(hour, half)
    if hour > 23 or minute > 59 or second > 59:
        raise NoDateError(f"there is no time {hour}:{minute:02}")
    return _Time(span.start, stop, (hour, minute, second))


def _clock(tokens: Sequence[Token], time: _Time, zones: Sequence[_Zone]) -> Clock:
    """Return the time and the zone beside it."""
    beside = [zone for zone in zones if _is_beside(tokens, time.start, time.stop, zone)]
    hour, minute, second = time.numbers
    return Clock(dt.time(hour, minute, second), beside[0].names if beside else ())


def _is_beside(tokens: Sequence[Token], start: int, stop: int, zone: _Zone) -> bool:
    """Return whether nothing but signs stands between the time and the zone behind it."""
    between = tokens[stop : zone.start] if zone.start >= stop else tokens[zone.stop : start]
    return len(between) <= 1 and not any(token.text[0].isalnum() for token in between)


def _half_at(tokens: Sequence[Token], at: int) -> str | None:
    word = (
        tokens[at].means("half") if 0 <= at < len(tokens) and not tokens[at].is_used else None
    )
    return None if word is None else str(word.value)


def _take_half(tokens: Sequence[Token], span: _Time) -> tuple[str | None, int]:
    """Return the half of the day and where the time ends; behind the time it counts first.

    A single `م` behind a year is the mark of its calendar. `2016 م 08:30` may be either.
    """
    behind = span.stop
    while _is_sign(tokens, behind, ".,()"):
        behind += 1
    if (half := _half_at(tokens, behind)) is not None:
        _take(tokens, behind, behind + 1)
        return half, behind + 1
    ahead = span.start - 1
    while _is_sign(tokens, ahead, ".,:") or _means(tokens, ahead, "filler"):
        ahead -= 1
    if (half := _half_at(tokens, ahead)) is None:
        return None, span.stop
    if _is_number(tokens, ahead - 1, 4) and tokens[ahead].means("mark"):
        if tokens[ahead].gap and span.numbers[0] <= 12:
            raise NoDateError("a mark that may be of the year or of the time")
        return None, span.stop
    _take(tokens, ahead, ahead + 1)
    return half, span.stop


def _hour(hour: int, half: str | None) -> int:
    """Return *hour* on the clock of 24 hours."""
    if half is None or hour > 12:
        if half == "am" and hour > 12:
            raise NoDateError(f"{hour} o'clock is not before noon")
        return hour
    if half == "night" and hour in (0, 12):
        raise NoDateError("twelve at night may be of this day or the next")
    if half == "am":
        return hour % 12
    if half == "noon":
        return hour if hour >= 10 else hour + 12
    if half == "night":
        return hour + 12 if hour >= 6 else hour
    return hour % 12 + 12


# --- zones -----------------------------------------------------------------------------------


def _offsets(tokens: Sequence[Token], times: Sequence[_Time]) -> list[_Zone]:
    """Take each offset behind a time or a GMT: `+03:00`, `-0500`, `GMT+3`."""
    found = []
    ends = {span.stop for span in times}
    for at, token in enumerate(tokens):
        behind_code = _means(tokens, at, "code", "UTC")
        if not behind_code and at not in ends:
            continue
        offset = _offset(tokens, at + behind_code, is_after_code=behind_code)
        if offset is None:
            continue
        start = at if behind_code else offset.start
        token.is_used = token.is_used or behind_code
        found.append(_Zone(start, offset.stop, offset.names))
    return found


def _offset(tokens: Sequence[Token], at: int, *, is_after_code: bool) -> _Zone | None:
    """Take the offset at *at*; a dash with white space behind it is only a dash."""
    if not _is_sign(tokens, at, "+-") or not _is_number(tokens, at + 1, 1, 2, 4):
        return None
    is_minus = tokens[at].text == "-"
    if tokens[at + 1].gap or (is_minus and is_after_code and tokens[at].gap):
        return None
    digits, stop = tokens[at + 1].text, at + 2
    if len(digits) == 2 and _is_pair(tokens, at + 1):
        digits += tokens[at + 3].text
        stop = at + 4
    if len(digits) < 4:
        if not is_after_code and (is_minus or len(digits) == 1):
            return None
        digits = digits.zfill(2) + "00"
    minutes = int(digits[:2]) * 60 + int(digits[2:])
    if minutes % 15 or minutes > (12 if is_minus else 14) * 60 or int(digits[2:]) > 59:
        return None
    _take(tokens, at, stop)
    sign = "-" if is_minus and minutes else "+"
    return _Zone(at, stop, (f"{sign}{digits[:2]}:{digits[2:]}",))


def _named_zones(tokens: Sequence[Token], times: Sequence[_Time]) -> list[_Zone]:
    """Take each zone named by a code (GMT), or by a place behind `بتوقيت` or before `time`."""
    found = []
    ends = {span.stop for span in times}
    for at, token in enumerate(tokens):
        before = _means(tokens, at - 1, "introduction", "before")
        names = tuple(word.value for word in token.meanings if word.kind == "code")
        behind = False
        if not names or token.is_used or not (before or _stands_alone(tokens, at, ends)):
            behind = _means(tokens, at + 1, "introduction", "behind")
            names = tuple(word.value for word in token.meanings if word.kind == "place")
            if not (before or behind):
                continue
        if names:
            _take(tokens, at - before, at + 1 + behind)
            found.append(_Zone(at - before, at + 1 + behind, names))
    return found


def _stands_alone(tokens: Sequence[Token], at: int, ends: set[int]) -> bool:
    """Return whether a code needs no introduction: GMT does not, `ET` stands behind a time."""
    text = tokens[at].text
    if text in ("gmt", "utc") or not text.isascii():
        return True
    is_behind = at in ends or (at - 1 in ends and _is_sign(tokens, at - 1, "("))
    return is_behind and (len(text) > 1 or not tokens[at].gap)
