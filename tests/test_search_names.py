"""Names in a query are found in other spellings, scripts and languages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from newscrawl import Agency, Archive, Article, SourceCredit
from newscrawl.archive.search.aliases import other_names
from newscrawl.archive.search.name_index import spellings_of
from newscrawl.text.name_sounds import likeness, sounds_of

PAIRS = [
    line.split("\t")
    for line in Path(__file__).with_name("name_pairs.tsv").read_text("utf-8").splitlines()
    if not line.startswith("#")
]


def article(number: int, text: str, **fields: object) -> Article:
    url = f"https://shams.example/{number}"
    return Article(url=url, headline="خبر", article_body=text, **fields)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def archive_of_pairs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """An archive with an article for the text of each pair."""
    with Archive(tmp_path_factory.mktemp("names") / "archive.db") as archive:
        with archive.transaction():
            for number, (_query, text, _match) in enumerate(PAIRS, 1):
                archive.add(article(number, f"— {text} —"))
        yield archive


def test_pairs_of_names_find_each_other(archive_of_pairs: Archive) -> None:
    assert sum(match == "1" for *_, match in PAIRS) >= 200
    found = [
        (
            any(hit.article_id == number for hit in archive_of_pairs.search(query, limit=1000)),
            match,
        )
        for number, (query, _text, match) in enumerate(PAIRS, 1)
    ]
    right = sum(is_found and match == "1" for is_found, match in found)
    assert right / sum(is_found for is_found, _match in found) > 0.97
    assert right / sum(match == "1" for *_, match in PAIRS) > 0.90


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    """An archive with one name in three scripts, and an article credited to an agency."""
    with Archive(tmp_path / "archive.db") as archive:
        archive.add(article(1, "قال غوتيريش أمس إن الهدنة قريبة."))
        archive.add(article(2, "Guterres said on Monday that a truce was near."))
        archive.add(article(3, "גוטרש אמר אתמול."))
        credit = SourceCredit(raw="أ.ف.ب", agencies=(Agency(name="أ.ف.ب", id="afp"),))
        archive.add(article(4, "وصلت السفينة إلى الميناء.", source_credit=credit))
        archive.add(
            article(5, "ذكرت وكالة فرانس برس أن السفينة وصلت.", authors=("سلمى الرفاعي",))
        )
        yield archive


def found(archive: Archive, query: str) -> set[int]:
    return {hit.article_id for hit in archive.search(query)}


@pytest.mark.parametrize(
    ("query", "articles"),
    [
        ("Guterres", {1, 2, 3}),
        ("غوتيريش", {1, 2}),
        ("=Guterres", {2}),
        ("Guterres names:off", {2}),
        ("Guterres names:-غوتيريش", {2, 3}),
        ("Guterres -truce", {1, 3}),
        ('"Guterres said"', {2}),
        ("headline:Guterres", set()),
        ("afp", {4, 5}),
        ("AFP", {4, 5}),
        ("Agence France-Presse", {4, 5}),
        ("فرانس برس", {4, 5}),
        ("agency:afp", {4}),
        ('agency:"Agence France-Presse"', {4}),
        ("agency:AFP ship OR سفينة", {4}),
        ("سفينة names:off", {4, 5}),
        ("author:Salma", {5}),
        ("author:سلمى", {5}),
        ("الرفاعي", {5}),
    ],
)
def test_names_in_queries(archive: Archive, query: str, articles: set[int]) -> None:
    assert found(archive, query) == articles


def test_other_spellings_are_reported_and_marked(archive: Archive) -> None:
    assert set(archive.also_found("Guterres")) == {"غوتيريش", "גוטרש"}
    assert "Guterres" in archive.also_found("غوتيريش")
    assert archive.also_found("Guterres names:off") == ()
    (hit,) = [hit for hit in archive.search("Guterres") if hit.article_id == 1]
    assert [hit.snippet[a:b] for a, b in hit.snippet_spans] == ["غوتيريش"]


def test_words_of_an_article_that_is_gone_are_forgotten(archive: Archive) -> None:
    archive.withdraw("https://shams.example/1", reason="طلب")
    names = archive.db.execute("SELECT name FROM article_search_names").fetchall()
    assert ("غوتيريش",) not in names
    assert "غوتيريش" not in archive.also_found("Guterres")
    archive.add(article(2, "A text without names."))
    assert archive.also_found("גוטרש") == ()


def test_index_of_names_is_rebuilt(archive: Archive) -> None:
    before = archive.db.execute("SELECT * FROM article_search_names").fetchall()
    archive.db.execute("DELETE FROM article_search_names")
    archive.reindex()
    assert archive.db.execute("SELECT * FROM article_search_names").fetchall() == before
    assert any("Guterres" in row for row in before)


@pytest.mark.parametrize(
    ("name", "other"),
    [("NATO", "حلف الأطلسي"), ("Le Caire", "القاهرة"), ("البيت الأبيض", "White House")],
)
def test_tables_know_other_names(name: str, other: str) -> None:
    assert other in other_names(name)


@pytest.mark.parametrize("word", ["who", "map", "الحياة", "وزير", ""])
def test_ordinary_words_name_nothing(word: str) -> None:
    assert other_names(word) == ()


def test_likeness_is_of_both_names_alike() -> None:
    left, right = sounds_of("ماكرون"), sounds_of("Macron")
    assert likeness(left, right) == pytest.approx(likeness(right, left))
    assert likeness(left, right) > 0.6 > likeness(left, sounds_of("Merkel"))
    assert likeness("", "") == 0.0


@pytest.mark.parametrize("word", ["", "a", "ـ", "123", "x" * 300, "\u200c", "ßßß", "日本"])
def test_any_word_may_be_searched_for(archive: Archive, word: str) -> None:
    assert spellings_of(archive.db, word) == []
