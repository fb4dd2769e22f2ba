"""The declaration in docs/adding-a-site.md works as it stands."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGE = """<html><body class="theme-2021"><h1 class="entry-title">افتتاح المكتبة</h1>
<div class="entry"><p><strong>القاهرة - رويترز</strong></p><p>افتتحت المكتبة أبوابها.</p>
</div></body></html>"""


@pytest.fixture
def declared(tmp_path: Path) -> dict[str, str]:
    """An environment in which the page's module declares a site."""
    text = (ROOT / "docs/adding-a-site.md").read_text("utf-8")
    blocks = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert len(blocks) == 1
    (tmp_path / "shams_sites.py").write_text(blocks[0], "utf-8")
    return os.environ | {"PYTHONPATH": str(tmp_path), "NEWSCRAWL_SITES": "shams_sites"}


def test_declared_site_is_a_spider(declared: dict[str, str]) -> None:
    command = [sys.executable, "-m", "scrapy", "list"]
    done = subprocess.run(
        command, cwd=ROOT, env=declared, capture_output=True, text=True, check=True
    )
    assert "shams" in done.stdout.split()


def test_its_layout_reads_its_pages(declared: dict[str, str]) -> None:
    code = (
        "import sys; from newscrawl import Page, extract\n"
        "from newscrawl.layouts.catalogue import declare_sites\n"
        "declare_sites(['shams_sites'])\n"
        "article = extract(Page(url='https://shams.example/1', body=sys.stdin.buffer.read()))\n"
        "print(article.headline, article.dateline.place, article.provenance['headline'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=declared,
        input=PAGE.encode(),
        capture_output=True,
        check=True,
    )
    assert done.stdout.decode().split("\n")[0].startswith("افتتاح المكتبة القاهرة Shams2021")
