"""Import of WARC files on two processes beside one, and reading them beside fastwarc."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.scale import write_files
from bench.speed.pages import real_pages
from bench.speed.rows import REPETITIONS, ROOT, Cost, Row, cost_of
from newscrawl.warc import read_pages

PAGES, FILES = 600, 4
FASTWARC = ROOT / ".venv-bench" / "bin" / "python"
"""An environment with fastwarc, which `make bench` makes."""
_FASTWARC = """
import sys, time
from fastwarc.warc import ArchiveIterator, WarcRecordType
started = time.process_time()
for path in sys.argv[1:]:
    for record in ArchiveIterator(open(path, "rb"), record_types=WarcRecordType.response):
        record.reader.read()
print(time.process_time() - started)
"""


def rows() -> Iterator[Row]:
    """Yield the ratios; that of reading only where fastwarc is installed.

    Where the writing process takes a twentieth of all CPU, 2 processes on 2 cores are 1.9 times
    as fast as one.
    """
    with tempfile.TemporaryDirectory() as folder:
        files = write_files(Path(folder), real_pages(PAGES), FILES)
        few = write_files(Path(tempfile.mkdtemp(dir=folder)), real_pages(FILES), FILES)
        costs = [(_cost(few, files, 1), _cost(few, files, 2)) for _ in range(REPETITIONS)]
        gains = [one.clock / two.clock for one, two in costs]
        yield Row("import of WARC, 2 processes, times 1", 1.9, gains, is_least=True)
        shares = [two.own / two.all for _, two in costs]
        yield Row("the same, CPU of the writing process, share of all", 0.05, shares)
        if FASTWARC.exists():
            ratios = [_reading(files) / _fastwarc(files) for _ in range(REPETITIONS)]
            yield Row("reading pages from WARC, CPU, times fastwarc", 4, ratios)


def _cost(few: list[str], files: list[str], jobs: int) -> Cost:
    """Return the cost of importing *files* beside that of *few* pages: starting is left out."""
    less, more = _import(few, jobs), _import(files, jobs)
    return Cost(more.own - less.own, more.all - less.all, more.peak, more.clock - less.clock)


def _import(files: list[str], jobs: int) -> Cost:
    ours = [sys.executable, "-c", "from newscrawl.cli import main; main()"]
    with tempfile.TemporaryDirectory() as folder:
        options = ["-d", f"{folder}/a.db", "--jobs", str(jobs)]
        return cost_of([*ours, "import", *files, *options])


def _reading(files: list[str]) -> float:
    started = time.process_time()
    for file in files:
        for _ in read_pages(Path(file)):
            pass
    return time.process_time() - started


def _fastwarc(files: list[str]) -> float:
    command = [str(FASTWARC), "-c", _FASTWARC, *files]
    return float(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
