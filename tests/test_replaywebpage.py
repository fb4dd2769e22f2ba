"""ReplayWeb.page, a public replay program, over an exported WACZ in real Chromium."""

from __future__ import annotations

import http.server
import re
import subprocess
import tarfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Frame, Page

from tests.chromium import needs_chromium, open_chromium
from tests.command_line import run
from tests.drawn_pages import HEADLINE, PAGE, SECOND
from tests.test_requisites import Crawled, crawled  # noqa: F401 -- a fixture

PACKAGE = "replaywebpage@2.5.3"
VIEWER = """<!doctype html><html><head><script src="/ui.js"></script></head><body>
<replay-web-page source="/out.wacz" url="{0}" ts="{1}" embed="replayonly" replayBase="/replay/"
 noWebWorker deepLink="false"></replay-web-page></body></html>"""


class Files(http.server.SimpleHTTPRequestHandler):
    """Serves a folder, ranges of its files too."""

    def do_GET(self) -> None:
        """Answer with a file or a part of it."""
        path = Path(self.translate_path(self.path.partition("?")[0]))
        wanted = re.fullmatch(r"bytes=(\d*)-(\d*)", self.headers.get("Range", ""))
        if wanted is None or not path.is_file():
            super().do_GET()
            return
        content = path.read_bytes()
        first, last = wanted.groups()
        start = int(first) if first else max(0, len(content) - int(last))
        end = int(last) if first and last else len(content) - 1
        part = content[start : end + 1]
        self.send_response(206)
        end = start + len(part) - 1
        self.send_header("Content-Range", f"bytes {start}-{end}/{len(content)}")
        self.send_header("Content-Length", str(len(part)))
        self.end_headers()
        self.wfile.write(part)

    def end_headers(self) -> None:
        """Keep ranges out of the browser's cache."""
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_message(self, *args: Any) -> None:
        """Print nothing."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve *folder* on this machine; yield its address."""
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), lambda *given: Files(*given, directory=str(folder))
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def install(folder: Path) -> None:
    """Put the two scripts of ReplayWeb.page into *folder*."""
    pack = ("npm", "pack", "--silent", PACKAGE)
    subprocess.run(pack, cwd=folder, check=True, timeout=300)
    (packed,) = folder.glob("*.tgz")
    folder.joinpath("replay").mkdir()
    with tarfile.open(packed) as members:
        for name, target in (("ui.js", "ui.js"), ("sw.js", "replay/sw.js")):
            source = members.extractfile(f"package/{name}")
            assert source is not None
            folder.joinpath(target).write_bytes(source.read())


def replayed(page: Page, headline: str) -> Frame:
    """Return the frame with the replayed page."""
    for _ in range(300):
        for frame in page.frames:
            if "/w/" in frame.url and headline in frame.content():
                return frame
        page.wait_for_timeout(200)
    pytest.fail(f"no frame shows {headline!r}: {[one.url for one in page.frames]}")


@pytest.mark.slow
@needs_chromium
def test_replaywebpage_draws_the_pages_of_a_package(
    crawled: Crawled,  # noqa: F811
    tmp_path: Path,
) -> None:
    done = run("export", "--wacz", tmp_path / "out.wacz", "-d", crawled.archive)
    assert done.returncode == 0, done.stderr
    install(tmp_path)
    with served(tmp_path) as address, open_chromium() as browser:
        page = browser.new_page()
        asked: list[str] = []
        page.context.on("request", lambda request: asked.append(request.url))
        for path, headline in ((PAGE, HEADLINE), (SECOND, "The ferry rests for a day")):
            viewer = VIEWER.format(crawled.server.url + path, "")
            tmp_path.joinpath("index.html").write_text(viewer)
            page.goto(f"{address}/index.html")
            page.wait_for_function(
                "navigator.serviceWorker.getRegistration('/replay/').then(r => !!r?.active)"
            )
            page.reload()
            frame = replayed(page, headline)
            frame.wait_for_load_state("load")
            body = frame.evaluate("getComputedStyle(document.body).backgroundImage")
            assert "/red.png" in body
            if path == PAGE:
                widths = frame.evaluate(
                    """Object.fromEntries([...document.images].map(
                    i => [i.src.split("/").pop(), i.naturalWidth]))"""
                )
                assert {widths[name] for name in ("red.png", "same.png", "far.png")} == {8}
                color = "getComputedStyle(document.querySelector('h1')).color"
                assert frame.evaluate(color) == "rgb(0, 128, 0)"
        page.screenshot(path=tmp_path / "replay.png")
    hosts = {url.split("/")[2] for url in asked if url.startswith("http")}
    assert hosts <= {address.split("/")[2], crawled.server.url.split("/")[2]}, hosts
