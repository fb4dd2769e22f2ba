"""A Python file in the working folder is never run, whatever its name."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

import pytest

from newscrawl.jobs import Job, add_job
from newscrawl.jobs.watchlist import WatchlistFile
from tests.front_server import Front, fill, wait_for
from tests.importing import story
from tests.odd_server import Answer, OddServer, article, odd_server
from tests.raw_records import raw_record

NAMES = (
    *("resource", "scrapy", "signal", "selectors", "multiprocessing", "json", "encodings"),
    *("sqlite3", "newscrawl", "spiders", "pipelines", "sitecustomize", "usercustomize"),
)
SCRIPT = Path(sysconfig.get_path("scripts"), "newscrawl")
STORY = "/2026/05/17/1.html"


@pytest.fixture
def planted(tmp_path: Path) -> Path:
    """A folder with a module of each name, which writes a file when it is run."""
    folder = tmp_path / "planted"
    folder.mkdir()
    for name in NAMES:
        (folder / f"{name}.py").write_text(
            f"open({str(tmp_path / 'ran')!r}, 'a').write({name!r} + '\\n')\n"
        )
    return folder


def run_in(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the installed `newscrawl` in *folder*, and make sure that nothing there was run."""
    env = {name: text for name, text in os.environ.items() if not name.startswith("NEWSCRAWL")}
    done = subprocess.run(
        [SCRIPT, *arguments],
        cwd=folder,
        env=env | {"NEWSCRAWL_PRIVATE_HOSTS": "127.0.0.1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    ran = folder.parent / "ran"
    assert not ran.exists(), ran.read_text()
    return done


def story_server(server: OddServer) -> str:
    server.answers[STORY] = article("The ferry sails again")
    return server.url


def test_the_planted_modules_are_run_by_plain_python(planted: Path) -> None:
    subprocess.run([sys.executable, "-m", "scrapy"], cwd=planted, check=False)
    assert (planted.parent / "ran").exists()


def test_extract_of_an_address_runs_none(planted: Path) -> None:
    with odd_server() as server:
        done = run_in(planted, "extract", f"{story_server(server)}{STORY}", "--json")
    assert "The ferry sails again" in done.stdout, done.stderr


def test_sites_check_runs_none(planted: Path) -> None:
    with odd_server() as server:
        done = run_in(planted, "sites", "check", f"{story_server(server)}/", "--json")
    assert '"robots"' in done.stdout, done.stderr


def test_job_runs_none(planted: Path) -> None:
    with odd_server() as server:
        url = f"{story_server(server)}/"
        add_job(planted / "jobs.toml", Job(name="ferry", every=3600, url=url))
        job = ("run", "ferry", "--jobs-file", "jobs.toml", "--archive", "a.db")
        done = run_in(planted, *job)
    assert "ferry: ended with status" in done.stderr
    assert (planted / "a.db").exists(), done.stderr


def test_sender_of_the_watchlist_runs_none(planted: Path) -> None:
    box = planted.parent / "box"
    WatchlistFile(planted / "a.db").set_targets({"command": f"cat > {box}"})
    fill(planted / "a.db")
    WatchlistFile(planted / "a.db").add("ferry", "ferry")
    with odd_server() as server:
        url = f"{story_server(server)}/"
        server.answers["/"] = Answer(f"<a href='{STORY}'>The ferry sails again</a>".encode())
        add_job(planted / "jobs.toml", Job(name="ferry", every=3600, url=url))
        run_in(planted, "run", "ferry", "--jobs-file", "jobs.toml", "--archive", "a.db")
    until = time.monotonic() + 60
    while not (box.exists() and box.read_text("utf-8")) and time.monotonic() < until:
        time.sleep(0.05)
    assert "The ferry sails again" in box.read_text("utf-8")
    assert not (planted.parent / "ran").exists()


def test_import_runs_none(planted: Path) -> None:
    Path(planted, "a.warc").write_bytes(raw_record(story(1)))
    done = run_in(planted, "import", "a.warc", "--archive", "a.db", "--jobs", "2")
    assert "1 new" in done.stdout, done.stderr


def test_serve_runs_none(planted: Path) -> None:
    fill(planted / "a.db")
    with subprocess.Popen(
        [SCRIPT, "serve", "a.db", "--no-browser", "--port", "0"],
        cwd=planted,
        stdout=subprocess.PIPE,
    ) as process:
        try:
            line = process.stdout.readline() if process.stdout else b""
            port = int(line.split(b":")[2].partition(b"/")[0])
            wait_for(port, process)
            front = Front(port)
            token = front.get("/sql").text.partition('name="token" value="')[2].partition('"')
            answer = front.get(f"/sql?token={token[0]}&sql=SELECT+6*7")
        finally:
            process.terminate()
    assert ">42<" in answer.text
    assert not (planted.parent / "ran").exists()
