"""How long it takes to find the wire copy in a large archive, and to look one article up.

Run it with `python -m bench.copies [ARTICLES]`. The texts are generated: words as frequent as
in a language, a quarter of the articles cut and edited copies of agency texts on other sites.
The times are CPU times.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import accumulate
from pathlib import Path

from newscrawl import Archive
from newscrawl.archive.copies.pairs import BATCH, Pairing
from newscrawl.archive.copies.sketches import sketch_some

SITES = 25
WORDS = 60_000
NAMED = "تشرين الحكومة المدينة الوزير قال مجلس شركة مباراة مدرسة الميناء".split()


def main() -> None:
    """Print the time of each step, and what the tables of copies take of the file."""
    count = int([*sys.argv[1:], "20000"][0])
    with tempfile.TemporaryDirectory() as name, Archive(Path(name) / "archive.db") as archive:
        fill(archive, count)
        size = pages(archive)
        measured(
            "sketch", count, lambda: repeated(archive, lambda: sketch_some(archive.db, BATCH))
        )
        pairing = Pairing(archive.db)
        measured(
            "compare", count, lambda: repeated(archive, lambda: pairing.compare_some(BATCH))
        )
        print(f"tables of copies: {(pages(archive) - size) / count:,.0f} bytes an article")
        clustered = archive.db.execute("SELECT count(*) FROM copies").fetchone()[0]
        print(f"{clustered} of {count} articles are in clusters")
        look_up(archive)


def repeated(archive: Archive, work: Callable[[], int]) -> None:
    """Do *work* in transactions of its own until nothing is left."""
    while True:
        with archive.transaction():
            if not work():
                return


def measured(name: str, count: int, work: Callable[[], object]) -> None:
    """Print the CPU time of *work*."""
    begin = time.process_time()
    work()
    spent = time.process_time() - begin
    print(f"{name:10} {spent:8.1f} s, {spent / count * 1000:.2f} ms an article", flush=True)


def look_up(archive: Archive) -> None:
    """Print the time of questions."""
    ids = archive.db.execute(
        """SELECT a.id FROM copies AS c JOIN articles AS a ON a.version_id = c.version_id
        ORDER BY a.id LIMIT 50"""
    ).fetchall()
    measured("50 lookups", 50, lambda: [archive.copies(number) for (number,) in ids])
    measured("nothing new", 1, archive.update_copies)
    measured("largest", 1, lambda: archive.copy_clusters(limit=20))
    query = "SELECT first_site, count(*) FROM copy_cluster GROUP BY 1 ORDER BY 2 DESC"
    measured("who first", 1, lambda: archive.db.execute(query).fetchall())


def pages(archive: Archive) -> int:
    """Return the bytes of the file that are in use."""
    used, size = (
        archive.db.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("page_count", "page_size")
    )
    return int(used) * int(size)


def fill(archive: Archive, count: int) -> None:
    """Put articles into the tables that the comparison reads, and no others."""
    with archive.transaction() as db:
        db.execute("INSERT INTO extractors VALUES (1, 'bench')")
        db.execute("INSERT INTO provenances VALUES (1, x'00')")
        for site in range(1, SITES + 1):
            db.execute("INSERT INTO sites VALUES (?, ?)", [site, f"s{site}.example"])
        db.conn.executemany(
            "INSERT INTO urls VALUES (?, ?, ?)",
            ((number, f"https://s.example/{number}", number) for number in range(1, count + 1)),
        )
        for number, (site, text) in enumerate(articles(count), 1):
            seen = f"2026-01-{number % 28 + 1:02}T{number % 24:02}:00:00Z"
            db.execute("INSERT INTO bodies VALUES (?, ?, NULL)", [number, text])
            db.execute(
                """INSERT INTO articles (id, site_id, key, url_id, first_seen, last_seen)
                VALUES (?, ?, ?, ?, ?, ?)""",
                [number, site, str(number), number, seen, seen],
            )
            db.execute(
                """INSERT INTO versions (id, article_id, digest, first_seen, last_seen, cause,
                extractor_id, provenance_id, body_id, page_kind)
                VALUES (?, ?, x'00', ?, ?, 'first', 1, 1, ?, 'article')""",
                [number, number, seen, seen, number],
            )
            db.execute("UPDATE articles SET version_id = id WHERE id = ?", [number])


def articles(count: int) -> Iterator[tuple[int, str]]:
    """Yield the site and text of each article."""
    chance = random.Random(7)
    words = [f"{NAMED[n % len(NAMED)]}{n}" if n > 200 else f"كلمة{n}" for n in range(WORDS)]
    weights = list(accumulate(1 / (rank + 3) for rank in range(WORDS)))
    made = 0
    while made < count:
        text = [
            " ".join(chance.choices(words, cum_weights=weights, k=chance.randint(20, 45)))
            for _ in range(chance.randint(4, 11))
        ]
        sites = chance.sample(range(1, SITES + 1), k=chance.randint(2, 9))
        for site in sites if chance.random() < 0.06 else sites[:1]:
            yield site, edited(text, chance)
            made += 1
            if made == count:
                return


def edited(text: list[str], chance: random.Random) -> str:
    """Return *text* with the tail cut, and a word in thirty changed."""
    lines = text[: chance.randint(max(3, len(text) * 2 // 3), len(text))]
    return "\n".join(
        " ".join(word if chance.random() > 0.03 else "غيرها" for word in line.split())
        for line in lines
    )


if __name__ == "__main__":
    main()
