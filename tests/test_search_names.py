"""Names in a query are found in other spellings, scripts and languages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from newscrawl import Agency, Archive, Article, SourceCredit
from newscrawl.archive.search.name_index import spellings_of
from newscrawl.archive.search.named.aliases import other_names
from newscrawl.text.name_sounds import likeness, sounds_of


def pairs_of(file: str) -> list[list[str]]:
    lines = Path(__file__).with_name(file).read_text("utf-8").splitlines()
    return [line.split("\t") for line in lines if not line.startswith("#")]


PAIRS = pairs_of("name_pairs.tsv")
NEAR_PAIRS = pairs_of("near_names.tsv")


def article(number: int, text: str, **fields: object) -> Article:
    url = f"https://shams.example/{number}"
    return Article(url=url, headline="خبر", article_body=text, **fields)  # type: ignore[arg-type]


def scores(folder: Path, pairs: list[list[str]]) -> tuple[float, float]:
    """Return precision and recall of queries in an archive with the text of each of *pairs*."""
    with Archive(folder / "archive.db") as archive:
        with archive.transaction():
            for number, (_query, text, _match) in enumerate(pairs, 1):
                archive.add(article(number, f"— {text} —"))
        found = [
            (number in archive.ids_of_hits(query), match == "1")
            for number, (query, _text, match) in enumerate(pairs, 1)
        ]
    right = found.count((True, True))
    return right / sum(hit for hit, _ in found), right / sum(match for _, match in found)


def test_pairs_of_names_find_each_other(tmp_path: Path) -> None:
    assert sum(match == "1" for *_, match in PAIRS) >= 200
    precision, recall = scores(tmp_path, PAIRS)
    assert precision > 0.98
    assert recall > 0.92


def test_names_of_other_people_are_kept_apart(tmp_path: Path) -> None:
    assert sum(match == "0" for *_, match in NEAR_PAIRS) > len(NEAR_PAIRS) / 2
    precision, recall = scores(tmp_path, NEAR_PAIRS)
    assert precision > 0.89
    assert recall > 0.91


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("Salim", "سالم"),
        ("رشاد", "Rashid"),
        ("Walid", "والد"),
        ("Rashid", "Rashad"),
        ("Maria", "Mario"),
        ("كتاب", "كتيبة"),
        ("Daniel", "Daniela"),
        ("Martin", "Martine"),
        ("Michel", "Michèle"),
        ("Simon", "Simone"),
    ],
)
def test_one_vowel_makes_another_name(tmp_path: Path, query: str, text: str) -> None:
    with Archive(tmp_path / "archive.db") as archive:
        archive.add(article(1, f"— {text} —"))
        assert archive.ids_of_hits(query) == []
        assert archive.ids_of_hits(text) == [1]


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
        ("agency:افپ", {4}),
        ('agency:"Франс Пресс"', {4}),
        ("agency:رويترز", set()),
        ("agency:France", set()),
        ("agency:press", set()),
        ("agency:AFP ship OR سفينة", {4}),
        ("سفينة names:off", {4, 5}),
        ("author:Salma", {5}),
        ("author:سلمى", {5}),
        ("الرفاعي", {5}),
    ],
)
def test_names_in_queries(archive: Archive, query: str, articles: set[int]) -> None:
    assert found(archive, query) == articles


@pytest.mark.parametrize(
    ("query", "text"), [("حلب", "Help"), ("مصر", "Miser"), ("شريف", "Sheriff")]
)
def test_capital_of_a_sentence_makes_no_name(tmp_path: Path, query: str, text: str) -> None:
    with Archive(tmp_path / "archive.db") as archive:
        archive.add(article(1, f"{text} is on the way."))
        archive.add(article(2, "كتب Mr. Sharif رسالة عن Halab و Misr أمس."))
        assert 1 not in archive.ids_of_hits(query)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("can", "كان"),
        ("كان", "Can"),
        ("and", "عند"),
        ("And", "عند"),
        ("end", "عند"),
        ("call", "قال"),
        ("small", "شمال"),
        ("made", "ماضي"),
        ("read", "رياض"),
        ("les", "ليس"),
        ("avec", "أفك"),
        ("ويأمل", "ويعمل"),
        ("تقطع", "التقط"),
        ("فاطمة", "عتمة"),
        ("Amin", "میں"),
        ('"Fatima"', "فاطمة"),
        ("Fatima names:off", "فاطمة"),
    ],
)
def test_words_that_are_no_names_have_no_other_spellings(
    tmp_path: Path, query: str, text: str
) -> None:
    with Archive(tmp_path / "archive.db") as archive:
        archive.add(article(1, f"— {text} —"))
        assert archive.ids_of_hits(query) == []
        assert archive.ids_of_hits(text) == [1]


def test_letter_of_a_name_is_no_particle(tmp_path: Path) -> None:
    with Archive(tmp_path / "archive.db") as archive:
        archive.add(article(1, "— فاطمة —"))
        assert archive.ids_of_hits("Fatima") == [1]
        assert {one.name for one in spellings_of(archive.db, "Fatma")} == {"فاطمة"}


@pytest.mark.parametrize(
    ("query", "text"),
    [("بھٹو", "Bhutto"), ("باجوہ", "Bajwa"), ("ברוך", "Baruch"), ("Viktor", "Victor")],
)
def test_transcriptions_of_several_languages(tmp_path: Path, query: str, text: str) -> None:
    with Archive(tmp_path / "archive.db") as archive:
        archive.add(article(1, f"— {text} —"))
        archive.add(article(2, f"— {query} —"))
        assert archive.ids_of_hits(query) == archive.ids_of_hits(text) == [1, 2]


@pytest.mark.parametrize("query", ["Geneva", "جنيف"])
def test_an_urdu_name_is_no_arabic_word_of_its_stem(tmp_path: Path, query: str) -> None:
    with Archive(tmp_path / "archive.db") as archive:
        archive.add(article(1, "بدأ موسم الجني في القرى."))
        assert archive.search(query) == []
        assert archive.search("الجني")


def test_spelling_far_behind_the_best_one_is_another_name(tmp_path: Path) -> None:
    with Archive(tmp_path / "archive.db") as archive:
        archive.add(article(1, "— Merkov —"))
        assert archive.ids_of_hits("Марков") == [1]
        archive.add(article(2, "— Markov —"))
        assert archive.ids_of_hits("Марков") == [2]


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


def test_name_of_two_words_is_forgotten_with_its_article(archive: Archive) -> None:
    archive.add(article(9, "قال عبد الله أمس إن السفينة وصلت."))
    names = "SELECT count(*) FROM article_search_names WHERE name = 'عبدالله'"
    assert archive.db.execute(names).fetchone() == (1,)
    archive.withdraw("https://shams.example/9", reason="طلب")
    assert archive.db.execute(names).fetchone() == (0,)


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
