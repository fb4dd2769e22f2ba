"""The numbers in the pictures of `newscrawl serve`, beside what the test's own visits say."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import mean, median
from typing import Any
from urllib.parse import urlencode

import attrs
import pytest

from newscrawl.archive import Archive
from newscrawl.article import Agency, Link, LinkList, SourceCredit
from newscrawl.web.display.charts import Drawing, Style, png_of, specification, svg_of
from newscrawl.web.queries.questions import Answer, questions
from tests.archive_samples import MORNING, article_at, hours, observation_at
from tests.front_server import Front, serving

HEADING = "الأكثر قراءة"
HOMES = {"shams.example": "https://shams.example/", "qamar.example": "https://qamar.example/"}
EQUAL = "عاجل: خبر"
"""The text of several links."""
DAY = 24
GAP = 39 * DAY
WAITS = (6, 6, 6, 6, 6, 6, GAP, 6, 6, 6)
"""The hours between two visits of a home page."""
AGENCIES = (("2025-01", "afp"), ("2025-01", "spa"), ("2025-02", "afp"), ("2025-06", "spa"))


def shown_at(site: str, visit: int) -> tuple[tuple[str, str], ...]:
    """The links of a home page, text and address: one stays, some pass, one comes back."""
    first = [(EQUAL, "stays")]
    if site == "shams.example":
        first += [(EQUAL, "passes")] if visit < 3 else [("خبر آخر " * 12, "later")]
        first += [("يعود", "returns")] if visit % 4 < 2 else []
    elif visit % 2 == 0:
        first += [("قصير", "short")]
    return tuple((text, f"https://{site}/{name}") for text, name in first)


VISITS = [MORNING + hours(sum(WAITS[:count])) for count in range(len(WAITS) + 1)]


@attrs.frozen
class Stay:
    """A row of visits that found one link, without a gap in which nobody knows."""

    url: str
    text: str
    first: dt.datetime
    last: dt.datetime
    is_over: bool

    @property
    def hours(self) -> float:
        return (self.last - self.first).total_seconds() / 3600


def stays_of(site: str) -> list[list[Stay]]:
    """Each stay of each link of a home page, in pieces between the gaps."""
    longest = max(DAY, 3 * median(WAITS))
    links = dict.fromkeys(link for at in range(len(VISITS)) for link in shown_at(site, at))
    found = []
    for text, url in links:
        seen = [at for at in range(len(VISITS)) if (text, url) in shown_at(site, at)]
        stays: list[list[list[int]]] = []
        for at in seen:
            if not stays or stays[-1][-1][-1] != at - 1:
                stays.append([[at]])
            elif WAITS[at - 1] > longest:
                stays[-1].append([at])
            else:
                stays[-1][-1].append(at)
        for stay in stays:
            is_over = stay[-1][-1] < len(VISITS) - 1
            found.append(
                [Stay(url, text, VISITS[one[0]], VISITS[one[-1]], is_over) for one in stay]
            )
    return found


def fill(path: Path) -> None:
    """Make the archive: two home pages, visited with a gap, and articles of two agencies."""
    with Archive(path) as archive:
        for at, moment in enumerate(VISITS):
            for site, home in HOMES.items():
                links = tuple(
                    Link(text=text, url=url, position=position)
                    for position, (text, url) in enumerate(shown_at(site, at), 1)
                )
                lists = (LinkList(heading=HEADING, kind="most_read", links=links),)
                seen = observation_at(moment, url=home, outcome="source")
                archive.record_visit(seen, site=site, run=None, link_lists=lists)
        for number, (month, agency) in enumerate(AGENCIES):
            site = list(HOMES)[number % 2]
            url = f"https://{site}/wire-{number}"
            credit = SourceCredit(raw=agency, agencies=(Agency(name=agency, id=agency),))
            article = article_at(
                url,
                canonical_url=None,
                source_credit=credit,
                date_published=dt.datetime.fromisoformat(f"{month}-03T08:00:00+00:00"),
            )
            seen = observation_at(MORNING, url=url)
            archive.save(article, seen, site=site, key=url, run=None)


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """The archive, served."""
    path = tmp_path_factory.mktemp("pictures") / "archive.db"
    fill(path)
    with serving(path) as front:
        yield front


def picture(front: Front, name: str, **values: str) -> dict[str, Any]:
    """The specification of a picture."""
    answer = front.get(f"/question/{name}.vl.json?" + urlencode(values))
    assert answer.status == 200, answer.text
    found: dict[str, Any] = json.loads(answer.text)
    return found


def data(front: Front, name: str, **values: str) -> list[dict[str, Any]]:
    """The rows that a picture draws."""
    rows: list[dict[str, Any]] = picture(front, name, **values)["data"]["values"]
    return rows


def test_longest_promoted_has_a_bar_for_each_link(front: Front) -> None:
    longest: dict[str, float] = {}
    for site in HOMES:
        for stay in stays_of(site):
            seen = round(sum(piece.hours for piece in stay), 1)
            longest[stay[0].url] = max(longest.get(stay[0].url, 0), seen)
    rows = data(front, "promoted_longest")
    assert {row["url"]: row["hours"] for row in rows} == {
        url: seen for url, seen in longest.items() if seen
    }
    assert len({row["row"] for row in rows}) == len(rows)


def test_a_stay_is_averaged_for_each_page(front: Front) -> None:
    for row in data(front, "stays"):
        site = next(site for site, home in HOMES.items() if home == row["page"])
        over = [stay for stay in stays_of(site) if stay[-1].is_over]
        assert row["stories"] == len(over)
        confirmed = [sum(piece.hours for piece in stay) for stay in over]
        assert row["hours"] == pytest.approx(mean(confirmed), abs=0.06)
    assert len(data(front, "stays")) == len(HOMES)
    assert len(data(front, "stays", page=HOMES["qamar.example"])) == 1


def test_no_bar_runs_across_days_without_a_visit(front: Front) -> None:
    rows = data(front, "list_through_time", page=HOMES["shams.example"], list=HEADING)
    drawn = Counter((row["url"], row["first_seen"], row["last_seen"]) for row in rows)
    expected = Counter(
        (one.url, *(f"{at:%Y-%m-%dT%H:%M:%SZ}" for at in (one.first, one.last)))
        for stay in stays_of("shams.example")
        for one in stay
    )
    assert drawn == expected
    of_link = data(front, "places_of_a_link", url="https://shams.example/stays")
    assert {(row["first_seen"], row["last_seen"]) for row in of_link} == {
        (first, last) for url, first, last in expected if url.endswith("/stays")
    }
    assert len(of_link) == 2
    assert len({row["row"] for row in of_link}) == 1
    rows_of_links = {(row["url"], row["row"]) for row in rows}
    assert len(rows_of_links) == len({row["url"] for row in rows})


def test_a_month_without_articles_is_a_gap_and_one_without_an_agency_is_zero(
    front: Front,
) -> None:
    rows = {
        (row["month"], row["agency"]): row["articles"]
        for row in data(front, "agencies_by_month")
    }
    counted = Counter(AGENCIES)
    months = {month for month, _agency in AGENCIES}
    for month in ("2025-01", "2025-02", "2025-03", "2025-04", "2025-05", "2025-06"):
        for agency in ("afp", "spa"):
            known = counted[month, agency] if month in months else None
            assert rows[month, agency] == known, (month, agency)
    assert picture(front, "agencies_by_month")["mark"]["invalid"].startswith("break-paths")


def test_a_site_has_one_colour(front: Front) -> None:
    def color(site: str, scale: dict[str, Sequence[str]]) -> str:
        return scale["range"][list(scale["domain"]).index(site)]

    month, day = "articles_by_month", "articles_by_day"
    for site in HOMES:
        colors = [
            color(site, picture(front, name, **asked)["encoding"]["color"]["scale"])
            for name, asked in ((month, {}), (month, {"site": site}), (day, {}))
            if any(row["site"] == site for row in data(front, name, **asked))
        ]
        assert len(colors) > 1
        assert len(set(colors)) == 1


def test_a_chart_for_the_pointer_has_the_data_of_its_picture(front: Front) -> None:
    for name in ("agencies_by_month", "promoted_longest"):
        answer = front.get(f"/question/{name}.vg.json")
        chart = json.loads(answer.text)
        assert chart["$schema"].startswith("https://vega.github.io/schema/vega/")
        drawn = [source["values"] for source in chart["data"] if "values" in source]
        assert data(front, name) in drawn


def test_an_arabic_label_ends_with_its_ellipsis(front: Front) -> None:
    labels = picture(front, "promoted_longest", lang="en")["params"][0]["value"]
    cut = next(label for label in labels if "…" in label)
    assert (cut[0], cut[-2:]) == ("\u2067", "…\u2069")


def test_a_picture_for_a_telephone_is_narrow(front: Front) -> None:
    for name in ("promoted_longest", "agencies_by_month"):
        assert picture(front, name, width="narrow")["width"] <= 360
        page = front.get(f"/question/{name}").text
        assert "width=narrow" in page.partition("<picture>")[2].partition("</picture>")[0]
    mirrored = picture(front, "promoted_longest", width="narrow", lang="ar")
    bars, labels = mirrored["layer"]
    assert bars["encoding"]["x"]["scale"] == {"reverse": True}
    assert bars["encoding"]["x"]["axis"]["titleAlign"] == labels["mark"]["align"] == "right"


def test_a_page_keeps_the_place_of_a_list_free(front: Front) -> None:
    for path in (
        "/question/promoted_longest",
        f"/placements?{urlencode({'page': HOMES['qamar.example']})}",
    ):
        page = front.get(path).text.partition("<picture>")[2].partition("</picture>")[0]
        places = re.findall(
            r'(?:srcset|src)="([^"]+)"[^>]*? width="(\d+)" height="(\d+)"', page
        )
        assert ["width=narrow" in address for address, _, _ in places] == [True, True, False]
        for address, width, height in places:
            drawn = front.get(address.replace("&amp;", "&")).text
            assert f'viewBox="0 0 {width} {height}"' in drawn


def spans(*ranks: int) -> Drawing:
    """A list through time with links of these ranks."""
    times = ("2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z")
    columns = ("text", "rank", "first_seen", "last_seen", "list", "url", "kind")
    rows = tuple(("خبر", rank, *times, "أخبار", f"https://x/{rank}", "") for rank in ranks)
    chart = questions()["list_through_time"].chart or pytest.fail("no chart")
    return Drawing(chart=chart, answer=Answer(columns, rows), names={})


def test_ranks_are_a_scale_only_if_there_are_several() -> None:
    kinds = [
        specification(spans(*ranks), Style())["encoding"]["color"]["type"]
        for ranks in ((1,), (1, 3))
    ]
    assert kinds == ["nominal", "quantitative"]


def test_axis_of_counts_has_no_half_articles() -> None:
    rows = (("headline", "a", 2), ("headline", "b", 1), ("text", "b", 1))
    chart = questions()["silent_edits"].chart or pytest.fail("no chart")
    answer = Answer(("class", "site", "silent"), rows)
    drawn = svg_of(Drawing(chart=chart, answer=answer, names={}), Style())
    assert set(re.findall(r">(\d\.?\d*)</text>", drawn)) == {"0", "1", "2"}


def test_arabic_letters_need_no_font_of_the_machine() -> None:
    """Pictures of two texts of equal shape differ only if the letters are drawn."""
    pictures = {
        png_of(
            Drawing(
                chart=questions()["agencies"].chart or pytest.fail("no chart"),
                answer=Answer(("agency", "articles"), ((text, 1),)),
                names={},
            ),
            Style(),
        )
        for text in ("ببببب", "تتتتت")
    }
    assert len(pictures) == 2


def test_an_empty_answer_is_a_picture_that_says_so(front: Front) -> None:
    answer = front.get("/question/agencies.svg?lang=en&site=nowhere.example")
    assert (answer.status, answer.headers["content-type"][:13]) == (200, "image/svg+xml")
    assert "nothing to draw" in answer.text
    assert front.get("/question/agencies.png?site=nowhere.example").status == 404
