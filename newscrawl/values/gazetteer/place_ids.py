"""The identity of a dateline's place: its GeoNames id, names, country and coordinates.

`resources/names/place_ids.tsv` is derived from GeoNames (CC BY 4.0) and CLDR. A name that
several places bear, or a dateline of several places, has no identity.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from typing import Literal

import attrs

from newscrawl.resources import read_lines
from newscrawl.values.gazetteer.names import fold_name, keys, name_key
from newscrawl.values.gazetteer.places import LONGEST_NAME

Certainty = Literal["certain", "ambiguous"]
_TIMES = 7
"""A place has its name alone if no other of that name has more than a seventh of its people."""
_TIMES_OF_WELL_KNOWN = 2
"""The same for a city that datelines often name, beside one that they do not."""
_CITY_SIZE = 100_000
_NEAR = frozenset(
    "AE BH DJ DZ EG IL IQ IR JO KM KW LB LY MA MR OM PK PS QA SA SD SO SY TN TR YE".split()  # noqa: SIM905
)
"""Countries whose towns stand in datelines without their country."""
_BETWEEN = re.compile(r"\s*[/،,;()\[\]|]\s*|\s+[-–—]\s+")
_AND = re.compile(r"\s(?:and|und|et|y|e|en|и|ve|dan)\s|\sو(?=\S)")
_SAINT = re.compile(r"St\.?\s", re.IGNORECASE)
_NOT_KEY = re.compile(r"[^\w\n|]|_")
_MOST_PARTS = 4
_NAMES = 6
"""The column of the first name."""


@attrs.frozen
class Place:
    """A place of the world."""

    id: int
    """Its id in GeoNames: https://www.geonames.org/ID."""
    kind: Literal["country", "region", "well-known", "city"]
    """A region is there only where its name is also a country's."""
    country: str
    """ISO 3166 code."""
    latitude: float | None
    """None for a country."""
    longitude: float | None
    name: str
    """In English."""
    name_ar: str | None
    name_fr: str | None
    people: int = attrs.field(eq=False)


@lru_cache(maxsize=4096)
def identify_place(printed: str) -> tuple[Place | None, Certainty | None]:
    """Return the place that *printed* names in a dateline, and how certain that is.

    `ambiguous` without a place: several have the name, or several are printed. A country behind
    the name decides: `طرابلس، لبنان`. None without a place: the table lacks it.
    """
    parts = [part for part in _BETWEEN.split(printed[: 2 * LONGEST_NAME]) if part]
    if not parts or len(parts) > _MOST_PARTS:
        return None, None
    if len(parts) > 1:
        return _in_country(parts[0], parts[1:])
    return _alone(parts[0])


def _alone(name: str) -> tuple[Place | None, Certainty | None]:
    """Return the place *name*, printed without its country."""
    place, certainty = _only(_named(name))
    if (place and _has_larger_namesake(name, place)) or _are_two(name):
        return None, "ambiguous"
    return (None, None) if place and _is_too_small(place) else (place, certainty)


def _are_two(name: str) -> bool:
    """Return whether *name* is two known places: `Damascus and Beirut`, `دمشق وبيروت`."""
    found = _AND.search(name)
    sides = (name[: found.start()], name[found.end() :]) if found else ()
    return bool(sides) and not _named(name) and all(map(_named, sides))


def _has_larger_namesake(name: str, place: Place) -> bool:
    """Return whether *name* abbreviates a larger place's: `St. Petersburg` in Florida."""
    abbreviated = _SAINT.match(name)
    whole = _named(f"Saint {name[abbreviated.end() :]}") if abbreviated else ()
    return any(other.people > place.people and other.id != place.id for other in whole)


def _in_country(name: str, behind: list[str]) -> tuple[Place | None, Certainty | None]:
    """Return the place *name* in the country that is printed *behind* it."""
    codes = {code for part in behind for code in _countries_named(part)}
    found = _named(name)
    inside = tuple(place for place in found if place.country in codes)
    if inside:
        return _only(inside)
    # The name of a region, or another place: nothing tells which place is meant.
    return None, "ambiguous" if found and not codes else None


def _only(found: Iterable[Place]) -> tuple[Place | None, Certainty | None]:
    """Return the place that all others of the name are small beside."""
    places = sorted(found, key=lambda place: -place.people)
    if not places:
        return None, None
    first = places[0]
    # The city of a country of its name (الكويت) is where such a dateline was written.
    at_home = [place for place in places[1:] if place.country == first.country]
    chosen = at_home[0] if at_home and first.kind == "country" else first
    if any(_is_rival(other, first) for other in places if other is not chosen):
        return None, "ambiguous"
    return chosen, "certain"


def _is_too_small(place: Place) -> bool:
    """Return True for a town abroad: a larger place may have that spelling (بطرسبرغ)."""
    is_town = place.kind == "city" and place.people < _CITY_SIZE
    return is_town and place.country not in _NEAR


def _is_rival(other: Place, first: Place) -> bool:
    """Return whether *other* may be meant as well as *first*, the largest of its name."""
    if "country" in {other.kind, first.kind} and other.country == first.country:
        return False
    is_less_known = first.kind == "well-known" and other.kind == "city"
    return other.people * (_TIMES_OF_WELL_KNOWN if is_less_known else _TIMES) > first.people


def _named(name: str) -> tuple[Place, ...]:
    words = name.split()
    while len(words) > 1 and name_key(words[0]) in keys("before_city"):
        words = words[1:]
    name = " ".join(words)
    key = name_key(name)
    found = _with_key(key)
    country = _countries().get(_country_named(key))
    if country is not None and country not in found:
        found = (*found, country)
    if _countries_named(name) and not any(place.kind == "country" for place in found):
        return ()  # a part of a country: England, California
    return found


def _countries_named(name: str) -> frozenset[str]:
    """Return the ISO 3166 codes of the countries that have this name."""
    return _codes().get(name_key(name[:LONGEST_NAME]), frozenset())


def _country_named(key: str) -> str | None:
    """Return the ISO 3166 code of the whole country with this key, not of a part (Scotland)."""
    return _whole_countries().get(key)


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
def _countries() -> Mapping[str | None, Place]:
    places = (_place_from(line) for line in _table().lines if "\tcountry\t" in line)
    return {place.country: place for place in places if place.kind == "country"}


@lru_cache(maxsize=1024)
def _with_key(key: str) -> tuple[Place, ...]:
    """Return the places with a name of this key, in the order of the table."""
    keys_of_all, name = _table().keys, f"|{key}|"
    found: list[Place] = []
    at = keys_of_all.find(name) if key else -1
    while at >= 0:
        found.append(_place_from(_table().lines[keys_of_all.count("\n", 0, at)]))
        at = keys_of_all.find(name, keys_of_all.index("\n", at))
    return tuple(found)


@attrs.frozen
class _Table:
    """The table as texts that are searched: as objects it would take ten times the memory."""

    lines: tuple[str, ...]
    keys: str
    """A line for each of them: the keys of its names, each between two bars."""


@cache
def _table() -> _Table:
    lines = read_lines("names/place_ids.tsv")
    names = ("|".join(line.split("\t")[_NAMES:]) for line in lines)
    keys_of_all = _NOT_KEY.sub("", fold_name("".join(f"|{one}|\n" for one in names)))
    return _Table(lines, keys_of_all)


def _place_from(line: str) -> Place:
    number, kind, country, people, *others = line.split("\t")
    latitude, longitude, name, arabic, french, _others = others
    return Place(
        id=int(number),
        kind=kind,  # type: ignore[arg-type]
        country=country,
        latitude=float(latitude) if latitude else None,
        longitude=float(longitude) if longitude else None,
        name=name,
        name_ar=arabic or None,
        name_fr=french or None,
        people=int(people),
    )
