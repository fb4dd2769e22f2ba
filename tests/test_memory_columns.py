"""Columns of articles in the memory of a server: each value is that of the tables, or none."""

from __future__ import annotations

import asyncio
import datetime as dt
import random
import tracemalloc
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from datasette.database import Database

from newscrawl import Agency, Archive, Article, Dateline, SourceCredit
from newscrawl.archive.read.in_memory import memory_columns
from newscrawl.archive.read.in_memory.column_filters import ids_found, months_of_sites
from newscrawl.archive.read.in_memory.memory_columns import (
    columns_of,
    read_columns,
    remember_columns,
    state_of_columns,
)
from newscrawl.archive.read.in_memory.site_hosts import remember_hosts
from newscrawl.archive.search.hits import (
    SORTS,
    CountBy,
    count_among,
    count_hits,
    ids_of_hits,
    last_added_hits,
    number_of_hits,
    ranked_ids,
)
from newscrawl.archive.search.names import parse_with_names
from newscrawl.archive.search.ranking import _counts
from newscrawl.web.queries import columns_in_memory
from newscrawl.web.queries.archive_reader import read
from newscrawl.web.server import datasette_over

COUNT = 240
BY_SQL_ALONE = {"keyword"}
AGENCIES = (
    Agency(name="أ.ف.ب", id="afp"),
    Agency(name="AFP", id="afp"),
    Agency(name="رويترز", id="reuters"),
    Agency(name="وكالات"),
)
QUERIES = (
    *("ship", "sea", "ship OR harbour", "ship -harbour", "nothing"),
    *("site:shams.example", "site:harbour.example ship", "-site:shams.example sea"),
    *("after:2026-02", "before:2026-02-03 ship", "after:2026-01-05 before:2026-03 sea"),
    *("-after:2026-02 sea", "-before:2026-02", "after:2027", "ship after:2026 -harbour"),
    *("agency:afp", "agency:وكالات sea", "-agency:reuters", "agency:nobody ship"),
    *("author:ليلى", "author:سالم sea", "-author:سالم", "section:اقتصاد", "section:no"),
    *("place:صحار", "-place:صحار sea", "place:London", "lang:ar", "lang:fr", "-lang:en"),
    *("lang:% ship", "site:shams.example lang:ar agency:afp after:2026-01-10"),
    *("(ship site:shams.example) OR harbour", "=ship site:shams.example", "-ship lang:ar"),
)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("columns") / "archive.db"
    chance = random.Random(20)  # noqa: S311 -- the same articles in each run
    with Archive(path) as archive:
        for number in range(COUNT):
            archive.add(_article(chance, number))
        for number in range(5, COUNT, 40):
            archive.withdraw(f"https://shams.example/{number}", reason="test")
    return path


def _article(chance: random.Random, number: int) -> Article:
    day: Any = dt.date(2026, 1, 1) + dt.timedelta(days=chance.randrange(90))
    if number % 3 == 0:
        hour = chance.randrange(24)
        day = dt.datetime(day.year, day.month, day.day, hour, tzinfo=dt.UTC)
    agencies = tuple(chance.sample(AGENCIES, chance.choice((0, 0, 1, 2))))
    place = chance.choice(("صحار", "London", "لندن", None))
    host = "shams.example" if number % 40 == 5 else chance.choice(("shams", "harbour"))
    return Article(
        url=f"https://{host.removesuffix('.example')}.example/{number}",
        headline=chance.choice(("ship", "sea", "harbour", "ship in harbour")),
        article_body=" ".join(chance.choices(("ship", "sea", "harbour", "storm"), k=6)),
        date_published=None if number % 11 == 0 else day,
        authors=tuple(chance.sample(("ليلى", "سالم", "أمل"), chance.randrange(3))),
        breadcrumbs=tuple(chance.choices(("اقتصاد", "محليات", "رياضة"), k=number % 4)),
        keywords=("ship",),
        dateline=Dateline(raw=f"{place} ـ", place=place) if place else None,
        source_credit=SourceCredit(raw="credit", agencies=agencies) if agencies else None,
        in_language=chance.choice(("ar", "ar-OM", "fr", None)),
        page_kind="list" if number % 17 == 0 else "article",
    )


@pytest.fixture
def archive(path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Archive]:
    monkeypatch.setattr(memory_columns, "_kept", type(memory_columns._kept)())
    _counts.clear()
    with Archive.open_read_only(path) as opened:
        remember_hosts(opened.db)
        yield opened


def answers(archive: Archive, query: str) -> dict[str, Any]:
    """Return everything that a search is answered with, in its order."""
    _counts.clear()
    db, ids = archive.db, last_added_hits(archive.db, query, 50)
    found: dict[str, Any] = {"ids": ids_of_hits(db, query), "last": ids}
    found["number"] = number_of_hits(db, query)
    found |= {sort: ranked_ids(db, query, limit=30, sort=sort) for sort in SORTS}
    for by in get_args(CountBy):
        found[f"by {by}"] = list(count_hits(db, query, by).items())
        found[f"among by {by}"] = list(count_among(db, ids, by).items())
    return found


def test_searches_are_the_same_with_columns_and_without(archive: Archive) -> None:
    before = {query: answers(archive, query) for query in QUERIES}
    assert sum(bool(one["ids"]) for one in before.values()) > 25
    remember_columns(archive.db)
    assert columns_of(archive.db) is not None
    for query in QUERIES:
        assert answers(archive, query) == before[query], query


def test_filters_are_decided_without_sql(archive: Archive) -> None:
    remember_columns(archive.db)
    for query in QUERIES:
        found = ids_found(archive.db, parse_with_names(query, archive.db).root)
        by_sql = query in QUERIES[-3:]
        assert (found is None) == by_sql, query


def test_counts_of_all_articles_are_those_of_the_articles_themselves(archive: Archive) -> None:
    remember_columns(archive.db)
    articles = list(archive.articles())
    assert 0 < len(articles) < COUNT
    sections = Counter(name for one in articles for name in set(one.breadcrumbs))
    assert count_hits(archive.db, "", "section") == sections
    authors = Counter(name for one in articles for name in set(one.authors))
    assert count_hits(archive.db, "", "author") == authors
    credited = ({agency.id or agency.name for agency in one.agencies} for one in articles)
    agencies = Counter(name for names in credited for name in names)
    named = {"أ.ف.ب": "afp", "رويترز": "reuters", "وكالات": "وكالات"}
    counted = count_hits(archive.db, "", "agency")
    assert {named[name]: number for name, number in counted.items()} == agencies
    months = Counter(
        one.date_published.isoformat()[:7] if one.date_published else "" for one in articles
    )
    assert count_hits(archive.db, "", "month") == months
    assert list(months) != sorted(months)
    assert list(count_hits(archive.db, "", "month")) == sorted(months)


def test_months_of_sites_are_those_of_the_view(archive: Archive) -> None:
    assert months_of_sites(archive.db) is None
    remember_columns(archive.db)
    rows = archive.db.execute(
        """SELECT coalesce(substr(date_published, 1, 7), '') AS month, site, count(*)
        FROM article GROUP BY 1, 2"""
    )
    found = months_of_sites(archive.db)
    assert found == {(month, site): count for month, site, count in rows}
    assert len(found) > 6


def test_columns_are_not_used_after_a_write(path: Path, tmp_path: Path) -> None:
    with Archive(tmp_path / "archive.db") as writer:
        writer.add(Article(url="https://shams.example/1", headline="ship", article_body="sea"))
        with Archive.open_read_only(writer.path) as reader:
            remember_columns(reader.db)
            assert count_hits(reader.db, "ship", "site") == {"shams.example": 1}
            assert state_of_columns(writer.path)[1]
            writer.add(
                Article(url="https://shams.example/2", headline="ship", article_body="sea")
            )
            assert columns_of(reader.db) is None
            assert not state_of_columns(writer.path)[1]
            assert count_hits(reader.db, "ship", "site") == {"shams.example": 2}
            remember_columns(reader.db)
            assert columns_of(reader.db) is not None
            assert count_hits(reader.db, "ship", "site") == {"shams.example": 2}
            writer.withdraw("https://shams.example/1", reason="test")
            assert count_hits(reader.db, "ship", "site") == {"shams.example": 1}
        remember_columns(writer.db)
        with writer.transaction():
            assert columns_of(writer.db) is None


def test_articles_newer_than_the_columns_are_counted_by_sql(archive: Archive) -> None:
    remember_columns(archive.db)
    found = columns_of(archive.db)
    assert found is not None
    assert found.covers([COUNT])
    assert not found.covers([1, COUNT + 1])
    assert count_among(archive.db, [1, COUNT + 1], "site").keys() <= {
        "shams.example",
        "harbour.example",
    }


def test_an_empty_archive_has_columns(tmp_path: Path) -> None:
    with Archive(tmp_path / "archive.db") as empty:
        remember_columns(empty.db)
        assert columns_of(empty.db) is not None
        assert count_hits(empty.db, "", "month") == {}
        assert ids_of_hits(empty.db, "site:shams.example") == []


def test_columns_take_a_few_bytes_for_each_article(archive: Archive) -> None:
    tracemalloc.start()
    found = read_columns(archive.db)
    size, _peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found is not None
    assert {column.at.itemsize for column in found.columns.values()} == {2}
    assert size < 25 * COUNT + 20_000


def test_a_server_reads_the_columns_again_after_a_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(columns_in_memory, "QUIET_SECONDS", 0.02)
    path = tmp_path / "archive.db"

    async def wait_for_columns() -> None:
        async with asyncio.timeout(20):
            while not state_of_columns(path)[1]:
                await asyncio.sleep(0.01)

    async def served(writer: Archive) -> None:
        made = datasette_over(
            path, host="127.0.0.1", is_proxied=False, jobs_file=tmp_path / "jobs.toml"
        )
        task = asyncio.create_task(columns_in_memory.keep_columns(made))
        await wait_for_columns()
        writer.add(Article(url="https://shams.example/2", headline="ship", article_body="sea"))
        assert not state_of_columns(path)[1]
        await wait_for_columns()
        task.cancel()
        found = await read(made, lambda db: count_hits(db, "ship", "site"))
        assert found == {"shams.example": 2}
        made.get_database("archive").close()

    with Archive(path) as writer:
        writer.add(Article(url="https://shams.example/1", headline="ship", article_body="sea"))
        asyncio.run(served(writer))


def test_datasette_counts_the_rows_of_tables_once(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    execute = Database.execute

    async def noted(self: Database, sql: str, *values: Any, **options: Any) -> Any:
        asked.append(sql)
        return await execute(self, sql, *values, **options)

    monkeypatch.setattr(Database, "execute", noted)  # below the cache of ours

    async def counted() -> tuple[Any, ...]:
        made = datasette_over(
            path, host="127.0.0.1", is_proxied=False, jobs_file=tmp_path / "jobs.toml"
        )
        archive = made.get_database("archive")
        tables = [await archive.table_counts(1_000) for _ in range(2)]
        assert asked.count("select count(*) from [articles]") == 1
        wanted: tuple[dict[str, str], ...] = ({}, {}, {"p0": "fr"})
        of_french = "select count(*) from article where in_language = :p0"
        counts = ("select count(*) from article ", "select count(*) from article ", of_french)
        found = [
            await archive.execute(sql, values)
            for sql, values in zip(counts, wanted, strict=True)
        ]
        return tables, [rows.first()[0] for rows in found]

    (first, again), rows = asyncio.run(counted())
    assert first == again
    assert first["articles"] == COUNT
    assert sum("count(*) from article " in sql for sql in asked) == 2
    with Archive.open_read_only(path) as archive:
        articles = list(archive.articles())
    french = sum(one.in_language == "fr" for one in articles)
    assert rows == [len(articles), len(articles), french]


def test_places_are_counted_as_their_filter_finds_them(archive: Archive) -> None:
    counts = archive.count_hits("ship", "place")
    assert len({"London", "لندن"} & counts.keys()) == 1
    for name in filter(None, counts):
        assert archive.number_of_hits(f'ship place:"{name}"') == counts[name]
