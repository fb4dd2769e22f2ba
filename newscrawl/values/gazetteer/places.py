"""The gazetteer: names of countries, cities and towns, in all their spellings.

`places.tsv` in `resources/names` is derived from GeoNames and CLDR; `places_press.tsv` holds
the spellings of the press. `place_keys.tsv` is made of both by tools/make_place_keys.py, so
that a start folds no names. Datelines are parsed elsewhere, with the help of this module.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from itertools import chain
from types import MappingProxyType
from typing import Literal

from newscrawl.resources import read_lines
from newscrawl.values.gazetteer.names import is_one_off, keys, name_key, words_of

PlaceKind = Literal["country", "city", "town"]
LONGEST_NAME = 60
KINDS: tuple[PlaceKind, ...] = ("town", "city", "country")
"""In the order in which one takes the place of another of its name."""
_SKELETON = str.maketrans(
    {**dict.fromkeys("غجگقك", "ج"), **dict.fromkeys("اويهء", ""), "ث": "س"}
)
SKELETON_LENGTH = 4
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
    found = _kind_of(key)
    return found or _kind_behind_words(name)


def is_place(name: str) -> bool:
    """Return whether *name* is in the gazetteer."""
    return place_kind(name) is not None


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
    bones = skeleton_of(name_key(name))
    return len(bones) >= SKELETON_LENGTH and bones in _skeletons()


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
        found = _kind_of(name_key(" ".join(words)))
        if found:
            return "country" if found == "country" else "town"
    return None


def _is_adjective(word: str) -> bool:
    """Return whether *word* has the form of a country's adjective: اليمنية, السعودية."""
    return word.startswith("ال") and word.endswith("يه")


def _kind_of(key: str) -> PlaceKind | None:
    return _places_with(key[:1]).get(key)


@lru_cache(maxsize=1024)
def _places_with(letter: str) -> Mapping[str, PlaceKind]:
    """Return the places whose keys begin with *letter*: the first page needs few letters."""
    rows = _rows()
    return MappingProxyType(
        {key: kind for kind in KINDS for key in _split(rows.get((kind, letter), ""))}
    )


@cache
def _common() -> frozenset[str]:
    return frozenset(_keys_of("common"))


@cache
def _countries() -> tuple[str, ...]:
    """Return the countries' names that are long enough to be known in spite of a misprint."""
    return tuple(name for name in _keys_of("country") if len(name) >= _LONG_COUNTRY - 1)


@cache
def _skeletons() -> frozenset[str]:
    return frozenset(_keys_of("skeleton"))


def skeleton_of(key: str) -> str:
    """Return the consonants of an Arabic *key*, those that transcriptions mix made one."""
    if not ("\u0621" <= key[:1] <= "\u064a"):
        return ""
    return (key[0].translate(_SKELETON) or key[0]) + key[1:].translate(_SKELETON)


def _keys_of(kind: str) -> Iterator[str]:
    of_kind = (keys for (one, _letter), keys in _rows().items() if one == kind)
    return chain.from_iterable(map(_split, of_kind))


def _split(keys: str) -> list[str]:
    return keys.split("|") if keys else []


@cache
def _rows() -> Mapping[tuple[str, str], str]:
    """Return the keys of each kind and first letter, as one text."""
    rows = (line.partition("\t") for line in read_lines("names/place_keys.tsv"))
    return {(kind, keys[:1]): keys for kind, _tab, keys in rows}
