"""Pages that seem no article and have an article's headline and text: stored, and apart."""

from __future__ import annotations

import datetime as dt
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from newscrawl import Archive, Page, extract
from newscrawl.archive import Selection
from newscrawl.errors import UsageError
from newscrawl.generic.page_kind.decision import page_kind
from newscrawl.generic.page_kind.facts import PageFacts
from newscrawl.ingest.acceptance import doubtful_pages, rejection_of
from newscrawl.web.pages.indexes import NAMES
from newscrawl.web.queries.questions import questions
from tests.archive_samples import MORNING, SITE, URL, article_at, observation_at
from tests.command_line import run
from tests.importing import Saying, imported, write_warc

PARAGRAPH = "The ferry to the islands sails again after a winter in the dock of the old port. "
GALLERY = {
    "page_kind": "gallery",
    "page_kind_reason": "9 numbered captions",
    "page_kind_certainty": "doubtful",
}
PAGE = f"""<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Forum</title>
<script type="application/ld+json">{{"@type": "QAPage", "name": "Ferry"}}</script></head><body>
<main><h1>Why does the ferry to the islands sail at night only?</h1>
{"".join(f"<p>{number}. {PARAGRAPH * 3}</p>" for number in range(6))}</main></body></html>"""


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path / "archive.db") as opened:
        yield opened


def save(archive: Archive, day: int, **changes: Any) -> Any:
    seen = observation_at(MORNING + dt.timedelta(days=day))
    return archive.save(article_at(**changes), seen, site=SITE, key="1", run=None)


def count(archive: Archive, view: str) -> int:
    return archive.db.view(view).count


@pytest.mark.parametrize(
    ("changes", "certainty"),
    [
        ({}, "doubtful"),
        ({"headline": ""}, "certain"),
        ({"body": PARAGRAPH}, "certain"),
        ({"body": PARAGRAPH * 2, "og_type": "article", "is_dated": True}, "doubtful"),
        ({"title": "404", "body": PARAGRAPH, "types": frozenset()}, "certain"),
    ],
)
def test_page_of_another_kind_with_a_headline_and_text_is_doubtful(
    changes: dict[str, Any], certainty: str
) -> None:
    known: dict[str, Any] = {
        "url": "https://port.example/a/1",
        "headline": "Why does the ferry to the islands sail at night only?",
        "body": PARAGRAPH * 12,
        "types": frozenset({"QAPage"}),
        "size": 1_000,
    }
    kind = page_kind(PageFacts(**(known | changes)))
    assert kind.name != "article"
    assert kind.certainty == certainty


def test_body_of_many_teasers_is_certainly_a_list() -> None:
    title = "<h3><a href='/n/{0}'>Headline of the story number {0} of the day</a></h3>"
    card = f"<div>{title}<p>{{1}}</p></div>"
    cards = "".join(card.format(number, PARAGRAPH) for number in range(20))
    body = f"<html><body><main><h1>Harbour</h1>{cards}</main></body></html>"
    article = extract(Page(url="https://port.example/harbour/", body=body.encode()))
    assert (article.page_kind, article.page_kind_certainty) == ("listing", "certain")


def test_doubtful_page_is_rejected_only_where_the_setting_says_so() -> None:
    article = article_at(**GALLERY)
    assert rejection_of(article) is None
    assert rejection_of(article, "refuse") == ("not_article", "gallery: 9 numbered captions")
    assert rejection_of(article_at(page_kind="gallery")) == ("not_article", "gallery")


def test_wrong_setting_is_refused() -> None:
    assert doubtful_pages(None) == doubtful_pages("store") == "store"
    with pytest.raises(UsageError, match="NEWSCRAWL_DOUBTFUL_PAGES: 'maybe' is neither store"):
        doubtful_pages("maybe")


def test_doubtful_page_is_stored_apart_from_the_articles(archive: Archive) -> None:
    save(archive, 1, **GALLERY)
    assert (count(archive, "article"), count(archive, "article_all")) == (0, 1)
    assert archive.search("الميناء") == []
    assert archive.search(f"site:{SITE}") == []
    assert archive.get(URL) == article_at(**GALLERY)
    assert archive.check() == ()
    out = io.StringIO()
    archive.export(out, "jsonl", Selection(table="article_all"))
    row = json.loads(out.getvalue())
    assert (row["page_kind"], row["page_kind_certainty"]) == ("gallery", "doubtful")


def test_doubtful_page_becomes_an_article_and_is_found(archive: Archive) -> None:
    save(archive, 1, **GALLERY)
    save(archive, 2, article_body="وصلت السفينة الثانية.", blocks=())
    assert count(archive, "article") == 1
    assert [hit.article_id for hit in archive.search("السفينة")] == [1]
    assert archive.check() == ()


def test_doubtful_page_does_not_replace_an_article(archive: Archive) -> None:
    save(archive, 1)
    saved = save(archive, 2, headline="صور من الميناء", **GALLERY)
    assert (saved.outcome, saved.version_id) == ("not_article", None)
    assert archive.get(URL) == article_at()
    outcomes = archive.db.execute("SELECT outcome, reason FROM observation ORDER BY id")
    assert outcomes.fetchall()[1] == ("not_article", "gallery: 9 numbered captions")


@pytest.mark.parametrize(("setting", "stored"), [("store", 1), ("refuse", 0)])
def test_import_follows_the_setting(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, setting: str, stored: int
) -> None:
    monkeypatch.setenv("NEWSCRAWL_DOUBTFUL_PAGES", setting)
    warc = write_warc(tmp_path / "a.warc.gz", [Saying(path="/q/1", body=PAGE.encode())])
    imported(archive, warc)
    assert (count(archive, "article"), count(archive, "article_all")) == (0, stored)


def test_command_says_how_certain_the_kind_is(tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text(PAGE, "utf-8")
    shown = run("extract", file, "--url", "https://port.example/q/1").stdout
    assert "forum (doubtful): the page's structured data says QAPage" in " ".join(shown.split())


OF_REQUESTS = {"outcomes_by_month", "runs", "most_requested"}
"""Questions about requests, which every page has."""


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Archive, Archive]:
    """An archive of one article, and one that has a doubtful page too."""
    folder = tmp_path_factory.mktemp("both")
    opened = Archive(folder / "one.db"), Archive(folder / "two.db")
    for archive in opened:
        save(archive, 1)
    seen = observation_at(MORNING + dt.timedelta(days=1))
    other = article_at(**GALLERY, url=f"https://{SITE}/other", canonical_url=None)
    opened[1].save(other, seen, site=SITE, key="2", run=None)
    assert [one.db.view("article_all").count for one in opened] == [1, 2]
    return opened


@pytest.mark.parametrize("name", sorted(questions().keys() - OF_REQUESTS))
def test_no_question_counts_a_doubtful_page(both: tuple[Archive, Archive], name: str) -> None:
    question = questions()[name]
    values = dict.fromkeys(question.asks)
    one, other = (db.db.execute(question.sql, values).fetchall() for db in both)
    assert other == one


@pytest.mark.parametrize("kind", ["sites", "agencies", "authors"])
def test_no_list_of_names_counts_a_doubtful_page(
    both: tuple[Archive, Archive], kind: str
) -> None:
    one, other = (db.db.execute(NAMES[kind]).fetchall() for db in both)
    assert one
    assert other == one


@pytest.mark.parametrize("view", ["agency", "author", "agency_mention", "edit", "absence"])
def test_no_view_counts_a_doubtful_page(both: tuple[Archive, Archive], view: str) -> None:
    one, other = (list(db.db.view(view).rows) for db in both)
    assert other == one


def test_statistics_count_doubtful_pages_apart(both: tuple[Archive, Archive]) -> None:
    one, other = (db.stats() for db in both)
    assert (one.articles, one.doubtful_pages) == (1, 0)
    assert (other.articles, other.doubtful_pages) == (1, 1)
    assert other.versions == one.versions
    assert other.coverage == one.coverage
