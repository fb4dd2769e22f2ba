"""Lists of home pages in `newscrawl serve`: stays, links to articles, ranks, first visits."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from io import StringIO
from pathlib import Path
from urllib.parse import urlencode

import pytest

from newscrawl.archive import Archive
from newscrawl.article import Link, LinkList
from tests.archive_samples import MORNING, SITE, URL, article_at, hours, observation_at
from tests.front_server import FIRST, HOME, MOST_READ, SECOND, Front, serving

LATEST, ELSEWHERE = "آخر الأخبار", "https://shams.example/news/elsewhere"


def links(*stories: tuple[str, str]) -> tuple[Link, ...]:
    return tuple(
        Link(text=text, url=url, position=place) for place, (text, url) in enumerate(stories, 1)
    )


def visit(archive: Archive, later: float, latest: Sequence[tuple[str, str]]) -> None:
    """Find the home page with *latest* in its first list, and one link in its second."""
    lists = (
        LinkList(heading=LATEST, kind="latest", links=links(*latest)),
        LinkList(heading=MOST_READ, kind="most_read", links=links(("خبر بعيد", ELSEWHERE))),
    )
    seen = observation_at(MORNING + hours(later), url=HOME, outcome="source")
    archive.record_visit(seen, site=SITE, run=None, link_lists=lists)


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """A story that stands twice in a list, the first time under two headlines."""
    path: Path = tmp_path_factory.mktemp("lists") / "archive.db"
    with Archive(path) as archive:
        article = article_at(
            link_lists=(LinkList(heading="", kind="related", links=links((FIRST, URL))),)
        )
        archive.save(article, observation_at(MORNING), site=SITE, key=URL, run=None)
        other = ("خبر آخر", ELSEWHERE)
        visit(archive, 0, [other, (FIRST, URL)])
        visit(archive, 2, [other, (FIRST, URL)])
        visit(archive, 5, [(SECOND, URL), other])
        visit(archive, 10, [other])
        visit(archive, 15, [(SECOND, URL), other])
    with serving(path) as front:
        yield front


def test_a_changed_headline_does_not_end_a_stay(front: Front) -> None:
    answer = front.get("/question/places_of_a_link.csv?" + urlencode({"url": URL}))
    rows = list(csv.DictReader(StringIO(answer.text.removeprefix("\ufeff"), newline="")))
    times = ("first_seen", "last_seen", "gone")
    assert [
        (row["list"], row["rank"], *(row[name][11:16] for name in times)) for row in rows
    ] == [
        (LATEST, "1", "06:30", "11:30", "16:30"),
        (LATEST, "1", "21:30", "21:30", ""),
    ]
    page = front.get("/article/1?lang=en").text
    assert page.count('href="/front-page?') == 2


@pytest.mark.parametrize(
    "path",
    [
        "/?lang=en",
        "/article/1?lang=en",
        "/placements?lang=en&" + urlencode({"page": HOME, "list": LATEST}),
        "/question/list_through_time?lang=en&" + urlencode({"page": HOME, "list": LATEST}),
    ],
)
def test_links_of_lists_lead_to_the_article_of_the_archive(front: Front, path: str) -> None:
    page = front.get(path).text
    assert re.search(f'<a href="/article/1.lang=en"><bdi>({FIRST}|{SECOND})</bdi></a>', page)
    if "/article" not in path:
        assert f'<a href="{ELSEWHERE}"' in page


def test_front_page_has_the_rank_in_each_list_and_its_own_direction(front: Front) -> None:
    page = front.get("/front-page?lang=en&" + urlencode({"url": HOME})).text
    assert '<section class="card zones" dir="rtl">' in page
    assert re.findall(r'<li dir="rtl" value="(\d+)"', page) == ["1", "2", "1"]


def test_time_before_the_first_lists_names_the_first_visit(front: Front) -> None:
    asked = urlencode({"url": HOME, "at": "2026-01-01", "lang": "en"})
    answer = front.get(f"/front-page?{asked}")
    assert answer.status == 404
    assert "before 2026-03-01 06:30 UTC, the first visit" in answer.text
