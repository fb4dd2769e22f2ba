"""The gazetteer: names of countries, cities and towns, in all their spellings.

`places.tsv` in `resources/names` is derived from GeoNames and CLDR; `places_press.tsv` holds
the spellings of the press. Datelines are parsed elsewhere, with the help of this module.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from itertools import chain
from types import MappingProxyType
from typing import Literal

from newscrawl.resources import read_lines
from newscrawl.values.gazetteer.names import fold_name, is_one_off, keys, name_key, words_of

PlaceKind = Literal["country", "city", "town"]
LONGEST_NAME = 60
_NOT_NAME = re.compile(r"[^\w\t\n|]|_")
_KINDS: tuple[PlaceKind, ...] = ("town", "city", "country")
"""In the order in which one takes the place of another of its name."""
_SKELETON = str.maketrans(
    {**dict.fromkeys("غجگقك", "ج"), **dict.fromkeys("اويهء", ""), "ث": "س"}
)
_SKELETON_LENGTH = 4
_LONG_COUNTRY = 12


@lru_cache(maxsize=4096)
def place_kind(name: str) -> PlaceKind | None:
    """Return the kind of the place *name*; None if the gazetteer lacks it.

    A word of the compass or of geography before it does not matter: `شمال غزة`, `الأراضي
    اليمنية`, `مدينة حلب`.
    """
    if len(name) > LONGEST_NAME:
        return None
    key = name_key(name)
    found = _gazetteer().get(key)
    return found or _kind_behind_words(name)


def is_place(name: str) -> bool:
    """Return whether *name* is in the gazetteer."""
    return place_kind(name) is not None


def countries_named(name: str) -> frozenset[str]:
    """Return the ISO 3166 codes of the countries that have this name."""
    return _codes().get(name_key(name[:LONGEST_NAME]), frozenset())


def country_named(key: str) -> str | None:
    """Return the ISO 3166 code of the whole country with this key, not of a part (Scotland)."""
    return _whole_countries().get(key)


def is_common(name: str) -> bool:
    """Return whether *name*, of a place, is also an ordinary word (`كان`)."""
    return name_key(name) in _common()


def near_place(name: str) -> bool:
    """Return whether *name* is a known place in another transcription.

    For example `سان بطرسبيرغ`, `هونج كونج`.
    It compares consonants only, so it is for text that an agency beside it shows to be a place.
    """
    if len(name) > LONGEST_NAME or len(name.split()) > 3:
        return False
    if name.startswith("ال"):
        return False  # an Arab town is known by its letters; الرياضة is not الرياض
    bones = _skeleton(name_key(name))
    return len(bones) >= _SKELETON_LENGTH and bones in _skeletons()


def near_country(name: str) -> bool:
    """Return whether *name* is the long name of a country but for one letter.

    For example `الإمارت العربية المتحدة`.
    Only for text that stands after a place, as a country does in a dateline.
    """
    key = name_key(name[:LONGEST_NAME])
    return len(key) >= _LONG_COUNTRY and any(is_one_off(key, known) for known in _countries())


def _kind_behind_words(name: str) -> PlaceKind | None:
    words = name.split()
    before = keys("before_place")
    while len(words) > 1 and name_key(words[0]) in before:
        is_border = name_key(words[0]) in keys("borders")
        words = words[1:]
        if (
            is_border
            and len(words) <= 2
            and all(_is_adjective(word) for word in words_of(" ".join(words)))
        ):
            return "country"
        found = _gazetteer().get(name_key(" ".join(words)))
        if found:
            return "country" if found == "country" else "town"
    return None


def _is_adjective(word: str) -> bool:
    """Return whether *word* has the form of a country's adjective: اليمنية, السعودية."""
    return word.startswith("ال") and word.endswith("يه")


@cache
def _gazetteer() -> Mapping[str, PlaceKind]:
    table: dict[str, PlaceKind] = {}
    for kind in _KINDS:
        of_kind = (names for one, names in _rows() if one == kind)
        table |= dict.fromkeys(chain.from_iterable(of_kind), kind)
    capitals = (names for kind, names in _press_rows() if kind == "city")
    # عمان is a country too; as a dateline it is the capital, which the press table lists.
    return MappingProxyType(table | {name: "city" for names in capitals for name in names})


@cache
def _common() -> frozenset[str]:
    return frozenset(name for kind, names in _rows() if kind == "common" for name in names)


@cache
def _countries() -> tuple[str, ...]:
    """Return the countries' names that are long enough to be known in spite of a misprint."""
    rows = _gazetteer().items()
    return tuple(
        name for name, kind in rows if kind == "country" and len(name) >= _LONG_COUNTRY - 1
    )


@cache
def _skeletons() -> frozenset[str]:
    return frozenset(
        bones for name in _gazetteer() if len(bones := _skeleton(name)) >= _SKELETON_LENGTH
    )


def _skeleton(key: str) -> str:
    """Return the consonants of an Arabic *key*, those that transcriptions mix made one."""
    if not ("\u0621" <= key[:1] <= "\u064a"):
        return ""
    return (key[0].translate(_SKELETON) or key[0]) + key[1:].translate(_SKELETON)


@cache
def _whole_countries() -> Mapping[str, str]:
    """Return the codes by the names of the first row of each country in the press table."""
    found: dict[str, str] = {}
    for line in read_lines("names/places_press.tsv"):
        kind, country, names = line.split("\t")
        if kind == "country" and country not in found.values():
            found |= {name_key(name): country for name in names.split("|")}
    return found


@cache
def _codes() -> Mapping[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for line in (*read_lines("names/places.tsv"), *read_lines("names/places_press.tsv")):
        kind, country, names = line.split("\t")
        for name in names.split("|") if kind == "country" else ():
            key = name_key(name)
            found[key] = found.get(key, frozenset()) | {country}
    return found


@cache
def _rows() -> tuple[tuple[str, list[str]], ...]:
    return (*_rows_of(read_lines("names/places.tsv")), *_press_rows())


@cache
def _press_rows() -> tuple[tuple[str, list[str]], ...]:
    return tuple(_rows_of(read_lines("names/places_press.tsv")))


def _rows_of(lines: Iterable[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield the kind and the keys of each line; the table is folded as one text, for speed."""
    for line in _NOT_NAME.sub("", fold_name("\n".join(lines))).splitlines():
        kind, _country, names = line.split("\t")
        yield kind, names.split("|")
