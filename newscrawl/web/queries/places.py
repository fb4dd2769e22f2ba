"""Places of datelines: the names as printed, and the places that they stand for."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import attrs
from sqlite_utils import Database

_PRINTED = """SELECT v.dateline_place AS name, count(*) AS articles,
        min(v.date_published) AS first, max(v.date_published) AS last
    FROM articles AS a NOT INDEXED JOIN versions AS v ON v.id = a.version_id
    WHERE v.dateline_place IS NOT NULL AND v.page_kind = 'article'
        AND (:site IS NULL OR a.site_id = (SELECT id FROM sites WHERE name = :site))
    GROUP BY 1 ORDER BY articles DESC, 1"""
_PLACES = """SELECT id, name AS en, name_ar AS ar, name_fr AS fr, country, latitude, longitude
    FROM places WHERE :id IS NULL OR id = :id"""

_NAMES_OF_PLACE = """SELECT v.dateline_place AS name, count(*) AS articles
    FROM versions AS v JOIN articles AS a ON a.version_id = v.id
    WHERE v.dateline_place IN (SELECT printed FROM place_names WHERE place_id = :id)
        AND v.page_kind = 'article'
        AND (:site IS NULL OR a.site_id = (SELECT id FROM sites WHERE name = :site))
    GROUP BY 1 ORDER BY 2 DESC, 1"""
_ARABIC = re.compile("[\u0620-\u065f\u0670-\u06d3 -]+")


@attrs.frozen
class Place:
    """A place, with the number of articles that are dated from it under any of its names."""

    id: int
    """Its GeoNames id."""
    names: Mapping[str, str | None]
    """Its name by language of the interface."""
    country: str
    latitude: float | None
    """None for a country, as the longitude."""
    longitude: float | None
    articles: int = 0

    def name(self, language: str) -> str:
        """Return its name in *language*, or else in English."""
        return self.names.get(language) or self.names["en"] or ""


@attrs.frozen
class Tally:
    """The articles of several names."""

    articles: int
    names: int
    printed: tuple[str, ...] = ()
    """The names as printed, most articles first."""


_UNKNOWN = "unknown"
"""Stands for the id of a name that the gazetteer lacks; an ambiguous name has the id None."""


@attrs.frozen
class Datelines:
    """The datelines of an archive, or of one site."""

    printed: tuple[Mapping[str, Any], ...]
    """Each name as printed with its articles and their days, most articles first."""
    places: tuple[Place, ...]
    """The places that have coordinates, most articles first."""
    countries: tuple[Place, ...]
    """The countries that datelines name instead of a town."""
    ambiguous: Tally
    """The names that several places have."""
    unknown: Tally
    """The names that the gazetteer lacks."""


def datelines(db: Database, site: str | None) -> Datelines:
    """Return the datelines of the articles of *site*, of all sites if that is None."""
    printed = tuple(db.query(_PRINTED, {"site": site}))
    ids = dict(db.execute("SELECT printed, place_id FROM place_names").fetchall())
    rows_of: defaultdict[int | str | None, list[Mapping[str, Any]]] = defaultdict(list)
    for row in printed:
        rows_of[ids.get(row["name"], _UNKNOWN)].append(row)
    known = [
        _place_from(row, rows_of[row["id"]])
        for row in db.query(_PLACES, {"id": None})
        if row["id"] in rows_of
    ]
    known.sort(key=lambda place: (-place.articles, place.id))
    return Datelines(
        printed,
        tuple(place for place in known if place.latitude is not None),
        tuple(place for place in known if place.latitude is None),
        _tally(rows_of[None]),
        _tally(rows_of[_UNKNOWN]),
    )


def place_of(
    db: Database, id_: int, site: str | None
) -> tuple[Place, list[dict[str, Any]]] | None:
    """Return the place with a GeoNames id, and its names as printed with their articles.

    None if no article (of *site*) is dated from it.
    """
    names = list(db.query(_NAMES_OF_PLACE, {"id": id_, "site": site}))
    row = next(iter(db.query(_PLACES, {"id": id_})), None)
    return (_place_from(row, names), names) if row and names else None


def _place_from(row: Mapping[str, Any], printed: Sequence[Mapping[str, Any]]) -> Place:
    """Return a place; the Arabic name of most articles is its own if the gazetteer has none."""
    arabic = (one["name"] for one in printed if _ARABIC.fullmatch(one["name"]))
    names = {"ar": row["ar"] or next(arabic, None), "en": row["en"], "fr": row["fr"]}
    articles = sum(one["articles"] for one in printed)
    where = (row["country"], row["latitude"], row["longitude"])
    return Place(row["id"], names, *where, articles)


def _tally(rows: Iterable[Mapping[str, Any]]) -> Tally:
    counts = {row["name"]: row["articles"] for row in rows}
    return Tally(sum(counts.values()), len(counts), tuple(counts))
