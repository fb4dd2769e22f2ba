"""The map of datelines of `newscrawl serve`, beside what the tables say."""

from __future__ import annotations

import json
import re
import sqlite3
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus
from xml.etree import ElementTree

import attrs
import pytest

from newscrawl import Archive, Article
from newscrawl.article import Dateline
from newscrawl.values.gazetteer.place_ids import identify_place
from newscrawl.web.display.dateline_map import Circle, Map, map_of
from newscrawl.web.pages.question import sentence
from newscrawl.web.queries.places import Place
from newscrawl.web.queries.questions import Answer, questions
from tests.front_server import Front, serving

CAIRO, TRIPOLI = 360630, "طرابلس"
FILED = {
    "shams.example": {
        "القاهرة": 9,
        "CAIRO": 7,
        "مسقط": 4,
        TRIPOLI: 3,
        "مكان مجهول": 2,
        "لبنان": 5,
        "SOHAR": 2,
        "صحار": 1,
    },
    "qamar.example": {"Le Caire": 2, "واشنطن": 1, "سيدني": 1, TRIPOLI: 1},
}
SVG = "{http://www.w3.org/2000/svg}"
RED_SEA = (385, -200)


def fill(path: Path) -> None:
    """Make the archive: articles of two sites from the places in FILED."""
    with Archive(path) as archive:
        for site, places in FILED.items():
            for place, count in places.items():
                for number in range(count):
                    url = f"https://{site}/{quote(place)}/{number}"
                    dateline = Dateline(raw=f"{place} -", place=place)
                    body = f"{place} {number}"
                    archive.add(
                        Article(url=url, headline=body, article_body=body, dateline=dateline)
                    )


@attrs.frozen
class Served:
    """A server, and the archive that it shows."""

    front: Front
    archive: Path

    def page(self, path: str) -> str:
        answer = self.front.get(path)
        assert answer.status == 200, answer.text
        return answer.text

    def picture(self, path: str) -> ElementTree.Element:
        """The map on a page."""
        drawn = re.search(r"<svg viewBox.*?</svg>", self.page(path), re.DOTALL)
        assert drawn is not None
        return ElementTree.fromstring(drawn[0])  # noqa: S314 -- of our own server

    def counted(self, path: str) -> dict[str, int]:
        """The numbers of articles by the titles of the circles."""
        titles = [link.findtext("title") for link in self.picture(path).iter("a")]
        pairs = (title.rpartition(": ") for title in titles if title)
        return {name: int(number) for name, _, number in pairs}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    path = tmp_path_factory.mktemp("map") / "archive.db"
    fill(path)
    with serving(path) as front:
        yield Served(front, path)


def expected(language: str, *sites: str) -> dict[str, int]:
    """The articles of each place with coordinates, from what the test wrote."""
    counts: Counter[str] = Counter()
    for site in sites:
        for printed, number in FILED[site].items():
            place, _ = identify_place(printed)
            if place and place.latitude is not None:
                names = {"ar": place.name_ar or "صحار", "fr": place.name_fr}
                counts[names.get(language) or place.name] += number
    return dict(counts)


@pytest.mark.parametrize("language", ["ar", "en", "fr"])
def test_circles_count_the_articles_of_a_place_under_all_its_names(
    served: Served, language: str
) -> None:
    counted = served.counted(f"/places?lang={language}")
    assert counted == expected(language, *FILED)
    assert 18 in counted.values()  # Cairo, in three spellings


def test_map_has_the_numbers_of_the_documented_query(served: Served) -> None:
    docs = (Path(__file__).parent.parent / "docs/archive.md").read_text("utf-8")
    query = re.search(r"SELECT places\.name.*?;", docs, re.DOTALL)
    assert query is not None
    with sqlite3.connect(served.archive) as db:
        rows = db.execute(query[0]).fetchall()
    db.close()
    asked = {name: articles for name, _, latitude, _, articles in rows if latitude is not None}
    assert served.counted("/places?lang=en") == asked


def test_map_of_a_site_has_its_articles_alone(served: Served) -> None:
    path = "/places?lang=en&site=qamar.example"
    assert served.counted(path) == expected("en", "qamar.example")
    links = [link.get("href", "") for link in served.picture(path).iter("a")]
    assert all("site=qamar.example" in link for link in links)
    assert "مسقط" not in served.page(path)


def test_articles_without_a_point_are_counted_beside_the_map(served: Served) -> None:
    page = served.page("/places?lang=en")
    assert "Articles with names that several places have: 4, with 1 names." in page
    assert "Articles with names of unknown places: 2, with 1 names." in page
    assert "Articles that name only a country: 5." in page
    beside = page[page.index("with names that several places") : page.index("<details>")]
    for name in (TRIPOLI, "مكان مجهول"):
        assert f'name={quote_plus(name)}&amp;lang=en"><bdi>{name}</bdi></a>' in beside


@pytest.mark.parametrize(
    ("name", "says"),
    [
        (TRIPOLI, "Several places have this name"),
        ("مكان مجهول", "No place of this name is known"),
        ("القاهرة", ""),
    ],
)
def test_page_of_a_name_says_if_its_place_is_not_known(
    served: Served, name: str, says: str
) -> None:
    page = served.page(f"/place?lang=en&name={quote(name)}")
    assert says in page
    assert ("not on the map" in page) == bool(says)


def test_question_counts_the_articles_without_a_place(served: Served) -> None:
    rows = json.loads(served.front.get("/question/datelines.json").text)
    placed = {row["place"]: row["articles"] for row in rows}
    assert (placed["ambiguous"], placed["unknown"]) == (4, 2)
    assert sum(placed.values()) == sum(sum(places.values()) for places in FILED.values())
    assert "a name of several places" in served.page("/question/datelines?lang=en")


def test_sentence_of_a_list_names_the_rows_with_as_many() -> None:
    rows = (("Beirut, LB", 4), ("Muscat, OM", 4), ("Tunis, TN", 4), ("Fes, MA", 1))
    said = sentence(questions()["datelines"], Answer(("place", "articles"), rows), "en")
    assert re.sub("[\u2068\u2069]", "", said) == (
        "Most are from Beirut, LB: 4 articles. As many: Muscat, OM · Tunis, TN."
    )


def test_circle_leads_to_the_articles_under_all_names(served: Served) -> None:
    page = served.page(f"/place?id={CAIRO}&lang=fr")
    assert "<h1><bdi>Le Caire</bdi></h1>" in page
    for printed in ("القاهرة", "CAIRO", "Le Caire"):
        assert f"<bdi>{printed}</bdi>" in page
    of_site = served.page(f"/place?id={CAIRO}&lang=fr&site=qamar.example")
    assert "/article/" in of_site
    assert "<bdi>CAIRO</bdi>" not in of_site


@pytest.mark.parametrize("id_", ["0", "1", "-1", "x", "9" * 30, "360630'", "٣٦٠٦٣٠"])
def test_unknown_place_is_not_found(served: Served, id_: str) -> None:
    assert served.front.get(f"/place?id={quote(id_)}").status == 404


def test_map_requests_nothing_and_needs_no_style_or_script(served: Served) -> None:
    picture = served.picture("/places")
    assert not {one.tag for one in picture.iter()} & {"image", "use", "script", "style"}
    assert not [one for one in picture.iter() if one.get("style") or one.get("onclick")]


def test_question_has_the_numbers_of_the_map(served: Served) -> None:
    answer = served.front.get("/question/datelines.json?site=qamar.example").text
    assert '"place": "Cairo, EG", "articles": 2' in answer


def place(id_: int, latitude: float, longitude: float, articles: int) -> Place:
    return Place(id_, {"en": f"Place {id_}"}, "XX", latitude, longitude, articles)


def drawn(*places: Place) -> Map:
    found = map_of(sorted(places, key=lambda one: -one.articles), "en")
    assert found is not None
    return found


def boxes(circles: tuple[Circle, ...]) -> list[Any]:
    return [(*one.label, len(one.place.name("en"))) for one in circles if one.label]


def test_area_of_a_circle_is_the_number_of_articles() -> None:
    large, small = drawn(place(1, 30, 31, 400), place(2, 23, 58, 100)).circles
    assert (large.radius / small.radius) ** 2 == pytest.approx(4, rel=0.01)


@pytest.mark.parametrize(
    "spots",
    [
        [(30.0, 31.0)],
        [(30.0, 31.0), (23.6, 58.5), (33.9, 35.5)],
        [(-33.9, 151.2), (38.9, -77.0), (55.7, 37.6)],
        [(-18.1, 178.4), (-21.1, -175.2)],
        [(-54.8, -68.3), (78.2, 15.6)],
        [(-77.8, 166.7)],
        [(0.1, 6.7), (-0.1, -78.0)],
    ],
)
def test_places_are_in_the_picture_north_above_and_east_to_the_right(
    spots: list[tuple[float, float]],
) -> None:
    found = drawn(*(place(id_, *spot, 1) for id_, spot in enumerate(spots)))
    for one in found.circles:
        assert 0 <= one.x <= 1000
        assert 0 <= one.y <= found.height
        for other in found.circles:
            if one.place.longitude < other.place.longitude:  # type: ignore[operator]
                assert one.x < other.x
            if one.place.latitude > other.place.latitude:  # type: ignore[operator]
                assert one.y < other.y
    assert 1.5 < 1000 / found.height < 2.6


def test_outlines_lie_where_the_places_are() -> None:
    """A circle in the middle of a country is within its outline, as drawn."""
    found = drawn(place(1, 24.0, 45.0, 1), place(2, 27.0, 30.0, 1))
    numbers = re.findall(r"-?[\d.]+", found.transform)
    across, down, west, north = map(float, numbers)
    for circle, (longitude, latitude) in zip(
        found.circles, ((45.0, 24.0), (30.0, 27.0)), strict=True
    ):
        assert circle.x == pytest.approx((longitude * 10 + west) * across, abs=0.2)
        assert circle.y == pytest.approx((-latitude * 10 + north) * down, abs=0.2)
    assert any(is_inside(path, 450, -240) for path in found.outlines)
    assert not any(is_inside(path, *RED_SEA) for path in found.outlines)


def is_inside(path: str, x: float, y: float) -> bool:
    """Return True if a point lies within the rings of a path, by crossings of a ray."""
    inside = False
    for ring in path.split("z"):
        numbers = [int(one) for one in re.findall(r"-?\d+", ring)]
        points: list[tuple[int, int]] = []
        for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
            before = points[-1] if points else (0, 0)
            points.append((before[0] + dx, before[1] + dy))
        for (a, b), (c, d) in zip(points, [*points[1:], *points[:1]], strict=True):
            if (b > y) != (d > y) and x < (c - a) * (y - b) / (d - b) + a:
                inside = not inside
    return inside


def test_labels_do_not_cover_each_other() -> None:
    found = drawn(*(place(id_, 30 + id_ / 3, 31 + id_ % 4, 90 - id_) for id_ in range(40)))
    placed = boxes(found.circles)
    assert placed
    for number, (x, y, letters) in enumerate(placed):
        for a, b, others in placed[number + 1 :]:
            assert abs(x - a) >= (letters + others) * 3.7 or abs(y - b) >= 15


def test_no_map_without_places() -> None:
    assert map_of([], "en") is None
