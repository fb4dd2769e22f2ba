"""Notices on the page of an article: it is gone, was gone, or has moved."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from newscrawl import Archive
from tests.archive_samples import MORNING, SITE, article_at, hours, observation_at
from tests.front_server import Front, serving

HOME = f"https://{SITE}/"
NEW = f"{HOME}archive/3"


def sees(archive: Archive, number: int, hour: int, url: str = "") -> None:
    url = url or f"{HOME}{number}"
    article = article_at(url, headline=f"Story {number}", canonical_url=None)
    seen = observation_at(MORNING + hours(hour), url=url)
    archive.save(article, seen, site=SITE, key=str(number), run=None)


def misses(archive: Archive, number: int, hour: int, **changes: Any) -> None:
    values: dict[str, Any] = {"outcome": "http_error", "status": 404, "digest": None} | changes
    seen = observation_at(MORNING + hours(hour), url=f"{HOME}{number}", **values)
    archive.record_visit(seen, site=SITE, run=None)


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """Story 1 is gone, 2 was gone, 3 has moved, 4 has always been there."""
    path = tmp_path_factory.mktemp("notices") / "archive.db"
    with Archive(path) as archive:
        for number in (1, 2, 3, 4):
            sees(archive, number, 0)
        misses(archive, 1, 1)
        misses(archive, 2, 1, status=410)
        sees(archive, 2, 2)
        sees(archive, 3, 1, url=NEW)
        misses(archive, 3, 1, outcome="redirect", status=301, final_url=NEW)
    with serving(path) as front:
        yield front


@pytest.mark.parametrize(
    ("number", "notice"),
    [
        (1, "Gone from its site: last seen 2026-03-01 06:30, missing since 2026-03-01 07:30"),
        (
            2,
            "Gone and back: deleted between 2026-03-01 06:30 and 2026-03-01 07:30, back by",
        ),
        (3, "Moved by its site between 2026-03-01 06:30 and 2026-03-01 07:30"),
        (4, None),
    ],
)
def test_page_of_an_article_says_whether_it_is_there(
    front: Front, number: int, notice: str | None
) -> None:
    page = front.get(f"/article/{number}?lang=en").text
    notices = re.findall(r'<p class="notice">(.*?)</p>', page)
    assert len(notices) == (notice is not None), notices
    if notice is not None:
        assert notice in notices[0].replace(" UTC", "")
    if number == 3:
        assert re.findall(r'href="([^"]+)"', notices[0]) == [f"{HOME}3", NEW]


def test_notice_is_in_the_language_of_the_interface(front: Front) -> None:
    assert "غائب عن موقعه" in front.get("/article/1?lang=ar").text
    assert "نقله موقعه" in front.get("/article/3?lang=ar").text
