"""Choice of the day of publication: the date that most sources on the page agree upon.

Structured data are believed first. They are wrong where a system writes the day of a record
into them, of a move or of the last change; then the address or the line above the text, which
somebody reads, says another and earlier day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Literal

import attrs

from newscrawl.system.value_classes import frozen
from newscrawl.values.dates import ParsedDate

Kind = Literal["jsonld", "meta", "printed", "address"]
LEAST = 0.35
"""A day that is less sure is none."""
EARLIER = 0.35
"""Added weight of a printed date or an address's date that is earlier than the stated one."""
YEARS_EARLIER = 0.41
"""The same where it is earlier by more than a year: a system states the day of a move."""
YEAR = dt.timedelta(days=366)
FIRST_PAGES = dt.date(1991, 1, 1)
"""No page was published before the Web; an earlier printed day is part of what it is about."""
AT_ONCE = 0.8
"""The vote of a stated day that is the day of the last change as well."""
_DEFAULTS = frozenset({dt.date(2000, 1, 1), dt.date(1980, 1, 1), dt.date(1999, 11, 30)})
"""Days that systems write if they know none."""
OF_DEFAULT = 0.3
"""The vote of such a day: another source must say the same."""
OF_CHANGE = 0.3
"""Weight of a printed day of change that is later than the stated date."""
NEAR = dt.timedelta(days=1)
"""Zones and presses make a difference of this much."""


@frozen
class Vote:
    """A date found on the page."""

    rule: str
    """Rule that found the date, as in `Article.provenance`."""
    date: ParsedDate
    raw: str
    kind: Kind
    weight: float
    """Weight of this source alone, 1 at most."""

    days: frozenset[dt.date] = attrs.field(init=False, repr=False)
    """Its day where it was written, and the same moment's in UTC."""

    @days.default
    def _days(self) -> frozenset[dt.date]:
        value = self.date.value
        if not isinstance(value, dt.datetime):
            return frozenset({value})
        return frozenset({value.date(), value.astimezone(dt.UTC).date()})


def day_of(value: dt.datetime | dt.date) -> dt.date:
    """Return the day of *value*, as it is where it was written."""
    return value.date() if isinstance(value, dt.datetime) else value


def chosen_day(votes: Sequence[Vote], changed: Vote | None) -> Vote | None:
    """Return the date that most agree upon, as its best witness has it; *changed* is not."""
    stated = [vote for vote in votes if vote.kind in ("jsonld", "meta")]
    weighed = [_weighed(vote, stated, changed) for vote in votes]
    best: tuple[float, Vote] | None = None
    for vote in weighed:
        total = _support_of(vote, weighed)
        if best is None or total > best[0] + 1e-9:
            best = (total, vote)
    if best is None or best[0] < LEAST:
        return None
    return _witness(best[1], weighed)


def _support_of(vote: Vote, votes: Sequence[Vote]) -> float:
    """Return the weight of the votes for the days of *vote*, of each kind the best."""
    support: dict[Kind, float] = {}
    for other in votes:
        if vote.days & other.days:
            support[other.kind] = max(support.get(other.kind, 0), other.weight)
    return sum(support.values())


def _weighed(vote: Vote, stated: Sequence[Vote], changed: Vote | None) -> Vote:
    """Return *vote* with the weight that it has beside the others."""
    is_changed = changed is not None and bool(vote.days & changed.days)
    day = min(vote.days)
    if vote.kind in ("jsonld", "meta"):
        return _weighed_stated(vote, is_changed=is_changed)
    first = min((min(other.days) for other in stated), default=day)
    if day >= FIRST_PAGES and day + NEAR < first:
        added = YEARS_EARLIER if day + YEAR < first else EARLIER
        return attrs.evolve(vote, weight=vote.weight + added)
    if is_changed and day > first + NEAR:
        return attrs.evolve(vote, weight=vote.weight * OF_CHANGE)
    return vote


def _weighed_stated(vote: Vote, *, is_changed: bool) -> Vote:
    """Return a stated *vote* with less weight if a change or a default may be meant."""
    weight = vote.weight * (AT_ONCE if is_changed else 1)
    return attrs.evolve(vote, weight=weight * (OF_DEFAULT if _is_default(vote) else 1))


def _is_default(vote: Vote) -> bool:
    """Return whether a stated date is one that systems write for none.

    That is the first day of a century, or a time in January 1970: milliseconds read as seconds.
    """
    value = vote.date.value
    is_moment = isinstance(value, dt.datetime)
    return (is_moment and (value.year, value.month) == (1970, 1)) or day_of(value) in _DEFAULTS


def _witness(vote: Vote, votes: Sequence[Vote]) -> Vote:
    """Return the first that names the same moment with the zone of the place, else *vote*.

    A day alone gives way to a time on that day.
    """
    same = [other for other in votes if vote.days & other.days]
    if not isinstance(vote.date.value, dt.datetime):
        timed = (o for o in same if isinstance(o.date.value, dt.datetime))
        vote = next(timed, vote)
    moment = vote.date.value
    if not isinstance(moment, dt.datetime) or moment.utcoffset():
        return vote
    return next((other for other in same if _is_local(other.date.value, moment)), vote)


def _is_local(value: dt.date, moment: dt.datetime) -> bool:
    """Return whether *value* is *moment* in the zone of a place other than UTC's."""
    return isinstance(value, dt.datetime) and value == moment and bool(value.utcoffset())
