"""A disk without room ends what is under way, costs nothing that was kept, and no later run."""

from __future__ import annotations

import datetime as dt
import json
import random
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from newscrawl import Archive
from newscrawl.archive.schema.read_only import read_only_uri
from newscrawl.errors import ArchiveError, WarcError
from newscrawl.evidence import evidence_problems
from newscrawl.jobs import JobStates
from newscrawl.jobs.health import fault
from newscrawl.jobs.messages import Messages, send_changes
from tests.archive_samples import SITE
from tests.command_line import refusal, run
from tests.crawling import ROOT, rows
from tests.evidence_driver import keep
from tests.mounts import may_mount
from tests.odd_server import OddServer, article, odd_server, text

DRIVER = [sys.executable, "-m", "tests.evidence_driver"]
PAGES = 25
# Small pages fill the archive's log first, which begins with the schema; large ones in an
# archive that is there already fill the file of evidence.
FILLS = [
    *((300, most) for most in range(50_000, 1_400_000, 150_000)),
    *((60_000, most) for most in range(130_000, 1_330_000, 109_000)),
]
LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]),) * 2)
from scrapy.cmdline import execute
execute(["scrapy", *sys.argv[2:]])
"""


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """Let no file grow beyond *size* bytes: writing fails as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def problems(path: Path) -> list[str]:
    with Archive.open_read_only(path) as archive:
        return [*archive.check(), *evidence_problems(archive)]


@pytest.mark.parametrize(("size", "most"), FILLS)
def test_full_disk_loses_nothing_that_was_stored(tmp_path: Path, size: int, most: int) -> None:
    path = tmp_path / "archive.db"
    kept = list(keep(path, 0, 2 if size > 1_000 else 0, size))
    full = keep(path, len(kept), PAGES, size)
    with room_for(most), pytest.raises((ArchiveError, WarcError), match=r"cannot|refused"):
        kept.extend(full)
    assert kept == list(range(len(kept)))
    assert list(keep(path, len(kept), PAGES, size))
    assert problems(path) == []
    assert keys(path) == {f"https://{SITE}/{number}" for number in range(PAGES)}


def test_kills_lose_nothing_that_was_stored(tmp_path: Path) -> None:
    path, kept = tmp_path / "archive.db", -1
    for size in (300, 20_000, 300, 20_000):
        command = [*DRIVER, str(path), *map(str, (kept + 1, kept + 1_000, size))]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as driver:
            assert driver.stdout is not None
            for _ in range(7):
                kept = int(driver.stdout.readline())
            driver.send_signal(signal.SIGKILL)
            kept = max([kept, *(int(line) for line in driver.stdout if line.endswith("\n"))])
        (series,) = path.parent.glob("warc/*/*.warc.gz")
        with series.open("ab") as file:
            file.write(b"\x1f\x8b\x08 torn")
    assert list(keep(path, kept + 1, kept + 5, 300))
    assert problems(path) == []
    assert keys(path) >= {f"https://{SITE}/{number}" for number in range(kept + 5)}


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own, of 3 MB, with an archive on it."""
    made, folder = tmp_path / "made" / "archive.db", tmp_path / "disk"
    made.parent.mkdir()
    assert list(keep(made, 0, 2, 300))
    folder.mkdir()
    if not may_mount():
        yield folder  # of a test that tests/conftest.py runs in a namespace instead
        return
    mount = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder)]
    subprocess.run(mount, check=True)
    try:
        shutil.copytree(made.parent, folder, dirs_exist_ok=True)
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(path: Path) -> None:
    """Write a file until its disk is full."""
    with path.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))


def test_archive_on_a_disk_that_nobody_writes_is_read(disk: Path) -> None:
    path = disk / "archive.db"
    assert "immutable" not in read_only_uri(path)
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    assert "is sound: 2 articles" in run("check", "-d", path).stdout
    assert "cannot be written" in refusal(run("reindex", "-d", path))
    subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
    path.with_name("archive.db-wal").write_bytes(b"writes that are not in the archive yet")
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    assert "cannot be written" in refusal(run("stats", "-d", path))


def test_full_disk_is_named_by_every_command(disk: Path) -> None:
    path, jobs = disk / "archive.db", disk / "jobs.toml"
    jobs.write_text('[jobs."shams.example"]\nevery = "1h"\n', "utf-8")
    before = jobs.read_bytes()
    JobStates(disk / "archive.jobs.json").change(
        "shams.example", started_at=dt.datetime.now(dt.UTC), finished_at=dt.datetime.now(dt.UTC)
    )
    with pytest.raises(OSError, match="No space"):
        fill(disk / "all")
    options = ("--jobs-file", str(jobs), "-d", str(path))
    assert "its disk is full" in refusal(run("stats", "-d", path))
    done = run("schedule", "https://fajr.example/", "--every", "1h", *options)
    assert refusal(done) == f"{jobs}: No space left on device"
    assert jobs.read_bytes() == before
    (row,) = json.loads(run("health", "--json", *options).stdout)
    assert row["word"] == "full"


@pytest.mark.parametrize("kind", ["--archives", "--parquet"])
def test_full_disk_of_partitions_is_named(disk: Path, tmp_path: Path, kind: str) -> None:
    (pages,) = (tmp_path / "made").glob("warc/*/*.warc.gz")
    with pytest.raises(OSError, match="No space"):
        fill(disk / "all")
    done = run("import", pages, kind, disk / "out")
    assert done.returncode == 1
    assert f"cannot write {disk / 'out'}/" in done.stderr
    assert "No space left on device" in done.stderr


def test_full_disk_of_a_key_is_named_and_leaves_no_half_key(disk: Path) -> None:
    with pytest.raises(OSError, match="No space"):
        fill(disk / "all")
    owner = ("--url", "https://me.example", "--name", "A reader", "--contact", "a@me.example")
    assert refusal(run("identity", "new", disk / "id", *owner)) == (
        f"cannot write {disk / 'id' / 'identity.pem'}: No space left on device"
    )
    (disk / "all").unlink()
    assert run("identity", "new", disk / "id", *owner).returncode == 0


def test_full_disk_of_an_export_is_named(disk: Path, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No space"):
        fill(disk / "all")
    source = ("-d", tmp_path / "made" / "archive.db")
    for kind in ("csv", "jsonl", "parquet"):
        file = disk / f"articles.{kind}"
        done = run("export", "--format", kind, "-o", file, *source)
        assert refusal(done) == f"cannot write {file}: No space left on device"
        assert not file.exists()


def test_states_of_jobs_hold_while_they_cannot_be_written(tmp_path: Path) -> None:
    states, now = JobStates(tmp_path / "archive.jobs.json"), dt.datetime.now(dt.UTC)
    with room_for(10):
        for changes in ({"started_at": now}, {"status": 1, "reported": "failing"}):
            with pytest.raises(ArchiveError, match="File too large"):
                states.change("shams.example", **changes)
    jobs = [fault(name, "it is full") for name in ("a.example", "b.example")]
    with room_for(10):
        assert [send_changes(Messages(), states, jobs) for _ in range(2)] == [1, 0]
    assert JobStates(states.path).read() == {}
    held = states["shams.example"]
    assert (held.started_at, held.status, held.reported) == (now, 1, "failing")
    states.change("fajr.example", status=0)
    assert JobStates(states.path)["shams.example"] == held


def keys(path: Path) -> set[str]:
    return {row["key"] for row in rows(path, "SELECT key FROM articles")}


@pytest.fixture
def server() -> Iterator[OddServer]:
    """A site of twenty articles."""
    with odd_server() as server:
        paths = [f"/2026/05/the-ferry-sails-on-day-{number}" for number in range(20)]
        listed = "".join(f"<url><loc>{server.url}{path}</loc></url>" for path in paths)
        noise = random.Random(1).randbytes(300_000).hex()  # noqa: S311
        server.answers |= {
            path: article(f"The {path[-9:]}", f"<!--{noise}-->") for path in paths
        }
        server.answers["/sitemap.xml"] = text(f"<urlset>{listed}</urlset>")
        server.answers["/robots.txt"] = text(f"Sitemap: {server.url}/sitemap.xml\n")
        server.answers["/"] = text("<html><body><p>The Ferry Times</p></body></html>")
        yield server


def crawl_with_room(
    server: OddServer, archive: Path, most: int
) -> subprocess.CompletedProcess[str]:
    settings = (f"NEWSCRAWL_ARCHIVE={archive}", "NEWSCRAWL_PRIVATE_HOSTS=127.0.0.1")
    options = [part for setting in settings for part in ("-s", setting)]
    command = ["crawl", "site", "-a", f"url={server.url}/", *options]
    return subprocess.run(
        [sys.executable, "-c", LIMITED, str(most), *command],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_a_crawl_without_room_is_partial_and_goes_on_later(
    server: OddServer, tmp_path: Path
) -> None:
    archive = tmp_path / "archive.db"
    with Archive(archive):
        pass
    full = crawl_with_room(server, archive, 1_000_000)
    assert full.returncode == 3, full.stderr
    assert "the crawl stops: cannot write" in full.stderr
    assert "Traceback" not in full.stderr
    stored = len(rows(archive, "SELECT id FROM articles"))
    assert 0 < stored < 20
    assert f"{20 - stored} addresses were left for another run" in full.stderr
    reasons = [row["finish_reason"] for row in rows(archive, "SELECT finish_reason FROM runs")]
    assert [reason for reason in reasons if "File too large" in reason]
    again = crawl_with_room(server, archive, 2**30)
    assert again.returncode == 0, again.stderr
    assert len(rows(archive, "SELECT id FROM articles")) == 20
    assert problems(archive) == []


def test_crawl_stops_before_the_disk_of_the_evidence_is_full(
    server: OddServer, disk: Path, tmp_path: Path
) -> None:
    for path in [path for path in server.answers if "ferry" in path]:
        server.answers[path] = article(f"The {path[-9:]}")
    (tmp_path / "warc").symlink_to(disk)
    done = crawl_with_room(server, tmp_path / "archive.db", 2**30)
    assert done.returncode == 3, done.stderr
    assert "the disk is nearly full" in done.stderr


def test_disk_prints_sizes_growth_and_when_it_is_full(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    assert list(keep(path, 0, 5, 20_000))
    told = json.loads(run("disk", "--json", "-d", path).stdout)
    (folder,) = told["evidence"]
    (series,) = path.parent.glob("warc/*/*.warc.gz")
    assert (folder["files"], folder["answers"]) == (1, 5)
    assert folder["bytes"] == series.stat().st_size
    assert told["archive_bytes"] >= path.stat().st_size
    assert 0 < told["free_bytes"] <= told["disk_bytes"]
    lines = run("disk", "-d", path).stdout
    for word in ("evidence", "warc/shams.example", "growth", "free", "full"):
        assert word in lines
