"""Feeds of `newscrawl serve`: valid, with marked changes, ETag and 304, and harmless."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import feedparser
import pytest
from lxml import etree, html

from newscrawl import Archive
from tests.archive_samples import MORNING, SITE, URL, hours, observation_at
from tests.front_server import FIRST, SECOND, Front, fill, serving

FEEDS = (
    "/feed/edits",
    "/feed/deletions",
    f"/feed/site/{SITE}",
    "/feed/search",
    "/feed/article/1",
)
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """An archive with an edit, a deletion and a hostile headline, served."""
    path = tmp_path_factory.mktemp("feeds") / "archive.db"
    fill(path)
    delete(path)
    with serving(path) as front:
        yield front


def delete(path: Path) -> None:
    """Record that the hostile article is gone."""
    with Archive(path) as archive:
        gone = observation_at(
            MORNING + hours(9), url=f"https://{SITE}/2", outcome="http_error", status=404
        )
        archive.record_visit(gone, site=SITE, run=None)


def asked(path: str, form: str) -> str:
    query = urlencode({"q": "السفينة"})
    return f"{path}.{form}?{query}" if path.endswith("search") else f"{path}.{form}"


@pytest.mark.parametrize("path", FEEDS)
def test_feed_is_valid_in_both_formats(front: Front, path: str) -> None:
    atom = front.get(asked(path, "atom"))
    assert (atom.status, atom.headers["content-type"]) == (
        200,
        "application/atom+xml; charset=utf-8",
    )
    read = feedparser.parse(atom.text)
    assert not read.bozo
    assert read.entries
    root = etree.fromstring(atom.text.encode())
    for element in (root, *root.iter(f"{ATOM}entry")):  # what RFC 4287 requires, once each
        for name in ("id", "title", "updated"):
            assert len(element.findall(f"{ATOM}{name}")) == 1
    ids = [one.id for one in read.entries]
    assert len(set(ids)) == len(ids)
    listed = json.loads(front.get(asked(path, "json")).text)
    assert listed["version"] == "https://jsonfeed.org/version/1.1"
    assert [one["id"] for one in listed["items"]] == ids
    assert all(one["content_html"] is not None and one["url"] for one in listed["items"])


@pytest.mark.parametrize("form", ["atom", "json"])
def test_unchanged_feed_is_answered_304(front: Front, form: str) -> None:
    first = front.get(f"/feed/edits.{form}")
    again = front.get(f"/feed/edits.{form}", **{"If-None-Match": f"W/{first.headers['etag']}"})
    assert (again.status, again.text) == (304, "")
    assert again.headers["etag"] == first.headers["etag"]
    other = front.get(f"/feed/deletions.{form}", **{"If-None-Match": first.headers["etag"]})
    assert other.status == 200


def test_edit_shows_its_words(front: Front) -> None:
    (edit,) = feedparser.parse(front.get("/feed/edits.atom").text).entries
    assert edit.title == SECOND
    content = json.loads(front.get("/feed/edits.json").text)["items"][0]["content_html"]
    removed = (set(FIRST.split()) - set(SECOND.split())).pop()
    assert f"<del>{removed}</del>" in content
    link = edit.link.partition("/article/1")[2]
    assert link == f"?at={(MORNING + hours(2)):%Y-%m-%dT%H:%M:%SZ}"
    assert front.get(f"/article/1{link}").status == 200
    assert URL.partition("/news")[0].partition("//")[2] in edit.id


def test_hostile_headline_is_text(front: Front) -> None:
    answer = front.get(f"/feed/site/{SITE}.atom").text
    titles = [one.title for one in feedparser.parse(answer, sanitize_html=False).entries]
    hostile = next(title for title in titles if "alert" in title)
    assert len(hostile) <= 301
    assert "<script" not in answer
    assert "\u202e" not in answer


def test_feed_of_nothing(front: Front) -> None:
    assert front.get("/feed/site/nowhere.example.atom").status == 404
    assert front.get("/feed/article/999.json").status == 404
    empty = feedparser.parse(front.get("/feed/edits.atom?site=nowhere.example").text)
    assert (empty.bozo, empty.entries) == (False, [])


@pytest.mark.parametrize(
    ("page", "feeds"),
    [
        (f"/site/{SITE}", 3),
        (f"/search?{urlencode({'q': 'السفينة'})}", 1),
        ("/article/1", 1),
        ("/search", 0),
    ],
)
def test_pages_link_their_feeds(front: Front, page: str, feeds: int) -> None:
    """Feed readers find the feeds in the head of a page, and people on the page."""
    found: Any = html.fromstring(front.get(page).text)
    linked: list[str] = found.xpath("//head/link[@rel='alternate']/@href")
    assert len(linked) == 2 * feeds
    assert sorted(found.xpath("//main//a[contains(@href, '/feed/')]/@href")) == sorted(linked)
    for address in linked:
        answer = front.get(address)
        assert answer.status == 200
        entries = feedparser.parse(answer.text).entries
        assert entries or json.loads(answer.text)["items"]
