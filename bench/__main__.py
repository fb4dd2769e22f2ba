"""Every benchmark, one after the other, each in one run, so that ratios mean something."""

from __future__ import annotations

import subprocess
import sys

BENCHMARKS = (
    ("bench.extraction",),
    ("bench.extraction_cost",),
    ("bench.speed",),
    ("bench.speed", "search"),
    ("bench.search", "--articles", "20000"),
    ("bench.names",),
    ("bench.ranking",),
    ("bench.archive", "5000", "2"),
    ("bench.crawl", "1000"),
    ("bench.years", "20000", "100000"),
    ("bench.front", "20000"),
    ("bench.scale", "2000"),
)


def main() -> int:
    """Run each benchmark in a process of its own; return 1 if any failed."""
    failed = 0
    for name, *arguments in BENCHMARKS:
        print(f"\n== python -m {' '.join((name, *arguments))}\n", flush=True)
        failed |= subprocess.run(
            [sys.executable, "-m", name, *arguments], check=False
        ).returncode
    return min(failed, 1)


if __name__ == "__main__":
    sys.exit(main())
