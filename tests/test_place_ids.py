"""Places of datelines: one GeoNames id in every spelling and script, or an honest none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from newscrawl import Archive, Article
from newscrawl.article import Dateline
from newscrawl.values.gazetteer.place_ids import identify_place

GENEVA, TRIPOLI_LB, TRIPOLI_LY, CAIRO = 2660646, 266826, 2210247, 360630
MAP = """SELECT places.name, places.name_ar, places.name_fr, places.country,
    places.latitude, places.longitude, count(*) AS articles
    FROM article JOIN places ON places.id = article.dateline_place_id
    GROUP BY places.id ORDER BY articles DESC, places.name"""


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path / "archive.db") as archive:
        yield archive


def save(archive: Archive, *places: str) -> None:
    for number, place in enumerate(places):
        url = f"https://shams.example/{place}/{number}"
        dateline = Dateline(raw=f"{place} -", place=place)
        archive.add(Article(url=url, headline="خبر", article_body=place, dateline=dateline))


@pytest.mark.parametrize(
    ("printed", "id_"),
    [
        *((name, GENEVA) for name in ("GENEVA", "Genève", "GENEVE", "جنيف", "جنیوا", "ז'נבה")),
        *((name, CAIRO) for name in ("القاهرة", "القاهره", "CAIRO", "Le Caire", "קהיר")),
        ("طرابلس، لبنان", TRIPOLI_LB),
        ("Tripoli (Lebanon)", TRIPOLI_LB),
        ("طرابلس (ليبيا)", TRIPOLI_LY),
        ("مدينة حلب", 170063),
        ("الكويت", 285787),  # the city, where such a dateline is written
        ("آخن (ألمانيا)", 3247449),
        ("لبنان", 272103),
        ("ليستر", 2644668),  # not the town in Massachusetts that GeoNames spells so
        ("سنغافورة", 1880252),
        ("برشلونة", 3128760),
        ("U.S.", 6252001),
        ("USA", 6252001),
        ("London", 2643743),
    ],
)
def test_place_has_one_id_in_every_spelling(printed: str, id_: int) -> None:
    place, certainty = identify_place(printed)
    assert (place and place.id, certainty) == (id_, "certain")


@pytest.mark.parametrize(
    "printed",
    [
        "طرابلس",
        "Tripoli",
        "عمان",
        "باريس/لندن",
        "Birmingham",
        "Valencia",
        "Victoria",
        "Georgia",
    ],
)
def test_ambiguous_place_says_so(printed: str) -> None:
    assert identify_place(printed) == (None, "ambiguous")


@pytest.mark.parametrize(
    "printed",
    [
        "",
        " / ",
        "شمال غزة",
        "England",
        "California",
        "ريبينو",
        "xyz" * 1_000,
        "Paris, Texas",
        "a/b/c/d/e",
        "GVA",
    ],
)
def test_place_that_is_not_known_has_no_identity(printed: str) -> None:
    assert identify_place(printed) == (None, None)


def test_place_has_names_country_and_coordinates() -> None:
    place, _certainty = identify_place("GENEVA")
    assert place is not None
    assert (place.name, place.name_ar, place.name_fr) == ("Geneva", "جنيف", "Genève")
    assert (place.country, place.kind) == ("CH", "well-known")
    assert (place.latitude, place.longitude) == (46.2022, 6.1457)
    country, _certainty = identify_place("لبنان")
    assert country is not None
    assert (country.kind, country.latitude, country.longitude) == ("country", None, None)


def test_map_of_datelines_is_one_query(archive: Archive) -> None:
    save(archive, "GENEVA", "Genève", "جنيف", "القاهرة", "طرابلس", "ريبينو")
    rows = list(archive.db.query(MAP))
    assert [(row["name"], row["name_ar"], row["articles"]) for row in rows] == [
        ("Geneva", "جنيف", 3),
        ("Cairo", "القاهرة", 1),
    ]
    assert (rows[0]["latitude"], rows[0]["longitude"]) == (46.2022, 6.1457)
    certain = archive.db.execute(
        "SELECT dateline_place, dateline_place_id, dateline_place_certainty FROM article"
        " WHERE dateline_place IN ('طرابلس', 'ريبينو') ORDER BY 1"
    ).fetchall()
    assert certain == [("ريبينو", None, None), ("طرابلس", None, "ambiguous")]
    assert archive.check() == ()


def test_place_of_an_edited_dateline_is_identified(archive: Archive) -> None:
    save(archive, "القاهرة")
    url = "https://shams.example/القاهرة/0"
    dateline = Dateline(raw="جنيف -", place="جنيف")
    archive.add(Article(url=url, headline="خبر", article_body="جنيف", dateline=dateline))
    assert [row["name"] for row in archive.db.query(MAP)] == ["Geneva"]


def test_withdrawn_article_leaves_no_printed_place(archive: Archive) -> None:
    save(archive, "GENEVA", "القاهرة")
    archive.withdraw(1, reason="asked")
    assert archive.db.execute("SELECT printed FROM place_names").fetchall() == [("القاهرة",)]
    assert archive.check() == ()


def test_merged_archive_has_the_places(archive: Archive, tmp_path: Path) -> None:
    save(archive, "القاهرة")
    with Archive(tmp_path / "other.db") as other:
        save(other, "GENEVA", "Genève")
    archive.merge(tmp_path / "other.db")
    assert [(row["name"], row["articles"]) for row in archive.db.query(MAP)] == [
        ("Geneva", 2),
        ("Cairo", 1),
    ]


@pytest.mark.parametrize(
    "printed",
    ["ST. PETERSBURG", "St. Petersburg", "Damascus and Beirut", "دمشق وبيروت"],
)
def test_abbreviated_namesake_and_two_places_are_ambiguous(printed: str) -> None:
    assert identify_place(printed) == (None, "ambiguous")


def test_saint_is_certain_where_no_larger_place_is_meant() -> None:
    names = ("ST. LOUIS", "St. Petersburg, Fla.", "Saint Petersburg")
    places = [identify_place(name)[0] for name in names]
    assert [place.country for place in places if place] == ["US", "US", "RU"]


@pytest.mark.parametrize(
    ("printed", "country"),
    [
        ("Женева", "CH"),
        ("Лондон", "GB"),
        ("Париж", "FR"),
        ("Берлин", "DE"),
        ("北京", "CN"),
        ("Al-Khobar", "SA"),
        ("طرابلس الغرب", "LY"),
        ("Córdoba, España", "ES"),
        ("CÓRDOBA (España)", "ES"),
    ],
)
def test_city_in_its_own_script_or_with_its_country(printed: str, country: str) -> None:
    place, certainty = identify_place(printed)
    assert place is not None
    assert (place.country, certainty) == (country, "certain")
