"""`python -m newscrawl.sample_site`: serve the sample newspaper until ended."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
import time
from typing import NoReturn

from newscrawl.sample_site.newspaper import Newspaper
from newscrawl.sample_site.server import NewsroomServer


def main() -> None:
    """Print the base address as the first line, then serve until SIGTERM or SIGINT."""
    options = _options()
    paper = Newspaper(edition=options.edition, copies=options.copies)
    signal.signal(signal.SIGTERM, _leave)
    signal.signal(signal.SIGINT, _leave)
    try:
        server = NewsroomServer(
            options.port, paper, crawl_delay=options.crawl_delay, slow=options.slow
        )
    except OSError as error:
        sys.exit(f"newsroom: cannot serve on port {options.port}: {error.strerror}")
    with server:
        if options.parent:
            threading.Thread(target=_follow, args=(options.parent,), daemon=True).start()
        sys.stdout.write(f"{server.base_url}\n")
        sys.stdout.flush()
        server.serve_forever()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m newscrawl.sample_site", description=__doc__
    )
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--edition", type=int, choices=(1, 2), default=1)
    parser.add_argument("--copies", type=int, default=1, help="variants of each story")
    parser.add_argument("--crawl-delay", type=float, default=0.1, help="as in robots.txt")
    parser.add_argument("--slow", type=float, default=2.0, help="seconds the slow page takes")
    parser.add_argument("--parent", type=int, default=0, help="end when that process has")
    return parser.parse_args()


def _leave(_number: int, _frame: object) -> NoReturn:
    sys.exit(0)


def _follow(parent: int) -> None:
    """End this process when *parent*, which started it, is gone, however it went."""
    while os.getppid() == parent:
        time.sleep(0.25)
    os._exit(0)


if __name__ == "__main__":
    main()
