"""Measure the order of results: nDCG@10 on judged queries, beside plain FTS5.

    python -m bench.ranking

The judgements are those of tests/ranked_queries.toml. Plain FTS5 is an index of the same texts
by `unicode61`, all words wanted, ordered by its own bm25 without weights.
"""

from __future__ import annotations

import math
import re
import sqlite3
import tempfile
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from newscrawl import Agency, Archive, Article, SourceCredit

JUDGED = Path(__file__).parents[1] / "tests/ranked_queries.toml"
PLACES = 10
AFP = SourceCredit(raw="أ.ف.ب", agencies=(Agency(name="أ.ف.ب", id="afp"),))


def main() -> None:
    """Print the mean of both, and the queries that are not in the best order."""
    queries = judged_queries()
    with tempfile.TemporaryDirectory() as folder, Archive(Path(folder, "a.db")) as archive:
        ours = newscrawl_scores(archive, queries)
    plain = plain_scores(queries)
    print(f"{len(queries)} queries, nDCG@{PLACES}:")
    print(f"  newscrawl   {sum(ours) / len(ours):.3f}")
    print(f"  plain FTS5  {sum(plain) / len(plain):.3f}")
    for query, score in zip(queries, ours, strict=True):
        if score < 0.999:
            print(f"  {score:.2f}  {query['text']}")


def judged_queries() -> list[dict[str, Any]]:
    """Return the queries, each with the grades of its articles by their number."""
    queries = tomllib.loads(JUDGED.read_text("utf-8"))["query"]
    number = 0
    for query in queries:
        query["articles"] = {}
        query["grades"] = {}
        for grade in range(4):
            for article in query.get(str(grade), ()):
                number += 1
                query["articles"][number] = article.partition("|")[::2]
                query["grades"][number] = grade
    return list(queries)


def newscrawl_scores(archive: Archive, queries: Sequence[dict[str, Any]]) -> list[float]:
    """Return the nDCG of each query in an archive of all the articles."""
    with archive.transaction():
        for query in queries:
            for number, (headline, text) in query["articles"].items():
                is_credited = "agency:" in query["text"] and query["grades"][number]
                archive.add(
                    Article(
                        url=f"https://judged.example/{number}",
                        headline=headline,
                        article_body=text,
                        source_credit=AFP if is_credited else None,
                    )
                )
    return [
        ndcg([hit.article_id for hit in archive.search(query["text"], limit=PLACES)], query)
        for query in queries
    ]


def plain_scores(queries: Sequence[dict[str, Any]]) -> list[float]:
    """Return the nDCG of each query in a plain index."""
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE texts USING fts5(headline, text)")
    connection.executemany(
        "INSERT INTO texts (rowid, headline, text) VALUES (?, ?, ?)",
        ((number, *text) for query in queries for number, text in query["articles"].items()),
    )
    sql = "SELECT rowid FROM texts WHERE texts MATCH ? ORDER BY rank LIMIT ?"
    found = []
    for query in queries:
        words = " ".join(f'"{word}"' for word in _plain_words(query["text"]))
        found.append(ndcg([row[0] for row in connection.execute(sql, (words, PLACES))], query))
    connection.close()
    return found


def _plain_words(typed: str) -> Iterator[str]:
    """Yield the words of a query, without filters, which plain FTS5 does not know."""
    yield from re.findall(r"\w+", re.sub(r"\w+:(?:afp )?", "", typed))


def ndcg(ids: Sequence[int], query: dict[str, Any]) -> float:
    """Return the normalized discounted cumulative gain of *ids*, from 0 to 1."""
    best = _gain(sorted(query["grades"].values(), reverse=True))
    return _gain([query["grades"].get(number, 0) for number in ids]) / best


def _gain(grades: Sequence[int]) -> float:
    gain: float = sum(
        (2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(grades[:PLACES])
    )
    return gain


if __name__ == "__main__":
    main()
