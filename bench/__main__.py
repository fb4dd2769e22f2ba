"""Every benchmark, one after the other: extraction, search, archive. Ratios in one run."""

from __future__ import annotations

import subprocess
import sys

BENCHMARKS = (
    ("bench.extraction",),
    ("bench.search", "--articles", "20000"),
    ("bench.archive", "5000", "2"),
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
