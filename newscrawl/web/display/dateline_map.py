"""Map of datelines: outlines of countries, and a circle for each place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from math import cos, radians, sqrt

import attrs

from newscrawl.resources import read_lines
from newscrawl.web.queries.places import Place

WIDTH = 1000
"""Width of the picture, in units of its own."""
LARGEST = 30.0
"""Radius of the circle of the place with the most articles."""
_SMALLEST = 3.0
_MARGIN = 60
_LEAST = (450, 250)
"""Least width and height of the part that is shown: the outlines are too coarse for less."""
_SHAPES = (1.9, 2.4)
"""Least and most width of the picture for its height."""
_WORLD = 3600
_NORTH, _SOUTH = -850, 600
_MOST_LABELS = 14
_LABELLED = 60
"""Number of the largest circles that may have a label."""
_LABEL = (7.6, 16)
"""Width of a letter and height of a line, in units of the picture."""


@attrs.frozen
class Circle:
    """A place on the map, and where its name stands, if there is room for it."""

    place: Place
    x: float
    y: float
    radius: float
    """Its square is in proportion to the number of articles, from 3 units on."""
    label: tuple[float, float] | None = None


@attrs.frozen
class Map:
    """A map: its height, the outlines with their transformation, and the circles."""

    height: int
    transform: str
    outlines: tuple[str, ...]
    circles: tuple[Circle, ...]
    """The largest first, so that smaller ones lie over them."""


@attrs.frozen
class Box:
    """A part of the world or of a picture."""

    west: float
    north: float
    east: float
    south: float

    @property
    def width(self) -> float:
        return self.east - self.west

    @property
    def height(self) -> float:
        return self.south - self.north

    def holds(self, other: Box) -> bool:
        """Return whether *other* lies within."""
        return (
            self.west <= other.west
            and other.east <= self.east
            and self.north <= other.north
            and other.south <= self.south
        )

    def meets(self, other: Box) -> bool:
        """Return whether the two have a part in common."""
        return (
            self.west < other.east
            and other.west < self.east
            and self.north < other.south
            and other.north < self.south
        )


def map_of(places: Sequence[Place], language: str) -> Map | None:
    """Return the map of *places*, those with the most articles first; None without any.

    The projection is equirectangular, true to scale at the middle latitude.
    """
    points = [
        (place.longitude * 10, -place.latitude * 10)
        for place in places
        if place.longitude is not None and place.latitude is not None
    ]
    if not points:
        return None
    part, squeeze = _part_with(points)
    scale = WIDTH / (part.width * squeeze)
    height = round(part.height * scale)
    most = places[0].articles
    circles = [
        Circle(
            place,
            round((x - part.west) * squeeze * scale, 1),
            round((y - part.north) * scale, 1),
            round(max(LARGEST * sqrt(place.articles / most), _SMALLEST), 2),
        )
        for place, (x, y) in zip(places, points, strict=True)
    ]
    steps = f"scale({squeeze * scale:.5f} {scale:.5f})"
    return Map(
        height,
        f"{steps} translate({-part.west:.1f} {-part.north:.1f})",
        tuple(path for box, path in _outlines() if box.meets(part)),
        tuple(_labelled(circles, Box(0, 0, WIDTH, height), language)),
    )


def _part_with(points: Sequence[tuple[float, float]]) -> tuple[Box, float]:
    """Return the part of the world that holds *points*, and the factor of its widths."""
    north, south = _spread([y for _, y in points], _LEAST[1])
    north, south = max(north, -900), min(south, 900)
    squeeze = cos(radians((north + south) / 20))
    west, east = _spread([x for x, _ in points], _LEAST[0])
    width, height = min(east - west, _WORLD), south - north
    width = min(max(width, _SHAPES[0] * height / squeeze), _WORLD)
    height = max(height, width * squeeze / _SHAPES[1])
    middle = (west + east) / 2
    west = max(min(middle - width / 2, _WORLD / 2 - width), -_WORLD / 2)
    # Moved towards the equator where it would show the ice of the poles.
    top = (north + south - height) / 2
    top = min(max(top, min(_NORTH, north)), max(_SOUTH, south) - height)
    return Box(west, top, west + width, top + height), squeeze


def _spread(values: Sequence[float], least: float) -> tuple[float, float]:
    """Return the ends of *values* with a margin, at least *least* from each other."""
    low, high = min(values), max(values)
    margin = max(_MARGIN, 0.06 * (high - low), (least - high + low) / 2)
    return low - margin, high + margin


def _labelled(circles: Sequence[Circle], picture: Box, language: str) -> Iterator[Circle]:
    """Yield *circles*, the largest with a place for the name that covers no other one."""
    taken = [_around(circle.x, circle.y, circle.radius, circle.radius) for circle in circles]
    yet_to_place = _MOST_LABELS
    for number, circle in enumerate(circles):
        half = len(circle.place.name(language)) * _LABEL[0] / 2
        is_large = yet_to_place and number < _LABELLED
        spot = _free_spot(circle, half, taken, picture) if is_large else None
        if spot:
            yet_to_place -= 1
            taken.append(_around(*spot, half, _LABEL[1] / 2))
        yield attrs.evolve(circle, label=spot)


def _free_spot(
    circle: Circle, half: float, taken: Sequence[Box], picture: Box
) -> tuple[float, float] | None:
    aside, over = circle.radius + 4 + half, circle.radius + 2 + _LABEL[1] / 2
    for dx, dy in ((aside, 0), (-aside, 0), (0, -over), (0, over)):
        x, y = round(circle.x + dx, 1), round(circle.y + dy, 1)
        box = _around(x, y, half, _LABEL[1] / 2)
        if picture.holds(box) and not any(map(box.meets, taken)):
            return x, y
    return None


def _around(x: float, y: float, half_width: float, half_height: float) -> Box:
    return Box(x - half_width, y - half_height, x + half_width, y + half_height)


@cache
def _outlines() -> tuple[tuple[Box, str], ...]:
    rows = (line.split("\t") for line in read_lines("outlines.tsv"))
    return tuple((Box(*map(float, row[1:5])), row[5]) for row in rows)
