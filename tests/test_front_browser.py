"""`newscrawl serve` in a real browser: search, compare, take away, by hand and by keyboard."""

from __future__ import annotations

import datetime as dt
import json
import re
from calendar import monthrange
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import attrs
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page

from newscrawl.archive import Archive
from newscrawl.jobs.job import job_for
from newscrawl.jobs.jobs_file import add_job
from tests.archive_samples import MORNING, SITE, article_at, hours, observation_at
from tests.chromium import needs_chromium, open_chromium
from tests.front_server import HOME, MOST_READ, SECOND, Front, fill, serving
from tests.odd_server import odd_server, text

HOSTILE = "/article/2"
SOHAR = 286282
"""The id of a place in GeoNames."""
PAGES = (
    *(
        "/",
        "/search?" + urlencode({"q": "سفينة"}),
        "/article/1",
        "/article/2",
        "/article/1/diff",
    ),
    *("/article/3/beside/4", f"/site/{SITE}", "/questions", "/question/agencies", "/runs"),
    *("/sites", "/agencies", "/authors", "/places", "/place?" + urlencode({"name": "صحار"})),
    f"/place?id={SOHAR}",
    *(
        "/article/1?version=2",
        "/run/1",
        "/agency?name=afp",
        "/sql?sql=SELECT+headline+FROM+article",
        "/nothing-here",
    ),
    "/placements?" + urlencode({"page": HOME, "list": MOST_READ}),
)
VIEWS = {"phone": (360, 740), "desk": (1280, 900), "wall": (3840, 2160)}
pytestmark = needs_chromium

# Boxes of elements that have text of their own, where two of them lie over one another.
OVERLAPS = """() => {
  const own = e => [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
  const shown = [...document.querySelectorAll("main *, header *, footer *")]
    .filter(e => own(e) && e.checkVisibility() && !e.closest(".hidden, option, .wide"));
  const found = [];
  for (const [i, a] of shown.entries()) for (const b of shown.slice(i + 1)) {
    if (a.contains(b) || b.contains(a)) continue;
    for (const r of a.getClientRects()) for (const s of b.getClientRects()) {
      const wide = Math.min(r.right, s.right) - Math.max(r.left, s.left);
      const high = Math.min(r.bottom, s.bottom) - Math.max(r.top, s.top);
      if (wide > 2 && high > r.height / 3) found.push(a.outerHTML.slice(0, 80));
    }
  }
  return found;
}"""
# Headings whose text begins away from the side at which its direction begins.
MISALIGNED = r"""() => [...document.querySelectorAll("h1, h2, h3")].filter(e => {
  if (!e.checkVisibility() || !e.textContent.trim()) return false;
  const range = document.createRange();
  range.selectNodeContents(e);
  const text = range.getBoundingClientRect(), box = e.getBoundingClientRect();
  const isRight = getComputedStyle(e).direction === "rtl";
  return isRight ? box.right - text.right > 3 : text.left - box.left > 3;
}).map(e => e.outerHTML.slice(0, 120))"""


@attrs.frozen
class Desk:
    """A browser before a server."""

    browser: Browser
    front: Front
    folder: Path
    """Where the pictures of the pages are kept."""

    def open(
        self, path: str, width: int = 1280, height: int = 900, language: str = "ar"
    ) -> Page:
        """Open *path* in a window of its own, for a reader of *language*."""
        view = self.browser.new_context(
            viewport={"width": width, "height": height}, locale=language, accept_downloads=True
        )
        page = view.new_page()
        page.goto(f"http://127.0.0.1:{self.front.port}{path}")
        return page


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """An archive, served, and a browser."""
    folder = tmp_path_factory.mktemp("browser")
    fill(folder / "archive.db")
    # Neither has run: one of a site that is there, one of a site that is not.
    jobs_file = folder / "jobs.toml"
    for site in (SITE, "a-long-name.of-a-newspaper.example"):
        add_job(jobs_file, job_for(f"https://{site}/", 3600))
    served = serving(folder / "archive.db", "--jobs-file", str(jobs_file))
    with served as front, open_chromium() as browser:
        yield Desk(browser, front, folder)


@pytest.fixture(scope="module")
def ranged(desk: Desk) -> Iterator[Desk]:
    """An archive with as many articles in each month of a year as its number, served."""
    path = desk.folder / "year.db"
    with Archive(path) as archive:
        for month in range(1, 13):
            for number in range(month):
                url = f"https://{SITE}/{month}/{number}"
                # The last hour of the month in UTC; by its readers' clock the next month.
                day = monthrange(2025, month)[1]
                published = dt.datetime(2025, month, day, 23, number, tzinfo=dt.UTC)
                made = article_at(
                    url,
                    canonical_url=None,
                    headline=f"{SECOND} {number}",
                    date_published=published.astimezone(dt.timezone(hours(4))),
                )
                seen = observation_at(MORNING, url=url)
                archive.save(made, seen, site=SITE, key=url, run=None)
    with serving(path) as front:
        yield attrs.evolve(desk, front=front)


@pytest.mark.parametrize(
    ("view", "language"), [("phone", "ar"), ("desk", "ar"), ("wall", "ar"), ("phone", "en")]
)
def test_nothing_overflows_overlaps_or_stands_askew(
    desk: Desk, view: str, language: str
) -> None:
    for number, path in enumerate(PAGES):
        page = desk.open(path, *VIEWS[view], language=language)
        picture = desk.folder / f"{number:02}-{view}-{language}.png"
        page.screenshot(path=picture, full_page=path != HOSTILE)  # that is too long to draw
        too_wide = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        faults = (too_wide, page.evaluate(OVERLAPS), page.evaluate(MISALIGNED))
        assert faults == (0, [], []), (path, faults)
        page.context.close()


@pytest.mark.parametrize("language", ["ar", "en"])
def test_no_accessibility_fault(desk: Desk, language: str) -> None:
    for path in PAGES:
        page = desk.open(path, language=language)
        found = Axe().run(page).response["violations"]
        assert [(path, one["id"], one["nodes"][0]["html"]) for one in found] == []
        page.context.close()


def test_nothing_is_asked_of_another_host(desk: Desk) -> None:
    page = desk.open("/")
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda told: complaints.append(told.text))
    for path in PAGES[:-2]:
        page.goto(f"http://127.0.0.1:{desk.front.port}{path}", wait_until="networkidle")
    assert {url.split("/")[2] for url in asked} == {f"127.0.0.1:{desk.front.port}"}
    assert complaints == []
    page.context.close()


def test_a_reader_searches_opens_and_compares(desk: Desk) -> None:
    page = desk.open("/", *VIEWS["phone"])
    page.get_by_role("searchbox").fill("السفينه")
    page.get_by_role("searchbox").press("Enter")
    page.get_by_role("link", name=SECOND).first.click()
    assert page.locator("h1").inner_text() == SECOND
    page.locator("ol.steps a[href*='/diff']").first.click()
    assert "أول" in page.locator("del").first.inner_text()
    assert "ثاني" in page.locator("ins").first.inner_text()
    page.get_by_role("link", name="English").click()
    assert page.locator("html").get_attribute("lang") == "en"
    page.get_by_role("link", name="newscrawl").first.click()
    assert page.locator("html").get_attribute("lang") == "en"
    page.context.close()


def test_a_reader_takes_everything_away(desk: Desk) -> None:
    page = desk.open(PAGES[1])
    with page.expect_download() as taken:
        page.get_by_role("link", name="JSON Lines").click()
    lines = taken.value.path().read_text("utf-8").splitlines()
    assert SECOND in {json.loads(line)["headline"] for line in lines}
    page.context.close()


def test_pictures_are_drawn(desk: Desk) -> None:
    page = desk.open(f"/site/{SITE}")
    for picture in page.locator("figure img").all():
        picture.scroll_into_view_if_needed()
        page.wait_for_function("i => i.complete", arg=picture.element_handle())
    sizes = page.evaluate(
        "[...document.querySelectorAll('figure img')].map(i => i.naturalWidth)"
    )
    assert len(sizes) == 6
    assert all(size > 100 for size in sizes)
    page.context.close()


def test_a_chart_answers_the_pointer_within_the_policy(desk: Desk) -> None:
    page = desk.open("/question/articles_by_month", language="en")
    complaints: list[str] = []
    page.on("console", lambda told: complaints.append(told.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    picture = page.locator("figure picture img").bounding_box()
    page.locator("figure picture").hover()
    page.wait_for_selector(".chart canvas")
    box = page.locator(".chart canvas").bounding_box()
    assert picture is not None
    assert box is not None
    assert abs(box["width"] - picture["width"]) < 3
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] * 0.6)
    page.wait_for_selector(".tip:visible")
    tip = page.locator(".tip").inner_text()
    assert "Site: shams.example" in tip or "Site: qamar.example" in tip
    assert "2026" in tip
    assert complaints == []
    page.context.close()


def test_every_control_is_reached_by_keyboard(desk: Desk) -> None:
    page = desk.open("/placements?" + urlencode({"page": HOME}))
    wanted = page.locator("a:visible, button:visible, input:visible, select:visible").count()
    reached: set[str] = set()
    for _ in range(wanted + 10):
        page.keyboard.press("Tab")
        reached.add(
            page.evaluate("[...document.querySelectorAll('*')].indexOf(document.activeElement)")
        )
    assert len(reached) >= wanted
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none" or page.evaluate("document.activeElement === document.body")
    page.context.close()


def test_the_first_load_is_small(desk: Desk) -> None:
    page = desk.open("/")
    sizes = page.evaluate(
        """performance.getEntries().filter(e => e.transferSize !== undefined
        && !e.name.includes('/question/')).map(e => e.transferSize)"""
    )
    assert 1_000 < sum(sizes) < 300_000
    page.context.close()


def test_hostile_text_does_nothing(desk: Desk) -> None:
    page = desk.open(HOSTILE)
    assert page.evaluate("document.title").startswith("<script>")
    assert page.locator("main script").count() == 0
    page.context.close()


def test_window_of_another_site_learns_nothing(desk: Desk) -> None:
    shown = set()
    with odd_server() as other:
        other.answers["/"] = text("<html><body>another site</body></html>")
        page = desk.browser.new_context(locale="en").new_page()
        page.goto(other.url.replace("127.0.0.1", "localhost") + "/")
        for query in (urlencode({"q": "سفينة"}), "q=nowhere"):
            address = f"http://127.0.0.1:{desk.front.port}/search?{query}"
            with page.context.expect_page() as opened:
                page.evaluate("address => { window.other = window.open(address) }", address)
            window = opened.value
            window.wait_for_load_state()
            shown.add(window.content().replace(query, "QUERY"))
            assert page.evaluate("() => window.other.closed")
            assert window.evaluate("() => window.opener === null")
        window.click("a >> nth=0")
        window.wait_for_selector("main")
        assert window.url == address
    assert len(shown) == 1


def corner(place: Locator) -> tuple[float, float, float]:
    """Return the left edge, the top edge and the width of an element on the screen."""
    box = place.bounding_box()
    assert box is not None
    return box["x"], box["y"], box["width"]


def test_a_range_dragged_in_the_histogram_filters_the_results(ranged: Desk) -> None:
    for language in ("ar", "en"):
        page = ranged.open(f"/search?q=سفينة&lang={language}&sort=date", language=language)
        bars = page.locator(".histogram a")
        titles = bars.locator("title").evaluate_all("all => all.map(e => e.textContent)")
        counts = [int(title.split(": ")[1]) for title in titles]
        assert len(counts) == 12
        for low, high in ((2, 5), (9, 7)):
            begin, end = (corner(bars.nth(at).locator(".whole")) for at in (low, high))
            page.mouse.move(begin[0] + 3, begin[1] + 20)
            page.mouse.down()
            page.mouse.move(end[0] + 3, end[1] + 25, steps=4)
            with page.expect_navigation():
                page.mouse.up()
            first, last = sorted((low, high))
            chips = page.locator(".chips bdi").all_inner_texts()
            assert chips == [f"after:2025-{first + 1:02}", f"before:2025-{last + 2:02}"]
            found = page.locator("main [role=status]").inner_text()
            assert re.search(rf"\b{sum(counts[first : last + 1])}\b", found)
            assert "sort=date" in page.url
            page.go_back()
        page.context.close()


def test_a_range_is_given_without_scripts(ranged: Desk) -> None:
    view = ranged.browser.new_context(java_script_enabled=False)
    page = view.new_page()
    page.goto(f"http://127.0.0.1:{ranged.front.port}/search?q=سفينة&lang=en")
    page.get_by_label("From month").fill("2025-03")
    page.get_by_label("To month").fill("2025-04")
    page.locator("form.range button").click()
    assert page.locator(".chips bdi").all_inner_texts() == ["after:2025-03", "before:2025-05"]
    titles = page.locator(".histogram title").evaluate_all("all => all.map(e => e.textContent)")
    found = [title.partition(":")[0] for title in titles if not title.endswith(": 0")]
    assert (found, len(titles)) == (["2025-03", "2025-04"], 12)
    page.locator('.histogram a[data-month="2025-03"]').click()
    assert page.locator(".chips bdi").all_inner_texts() == ["after:2025-03", "before:2025-04"]
    view.close()


def test_a_range_dragged_in_a_picture_is_summed(ranged: Desk) -> None:
    page = ranged.open("/question/articles_by_month", language="en")
    complaints: list[str] = []
    page.on("console", lambda told: complaints.append(told.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.locator("figure picture").hover()
    page.wait_for_selector(".chart canvas")
    left, top, width = corner(page.locator(".chart canvas"))
    page.mouse.move(left + width * 0.3, top + 100)
    page.mouse.down()
    page.mouse.move(left + width * 0.7, top + 120, steps=5)
    page.mouse.up()
    said = page.locator(".picked").inner_text()
    first, last = said.split(" · ")[0].split(" – ")
    months = {f"2025-{month:02}": month for month in range(1, 13)}
    expected = sum(number for month, number in months.items() if first <= month <= last)
    assert 10 < expected < 78
    assert f"shams.example {expected}" in said
    page.locator(".picked a").click()
    assert f"{expected} " in page.locator("main [role=status]").inner_text()
    assert complaints == []
    page.context.close()
