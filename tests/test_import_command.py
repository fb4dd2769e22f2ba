"""`newscrawl import` as a person or a job runs it: with processes, killed, stopped, misused."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from newscrawl import Archive
from tests.command_line import PROGRAM, ROOT, refusal, run
from tests.importing import story, write_arc, write_warc

STORIES = tuple(story(number) for number in range(4))


def headlines(archive: Archive) -> list[str]:
    rows = archive.db.execute("SELECT headline FROM article ORDER BY headline")
    return [str(row[0]) for row in rows]


def test_the_command_reads_a_folder_with_its_own_processes(tmp_path: Path) -> None:
    folder = tmp_path / "files" / "deep"
    folder.mkdir(parents=True)
    write_warc(folder / "a.warc.gz", STORIES[:2])
    write_arc(folder / "b.arc.gz", STORIES[2:])
    (folder / "notes.txt").write_text("no page", "utf-8")
    database = tmp_path / "archive.db"
    done = run("import", tmp_path / "files", "-d", database, "--jobs", "2")
    assert done.returncode == 0, done.stderr
    assert "articles  4  4 new, 0 changed, 0 unchanged" in done.stdout.replace("   ", " ")
    again = run("import", f"{tmp_path}/files/**/*.gz", "-d", database, "--json")
    assert json.loads(again.stdout)["files_known"] == 2
    assert run("check", "-d", database).returncode == 0


DEADLY = """
import os, time
from pathlib import Path
from newscrawl.layouts.layout import Layout
from newscrawl.layouts.rules import css
from newscrawl.layouts.site import Site

class deadly(css):
    def __call__(self, page):
        if page.url.endswith("/1"):
            os._exit(9)
        if page.url.endswith("/2"):
            time.sleep(1000)
        once = Path(__file__).with_name("once")
        if page.url.endswith("/3") and not once.exists():
            once.touch()
            os._exit(9)  # as if another program had killed it
        return super().__call__(page)

class Deadly(Layout):
    "Pages that no process survives."
    headline = deadly("h1")

SITE = Site(name="jisr", title="jisr", hosts=("jisr.example",), layouts=(Deadly,))
"""
HANGING = """
import sys
from functools import partial
from pathlib import Path
from newscrawl import Archive
from newscrawl.importing.page_engines import read_locally
from newscrawl.importing.importer import Import, Options
from newscrawl.importing.waiting_pages import LOOK_BACK

if __name__ == "__main__":
    engine = partial(read_locally, deadline=4)
    with Archive(sys.argv[1]) as archive:
        Import(archive, Options(jobs=1, engine=engine), print).read([Path(sys.argv[2])])
"""


def test_a_deadly_page_costs_that_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "deadly.py").write_text(DEADLY, "utf-8")
    (tmp_path / "hanging.py").write_text(HANGING, "utf-8")
    monkeypatch.setenv("NEWSCRAWL_SITES", "deadly")
    file = write_warc(tmp_path / "a.warc.gz", [story(number) for number in range(6)])
    database = tmp_path / "archive.db"
    subprocess.run(
        [sys.executable, "hanging.py", database, file], cwd=tmp_path, check=True, timeout=120
    )
    with Archive.open_read_only(database) as archive:
        assert len(headlines(archive)) == 4
        query = "SELECT url, reason FROM observation WHERE outcome = 'error' ORDER BY url"
        errors = archive.db.execute(query).fetchall()
        assert archive.db.execute("SELECT is_complete FROM imports").fetchone() == (0,)
        assert archive.db.execute("SELECT exit_status FROM run").fetchone() == (3,)
        assert archive.check() == ()
    assert (tmp_path / "once").exists()
    assert [url[-1] for url, _ in errors] == ["1", "2"]
    assert "died (exit code 9)" in errors[0][1]
    assert "more than 4 s" in errors[1][1]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("missing.warc", None, "no such file"),
        ("none-*.warc", None, "no WARC, WET, ARC or WACZ file"),
        ("a.zip", b"PK\x03\x04", "no WACZ package"),
    ],
)
def test_wrong_files_are_one_clear_line(
    tmp_path: Path, name: str, content: bytes | None, words: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    done = run("import", tmp_path / name, "-d", tmp_path / "archive.db", "--json")
    assert done.returncode == 1
    assert words in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_pipe_is_refused(tmp_path: Path) -> None:
    done = run("import", "-", "-d", tmp_path / "archive.db")
    assert (done.returncode, done.stdout) == (2, "")
    assert "a file is needed" in done.stderr


def test_an_address_names_the_commands_that_read_it(tmp_path: Path) -> None:
    done = run("import", "https://reader:tide@news.example/a.warc", "-d", tmp_path / "a.db")
    assert done.returncode == 2
    assert "--archives FOLDER" in done.stderr
    assert "newscrawl extract URL" in done.stderr
    assert "tide" not in done.stderr
    assert not (tmp_path / "a.db").exists()


def test_a_missing_file_among_others_is_found_before_any_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.warc"
    path.touch()
    said = refusal(run("import", path, tmp_path / "x", "-d", tmp_path / "a.db"))
    assert said == f"{tmp_path / 'x'}: there is no such file; nothing was imported"
    assert not (tmp_path / "a.db").exists()


def test_a_missing_file_makes_no_archive(tmp_path: Path) -> None:
    assert "no such file" in refusal(run("import", tmp_path / "x", "-d", tmp_path / "a.db"))
    assert not (tmp_path / "a.db").exists()


def test_a_killed_import_goes_on(tmp_path: Path) -> None:
    count = 400
    file = write_warc(tmp_path / "a.warc.gz", [story(number) for number in range(count)])
    database = tmp_path / "archive.db"
    Archive(database).close()
    command = [*PROGRAM, "import", str(file), "-d", str(database), "--jobs", "2"]
    importing = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    with Archive.open_read_only(database) as archive:
        seen = "SELECT count(*) FROM observations"
        while importing.poll() is None:
            if archive.db.execute(seen).fetchone()[0]:
                importing.kill()
                importing.wait(60)
            time.sleep(0.01)
        assert 0 < archive.db.execute(seen).fetchone()[0] <= count
        assert archive.check() == ()
    again = run("import", file, "-d", database, "--json")
    assert again.returncode == 0, again.stderr
    with Archive.open_read_only(database) as archive:
        assert archive.db.execute(seen).fetchone() == (count,)
        assert len(headlines(archive)) == count
        assert archive.check() == ()


def test_a_stopped_import_says_so(tmp_path: Path) -> None:
    file = write_warc(tmp_path / "a.warc.gz", [story(number) for number in range(400)])
    database = tmp_path / "archive.db"
    Archive(database).close()
    command = [*PROGRAM, "import", str(file), "-d", str(database), "--jobs", "1"]
    importing = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    with Archive.open_read_only(database) as archive:
        while not archive.db.execute("SELECT count(*) FROM observations").fetchone()[0]:
            assert importing.poll() is None, "it has ended before it could be stopped"
            time.sleep(0.01)
        importing.send_signal(signal.SIGTERM)
        _, told = importing.communicate(timeout=60)
        row = archive.db.execute("SELECT finish_reason, exit_status FROM run").fetchone()
    assert importing.returncode == 3, told
    assert told == "newscrawl: stopped; the same command resumes from here\n"
    assert row == ("shutdown", 3)
