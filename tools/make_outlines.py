"""Write newscrawl/resources/outlines.tsv: the outlines of countries for the map of datelines.

It reads the countries of the package world-atlas of npm, in TopoJSON:

    npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz
    python -m tools.make_outlines package/countries-110m.json > newscrawl/resources/outlines.tsv
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

HEADER = """\
# Outlines of countries. Written by tools/make_outlines.py.
#
# Derived from Natural Earth (https://www.naturalearthdata.com), 1:110m cultural vectors, public
# domain, as packaged in world-atlas 2.0.2 (ISC, Copyright 2013-2019 Michael Bostock); changed:
# rounded to a tenth of a degree, without Antarctica. Borders are as Natural Earth draws them.
#
# name, west, north, east, south, SVG path; in tenths of a degree, south is positive
"""
ANTARCTICA = "010"
WORLD = 3600
Point = tuple[int, int]


def main() -> None:
    topology = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    arcs = [list(decoded(arc, topology["transform"])) for arc in topology["arcs"]]
    sys.stdout.write(HEADER)
    for country in topology["objects"]["countries"]["geometries"]:
        if country.get("id") == ANTARCTICA:
            continue
        polygons = country["arcs"]
        polygons = [polygons] if country["type"] == "Polygon" else polygons
        rings = [ring_of(ring, arcs) for polygon in polygons for ring in polygon]
        placed = [one for ring in rings if len(ring) > 3 for one in within_world(ring)]
        points = [point for ring in placed for point in ring]
        columns, rows = ([point[axis] for point in points] for axis in (0, 1))
        box = (min(columns), min(rows), max(columns), max(rows))
        print(country["properties"]["name"], *box, "".join(map(path, placed)), sep="\t")


def decoded(arc: Sequence[Sequence[int]], transform: Any) -> Iterator[Point]:
    """Yield the points of an arc, whose coordinates are differences."""
    x = y = 0
    for dx, dy in arc:
        x, y = x + dx, y + dy
        longitude, latitude = (
            value * scale + start
            for value, scale, start in zip(
                (x, y), transform["scale"], transform["translate"], strict=True
            )
        )
        yield round(longitude * 10), round(-latitude * 10)


def ring_of(numbers: Sequence[int], arcs: Sequence[Sequence[Point]]) -> list[Point]:
    """Return the points of a ring without repetitions; a negative arc runs backwards."""
    points: list[Point] = []
    for number in numbers:
        arc = arcs[number] if number >= 0 else arcs[~number][::-1]
        points += [point for point in arc if not points or point != points[-1]]
    return points


def within_world(ring: Sequence[Point]) -> Iterator[list[Point]]:
    """Yield *ring*; one that crosses the 180th meridian at both edges of the world."""
    turns, placed = 0, [ring[0]]
    for (before, _), (x, y) in pairwise(ring):
        turns += (x - before < -WORLD // 2) - (x - before > WORLD // 2)
        placed.append((x + turns * WORLD, y))
    yield placed
    columns = [x for x, _ in placed]
    if max(columns) > WORLD // 2:
        yield [(x - WORLD, y) for x, y in placed]
    if min(columns) < -WORLD // 2:
        yield [(x + WORLD, y) for x, y in placed]


def path(ring: Sequence[Point]) -> str:
    """Return an SVG path of *ring* in relative steps."""
    steps = ((x - a, y - b) for (a, b), (x, y) in pairwise(ring[:-1]))
    return f"M{pair(*ring[0])}l{' '.join(pair(*step) for step in steps)}z".replace(" -", "-")


def pair(x: int, y: int) -> str:
    return f"{x} {y}"


if __name__ == "__main__":
    main()
