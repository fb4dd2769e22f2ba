"""Run one command in the test internet by hand, with every site up.

    python -m tests.internet [--requests FILE] COMMAND …

e.g. `python -m tests.internet scrapy crawl site -a url=http://shams.example/`. Sites are those
of `tests/internet/sites`; FILE receives the requests, a JSON object a line.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.internet.network import open_internet
from tests.internet.sites import all_sites


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.internet",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--requests", type=Path, metavar="FILE")
    parser.add_argument("command", nargs=argparse.REMAINDER, metavar="COMMAND")
    given = parser.parse_args()
    if not given.command:
        parser.error("name a command")
    with open_internet() as internet, internet.serving(*all_sites()):
        done = internet.run(given.command, timeout=3600)
        if given.requests:
            internet.write_requests(given.requests)
    sys.stdout.write(done.stdout)
    sys.stderr.write(done.stderr)
    return done.status


if __name__ == "__main__":
    sys.exit(main())
