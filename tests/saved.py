"""Saved pages with truth: `tests/pages/<site>/<name>/{page.html,page.json,truth.json}`."""

from __future__ import annotations

import gzip
import json
from datetime import datetime
from pathlib import Path
from typing import Any

from newscrawl import Article, Page

PAGES = Path(__file__).parent / "pages"
FILES = ("page.html", "page.html.gz", "page.txt")


def saved_folders() -> tuple[Path, ...]:
    """Return the folder of every saved page."""
    return tuple(sorted(path.parent for path in PAGES.glob("*/*/page.json")))


def about(folder: Path) -> dict[str, Any]:
    """Return what `page.json` says of the page's arrival and of the layout that reads it."""
    found: dict[str, Any] = json.loads((folder / "page.json").read_text("utf-8"))
    return found


def truth_of(folder: Path) -> dict[str, Any]:
    """Return what a person says is on the page, and when it was reviewed."""
    found: dict[str, Any] = json.loads((folder / "truth.json").read_text("utf-8"))
    return found


def read_page(folder: Path) -> Page:
    """Return the saved page as it arrived."""
    known = about(folder)
    path = next(folder / name for name in FILES if (folder / name).exists())
    body = path.read_bytes()
    return Page(
        url=known["url"],
        body=gzip.decompress(body) if path.suffix == ".gz" else body,
        fetched_at=datetime.fromisoformat(known["fetched_at"]),
        content_type=known["content_type"],
    )


def field_of(article: Article, field: str) -> Any:
    """Return one field as JSON says it; `image_caption` is the main image's."""
    if field == "image_caption":
        return article.main_image.caption if article.main_image else None
    return json.loads(json.dumps(article.as_dict()))[field]
