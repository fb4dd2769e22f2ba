"""The zones in a printed date's tokens: offsets, codes (GMT), and places behind `بتوقيت`."""

from __future__ import annotations

from collections.abc import Sequence

from newscrawl.system.value_classes import frozen
from newscrawl.values.dates.tokens import Token, is_number, is_pair, is_sign, means, take
from newscrawl.values.dates.words import Kind


@frozen
class PrintedTime:
    """The numbers of a time, and the tokens that it takes."""

    start: int
    stop: int
    numbers: tuple[int, ...]


@frozen
class PrintedZone:
    """The names of a zone, and the tokens that it takes."""

    start: int
    stop: int
    names: tuple[str, ...]


def take_zones(tokens: Sequence[Token], times: Sequence[PrintedTime]) -> list[PrintedZone]:
    """Return the zones printed and mark their tokens as used."""
    return _offsets(tokens, times) + _named_zones(tokens, times)


def _offsets(tokens: Sequence[Token], times: Sequence[PrintedTime]) -> list[PrintedZone]:
    """Take each offset behind a time or a GMT: `+03:00`, `-0500`, `GMT+3`."""
    found = []
    ends = {span.stop for span in times}
    for at, token in enumerate(tokens):
        behind_code = means(tokens, at, "code", "UTC")
        if not behind_code and at not in ends:
            continue
        offset = _offset(tokens, at + behind_code, is_after_code=behind_code)
        if offset is None:
            continue
        start = at if behind_code else offset.start
        token.is_used = token.is_used or behind_code
        found.append(PrintedZone(start, offset.stop, offset.names))
    return found


_LEAST_DIGITS = {"+": 2, "-": 4}
"""Digits of an offset that stands alone: `-3` and `-03` are more often something else."""


def _offset(tokens: Sequence[Token], at: int, *, is_after_code: bool) -> PrintedZone | None:
    """Take the offset at *at*; a dash with white space behind it is only a dash."""
    if not is_sign(tokens, at, "+-") or not is_number(tokens, at + 1, 1, 2, 4):
        return None
    is_minus = tokens[at].text == "-"
    if tokens[at + 1].gap or (is_minus and is_after_code and tokens[at].gap):
        return None
    digits, stop = _offset_digits(tokens, at + 1)
    if not is_after_code and len(digits) < _LEAST_DIGITS[tokens[at].text]:
        return None
    name = _printed_offset(digits, is_minus=is_minus)
    if name is None:
        return None
    take(tokens, at, stop)
    return PrintedZone(at, stop, (name,))


def _offset_digits(tokens: Sequence[Token], at: int) -> tuple[str, int]:
    """Return the digits of an offset, `3`, `03`, `0300` or `03:00`, and where they end."""
    digits = tokens[at].text
    if len(digits) == 2 and is_pair(tokens, at):
        return digits + tokens[at + 2].text, at + 3
    return digits, at + 1


def _printed_offset(digits: str, *, is_minus: bool) -> str | None:
    """Return `+03:00` for `3`, `03` or `0300`; None for an offset that no zone has."""
    digits = digits if len(digits) == 4 else digits.zfill(2) + "00"
    minutes = int(digits[:2]) * 60 + int(digits[2:])
    if minutes % 15 or minutes > (12 if is_minus else 14) * 60 or int(digits[2:]) > 59:
        return None
    sign = "-" if is_minus and minutes else "+"
    return f"{sign}{digits[:2]}:{digits[2:]}"


def _named_zones(tokens: Sequence[Token], times: Sequence[PrintedTime]) -> list[PrintedZone]:
    """Take each zone named by a code (GMT), or by a place behind `بتوقيت` or before `time`."""
    found = []
    ends = {span.stop for span in times}
    for at, token in enumerate(tokens):
        before = means(tokens, at - 1, "introduction", "before")
        names, behind = _values(token, "code"), False
        if not names or token.is_used or not (before or _stands_alone(tokens, at, ends)):
            behind = means(tokens, at + 1, "introduction", "behind")
            names = _values(token, "place") if before or behind else ()
        if names:
            take(tokens, at - before, at + 1 + behind)
            found.append(PrintedZone(at - before, at + 1 + behind, names))
    return found


def _values(token: Token, kind: Kind) -> tuple[str, ...]:
    return tuple(word.value for word in token.meanings if word.kind == kind)


def _stands_alone(tokens: Sequence[Token], at: int, ends: set[int]) -> bool:
    """Return whether a code needs no introduction: GMT does not, `ET` stands behind a time."""
    text = tokens[at].text
    if text in ("gmt", "utc") or not text.isascii():
        return True
    is_behind = at in ends or (at - 1 in ends and is_sign(tokens, at - 1, "(,"))
    return is_behind and (len(text) > 1 or not tokens[at].gap)
