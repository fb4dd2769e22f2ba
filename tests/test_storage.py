"""Pages of a crawl are stored together, or each by itself; nothing is half there."""

from __future__ import annotations

import asyncio
import errno
import gzip
import os
import pickle
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import attrs
import pytest
from scrapy.settings import Settings

from newscrawl import Archive
from newscrawl.archive.crawl_state.frontier import FrontierChanges, Waiting
from newscrawl.archive.schema import connection
from newscrawl.archive.session import file_identity
from newscrawl.crawl.run import storage_process
from newscrawl.crawl.run.disk_space import is_no_room
from newscrawl.crawl.run.evidence_writer import EvidenceCounts, EvidenceSettings
from newscrawl.crawl.run.storage import (
    Answer,
    Command,
    Storage,
    StorageSettings,
    open_storage,
)
from newscrawl.crawl.run.storage_process import StorageProcess
from newscrawl.errors import ArchiveError, WarcError
from newscrawl.evidence import evidence_problems
from newscrawl.outcomes import Outcome
from tests.archive_samples import SITE, article_at
from tests.crawling import rows
from tests.evidence_driver import answered

SIZE = 2_000
ANSWER = re.compile(rb"WARC-Type: response\r\n(?:.+\r\n)*?WARC-Target-URI: (.+)\r\n")


def page(number: int) -> Command:
    """Return the command that stores page *number*."""
    url = f"https://{SITE}/{number}"
    return partial(
        Storage.save,
        article=article_at(url, canonical_url=url, headline=f"الميناء {number}"),
        observation=answered(number, SIZE),
        changes=FrontierChanges(done=(f"article:{url}",)),
        request_key=f"article:{url}",
    )


def fail(storage: Storage) -> None:
    raise ValueError("an odd article")


def fail_when_written(storage: Storage, number: Any) -> None:
    """Store page *number*, and fail then."""
    page(number)(storage)
    raise ValueError("an odd article")


def stop(storage: Storage) -> None:
    os.kill(os.getpid(), signal.SIGSTOP)


def kill(storage: Storage) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def stop_for_good(storage: Storage, told: Path) -> None:
    """Write the id of the process into the file *told*, and stop."""
    told.write_text(str(os.getpid()), "ascii")
    stop(storage)


def be_killed_while_a_page_is_stored(settings: Path, told: Path) -> None:
    """Begin to store page 0 in a process, which stops, and be killed."""
    process = StorageProcess(pickle.loads(settings.read_bytes()), lambda: None)  # noqa: S301

    async def store() -> None:
        for command in (page(0), partial(stop_for_good, told=told)):
            process.submit(command, lambda answer: None)
        while not told.exists():
            await asyncio.sleep(0.01)
        os.kill(os.getpid(), signal.SIGKILL)

    asyncio.run(store())


@pytest.fixture
def settings(tmp_path: Path) -> StorageSettings:
    """Settings of a crawl of SITE that stores evidence; four addresses wait."""
    path = tmp_path / "archive.db"
    of_scrapy = Settings()
    of_scrapy.setmodule("newscrawl.settings")
    with Archive(path) as archive:
        run = archive.start_run("driver", SITE, {})
    settings = StorageSettings(
        path=path,
        run=run,
        site=SITE,
        is_of_site=True,
        plan="all",
        evidence=EvidenceSettings.from_settings(of_scrapy),
    )
    with open_storage(settings) as storage:
        storage.write_frontier(FrontierChanges(new=tuple(map(waiting, range(4)))))
    return settings


def waiting(number: int) -> Waiting:
    url = f"https://{SITE}/{number}"
    return Waiting(key=f"article:{url}", url=url, role="article", priority=0)


URLS = "SELECT u.url FROM observations AS o JOIN urls AS u ON u.id = o.url_id ORDER BY 1"


def stored(settings: StorageSettings) -> list[int]:
    """Return the numbers of the pages that are stored, and nowhere half."""
    path = settings.path
    urls = [row["url"] for row in rows(path, URLS)]
    assert sorted(row["key"] for row in rows(path, "SELECT key FROM articles")) == [
        url.removeprefix("https://") for url in urls
    ]
    settled = "SELECT key FROM frontier_urls WHERE is_done ORDER BY 1"
    assert [row["key"] for row in rows(path, settled)] == [f"article:{url}" for url in urls]
    with Archive.open_read_only(path) as archive:
        assert list(evidence_problems(archive)) == []
        assert archive.check() == ()
    files = sorted(path.parent.glob("**/*.warc.gz"))
    records = b"".join(gzip.decompress(file.read_bytes()) for file in files)
    assert sorted(ANSWER.findall(records)) == [url.encode() for url in urls]
    return [int(url.rpartition("/")[2]) for url in urls]


def test_pages_that_wait_are_stored_in_one_transaction_behind_their_evidence(
    settings: StorageSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[str] = []

    def note(statement: str) -> None:
        if statement == "COMMIT":
            waits.append("commit")

    def sync(number: int) -> None:
        waits.append("evidence")

    with Archive(settings.path) as archive:
        storage = Storage(archive, settings)
        storage.carry_out([page(0)])
        monkeypatch.setattr(os, "fsync", sync)
        archive.db.conn.set_trace_callback(note)
        answers = storage.carry_out([page(1), page(2), page(3)])
        assert waits == ["evidence", "commit"]
        storage.close()
        assert waits == ["evidence", "commit"]
        assert [answer.value for answer in answers] == [Outcome.STORED] * 3
        assert storage.evidence_counts == EvidenceCounts(4, 0)
    assert stored(settings) == [0, 1, 2, 3]


def test_a_disk_that_refuses_evidence_gets_no_row(
    settings: StorageSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(number: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with open_storage(settings) as storage:
        storage.carry_out([page(0)])
        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", refuse)
            answers = storage.carry_out([page(1), page(2)])
        assert [str(answer.error).rpartition(": ")[2] for answer in answers] == [
            os.strerror(errno.ENOSPC)
        ] * 2
        assert all(is_no_room(answer.error) for answer in answers)
        storage.carry_out([page(3)])
    assert stored(settings) == [0, 3]


@pytest.mark.parametrize("odd", [fail, partial(fail_when_written, number=3)])
def test_an_article_that_fails_costs_no_other_of_its_transaction(
    settings: StorageSettings, odd: Command
) -> None:
    with open_storage(settings) as storage:
        answers = storage.carry_out([page(0), odd, page(1)])
        assert storage.evidence_counts == EvidenceCounts(2, 0)
        storage.carry_out([page(2)])
    assert [str(answer.error) for answer in answers] == ["None", "an odd article", "None"]
    assert stored(settings) == [0, 1, 2]


def test_evidence_is_taken_back_if_its_transaction_is_not_committed(
    settings: StorageSettings,
) -> None:
    with open_storage(settings) as storage:
        storage.carry_out([page(0)])
        with pytest.raises(SystemExit):
            storage.carry_out([page(1), page(2)], lambda: False)
        assert storage.evidence_counts == EvidenceCounts(1, 0)
        storage.carry_out([page(3)])
    assert stored(settings) == [0, 3]


def test_archive_that_was_moved_takes_nothing(settings: StorageSettings) -> None:
    moved = settings.path.with_name("moved.db")
    with open_storage(settings) as storage:
        storage.carry_out([page(0)])
        settings.path.rename(moved)
        answers = storage.carry_out([page(1), page(2)])
        moved.rename(settings.path)
    assert [type(answer.error) for answer in answers] == [ArchiveError] * 2
    assert "was moved, replaced or deleted" in str(answers[0].error)
    assert stored(settings) == [0]


def test_evidence_that_was_deleted_takes_no_further_page(settings: StorageSettings) -> None:
    with open_storage(settings) as storage:
        storage.carry_out([page(0)])
        [file] = settings.path.parent.glob("**/*.warc.gz")
        content = file.read_bytes()
        file.unlink()
        answers = storage.carry_out([page(1), page(2)])
        file.write_bytes(content)
    assert [type(answer.error) for answer in answers] == [WarcError] * 2
    assert "was moved, replaced or deleted" in str(answers[0].error)
    assert stored(settings) == [0]


class Beside:
    """A process that stores, and the answers in the order in which they came."""

    def __init__(self, settings: StorageSettings) -> None:
        self.answers: list[tuple[int, Answer]] = []
        self.process = StorageProcess(settings, on_answers=lambda: None)

    def submit(self, number: int, command: Command) -> None:
        self.process.submit(command, lambda answer: self.answers.append((number, answer)))

    @property
    def problems(self) -> list[str]:
        """The problems of the commands in the order of their answers."""
        return [str(answer.error) for _, answer in self.answers]


@pytest.fixture
def beside(settings: StorageSettings) -> Beside:
    return Beside(settings)


def test_a_process_stores_in_order_and_one_odd_article_costs_itself(
    settings: StorageSettings, beside: Beside
) -> None:
    async def store() -> None:
        unreadable = partial(fail_when_written, number=threading.Lock())
        commands: list[Command] = [page(0), fail, unreadable, page(1), page(2)]
        for number, command in enumerate(commands):
            beside.submit(number, command)
        assert not beside.process.is_idle
        await beside.process.drain()
        await beside.process.end()

    asyncio.run(store())
    # What cannot be sent at all is answered at once.
    assert [number for number, _ in beside.answers] == [2, 0, 1, 3, 4]
    assert beside.problems[1:] == ["None", "an odd article", "None", "None"]
    assert beside.process.is_idle
    assert beside.process.evidence == EvidenceCounts(3, 0)
    assert stored(settings) == [0, 1, 2]
    # It has closed the archive: nothing is to be checked when it is opened next.
    assert rows(settings.path, "SELECT * FROM openings") == []


def test_what_waits_is_stored_after_the_event_loop_has_stopped(
    settings: StorageSettings, beside: Beside
) -> None:
    async def store() -> None:
        for number in range(3):
            beside.submit(number, page(number))
            await asyncio.sleep(0)

    asyncio.run(store())
    beside.process.drain_now()
    beside.process.end_now()
    assert beside.problems == ["None"] * 3
    assert stored(settings) == [0, 1, 2]


def test_a_process_that_dies_answers_every_command(
    settings: StorageSettings, beside: Beside
) -> None:
    async def store() -> None:
        beside.submit(0, page(0))
        while not beside.process.is_idle:
            await asyncio.sleep(0.01)
        for number, command in enumerate([page(1), kill, page(2)], 1):
            beside.submit(number, command)
        while not beside.process.is_idle:
            await asyncio.sleep(0.01)
        beside.submit(4, page(3))
        await beside.process.drain()
        await beside.process.end()

    asyncio.run(store())
    died = "the process that stores died (exit code -9)"
    assert beside.problems == ["None", *[died] * 4]
    assert [row["url"] for row in rows(settings.path, URLS)] == [f"https://{SITE}/0"]


def test_a_process_that_does_not_answer_is_ended_when_the_crawl_was_ended_twice(
    settings: StorageSettings, beside: Beside, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def store() -> None:
        beside.submit(0, page(0))
        await beside.process.drain()
        beside.submit(1, stop)
        await asyncio.sleep(0)

    asyncio.run(store())
    monkeypatch.setattr(storage_process, "PATIENCE", 0.5)
    beside.process.drain_now()
    beside.process.end_now()
    assert beside.problems == ["None", "the process that stores died (exit code -9)"]
    assert stored(settings) == [0]


@pytest.mark.skipif(not Path("/proc/locks").exists(), reason="this system lists no locks")
def test_orphan_that_was_stopped_is_named_and_ends_when_it_goes_on(
    settings: StorageSettings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(connection, "NOTICE_SECONDS", 0.1)
    monkeypatch.setattr(connection, "BUSY_SECONDS", 0.5)
    given, told = tmp_path / "settings", tmp_path / "told"
    given.write_bytes(pickle.dumps(settings))
    crawl = (
        "import sys; from pathlib import Path; from tests import test_storage;"
        "test_storage.be_killed_while_a_page_is_stored(*map(Path, sys.argv[1:]))"
    )
    killed = subprocess.run([sys.executable, "-c", crawl, given, told], timeout=60, check=False)
    assert killed.returncode == -signal.SIGKILL
    orphan = int(told.read_text("ascii"))
    try:
        wait_until(lambda: state_of(orphan) == "T")
        process = f"process {orphan} (stopped), which writes"
        with Archive(settings.path) as archive:
            for _ in range(2):  # the second time it waits for a moment only
                with pytest.raises(ArchiveError, match=re.escape(process)):
                    archive.transaction().__enter__()
        assert caplog.messages == [f"waiting for {process}, to write {settings.path}"]
    finally:
        os.kill(orphan, signal.SIGCONT)
    # It notices the end of its crawl before it commits.
    wait_until(lambda: state_of(orphan) in {"", "Z"})
    with Archive(settings.path) as archive, archive.transaction():
        pass
    assert stored(settings) == []


def state_of(process: int) -> str:
    """Return the letter of the state of a process; empty if there is none."""
    try:
        return Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()[0]
    except OSError:
        return ""


def wait_until(is_so: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.01)


def test_an_archive_that_cannot_be_opened_is_reported(
    settings: StorageSettings, beside: Beside
) -> None:
    settings.path.write_bytes(b"no database")

    async def store() -> None:
        beside.submit(0, page(0))
        await beside.process.drain()
        await beside.process.end()

    asyncio.run(store())
    assert beside.problems == [f"{settings.path} is not an SQLite database"]


def test_no_empty_archive_is_made_in_place_of_a_deleted_one(settings: StorageSettings) -> None:
    beside = Beside(attrs.evolve(settings, file=file_identity(settings.path)))
    settings.path.unlink()

    async def store() -> None:
        beside.submit(0, page(0))
        await beside.process.drain()
        await beside.process.end()

    asyncio.run(store())
    assert "was moved, replaced or deleted" in beside.problems[0]
    assert not settings.path.exists()


def test_the_crawl_is_held_up_before_too_much_waits(
    settings: StorageSettings, beside: Beside
) -> None:
    async def store() -> int:
        number = 0
        while not beside.process.is_full:
            beside.submit(number, page(number))
            number += 1
        await beside.process.drain()
        await beside.process.end()
        return number

    number = asyncio.run(store())
    assert 20 <= number <= 100
    assert beside.problems == ["None"] * number
    assert not beside.process.is_full
