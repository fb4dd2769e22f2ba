"""Engines that make partitions: processes of this machine, or a Dask cluster.

An engine yields each partition with its tally, in the order in which they are done. A file
that ends its process is read again with each page in a process of its own, so that it costs
only that page.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, suppress
from itertools import islice
from multiprocessing.connection import Connection, wait
from typing import Any

import attrs

from newscrawl.errors import FetchError, NewscrawlError
from newscrawl.importing.partitions import Partition
from newscrawl.importing.tally import Tally
from newscrawl.system.interpreter import safe_path
from newscrawl.system.programs import install_command
from newscrawl.system.worker_process import WorkerProcess

Made = Iterator[tuple[Partition, Tally]]
FileEngine = Callable[[Iterable[Partition], int], Made]
"""From partitions and a number of processes to the partitions with their tallies."""
_AHEAD = 2
"""Number of files for each process that a Dask cluster holds at once."""


def make_locally(partitions: Iterable[Partition], jobs: int) -> Made:
    """Yield *partitions* as they are made by *jobs* processes."""
    waiting = iter(partitions)
    busy: dict[Any, _Worker] = {}
    idle = [_Worker() for _ in range(jobs)]
    try:
        while True:
            for partition in islice(waiting, len(idle)):
                worker = idle.pop()
                worker.give(partition)
                busy[worker.connection] = worker
            if not busy:
                return
            for connection in wait(list(busy)):
                worker = busy.pop(connection)
                partition, tally = worker.take()
                if tally is not None:
                    idle.append(worker)
                    yield partition, tally
                    continue
                worker.end()
                worker = _Worker()
                if not partition.is_guarded:
                    worker.give(attrs.evolve(partition, is_guarded=True))
                    busy[worker.connection] = worker
                    continue
                idle.append(worker)
                yield partition, _lost(partition)
    finally:
        for worker in (*idle, *busy.values()):
            worker.end()


class _Worker(WorkerProcess):
    """A process that makes one partition after the other."""

    def __init__(self) -> None:
        # With guarded pages it has a process of its own.
        super().__init__(_serve, is_daemon=False)
        self._partition: Partition | None = None

    def give(self, partition: Partition) -> None:
        self._partition = partition
        with suppress(OSError):  # it has died, which `take` will see
            self.connection.send(partition)

    def take(self) -> tuple[Partition, Tally | None]:
        """Return the partition that it was given, and its tally; None if it died."""
        assert self._partition is not None  # noqa: S101  # whoever is waited for has one
        try:
            return self._partition, self.connection.recv()
        except (EOFError, OSError):
            return self._partition, None


def _serve(connection: Connection) -> None:
    # Ctrl-C is for the parent, which ends its processes.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(EOFError, ConnectionError):
        while True:
            connection.send(connection.recv().make())


@attrs.frozen
class DaskEngine:
    """Has a Dask cluster make the partitions: the one at *address*, or one of this machine."""

    address: str | None = None

    def __call__(self, partitions: Iterable[Partition], jobs: int) -> Made:
        """Yield *partitions* as they are made.

        Raises NewscrawlError if Dask is not installed, or no scheduler answers.
        """
        with ExitStack() as stack:
            client = self._client(jobs, stack)
            yield from self._made(client, iter(partitions))

    def _client(self, jobs: int, stack: ExitStack) -> Any:
        try:
            from distributed import Client, LocalCluster  # noqa: PLC0415 (an extra)
        except ImportError as error:
            raise NewscrawlError(
                f"--engine dask needs the extra `dask`: {install_command('dask')}"
            ) from error
        if self.address is None:
            # One thread each: extraction holds the interpreter's lock.
            # What listens does so on loopback: whoever reaches a scheduler runs code on it.
            stack.enter_context(safe_path())
            cluster = LocalCluster(
                n_workers=jobs,
                threads_per_worker=1,
                host="127.0.0.1",
                dashboard_address="127.0.0.1:0",
                silence_logs=50,
            )
            return stack.enter_context(Client(stack.enter_context(cluster)))
        try:
            return stack.enter_context(Client(self.address, timeout=10))
        except (OSError, ValueError) as error:
            raise FetchError(self.address, "connection", "no Dask scheduler answers") from error

    def _made(self, client: Any, waiting: Iterator[Partition]) -> Made:
        from distributed import as_completed  # noqa: PLC0415 (an extra)

        under_way: dict[str, Partition] = {}

        def submit(partition: Partition) -> Any:
            # pure=False: whether it is to be made again is for us to say, not for a cache.
            future = client.submit(Partition.make, partition, pure=False)
            under_way[future.key] = partition
            return future

        most = _AHEAD * max(1, len(client.scheduler_info(n_workers=-1)["workers"]))
        done = as_completed([submit(one) for one in islice(waiting, most)])
        for future in done:
            partition = under_way.pop(future.key)
            tally = future.result() if future.status == "finished" else None
            future.release()
            if tally is None and not partition.is_guarded:
                done.add(submit(attrs.evolve(partition, is_guarded=True)))
                continue
            for following in islice(waiting, 1):
                done.add(submit(following))
            yield partition, tally or _lost(partition)


def _lost(partition: Partition) -> Tally:
    tally = Tally()
    tally.report(f"{partition.source}: the process that read it died, twice")
    return tally
