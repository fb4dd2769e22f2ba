"""`newscrawl import --archives/--parquet`: each file by itself, each record exactly once."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import duckdb
import pytest

from newscrawl import Archive
from newscrawl.importing.partitions import TABLES, Partition
from tests.command_line import PROGRAM, ROOT, run
from tests.crawling import rows, serving
from tests.importing import story, write_warc
from tests.test_import_command import DEADLY

FILES, STORIES = 5, 12
MANY = FILES + 20


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A folder of FILES files with STORIES stories each."""
    folder = tmp_path / "files"
    folder.mkdir()
    write_files(folder, range(FILES))
    return folder


def write_files(folder: Path, numbers: Iterable[int]) -> None:
    for number in numbers:
        stories = [story(number * STORIES + at) for at in range(STORIES)]
        write_warc(folder / f"{number}.warc.gz", stories)


def headlines(parquet: Path) -> list[str]:
    """Return the headlines of all partitions, in order."""
    return [
        row[0] for row in asked("SELECT headline FROM {} ORDER BY 1", parquet / "article/*")
    ]


def asked(query: str, files: Path) -> list[tuple[Any, ...]]:
    """Return the rows of *query*, where {} stands for the Parquet of *files*."""
    with duckdb.connect() as connection:
        return connection.execute(query.format(f"read_parquet('{files}')")).fetchall()


def all_headlines() -> list[str]:
    return sorted(f"الجسر القديم يفتح للمشاة {number}" for number in range(FILES * STORIES))


def reports(parquet: Path) -> list[dict[str, Any]]:
    found = [json.loads(file.read_text("utf-8")) for file in parquet.glob("report/*.json")]
    return sorted(found, key=lambda report: str(report["file"]))


@pytest.mark.parametrize("engine", ["local", "dask"])
def test_every_file_becomes_a_partition(files: Path, tmp_path: Path, engine: str) -> None:
    out, archives = tmp_path / "parquet", tmp_path / "archives"
    where = ("--parquet", out, "--archives", archives, "--engine", engine, "--jobs", "2")
    done = run("import", files, *where)
    assert (done.returncode, done.stderr) == (0, "")
    assert headlines(out) == all_headlines()
    assert {path.name for path in out.iterdir()} == {*TABLES, "report"}
    assert [report["outcomes"] for report in reports(out)] == [{"stored": STORIES}] * FILES
    assert [report["file"] for report in reports(out)] == sorted(map(str, files.iterdir()))
    for path in archives.iterdir():
        with Archive.open_read_only(path) as archive:
            assert archive.check() == ()
        # It looks closed: whoever opens it next need not check it.
        assert rows(path, "SELECT token FROM openings") == []
    made = {path: path.stat().st_mtime_ns for path in (*out.rglob("*"), *archives.iterdir())}
    again = run("import", files, *where, "--json")
    assert json.loads(again.stdout)["files_known"] == FILES
    assert {path: path.stat().st_mtime_ns for path in made} == made


def test_partitions_say_what_one_archive_says(files: Path, tmp_path: Path) -> None:
    one, out = tmp_path / "one.db", tmp_path / "parquet"
    assert run("import", files, "-d", one).returncode == 0
    assert run("import", files, "--parquet", out).returncode == 0
    whole = tmp_path / "whole.parquet"
    assert run("export", "--format", "parquet", "-o", whole, "-d", one).returncode == 0
    query = """SELECT url, headline, date_published, article_body, captured_at, sha256
        FROM {} ORDER BY url"""
    assert asked(query, whole) == asked(query, out / "article/*")
    # Merged, the archives of single files are that archive, too.
    archives = tmp_path / "archives"
    assert run("import", files, "--archives", archives).returncode == 0
    merged, *others = sorted(archives.iterdir())
    for other in others:
        assert run("merge", other, "-d", merged).returncode == 0
    with Archive.open_read_only(merged) as archive, Archive.open_read_only(one) as expected:
        count = "SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM observations)"
        assert archive.db.execute(count).fetchone() == expected.db.execute(count).fetchone()


def test_evidence_names_the_file(files: Path, tmp_path: Path) -> None:
    archives = tmp_path / "archives"
    assert run("import", files / "0.warc.gz", "--archives", archives).returncode == 0
    (path,) = archives.iterdir()
    done = run("evidence", f"{story(3).url}", "-d", path)
    assert done.stdout.encode() == story(3).body


def test_killed_it_goes_on(files: Path, tmp_path: Path) -> None:
    out = tmp_path / "parquet"
    write_files(files, range(FILES, MANY))
    command = [*PROGRAM, "import", str(files), "--parquet", str(out), "--jobs", "2"]
    with subprocess.Popen(command, cwd=ROOT) as process:
        until = time.monotonic() + 60
        while len(reports(out)) < 3:
            assert time.monotonic() < until
            time.sleep(0.02)
        process.kill()
    # What its processes were at may still end; then it is whole, or is made again.
    before = {str(report["file"]) for report in reports(out)}
    assert len(before) < MANY
    done = run("import", files, "--parquet", out, "--jobs", "2")
    assert done.returncode == 0, done.stderr
    found = headlines(out)
    assert len(found) == len(set(found)) == MANY * STORIES


def test_stopped_by_hand_it_says_so(files: Path, tmp_path: Path) -> None:
    out = tmp_path / "parquet"
    write_files(files, range(FILES, MANY))
    command = [*PROGRAM, "import", str(files), "--parquet", str(out), "--jobs", "2"]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        while process.poll() is None and not reports(out):
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 3
    assert said == "newscrawl: stopped; the same command resumes from here\n"


def test_a_deadly_page_costs_that_page(tmp_path: Path) -> None:
    (tmp_path / "deadly.py").write_text(DEADLY, "utf-8")
    environment = {"NEWSCRAWL_SITES": "deadly", "PYTHONPATH": str(tmp_path)}
    file = write_warc(tmp_path / "a.warc.gz", [story(number) for number in (0, 1, 3, 4)])
    other = write_warc(tmp_path / "b.warc.gz", [story(number) for number in (5, 6)])
    out = tmp_path / "parquet"
    where = ("--parquet", out, "--jobs", "1")
    done = run("import", file, other, *where, environment=environment)
    assert done.returncode == 3, done.stderr
    assert "given up: 1 page; the same command reads it again" in done.stderr
    first, second = reports(out)
    assert first["outcomes"] == {"stored": 3, "error": 1}
    assert second["outcomes"] == {"stored": 2}


@pytest.mark.parametrize("kind", ["parquet", "archives"])
def test_damaged_file_is_reported_until_it_is_mended(
    files: Path, tmp_path: Path, kind: str
) -> None:
    (files / "2.warc.gz").unlink()
    stories = [story(2 * STORIES + at) for at in range(STORIES)]
    damaged = write_warc(files / "2.warc", stories, is_gzip=False)
    whole = damaged.read_bytes()
    damaged.write_bytes(whole.replace(stories[4].body, b"x" * len(stories[4].body)))
    where = (f"--{kind}", tmp_path / "out", "--json")
    for known in (0, FILES - 1):
        done = run("import", files, *where)
        assert done.returncode == 3
        assert f"{damaged} at byte" in done.stderr
        assert json.loads(done.stdout)["files_known"] == known
    damaged.write_bytes(whole)
    mended = run("import", files, *where)
    assert (mended.returncode, json.loads(mended.stdout)["files"]) == (0, 1)
    again = run("import", files, *where)
    assert json.loads(again.stdout)["files_known"] == FILES
    if kind == "parquet":
        assert headlines(tmp_path / "out") == all_headlines()
        assert [report["damaged"] for report in reports(tmp_path / "out")] == [0] * FILES
    else:
        assert {path.suffix for path in (tmp_path / "out").iterdir()} == {".db"}


def test_files_elsewhere_are_fetched(files: Path, tmp_path: Path) -> None:
    out = tmp_path / "parquet"
    handler = partial(_QuietHandler, directory=files)
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    with serving(server):
        addresses = [f"http://127.0.0.1:{server.server_port}/{n}.warc.gz" for n in range(2)]
        done = run("import", *addresses, "--parquet", f"file://{out}")
        assert (done.returncode, done.stderr) == (0, "")
        assert [report["file"] for report in reports(out)] == addresses
        again = run("import", *addresses, "--parquet", f"file://{out}", "--json")
        assert json.loads(again.stdout)["files_known"] == 2
        gone = run("import", addresses[0] + "x", addresses[1], "--parquet", str(out))
    assert gone.returncode == 3
    assert "Traceback" not in gone.stderr
    assert f"{addresses[0]}x: " in gone.stderr
    assert len(headlines(out)) == 2 * STORIES


class _QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


def test_a_folder_elsewhere_is_searched(files: Path, tmp_path: Path) -> None:
    (files / "notes.txt").write_text("no page")
    out = tmp_path / "parquet"
    assert run("import", f"file://{files}", "--parquet", out).returncode == 0
    assert headlines(out) == all_headlines()


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["{files}", "--engine", "dask"], 2, "Dask needs --archives or --parquet"),
        (["{files}", "--parquet", "p", "-d", "a.db"], 2, "--archive is for one archive"),
        (["http://127.0.0.1:9/a.warc.gz", "--parquet", "{out}"], 1, "127.0.0.1:9/a.warc.gz: "),
        (
            [
                "{files}",
                "--parquet",
                "{out}",
                "--engine",
                "dask",
                "--scheduler",
                "tcp://127.0.0.1:9",
            ],
            1,
            "no Dask scheduler answers",
        ),
    ],
    ids=["dask", "both", "nobody", "no scheduler"],
)
def test_wrong_use_is_reported(
    files: Path, tmp_path: Path, arguments: list[str], status: int, words: str
) -> None:
    given = [one.format(files=files, out=tmp_path / "out") for one in arguments]
    done = run("import", *given)
    assert done.returncode == status
    assert words in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("module", "extra", "arguments"),
    [
        ("distributed", "dask", ["{files}", "--engine", "dask"]),
        ("fsspec", "remote", ["s3://bucket/a.warc.gz"]),
        ("pyarrow", "parquet", ["{files}"]),
    ],
    ids=["dask", "remote", "parquet"],
)
def test_a_plain_install_names_the_extra(
    files: Path, tmp_path: Path, module: str, extra: str, arguments: list[str]
) -> None:
    given = [one.format(files=files) for one in arguments]
    code = f"import sys; sys.modules[{module!r}] = None\nfrom newscrawl.cli import main\nmain()"
    command = [sys.executable, "-c", code, "import", *given, "--parquet", str(tmp_path / "out")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert f"pip install 'newscrawl[{extra}]'" in done.stderr


def test_files_of_one_name_have_partitions_of_their_own() -> None:
    names = {Partition(source=f"s3://crawl/{day}/a.warc.gz").name for day in (1, 2)}
    assert len(names) == 2
    assert all(name.startswith("a-") for name in names)


def test_two_jobs_may_make_the_same_partitions(files: Path, tmp_path: Path) -> None:
    out = tmp_path / "parquet"
    jobs = [
        threading.Thread(target=run, args=("import", files, "--parquet", out)) for _ in range(2)
    ]
    for job in jobs:
        job.start()
    for job in jobs:
        job.join()
    assert headlines(out) == all_headlines()


LISTENING = """
import os, sys
from pathlib import Path
from newscrawl.importing.file_engines import DaskEngine
from newscrawl.importing.partitions import Partition

def sockets(pid):
    for link in Path(f"/proc/{pid}/fd").iterdir():
        try:
            yield os.readlink(link)
        except OSError:
            pass

def processes(pid):
    yield pid
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            yield from processes(int(child))

def listening():
    ours = {name for pid in processes(os.getpid()) for name in sockets(pid)}
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and f"socket:[{fields[9]}]" in ours:
                yield fields[1].partition(":")[0]

if __name__ == "__main__":
    partition = Partition(source=sys.argv[1], parquet=sys.argv[2])
    for _ in DaskEngine()([partition], 2):
        print(*sorted(listening()))
"""
LOOPBACK = ("0100007F", "00000000000000000000000001000000", "0000000000000000FFFF00000100007F")


def test_local_cluster_listens_on_loopback_only(files: Path, tmp_path: Path) -> None:
    script = tmp_path / "listening.py"
    script.write_text(LISTENING, "utf-8")
    command = (sys.executable, script, files / "0.warc.gz", tmp_path / "out")
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, timeout=120, cwd=ROOT
    )
    hosts = done.stdout.split()
    assert len(hosts) >= 3  # the scheduler, its dashboard and a worker
    assert set(hosts) <= set(LOOPBACK)
