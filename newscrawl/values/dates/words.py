"""The words of dates, from their tables, folded for look-up. Nothing here reads a date."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Literal

from newscrawl.resources import read_toml
from newscrawl.system.deferred import compiled_on_use
from newscrawl.system.value_classes import frozen
from newscrawl.text.folding import search_key

Calendar = Literal["gregorian", "hijri", "jalali", "hebrew"]
Kind = Literal[
    "month", "weekday", "half", "mark", "clock", "label", "credit", "reading", "issue",
    "filler",  # around a day
    "now", "day", "past", "unit", "number",  # before now
    "code", "introduction", "place",  # zones
]  # fmt: skip
LONGEST_NAME = 4
"""The most words that one entry of the tables has."""
LEAST_WEEKDAY = 5
"""A shorter name of a weekday is a given name or a small word as well."""

_SPELLINGS = {
    **dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u200e\u200f\u061c\u00ad"), ""),
    **dict.fromkeys(range(0x202A, 0x202F), ""),
    **dict.fromkeys(range(0x2066, 0x206A), ""),
    **dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u05be\u0640"), "-"),
    **dict.fromkeys(map(ord, "\u2044\u2215\\\u29f5"), "/"),
    **dict.fromkeys(map(ord, "\u2236\uff1a\ufe55"), ":"),
    **dict.fromkeys(map(ord, "،؛٬;"), ","),
    **dict.fromkeys(map(ord, "\u06d4\u3002\uff0e"), "."),
    **dict.fromkeys(map(ord, '\u2018\u2019\u02bc\u05f3\u05f4\u201c\u201d\u00b4`"'), "'"),
}
"""Dashes, slashes, quotes and stops that mean the same in a date; joiners and bidi marks go."""
_SPELLED_APART = re.compile("[" + re.escape("".join(map(chr, _SPELLINGS))) + "]")
"""Most texts have none of them."""
_TATWEEL = compiled_on_use(
    "(?<=[\u0621-\u063f\u0641-\u064a])\u0640{1,99}|\u0640{1,99}(?=[\u0621-\u063f\u0641-\u064a])"
)
_ERA = compiled_on_use(r"(令和|平成|昭和|民國|民国)\s?([0-9０-９]{1,3}|元)年")
_LABEL_BEHIND = compiled_on_use(
    r"([0-9]{4}年[0-9]{1,2}月[0-9]{1,2}日(?:\s?[0-9]{1,2}[:時][0-9]{2}分?)?)\s?(公開|更新|掲載|配信|投稿)"
)
"""A date with its label behind it, as Japanese has it."""
_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "民國": 1911, "民国": 1911}
"""The year before the first of each era of Japan, and of the calendar of Taiwan."""
_HYPHEN = re.compile(r"(?<=[^\W\d_])-(?=[^\W\d_])")
_APART = re.compile(r"[^\W\d_]+")
_ABBREVIATED = re.compile(r"[.']")


@frozen
class Word:
    """A meaning of an entry of the tables."""

    kind: Kind
    value: Any = None
    calendar: Calendar = "gregorian"
    language: str = ""
    """For a month, the language of its name."""


def fold_date(text: str) -> str:
    """Return *text* as the tables are keyed: folded, with ASCII digits and one kind of dash.

    A hyphen between letters is a space, a tatweel is gone; one that stands apart is a dash.
    """
    if "年" in text:
        text = _LABEL_BEHIND.sub(r"\2 \1", _ERA.sub(_year_of_era, text))
    if "\u0640" in text:
        text = _TATWEEL.sub("", text)
    if _SPELLED_APART.search(text):
        text = text.translate(_SPELLINGS)
    text = search_key(text)
    return _HYPHEN.sub(" ", text) if "-" in text else text


def _year_of_era(match: re.Match[str]) -> str:
    """Return the year of an era as that of the Gregorian calendar: 令和8年 is 2026年."""
    count = 1 if match[2] == "元" else int(match[2])
    return f"{_ERAS[match[1]] + count}年"


def _key(name: str) -> str:
    """Return the key of a table's entry: folded words without dots and quotes within."""
    if name.isascii() and name.isalpha():  # a word without any of these
        return name.lower()
    return " ".join(_APART.findall(_ABBREVIATED.sub("", fold_date(name))))


@cache
def words() -> dict[str, tuple[Word, ...]]:
    """Return every meaning of each folded entry; an entry may be in several tables."""
    table: dict[str, tuple[Word, ...]] = {}
    for source in (_months, _around, _before_now, _zones):
        for names, word in source():
            for name in names:
                key = _key(name)
                known = table.get(key, ())
                if word not in known:
                    table[key] = (*known, word)
    return table


@cache
def first_words() -> dict[str, int]:
    """Return, for the first word of each entry of several, the most words one has."""
    longest: dict[str, int] = {}
    for key in words():
        first, _, rest = key.partition(" ")
        if rest:
            longest[first] = max(longest.get(first, 1), key.count(" ") + 1)
    return longest


def may_say_updated(text: str) -> bool:
    """Return whether *text* holds the first word of a label of changes, or letters like it."""
    letters = _ABBREVIATED.sub("", fold_date(text))
    return any(map(letters.__contains__, _words_of_change()))


@cache
def _words_of_change() -> frozenset[str]:
    """Return the first word of each label of a change."""
    label = Word("label", "updated")
    return frozenset(key.split()[0] for key, found in words().items() if label in found)


@cache
def month_languages() -> frozenset[str]:
    """Return the languages (ISO 639) whose months the tables name."""
    return frozenset(
        language.partition("-")[0]
        for names in read_toml("dates/months").values()
        for language in names
    )


def is_month(word: str) -> bool:
    """Return whether *word* is the name of a month."""
    return _means(word, "month")


def is_weekday(word: str) -> bool:
    """Return whether *word* is the full name of a weekday, and no short one: `Do`, `Sam`."""
    return len(word) >= LEAST_WEEKDAY and _means(word, "weekday")


def _means(word: str, kind: Kind) -> bool:
    return any(meaning.kind == kind for meaning in words().get(_key(word), ()))


def _months() -> Iterator[tuple[list[str], Word]]:
    calendars: Mapping[Any, Mapping[str, list[list[str]]]] = read_toml("dates/months")
    for calendar, languages in calendars.items():
        for language, months in languages.items():
            for number, names in enumerate(months, 1):
                yield names, Word("month", number, calendar, language)
                if language == "he":  # בינואר, in January
                    yield [f"ב{name}" for name in names], Word("month", number, calendar, "he")


def _around() -> Iterator[tuple[list[str], Word]]:
    tables = read_toml("dates/date_words")
    for number, names in enumerate(tables["weekdays"]):
        yield names, Word("weekday", number)
    for table, kind in (("halves", "half"), ("marks", "mark"), ("clock", "clock")):
        for value, names in tables[table].items():
            yield names, Word(kind, value)  # type: ignore[arg-type]
    labels = tables["labels"]
    for value in ("published", "updated"):
        yield labels[value], Word("label", value)
    yield labels["credit"], Word("credit")
    yield labels["reading"], Word("reading")
    yield labels["issue"], Word("issue")
    yield labels["filler"], Word("filler")


def _before_now() -> Iterator[tuple[list[str], Word]]:
    relative = read_toml("dates/date_words")["relative"]
    yield relative["now"], Word("now")
    for days, name in enumerate(("today", "yesterday", "before_yesterday")):
        yield relative[name], Word("day", days)
    yield relative["past"], Word("past")
    for table, count in (("units", 1), ("plurals", None), ("duals", 2)):
        for unit, names in relative[table].items():
            yield names, Word("unit", (unit, count))
    for fraction, below in relative["numbers"].items():
        if isinstance(below, dict):  # a TOML key such as 0.5 is a table in a table
            for digits, names in below.items():
                yield names, Word("number", float(f"{fraction}.{digits}"))
        else:
            yield below, Word("number", int(fraction))


def _zones() -> Iterator[tuple[list[str], Word]]:
    tables = read_toml("dates/zones")
    for zone, names in tables["codes"].items():
        yield names, Word("code", zone)
    for zone, names in tables["places"].items():
        yield names, Word("place", zone)
    for side, names in tables["introductions"].items():
        yield names, Word("introduction", side)
