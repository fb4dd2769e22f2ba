"""Several programs write one archive at once, starting with its creation."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from newscrawl import Archive

WRITERS = 4
ARTICLES = 40

WRITER = """
import sys
from pathlib import Path
from newscrawl import Archive
from tests.archive_samples import MORNING, article_at, hours, observation_at

path, writer, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
print("ready", flush=True)
sys.stdin.readline()
with Archive(path) as archive:
    run = archive.start_run("site", f"{writer}.example", {})
    for number in range(count):
        url = f"https://{writer}.example/{number}"
        article = article_at(url, headline=f"{writer} {number}")
        for visit in (observation_at(url=url), observation_at(MORNING + hours(1), url)):
            archive.save(article, visit, site=f"{writer}.example", key=str(number), run=run)
    archive.finish_run(run, "finished", 0, {})
"""


def test_four_writers_at_once_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, path, f"w{number}", str(ARTICLES)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parent.parent,
        )
        for number in range(WRITERS)
    ]
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
    errors = [writer.communicate()[1] for writer in writers]
    assert errors == [""] * WRITERS
    with Archive(path) as archive:
        stats = archive.stats()
        assert stats.sites == {f"w{number}.example": ARTICLES for number in range(WRITERS)}
        assert stats.outcomes == {
            "stored": WRITERS * ARTICLES,
            "unchanged": WRITERS * ARTICLES,
        }
        assert archive.db.execute("SELECT count(*) FROM link_lists").fetchone()[0] == 1


OPENED_AGAIN = """
import sys
from pathlib import Path
from newscrawl import Archive
path, opens = Path(sys.argv[1]), {"read": Archive.open_read_only, "write": Archive}
with opens[sys.argv[2]](path) as archive:
    list(archive.db.query("SELECT 1 FROM runs"))
    with opens[sys.argv[3]](path) as again:
        list(again.db.query("SELECT 1 FROM runs"))
    print("open", flush=True)
    sys.stdin.readline()
"""

RUN_STARTED = """
import sys
from pathlib import Path
from newscrawl import Archive
with Archive(Path(sys.argv[1])) as archive:
    archive.start_run("x", "site", {})
"""


@pytest.mark.parametrize("first", ["read", "write"])
@pytest.mark.parametrize("second", ["read", "write"])
def test_archive_opened_twice_keeps_its_log(tmp_path: Path, first: str, second: str) -> None:
    """Another process is not the last one to close it, and leaves the log."""
    path = tmp_path / "archive.db"
    with Archive(path):
        pass
    command = [sys.executable, "-c", OPENED_AGAIN, str(path), first, second]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as reading:
        assert reading.stdout is not None
        assert reading.stdout.readline() == "open\n"
        subprocess.run([sys.executable, "-c", RUN_STARTED, str(path)], check=True)
        assert path.with_name("archive.db-wal").exists()
        reading.communicate("\n", timeout=30)
