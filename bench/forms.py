"""Measure the search of other forms of words: precision and recall of each language.

    python -m bench.forms [FILE.tsv]

A line is a language, a query, a text and 1 or 0: does the query find the text? Ours stands
beside FTS5 with the same tokens and no forms. Default: tests/form_pairs.tsv.
"""

from __future__ import annotations

import sqlite3
import sys
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from newscrawl.archive.search.names import search_query
from newscrawl.text.folding import search_key
from newscrawl.text.stems import stem_text

PAIRS = Path(__file__).parents[1] / "tests/form_pairs.tsv"
TOKENIZE = "unicode61 remove_diacritics 0 categories 'L* N* Co Mn'"
Pair = tuple[str, str, bool]


def main() -> None:
    """Print precision and recall of each language."""
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else PAIRS
    pairs: defaultdict[str, list[Pair]] = defaultdict(list)
    for line in path.read_text("utf-8").splitlines():
        if not line.startswith("#"):
            language, query, text, match = line.split("\t")
            pairs[language].append((query, text, match == "1"))
    for language, some in sorted(pairs.items()):
        ours = scores(some, search_query, stem_text)
        plain = scores(some, lambda query: f'"{search_key(query)}"', search_key)
        print(f"{language}  {len(some)} pairs: {ours}; without forms {plain}")


def scores(pairs: list[Pair], query_of: Callable[[str], str], key: Callable[[str], str]) -> str:
    """Return precision and recall on *pairs*, for people."""
    found = [_is_found(query_of(query), key(text)) for query, text, _match in pairs]
    right = sum(hit and pair[2] for hit, pair in zip(found, pairs, strict=True))
    wanted = sum(match for *_, match in pairs)
    return f"precision {right / max(1, sum(found)):.3f}, recall {right / wanted:.3f}"


def _is_found(query: str, text: str) -> bool:
    connection = sqlite3.connect(":memory:")
    connection.execute(f'CREATE VIRTUAL TABLE texts USING fts5(text, tokenize="{TOKENIZE}")')
    connection.execute("INSERT INTO texts VALUES (?)", [text])
    sql = "SELECT 1 FROM texts WHERE texts MATCH ?"
    found = connection.execute(sql, [query]).fetchone()
    connection.close()
    return found is not None


if __name__ == "__main__":
    main()
