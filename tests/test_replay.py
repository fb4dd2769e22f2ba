"""Captures as they looked: in a sandboxed frame of a second origin, from the archive alone."""

from __future__ import annotations

import http.client
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import attrs
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Frame, Page

from newscrawl.page import Page as StoredPage
from newscrawl.web.replay.rewriting import replayed_page
from tests.chromium import needs_chromium, open_chromium
from tests.crawling import rows, scrapy
from tests.drawn_pages import HOSTILE, PAGE, draw
from tests.front_server import Front, serving
from tests.odd_server import OddServer, odd_server

VIEWS = {"phone": (390, 844), "desk": (1280, 900), "wide": (1920, 1080)}


@pytest.mark.parametrize(
    "markup",
    [
        "<script>bad</script>",
        "<p onclick='bad'>x</p>",
        "<iframe src='bad' srcdoc='bad'></iframe>",
        "<object data='bad'></object><embed src='bad'>",
        "<base href='/bad/'>",
        "<meta http-equiv='refresh' content='0; url=/bad'>",
        "<form action='/bad'><input formaction='/bad'><button>x</button></form>",
        "<img src='/bad.png' srcset='/bad.png 2x'>",
        "<link rel=stylesheet href='/bad.css'><link rel=preload href='/bad'>",
        "<p style='background: url(/bad)'>x</p><style>@import '/bad';</style>",
        "<video src='/bad' poster='/bad'><source src='/bad'></video><audio src='/bad'></audio>",
        "<a href='data:text/html,bad' ping='/bad' title=x>x</a>",
        "<svg><script>bad</script><use href='/bad'/><image xlink:href='/bad'/></svg>",
        "<body background='/bad'><table background='/bad'><tr><td>x</table>",
        "<img src='https://bad.example/' usemap='bad'><area href='/bad' title=x>",
    ],
)
def test_nothing_live_is_left_in_a_page(markup: str) -> None:
    body = f"<html><body><p>before</p>{markup}<p>after</p></body></html>".encode()
    shown = replayed_page(
        StoredPage(url="https://news.example/1", body=body), lambda one: None, "/token/"
    )
    assert "bad" not in shown
    assert "before" in shown
    assert "after" in shown


def test_requisites_are_taken_from_the_archive() -> None:
    page = StoredPage(
        url="https://news.example/a/1",
        body=b"<!DOCTYPE html><html><head><base href='/b/'><link rel=stylesheet href=s.css>"
        b"<style>a { background: url(i.png) }</style></head><body><img src=i.png>"
        b"<a href='#top'>top</a><a href='2'>two</a><input value=x></body></html>",
    )
    known = {"https://news.example/b/s.css": "/t/1", "https://news.example/b/i.png": "/t/2"}
    shown = replayed_page(page, lambda one: known.get(one.url), "/t/")
    assert shown.startswith("<!DOCTYPE html>")
    assert '<link rel="stylesheet" href="/t/1">' in shown
    assert 'a { background: url("/t/2") }' in shown
    assert '<img src="/t/2">' in shown
    assert '<a href="#top">' in shown
    assert '<a href="#" title="https://news.example/b/2">' in shown
    assert "disabled" in shown


@attrs.frozen
class Desk:
    """A browser before a server, and the sites whose pages it shows."""

    browser: Browser
    front: Front
    site: OddServer
    elsewhere: OddServer
    archive: Path

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.front.port}"

    def permalink(self, path: str) -> str:
        """Return the address of the capture of a page of the site."""
        query = "SELECT fetched_at FROM observation WHERE url = ?"
        (row,) = rows(self.archive, query, self.site.url + path)
        stamp = re.sub(r"\D", "", row["fetched_at"])[:14]
        return f"{self.origin}/replay/{stamp}/{self.site.url}{path}"

    def open(self, url: str, view: str = "desk", language: str = "en") -> Page:
        """Open *url* in a window of its own."""
        width, height = VIEWS[view]
        context = self.browser.new_context(
            viewport={"width": width, "height": height}, locale=language
        )
        page = context.new_page()
        page.goto(url, wait_until="networkidle")
        return page


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Two pages with their requisites, crawled and served; their sites still answer."""
    path = tmp_path_factory.mktemp("replay") / "archive.db"
    with odd_server() as site, odd_server("127.0.0.2") as elsewhere:
        draw(site, elsewhere)
        done = scrapy(
            *("crawl", "articles", "-a", f"urls={site.url}{PAGE},{site.url}{HOSTILE}"),
            NEWSCRAWL_ARCHIVE=str(path),
            NEWSCRAWL_PRIVATE_HOSTS="127.0.0.1,127.0.0.2",
            NEWSCRAWL_REQUISITES="always",
        )
        assert done.returncode == 0, done.stderr
        site.asked.clear()
        elsewhere.asked.clear()
        with serving(path) as front, open_chromium() as browser:
            yield Desk(browser, front, site, elsewhere, path)


def frame_of(page: Page) -> Frame:
    """Return the frame with the capture."""
    (frame,) = (one for one in page.frames if one != page.main_frame)
    return frame


def seen_of(page: Page) -> tuple[list[str], list[Page]]:
    """Return the requests of a window from now on, and the windows that it opens."""
    asked: list[str] = []
    opened: list[Page] = []
    page.context.on("request", lambda request: asked.append(request.url))
    page.context.on("page", lambda one: opened.extend([one]))
    return asked, opened


@needs_chromium
def test_a_page_is_shown_as_it_looked(desk: Desk, tmp_path: Path) -> None:
    page = desk.open(desk.permalink(PAGE))
    page.screenshot(path=tmp_path / "replay.png", full_page=True)
    frame = frame_of(page)
    assert urlsplit(frame.url).port not in {desk.front.port, desk.site.server_port}
    headline = frame.locator("h1")
    assert headline.evaluate("e => getComputedStyle(e).color") == "rgb(0, 128, 0)"
    assert "url(" in headline.evaluate("e => getComputedStyle(e).backgroundImage")
    assert "url(" in frame.locator("body").evaluate("e => getComputedStyle(e).backgroundImage")
    widths = frame.locator("img").evaluate_all("all => all.map(e => e.naturalWidth)")
    sources = frame.locator("img").evaluate_all("all => all.map(e => e.currentSrc)")
    assert [bool(source) for source in sources] == [width > 0 for width in widths]
    assert sum(width > 0 for width in widths) == 6
    bar = page.locator(".replay-bar").inner_text()
    assert f"{desk.site.url}{PAGE}" in bar
    assert re.search(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC", bar)
    page.context.close()


@needs_chromium
def test_no_capture_leaves_its_frame_or_asks_a_live_site(desk: Desk) -> None:
    for path in (PAGE, HOSTILE):
        page = desk.open("about:blank")
        asked, opened = seen_of(page)
        page.goto(desk.permalink(path), wait_until="networkidle")
        frame = frame_of(page)
        inside = frame.url
        for name in ("#leave", "#send"):
            if frame.locator(name).count():
                frame.locator(name).click(force=True, timeout=2000)
        page.wait_for_timeout(1000)
        assert page.url == desk.permalink(path)
        assert frame.url.partition("#")[0] == inside
        assert opened == []
        ports = {urlsplit(url).netloc for url in asked}
        assert ports == {f"127.0.0.1:{desk.front.port}", urlsplit(inside).netloc}
        page.context.close()
    assert desk.site.asked == []
    assert desk.elsewhere.asked == []


@needs_chromium
def test_images_without_scripts_are_shown(desk: Desk) -> None:
    page = desk.open(desk.permalink(HOSTILE))
    width = frame_of(page).locator("#unscripted").evaluate("e => e.naturalWidth")
    assert width == 8
    page.context.close()


def asked_of_replay(desk: Desk, path: str, **headers: str) -> tuple[int, dict[str, str]]:
    """Return status and headers of an answer of the replay origin."""
    port = urlsplit(frame_address(desk, PAGE)).port
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request("GET", path, headers={"Host": f"127.0.0.1:{port}"} | names)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}


def frame_address(desk: Desk, path: str) -> str:
    """Return the address of the frame in the page of a capture."""
    text = desk.front.get(desk.permalink(path).removeprefix(desk.origin)).text
    found = re.search(r'<iframe class="replay" src="([^"]+)" sandbox=""', text)
    assert found is not None
    return found[1]


@needs_chromium
def test_replay_origin_answers_only_its_own_frames(desk: Desk) -> None:
    path = urlsplit(frame_address(desk, PAGE)).path
    token, stamp, number = path.strip("/").split("/")
    status, headers = asked_of_replay(desk, path, Sec_Fetch_Dest="iframe")
    assert status == 200
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; ")
    assert policy.endswith("; sandbox")
    assert f"/{token}/" in policy
    for other in (f"/{'x' * len(token)}/{stamp}/{number}", f"/{token}/{stamp}/999999", "/"):
        assert asked_of_replay(desk, other)[0] == 404
    assert asked_of_replay(desk, f"/{token}/20261399000000/{number}")[0] == 404
    for purpose in ("document", "script", "image", "object", "empty"):
        assert asked_of_replay(desk, path, Sec_Fetch_Dest=purpose)[0] == 403
    assert asked_of_replay(desk, path, Host="evil.example")[0] == 421


@needs_chromium
def test_front_frames_nothing_but_captures(desk: Desk) -> None:
    capture = desk.permalink(PAGE).removeprefix(desk.origin)
    shown = desk.front.get(capture)
    frame = urlsplit(frame_address(desk, PAGE))
    policy = shown.headers["content-security-policy"]
    assert policy.endswith(f"; frame-src http://{frame.netloc}")
    assert "frame-src" not in desk.front.get("/runs").headers["content-security-policy"]
    elsewhere = desk.front.get(capture, **{"Sec-Fetch-Site": "cross-site"})
    assert elsewhere.status == 403


@needs_chromium
def test_permalinks_lead_to_the_nearest_capture(desk: Desk) -> None:
    capture = desk.permalink(PAGE).removeprefix(desk.origin)
    old = re.sub(r"/replay/\d+/", "/replay/20200101000000/", capture)
    led = desk.front.get(old)
    assert (led.status, led.headers["location"]) == (302, capture)
    assert desk.front.get("/replay/20200101000000/https://nobody.example/").status == 404
    assert desk.front.get(f"{capture}?lang=fr").status == 200
    calendar = desk.front.get(f"/captures?url={desk.site.url}{PAGE}").text
    assert f'href="{capture}"' in calendar
    assert desk.front.get("/captures?url=https://nobody.example/").status == 404
    assert f'href="{capture}"' in desk.front.get("/article/1").text


@needs_chromium
@pytest.mark.parametrize("language", ["ar", "en", "fr"])
def test_pages_of_captures_fit_and_are_accessible(
    desk: Desk, tmp_path: Path, language: str
) -> None:
    calendar = f"{desk.origin}/captures?url={desk.site.url}{PAGE}"
    for name, url in (("calendar", calendar), ("replay", desk.permalink(PAGE))):
        for view in VIEWS:
            page = desk.open(url, view, language)
            for look in ("light", "dark"):
                page.emulate_media(color_scheme=look)
                page.screenshot(path=tmp_path / f"{name}-{view}-{language}-{look}.png")
                wide = "document.documentElement.scrollWidth - innerWidth"
                assert page.evaluate(wide) <= 0, (name, view, language)
                found = Axe().run(page, options={"iframes": False}).response["violations"]
                assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []
            page.context.close()
