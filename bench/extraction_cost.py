"""CPU time of `extract` as a multiple of lxml's bare parse of the same bytes, for each set.

    NEWSCRAWL_CORPUS=… python -m bench.extraction_cost [--pages 100] [SET…]

Pages are spread evenly over a set. Each set is read once before it is timed, and parse and
extraction take turns, so that a busy machine slows both: medians of three repetitions.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

import lxml.html

from bench.reading import pages_in
from newscrawl import Page, extract
from newscrawl.errors import ExtractionError

AIM = 3.5
REPETITIONS = 3
Pages = Sequence[tuple[bytes, str]]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a row for each set; return 1 without a corpus."""
    corpus = os.environ.get("NEWSCRAWL_CORPUS")
    if not corpus or not Path(corpus).is_dir():
        print("NEWSCRAWL_CORPUS names no folder of saved pages", file=sys.stderr)
        return 1
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=100, help="most pages of a set")
    parser.add_argument("sets", nargs="*", help="names of sets; all without any")
    options = parser.parse_args(arguments)
    sets = _pages_by_set(Path(corpus))
    print("set            pages  parse, ms  extract, ms  ratio   aim")
    for name in options.sets or sorted(sets):
        _print_row(name, _spread(sets[name], options.pages))
    return 0


def _pages_by_set(corpus: Path) -> dict[str, list[tuple[bytes, str]]]:
    found: dict[str, list[tuple[bytes, str]]] = {}
    for page, body, url in pages_in(corpus):
        found.setdefault(page.partition("/")[0], []).append((body, url))
    return found


def _spread(pages: Pages, most: int) -> Pages:
    """Return at most so many of *pages*, from the first to the last."""
    return pages[:: -(-len(pages) // most)]


def _print_row(name: str, pages: Pages) -> None:
    _cpu(_extract, pages)
    times = [(_cpu(_parse, pages), _cpu(_extract, pages)) for _ in range(REPETITIONS)]
    parse, own = (median(column) * 1000 / len(pages) for column in zip(*times, strict=True))
    print(f"{name:13} {len(pages):6} {parse:10.2f} {own:12.2f} {own / parse:6.2f} {AIM:5}")


def _parse(body: bytes, _url: str) -> None:
    lxml.html.fromstring(body)


def _extract(body: bytes, url: str) -> None:
    try:
        extract(Page(url=url, body=body))
    except ExtractionError:
        return


def _cpu(read: Callable[[bytes, str], None], pages: Pages) -> float:
    start = time.process_time()
    for body, url in pages:
        read(body, url)
    return time.process_time() - start


if __name__ == "__main__":
    sys.exit(main())
