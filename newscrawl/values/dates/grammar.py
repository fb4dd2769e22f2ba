"""The parts of a printed date, in any order: day, distance from now, time of day.

Clock, calendars and relative dates use the tokens in turn and mark those they use; a number
left over refuses the whole text. The zone of the site is not used here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

import attrs

from newscrawl.system.value_classes import frozen
from newscrawl.values.dates.clock import Clock, take_clock
from newscrawl.values.dates.days import take_day
from newscrawl.values.dates.relative import Past, take_past
from newscrawl.values.dates.tokens import (
    NoDateError,
    SeveralDatesError,
    Token,
    is_number,
    is_sign,
    take,
    tokens_of,
)

_BARS = "|•·⋅∙・"
MOST_BEHIND = 4
"""Most tokens behind a date in one stretch that may be of something else."""
LEAST_NUMBERS = 2
"""A whole day has a day and a year."""
MOST_STRANGE_WORDS = 4
"""A text with more words that no table knows is prose that mentions a date, not a date."""

__all__ = ["NoDateError", "Parts", "Past", "parts_from"]


@frozen(kw_only=True)
class Parts:
    """The parts of a date: a day or a distance from now, and perhaps a time of day."""

    day: dt.date | None = None
    past: Past | None = None
    clock: Clock | None = None


def parts_from(
    text: str, *, month_first: bool | None = None, languages: Sequence[str] = ()
) -> Parts:
    """Return the parts of *text*, of at most some hundred characters.

    Raises NoDateError if it states no date.

    *month_first* orders 03/04/2026: True is March, False the third, None refuses to choose.
    *languages* (BCP 47) tell months apart that share a name, and the calendar of a bare 14xx.
    """
    printed = tokens_of(text)
    if len(_without_issues(printed)) < len(printed):
        raise NoDateError("the number of an issue stands in the text")
    tokens = _without_strangers(printed)
    try:
        return _parts(tokens, languages, month_first)
    except SeveralDatesError:
        for piece in _labelled(tokens):
            try:
                return _parts(piece, languages, month_first)
            except NoDateError:
                continue
        raise


def _day_in(
    piece: Sequence[Token], languages: Sequence[str], month_first: bool | None
) -> tuple[Sequence[Token], Parts] | None:
    """Return the tokens and parts of the day in *piece*, with a few tokens behind it."""
    for count in range(MOST_BEHIND + 1):  # `3 May 2013 12 comments`
        pieces = piece[: len(piece) - count]
        if any(len(token.text) == 4 for token in piece[len(pieces) :] if token.is_digits):
            return None
        try:
            parts = _parts(pieces, languages, month_first)
        except NoDateError:
            continue
        if parts.day is not None:
            return pieces, parts
    return None


def dates_within(
    text: str, *, month_first: bool | None = None, languages: Sequence[str] = ()
) -> Iterator[tuple[str, Parts]]:
    """Yield each whole day among the words of *text*, with the label before it or none.

    The label is `published`, `updated` or the empty string.
    """
    label = ""
    stretches = list(_known_stretches(_without_issues(tokens_of(text))))
    for at, stretch in enumerate(stretches):
        piece = stretch.tokens
        if sum(token.number is not None for token in piece) < LEAST_NUMBERS:
            label = _label_in(piece) or label
            continue
        found = _day_in(piece, languages, month_first)
        if found is not None:
            pieces, parts = found
            parts = _with_time_behind(parts, stretches[at + 1 : at + 2])
            yield _label_in(pieces) or label, parts
        label = _label_in(piece) or label


def _with_time_behind(parts: Parts, following: Sequence[_Stretch]) -> Parts:
    """Return *parts* with the time of day that alone stands behind a bar: `3 May | 14:05`."""
    if parts.clock is not None or not any(stretch.is_alone for stretch in following):
        return parts
    tokens = [token.copy() for token in following[0].tokens]
    try:
        clock = take_clock(tokens, is_relative=False)
        _refuse_free_numbers(tokens, has_day=True)
    except NoDateError:
        return parts
    return attrs.evolve(parts, clock=clock)


def _without_issues(tokens: Sequence[Token]) -> list[Token]:
    """Return *tokens* without the numbers of issues and volumes: `Issue 12`, `العدد: 7812`."""
    kept: list[Token] = []
    at = 0
    while at < len(tokens):
        behind = at + 1
        if tokens[at].means("issue"):
            while is_sign(tokens, behind, ":.()#/"):
                behind += 1
            if is_number(tokens, behind, *range(1, 8)):
                at = behind + 1
                continue
        kept.append(tokens[at])
        at += 1
    return kept


def is_amid_prose(text: str) -> bool:
    """Return whether words that no table knows stand on both sides of the numbers of *text*.

    `The feast begins on 12 May 2026 in the harbour` is a sentence, of however few words; signs
    between the words and the numbers make it a line of several parts.
    """
    tokens = tokens_of(text)
    numbers = [at for at, token in enumerate(tokens) if token.number is not None]
    if not numbers or any(not token.text[0].isalnum() for token in tokens[:-1]):
        return False
    before = sum(token.is_strange for token in tokens[: numbers[0]])
    behind = sum(token.is_strange for token in tokens[numbers[-1] :])
    return before > 1 and behind > 0


@frozen
class _Stretch:
    """Tokens between words that no table knows, bars and labels."""

    tokens: Sequence[Token]
    is_alone: bool
    """True if a bar stands before it, and no word that no table knows behind it."""


def _known_stretches(tokens: Sequence[Token]) -> Iterator[_Stretch]:
    """Yield the stretches of *tokens* that words no table knows, bars and labels part."""
    stretch: list[Token] = []
    is_behind_bar = False
    for token in tokens:
        is_wall = token.is_strange or token.text in _BARS
        if stretch and (is_wall or token.means("label")):
            yield _Stretch(stretch, is_behind_bar and not token.is_strange)
            stretch = []
        if is_wall:
            is_behind_bar = not token.is_strange
        else:
            stretch.append(token)
    if stretch:
        yield _Stretch(stretch, is_behind_bar)


def _label_in(tokens: Sequence[Token]) -> str:
    """Return the label that *tokens* begin with."""
    label = tokens[0].means("label") if tokens else None
    return str(label.value) if label is not None else ""


def _parts(
    tokens: Sequence[Token], languages: Sequence[str], month_first: bool | None
) -> Parts:
    """Read *tokens*, of which every number must be part of the date."""
    tokens = [token.copy() for token in tokens]
    _skip_reading_time(tokens)
    is_relative = any(token.means("past") for token in tokens)
    clock = take_clock(tokens, is_relative=is_relative)
    day = take_day(tokens, languages, month_first=month_first)
    if day is not None and is_relative and any(token.means("label") for token in tokens):
        raise SeveralDatesError("a day and a distance from now")
    past = take_past(tokens) if day is None or is_relative else None
    _refuse_free_numbers(tokens, has_day=day is not None)
    if day is not None:
        return Parts(day=day, clock=clock)
    return Parts(past=_with_clock(past, clock), clock=clock)


def _with_clock(past: Past | None, clock: Clock | None) -> Past:
    """Return *past*, or raise NoDateError if there is none or it has a time of its own."""
    if past is None:
        raise NoDateError("no day, month and year together")
    if past.seconds is not None and clock is not None:
        raise NoDateError("a distance from now and a time of day")
    return past


def _refuse_free_numbers(tokens: Sequence[Token], *, has_day: bool) -> None:
    for token in tokens:
        if token.is_free_number and (token.is_digits or not token.meanings):
            if has_day:
                raise SeveralDatesError(f"the number {token.text} has no part in the date")
            raise NoDateError(f"the number {token.text} alone is no date")


def _skip_reading_time(tokens: Sequence[Token]) -> None:
    """Mark `5 min read` as used, which stands beside the date."""
    for at, token in enumerate(tokens):
        if token.means("reading") and is_number(tokens, at - 1, 1, 2):
            take(tokens, at - 1, at + 1)


def _labelled(tokens: Sequence[Token]) -> Iterator[Sequence[Token]]:
    """Yield the pieces that labels part: published, without a label, then updated."""
    pieces: list[tuple[str, list[Token]]] = [("", [])]
    for token in tokens:
        label = token.means("label")
        if label is not None:
            pieces.append((str(label.value), []))
        pieces[-1][1].append(token)
    if len(pieces) == 1:
        return
    for wanted in ("published", "", "updated"):
        yield from (piece for label, piece in pieces if label == wanted and piece)


# --- strangers -------------------------------------------------------------------------------


def _without_strangers(tokens: Sequence[Token]) -> Sequence[Token]:
    """Return the tokens of the date without a name or a place set apart before or behind it.

    Raises NoDateError if it is prose: too many strange words, or some that no sign sets apart.
    """
    strange = [token for token in tokens if token.is_strange]
    if len(strange) > MOST_STRANGE_WORDS:
        raise NoDateError(f"prose: {strange[0].text} is no part of a date")
    found = _dated_pieces(tokens) if strange else tokens
    if strange and (not found or any(token.is_strange for token in found)):
        raise NoDateError(f"{strange[0].text} is no part of a date")
    return found


def _dated_pieces(tokens: Sequence[Token]) -> Sequence[Token]:
    """Return the tokens from the first piece with a number to the last."""
    pieces = list(_set_apart(tokens))
    dated = [at for at, piece in enumerate(pieces) if _has_number(piece)]
    kept = pieces[dated[0] : dated[-1] + 1] if dated else []
    return [token for piece in kept for token in piece]


def _has_number(piece: Sequence[Token]) -> bool:
    return any(token.number is not None for token in piece)


def _set_apart(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """Yield the pieces that a bar, a comma, a dash with white space or a `by` part."""
    piece: list[Token] = []
    for at, token in enumerate(tokens):
        ends_credit = piece and piece[0].means("credit") and token.means("label")
        if token.means("credit") or ends_credit or (piece and _is_edge(tokens, at)):
            yield piece
            piece = []
        piece.append(token)
    yield piece


def _is_edge(tokens: Sequence[Token], at: int) -> bool:
    text = tokens[at].text
    if text in "|•·,()":
        return True
    is_open = at + 1 == len(tokens) or tokens[at + 1].gap
    return (text in "-/" and tokens[at].gap and is_open) or (text == ":" and is_open)
