"""The slots of a front page on the screen, as Chromium drew it; hostile pages get no crash."""

from __future__ import annotations

import datetime as dt
import json
import re
import struct
from collections.abc import Callable, Sequence
from html import unescape
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import pytest
from scrapy import Request

from newscrawl import Archive
from newscrawl.archive.links.slot_boxes import place_slots
from newscrawl.article import Link
from newscrawl.crawl.download.browser import boxes
from newscrawl.evidence import evidence_problems
from newscrawl.outcomes import Box, DrawnLink, Observation
from tests.chromium import needs_chromium
from tests.command_line import run
from tests.crawling import crawl
from tests.front_server import serving
from tests.odd_server import Answer, odd_server, text
from tests.test_front_page import HOME, TITLES, front_page, zones_in

MORNING = dt.datetime(2026, 3, 1, 6, tzinfo=dt.UTC)
CSS = """<style>
body { margin: 0 } img { height: 90px; width: 100% } .tp-hero img { height: 400px }
.tp-grid { display: grid; grid-template-columns: repeat(4, 1fr); gap: 10px }
.tp-strip { display: flex; overflow: hidden; width: 600px } .tp-item { flex: 0 0 300px }
.tp-side li:last-child { display: none }
</style>"""
PATCHES = """<img name=querySelectorAll><script>
Element.prototype.getBoundingClientRect = () => { throw 1 };
Array.prototype.map = () => { throw 1 };
Document.prototype.querySelectorAll = () => [];
</script>"""


def a_box(number: int) -> Box:
    return Box(x=number, y=10 * number, width=300, height=200)


def drawn(url: str, box: Box | None, words: str = "") -> DrawnLink:
    return DrawnLink(url=url, text=words, box=box)


def slots_at(*urls: str, words: str = "A story") -> list[Link]:
    return [Link(text=words, url=url, position=at) for at, url in enumerate(urls, 1)]


def hostile(page: str) -> str:
    """Return *page* with names and functions that hide those of the browser."""
    form = page.replace("<main>", "<form><input type=hidden name=parentElement>")
    return form.replace("</main>", "</form>") + PATCHES


@needs_chromium
@pytest.mark.parametrize("change", [str, hostile], ids=["plain", "hostile"])
def test_browser_measures_the_slots_of_a_front_page(
    tmp_path: Path, change: Callable[[str], str]
) -> None:
    with odd_server() as server:
        server.answers["/robots.txt"] = text("User-agent: *\nDisallow: /news/\n")
        page = front_page().replace("<header>", f"{CSS}<header>")
        server.answers["/"] = Answer(change(page).encode())
        options = ("-s", "NEWSCRAWL_BROWSER=always", "-s", "NEWSCRAWL_REQUISITES=always")
        done = crawl(tmp_path / "a.db", "site", "-a", f"url={server.url}/", *options)
        assert "Traceback" not in done.stderr, done.stderr
        home = f"{server.url}/"
    shown = run("front-page", home, "--json", "-d", tmp_path / "a.db")
    found = json.loads(shown.stdout)
    assert found["drawn_at"] == found["last_seen"]
    assert [slot["text"] for slot in found["slots"]] == list(TITLES)
    lead, *grid = [slot["box"] for slot in found["slots"][:5]]
    assert lead["height"] > 400
    assert all(lead["y"] + lead["height"] <= card["y"] for card in grid)
    assert all(lead["width"] > 3 * card["width"] for card in grid)
    assert [card["x"] for card in grid] == [0, 322, 645, 968]
    assert {card["y"] for card in grid} == {grid[0]["y"]}
    assert {(card["width"], card["height"] > 90) for card in grid} == {(312, True)}
    first, second, third = [slot["box"] for slot in found["slots"][5:8]]
    assert (first["x"], second["x"], third) == (0, 300, None)  # the third is outside the strip
    shown_row, hidden_row = [slot["box"] for slot in found["slots"][8:]]
    assert shown_row["y"] > first["y"]
    assert hidden_row is None
    with Archive(tmp_path / "a.db") as archive:
        assert archive.check() == ()
        assert list(evidence_problems(archive)) == []
        assert [one.url for one in archive.requisites.of_page(home)] == [f"urn:view:{home}"]
    out = tmp_path / "page.png"
    assert run("evidence", f"urn:view:{home}", "-o", out, "-d", archive.path).returncode == 0
    picture = out.read_bytes()
    width, height = struct.unpack(">II", picture[16:24])
    assert (width, height > shown_row["y"]) == (1280, True)
    with serving(archive.path) as front:
        page = front.get("/front-page?" + urlencode({"url": home})).text
        size = f'width="{width}" height="{height}"'
        shot = re.search(rf'<image href="([^"]+)" {size}', page)
        assert shot is not None
        assert page.count("<rect") == len(TITLES) - 2
        served = front.get(unescape(shot[1]))
        assert (served.status, served.headers["content-type"]) == (200, "image/png")
        assert served.content == picture
        captured = front.get("/captures?" + urlencode({"url": home})).text
        replay = re.search(r'href="(/replay/[^"]+)"', captured)
        assert replay is not None
        assert 'class="screenshot"' in front.get(unescape(replay[1])).text


def test_without_a_browser_no_slot_has_a_box(tmp_path: Path) -> None:
    with Archive(tmp_path / "a.db") as archive:
        visit(archive, 0, ())
        found = archive.front_page(HOME)
    assert found.drawn_at is None
    assert [slot.box for slot in found.slots] == [None] * len(TITLES)


def visit(archive: Archive, hour: int, links: Sequence[DrawnLink]) -> None:
    seen = Observation(
        url=HOME,
        fetched_at=MORNING + dt.timedelta(hours=hour),
        outcome="source",
        drawn_links=tuple(links),
    )
    archive.record_visit(seen, site="post", run=None, link_lists=zones_in(front_page()))


def links_moved_by(pixels: int) -> list[DrawnLink]:
    urls = [link.url or "" for zone in zones_in(front_page()) for link in zone.links]
    return [drawn(url, a_box(at + pixels)) for at, url in enumerate(urls)]


def test_page_that_moves_by_pixels_shows_the_same_lists(tmp_path: Path) -> None:
    with Archive(tmp_path / "a.db") as archive:
        for hour in (0, 1):
            visit(archive, hour, links_moved_by(hour))
        visit(archive, 2, ())
        then, now = archive.front_page(HOME, MORNING), archive.front_page(HOME)
        assert archive.check() == ()
    assert (now.first_seen, now.last_seen) == (MORNING, MORNING + dt.timedelta(hours=2))
    assert then.drawn_at == MORNING
    assert now.drawn_at == MORNING + dt.timedelta(hours=1)
    assert [slot.box for slot in then.slots] == [a_box(at) for at in range(10)]
    assert [slot.box for slot in now.slots] == [a_box(at) for at in range(1, 11)]


def test_merged_archive_has_the_boxes(tmp_path: Path) -> None:
    with Archive(tmp_path / "a.db") as archive, Archive(tmp_path / "b.db") as other:
        visit(other, 0, links_moved_by(0))
        for _ in range(2):
            archive.merge(other.path)
        assert archive.front_page(HOME) == other.front_page(HOME)
        assert archive.check() == ()


def test_box_that_another_program_changed_is_found(tmp_path: Path) -> None:
    with Archive(tmp_path / "a.db") as archive:
        visit(archive, 0, links_moved_by(0))
        archive.db.conn.execute("DROP TRIGGER temp.slot_boxes_digest_update")
        archive.db.conn.execute("UPDATE slot_boxes SET x = 5 WHERE x = 3")
        assert len(archive.check()) == 1


A, B = "https://post.example/a", "https://post.example/b"


@pytest.mark.parametrize(
    ("slots", "links", "expected"),
    [
        # The picture and the title of a card are one place.
        ([A, B], [drawn(A, a_box(1)), drawn(A, a_box(2)), drawn(B, a_box(3))],
         [Box(x=1, y=10, width=301, height=210), a_box(3)]),
        # Other spellings of an address are that address.
        ([A], [drawn(f"{A}/?utm_source=home#top", a_box(1))], [a_box(1)]),
        # One story in two zones, of which one is hidden.
        ([A, B, A], [drawn(A, a_box(1)), drawn(B, a_box(2)), drawn(A, None)],
         [a_box(1), a_box(2), None]),
        # In the menu without its title.
        ([B, A], [drawn(A, a_box(9)), drawn(B, a_box(2)), drawn(A, a_box(1), "A  story")],
         [a_box(2), a_box(1)]),
        # A hidden clone.
        ([A, B], [drawn(A, None), drawn(B, a_box(2)), drawn(A, a_box(1))],
         [a_box(1), a_box(2)]),
        # It may be either of the two.
        ([A, B], [drawn(A, a_box(1)), drawn(B, a_box(2)), drawn(A, a_box(3))],
         [None, a_box(2)]),
        ([A], [], [None]),
    ],
)  # fmt: skip
def test_slots_are_matched_by_address_in_page_order(
    slots: list[str], links: list[DrawnLink], expected: list[Box | None]
) -> None:
    assert place_slots(slots_at(*slots), links) == expected


GOOD = [A, "A story", [0.4, 10.6, 300, 200]]
NO_LENGTHS: tuple[object, ...] = (None, "1", True, 1e7, 10**400, [], {})


@pytest.mark.parametrize(
    ("rect", "box"),
    [
        ([0.4, 10.6, 300, 200], Box(x=0, y=11, width=300, height=200)),
        *(([one, 1, 2, 3], None) for one in NO_LENGTHS),
        *(([float(one), 1, 2, 3], None) for one in ("nan", "inf", "-inf")),
        *((one, None) for one in (None, [], [1, 2, 3], [1, 2, 3, 4, 5], "1234", 7)),
        *(([1, 2, width, 3], None) for width in (0, -5, 0.2)),
    ],
)
def test_only_numbers_within_bounds_are_a_box(rect: object, box: Box | None) -> None:
    assert measured([[A, "A story", rect]]) == (drawn(A, box, "A story"),)


@pytest.mark.parametrize(
    "rows",
    [
        *(None, 7, "links", {}, [None], [[]], [[A, "A story"]], [[7, "A story", None]]),
        *([[A, None, None]], [["javascript:1", "A", None]], [[A + "x" * 3000, "A", None]]),
    ],
)
def test_values_of_other_kinds_are_no_links(rows: object) -> None:
    assert measured(rows) == ()


def test_only_so_many_links_are_read() -> None:
    assert len(measured([GOOD] * 5000)) == boxes.MOST_LINKS


def measured(result: object) -> tuple[DrawnLink, ...]:
    """Return the links that a browser's script with this result gives."""
    method: Any = SimpleNamespace(method=boxes._measure, result=result)
    return boxes.drawn_links(Request(HOME, meta={"playwright_page_methods": [method]}))
