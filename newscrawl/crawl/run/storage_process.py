"""The process that stores the pages of a crawl: the event loop waits for no disk.

Commands are carried out in the order in which they were given. While some are, the next ones
wait, and go into one transaction together. An answer means that its command is on disk.
"""

from __future__ import annotations

import asyncio
import atexit
import logging
import pickle
import signal
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from multiprocessing.connection import Connection

import attrs

from newscrawl.crawl.run.evidence_writer import EvidenceCounts
from newscrawl.crawl.run.storage import Answer, Command, Storage, StorageSettings, open_storage
from newscrawl.errors import ArchiveError, NewscrawlError
from newscrawl.layouts.catalogue import declare_sites
from newscrawl.system.environment import use_environment
from newscrawl.system.worker_process import WorkerProcess

logger = logging.getLogger(__name__)

PATIENCE = 10.0
"""The longest that a crawl which was ended twice waits for an answer, in seconds."""
_SLOW = 30.0
"""Time without an answer after which the log says so, in seconds."""
_AT_ONCE = 20
"""Most commands in one transaction."""
_MOST_WAITING = 60
_MOST_BYTES = 32 * 2**20
"""Of commands that wait, beyond which the crawl makes no further requests."""


@attrs.frozen
class _Answers:
    """Answers to the commands of one transaction."""

    answers: list[Answer]
    evidence: EvidenceCounts
    """Number of answers that the process has stored as evidence by then."""


@attrs.frozen
class _Waiting:
    """A command that waits, and the function that is called with its answer."""

    command: bytes
    settle: Callable[[Answer], None]


class StorageProcess:
    """Stores beside the event loop that it is used in.

    *on_answers* is called whenever commands have been answered. At the end of the crawl call
    `drain` and `end`, or `drain_now` and `end_now` if the event loop has stopped.
    """

    def __init__(self, settings: StorageSettings, on_answers: Callable[[], None]) -> None:
        self.evidence = EvidenceCounts()
        """Number of answers stored as evidence."""
        self._settings, self._on_answers = settings, on_answers
        self._waiting: deque[_Waiting] = deque()
        self._bytes = 0
        self._under_way: tuple[list[_Waiting], Future[list[Answer]]] | None = None
        self._task: asyncio.Task[None] | None = None
        self._worker: WorkerProcess | None = None
        self._failure: NewscrawlError | None = None
        # Its thread starts the process, pickles for it and waits for its answers.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="storing")

    @property
    def is_idle(self) -> bool:
        """True if every command has been answered."""
        return self._under_way is None and not self._waiting

    @property
    def is_full(self) -> bool:
        """True if so much waits that the crawl should bring no more for now."""
        return len(self._waiting) >= _MOST_WAITING or self._bytes >= _MOST_BYTES

    def submit(self, command: Command, settle: Callable[[Answer], None]) -> None:
        """Have *command* carried out, and *settle* called in the event loop with its answer."""
        try:
            pickled = pickle.dumps(command, pickle.HIGHEST_PROTOCOL)
        except Exception as error:  # of an article to which a pipeline has given odd values
            settle(Answer(None, error, error.__cause__))
            return
        self._waiting.append(_Waiting(pickled, settle))
        self._bytes += len(pickled)
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._carry_out())

    async def drain(self) -> None:
        """Wait until every command has been answered."""
        while self._task is not None and not self._task.done():
            await self._task

    async def end(self) -> None:
        """End the process; nothing may be submitted any more."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._end)
        self._thread.shutdown(wait=False)

    def drain_now(self) -> None:
        """Drain after the event loop has stopped.

        Who ended the crawl twice waits no longer: a process that does not answer is killed,
        and what it was to store is left for another run.
        """
        while not self.is_idle:
            if not wait([self._begin()], PATIENCE).done and self._worker is not None:
                logger.error("the process that stores does not answer: it is ended")
                self._worker.process.kill()
            self._give_answers()

    def end_now(self) -> None:
        """End the process after the event loop has stopped."""
        self._thread.submit(self._end).result()
        self._thread.shutdown()

    async def _carry_out(self) -> None:
        """Carry out all commands, some at a time."""
        while self._waiting:
            answers = asyncio.wrap_future(self._begin())
            while not (await asyncio.wait([answers], timeout=_SLOW))[0]:
                logger.warning(
                    "nothing could be stored for %d s: the disk is slow, or another program"
                    " writes to the archive",
                    _SLOW,
                )
            if self._under_way is not None:
                self._give_answers()
            self._on_answers()

    def _begin(self) -> Future[list[Answer]]:
        """Hand the first commands to the process, unless some are with it."""
        if self._under_way is None:
            number = min(_AT_ONCE, len(self._waiting))
            batch = [self._waiting.popleft() for _ in range(number)]
            self._bytes -= sum(len(one.command) for one in batch)
            commands = [one.command for one in batch]
            self._under_way = batch, self._thread.submit(self._answers_to, commands)
        return self._under_way[1]

    def _give_answers(self) -> None:
        """Settle the commands that are with the process; wait for their answers."""
        assert self._under_way is not None  # noqa: S101  # the callers have begun
        batch, future = self._under_way
        answers = future.result()
        self._under_way = None
        for one, answer in zip(batch, answers, strict=True):
            try:
                one.settle(answer)
            except Exception:  # the other pages have their answers all the same
                logger.exception("cannot settle what was stored")

    # In the thread

    def _answers_to(self, commands: list[bytes]) -> list[Answer]:
        """Return the answers of the process; the same problem for each if it has died."""
        if self._failure is None:
            try:
                worker = self._worker or self._start()
                worker.connection.send(commands)
                answered: _Answers = worker.connection.recv()
            except NewscrawlError as error:
                self._failure = error
            except (EOFError, OSError):
                self._failure = ArchiveError(f"the process that stores died{self._exit_code()}")
            else:
                self.evidence = answered.evidence
                return answered.answers
        return [Answer(None, self._failure, self._failure.__cause__)] * len(commands)

    def _start(self) -> WorkerProcess:
        """Start the process. Raises NewscrawlError if it cannot open the archive."""
        self._worker = WorkerProcess(
            serve, is_daemon=True, preload=("newscrawl.crawl.extraction_pool",)
        )
        # At exit, multiprocessing waits for a process that ignores its signal.
        atexit.register(self._worker.process.kill)
        self._worker.connection.send(self._settings)
        opened: Answer = self._worker.connection.recv()
        if opened.error is not None:
            raise opened.error
        return self._worker

    def _exit_code(self) -> str:
        if self._worker is None:
            return ""
        self._worker.process.join()
        return f" (exit code {self._worker.process.exitcode})"

    def _end(self) -> None:
        """Have the process close its files, and wait until it has."""
        if self._worker is None:
            return
        atexit.unregister(self._worker.process.kill)
        if self._failure is None:
            try:
                self._worker.connection.send(None)
                self._worker.connection.recv()
            except (EOFError, OSError):  # all that was answered is on disk
                pass
        self._worker.end()


def serve(connection: Connection) -> None:
    # The crawl handles them, and ends this process when all is stored.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    use_environment()
    try:
        _store_for(connection)
        connection.send(None)
    except (EOFError, ConnectionError):  # the crawl was killed
        pass


def _store_for(connection: Connection) -> None:
    """Carry out the commands that arrive, until None does."""
    settings: StorageSettings = connection.recv()
    try:
        declare_sites(settings.modules)
        with open_storage(settings) as storage:
            connection.send(Answer())
            while (commands := connection.recv()) is not None:
                connection.send(_answers_of(storage, commands, connection))
    except NewscrawlError as error:
        connection.send(_as_sent(Answer(None, error, error.__cause__)))


def _answers_of(storage: Storage, pickled: list[bytes], connection: Connection) -> _Answers:
    def is_wanted() -> bool:
        # While an answer is awaited nothing is sent: what can be read is the end of the crawl.
        return not connection.poll()

    commands = [_unpickled(one) for one in pickled]
    answers = [_as_sent(one) for one in storage.carry_out(commands, is_wanted)]
    return _Answers(answers, storage.evidence_counts)


def _unpickled(pickled: bytes) -> Command:
    """Return the command; one that raises the error if it cannot be read."""
    try:
        command: Command = pickle.loads(pickled)  # noqa: S301  # of our own crawl
    except Exception as error:
        problem = error

        def refuse(storage: Storage) -> object:
            raise problem

        return refuse
    return command


def _as_sent(answer: Answer) -> Answer:
    """Return *answer* as the crawl can read it; of some exceptions only the words."""
    if answer.problem is None:
        return answer
    try:
        pickle.loads(pickle.dumps(answer))  # noqa: S301  # of our own
    except Exception:
        words = f"{type(answer.problem).__name__}: {answer.problem}"
        return Answer(None, RuntimeError(words))
    return answer
