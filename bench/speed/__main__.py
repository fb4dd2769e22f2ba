"""Print every speed with its aim: `NEWSCRAWL_CORPUS=… python -m bench.speed [PART…]`.

Three repetitions of each, medians, lowest and highest. Ratios compare programs that ran in
turn, so that a busy machine slows both; times are of CPU. The whole is meant to take ten
minutes on two cores that nobody else uses; `search`, whose archive takes longer to make, runs
where it is named. The cost of extraction is `bench.extraction_cost`.
"""

from __future__ import annotations

import argparse
import platform
import time
from collections.abc import Sequence
from importlib import import_module

PARTS = {
    "start": "command_start",
    "crawl": "crawl_cost",
    "stalls": "loop_stalls",
    "frontier": "frontier_memory",
    "imports": "warc_import",
    "evidence": "evidence_size",
    "search": "common_word",
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the rows of the chosen parts, or of all but `search`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    chosen = parser.parse_args(arguments).parts or [one for one in PARTS if one != "search"]
    print(f"Python {platform.python_version()}, {platform.machine()}\n")
    print(f"{'work':62} {'median':>8} {'low–high':>15}  aim")
    for part in chosen:
        started = time.perf_counter()
        for row in import_module(f"bench.speed.{PARTS[part]}").rows():
            print(row, flush=True)
        print(f"({part}: {time.perf_counter() - started:.0f} s)", flush=True)


if __name__ == "__main__":
    main()
