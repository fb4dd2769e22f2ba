"""A page that a script draws is stored with the same parts as its static twin."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import attrs
import pytest

from newscrawl.crawl.download.browser import BrowserGuard
from newscrawl.ingest.public_addresses import PrivateHosts
from tests.crawling import crawl, rows
from tests.odd_server import Answer, OddServer, odd_server

HEAD = "<html lang='ar'><head><title>الميناء</title></head><body>"
STORY = """<article><h1>الميناء يستقبل أول سفينة بعد ترميم طويل</h1>
<time datetime="2026-03-01T10:30:00+04:00">1 مارس 2026</time>
<p><strong>صحار - أ.ف.ب</strong></p>
<p>وصلت السفينة مع الفجر إلى الرصيف الجديد، بعد أحد عشر أسبوعًا من العمل في الميناء القديم.</p>
<p>وقال مدير الميناء إن السفينة الثانية تصل مساء الخميس، وإن المدينة كلها تنتظر وصولها.</p>
<p>نقلًا عن "أ.ف.ب"</p></article>
<aside><h3>الأكثر قراءة</h3><ul><li><a href="/news/7">افتتاح المكتبة بعد ترميم طويل</a></li>
<li><a href="/news/8">الصيادون يعودون إلى البحر هذا الأسبوع</a></li></ul></aside>"""
STATIC = f"{HEAD}{STORY}</body></html>"
DRAWN = f"""{HEAD}<div id="app"></div><img src="/picture.png"><script>
fetch("/api/story").then(answer => answer.text()).then(html => {{
  document.getElementById("app").innerHTML = html;
  document.querySelectorAll("script").forEach(one => one.remove());
}});
fetch("http://127.0.0.2:" + location.port + "/secret").catch(() => 0);
</script></body></html>"""
PARTS = """SELECT headline, dateline_raw, dateline_place, date_published, article_body,
    source_credit, agency_ids, link_lists, links FROM article ORDER BY url"""


needs_chromium = pytest.mark.skipif(
    shutil.which("chromium") is None, reason="no Chromium: apt install chromium"
)


@attrs.frozen
class Asked:
    """A request of the browser's own."""

    url: str
    resource_type: str = "script"


def is_refused(url: str, resource_type: str = "script", private: str = "") -> bool:
    guard = BrowserGuard(PrivateHosts.named(private))
    return asyncio.run(guard(Asked(url, resource_type)))


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://localhost/",
        "http://[::1]/",
        "http://169.254.169.254/latest",
        "http://0x7f.1/",
        "file:///etc/passwd",
        "ftp://127.0.0.1/",
        "chrome://settings",
    ],
)
def test_browser_asks_no_private_address(url: str) -> None:
    assert is_refused(url)


def test_named_private_host_is_asked_and_no_other() -> None:
    assert not is_refused("http://127.0.0.1:8000/app.js", private="127.0.0.1")
    assert is_refused("http://127.0.0.2:8000/app.js", private="127.0.0.1")


@pytest.mark.parametrize("kind", ["image", "media", "font"])
def test_what_nobody_reads_is_not_asked_for(kind: str) -> None:
    assert is_refused("http://127.0.0.1/x", kind, private="127.0.0.1")


def test_data_in_the_page_is_no_request() -> None:
    assert not is_refused("data:text/javascript,1")


def pages(server: OddServer) -> None:
    server.answers["/news/1"] = Answer(STATIC.encode())
    server.answers["/news/2"] = Answer(DRAWN.encode())
    server.answers["/api/story"] = Answer(STORY.encode())


def test_without_a_browser_the_drawn_page_is_no_article(tmp_path: Path) -> None:
    archive = tmp_path / "archive.db"
    with odd_server() as server:
        pages(server)
        crawl(archive, "articles", "-a", f"urls={server.url}/news/1,{server.url}/news/2")
    found = rows(archive, "SELECT outcome, reason FROM observation WHERE url LIKE '%/news/2'")
    assert found[0]["outcome"] == "not_article"


@needs_chromium
def test_drawn_page_has_the_parts_of_its_static_twin(tmp_path: Path) -> None:
    archive = tmp_path / "archive.db"
    with odd_server() as server:
        pages(server)
        urls = f"urls={server.url}/news/1,{server.url}/news/2"
        done = crawl(archive, "articles", "-a", urls, "-s", "NEWSCRAWL_BROWSER=always")
        asked = {one.path for one in server.asked}
    assert done.returncode == 0, done.stderr
    static, drawn = rows(archive, PARTS)
    assert drawn == static
    assert static["agency_ids"] == "afp"
    assert "/api/story" in asked
    assert "/picture.png" not in asked
    (kept,) = rows(archive, "SELECT evidence_file FROM observation WHERE url LIKE '%/news/2'")
    assert kept["evidence_file"] is not None


@needs_chromium
def test_browser_keeps_quiet_hours(tmp_path: Path) -> None:
    with odd_server() as server:
        pages(server)
        done = crawl(
            tmp_path / "archive.db",
            *("articles", "-a", f"urls={server.url}/news/1"),
            *("-s", "NEWSCRAWL_BROWSER=always", "-s", "NEWSCRAWL_QUIET_HOURS=00:00-23:59"),
        )
        assert not server.asked, done.stderr
