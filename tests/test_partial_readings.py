"""An article of which some pages could not be had: what is missing is no edit."""

from __future__ import annotations

import re
from typing import Any

import pytest

from newscrawl import Archive
from newscrawl.archive.write.article_versions import Saved
from tests.archive_samples import MORNING, SITE, article_at, hours, observation_at
from tests.command_line import run

URL = f"https://{SITE}/report"
PAGES = {
    URL: "The wall stands.\nIt has stood for 90 years.",
    f"{URL}?page=2": "Its stones are grey.\nNobody counts them.",
    f"{URL}?page=3": "The sea is near.",
}


def save(
    archive: Archive, at: int, *, without: str = "", was: str = "", becomes: str = ""
) -> Saved:
    """Save the article as it is read at an hour, without the pages that end in *without*."""
    missing = tuple(url for url in PAGES if without and url[-1] in without)
    body = "\n".join(text for url, text in PAGES.items() if url not in missing)
    changes: dict[str, Any] = {
        "article_body": body.replace(was, becomes) if was else body,
        "pages": tuple(url for url in PAGES if url not in missing),
        "missing_pages": missing,
        "source_credit": None,
    }
    seen = observation_at(MORNING + hours(at), URL, digest=f"{at:064x}")
    article = article_at(URL, **changes)
    return archive.save(article, seen, site=SITE, key=URL, run=None)


def edits_of(archive: Archive) -> list[tuple[Any, ...]]:
    return [(one.not_before, one.first_seen, one.fields) for one in archive.edits()]


def test_pages_that_could_not_be_had_are_no_edit(archive: Archive) -> None:
    save(archive, 0)
    assert save(archive, 1, without="2").outcome == "unchanged"
    assert save(archive, 2, without="23").outcome == "unchanged"
    assert archive.get(URL).article_body.endswith("near.")
    assert archive.get(URL).missing_pages == ()
    save(archive, 3)
    assert [one.cause for one in archive.versions(URL)] == ["first"]
    assert edits_of(archive) == []
    assert archive.check() == ()


def test_edit_is_dated_by_visits_that_saw_all_pages(archive: Archive) -> None:
    save(archive, 0)
    save(archive, 1, without="2")
    save(archive, 2, was="grey", becomes="black")
    expected = (MORNING, MORNING + hours(2), ("article_body",))
    assert edits_of(archive) == [expected]


def test_pages_that_come_later_complete_the_article(archive: Archive) -> None:
    save(archive, 0, without="23")
    assert save(archive, 1, without="3").outcome == "updated"
    save(archive, 2)
    assert [one.cause for one in archive.versions(URL)] == ["first", "extractor", "extractor"]
    assert archive.get(URL).missing_pages == ()
    assert edits_of(archive) == []


@pytest.mark.parametrize("order", [(0, 1, 2), (0, 2, 1), (2, 1, 0), (1, 0, 2), (1, 2, 0)])
def test_edit_beside_missing_pages_is_reported_once(
    archive: Archive, order: tuple[int, ...]
) -> None:
    visits = {
        0: {},
        1: {"without": "2", "was": "90", "becomes": "91"},
        2: {"was": "90", "becomes": "91"},
    }
    for at in order:
        save(archive, at, **visits[at])
    assert edits_of(archive) == [(MORNING, MORNING + hours(2), ("article_body",))]


def test_pages_that_are_missing_are_named(archive: Archive) -> None:
    save(archive, 0, without="3")
    shown = run("show", "1", "-d", archive.path).stdout
    assert re.search(rf"^missing_pages +{re.escape(URL)}\?page=3$", shown, re.MULTILINE)


def test_articles_that_always_lack_a_page_have_edits(archive: Archive) -> None:
    save(archive, 0, without="3")
    save(archive, 1, without="3", was="grey", becomes="black")
    assert edits_of(archive) == [(MORNING, MORNING + hours(1), ("article_body",))]
