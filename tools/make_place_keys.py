"""Write newscrawl/resources/names/place_keys.tsv: the keys of the gazetteer's names.

    python -m tools.make_place_keys > newscrawl/resources/names/place_keys.tsv

Run it after a change of `places.tsv`, of `places_press.tsv` or of the folding of names: to fold
35,000 names takes a tenth of a second, as long as all else that `newscrawl extract` does.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from itertools import chain, groupby

from newscrawl.resources import read_lines
from newscrawl.values.gazetteer.names import fold_name
from newscrawl.values.gazetteer.places import KINDS, SKELETON_LENGTH, skeleton_of

HEADER = """\
# Keys of the names in places.tsv and places_press.tsv. Written by tools/make_place_keys.py.
#
# Derived from GeoNames (https://www.geonames.org), licensed CC BY 4.0, and from Unicode CLDR,
# Unicode License v3: see places.tsv.
#
# kind (country, city, town, common or skeleton)	keys with one first letter, separated by |
"""
_NOT_NAME = re.compile(r"[^\w\t\n|]|_")


def main() -> None:
    sys.stdout.write(place_keys())


def place_keys() -> str:
    """Return the content of the file."""
    lines = (
        f"{kind}\t{'|'.join(of_letter)}\n"
        for kind, keys in _groups().items()
        for _letter, of_letter in groupby(sorted(keys), key=lambda key: key[:1])
    )
    return HEADER + "".join(lines)


def _groups() -> dict[str, set[str]]:
    """Return the keys of each kind; a key of several kinds is in that of its largest place."""
    press = list(_rows_of(read_lines("names/places_press.tsv")))
    rows = [*_rows_of(read_lines("names/places.tsv")), *press]
    in_turn = ((kind, names) for wanted in KINDS for kind, names in rows if kind == wanted)
    table = {name: kind for kind, names in in_turn for name in names}
    # عمان is a country too; as a dateline it is the capital, which the press table lists.
    table |= {name: "city" for kind, names in press if kind == "city" for name in names}
    groups: dict[str, set[str]] = {kind: set() for kind in KINDS}
    for name, kind in table.items():
        groups[kind].add(name)
    common = chain.from_iterable(names for kind, names in rows if kind == "common")
    skeletons = filter(lambda bones: len(bones) >= SKELETON_LENGTH, map(skeleton_of, table))
    return {**groups, "common": set(common), "skeleton": set(skeletons)}


def _rows_of(lines: Iterable[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield the kind and the keys of each line."""
    for line in _NOT_NAME.sub("", fold_name("\n".join(lines))).splitlines():
        kind, _country, names = line.split("\t")
        yield kind, names.split("|")


if __name__ == "__main__":
    main()
