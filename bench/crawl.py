"""How much CPU a page costs a crawl that reads and keeps it, beside one that only fetches.

Run it with `python -m bench.crawl [PAGES]`. Every crawl asks the same server on 127.0.0.1 for
the same pages of 71 KB, in a process of its own whose CPU time alone counts; a crawl of few
pages is taken off, so that starting up is left out. Aim: at most five times the bare spider.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from newscrawl.sample_site.markup import story_page
from newscrawl.sample_site.newspaper import Newspaper

ROOT = Path(__file__).resolve().parent.parent
PAGE_BYTES = 71_000
FEW = 20
AIM = 5.0
NAMES = ("bare spider, reads nothing", "newscrawl, without evidence", "newscrawl, all on")

BARE = """
import scrapy

class Bare(scrapy.Spider):
    name = "bare"
    custom_settings = {"CONCURRENT_ITEMS": 1, "LOG_LEVEL": "ERROR"}

    async def start(self):
        for line in open(self.urls):
            yield scrapy.Request(line.strip())

    def parse(self, response):
        yield {"url": response.url}
"""
_TEASER = """<div class="teaser"><a href="/more/{n}"><img src="/images/{n}.jpg" alt=""></a>
<h4><a href="/more/{n}">{text}</a></h4><span class="time">10:{n:02}</span></div>
"""
_SCRIPT = "var layer{n} = layer{n} || []; layer{n}.push(['track', {{page: {n}}}]);\n"


def padded(page: str) -> bytes:
    """Return *page* with teasers and scripts around its text, as pages of 71 KB have them."""
    teasers = "".join(_TEASER.format(n=n, text=page[900:960].strip("<>")) for n in range(60))
    page = page.replace("</body>", f"<div class='more-news'>{teasers}</div></body>")
    scripts, number = "", 0
    while len(page.encode()) + len(scripts) < PAGE_BYTES - 100:
        scripts += _SCRIPT.format(n=number)
        number += 1
    return page.replace("</head>", f"<script>{scripts}</script></head>", 1).encode()


class Server(ThreadingHTTPServer):
    """Serves story N of the sample newspaper at /N."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, pages: int) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        paper = Newspaper(copies=pages // 20 + 1)
        stories = [story for story in paper.stories if story.section.charset == "utf-8"]
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.pages = [padded(story_page(paper, story, self.url)) for story in stories[:pages]]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        number = self.path.removeprefix("/story-")
        is_page = number.isdecimal() and int(number) < len(self.server.pages)
        body = self.server.pages[int(number)] if is_page else b""
        self.send_response(200 if is_page else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@contextmanager
def serving(pages: int) -> Iterator[Server]:
    """Serve while the block runs."""
    server = Server(pages)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def cpu_of(command: list[str], cwd: Path) -> float:
    """Run *command* in *cwd*; return the seconds of CPU that it and its children took."""
    before = os.times()
    env = os.environ | {"NEWSCRAWL_PROGRESS": "0"}
    subprocess.run(command, check=True, capture_output=True, env=env, cwd=cwd)
    after = os.times()
    return (after.children_user + after.children_system) - (
        before.children_user + before.children_system
    )


def commands(urls: Path, folder: Path) -> dict[str, list[str]]:
    """Return what is compared, by name."""
    spider = folder / "bare.py"
    spider.write_text(BARE, "utf-8")
    python = [sys.executable, "-m", "scrapy"]
    ours = [*python, "crawl", "articles", "-a", f"urls={urls}", "-s", "LOG_LEVEL=ERROR"]
    ours += ["-s", "NEWSCRAWL_PRIVATE_HOSTS=127.0.0.1"]
    bare = [*python, "runspider", str(spider), "-a", f"urls={urls}"]
    return dict(zip(NAMES, (bare, [*ours, "-s", "NEWSCRAWL_EVIDENCE=none"], ours), strict=True))


def milliseconds_a_page(server: Server, pages: int) -> dict[str, float]:
    """Return the CPU that a page costs each of `commands`."""
    found: dict[str, float] = {}
    for name in NAMES:
        took = []
        for count in (FEW, pages):
            with tempfile.TemporaryDirectory() as folder:
                urls = Path(folder) / "urls.txt"
                lines = (f"{server.url}/story-{number}" for number in range(count))
                urls.write_text("\n".join(lines), "utf-8")
                archive = ["-s", f"NEWSCRAWL_ARCHIVE={folder}/a.db"]
                command = commands(urls, Path(folder))[name]
                is_ours = name != NAMES[0]
                # In the project's folder Scrapy would give its settings to any spider.
                cwd = ROOT if is_ours else Path(folder)
                took.append(cpu_of([*command, *(archive if is_ours else [])], cwd))
        found[name] = 1000 * (took[1] - took[0]) / (pages - FEW)
    return found


def main() -> int:
    """Print the CPU of each crawl; return 1 if ours costs more than the aim."""
    pages = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    with serving(pages) as server:
        found = milliseconds_a_page(server, len(server.pages))
    bare = found[NAMES[0]]
    for name, cost in found.items():
        print(f"{name:32} {cost:6.2f} ms a page {cost / bare:6.1f} times")
    ratio = found[NAMES[-1]] / bare
    print(f"aim: {AIM:.0f} times at most: {'reached' if ratio <= AIM else 'missed'}")
    return int(ratio > AIM)


if __name__ == "__main__":
    sys.exit(main())
