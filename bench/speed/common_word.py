"""CPU time of a search for the word that most articles of a large archive have."""

from __future__ import annotations

import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from bench.front import fill
from bench.search import text_of_articles
from bench.speed.rows import REPETITIONS, Row
from newscrawl import Archive

ARTICLES = 200_000


def rows() -> Iterator[Row]:
    """Yield the CPU time in ms of the first 20 results, the newest archive made first."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "archive.db"
        fill(path, ARTICLES)
        words = Counter(word for text in text_of_articles(200) for word in text.split())
        word = words.most_common(1)[0][0]
        with Archive.open_read_only(path) as archive:
            archive.search(word)
            times = [_milliseconds(archive, word) for _ in range(REPETITIONS)]
    yield Row(f"search, most frequent word, {ARTICLES} articles, ms", 100, times)


def _milliseconds(archive: Archive, word: str) -> float:
    started = time.process_time()
    list(archive.search(word))
    return 1000 * (time.process_time() - started)
