"""Measure search: what it finds, how large its index is, and how long it takes.

    python bench/search.py [--articles 20000] [--pairs FILE.jsonl]

Pairs are those of the tests, and of NEWSCRAWL_CORPUS where that is set: does the query find the
text? Ours stands beside the rules of Lucene's Arabic analyzer and beside Snowball, where
`snowballstemmer` is installed. The articles are random words of the lexicon with particles and
endings, as frequent as words are; no time is good for more than a comparison within one run.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from itertools import accumulate
from pathlib import Path

from newscrawl.archive.search.names import search_query
from newscrawl.text.stems import stem_text, words_of
from newscrawl.text.stems.lexicon import lexicon

ROOT = Path(__file__).parents[1]
TOKENIZE = "unicode61 remove_diacritics 0 categories 'L* N* Co Mn'"
WORDS = 250  # 4 KB in UTF-8
FORMS = 150_000
QUERIES = 200
Analyzer = Callable[[str], str]


def main() -> None:
    """Print the table of the pairs, then sizes and times."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--articles", type=int, default=20_000)
    arguments.add_argument("--pairs", type=Path, action="append", default=[])
    chosen = arguments.parse_args()
    pairs = [*_own_pairs(), *_corpus_pairs(chosen.pairs)]
    for name in sorted({group for group, *_ in pairs}):
        print(f"{name:28} precision  recall  F1")
        for analyzer, fold in _analyzers().items():
            print(f"  {analyzer:26} " + _scores([p[1:] for p in pairs if p[0] == name], fold))
    _measure(chosen.articles)


def _own_pairs() -> Iterator[tuple[str, str, str, bool]]:
    for line in (ROOT / "tests/search_pairs.tsv").read_text("utf-8").splitlines():
        if not line.startswith("#"):
            query, text, match = line.split("\t")
            yield "tests/search_pairs.tsv", query, text, match == "1"


def _corpus_pairs(paths: list[Path]) -> Iterator[tuple[str, str, str, bool]]:
    if folder := os.environ.get("NEWSCRAWL_CORPUS"):
        paths = [Path(folder, "search_pairs.jsonl"), *paths]
    for path in paths:
        for line in path.read_text("utf-8").splitlines():
            pair = json.loads(line)
            yield path.name, pair["query"], pair["text"], pair["match"]


def _analyzers() -> dict[str, Analyzer]:
    analyzers = {
        "newscrawl": stem_text,
        "letters folded, no stems": lambda text: _each_word(text, _lucene_letters),
        "Lucene's Arabic rules": lambda text: _each_word(text, _lucene_stem),
    }
    try:
        snowball = import_module("snowballstemmer").stemmer("arabic")
    except ImportError:
        print("snowballstemmer is not installed: no comparison with Snowball", file=sys.stderr)
    else:
        analyzers["Snowball"] = lambda text: _each_word(
            text, lambda word: snowball.stemWord(_lucene_letters(word))
        )
    return analyzers


def _each_word(text: str, change: Callable[[str], str]) -> str:
    return " ".join(change(word) for word in words_of(text))


def _lucene_letters(word: str) -> str:
    """Return *word* as Lucene's normalizer leaves it: alef, ya, ta marbuta, no marks."""
    word = re.sub("[\u0640\u064b-\u0652]", "", word)
    return word.translate(str.maketrans("أإآىة", "ااايه"))


def _lucene_stem(word: str) -> str:
    """Return *word* cut as Lucene's stemmer cuts it: one prefix, then suffixes."""
    word = _lucene_letters(word)
    for prefix in ("ال", "وال", "بال", "كال", "فال", "لل", "و"):
        if word.startswith(prefix) and len(word) >= len(prefix) + (3 if prefix == "و" else 2):
            word = word[len(prefix) :]
            break
    for suffix in ("ها", "ان", "ات", "ون", "ين", "يه", "ية", "ه", "ة", "ي"):
        if word.endswith(suffix) and len(word) >= len(suffix) + 2:
            word = word[: -len(suffix)]
    return word


def _scores(pairs: list[tuple[str, str, bool]], fold: Analyzer) -> str:
    connection = sqlite3.connect(":memory:")
    connection.execute(f'CREATE VIRTUAL TABLE texts USING fts5(text, tokenize="{TOKENIZE}")')
    connection.executemany(
        "INSERT INTO texts VALUES (?)", [(fold(text),) for _, text, _ in pairs]
    )
    hits = []
    for number, (query, _text, _match) in enumerate(pairs, 1):
        if fold is stem_text:
            expression = search_query(query)
        else:
            expression = " AND ".join(f'"{word}"' for word in words_of(fold(query)))
        sql = "SELECT 1 FROM texts WHERE texts MATCH ? AND rowid = ?"
        hits.append(bool(connection.execute(sql, (expression, number)).fetchone()))
    right = sum(hit and match for hit, (*_, match) in zip(hits, pairs, strict=True))
    precision = right / max(1, sum(hits))
    recall = right / sum(match for *_, match in pairs)
    return (
        f"{precision:9.2f} {recall:7.2f} {2 * precision * recall / (precision + recall):5.2f}"
    )


def text_of_articles(count: int) -> Iterator[str]:
    """Give articles made of forms of known words, a few of them very frequent."""
    chance = random.Random(4)
    before = ("", "", "", "", "ال", "ال", "ال", "و", "وال", "ب", "بال", "لل")
    after = ("", "", "", "", "", "ات", "ين", "ها", "ه", "ية")
    known = sorted(lexicon().words)
    words = [f"{a}{word}{b}" for word in known for a in before[3:] for b in after[4:]]
    chance.shuffle(words)
    forms = words[:FORMS]
    weights = list(accumulate(1 / (rank + 3) for rank in range(len(forms))))
    for _ in range(count):
        yield " ".join(chance.choices(forms, cum_weights=weights, k=WORDS))


def _measure(count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        texts = list(text_of_articles(count))
        size = sum(len(text.encode()) for text in texts)
        print(f"\n{count} articles, {size / 1e6:.0f} MB of text")
        raw, _ = _fill(Path(folder, "raw.db"), texts, str)
        ours, connection = _fill(Path(folder, "ours.db"), texts, stem_text)
        print(
            f"indexing: {count / ours:.0f} articles/s, {ours / raw:.2f} times FTS5 on raw text"
        )
        pages = "SELECT sum(length(block)) FROM texts_data"
        index = connection.execute(pages).fetchone()[0]
        print(f"index: {index / 1e6:.0f} MB, {index / size:.2f} of the text")
        _measure_queries(connection)


def _fill(path: Path, texts: list[str], fold: Analyzer) -> tuple[float, sqlite3.Connection]:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE articles (id INTEGER PRIMARY KEY, text TEXT)")
    connection.executemany(
        "INSERT INTO articles (text) VALUES (?)", [(text,) for text in texts]
    )
    connection.execute(
        "CREATE VIRTUAL TABLE texts USING fts5(text, content='articles', content_rowid='id', "
        f'tokenize="{TOKENIZE}")'
    )
    connection.commit()
    start = time.process_time()
    for number, text in enumerate(texts, 1):
        connection.execute(
            "INSERT INTO texts (rowid, text) VALUES (?, ?)", (number, fold(text))
        )
    connection.commit()
    return time.process_time() - start, connection


def _measure_queries(connection: sqlite3.Connection) -> None:
    chance = random.Random(5)
    words = sorted(lexicon().words)
    sql = """SELECT rowid, snippet(texts, 0, '<', '>', '…', 24) FROM texts
        WHERE texts MATCH ? ORDER BY rank LIMIT 20"""
    times = []
    for _ in range(QUERIES):
        typed = " ".join(chance.choices(words, k=chance.choice((1, 1, 2, 3))))
        start = time.process_time()
        connection.execute(sql, (search_query(typed),)).fetchall()
        times.append(1000 * (time.process_time() - start))
    p95 = statistics.quantiles(times, n=20)[-1]
    print(
        f"top 20 with snippets: p50 {statistics.median(times):.1f} ms, p95 {p95:.1f} ms of CPU"
    )


if __name__ == "__main__":
    main()
