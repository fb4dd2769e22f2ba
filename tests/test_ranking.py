"""The order of results: judged queries, freshness, and one entry for each agency text."""

from __future__ import annotations

import datetime as dt
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.ranking import judged_queries, ndcg, newscrawl_scores, plain_scores
from newscrawl import Archive, Article
from newscrawl.archive.search.hits import SORTS
from tests.archive_samples import article_at, observation_at
from tests.command_line import run
from tests.front_server import WIRE


def test_judged_queries_are_ordered_better_than_by_plain_fts5(tmp_path: Path) -> None:
    queries = judged_queries()
    assert len(queries) == 30
    with Archive(tmp_path / "archive.db") as archive:
        ours = newscrawl_scores(archive, queries)
    plain = plain_scores(queries)
    assert sum(ours) / len(ours) > 0.94
    assert sum(ours) > sum(plain) + 2


def test_gain_is_one_for_the_best_order() -> None:
    query = {"grades": {1: 3, 2: 1, 3: 0}}
    assert ndcg([1, 2, 3], query) == 1
    assert 0 < ndcg([3, 2, 1], query) < ndcg([2, 1, 3], query) < 1
    assert ndcg([], query) == 0


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path / "archive.db") as archive:
        yield archive


def test_fresh_articles_go_before_old_ones(archive: Archive) -> None:
    today = dt.datetime.now(dt.UTC).date()
    for number, age in enumerate((900, 1, 300), 1):
        archive.add(
            Article(
                url=f"https://shams.example/{number}",
                headline="Storm",
                article_body="A storm.",
                date_published=today - dt.timedelta(days=age),
            )
        )
    archive.add(
        Article(url="https://shams.example/4", headline="Storm", article_body="A storm.")
    )
    assert archive.search("storm", sort="fresh")[0].article_id == 2
    assert len(archive.search("storm", sort="fresh")) == 4
    assert len(archive.search("lang:en OR storm", sort="fresh")) == 4


def test_pages_of_fresh_articles_are_those_of_the_whole_order(archive: Archive) -> None:
    today = dt.datetime.now(dt.UTC).date()
    for number in range(60):
        archive.add(
            Article(
                url=f"https://shams.example/{number}",
                headline="Storm" if number % 7 == 0 else "News",
                article_body="storm " * (1 + number % 5) + "again " * (number % 11),
                date_published=today - dt.timedelta(days=(number * 17) % 200),
            )
        )
    whole = archive.search("storm", sort="fresh", limit=100)
    ranks = [hit.rank or 0.0 for hit in whole]
    assert len(whole) == 60
    assert ranks == sorted(ranks)
    pages = [
        hit for at in range(0, 60, 7)
        for hit in archive.search("storm", sort="fresh", limit=7, offset=at)
    ]  # fmt: skip
    assert pages == whole


@pytest.mark.parametrize("query", ["storm after:2024", "storm before:2024-06-15 -calm"])
def test_dates_beside_a_frequent_word_are_read_from_their_index(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    for number in range(40):
        archive.add(
            Article(
                url=f"https://shams.example/{number}",
                article_body="A storm." if number % 3 else "A storm, then calm.",
                date_published=dt.date(2023 + number % 3, 6, 1 + number % 28),
            )
        )
    found = [archive.search(query, sort=sort) for sort in SORTS]
    counted = archive.count_hits(query, "month")
    monkeypatch.setattr("newscrawl.archive.search.names._MANY", 3)
    monkeypatch.setattr("newscrawl.archive.search.names._remembered", OrderedDict())
    assert [archive.search(query, sort=sort) for sort in SORTS] == found
    assert archive.count_hits(query, "month") == counted
    assert found[0]


def test_typed_spelling_goes_before_other_names(archive: Archive) -> None:
    for number, text in enumerate(("قال غوتيريش", "Guterres said"), 1):
        archive.add(Article(url=f"https://shams.example/{number}", article_body=text))
    assert [hit.article_id for hit in archive.search("Guterres")] == [2, 1]
    assert [hit.article_id for hit in archive.search("غوتيريش")] == [1, 2]


def test_one_entry_for_each_agency_text(archive: Archive, tmp_path: Path) -> None:
    for site in ("shams.example", "qamar.example", "najm.example"):
        url = f"https://{site}/1"
        wire = article_at(url, headline="السفينة", article_body=WIRE, canonical_url=None)
        archive.save(wire, observation_at(url=url), site=site, key="1", run=None)
    other = article_at("https://shams.example/2", headline="سفينة", canonical_url=None)
    archive.save(other, observation_at(url=other.url), site="shams.example", key="2", run=None)
    archive.update_copies()
    assert len(archive.search("سفينة")) == 4
    for sort in ("rank", "date", "fresh"):
        found = archive.search("سفينة", one_per_text=True, sort=sort)
        assert len(found) == 2
        assert 4 in {hit.article_id for hit in found}
    assert len(archive.search("سفينة", one_per_text=True, limit=1, offset=1)) == 1
    assert len(archive.search("site:shams.example", one_per_text=True)) == 2
    done = run("search", "سفينة", "--one-per-text", "-d", tmp_path / "archive.db")
    assert done.stdout.count(" id ") == 2
    assert "2 articles shown, one of each agency text, of 4 articles found" in done.stdout
    counted = run("search", "سفينة", "--one-per-text", "--count-by=site", "-d", "archive.db")
    assert counted.returncode == 2
    assert "leave out --one-per-text" in counted.stderr


def fill_with_frequent_word(archive: Archive) -> None:
    """Add ten articles with one word: the first in a headline, the second often."""
    for number in range(10):
        archive.add(
            Article(
                url=f"https://{'qamar' if number % 2 else 'shams'}.example/{number}",
                headline="Harbour news" if number == 0 else "News",
                article_body="harbour " * (5 if number == 1 else 1) + "again.",
            )
        )


def test_of_a_frequent_word_headlines_and_the_newest_are_ranked(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill_with_frequent_word(archive)
    exact = archive.search("harbour")
    assert [hit.article_id for hit in exact[:2]] == [1, 2]
    monkeypatch.setattr("newscrawl.archive.search.ranking.MOST_RANKED", 4)
    hits = archive.search("harbour")
    # Number 1 has the word in its headline; number 2 is too old to be ranked.
    assert [hit.article_id for hit in hits] == [1, 10, 9, 8, 7, 6, 5, 4, 3, 2]
    assert [hit.rank is None for hit in hits] == [False] * 4 + [True] * 6
    assert hits[0].rank == exact[0].rank
    assert archive.search("harbour -again") == []
    assert len(archive.search("harbour -nothing", limit=100)) == 10


@pytest.mark.parametrize(
    "query", ["harbour", "harbour site:qamar.example", "harbour -nothing", "new*"]
)
def test_pages_of_a_frequent_word_hold_each_article_once(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    fill_with_frequent_word(archive)
    expected = archive.ids_of_hits(query)
    assert expected
    monkeypatch.setattr("newscrawl.archive.search.ranking.MOST_RANKED", 3)
    pages = [
        [hit.article_id for hit in archive.search(query, limit=2, offset=offset)]
        for offset in range(0, 12, 2)
    ]
    found = [article_id for page in pages for article_id in page]
    assert sorted(found) == expected
    assert found == [hit.article_id for hit in archive.search(query, limit=12)]
