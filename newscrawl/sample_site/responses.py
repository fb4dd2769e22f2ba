"""The newspaper's response to each address. Nothing here listens or sleeps."""

from __future__ import annotations

import datetime as dt
import re
import struct
import zlib
from http import HTTPStatus
from urllib.parse import unquote

import attrs

from newscrawl.sample_site import feeds, markup
from newscrawl.sample_site.newspaper import Newspaper
from newscrawl.sample_site.section_pages import home_page, other_page, section_page
from newscrawl.sample_site.stories import Section, Story

SLOW_STORY = 1046
FIRST_PRINT = dt.datetime(2024, 10, 15, tzinfo=dt.UTC)
SECOND_PRINT = dt.datetime(2024, 10, 16, tzinfo=dt.UTC)
SECTION_PATH = re.compile(r"/([a-z]{1,20})/(?:page/([0-9]{1,4})/)?")
IMAGE_PATH = re.compile(r"/images/([a-z0-9-]{1,40})\.png")


@attrs.frozen(kw_only=True)
class Answer:
    """The response to one address."""

    body: bytes = b""
    status: HTTPStatus = HTTPStatus.OK
    content_type: str = "text/html; charset=utf-8"
    location: str = ""
    modified: dt.datetime | None = None
    is_slow: bool = False

    @classmethod
    def of_json(cls, text: str, status: HTTPStatus = HTTPStatus.OK) -> Answer:
        """Return an answer of the tests' controls."""
        return cls(body=text.encode("utf-8"), status=status, content_type="application/json")

    @classmethod
    def of_html(cls, text: str, charset: str = "utf-8") -> Answer:
        """Return a page; characters outside its charset become character references."""
        body = text.encode(charset, "xmlcharrefreplace")
        return cls(body=body, content_type=f"text/html; charset={charset}")


def answer_for(paper: Newspaper, target: str, base: str, *, crawl_delay: float = 0) -> Answer:
    """Return the answer for *target*, a path with its query as the client sent it."""
    path = unquote(target)
    story = story_at(paper, path)
    if story is not None:
        return _story_answer(
            paper, story, base, is_amp=path.partition("?")[0].endswith("/amp/")
        )
    path = path.partition("?")[0]
    if path == "/robots.txt":
        text = feeds.robots(base, crawl_delay)
        return Answer(body=text.encode("utf-8"), content_type="text/plain; charset=utf-8")
    if path in feeds.DOCUMENTS:
        media_type, body = feeds.document(paper, path, base)
        return Answer(body=body, content_type=media_type)
    return _redirect(paper, path) or _asset(path) or _listing(paper, path) or _not_found(paper)


def story_at(paper: Newspaper, path: str) -> Story | None:
    """Return the story at that address, with utm parameters or `amp/` or without."""
    for given in (path, path.partition("&")[0], path.partition("?")[0]):
        if given in paper.by_path:
            return paper.by_path[given]
        story = paper.by_path.get(given.removesuffix("amp/"))
        if story is not None and story.has_amp:
            return story
    return None


def _story_answer(paper: Newspaper, story: Story, base: str, *, is_amp: bool) -> Answer:
    if is_amp:
        return Answer.of_html(markup.amp_page(paper, story, base))
    answer = Answer.of_html(markup.story_page(paper, story, base), story.section.charset)
    modified = SECOND_PRINT if paper.edition > 1 else FIRST_PRINT
    return attrs.evolve(answer, modified=modified, is_slow=story.id == SLOW_STORY)


def _redirect(paper: Newspaper, path: str) -> Answer | None:
    for row in paper.site["redirect"]:
        if row["path"] == path:
            to = row.get("path_to") or paper.by_id[row["to"]].path
            return Answer(status=HTTPStatus.FOUND, location=to)
    return None


def _asset(path: str) -> Answer | None:
    if path == "/style.css":
        text = markup.template("style.css").template
        return Answer(body=text.encode("utf-8"), content_type="text/css; charset=utf-8")
    image = IMAGE_PATH.fullmatch(path)
    return Answer(body=png(image[1]), content_type="image/png") if image else None


def _listing(paper: Newspaper, path: str) -> Answer | None:
    if path == "/":
        return Answer.of_html(home_page(paper))
    for row in paper.site["page"]:
        if row["path"] == path:
            return Answer.of_html(other_page(paper, row))
    match = SECTION_PATH.fullmatch(path)
    section = _section(paper, match[1]) if match else None
    if match is None or section is None:
        return None
    text = section_page(paper, section, int(match[2] or 1))
    return Answer.of_html(text, section.charset) if text else None


def _section(paper: Newspaper, key: str) -> Section | None:
    return next((section for section in paper.sections if section.key == key), None)


def _not_found(paper: Newspaper) -> Answer:
    text = markup.frame(paper, paper.sections[0], title="404", main="<h1>404</h1>")
    return attrs.evolve(Answer.of_html(text), status=HTTPStatus.NOT_FOUND)


WIDTH, HEIGHT = 64, 36


def png(name: str) -> bytes:
    """Return a small valid PNG whose colour follows from *name*."""
    shade = zlib.crc32(name.encode("utf-8"))
    colour = bytes((96 + shade % 128, 96 + (shade >> 8) % 128, 96 + (shade >> 16) % 128))
    rows = (b"\x00" + colour * WIDTH) * HEIGHT
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    )
