"""Check that the words and names of the search index are those of the articles."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator

from sqlite_utils import Database

from newscrawl.archive.search.index import DEFINITION, INSERT, READ_ALL
from newscrawl.archive.search.name_index import name_rows, read_names
from newscrawl.text.stems import stem_text

_CHUNK = 500
# A sum for each word over the places where it stands; a word at another place has another sum.
_WORDS = """SELECT term, sum(1 + (doc * 2654435761 + offset * 40503
        + (unicode(col) * 64 + length(col)) * 2246822519 & 0xFFFFFFFF))
    FROM temp.words_of_index GROUP BY term"""


def index_problems(db: Database) -> Iterator[str]:
    """Yield a line if the words or names of the search index are not those of the articles."""
    found = _vocabulary(db.conn)
    expected, names = _expected(db)
    if found != expected:
        wrong = len(set(found.items()) ^ set(expected.items()))
        yield f"{wrong} words of the search index are wrong: newscrawl reindex mends it"
    # Names of texts that were edited since may stay.
    if missing := len(names.difference(map(hash, read_names(db)))):
        yield f"{missing} names are missing from the search index: newscrawl reindex mends it"


def _expected(db: Database) -> tuple[Counter[str], set[int]]:
    """Return the sum of each word of the articles, and the hash of each row of names."""
    fresh = sqlite3.connect(":memory:")
    counts: Counter[str] = Counter()
    names: set[int] = set()
    rows = db.execute(READ_ALL)
    try:
        while some := rows.fetchmany(_CHUNK):
            fresh.execute(DEFINITION)
            for article_id, *texts in some:
                whole = [text or "" for text in texts]
                stemmed = [stem_text(text) for text in whole]
                fresh.execute(INSERT, [article_id, *stemmed])
                names.update(map(hash, name_rows(whole, stemmed)))
            counts.update(_vocabulary(fresh))
            fresh.execute("DROP TABLE article_search")
    finally:
        fresh.close()
    return counts, names


def _vocabulary(connection: sqlite3.Connection) -> Counter[str]:
    """Return the sum of each word of the index; nothing of the file is changed."""
    (is_query_only,) = connection.execute("PRAGMA query_only").fetchone()
    connection.execute("PRAGMA query_only = OFF")  # a temporary table is no change of the file
    try:
        connection.execute(
            "CREATE VIRTUAL TABLE temp.words_of_index "
            "USING fts5vocab('main', 'article_search', 'instance')"
        )
        found = connection.execute(_WORDS).fetchall()
        connection.execute("DROP TABLE temp.words_of_index")
    finally:
        connection.execute(f"PRAGMA query_only = {is_query_only}")
    return Counter(dict(found))
