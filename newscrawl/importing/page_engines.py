"""Engines that read records: this process, or a number of processes beside it.

An engine takes a stream of steps and returns the same stream in the same order, each Task as a
pair of the task and its Reading. So the writer sees everything in the order of the files,
however fast each process is.
"""

from __future__ import annotations

import signal
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from time import monotonic
from typing import Any

import attrs

from newscrawl.importing.readings import Reading, Task, reading_of, unread
from newscrawl.system.worker_process import DEADLINE, WorkerProcess, answer_requests

STARTING = 60.0
"""The longest that a process may take to start, in seconds."""
AHEAD = 8
"""Number of tasks that a worker holds, so that it never waits for the writer."""
WAITING = 64
"""Number of steps for each worker that wait for the oldest one."""

Steps = Generator[Any, None, None]
Engine = Callable[[Iterable[Any], int], Steps]
"""From steps and a number of workers to steps, each Task now a pair (Task, Reading)."""


def read_locally(steps: Iterable[Any], jobs: int, *, deadline: float = DEADLINE) -> Steps:
    """Yield *steps* in their order, each Task as (task, reading), read by *jobs* processes.

    A page over which a worker takes longer than *deadline* seconds, or two workers die, costs
    itself only. At most WAITING steps for each worker are in memory.
    """
    crew = _Crew(jobs, deadline)
    try:
        yield from _in_order(iter(steps), crew, jobs * WAITING)
    finally:
        crew.end()


def read_here(steps: Iterable[Any], jobs: int) -> Steps:
    """Yield *steps* in their order, each Task as (task, reading), read by this process.

    A page that takes longer than DEADLINE ends the process: nothing else can end it for sure.
    """
    for step in steps:
        if isinstance(step, Task):
            signal.setitimer(signal.ITIMER_REAL, DEADLINE)
            reading = reading_of(step)
            signal.setitimer(signal.ITIMER_REAL, 0)
            yield step, reading
        else:
            yield step


@attrs.define(eq=False)
class _Slot:
    """One step and, for a task, its reading."""

    step: Any
    reading: Reading | None = None
    has_ended_worker: bool = False
    """True if a worker has died over it: it may have been killed for another reason."""

    @property
    def is_done(self) -> bool:
        return self.reading is not None or not isinstance(self.step, Task)

    def result(self) -> Any:
        return self.step if self.reading is None else (self.step, self.reading)


def _started(steps: Iterator[Any], crew: _Crew) -> _Slot | None:
    """Return the slot of the next step, given to the crew if it is a task; None at the end."""
    for step in steps:
        slot = _Slot(step)
        if isinstance(step, Task):
            crew.give(slot)
        return slot
    return None


def _in_order(steps: Iterator[Any], crew: _Crew, most: int) -> Steps:
    waiting: deque[_Slot] = deque()
    is_more = True
    while is_more or waiting:
        if is_more and len(waiting) < most and crew.has_room():
            slot = _started(steps, crew)
            is_more = slot is not None
            waiting.extend([slot] if slot is not None else [])
        elif waiting:
            crew.wait()
        yield from _done(waiting)


def _done(waiting: deque[_Slot]) -> Steps:
    """Take the steps from the front that are done."""
    while waiting and waiting[0].is_done:
        yield waiting.popleft().result()


class _Worker(WorkerProcess):
    """One process and its tasks, the present one first."""

    def __init__(self) -> None:
        super().__init__(serve, is_daemon=True)
        self.slots: deque[_Slot] = deque()
        self.is_ready = False
        self.since = monotonic() + STARTING
        """Time at which it began its present page."""

    def give(self, slot: _Slot) -> None:
        """Send one task; the pipe has room for all tasks of a worker."""
        if self.is_ready and not self.slots:
            self.since = monotonic()
        self.slots.append(slot)
        with suppress(OSError):  # it has died, which `wait` will see
            self.connection.send(slot.step)


class _Crew:
    """The workers."""

    def __init__(self, jobs: int, deadline: float) -> None:
        self._workers = [_Worker() for _ in range(jobs)]
        self._deadline = deadline

    def has_room(self) -> bool:
        return any(len(worker.slots) < AHEAD for worker in self._workers)

    def give(self, slot: _Slot) -> None:
        min(self._workers, key=lambda worker: len(worker.slots)).give(slot)

    def wait(self) -> None:
        """Wait until a reading arrives, or a worker has died or hangs."""
        busy = [worker for worker in self._workers if worker.slots]
        left = min(worker.since for worker in busy) + self._deadline - monotonic()
        ready = wait([worker.connection for worker in busy], max(left, 0.01))
        for worker in busy:
            if worker.connection in ready:
                self._take(worker)
            elif monotonic() - worker.since > self._deadline:
                self._replace(worker, f"it took more than {self._deadline:g} s")

    def _take(self, worker: _Worker) -> None:
        """Receive one reading, or replace a worker that has died."""
        try:
            reading = worker.connection.recv()
        except (EOFError, OSError):
            worker.process.join(1)
            is_again = not worker.slots[0].has_ended_worker
            worker.slots[0].has_ended_worker = True
            died = f"the worker died (exit code {worker.process.exitcode})"
            self._replace(worker, died, is_again=is_again)
            return
        worker.since = monotonic()
        if worker.is_ready:
            worker.slots.popleft().reading = reading
        worker.is_ready = True

    def _replace(self, worker: _Worker, reason: str, *, is_again: bool = False) -> None:
        """Pass the tasks of *worker* to a new one, the present one only with *is_again*."""
        others = worker.slots
        if not is_again:
            lost = others.popleft()
            lost.reading = unread(lost.step, reason)
        worker.end()
        fresh = _Worker()
        self._workers[self._workers.index(worker)] = fresh
        for slot in others:
            fresh.give(slot)

    def end(self) -> None:
        for worker in self._workers:
            worker.end()


class PageReader:
    """One process that reads a record at a time; a context manager.

    A page that ends it twice, or holds it for longer than DEADLINE, costs that page only.
    """

    def __init__(self) -> None:
        self._crew = _Crew(1, DEADLINE)

    def __enter__(self) -> PageReader:
        return self

    def __exit__(self, *_: object) -> None:
        self._crew.end()

    def read(self, task: Task) -> Reading:
        """Return the reading of *task*."""
        slot = _Slot(task)
        self._crew.give(slot)
        while slot.reading is None:
            self._crew.wait()
        return slot.reading


def serve(connection: Connection) -> None:
    """Read the tasks that arrive until the other end is closed."""
    connection.send(None)  # it is ready: from now on its pages are timed
    answer_requests(connection, reading_of)
