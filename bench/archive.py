"""How fast the archive takes articles, and how much room an observation needs.

Run it with `python -m bench.archive [ARTICLES [VISITS]]`. All figures are of one run, so that
only their ratios mean something: the archive saving one article a transaction, and in batches
of 100, beside the same rows by plain executemany and the search index filled alone.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import attrs

from newscrawl import Archive, Article
from newscrawl.archive.schema.database import open_database
from newscrawl.archive.search.index import reindex
from newscrawl.article import Agency, Link, LinkList, SourceCredit
from newscrawl.outcomes import Observation

START = datetime(2026, 1, 1, tzinfo=UTC)
SITE = "shams.example"
WORDS = (
    "قال في من على مدينة الوزير اجتماع مجلس اليوم أمس الحكومة سفينة ميناء مدرسة طريق".split()
)
BATCH = 100
QUERIES = {
    "articles per agency per month": """
        SELECT g.code, substr(v.date_published, 1, 7), count(*) FROM articles AS a
        JOIN versions AS v ON v.id = a.version_id
        JOIN version_agencies AS x ON x.version_id = v.id
        JOIN agencies AS g ON g.id = x.agency_id GROUP BY 1, 2""",
    "edits per site": """
        SELECT s.name, count(*) FROM versions AS v JOIN articles AS a ON a.id = v.article_id
        JOIN sites AS s ON s.id = a.site_id WHERE v.cause = 'publisher' GROUP BY 1""",
    "outcomes of all requests": "SELECT outcome, count(*) FROM observations GROUP BY 1",
    "one article by its address": "SELECT * FROM article WHERE url = 'https://shams.example/7'",
    "links of one article": "SELECT * FROM link WHERE article_id = 7",
    "promoted longest, anywhere": """
        SELECT text, url, min_seconds FROM placement ORDER BY min_seconds DESC LIMIT 20""",
    "placements on one page": """
        SELECT * FROM placement WHERE page_url = 'https://shams.example/7'""",
}


def main() -> None:
    """Print ingest rates, bytes per observation and the time of typical queries."""
    count, visits = (int(text) for text in [*sys.argv[1:], "2000", "5"][:2])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        written = list(articles(count))
        single = rate("one a transaction", count, lambda: ingest(folder / "one.db", written, 1))
        batched = rate(
            "batches of 100", count, lambda: ingest(folder / "many.db", written, BATCH)
        )
        raw = rate("plain executemany", count, lambda: copy_rows(folder / "many.db", folder))
        index = rate("search index alone", count, lambda: fill_index(folder / "raw.db"))
        same = 1 / (1 / raw + 1 / index)
        print(
            f"of plain rows and index: batched {batched / same:.2f}, single {single / same:.2f}"
        )
        room(folder / "many.db", count, visits)
        ask(folder / "many.db")


def rate(name: str, count: int, work: Callable[[], object]) -> float:
    """Time *work* on *count* articles; print and return articles a second."""
    begin = time.perf_counter()
    work()
    found = count / (time.perf_counter() - begin)
    print(f"{name:32} {found:10,.0f} articles/s")
    return found


def articles(count: int) -> Iterator[Article]:
    """Articles of about 4 KB with 30 links; half of the links are of the newest stories."""
    chance = random.Random(7)
    for number in range(count):
        body = "\n".join(" ".join(chance.choices(WORDS, k=60)) for _ in range(7))
        yield Article(
            url=f"https://{SITE}/{number}",
            headline=" ".join(chance.choices(WORDS, k=9)),
            article_body=body,
            date_published=START + timedelta(minutes=number),
            authors=(f"كاتب {number % 50}",),
            keywords=tuple(chance.choices(WORDS, k=4)),
            source_credit=SourceCredit(
                raw="رويترز", agencies=(Agency(name="رويترز", id="reuters"),)
            ),
            link_lists=tuple(links(number, kind, chance) for kind in range(6)),
            provenance={"headline": "css", "article_body": "css", "date_published": "jsonld"},
            extractor="bench",
        )


def links(number: int, kind: int, chance: random.Random) -> LinkList:
    """Five links to recent stories: every page of an hour shows the same ones in most lists."""
    newest = number // 20 * 20 if kind else number
    targets = [max(0, newest - chance.randrange(1, 9) if not kind else newest - kind * 5 - k)
               for k in range(5)]  # fmt: skip
    return LinkList(
        heading=f"قائمة {kind}",
        links=tuple(
            Link(text=f"عنوان الخبر رقم {target} من المدينة", url=f"https://{SITE}/{target}",
                 position=rank)
            for rank, target in enumerate(targets, 1)
        ),
    )  # fmt: skip


def seen(url: str, at: timedelta, outcome: str = "stored") -> Observation:
    """A complete answer."""
    return Observation(
        url=url, outcome=outcome, status=200, fetched_at=START + at, size=71_234,
        etag='"5f3-62a1b2c3d4e5f"', last_modified="Thu, 01 Jan 2026 10:00:00 GMT",
        content_type="text/html; charset=utf-8", digest=random.Random(url).randbytes(32).hex(),
    )  # fmt: skip


def ingest(path: Path, written: list[Article], batch: int) -> None:
    """Save *written*, *batch* a transaction."""
    with Archive(path) as archive:
        run = archive.start_run("bench", SITE, {})
        waiting: list[Article] = []
        for article in written:
            waiting.append(article)
            if len(waiting) == batch:
                save(archive, waiting, timedelta(0), run)
                waiting.clear()
        save(archive, waiting, timedelta(0), run)


def save(archive: Archive, waiting: list[Article], at: timedelta, run: int) -> None:
    """Save *waiting* in one transaction."""
    with archive.transaction():
        for article in waiting:
            archive.save(article, seen(article.url, at), site=SITE, key=article.url, run=run)


def copy_rows(source: Path, folder: Path) -> None:
    """Write the rows of an archive into another with executemany, a table at a time."""
    db, copy = open_database(source), open_database(folder / "raw.db")
    copy.execute("PRAGMA foreign_keys = OFF")
    copy.execute("BEGIN IMMEDIATE")
    for (table,) in db.execute(
        """SELECT name FROM sqlite_master WHERE type = 'table'
        AND name NOT LIKE 'sqlite%' AND name NOT LIKE '\\_%' ESCAPE '\\'
        AND name NOT LIKE '%search%'"""
    ):
        rows = db.execute(f"SELECT * FROM {table}").fetchall()
        if rows:
            marks = ", ".join("?" * len(rows[0]))
            copy.conn.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)
    copy.execute("COMMIT")


def fill_index(path: Path) -> None:
    """Fill the search index of rows that were copied without it."""
    db = open_database(path)
    db.execute("BEGIN IMMEDIATE")
    reindex(db)
    db.execute("COMMIT")


def room(path: Path, count: int, visits: int) -> None:
    """Print the bytes of an observation where nothing changed, and of one with new lists."""
    with Archive(path) as archive:
        all_articles = list(articles(count))
        run = archive.start_run("bench", SITE, {})
        before = size(archive)
        for visit in range(1, visits + 1):
            save(archive, all_articles, timedelta(days=visit), run)
        middle = size(archive)
        print(f"unchanged observation {(middle - before) / count / visits:10,.0f} bytes")
        for visit in range(visits + 1, 2 * visits + 1):
            moved = [with_new_lists(article, number + visit)
                     for number, article in enumerate(all_articles)]  # fmt: skip
            save(archive, moved, timedelta(days=visit), run)
        print(f"with 25 new links     {(size(archive) - middle) / count / visits:10,.0f} bytes")


def with_new_lists(article: Article, seed: int) -> Article:
    """The article as it stands beside five lists that no page showed before."""
    chance = random.Random(seed)
    lists = tuple(links(chance.randrange(9, 2000), 0, chance) for _ in range(5))
    return attrs.evolve(article, link_lists=lists)


def size(archive: Archive) -> int:
    """The bytes that the archive's pages hold."""
    archive.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return archive.path.stat().st_size


def ask(path: Path) -> None:
    """Print how long opening and typical questions take."""
    begin = time.perf_counter()
    with Archive.open_read_only(path) as archive:
        print(f"{'open':32} {1000 * (time.perf_counter() - begin):10,.1f} ms")
        for name, query in QUERIES.items():
            begin = time.perf_counter()
            archive.db.execute(query).fetchall()
            print(f"{name:32} {1000 * (time.perf_counter() - begin):10,.1f} ms")


if __name__ == "__main__":
    main()
