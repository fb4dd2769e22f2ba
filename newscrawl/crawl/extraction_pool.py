"""Worker processes that extract articles, so that the event loop of a crawl only fetches."""

from __future__ import annotations

import os
import signal
from asyncio import LifoQueue, get_running_loop
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import TypeVar

import attrs

from newscrawl.article import Article
from newscrawl.crawl.run.prepared import Packed, pack, prepare
from newscrawl.ingest.acceptance import read_article
from newscrawl.ingest.usage_statements import stating_tags
from newscrawl.layouts.catalogue import declare_sites, declared_modules
from newscrawl.outcomes import Outcome, Problem
from newscrawl.page import HeadTags, Page
from newscrawl.system.environment import use_environment
from newscrawl.system.worker_process import WorkerProcess, answer_requests
from newscrawl.warc.new_records import deflated

R = TypeVar("R")
Found = Article | Problem
"""The article on a page; outcome and reason if it cannot be read."""


@attrs.frozen
class Ahead:
    """Work for storing a page that is done in the process that extracts it."""

    article: Packed | None
    """None for a page without an article, and in a crawl that stores nothing."""
    deflated: bytes | None
    """The body as evidence holds it; None where it came compressed, or none is stored."""
    digest: str
    """SHA-256 of the body, in hexadecimal."""


@attrs.frozen
class Read:
    """Result of reading one page."""

    found: Found
    head_tags: HeadTags | None = None
    """Metas and links for the opt-outs; None where no process lived to find them."""
    ahead: Ahead | None = None
    """None in a crawl that stores nothing, and where no process lived to do it."""


NICENESS = 5
"""`nice` of the workers: the event loop, which serves all pages, goes before them."""

_TRIES = 2
"""A worker may be killed for the memory of others: a page is read again once."""

_PATIENCE = 2
"""Multiple of the deadline after which a worker is killed that has not ended itself: one that
is stopped cannot, and one that starts on a busy machine begins its page later."""


@attrs.frozen
class _Task:
    page: Page
    modules: tuple[str, ...]
    """Modules that declare sites of the user."""
    deadline: float
    """Seconds by the clock after which the worker ends itself."""
    evidence: str | None
    """NEWSCRAWL_EVIDENCE; None if nothing is stored, not even the article."""
    is_deflated: bool
    """True if the body is going to be evidence, and did not come compressed."""


class _WorkerDiedError(Exception):
    """The worker ended while it read a page."""

    def __init__(self, exit_code: int | None, *, is_late: bool) -> None:
        super().__init__(f"exit code {exit_code}")
        self.is_timeout = is_late or exit_code == -signal.SIGALRM


class ExtractionPool:
    """A number of worker processes, each with one page at a time.

    A worker that dies or that takes longer than *deadline* seconds costs its page only. One
    that does not end itself then, as it is stopped, is killed after _PATIENCE times as long.
    Call `end` when the crawl is over.
    """

    def __init__(self, processes: int, *, deadline: float) -> None:
        self.deadline = deadline
        self._idle: LifoQueue[_Worker | None] = LifoQueue()
        self._workers: set[_Worker] = set()
        self._is_over = False
        self._threads = ThreadPoolExecutor(processes)
        for _ in range(processes):  # each is started by its first page
            self._idle.put_nowait(None)

    async def read(
        self, page: Page, *, evidence: str | None = None, is_deflated: bool = False
    ) -> Read:
        """Return the article on *page*, or outcome and reason, and the page's head tags.

        Work for storing the article is done as well, unless *evidence* (NEWSCRAWL_EVIDENCE) is
        None; where the page *is_deflated*, work for evidence.
        """
        task = _Task(page, declared_modules(), self.deadline, evidence, is_deflated)
        worker = await self._idle.get()
        reason = ""
        try:
            for _ in range(_TRIES):
                worker = worker or await self._start()
                try:
                    found = await self._read_by(worker, task)
                except _WorkerDiedError as error:
                    self._workers.discard(worker)
                    worker = None
                    if self._is_over:  # nobody waits for the page any more
                        await get_running_loop().create_future()
                    if error.is_timeout:
                        reason = f"extraction took more than {self.deadline:g} s"
                        break
                    reason = f"the extraction process died ({error})"
                else:
                    return found
        finally:
            self._idle.put_nowait(worker)
        return Read((Outcome.ERROR, reason))

    async def _start(self) -> _Worker:
        worker = await self._in_thread(_Worker)
        self._workers.add(worker)
        return worker

    async def _read_by(self, worker: _Worker, task: _Task) -> Read:
        """Return the answer of *worker*, which is killed if it does not come for too long."""
        patience = self.deadline * _PATIENCE
        watch = get_running_loop().call_later(patience, worker.give_up)
        try:
            return await self._in_thread(worker.read, task)
        finally:
            watch.cancel()

    async def _in_thread(self, function: Callable[..., R], *arguments: object) -> R:
        """Call *function*, which waits for a process, without stopping the event loop."""
        if self._is_over:  # nobody waits for the page any more, and the threads have ended
            await get_running_loop().create_future()
        return await get_running_loop().run_in_executor(self._threads, function, *arguments)

    def end(self) -> None:
        """Kill the workers; a page that is being read is given up."""
        self._is_over = True
        for worker in self._workers:
            worker.process.kill()
        self._threads.shutdown(wait=False)


class _Worker(WorkerProcess):
    def __init__(self) -> None:
        # The same server forks the process that stores.
        preload = ("newscrawl.crawl.run.storage_process",)
        super().__init__(serve, is_daemon=True, preload=preload)
        self._is_late = False

    def give_up(self) -> None:
        """Kill the process over its present page: `read` raises _WorkerDiedError."""
        self._is_late = True
        with suppress(ValueError):  # it has ended at this moment
            self.process.kill()

    def read(self, task: _Task) -> Read:
        """Wait for the worker's answer. Raises _WorkerDiedError if the worker ended."""
        self._is_late = False
        try:
            self.connection.send(task)
            found: Read = self.connection.recv()
        except (EOFError, OSError):
            self.process.join()
            exit_code = self.process.exitcode
            self.end()
            raise _WorkerDiedError(exit_code, is_late=self._is_late) from None
        return found


def serve(connection: Connection) -> None:
    # The parent handles it, and ends its workers.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.nice(NICENESS)
    use_environment()
    answer_requests(connection, _found_by)


def _found_by(task: _Task) -> Read:
    declare_sites(task.modules)
    # The process ends itself at the deadline: nothing else ends a regular expression.
    signal.setitimer(signal.ITIMER_REAL, task.deadline)
    read = read_page(task.page, evidence=task.evidence, is_deflated=task.is_deflated)
    signal.setitimer(signal.ITIMER_REAL, 0)
    return read


def read_page(page: Page, *, evidence: str | None, is_deflated: bool) -> Read:
    """Return the article on *page* and what is to be stored of it, without any process."""
    tags = stating_tags(page.head_tags)  # before the tree is let go of
    found = read_article(page)
    prepared = None
    if evidence is not None and isinstance(found, Article):
        prepared = pack(prepare(found, evidence=evidence))
    body = deflated(page.body) if is_deflated else None
    return Read(found, tags, Ahead(prepared, body, page.digest))
