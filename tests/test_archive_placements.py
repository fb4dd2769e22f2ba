"""Placements: stories in the lists of pages, with ranks and times."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newscrawl import Archive
from newscrawl.article import Link, LinkList
from newscrawl.outcomes import Observation
from tests.archive_samples import MORNING, SITE, article_at, hours, observation_at

HOME = f"https://{SITE}/"


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    """An empty archive."""
    with Archive(tmp_path / "archive.db") as archive:
        yield archive


def look(archive: Archive, at: int, *stories: str, outcome: str = "source") -> None:
    """Look at the home page *at* so many hours, when it listed *stories* as most read."""
    links = tuple(
        Link(text=story, url=f"{HOME}{story}", position=rank)
        for rank, story in enumerate(stories, 1)
    )
    lists = (LinkList(heading="الأكثر قراءة", kind="most_read", links=links),) if links else ()
    seen = Observation(url=HOME, outcome=outcome, fetched_at=MORNING + hours(at))
    archive.record_visit(seen, site=SITE, run=None, link_lists=lists)


def placements(archive: Archive, view: str = "placement") -> list[tuple[Any, ...]]:
    """Each story and the hours at which it was not yet, first, last and no longer there."""
    rows = archive.db.execute(
        f"""SELECT text, not_before, first_seen, last_seen, gone FROM {view}
        ORDER BY text, first_seen"""
    )
    return [(text, *map(hour, times)) for text, *times in rows]


def hour(time: str | None) -> int | None:
    return None if time is None else int(time[11:13]) - 6


def test_story_stood_between_the_visits_around_it(archive: Archive) -> None:
    look(archive, 0, "ا")
    look(archive, 1, "ا", "ب")
    look(archive, 2, "ب", "ا")
    look(archive, 3, "ا")
    assert placements(archive) == [("ا", None, 0, 3, None), ("ب", 0, 1, 2, 3)]


def test_ranks_and_spans_are_given(archive: Archive) -> None:
    look(archive, 0, "ا")
    look(archive, 1, "ا", "ب")
    look(archive, 2, "ب", "ا")
    look(archive, 4)
    query = """SELECT text, best_position, worst_position, min_seconds, max_seconds
        FROM placement ORDER BY text"""
    assert archive.db.execute(query).fetchall() == [
        ("ا", 1, 2, 7200, None),
        ("ب", 1, 2, 3600, 14400),
    ]


def test_story_that_comes_back_stood_twice(archive: Archive) -> None:
    for at, stories in enumerate([("ا",), ("ب",), ("ا",)]):
        look(archive, at, *stories)
    assert placements(archive) == [
        ("ا", None, 0, 0, 1),
        ("ا", 1, 2, 2, None),
        ("ب", 0, 1, 1, 2),
    ]


def test_failed_visit_says_nothing(archive: Archive) -> None:
    look(archive, 0, "ا")
    look(archive, 1, outcome="timeout")
    look(archive, 2, "ا")
    assert placements(archive) == [("ا", None, 0, 2, None)]


def test_unchanged_lists_cost_no_row(archive: Archive) -> None:
    for at in range(5):
        look(archive, at, "ا", "ب")
    assert archive.db.execute("SELECT count(*) FROM showings").fetchone() == (1,)


def test_story_in_two_lists_stands_in_each(archive: Archive) -> None:
    link = Link(text="ا", url=f"{HOME}1", position=1)
    lists = tuple(LinkList(heading=name, links=(link,)) for name in ("أول", "ثان"))
    seen = Observation(url=HOME, outcome="source", fetched_at=MORNING)
    archive.record_visit(seen, site=SITE, run=None, link_lists=lists)
    headings = archive.db.execute("SELECT heading FROM placement ORDER BY 1").fetchall()
    assert headings == [("أول",), ("ثان",)]


def test_lists_of_articles_are_placements_too(archive: Archive) -> None:
    archive.save(article_at(), observation_at(), site=SITE, key="1", run=None)
    query = "SELECT text, kind, is_cut FROM placement ORDER BY best_position"
    assert archive.db.execute(query).fetchall() == [
        ("افتتاح رصيف ثان", "related", 0),
        ("حركة السفن في", "related", 1),
    ]


def test_article_page_promotes_nothing(archive: Archive) -> None:
    archive.save(article_at(), observation_at(), site=SITE, key="1", run=None)
    assert archive.db.execute("SELECT count(*) FROM promotion").fetchone() == (0,)


def test_list_that_answers_not_modified_stands_as_it_was(archive: Archive) -> None:
    look(archive, 0, "ا", "ب")
    seen = Observation(url=HOME, outcome="unchanged", status=304, fetched_at=MORNING + hours(2))
    archive.record_visit(seen, site=SITE, run=None)
    for view in ("placement", "promotion"):
        assert placements(archive, view) == [("ا", None, 0, 2, None), ("ب", None, 0, 2, None)]


def test_coverage_shows_the_gaps(archive: Archive) -> None:
    for at in (0, 1, 5):
        look(archive, at, "ا")
    query = "SELECT url, looks, longest_gap_seconds, average_gap_seconds FROM coverage"
    assert archive.db.execute(query).fetchall() == [(HOME, 3, 4 * 3600, 9000)]


STORIES = st.lists(st.sampled_from("ابت"), unique=True, max_size=3)


@settings(max_examples=40, deadline=None)
@given(pages=st.lists(STORIES, max_size=6), data=st.data())
def test_order_of_import_does_not_matter(
    tmp_path_factory: pytest.TempPathFactory, pages: list[list[str]], data: st.DataObject
) -> None:
    order = data.draw(st.permutations(range(len(pages))))
    with Archive(tmp_path_factory.mktemp("order") / "archive.db") as archive:
        archive.db.execute("PRAGMA synchronous = OFF")
        for at in order:
            look(archive, at, *pages[at])
        found, promoted = placements(archive), placements(archive, "promotion")
        ranks = (
            "SELECT text, best_position, worst_position, max_seconds FROM {} ORDER BY 1, 2, 3"
        )
        assert (
            archive.db.execute(ranks.format("placement")).fetchall()
            == archive.db.execute(ranks.format("promotion")).fetchall()
        )
    assert found == sorted(expected_placements(pages), key=lambda row: (row[0], row[2]))
    assert promoted == found


def expected_placements(pages: list[list[str]]) -> Iterator[tuple[Any, ...]]:
    """The same by looking at every page for every story."""
    for story in "ابت":
        looks = [(at, story in page) for at, page in enumerate(pages)]
        for is_there, group in itertools.groupby(looks, key=lambda look: look[1]):
            hours_there = [at for at, _ in group]
            if is_there:
                first, last = hours_there[0], hours_there[-1]
                yield (
                    story,
                    first - 1 if first else None,
                    first,
                    last,
                    last + 1 if last + 1 < len(pages) else None,
                )
