"""The page of `newscrawl serve` that shows a front page as its readers saw it."""

from __future__ import annotations

import datetime as dt
import re
import struct
import zlib
from collections.abc import Iterator
from html import unescape
from urllib.parse import urlencode

import pytest

from newscrawl import Archive
from newscrawl.outcomes import Observation
from newscrawl.web.replay.front_page import picture_from
from tests.front_server import Front, serving
from tests.test_front_page import HOME, TITLES, front_page, zones_in
from tests.test_slot_boxes import MORNING, links_moved_by, visit


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """An archive of a page drawn at six and seven, and seen in another order at eight."""
    path = tmp_path_factory.mktemp("front-page") / "archive.db"
    with Archive(path) as archive:
        for hour in (0, 1):
            visit(archive, hour, links_moved_by(hour))
        seen = Observation(
            url=HOME, fetched_at=MORNING + dt.timedelta(hours=2), outcome="source"
        )
        order = [1, 0, *range(2, 10)]
        archive.record_visit(
            seen, site="post", run=None, link_lists=zones_in(front_page(order))
        )
    with serving(path) as front:
        yield front


def page_at(front: Front, **values: str) -> str:
    answer = front.get("/front-page?" + urlencode({"url": HOME, "lang": "en"} | values))
    assert answer.status == 200, answer.text
    return answer.text


def stories(page: str) -> list[str]:
    """The texts of the stories that a page lists, in its order."""
    return re.findall(r"<li dir=.*?<bdi>([^<]+)</bdi></a>", page)


def test_stories_stand_in_the_order_of_the_visit(front: Front) -> None:
    assert stories(page_at(front, at="2026-03-01T07:30")) == list(TITLES)
    assert stories(page_at(front))[:3] == [TITLES[1], TITLES[0], TITLES[2]]
    assert stories(page_at(front, at="2026-03-01"))[:2] == [TITLES[1], TITLES[0]]


def test_links_lead_to_the_page_before_and_after(front: Front) -> None:
    now = page_at(front)
    earlier = re.search(r'rel="prev" href="([^"]+)"', now)
    assert earlier is not None
    assert 'rel="next"' not in now
    before = front.get(unescape(earlier[1])).text
    assert stories(before) == list(TITLES)
    later = re.search(r'rel="next" href="([^"]+)"', before)
    assert later is not None
    assert 'rel="prev"' not in before
    assert stories(front.get(unescape(later[1])).text)[0] == TITLES[1]


def test_slots_stand_where_the_browser_drew_them(front: Front) -> None:
    page = page_at(front, at="2026-03-01T06:30")
    boxes = re.findall(r'<rect x="(\d+)" y="(\d+)" width="(\d+)" height="(\d+)"', page)
    assert [tuple(map(int, box)) for box in boxes] == [
        (at, 10 * at, 300, 200) for at in range(len(TITLES))
    ]
    assert "<image" not in page
    assert "<rect" not in page_at(front)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({}, 404),
        ({"url": "https://post.example/nothing"}, 404),
        ({"url": HOME, "at": "2026-02-01"}, 404),
        ({"url": HOME, "at": "yesterday"}, 400),
        ({"url": HOME, "at": "0001-01-01T00:00:00+14:00"}, 400),
    ],
)
def test_page_or_time_that_is_not_there(
    front: Front, query: dict[str, str], status: int
) -> None:
    assert front.get("/front-page?" + urlencode(query)).status == status


def test_screenshot_that_is_not_there(front: Front) -> None:
    for at in ("", "2026-03-01T06:00:00+00:00"):
        assert front.get("/screenshot?" + urlencode({"url": HOME, "at": at})).status == 404


def png(width: int, height: int) -> bytes:
    """The head of a PNG of that size."""
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    length, check = struct.pack(">I", 13), struct.pack(">I", zlib.crc32(head))
    return b"\x89PNG\r\n\x1a\n" + length + head + check


def test_only_a_png_of_a_page_is_shown() -> None:
    shown = picture_from(png(1280, 10_000))
    assert shown is not None
    assert (shown.width, shown.height) == (1280, 10_000)
    for body in (png(100_000, 100_000), png(0, 5), b"<html>", b"", png(1, 1)[:20]):
        assert picture_from(body) is None
