"""The words of dates, from their tables, folded for look-up. Nothing here reads a date."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from itertools import chain
from typing import Any, Literal

import attrs

from newscrawl.folding import search_key

Calendar = Literal["gregorian", "hijri", "jalali", "hebrew"]
Kind = Literal[
    "month", "weekday", "half", "mark", "unit", "dual", "number", "zone", "day", "way"
]
LONGEST_NAME = 3
"""The most words that one entry of the tables has."""

_JOINERS = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u200e\u200f\u061c"), "")
_APART = re.compile(r"[^\W\d_]+")


@attrs.frozen
class Word:
    """What an entry of the tables means."""

    kind: Kind
    value: Any
    calendar: Calendar = "gregorian"


def fold_date(text: str) -> str:
    """Return *text* as the tables are keyed: folded, with ASCII digits and no joiners."""
    return search_key(text.translate(_JOINERS))


def _key(name: str) -> str:
    return " ".join(_APART.findall(fold_date(name)))


@cache
def words() -> dict[str, tuple[Word, ...]]:
    """Return every meaning of each folded entry; an entry may be in several tables."""
    table: dict[str, tuple[Word, ...]] = {}
    for name, word in chain(_months(), _around()):
        key = _key(name)
        if word not in table.get(key, ()):
            table[key] = (*table.get(key, ()), word)
    return table


@cache
def fillers() -> frozenset[str]:
    """Return the folded words that say nothing of a date they stand beside."""
    return frozenset(
        chain.from_iterable(_key(name).split() for name in _read("date_words")["fillers"])
    )


def _months() -> Any:
    for calendar, traditions in _read("months").items():
        for months in traditions.values():
            for number, names in enumerate(months, 1):
                yield from ((name, Word("month", number, calendar)) for name in names)


def _around() -> Any:
    tables = _read("date_words")
    relative = tables["relative"]
    for number, names in enumerate(tables["weekdays"]):
        yield from ((name, Word("weekday", number)) for name in names)
    for half in ("am", "pm"):
        yield from ((name, Word("half", half)) for name in tables[half])
    for calendar in ("hijri", "gregorian", "jalali"):
        yield from ((n, Word("mark", calendar)) for n in tables[f"{calendar}_marks"])
    for kind, group in (("unit", "units"), ("dual", "duals"), ("zone", None)):
        entries = tables["zones"] if group is None else relative[group]
        for value, names in entries.items():
            yield from ((name, Word(kind, value)) for name in names)  # type: ignore[arg-type]
    for value, names in relative["numbers"].items():
        yield from ((name, Word("number", int(value))) for name in names)
    for past, group in ((None, "now"), (0, "today"), (1, "yesterday"), (2, "before_yesterday")):
        yield from ((name, Word("day", past)) for name in relative[group])
    for way in ("before", "after"):
        yield from ((name, Word("way", way)) for name in relative[way])


@cache
def _read(name: str) -> dict[str, Any]:
    text = files("newscrawl.resources").joinpath(f"{name}.toml").read_text("utf-8")
    return tomllib.loads(text)
