"""Answers that lead on: shared texts, edits, deletions, and the fields of a question."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator
from html import unescape

import pytest

from newscrawl.archive import Archive
from newscrawl.outcomes import Outcome
from tests.archive_samples import MORNING, SITE, URL, article_at, hours, observation_at
from tests.front_server import FIRST, SECOND, WIRE, Front, serving

OTHER = "qamar.example"


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """A text of two papers, an edit of each kind of admission, and a deletion."""
    path = tmp_path_factory.mktemp("questions") / "archive.db"
    with Archive(path) as archive:
        run = archive.start_run("site", SITE, {})
        papers = ((1, SITE, "السفينة في الميناء"), (2, OTHER, "رست السفينة"))
        for later, site, headline in papers:
            url = f"https://{site}/3"
            wire = article_at(
                url,
                headline=headline,
                article_body=WIRE,
                canonical_url=None,
                date_published=MORNING + hours(later),
            )
            seen = observation_at(MORNING + hours(9), url=url)
            archive.save(wire, seen, site=site, key=url, run=run)
        edits = ((10, FIRST, None), (11, SECOND, None), (12, FIRST, MORNING + hours(12)))
        for later, headline, modified in edits:
            edited = article_at(headline=headline, date_modified=modified)
            at = observation_at(MORNING + hours(later))
            archive.save(edited, at, site=SITE, key=URL, run=run)
        archive.update_copies()
        archive.finish_run(run, "finished", 0, {})
        gone = archive.start_run("site", SITE, {})
        missed = observation_at(
            MORNING + dt.timedelta(days=1), outcome=Outcome.HTTP_ERROR, status=404
        )
        archive.record_visit(missed, site=SITE, run=gone)
        archive.finish_run(gone, "finished", 0, {})
    with serving(path) as front:
        yield front


def page_behind(front: Front, path: str, pattern: str) -> str:
    """The page at the first link of the page at *path* that *pattern* matches."""
    link = re.search(f'href="({pattern}[^"]*)"', front.get(path).text)
    assert link is not None
    answer = front.get(unescape(link[1]))
    assert answer.status == 200
    return answer.text


@pytest.mark.parametrize("name", ["same_texts", "first_with_agency_texts"])
def test_number_of_texts_leads_to_each_text_and_its_articles(front: Front, name: str) -> None:
    page = page_behind(front, f"/question/{name}?lang=en", "/question/shared_texts")
    assert '<a href="/article/1?lang=en"><bdi>السفينة في الميناء</bdi></a>' in page
    assert '<a href="/article/2?lang=en"><bdi>رست السفينة</bdi></a>' in page
    assert "by the times that the papers print" in page


def test_certainty_by_printed_times_is_said_so(front: Front) -> None:
    for path in ("/article/1", "/question/first_with_agency_texts"):
        page = front.get(f"{path}?lang=en").text
        assert "the times that the papers print" in page
        assert "The first outlet had it before the others." not in page


def test_texts_of_another_pair_of_sites_are_none(front: Front) -> None:
    page = front.get(f"/question/shared_texts?lang=en&site={SITE}&other_site=nobody.example")
    assert "The archive has no answer to this" in page.text


def test_all_edits_are_counted_beside_the_silent_ones(front: Front) -> None:
    (row,) = json.loads(front.get("/question/silent_edits.json").text)
    assert (row["class"], row["edits"], row["silent"]) == ("headline", 2, 1)
    page = page_behind(front, "/question/silent_edits?lang=en", "/question/edits")
    assert page.count('<a href="/article/3?at=2026-03-01T') == 2


def test_deletion_has_its_time_and_reason_in_words(front: Front) -> None:
    page = front.get("/question/deletions?lang=en").text
    assert "<time>2026-03-02 06:30 UTC</time>" in page
    assert "not found (404)" in page
    assert "not_found" not in page


def test_field_of_a_site_offers_the_sites_of_the_archive(front: Front) -> None:
    page = front.get("/question/deletions?lang=en").text
    assert 'list="sites"' in page
    assert f'<option value="{SITE}">' in page
    assert "<datalist" not in front.get("/question/uncredited?lang=en").text
