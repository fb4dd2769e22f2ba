"""Measure the search of names: precision and recall on the pairs of the tests.

    python -m bench.names [FILE.tsv]

A pair is a query, a text and 1 or 0, separated by tabs: does the query find an article with
that text? The articles of all pairs are in one archive.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from newscrawl import Archive, Article

PAIRS = Path(__file__).parents[1] / "tests/name_pairs.tsv"


def main() -> None:
    """Print precision, recall and the pairs that went wrong."""
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else PAIRS
    lines = path.read_text("utf-8").splitlines()
    pairs = [line.split("\t") for line in lines if line and not line.startswith("#")]
    with tempfile.TemporaryDirectory() as folder, Archive(Path(folder, "a.db")) as archive:
        with archive.transaction():
            for number, (_query, text, _match) in enumerate(pairs, 1):
                url = f"https://names.example/{number}"
                archive.add(Article(url=url, headline="—", article_body=f"— {text} —"))
        start = time.process_time()
        found = [
            number in archive.ids_of_hits(query)
            for number, (query, *_rest) in enumerate(pairs, 1)
        ]
        spent = time.process_time() - start
    wanted = [match == "1" for *_rest, match in pairs]
    right = sum(is_found and match for is_found, match in zip(found, wanted, strict=True))
    print(
        f"{len(pairs)} pairs, {sum(wanted)} of them names of one thing: precision "
        f"{right / max(1, sum(found)):.3f}, recall {right / sum(wanted):.3f}, "
        f"{1000 * spent / len(pairs):.1f} ms of CPU a query"
    )
    for (query, text, _match), is_found, match in zip(pairs, found, wanted, strict=True):
        if is_found != match:
            print(f"  {'missed' if match else 'wrong '}  {query} – {text}")


if __name__ == "__main__":
    main()
