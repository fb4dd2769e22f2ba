"""An archive is checked after an unclean stop, and only then."""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path

import pytest

from newscrawl import Archive
from newscrawl.errors import ArchiveError
from tests.archive_samples import MORNING, SITE, URL, article_at, hours, observation_at
from tests.crawling import ROOT, rows

CHECKING = "was not closed when a program ended: checking it"
KILLED = """
import os, signal, sys
from newscrawl import Archive
from tests.archive_samples import MORNING, SITE, article_at, hours, observation_at
archive = Archive(sys.argv[1])
run = archive.start_run("site", SITE, {})
for number in range(40):
    url = f"https://{SITE}/{number}"
    seen = observation_at(MORNING + hours(number), url)
    archive.save(article_at(url), seen, site=SITE, key=url, run=run)
print("saved", flush=True)
if len(sys.argv) > 2:
    sys.stdin.read()
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def killed(tmp_path: Path) -> Path:
    """An archive that a program was writing when it was killed."""
    path = tmp_path / "archive.db"
    done = subprocess.run([sys.executable, "-c", KILLED, str(path)], cwd=ROOT, check=False)
    assert done.returncode == -9
    return path


def notes(path: Path) -> int:
    return int(rows(path, "SELECT count(*) AS n FROM openings")[0]["n"])


def test_an_archive_is_checked_once_after_a_kill(
    killed: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert notes(killed) == 1
    for expected in (1, 1):
        with Archive(killed) as archive:
            archive.record_visit(observation_at(url=URL), site=SITE, run=None)
        assert [CHECKING in line for line in caplog.messages].count(True) == expected
    assert notes(killed) == 0


def test_a_closed_archive_is_not_checked(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    for _ in range(2):
        with Archive(tmp_path / "archive.db") as archive:
            archive.record_visit(observation_at(url=URL), site=SITE, run=None)
    assert caplog.messages == []
    assert notes(tmp_path / "archive.db") == 0


def test_a_program_that_still_writes_is_left_alone(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "archive.db"
    command = [sys.executable, "-c", KILLED, str(path), "waits"]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdin is not None
        assert other.stdout.readline() == "saved\n"
        with Archive(path):
            assert caplog.messages == []
            assert notes(path) == 1
        assert rows(path, "SELECT finish_reason FROM runs") == [{"finish_reason": None}]
        other.stdin.close()


def test_a_killed_run_is_ended_by_the_next_program(killed: Path) -> None:
    query = "SELECT finish_reason, finished_at, exit_status, counts FROM runs"
    assert rows(killed, query)[0]["finish_reason"] is None
    with Archive(killed):
        pass
    last = (MORNING + hours(39)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert rows(killed, query) == [
        {
            "finish_reason": "killed",
            "finished_at": last,
            "exit_status": None,
            "counts": '{"stored":40}',
        }
    ]


def test_a_damaged_archive_is_not_written_again(killed: Path) -> None:
    rows(killed, "PRAGMA wal_checkpoint(TRUNCATE)")
    page = rows(killed, "SELECT rootpage FROM sqlite_master WHERE name = 'versions'")
    size = rows(killed, "PRAGMA page_size")[0]["page_size"]
    with killed.open("r+b") as file:
        file.seek((page[0]["rootpage"] - 1) * size)
        file.write(bytes(size))
    with pytest.raises(ArchiveError, match="is damaged, since a program was killed"):
        Archive(killed)
    with Archive.open_read_only(killed) as archive:
        assert archive.check() != ()


@pytest.mark.parametrize("is_renamed", [False, True], ids=["copied", "renamed"])
def test_log_of_a_killed_program_is_not_copied_over_another_archive(
    killed: Path, tmp_path: Path, is_renamed: bool
) -> None:
    other = tmp_path / "backup.db"
    url = "https://harbour.example/1"
    with Archive(other) as archive:
        archive.start_run("site", "harbour.example", {})
        archive.add(article_at(url, canonical_url=None))
    content = other.read_bytes()
    if is_renamed:
        other.replace(killed)
    else:
        killed.write_bytes(content)
    for open_archive in (Archive, Archive.open_read_only):
        with pytest.raises(ArchiveError, match=r"archive\.db-wal is not the log of "):
            open_archive(killed)
    assert killed.read_bytes() == content
    for suffix in ("-wal", "-shm"):
        killed.with_name(f"{killed.name}{suffix}").unlink()
    with Archive(killed) as archive:
        assert archive.id_of(url) is not None
        assert archive.check() == ()
        archive.add(article_at("https://harbour.example/2", canonical_url=None))
    assert not (tmp_path / ".archive.db.open").exists()


def test_log_of_a_killed_program_is_not_copied_over_an_earlier_backup(
    killed: Path, tmp_path: Path
) -> None:
    backup = tmp_path / "backup.db"
    with Archive(killed) as archive:
        archive.backup(backup)
    with Archive(killed) as archive:
        archive.add(article_at(f"https://{SITE}/between", canonical_url=None))
    later = KILLED.replace("{SITE}/", "{SITE}/later/")
    subprocess.run([sys.executable, "-c", later, str(killed)], cwd=ROOT, check=False)
    killed.write_bytes(backup.read_bytes())
    with pytest.raises(ArchiveError, match=r"archive\.db-wal is not the log of "):
        Archive(killed)
    assert killed.read_bytes() == backup.read_bytes()
