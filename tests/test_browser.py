"""A page that a script draws is stored with the same parts as its static twin."""

from __future__ import annotations

import asyncio
from pathlib import Path

import attrs
import pytest

from newscrawl.crawl.download.browser.middleware import is_unseen
from newscrawl.crawl.download.browser.proxy import BrowserProxy
from newscrawl.ingest.public_addresses import PrivateHosts
from tests.chromium import needs_chromium
from tests.crawling import crawl, rows
from tests.odd_server import Answer, OddServer, article, odd_server, text

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


@attrs.frozen
class Wanted:
    """A request of the browser's own."""

    url: str
    resource_type: str = "script"


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://127.0.0.1/", "chrome://settings"])
def test_browser_requests_http_alone(url: str) -> None:
    assert is_unseen(Wanted(url))


@pytest.mark.parametrize("kind", ["image", "media", "font"])
def test_requests_without_text_are_not_sent(kind: str) -> None:
    assert is_unseen(Wanted("http://127.0.0.1/x", kind))
    assert not is_unseen(Wanted("http://127.0.0.1/x"))


def test_data_in_the_page_is_no_request() -> None:
    assert not is_unseen(Wanted("data:text/javascript,1"))


def through_proxy(request: bytes, private: str = "") -> bytes:
    """Return the answer of the proxy to the bytes of a request."""

    async def ask() -> bytes:
        proxy = BrowserProxy(PrivateHosts.named(private))
        port = int((await proxy.start()).rpartition(":")[2])
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request)
        writer.write_eof()
        answer = await reader.read()
        writer.close()
        proxy.close()
        return answer

    return asyncio.run(ask())


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "localhost", "[::1]", "169.254.169.254", "0x7f.1", "2130706433"),
        *("[::ffff:127.0.0.1]", "0.0.0.0", "168.63.129.16", "[fd00:ec2::254]"),  # noqa: S104
    ],
)
def test_proxy_connects_to_no_private_address(host: str) -> None:
    with odd_server() as server:
        place = f"{host}:{server.server_port}".encode()
        for request in (
            b"CONNECT " + place + b" HTTP/1.1\r\nHost: " + place + b"\r\n\r\n",
            b"GET http://" + place + b"/x HTTP/1.1\r\nHost: public.example\r\n\r\n",
        ):
            assert through_proxy(request, private="127.0.0.2").startswith(b"HTTP/1.1 40")
        assert server.asked == []


@pytest.mark.parametrize(
    "request_",
    [
        *(b"GET /x HTTP/1.1\r\n\r\n", b"\r\n\r\n", b"CONNECT 127.0.0.1 HTTP/1.1\r\n\r\n"),
        *(b"CONNECT 127.0.0.1:0 HTTP/1.1\r\n\r\n", b"CONNECT :80 HTTP/1.1\r\n\r\n"),
        *(b"GET ftp://127.0.0.1/ HTTP/1.1\r\n\r\n", b"CONNECT a:99999 HTTP/1.1\r\n\r\n"),
    ],
)
def test_proxy_refuses_what_is_no_request_of_a_browser(request_: bytes) -> None:
    assert through_proxy(request_, private="127.0.0.1").startswith(b"HTTP/1.1 400")


def test_proxy_passes_on_one_request_a_connection() -> None:
    with odd_server() as server:
        server.answers["/x?y"] = Answer(b"body")
        head = (
            f"GET {server.url}/x?y HTTP/1.1\r\nHost: a\r\nProxy-Connection: keep-alive\r\n\r\n"
        )
        answer = through_proxy(head.encode() * 2, private="127.0.0.1")
        assert answer.count(b"HTTP/1.1 200") == 1
        assert b"\r\nConnection: close\r\n" in answer
        assert answer.endswith(b"\r\n\r\nbody")
        (asked,) = server.asked
        assert "Proxy-Connection" not in asked.headers


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


ESCAPES = {
    "script": "<script src=/r/script></script>",
    "frame": "<iframe src=/r/frame></iframe>",
    "fetch": "<script>fetch('/r/fetch'); fetch('{inside}/fetch', {{mode: 'no-cors'}})</script>",
    "socket": "<script>new WebSocket('ws://{place}/socket')</script>",
    "window": "<script>open('/opened'); open('{inside}/window')</script>",
    "form": "<form id=f method=post target=_blank action={inside}/form></form>"
    "<script>document.getElementById('f').submit()</script>",
    "worker": "<script>new Worker('/worker.js'); new SharedWorker('/worker.js')</script>",
    "beacon": "<script>navigator.sendBeacon('{inside}/b'); addEventListener('pagehide', "
    "() => navigator.sendBeacon('{inside}/beacon', 'x'))</script>",
    "prefetch": "<link rel=prefetch href={inside}/prefetch><script type=speculationrules>"
    '{{"prerender": [{{"urls": ["{inside}/prerender"], "eagerness": "immediate"}}]}}</script>',
    "rtc": "<script>document.title = typeof RTCPeerConnection</script>",
    "refresh": '<meta http-equiv=refresh content="0;url={mapped}/refresh">',
    "others": """
<link rel=stylesheet href=/r/style>
<link rel=preconnect href={inside}><link rel=modulepreload href={inside}/module>
<object data={inside}/object></object><embed src=/r/embed><iframe src=file:///etc/passwd></iframe>
<iframe src="view-source:{inside}/source"></iframe><a id=a download ping={inside}/ping
href={inside}/download>x</a><svg><use href={inside}/use.svg#a /></svg>
<script>
document.getElementById('a').click();
new EventSource('{inside}/events');
import('/r/import').catch(() => 0);
new Worker(URL.createObjectURL(new Blob(["fetch('{inside}/blob', {{mode: 'no-cors'}})"])));
fetch('{inside}/alive', {{mode: 'no-cors', keepalive: true, method: 'POST'}}).catch(() => 0);
fetch('http://localhost:{port}/name', {{mode: 'no-cors'}}).catch(() => 0);
fetch('http://0x7f.2:{port}/hex', {{mode: 'no-cors'}}).catch(() => 0);
try {{ new WebTransport('https://{place}/transport') }} catch (error) {{}}
</script>""",
    "leave": "<script>setTimeout(() => {{ location = '/r/leave' }}, 50)</script>",
    "robots": "<script>setTimeout(() => {{ location = '{closed}/x' }}, 50)</script>",
}
COOKIE = (("Content-Type", "text/html; charset=utf-8"), ("Set-Cookie", "seen=1; Path=/"))


@needs_chromium
def test_no_way_out_of_a_page_reaches_a_private_host(tmp_path: Path) -> None:
    archive = tmp_path / "archive.db"
    with odd_server() as server, odd_server("127.0.0.2") as inside, odd_server() as closed:
        closed.answers["/robots.txt"] = text("User-agent: *\nDisallow: /\n")
        closed.answers["/x"] = article("A story behind a closed door")
        inside.answers = dict.fromkeys(
            (f"/{name}" for name in (*ESCAPES, "b", "prerender")), article("A secret story")
        )
        server.answers["/worker.js"] = Answer(
            f"fetch('{inside.url}/worker', {{mode: 'no-cors'}})".encode(),
            headers=(("Content-Type", "text/javascript"),),
        )
        server.answers["/opened"] = article("A window of its own")
        places = {
            "inside": inside.url,
            "place": inside.url.removeprefix("http://"),
            "closed": closed.url,
            "mapped": f"http://[::ffff:127.0.0.2]:{inside.server_port}",
            "port": inside.server_port,
        }
        for name, escape in ESCAPES.items():
            page = article(f"The {name} story", escape.format(**places))
            server.answers[f"/{name}"] = attrs.evolve(page, headers=COOKIE)
            target = (("Location", f"{inside.url}/{name}"),)
            server.answers[f"/r/{name}"] = Answer(b"", 302, target)
        server.answers["/main"] = Answer(b"", 302, (("Location", f"{inside.url}/leave"),))
        urls = ",".join(f"{server.url}/{name}" for name in (*ESCAPES, "main"))
        options = ("-a", f"urls={urls}", "-s", "NEWSCRAWL_BROWSER=always")
        done = crawl(archive, "articles", *options)
        assert [one.path for one in inside.asked] == []
        # The browser has gone there before we could ask robots.txt: its page is not kept.
        assert {one.path for one in closed.asked} == {"/robots.txt", "/x"}
        asked = {one.path: one.headers for one in server.asked}
    assert "Traceback" not in done.stderr, done.stderr
    found = {
        row["url"].rpartition("/")[2]: row["outcome"]
        for row in rows(archive, "SELECT url, outcome FROM observation ORDER BY id")
    }
    assert found["leave"] == found["main"] == "forbidden_address"
    assert found["robots"] == "robots"
    headlines = [row["headline"] for row in rows(archive, "SELECT headline FROM article")]
    assert "A secret story" not in headlines
    assert "A story behind a closed door" not in headlines
    assert "/opened" not in asked
    named = {
        path: {name.lower(): value for name, value in headers.items()}
        for path, headers in asked.items()
    }
    assert not any("cookie" in named[f"/{name}"] for name in ESCAPES)
    agents = {headers["user-agent"] for headers in named.values()}
    assert len(agents) == 1
    assert "Headless" not in agents.pop()
