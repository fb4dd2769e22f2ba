r"""Kills a crawl at request N, the next at request M, and sees whether the third has all.

    python -m tests.kill_sweep --kinds feed,sitemap,section,home --signals SIGKILL,SIGTERM \\
        --delays 0,0.1 --points 1-12,20,30 --known 0,1

The test server itself ends the crawler, when it receives the request or some time after.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import attrs

from newscrawl import Archive
from newscrawl.evidence import evidence_problems
from tests.crawling import rows, serving
from tests.fork_server import ForkServer
from tests.kill_site import SOURCES, KillSite
from tests.odd_server import OddServer
from tests.stored_beside import ALONE, BESIDE

INTERRUPTED = {"SIGKILL": {-9}, "SIGTERM": {3, -15}}
"""The exit statuses of a crawl that was ended; before Scrapy listens, the system's own."""
OF_ROBOTS = {"/robots.txt", "/.well-known/tdmrep.json"}


@attrs.frozen(kw_only=True)
class Case:
    """Where a crawl is ended, and how."""

    kills: tuple[int, ...]
    """At which request of each run; the run after them is let be."""
    name: str = "SIGKILL"
    """The signal."""
    delay: float = 0.0
    """Seconds between the request and the signal."""
    kinds: tuple[str, ...] = SOURCES
    is_known: bool = False
    """Whether the site was crawled before, and has more by now."""
    is_plain: bool = False
    """Whether the addresses of the articles say nothing of being articles'."""
    each: int = 15
    """How many articles each source names."""
    is_beside: bool = False
    """True if processes extract and store, False if the event loop does both."""


class KillServer(OddServer):
    """Answers, and ends its client at a request."""

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.Lock()
        self._left = 0
        self._goal: tuple[int, int, float] | None = None

    def arm(self, requests: int, pid: int, number: int, delay: float) -> None:
        """Have process *pid* ended *delay* seconds after so many requests."""
        with self._lock:
            self._left = requests
            self._goal = (pid, number, delay)

    def disarm(self) -> None:
        """End nothing any more."""
        with self._lock:
            self._goal = None

    def note(self) -> None:
        """Count a request, and end the client where it is the one."""
        with self._lock:
            self._left -= 1
            goal = self._goal if self._left == 0 else None
        if goal is None:
            return
        pid, number, delay = goal
        if delay:
            threading.Timer(delay, self._end, (pid, number)).start()
        else:
            self._end(pid, number)

    def _end(self, pid: int, number: int) -> None:
        with self._lock:
            is_meant = self._goal is not None and self._goal[0] == pid
        if is_meant:
            with suppress(ProcessLookupError):
                os.kill(pid, number)


def _counting(server: KillServer) -> None:
    """Have every request counted before it is answered."""
    handler = server.RequestHandlerClass
    answer = handler.do_GET  # type: ignore[attr-defined]

    class Counting(handler):  # type: ignore[misc,valid-type]
        def do_GET(self) -> None:  # noqa: N802 (the library's name)
            server.note()
            answer(self)

    server.RequestHandlerClass = Counting


@contextmanager
def kill_server() -> Iterator[KillServer]:
    """Serve while the block runs."""
    server = KillServer()
    _counting(server)
    with serving(server):
        yield server


@attrs.define
class Bench:
    """Runs cases, each with a site and an archive of its own."""

    forks: ForkServer
    folder: Path

    def problems_of(self, case: Case) -> list[str]:
        """Return what is wrong after *case*; empty where all is as it should be."""
        folder = Path(tempfile.mkdtemp(dir=self.folder))
        with kill_server() as server:
            found = _Run(self.forks, folder, server, case).problems()
        if not found:
            shutil.rmtree(folder)
        return [f"{line} ({folder})" for line in found]


class _Run:
    """One case as it runs."""

    def __init__(self, forks: ForkServer, folder: Path, server: KillServer, case: Case):
        self.forks, self.folder, self.server, self.case = forks, folder, server, case
        self.archive = folder / "archive.db"
        self.site = KillSite(server, case.kinds, case.each, is_plain=case.is_plain)
        self.found: list[str] = []

    def problems(self) -> list[str]:
        self.site.publish(1)
        if self.case.is_known:
            self._expect(self._crawl(), {0}, "the crawl before")
            self.site.publish(2, (self.case.each + 1) // 2)
        settled: set[str] = set()
        start = len(self.server.asked)
        for number, at in enumerate(self.case.kills, 1):
            begun, last, ended = len(self.server.asked), self._last_row(), self._complete()
            status = self._crawl(at)
            self._see_repeated(settled, begun, f"run {number}")
            settled |= self._settled_since(last)
            if self._complete() > ended:
                self._see_whole(f"run {number}, which says complete")
                settled.clear()  # a small site is asked for whole by the next crawl
            self._expect(status, INTERRUPTED[self.case.name] | {0}, f"run {number}")
        begun = len(self.server.asked)
        self._expect(self._crawl(), {0}, "the last run")
        self._see_whole("the last run")
        self._see_repeated(settled, begun, "the last run")
        self._see_rows(start)
        return self.found

    def _crawl(self, at: int | None = None) -> int:
        settings = (f"NEWSCRAWL_ARCHIVE={self.archive}", "NEWSCRAWL_PRIVATE_HOSTS=127.0.0.1")
        options = [part for setting in settings for part in ("-s", setting)]
        options += BESIDE if self.case.is_beside else ALONE
        process = self.forks.start(
            self.folder / "log", "crawl", "site", "-a", f"url={self.server.url}/", *options
        )
        if at is not None:
            number = getattr(signal, self.case.name)
            self.server.arm(at, process.pid, number, self.case.delay)
        status = process.wait()
        self.server.disarm()
        return status

    def _expect(self, status: int, wanted: set[int], which: str) -> None:
        if status not in wanted:
            self.found.append(f"{which} ended with {status}, not {wanted}")

    def _see_whole(self, which: str) -> None:
        """Note what is missing, there twice, or damaged."""
        stored = [row["url"] for row in rows(self.archive, "SELECT url FROM article")]
        missing = self.site.urls - set(stored)
        if missing:
            self.found.append(f"{len(missing)} missing after {which}: {sorted(missing)[:3]}")
        if len(stored) != len(set(stored)) or set(stored) - self.site.urls:
            self.found.append(f"stored twice, or too much, after {which}")
        versions = rows(self.archive, "SELECT count(*) AS n FROM versions")[0]["n"]
        if versions != len(stored):
            self.found.append(f"{versions} versions of {len(stored)} articles after {which}")
        if rows(self.archive, "SELECT 1 FROM frontier_urls"):
            self.found.append(f"the frontier is not empty after {which}")
        parts = rows(self.archive, "SELECT url FROM article WHERE missing_pages IS NOT NULL")
        if parts:
            self.found.append(f"{len(parts)} articles are not whole after {which}")
        with Archive.open_read_only(self.archive) as archive:
            self.found += [f"evidence: {problem}" for problem in evidence_problems(archive)]

    def _complete(self) -> int:
        """Return how many runs are complete: their last transaction says so, not the signal."""
        if not self.archive.exists():
            return 0
        with suppress(Exception):
            found = rows(self.archive, "SELECT count(*) AS n FROM runs WHERE exit_status = 0")
            return int(found[0]["n"])
        return 0

    def _last_row(self) -> int:
        if not self.archive.exists():
            return 0
        with suppress(Exception):
            return int(rows(self.archive, "SELECT max(id) AS n FROM observations")[0]["n"] or 0)
        return 0

    def _settled_since(self, last: int) -> set[str]:
        """Return the paths of the articles of which it became known what they are."""
        with suppress(Exception):
            found = rows(
                self.archive,
                "SELECT u.url FROM observations AS o JOIN urls AS u ON u.id = o.url_id"
                " WHERE o.id > ? AND o.article_id IS NOT NULL",
                last,
            )
            return {row["url"] for row in found}
        return set()

    def _see_repeated(self, settled: set[str], begun: int, which: str) -> None:
        """Note the articles asked for again of which all was known."""
        asked = {f"{self.server.url}{one.path}" for one in self.server.asked[begun:]}
        again = settled & asked & self.site.urls
        if again:
            self.found.append(f"{len(again)} asked again in {which}: {sorted(again)[:3]}")

    def _see_rows(self, start: int) -> None:
        """Note the addresses that were asked for and have no row."""
        query = "SELECT DISTINCT u.url FROM observations AS o JOIN urls AS u ON u.id = o.url_id"
        have = {row["url"] for row in rows(self.archive, query)}
        asked = {one.path for one in self.server.asked[start:]} - OF_ROBOTS
        lost = {path for path in asked if f"{self.server.url}{path}" not in have}
        if lost:
            self.found.append(f"{len(lost)} without a row: {sorted(lost)[:3]}")


def cases_of(
    points: list[int],
    names: list[str],
    delays: list[float],
    kinds: list[tuple[str, ...]],
    known: list[bool],
    plain: list[bool],
) -> Iterator[Case]:
    """Yield every case; those of one signal, delay and site side by side."""
    pairs = itertools.product(points, points)
    for pair, name, delay, kind, is_known, is_plain in itertools.product(
        pairs, names, delays, kinds, known, plain
    ):
        yield Case(
            kills=pair,
            name=name,
            delay=delay,
            kinds=kind,
            is_known=is_known,
            is_plain=is_plain,
        )


def parse_points(text: str) -> list[int]:
    """Return the numbers of `1-12,20,30`."""
    found: list[int] = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        found += range(int(first), int(last or first) + 1)
    return found


def main() -> int:
    """Run the sweep that the arguments describe; a line of JSON for each case that fails."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--points", default="1-12,20,30,40,50,60,70")
    parser.add_argument("--signals", default="SIGKILL,SIGTERM")
    parser.add_argument("--delays", default="0,0.1")
    parser.add_argument("--kinds", action="append", help="sources, between commas; repeatable")
    parser.add_argument("--known", default="0,1", help="0: a new site, 1: a known one")
    parser.add_argument("--plain", default="0,1", help="1: addresses that say nothing")
    parser.add_argument("--each", type=int, default=15, help="articles of each source")
    parser.add_argument("--part", default="0/1", help="every so manyth case: 0/4 … 3/4")
    given = parser.parse_args()
    kinds = [tuple(kind.split(",")) for kind in given.kinds or [",".join(SOURCES)]]
    part, parts = map(int, given.part.split("/"))
    cases = cases_of(
        parse_points(given.points),
        given.signals.split(","),
        [float(delay) for delay in given.delays.split(",")],
        kinds,
        [known == "1" for known in given.known.split(",")],
        [plain == "1" for plain in given.plain.split(",")],
    )
    chosen = [
        attrs.evolve(case, each=given.each)
        for case in itertools.islice(cases, part, None, parts)
    ]
    return _run_all(chosen)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _run_all(cases: list[Case]) -> int:
    """Run *cases*; print those that fail, and how many there were."""
    forks, failed, started = ForkServer(), 0, time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix="kills-"))
    bench = Bench(forks, folder)
    for number, case in enumerate(cases, 1):
        problems = bench.problems_of(case)
        failed += bool(problems)
        if problems:
            _say(json.dumps(attrs.asdict(case) | {"problems": problems}))
        if number % 20 == 0:
            seconds = time.monotonic() - started
            _say(f"{number} of {len(cases)}, {failed} failed, {seconds:.0f} s")
    forks.close()
    _say(f"{len(cases)} cases, {failed} failed; archives of those: {folder}")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
