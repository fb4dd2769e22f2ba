"""Find the copies of each text, and put the pairs together to clusters.

Every function here runs within one open transaction.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from functools import lru_cache

from sqlite_utils import Database

from newscrawl.archive.copies import (
    ComparedText,
    CopyPair,
    Likeness,
    clusters_from,
    is_candidate,
    is_copy,
    likeness_of,
    line_numbers,
    shingles_of_lines,
)
from newscrawl.archive.copies.sketches import (
    delete_sketches,
    is_sketched,
    numbers_from,
    partners_of,
    read_compared_text,
    sketch_again,
    sketch_some,
)

FURNITURE = 8
"""A line in this many texts of one site is the site's own, and no part of any text."""
MOST_OF_NUMBER = 256
"""The most texts that are read for one number of a sketch; a commoner one says little."""
MOST_COMPARED = 256
_REMEMBERED = 512
BATCH = 500
"""The number of texts compared in one transaction."""

_SIGHTINGS = """SELECT version_id FROM sketch_numbers
    WHERE number = ? AND site_id <> ? LIMIT ?"""
_OF_SITE = """SELECT count(*) FROM (
    SELECT 1 FROM sketch_numbers WHERE number = ? AND site_id = ? LIMIT ?)"""

_Text = tuple[ComparedText, frozenset[int]]
"""A text, and the shingles of the lines in it that are its site's."""


def has_compared_all(db: Database) -> bool:
    """Return whether no text has come since the last `update_copies`."""
    waiting = db.execute("SELECT EXISTS (SELECT 1 FROM sketches WHERE NOT is_compared)")
    return is_sketched(db) and not waiting.fetchone()[0]


def update_copies(
    transaction: Callable[[], AbstractContextManager[Database]],
    on_progress: Callable[[str, int], object],
) -> int:
    """Sketch and compare the new texts, in many transactions; return their number.

    All are sketched first: only then is it known which lines stand in many texts of a site.
    """
    count = _repeated(transaction, sketch_some, lambda done: on_progress("read", done))
    with transaction() as db:
        pairing = Pairing(db)
    _repeated(
        transaction,
        lambda _db, some: pairing.compare_some(some),
        lambda done: on_progress("compared", done),
    )
    return count


def _repeated(
    transaction: Callable[[], AbstractContextManager[Database]],
    work: Callable[[Database, int], int],
    on_progress: Callable[[int], object],
) -> int:
    """Do *work* a batch a transaction until there is none left; return how much was done."""
    count = 0
    while True:
        with transaction() as db:
            done = work(db, BATCH)
        if not done:
            return count
        count += done
        on_progress(count)


class Pairing:
    """Compares texts within transactions that the caller holds; remembers some of them."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._text = lru_cache(maxsize=_REMEMBERED)(self._read_text)

    def compare_some(self, count: int) -> int:
        """Compare up to *count* texts that have not been, and renew the clusters they touch."""
        rows = self._db.execute(
            """SELECT version_id, site_id, numbers FROM sketches
            WHERE NOT is_compared ORDER BY version_id LIMIT ?""",
            [count],
        ).fetchall()
        for version_id, site_id, numbers in rows:
            self._compare(version_id, site_id, numbers_from(numbers))
        done = [row[0] for row in rows]
        self._db.conn.executemany(
            "UPDATE sketches SET is_compared = 1 WHERE version_id = ?", [(id_,) for id_ in done]
        )
        rebuild_clusters(self._db, done)
        return len(rows)

    def _compare(self, version_id: int, site_id: int, numbers: Iterable[int]) -> None:
        for other, other_site in self._candidates(site_id, tuple(numbers)):
            mine, theirs = self._text(version_id, site_id), self._text(other, other_site)
            if mine is None or theirs is None:
                continue
            texts = {version_id: mine[0], other: theirs[0]}
            shorter, longer = sorted(texts, key=lambda one: (len(texts[one].words), one))
            likeness = likeness_of(texts[shorter], texts[longer], mine[1] | theirs[1])
            if is_copy(likeness):
                self._keep((shorter, longer), likeness)

    def _candidates(self, site_id: int, numbers: tuple[int, ...]) -> list[tuple[int, int]]:
        """Return the texts of other sites worth comparing, with their sites, best first."""
        shared: Counter[int] = Counter()
        for number in numbers:
            rows = self._db.execute(_SIGHTINGS, (number, site_id, MOST_OF_NUMBER))
            shared.update(row[0] for row in rows)
        found = []
        for other, count in sorted(shared.items(), key=lambda one: (-one[1], one[0])):
            if not is_candidate(count, 0, 0):
                break
            sketch = self._db.execute(
                "SELECT length(numbers) / 4, site_id FROM sketches WHERE version_id = ?",
                (other,),
            ).fetchone()
            if sketch and is_candidate(count, len(numbers), sketch[0]):
                found.append((other, sketch[1]))
        return found[:MOST_COMPARED]

    def _read_text(self, version_id: int, site_id: int) -> _Text | None:
        text = read_compared_text(self._db, version_id)
        if text is None:
            return None
        furniture = {
            number for number in line_numbers(text) if self._is_furniture(number, site_id)
        }
        return text, shingles_of_lines(text, furniture) if furniture else frozenset()

    def _is_furniture(self, number: int, site_id: int) -> bool:
        row = self._db.execute(_OF_SITE, (number, site_id, FURNITURE)).fetchone()
        return bool(row[0] >= FURNITURE)

    def _keep(self, pair: tuple[int, int], likeness: Likeness) -> None:
        self._db.conn.execute(
            """INSERT OR REPLACE INTO copy_pairs
            (version_id, other_version_id, share, other_share, starts, ends)
            VALUES (?, ?, ?, ?, ?, ?)""",
            (
                *pair,
                round(likeness.of_shorter, 4),
                round(likeness.of_longer, 4),
                round(likeness.start, 4),
                round(likeness.end, 4),
            ),
        )


def delete_copies(db: Database, article_id: int) -> None:
    """Remove every trace of the texts of an article whose versions are about to be deleted."""
    sketch_again(db, article_id)
    rebuild_clusters(db, delete_sketches(db, article_id))


def rebuild_clusters(db: Database, versions: Iterable[int]) -> None:
    """Rebuild every cluster that one of these texts belongs to, or could."""
    done: set[int] = set()
    for version_id in versions:
        if version_id not in done:
            texts = _connected(db, version_id)
            done |= texts
            _rebuild_cluster(db, texts)


def _connected(db: Database, version_id: int) -> set[int]:
    """Return all the texts that pairs lead to from this one."""
    found, waiting = {version_id}, [version_id]
    while waiting:
        new = partners_of(db, waiting.pop()) - found
        found |= new
        waiting.extend(new)
    return found


def _rebuild_cluster(db: Database, texts: set[int]) -> None:
    ids = sorted(texts)
    db.conn.executemany("DELETE FROM copies WHERE version_id = ?", [(one,) for one in ids])
    known = [
        db.execute(
            "SELECT site_id, article_id FROM sketches WHERE version_id = ?", (one,)
        ).fetchone()
        for one in ids
    ]
    sites = {one: row[0] for one, row in zip(ids, known, strict=True) if row}
    articles = {one: row[1] for one, row in zip(ids, known, strict=True) if row}
    for cluster in clusters_from(_pairs_of(db, ids), sites):
        number = min(articles[one] for one in cluster)
        db.conn.executemany(
            "INSERT INTO copies (version_id, cluster_id) VALUES (?, ?)",
            [(one, number) for one in cluster],
        )


def _pairs_of(db: Database, versions: Iterable[int]) -> list[CopyPair]:
    return [
        CopyPair(
            shorter=shorter,
            longer=longer,
            of_shorter=share,
            of_longer=other_share,
            start=starts,
            end=ends,
        )
        for version_id in versions
        for shorter, longer, share, other_share, starts, ends in db.execute(
            """SELECT version_id, other_version_id, share, other_share, starts, ends
            FROM copy_pairs WHERE version_id = ?""",
            (version_id,),
        )
    ]
