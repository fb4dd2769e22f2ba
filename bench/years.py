"""How an archive of years answers: how fast it opens, what ten questions cost, how big it is.

Run it with `python -m bench.years [ARTICLES [OBSERVATIONS [FOLDER]]]` (200,000 and 1,000,000
take half an hour; an archive that is in FOLDER already is asked as it is). Articles are of four
sites and eleven years, every twentieth was edited, and a tenth of all looks are at home and
section pages. Times are of this machine's clock: read them against `SELECT count(*)` over the
observations, which is printed first.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

import attrs

from bench.archive import WORDS, links, seen
from newscrawl import Archive, Article
from newscrawl.article import Agency, Link, LinkList, LinkListKind, SourceCredit
from newscrawl.outcomes import Observation

START = datetime(2015, 1, 1, tzinfo=UTC)
YEARS = 11
SITES = ("shams.example", "harbour.example", "atlas.example", "delta.example")
AGENCIES = {"رويترز": "reuters", "أ.ف.ب": "afp", "د.ب.أ": "dpa", "واس": "spa"}
LISTINGS = 40
BATCH = 500

QUESTIONS = {
    "observations, counted": "SELECT count(*) FROM observations",
    "articles per agency per month": """
        SELECT agency.code, substr(versions.date_published, 1, 7) AS month, count(*)
        FROM articles JOIN versions ON versions.id = articles.version_id
        JOIN version_agencies ON version_agencies.version_id = versions.id
        JOIN agencies AS agency ON agency.id = version_agencies.agency_id GROUP BY 1, 2""",
    "edits per site": """
        SELECT site, count(*) FROM version WHERE cause = 'publisher' GROUP BY site""",
    "headlines that were changed": """
        SELECT new.url, old.headline, new.headline FROM version AS new JOIN version AS old
        ON old.article_id = new.article_id AND old.number = new.number - 1
        WHERE new.headline <> old.headline AND new.cause = 'publisher'""",
    "promoted longest": "SELECT text, url FROM promotion ORDER BY min_seconds DESC LIMIT 20",
    "most read but not promoted": "SELECT text, url FROM unpromoted",
    "how long stories stay up": "SELECT * FROM stay",
    "articles per author": "SELECT name, articles FROM author ORDER BY articles DESC LIMIT 20",
    "outcomes per site": """
        SELECT s.name, o.outcome, count(*) FROM observations AS o
        JOIN sites AS s ON s.id = o.site_id GROUP BY o.site_id, o.outcome""",
    "articles per day of a year": """
        SELECT substr(date_published, 1, 10), count(*) FROM versions
        WHERE date_published >= '2020' AND date_published < '2021' GROUP BY 1""",
    "rule that finds the headline": """
        SELECT site, substr(first_seen, 1, 4), source, count(*) FROM provenance
        WHERE field = 'headline' GROUP BY 1, 2, 3""",
}
LOOKUPS = {
    "an article by its address": "SELECT * FROM article WHERE url = ?",
    "its versions": "SELECT * FROM version WHERE url = ?",
    "its observations": "SELECT * FROM observation WHERE url = ?",
    "first and last seen": """
        SELECT min(fetched_at), max(fetched_at) FROM observation WHERE url = ?""",
    "where it was promoted": "SELECT * FROM promotion WHERE url = ?",
    "what stood on its page": "SELECT * FROM placement WHERE page_url = ?",
}


def main() -> None:
    """Build the archive, then print what it costs to ask and to keep."""
    articles, observations = (int(text) for text in [*sys.argv[1:3], "20000", "100000"][:2])
    with tempfile.TemporaryDirectory() as name:
        path = Path(sys.argv[3] if len(sys.argv) > 3 else name, "archive.db")
        if not path.exists():
            begin = time.perf_counter()
            build(path, articles, observations)
            print(f"{observations / (time.perf_counter() - begin):,.0f} observations/s written")
        begin = time.perf_counter()
        with Archive.open_read_only(path) as archive:
            print(f"{'open':32} {1000 * (time.perf_counter() - begin):10,.1f} ms")
            print(f"{'':32} {'first time':>13} {'again':>13}")
            for question, query in QUESTIONS.items():
                print(f"{question:32}", *(f"{asked(archive, query):10,.1f} ms" for _ in "12"))
            ask_for_one(archive, articles)
            sizes(archive, articles, observations)


def asked(archive: Archive, query: str) -> float:
    """Return the milliseconds that a question takes."""
    begin = time.perf_counter()
    archive.db.execute(query).fetchall()
    return 1000 * (time.perf_counter() - begin)


def ask_for_one(archive: Archive, articles: int) -> None:
    """Print the mean of each look-up over a hundred articles."""
    urls = [address(number) for number in random.Random(1).choices(range(articles), k=100)]
    for name, query in LOOKUPS.items():
        begin = time.perf_counter()
        for url in urls:
            archive.db.execute(query, [url]).fetchall()
        print(f"{name:32} {10 * (time.perf_counter() - begin):10,.2f} ms")


def sizes(archive: Archive, articles: int, observations: int) -> None:
    """Print the bytes of the file and of its largest tables, with their indexes."""
    print(f"{'file':32} {archive.path.stat().st_size / 1e6:10,.1f} MB")
    rows = archive.db.execute(
        """SELECT coalesce(m.tbl_name, d.name), sum(d.pgsize) FROM dbstat AS d
        LEFT JOIN sqlite_master AS m ON m.name = d.name WHERE d.aggregate = 1
        GROUP BY 1 ORDER BY 2 DESC LIMIT 12"""
    )
    for table, used in rows:
        print(f"  {table:30} {used / 1e6:10,.1f} MB")
    print(f"{articles:,} articles, {observations:,} observations")


def build(path: Path, articles: int, observations: int) -> None:
    """Write *articles* first, then looks at listing pages and at the articles again."""
    with Archive(path) as archive:
        run = archive.start_run("bench", SITES[0], {})
        work = iter(looks(articles, observations))
        while batch := list(islice(work, BATCH)):
            with archive.transaction():
                for number, look, lists in batch:
                    if lists is not None:
                        archive.record_visit(
                            look, site=SITES[number % 4], run=run, link_lists=lists
                        )
                    else:
                        edition = int(number % 20 == 0 and look.outcome == "updated")
                        archive.save(article(number, edition), look, site=SITES[number % 4],
                                     key=look.url, run=run)  # fmt: skip
        archive.finish_run(run, "finished", 0, {})


def looks(
    articles: int, observations: int
) -> Iterator[tuple[int, Observation, tuple[LinkList, ...] | None]]:
    """Yield every look in the order of time within each round over the articles."""
    span = timedelta(days=365 * YEARS)
    for number in range(articles):
        yield number, look_at(address(number), START + span * (number / articles)), None
    left = observations - articles
    listing = left // 10
    for step in range(listing):
        at = START + span * (step / listing)
        newest = articles * step // listing
        yield step, look_at(page(step), at, "source"), front(step, newest)
    for step in range(left - listing):
        number = step % articles
        at = START + span * (number / articles) + timedelta(days=1 + step // articles)
        yield number, look_at(address(number), at, "updated"), None


def look_at(url: str, at: datetime, outcome: str = "stored") -> Observation:
    """A complete answer at that time."""
    return attrs.evolve(seen(url, timedelta(0), outcome), fetched_at=at.replace(microsecond=0))


def address(number: int) -> str:
    """The address of an article."""
    return f"https://{SITES[number % 4]}/{number}"


def page(step: int) -> str:
    """The address of a home or section page."""
    return f"https://{SITES[step % 4]}/section/{step % LISTINGS}"


def article(number: int, edition: int) -> Article:
    """One article of about 4 KB with 25 links; a second edition has another headline."""
    chance = random.Random(number)
    agency = chance.choice(list(AGENCIES))
    return Article(
        url=address(number),
        headline=" ".join(chance.choices(WORDS, k=9)) + " معدل" * edition,
        article_body="\n".join(" ".join(chance.choices(WORDS, k=60)) for _ in range(7)),
        date_published=START + timedelta(minutes=number * 28),
        authors=(f"كاتب {number % 500}",),
        keywords=tuple(chance.choices(WORDS, k=4)),
        source_credit=SourceCredit(
            raw=agency, agencies=(Agency(name=agency, id=AGENCIES[agency]),)
        ),
        link_lists=tuple(links(number, kind, chance) for kind in range(5)),
        provenance={"headline": "css", "article_body": "css", "date_published": "jsonld"},
        extractor="bench",
    )


def front(step: int, newest: int) -> tuple[LinkList, ...]:
    """Forty links of a page, few of them new at each look, and ten most read ones."""
    section = step % LISTINGS
    last = max(0, (newest - section) // LISTINGS)
    latest = range(last, max(-1, last - 40), -1)
    most = random.Random(step // LISTINGS // 6).sample(
        range(max(0, last - 50), last + 11), k=10
    )
    lists: tuple[tuple[str, LinkListKind, Iterable[int]], ...] = (
        ("الأخبار", "section", latest),
        ("الأكثر قراءة", "most_read", most),
    )
    return tuple(
        LinkList(
            heading=heading,
            kind=kind,
            links=_ranked(section + LISTINGS * number for number in numbers),
        )
        for heading, kind, numbers in lists
    )


def _ranked(numbers: Iterable[int]) -> tuple[Link, ...]:
    return tuple(
        Link(text=f"عنوان الخبر رقم {number} من المدينة", url=address(number), position=rank)
        for rank, number in enumerate(numbers, 1)
    )


if __name__ == "__main__":
    main()
