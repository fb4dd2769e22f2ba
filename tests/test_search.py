from __future__ import annotations

import datetime as dt
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newscrawl import Agency, Archive, Article, Dateline, SourceCredit
from newscrawl.archive.read.in_memory.site_hosts import remember_hosts
from newscrawl.archive.search.hits import problems_of
from newscrawl.archive.search.index import index_problems, updates_at_end
from newscrawl.archive.search.names import search_query
from newscrawl.archive.search.query_parser import parse_query
from newscrawl.archive.write.lookup_tables import url_id
from newscrawl.archive.write.moves import move_article
from newscrawl.outcomes import Observation
from tests.archive_samples import SITE, article_at, observation_at

SEEN = dt.datetime(2026, 3, 1, 10, 0, tzinfo=dt.UTC)
ARTICLES = (
    Article(
        url="https://www.shams.example/1",
        headline="حلف الأطلسي يجتمع في بروكسل",
        article_body="قال الامين العام للأطلسي إن الوزراء سيبحثون.\nحضر الملك عبدالله الثاني.",
        source_credit=SourceCredit(
            raw="رويترز", agencies=(Agency(name="رويترز", id="reuters"),)
        ),
        breadcrumbs=("أخبار عالمية",),
        date_published=dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC),
        in_language="ar",
    ),
    Article(
        url="https://www.shams.example/2",
        headline="المغرب يستقبل وفدًا",
        article_body="الجالية بالمغرب تنتظر. التقى عبد الله المنصوري وزير الخارجية.",
        authors=("سلمى الرفاعي",),
        date_published=dt.date(2026, 4, 5),
        in_language="ar",
    ),
    Article(
        url="https://www.harbour.example/3",
        headline="L’accord de Bruxelles",
        article_body="Les négociations sur l'accord ont duré; le cœur du texte reste.",
        date_published=dt.datetime(2026, 4, 6, 12, 0, tzinfo=dt.UTC),
        in_language="fr",
    ),
)


@pytest.fixture(scope="module")
def three_articles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of an archive of three articles of two sites; tests copy it."""
    path = tmp_path_factory.mktemp("three") / "archive.db"
    with Archive(path) as archive:
        for article in ARTICLES:
            save(archive, article)
    return path


@pytest.fixture
def archive(three_articles: Path, tmp_path: Path) -> Iterator[Archive]:
    """An archive of three articles of two sites."""
    with Archive(shutil.copy(three_articles, tmp_path / "archive.db")) as archive:
        yield archive


def save(archive: Archive, article: Article) -> None:
    site = "shams" if "shams" in article.url else "harbour"
    seen = Observation(url=article.url, outcome="stored", fetched_at=SEEN)
    archive.save(article, seen, site=site, key=article.url[-1], run=None)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("الأطلسي", {1}),
        ("اطلسي", {1}),
        ("حلف الاطلسي", {1}),
        ('"حلف الاطلسي"', {1}),
        ('"الاطلسي حلف"', set()),
        ("«حلف الأطلسي»", {1}),
        ("عبد الله", {1, 2}),
        ("عبدالله", {1, 2}),
        ('"الملك عبد الله الثاني"', {1}),
        ('"عبدالله المنصوري"', {2}),
        ("عبد الله -المنصوري", {1}),
        ("وزير", {1, 2}),
        ("المغرب OR بروكسل", {1, 2, 3}),  # and Bruxelles
        ("المغرب OR بروكسل names:off", {1, 2}),
        ("بروكسل | Bruxelles", {1, 3}),
        ("-المغرب", {1, 3}),
        ("accord", {3}),
        ("l'accord", {3}),
        ("NEGOCIATION", {3}),
        ("coeur", {3}),
        ("négoc*", {3}),
        ("الأطل*", {1}),
        ("=للأطلسي", {1}),
        ("=أطلسي", set()),
        ("=وفدا", set()),
        ('="وفدًا"', {2}),
        ("=أطلسي OR المغرب", {2}),
        ("headline:المغرب", {2}),
        ("headline:الجالية", set()),
        ('headline:"حلف الأطلسي"', {1}),
        ("site:shams", {1, 2}),
        ("site:harbour.example", {3}),
        ("site:our.example", set()),
        ("agency:reuters", {1}),
        ("agency:رويترز", {1}),
        ("section:عالميه", {1}),
        ("author:الرفاعي", {2}),
        ("lang:fr", {3}),
        ("after:2026-04", {2, 3}),
        ("after:٢٠٢٦-٠٤-٠٦", {3}),
        ("before:2026-04-05", {1}),
        ("وزير after:2026-3-15", {2}),
        ("after:soon", set()),
    ],
)
def test_query_language(archive: Archive, query: str, found: set[int]) -> None:
    assert {int(hit.url[-1]) for hit in archive.search(query)} == found


@pytest.mark.parametrize(
    "query", ['"', '" OR * NEAR(', "NEAR(a, 2)", "a AND", "^", "{a}:", "***"]
)
def test_anything_typed_is_safe(archive: Archive, query: str) -> None:
    assert isinstance(archive.search(query), list)


@pytest.fixture(scope="module")
def index() -> sqlite3.Connection:
    """An empty index that refuses what is no FTS5 query."""
    connection = sqlite3.connect(":memory:")
    columns = "headline, alternative_headline, description, article_body, keywords"
    connection.execute(f"CREATE VIRTUAL TABLE texts USING fts5({columns})")
    connection.execute("INSERT INTO texts VALUES ('a', 'b', 'c', 'd', 'e')")
    return connection


@given(
    typed=st.text(st.sampled_from('"*:-=()|^{}+ORNEAT أبو ظبيعدالله\u200c') | st.characters())
)
def test_every_query_is_one_to_fts5(index: sqlite3.Connection, typed: str) -> None:
    expression = search_query(typed).encode("utf-8", "replace").decode()
    index.execute("SELECT rowid FROM texts WHERE texts MATCH ?", (expression,)).fetchall()


def test_persian_compound_is_found_however_it_is_joined(archive: Archive) -> None:
    text = "او می\u200cخواهد کتاب\u200cها را بخواند."
    save(archive, Article(url="https://www.shams.example/7", headline="خبر", article_body=text))
    for query in ("میخواهد", "می\u200cخواهد", '"می\u200cخواهد کتاب\u200cها"', "کتاب"):
        assert [hit.url[-1] for hit in archive.search(query)] == ["7"], query


def test_long_query_is_cut() -> None:
    assert len(parse_query("كلمة " * 10_000).terms()) <= 64


def test_hit_marks_the_words_as_printed(archive: Archive) -> None:
    (hit,) = archive.search("اطلسي")
    assert [hit.headline[a:b] for a, b in hit.headline_spans] == ["الأطلسي"]  # type: ignore[index]
    assert [hit.snippet[a:b] for a, b in hit.snippet_spans] == ["للأطلسي"]
    assert hit.as_dict()["date_published"] == "2026-03-02T09:30:00Z"


def test_headline_counts_more_and_date_sorts(archive: Archive) -> None:
    text = "المدينة تنتظر. " * 30
    save(
        archive,
        Article(url="https://www.shams.example/4", headline="خبر", article_body=text + "مرفأ"),
    )
    save(
        archive, Article(url="https://www.shams.example/5", headline="مرفأ", article_body=text)
    )
    assert [hit.url[-1] for hit in archive.search("مرفأ")] == ["5", "4"]
    assert [hit.url[-1] for hit in archive.search("وزير", sort="date")] == ["2", "1"]
    assert len(archive.search("وزير", limit=1)) == 1


def test_counts_of_what_was_found(archive: Archive) -> None:
    assert archive.count_hits("وزير", "site") == {"shams": 2}
    assert archive.count_hits("وزير", "month") == {"2026-03": 1, "2026-04": 1}
    assert archive.count_hits("وزير", "agency") == {"رويترز": 1}
    assert archive.count_hits("", "language") == {"ar": 2, "fr": 1}


def test_index_follows_the_articles(archive: Archive) -> None:
    changed = Article(url=ARTICLES[1].url, headline="المغرب يودع وفدا", article_body="نص آخر.")
    save(archive, changed)
    assert not archive.search("الجالية")
    assert archive.search("يودع")
    archive.withdraw(ARTICLES[0].url, reason="طلب الكاتبة")
    assert not archive.search("الأطلسي")
    assert archive.check_index() == []
    # Raises DatabaseError unless FTS5 finds its own tables consistent.
    archive.db.execute("INSERT INTO article_search (article_search) VALUES ('integrity-check')")


@pytest.mark.parametrize(
    "tear",
    [
        "INSERT INTO article_search (article_search) VALUES ('rebuild')",
        "INSERT INTO article_search (article_search) VALUES ('delete-all')",
        "UPDATE bodies SET article_body = 'نص مختلف' WHERE id = 1",
        "UPDATE search_states SET value = 'older'",
        "INSERT INTO article_search (rowid, headline) VALUES (99, 'x')",
    ],
)
def test_torn_index_is_found_and_repaired(archive: Archive, tear: str) -> None:
    assert archive.check_index() == []
    archive.db.execute(tear)
    assert archive.check_index()
    assert archive.reindex() == 3
    assert archive.check_index() == []
    assert len(archive.search("وزير")) in {1, 2}


def test_index_is_updated_at_the_end_of_many_changes(archive: Archive) -> None:
    def edited(at: int, words: str) -> Article:
        return attrs.evolve(ARTICLES[at], headline=words)

    def undone() -> None:
        with archive.transaction():
            save(archive, edited(0, "المحكمة تؤجل"))
            save(archive, Article(url="https://www.shams.example/7", headline="المجلس"))
            raise KeyError

    with archive.transaction() as db, updates_at_end(db):
        save(archive, edited(0, "البرلمان يناقش"))
        save(archive, edited(1, "الحكومة تستقيل"))
        with pytest.raises(KeyError):
            undone()
        new = Article(url="https://www.shams.example/8", headline="المرفأ يعود")
        save(archive, new)
        save(archive, attrs.evolve(new, headline="المرفأ يزدحم"))
        assert not archive.search("البرلمان")
    for words in ("البرلمان", "تستقيل", "يزدحم"):
        assert len(archive.search(words)) == 1
    for words in ("الأطلسي يجتمع", "المحكمة", "المجلس", "المرفأ يعود"):
        assert not archive.search(words)
    assert archive.check_index() == []
    assert not list(index_problems(archive.db))


def test_index_with_older_stems_is_made_again_once_for_many_articles(archive: Archive) -> None:
    archive.db.execute("UPDATE search_states SET value = 'older'")
    with archive.transaction() as db, updates_at_end(db):
        for number in (6, 7):
            url = f"https://www.shams.example/{number}"
            save(archive, Article(url=url, headline="جديد", article_body="نص"))
    assert archive.check_index() == []
    assert not list(index_problems(archive.db))


def test_index_with_older_stems_is_made_again_on_saving(archive: Archive) -> None:
    archive.db.execute("UPDATE search_states SET value = 'older'")
    archive.db.execute("INSERT INTO article_search (article_search) VALUES ('rebuild')")
    save(
        archive, Article(url="https://www.shams.example/6", headline="جديد", article_body="نص")
    )
    assert archive.check_index() == []


def test_a_dateline_apart_from_the_text_is_found(archive: Archive) -> None:
    rabat = Dateline(raw="الرباط (المرفأ)", place="الرباط", agency="المرفأ")
    apart = Article(
        url="https://www.shams.example/7",
        headline="معرض",
        article_body="فتح المعرض أبوابه.",
        dateline=rabat,
    )
    save(archive, apart)
    for query in ("الرباط", "Rabat", "rabat المعرض", '"الرباط المرفأ"'):
        assert len(archive.search(query)) == 1, query
    assert archive.check_index() == []
    casablanca = attrs.evolve(rabat, raw="الدار البيضاء", place="الدار البيضاء")
    save(archive, attrs.evolve(apart, dateline=casablanca))
    assert not archive.search("الرباط")
    assert archive.search("Casablanca")
    assert archive.check_index() == []


def test_an_index_without_datelines_is_rebuilt_on_opening(three_articles: Path) -> None:
    with Archive(three_articles) as archive:
        archive.db.execute("DELETE FROM search_states WHERE name = 'texts'")
        archive.db.execute("INSERT INTO article_search (article_search) VALUES ('delete-all')")
    with Archive.open_read_only(three_articles) as archive:
        assert archive.check_index()
    with Archive(three_articles) as archive:
        assert archive.check_index() == []
        assert archive.search("الأطلسي")


def test_place_finds_every_spelling_of_a_dateline(archive: Archive) -> None:
    for number, place in enumerate(("بيروت", "Beyrouth", "طرابلس", "خربة الورد"), 11):
        text = Article(
            url=f"https://www.shams.example/{number}",
            headline=f"خبر {number}",
            article_body="وصل الوفد.",
            dateline=Dateline(raw=f"{place} ـ", place=place),
        )
        seen = Observation(url=text.url, outcome="stored", fetched_at=SEEN)
        archive.save(text, seen, site="shams", key=str(number), run=None)

    def found(query: str) -> list[str]:
        return sorted(str(hit.headline)[-2:] for hit in archive.search(query))

    for query in ("place:بيروت", "place:Beirut", "place:beyrouth", "وصل place:Beirut"):
        assert found(query) == ["11", "12"], query
    assert found("وصل -place:Beirut") == ["13", "14"]
    assert found("place:طرابلس") == ["13"]  # of Libya or Lebanon: as printed
    assert found('place:"خربة الورد"') == ["14"]
    assert found("place:Paris") == []
    (problem,) = problems_of(archive.db, "place:Paris", is_found=False)
    assert problem.key == "query_filter_unknown"


def test_a_dateline_within_the_text_is_indexed_once(archive: Archive) -> None:
    body = "جنيف ـ أ.ف.ب: فتح المعرض أبوابه."
    geneva = Dateline(raw="جنيف ـ أ.ف.ب:", place="جنيف", agency="أ.ف.ب")
    url = "https://www.shams.example/8"
    save(archive, Article(url=url, headline="معرض", article_body=body, dateline=geneva))
    query = "SELECT 1 FROM article_search WHERE article_search MATCH 'keywords : \"جنيف\"'"
    assert archive.db.execute(query).fetchall() == []
    assert len(archive.search("Geneva")) == 1


def test_sql_folds_as_python_does(archive: Archive) -> None:
    query = "SELECT rowid FROM article_search WHERE article_search MATCH search_query(?)"
    assert archive.db.execute(query, ["للأطلسى"]).fetchall() == [(1,)]
    assert archive.db.execute(
        "SELECT search_key('إيرانُ'), search_terms('للأطلسي')"
    ).fetchone() == (
        "ايران",
        "اطلسي",
    )
    assert archive.db.execute("SELECT search_key(NULL)").fetchone() == (None,)


def test_plain_sqlite_reads_the_archive(archive: Archive) -> None:
    plain = sqlite3.connect(archive.path)
    query = "SELECT rowid FROM article_search WHERE article_search MATCH 'اطلسي'"
    assert plain.execute(query).fetchall() == [(1,)]
    plain.execute("UPDATE versions SET headline = headline")
    assert plain.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    plain.close()


def test_letters_among_japanese_ones_are_no_sign_of_a_torn_index(tmp_path: Path) -> None:
    text = "NHK東京は新しい図書館が開館したと伝えた。"
    with Archive(tmp_path / "archive.db") as archive:
        article = article_at(headline="NHK東京", article_body=text, blocks=())
        archive.save(article, observation_at(), site=SITE, key="1", run=None)
        assert archive.check_index() == []


def test_sites_are_found_alike_with_remembered_hosts(tmp_path: Path) -> None:
    """A server remembers the hosts of sites; new and moved articles count, too."""
    queries = (
        *("site:shams", "site:shams.example", "site:news.shams.example", "site:hams.example"),
        *("NOT site:shams.example", "site:moved.example", "site:example", "sea -site:harbour"),
    )

    def add(archive: Archive, number: int, host: str, site: str) -> None:
        article = Article(url=f"https://{host}/{number}", headline="Sea", article_body="Waves.")
        archive.add(article, site=site)

    def found(archive: Archive) -> list[list[int]]:
        return [archive.ids_of_hits(query) for query in queries]

    with Archive(tmp_path / "archive.db") as archive:
        for number, (host, site) in enumerate(
            (
                ("shams.example", "shams"),
                ("news.shams.example:8080", "shams"),
                ("shams.example", "harbour"),
                ("harbour.example", "harbour"),
                ("SHAMS.example", "shams.example"),
            )
        ):
            add(archive, number, host, site)
        before = found(archive)
        assert before[1] == [1, 2, 3, 5]
        remember_hosts(archive.db)
        assert found(archive) == before
        add(archive, 9, "www.shams.example", "late")
        assert found(archive)[1] == [1, 2, 3, 5, 6]
        with archive.transaction() as db:
            moved = url_id(db, "https://moved.example/4")
            db.execute("INSERT INTO addresses (url_id, article_id) VALUES (?, 4)", [moved])
            move_article(db, 4, "https://moved.example/4")
        assert found(archive)[queries.index("site:moved.example")] == [4]


def test_pages_of_many_articles_are_in_the_order_of_dates(tmp_path: Path) -> None:
    """The index of dates is read where many articles are found."""
    days: list[dt.date | None] = [dt.date(2026, 1, 1 + number * 7 % 20) for number in range(40)]
    days[5] = days[6] = None
    with Archive(tmp_path / "archive.db") as archive:
        for number, day in enumerate(days):
            archive.add(
                Article(
                    url=f"https://shams.example/{number}",
                    headline="ship",
                    article_body="sea" if number % 2 else "sea harbour",
                    date_published=day,
                )
            )
        for query, numbers in (
            *(("ship", range(40)), ("site:shams.example", range(40))),
            *(("=ship", range(40)), ("harbour OR site:none", range(0, 40, 2))),
        ):
            by_date = sorted((str(days[number] or ""), number) for number in numbers)
            expected = [number for _day, number in reversed(by_date)]
            pages = [
                archive.search(query, sort="date", limit=5, offset=at) for at in range(0, 40, 5)
            ]
            assert [hit.article_id - 1 for page in pages for hit in page] == expected


def test_fresh_pages_of_many_articles_have_each_of_them_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newscrawl.archive.search.ranking.MOST_RANKED", 10)
    with Archive(tmp_path / "archive.db") as archive:
        for number in range(30):
            url = f"https://shams.example/{number}"
            body = "sea " * (1 + number)
            archive.add(Article(url=url, headline="ship", article_body=body))
        pages = [
            archive.search("ship", sort="fresh", limit=7, offset=at) for at in range(0, 35, 7)
        ]
    found = [hit.article_id for page in pages for hit in page]
    assert sorted(found) == list(range(1, 31))
