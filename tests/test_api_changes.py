"""The API while the archive is written: cursors, ETags and permalinks."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newscrawl.archive import Archive
from newscrawl.archive.search.hits import Sort
from newscrawl.article import Link, LinkList
from newscrawl.outcomes import Evidence
from newscrawl.web.api.answers import article_answer, front_pages_answer
from newscrawl.web.api.counts import Count, count_answer
from newscrawl.web.api.cursors import cursor_after, place_at
from newscrawl.web.api.searches import Search, search_answer
from tests.archive_samples import MORNING, SITE, URL, article_at, hours, observation_at
from tests.front_server import FIRST, SECOND, Front, serving

SHIPS = "سفينة"


def add(archive: Archive, number: int, at: float, *, site: str = SITE) -> None:
    """Save an article about ships, published so many hours after MORNING."""
    url = f"https://{site}/{number}"
    article = article_at(
        url,
        headline=f"خبر {number}",
        article_body=f"سفينة {number} " + "كلام " * number,
        canonical_url=None,
        date_published=MORNING + hours(at),
        authors=(f"كاتب {number}",),
    )
    archive.save(article, observation_at(MORNING, url=url), site=site, key=url, run=None)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path / "archive.db") as archive:
        for number in range(12):
            add(archive, number, number)
        yield archive


def page_of(archive: Archive, sort: Sort, cursor: str | None) -> dict[str, Any]:
    search = Search(query=SHIPS, limit=3, sort=sort, cursor=cursor)
    return search_answer(archive.db, search)


@pytest.mark.parametrize("sort", ["rank", "date", "fresh"])
def test_results_are_given_once_while_articles_come_and_go(
    archive: Archive, sort: Sort
) -> None:
    before = [row["id"] for row in archive.db.query("SELECT id FROM articles")]
    seen: list[int] = []
    cursor, count = None, 0
    while count == 0 or cursor:
        page = page_of(archive, sort, cursor)
        seen += [hit["article_id"] for hit in page["results"]]
        cursor, count = page["next_cursor"], count + 1
        if count < 4:  # the newest of all, and the last one that was read
            add(archive, 100 + count, 1_000 + count)
            add(archive, 200 + count, 2_000 + count)
            archive.withdraw(seen[-1], reason="asked for")
    assert len(seen) == len(set(seen))
    assert set(before) <= set(seen)


def test_counts_and_front_pages_go_on_behind_the_last_one(archive: Archive) -> None:
    first = count_answer(archive.db, Count(by="day", limit=1))
    for number in (50, 51):
        add(archive, number, -48 * (number - 49))
    following = (
        count_answer(archive.db, Count(by="day", limit=5, cursor=first["next_cursor"] or ""))
        if first["next_cursor"]
        else {"counts": []}
    )
    names = [one["untrusted_text"]["name"] for one in (*first["counts"], *following["counts"])]
    assert names == sorted(set(names))

    def visit(name: str) -> None:
        links = (Link(text="خبر", url=f"https://{SITE}/1", position=1),)
        lists = (LinkList(heading="أخبار", kind="latest", links=links),)
        seen = observation_at(MORNING, url=f"https://{name}.example/", outcome="source")
        archive.record_visit(seen, site=f"{name}.example", run=None, link_lists=lists)

    for name in "bdf":
        visit(name)
    page = front_pages_answer(archive.db, limit=2)
    visit("a")
    rest = front_pages_answer(archive.db, limit=2, cursor=page["next_cursor"])
    found = [one["url"] for one in (*page["pages"], *rest["pages"])]
    assert found == [f"https://{name}.example/" for name in "bdf"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 40), unique=True, min_size=2), st.data())
def test_a_page_begins_behind_the_last_result_that_is_left(
    keys: list[int], data: st.DataObject
) -> None:
    skipped = data.draw(st.integers(1, len(keys)))
    cursor = cursor_after("q", skipped, keys[:skipped])
    gone = data.draw(st.sets(st.sampled_from(keys), max_size=2))
    new = data.draw(st.lists(st.integers(100, 140), unique=True))
    left = [*new, *(key for key in keys if key not in gone)]
    now = place_at("q", cursor).now(lambda start, count: left[start : start + count])
    unread = [key for key in keys[skipped:] if key not in gone]
    if set(keys[:skipped][-4:]) - gone:
        assert left[now:] == unread


def test_an_old_cursor_without_results_still_counts(archive: Archive) -> None:
    cursor = cursor_after(Search(query=SHIPS, sort="date").question(), 3, [])
    found = page_of(archive, "date", cursor)
    assert len(found["results"]) == 3


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Front, Path]]:
    path = tmp_path_factory.mktemp("changes") / "archive.db"
    with Archive(path) as archive:
        save(archive, 0, FIRST)
    with serving(path) as front:
        yield front, path


def save(archive: Archive, later: float, headline: str) -> None:
    at = observation_at(MORNING + hours(later))
    archive.save(article_at(headline=headline), at, site=SITE, key=URL, run=None)


def test_a_changed_answer_is_never_not_modified(served: tuple[Front, Path]) -> None:
    front, path = served
    addresses = ("/api/v1/articles/1", f"/api/v1/search?q={quote('الميناء')}", "/api/v1/counts")
    for at in range(1, 6):
        tags = {one: front.get(one).headers["etag"] for one in addresses}
        for one, tag in tags.items():
            assert front.get(one, **{"If-None-Match": tag}).status == 304
        with Archive(path) as archive:
            add(archive, at, at)
            save(archive, at, (FIRST, SECOND)[at % 2])
        for one, tag in tags.items():
            answer = front.get(one, **{"If-None-Match": tag})
            if one != addresses[0]:
                assert answer.status == 200, one
        shown = json.loads(front.get(addresses[0]).text)["untrusted_text"]["headline"]
        assert shown == (FIRST, SECOND)[at % 2]


def test_evidence_of_a_version_is_paged_through(tmp_path: Path) -> None:
    path, (visits, page) = tmp_path / "archive.db", (25, 20)
    with Archive(path) as archive:
        for later in range(2 * visits):
            seen = observation_at(
                MORNING + hours(later),
                evidence=Evidence(file="a.warc.gz", offset=later, length=9),
            )
            headline = FIRST if later < visits else SECOND
            archive.save(article_at(headline=headline), seen, site=SITE, key=URL, run=None)
    with serving(path) as front:
        whole = captures(front, "/article/1"), captures(front, "/article/1?captures=3")
        old = [captures(front, f"/article/1?version=1&captures={at}") for at in (1, 2, 3)]
        text = front.get("/article/1?version=1").text
    assert whole == ([*range(49, 29, -1)], [*range(9, -1, -1)])
    assert old == [[*range(24, 4, -1)], [*range(4, -1, -1)], []]
    assert len(old[0]) == page
    assert f'<span class="beside-it">{visits}</span></summary>' in text
    following = re.search(r'<a href="([^"]*)" rel="next">', text)
    assert following
    assert "captures=2" in following[1]
    assert following[1].endswith("#evidence")


def captures(front: Front, address: str) -> list[int]:
    """The places of the captures that a page lists."""
    return [int(one) for one in re.findall(r"warc.gz @ (\d+)", front.get(address).text)]


def test_a_permalink_shows_the_version_that_was_cited(served: tuple[Front, Path]) -> None:
    front, path = served
    with Archive(path) as archive:
        save(archive, 50, "عنوان قديم")
        cited = article_answer(archive.db, 1)["citation"]["permalink"]
        hit = next(
            one
            for one in search_answer(archive.db, Search(query="الميناء"))["results"]
            if one["article_id"] == 1
        )
        save(archive, 60, "عنوان جديد")
    assert cited == hit["permalink"] == "/article/1?at=2026-03-03T08:30:00Z"
    page = front.get(cited)
    assert "عنوان قديم" in page.text.partition("<h1>")[2].partition("</h1>")[0]
