"""Check that the words of the search index are those of the articles."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from typing import Any

from sqlite_utils import Database

from newscrawl.archive.search.index import DEFINITION, INSERT, READ_ALL
from newscrawl.text.stems import stem_text

_CHUNK = 500


def index_problems(db: Database) -> Iterator[str]:
    """Yield a line if the words of the search index are not those of the articles."""
    found = _vocabulary(db.conn)
    expected = _expected_vocabulary(db)
    if found != expected:
        wrong = len(set(found.items()) ^ set(expected.items()))
        yield f"{wrong} words of the search index are wrong: newscrawl reindex mends it"


def _expected_vocabulary(db: Database) -> Counter[str]:
    """Return how often each word stands in the articles, as a new index of them counts it."""
    fresh = sqlite3.connect(":memory:")
    counts: Counter[str] = Counter()
    rows = db.execute(READ_ALL)
    try:
        while some := rows.fetchmany(_CHUNK):
            fresh.execute(DEFINITION)
            fresh.executemany(INSERT, map(_stemmed, some))
            counts.update(_vocabulary(fresh))
            fresh.execute("DROP TABLE article_search")
    finally:
        fresh.close()
    return counts


def _vocabulary(connection: sqlite3.Connection) -> Counter[str]:
    """Return how often each word of the index occurs; nothing of the file is changed."""
    (is_query_only,) = connection.execute("PRAGMA query_only").fetchone()
    connection.execute("PRAGMA query_only = OFF")  # a temporary table is no change of the file
    try:
        connection.execute(
            "CREATE VIRTUAL TABLE temp.words_of_index "
            "USING fts5vocab('main', 'article_search', 'row')"
        )
        found = connection.execute("SELECT term, cnt FROM temp.words_of_index").fetchall()
        connection.execute("DROP TABLE temp.words_of_index")
    finally:
        connection.execute(f"PRAGMA query_only = {is_query_only}")
    return Counter(dict(found))


def _stemmed(row: tuple[Any, ...]) -> tuple[Any, ...]:
    article_id, *texts = row
    return (article_id, *(stem_text(text or "") for text in texts))
