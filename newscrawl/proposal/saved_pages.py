"""Saved pages with truth: a folder with `page.html`, `page.json` and `truth.json`.

A saved page is a test of its layout. It is trimmed of invisible elements, so that it is small.
The truth is a draft until a person has read the page and dated it (`reviewed`).
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import lxml.html

from newscrawl.article import Article
from newscrawl.errors import NewscrawlError
from newscrawl.extraction import extract, layout_for
from newscrawl.page import Page
from newscrawl.system.whole_file import write_whole

FILES = ("page.html", "page.html.gz", "page.txt")
TRUTH = (
    "headline",
    "alternative_headline",
    "description",
    "breadcrumbs",
    "dateline",
    "date_published",
    "authors",
    "article_body",
    "source_credit",
    "link_lists",
)
"""The fields of a draft, those of them that were found."""
_UNSEEN = ("style", "noscript", "iframe", "svg", "template", "link")


def read_about(folder: Path) -> dict[str, Any]:
    """Return `page.json`: address, time, content type, and the layout that reads the page."""
    return _read_json(folder / "page.json")


def read_truth(folder: Path) -> dict[str, Any]:
    """Return the reviewed values of the fields, and when a person reviewed them."""
    return _read_json(folder / "truth.json")


def read_saved(folder: Path) -> Page:
    """Return the saved page as it arrived. Raises NewscrawlError if there is none."""
    known = read_about(folder)
    path = next((folder / name for name in FILES if (folder / name).exists()), None)
    if path is None:
        raise NewscrawlError(f"{folder} holds no page: {', '.join(FILES)}")
    body = path.read_bytes()
    return Page(
        url=known["url"],
        body=gzip.decompress(body) if path.suffix == ".gz" else body,
        fetched_at=datetime.fromisoformat(known["fetched_at"]),
        content_type=known["content_type"],
    )


def field_of(article: Article, field: str) -> Any:
    """Return one field as JSON says it; `image_caption` is the main image's.

    Of a list, `is_inside_body` is there only where it is true; of a link, `kicker` and
    `has_picture` only on home and section pages.
    """
    if field == "image_caption":
        return article.main_image.caption if article.main_image else None
    value = json.loads(json.dumps(article.as_dict())).get(field)
    for block in value if field == "link_lists" else ():
        if not block["is_inside_body"]:
            del block["is_inside_body"]
        for link in block["links"]:
            if link["has_picture"] is None:
                del link["kicker"], link["has_picture"]
    return value


def problems_of(folder: Path) -> Iterator[str]:
    """Yield a line for each difference between the page as read now and its truth."""
    page, truth = read_saved(folder), read_truth(folder)
    if not truth.get("reviewed"):
        yield "truth.json: nobody has reviewed it; read the page, then date it: reviewed"
    article = extract(page)
    for field, expected in truth.items():
        if field != "reviewed" and (found := field_of(article, field)) != expected:
            yield f"{field}: the page reads {_short(found)}, the truth says {_short(expected)}"
    name = layout_name_for(page)
    if name != read_about(folder)["layout"]:
        yield f"layout: {name} reads it, page.json says {read_about(folder)['layout']}"


def layout_name_for(page: Page) -> str | None:
    """Return the name of the layout that reads *page*; None for the generic one."""
    layout = None if page.is_plain_text else layout_for(page)
    return layout.__name__ if layout else None


def save_page(folder: Path, page: Page, layout: str | None) -> Article:
    """Write *page*, trimmed, with a draft of its truth into *folder*; return the article.

    *layout* is the name of the layout that is to read it, None for the generic one. The page is
    kept whole if trimming would change the article. Raises NewscrawlError if the folder
    holds a page already.
    """
    if (folder / "page.json").exists():
        raise NewscrawlError(f"{folder} holds a page already")
    article = extract(page)
    kept = trimmed(page)
    if _fields(extract(kept)) != _fields(article):
        kept = page
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / "page.html", kept.body)
    fetched_at = kept.fetched_at.isoformat() if kept.fetched_at else None
    about = {
        "url": kept.url,
        "fetched_at": fetched_at,
        "content_type": kept.content_type,
        "layout": layout,
    }
    _write_json(folder / "page.json", about)
    _write_json(folder / "truth.json", {"reviewed": None, **_fields(article)})
    return article


def trimmed(page: Page) -> Page:
    """Return *page* without styles, comments and scripts, except for linked data."""
    root = lxml.html.document_fromstring(page.text)
    for element in list(root.iter()):
        if not isinstance(element.tag, str) or _is_unseen(element):
            cast("lxml.html.HtmlElement", element).drop_tree()
    body = lxml.html.tostring(root, encoding="utf-8", doctype="<!DOCTYPE html>")
    return Page(
        url=page.url,
        body=body,
        fetched_at=page.fetched_at,
        content_type="text/html; charset=utf-8",
    )


def _is_unseen(element: Any) -> bool:
    if element.tag == "script":
        return "ld+json" not in (element.get("type") or "")
    is_said = element.tag == "link" and element.get("rel") in {"canonical", "amphtml"}
    return element.tag in _UNSEEN and not is_said


def _fields(article: Article) -> dict[str, Any]:
    found = {field: field_of(article, field) for field in TRUTH}
    return {field: value for field, value in found.items() if value}


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else f"{text[:79]}…"


def _read_json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise NewscrawlError(f"{path} cannot be read: {error}") from error
    if not isinstance(found, dict):
        raise NewscrawlError(f"{path} is to hold one JSON object")
    return found


def _write_json(path: Path, value: dict[str, Any]) -> None:
    text = json.dumps(value, ensure_ascii=False, indent=1)
    write_whole(path, f"{text}\n".encode())
