"""Jobs start when they are due, a process each, and people hear of what goes wrong, once."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import shlex
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import attrs
import pytest

from newscrawl import Archive, settings
from newscrawl.crawl.run.run_lock import lock_site
from newscrawl.errors import ArchiveError, UsageError
from newscrawl.jobs import Job, JobState, JobStates, add_job, parse_interval, read_jobs
from newscrawl.jobs.desk import Desk as JobsDesk
from newscrawl.jobs.desk import FileReader
from newscrawl.jobs.health import ARCHIVE, JOBS_FILE, LONGEST_LINE, Findings, health_of
from newscrawl.jobs.jobs_file import PASSED_ON, JobsFile, add_environment, read_jobs_file
from newscrawl.jobs.messages import DIGEST, Messages, send_changes, send_digest
from newscrawl.jobs.metrics import open_metrics
from newscrawl.jobs.runner import is_due, log_name
from newscrawl.jobs.state import states_beside
from newscrawl.jobs.timers import (
    Place,
    crontab_line,
    service_unit,
    timer_unit,
    unit_name,
    watch_unit,
)
from tests.command_line import PROGRAM, ROOT, run
from tests.crawling import rows
from tests.debian import needs
from tests.mounts import ONLY_ROOT
from tests.odd_server import Answer, OddServer, article, odd_server

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
PRIVATE = {"NEWSCRAWL_PRIVATE_HOSTS": "127.0.0.1"}
JOB = Job(name="shams.example", every=3600, url="https://shams.example/")
HOME = b"<html><body><main><h2>News</h2><a href='/2026/05/17/%d.html'>A story of the ferry</a>"


@contextmanager
def small_site(number: int = 1) -> Iterator[OddServer]:
    """A site of one article."""
    with odd_server() as server:
        server.answers["/"] = Answer(HOME % number)
        server.answers[f"/2026/05/17/{number}.html"] = article(f"The ferry number {number}")
        yield server


def jobs_of(path: Path, *servers: OddServer, every: str = "1h") -> list[str]:
    """Make each server a job of the file; return their names."""
    for server in servers:
        url = f"{server.url}/"
        add_job(path, Job(name=name_of(server), every=parse_interval(every), url=url))
    return [name_of(server) for server in servers]


def name_of(server: OddServer) -> str:
    return f"127.0.0.1:{server.server_port}"


@attrs.frozen
class Desk:
    """A jobs file and an archive, and `newscrawl` with both."""

    folder: Path

    @property
    def jobs_file(self) -> Path:
        return self.folder / "jobs.toml"

    @property
    def archive(self) -> Path:
        return self.folder / "archive.db"

    @property
    def options(self) -> tuple[str, ...]:
        return ("--jobs-file", str(self.jobs_file), "-d", str(self.archive))

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return run(*arguments, *self.options, environment=PRIVATE)

    def states(self) -> JobStates:
        return states_beside(self.archive)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A folder for jobs."""
    return Desk(tmp_path)


@pytest.mark.parametrize(("text", "seconds"), [("30m", 1800), ("2h", 7200), ("1d", 86_400)])
def test_intervals(text: str, seconds: int) -> None:
    assert parse_interval(text) == seconds


@pytest.mark.parametrize("text", ["", "30", "0m", "1.5h", "m", "-1h", "30 m", "99999m", "1w"])
def test_what_is_no_interval(text: str) -> None:
    with pytest.raises(UsageError, match="write 30m"):
        parse_interval(text)


def test_jobs_file_keeps_what_a_person_wrote(desk: Desk) -> None:
    desk.jobs_file.write_text('# ours\n[messages]\ndigest_at = "07:00"\n', "utf-8")
    add_job(desk.jobs_file, JOB)
    add_job(desk.jobs_file, Job(name="almaghribtoday", every=1800))
    add_job(desk.jobs_file, attrs.evolve(JOB, every=7200, arguments=("-a", "limit=9")))
    jobs = {job.name: job for job in read_jobs(desk.jobs_file)}
    assert jobs["almaghribtoday"].every == 1800
    assert jobs["shams.example"].every == 7200
    assert jobs["shams.example"].arguments == ("-a", "limit=9")
    text = desk.jobs_file.read_text("utf-8")
    assert text.startswith('# ours\n[messages]\ndigest_at = "07:00"\n')
    assert text.count("shams.example") == 2


@pytest.mark.parametrize(
    "text",
    [
        '[ jobs."shams.example" ] # ours\nevery = "1h"\n',
        "[jobs.'shams.example']\nevery = '1h'\n",
        '[jobs]\n"shams.example" = {every = "1h"}\n',
        '[jobs]\n"shams.example".every = "1h"\n',
        '[jobs."shams.example"]\nevery="1h"\n[messages]\n[jobs."b.example"]\nevery="1d"\n',
        '[messages]\ncommand = """\ncat\n[jobs."shams.example"]\n"""\n',
    ],
)
def test_jobs_file_of_any_form_stays_one(desk: Desk, text: str) -> None:
    desk.jobs_file.write_text(text, "utf-8")
    add_job(desk.jobs_file, attrs.evolve(JOB, every=7200))
    add_environment(desk.jobs_file, {"NEWSCRAWL_CONTACT": "desk@shams.example"})
    content = read_jobs_file(desk.jobs_file)
    assert {job.name: job.every for job in content.jobs}["shams.example"] == 7200
    assert content.environment == {"NEWSCRAWL_CONTACT": "desk@shams.example"}
    for line in ("# ours", "cat", "b.example"):
        assert (line in desk.jobs_file.read_text("utf-8")) is (line in text)


def test_new_interval_keeps_the_arguments_of_a_job(desk: Desk) -> None:
    add_job(desk.jobs_file, attrs.evolve(JOB, arguments=("-a", "limit=9")))
    add_job(desk.jobs_file, attrs.evolve(JOB, every=7200))
    (job,) = read_jobs(desk.jobs_file)
    assert (job.every, job.arguments) == (7200, ("-a", "limit=9"))


def test_jobs_file_that_cannot_be_edited_is_left_as_it_is(desk: Desk) -> None:
    desk.jobs_file.write_text("jobs = {}\n", "utf-8")
    with pytest.raises(UsageError, match="by hand"):
        add_job(desk.jobs_file, JOB)
    assert desk.jobs_file.read_text("utf-8") == "jobs = {}\n"


@pytest.mark.parametrize(
    "name",
    [
        *(r"a\u0000b", r"x\nBcc: b@x.example", r"\u001b[31m", r"\u202ea", "", "n" * 101),
        *("the archive", "the jobs file", "daily digest"),
    ],
)
def test_job_has_a_name_that_is_safe_in_messages(desk: Desk, name: str) -> None:
    desk.jobs_file.write_text(f'[jobs."{name}"]\nevery = "1h"\nurl = "https://a.example/"\n')
    content = read_jobs_file(desk.jobs_file)
    ((shown, fault),) = content.faults.items()
    assert content.jobs == ()
    assert shown.isprintable()
    assert fault.isprintable()
    assert "is no name of a job" in fault


def test_schedule_passes_on_every_variable_that_settings_read() -> None:
    read = set(re.findall(r'variable\("(NEWSCRAWL_\w+)"', Path(settings.__file__).read_text()))
    assert len(read) > 10
    # The command names the archive, and no person watches the progress of a timer.
    read -= {"NEWSCRAWL_ARCHIVE", "NEWSCRAWL_PROGRESS"}
    assert set(PASSED_ON) == read | {"NEWSCRAWL_AGENCIES"}


def test_jobs_of_different_names_have_different_logs_and_units() -> None:
    names = ("a b", "a_b", "a:b", "../a", "ا" * 150, "ا" * 151, "شمس", "shams.example")
    logs = {name: log_name(name) for name in names}
    assert len(set(logs.values())) == len(names)
    assert logs["شمس"] == "شمس.log"
    units = {unit_name(Job(name=name, every=3600)) for name in names}
    assert len(units) == len(names)
    assert "newscrawl-shams.example" in units
    assert all("/" not in log and len(log.encode()) < 250 for log in logs.values())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[jobs.almaghribtoday]", "says no interval"),
        ('[jobs.nowhere]\nevery = "1h"', "neither a declared site"),
        ('[jobs."a.example"]\nevery = "1h"\nevry = 2', "'evry' is none of"),
        ('[jobs."a.example"]\nevery = "soon"', "no interval"),
        ('[jobs."a.example"]\nevery = "1h"\narguments = "-a"', "a list of texts"),
        ("jobs = 3", "a table"),
        ("[jobs", "cannot read"),
        ('[job.almaghribtoday]\nevery = "1h"', "none of the tables"),
        ('[jobs."a.example"]\nevery = "1h"\nurl = 3', "url is a text"),
    ],
)
def test_wrong_jobs_file_is_one_clear_line(desk: Desk, text: str, said: str) -> None:
    desk.jobs_file.write_text(text, "utf-8")
    with pytest.raises(UsageError, match=said) as error:
        read_jobs(desk.jobs_file)
    assert str(desk.jobs_file) in str(error.value)
    done = desk.run("health")
    if said in {"a table", "cannot read", "none of the tables"}:
        assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    else:  # one entry: the other jobs are reported
        assert (done.returncode, done.stderr) == (1, "")
        assert "failing" in done.stdout


def test_job_is_due_after_its_interval_and_not_before() -> None:
    started = JobState(started_at=NOON)
    later = dt.timedelta(seconds=JOB.every + JOB.delay)
    assert is_due(JOB, JobState(), NOON)
    assert not is_due(JOB, started, NOON + later - dt.timedelta(seconds=1))
    assert is_due(JOB, started, NOON + later)


def test_clock_that_is_set_back_stops_no_job() -> None:
    assert is_due(JOB, JobState(started_at=NOON + 24 * HOUR), NOON)


def test_jobs_of_one_interval_do_not_start_together() -> None:
    delays = {Job(name=f"s{number}.example", every=3600).delay for number in range(80)}
    assert len(delays) > 60
    assert max(delays) <= 360


def test_due_jobs_are_run_once_each(desk: Desk) -> None:
    with ExitStack() as stack:
        servers = [stack.enter_context(small_site(number)) for number in range(3)]
        names = jobs_of(desk.jobs_file, *servers)
        done = desk.run("run", "--due", "--jobs", "2")
        assert done.returncode == 0, done.stderr
        again = desk.run("run", "--due")
        assert again.returncode == 0, again.stderr
    runs = rows(desk.archive, "SELECT site, exit_status, stored FROM run ORDER BY site")
    assert runs == [{"site": name, "exit_status": 0, "stored": 1} for name in sorted(names)]
    health = json.loads(desk.run("health", "--json").stdout)
    assert [one["word"] for one in health] == ["well"] * 3
    assert "1 article (" in (desk.folder / "logs" / log_name(names[0])).read_text()


@pytest.mark.slow
def test_eighty_sites_under_one_timer(desk: Desk) -> None:
    with ExitStack() as stack:
        servers = [stack.enter_context(small_site(number)) for number in range(80)]
        jobs_of(desk.jobs_file, *servers)
        command = [*PROGRAM, "run", "--due", "--jobs", "8", *desk.options]
        env = {**os.environ, **PRIVATE}
        done = subprocess.run(command, cwd=ROOT, env=env, timeout=1200, check=False)
    assert done.returncode == 0
    found = rows(
        desk.archive, "SELECT count(*) AS n FROM run WHERE exit_status = 0 AND stored = 1"
    )
    assert found == [{"n": 80}]


def test_named_job_is_run_and_its_status_is_ours(desk: Desk) -> None:
    with odd_server() as server:
        server.answers["/"] = Answer(status=500)
        (name,) = jobs_of(desk.jobs_file, server)
        done = desk.run("run", name)
    assert done.returncode == 1
    assert desk.states()[name].status == 1
    health = desk.run("health")
    assert health.returncode == 1
    assert "failing" in health.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("run",), "or say --due"),
        (("run", "nowhere"), "no job 'nowhere'"),
        (("watch",), "names no job yet"),
        (("schedule", "nowhere", "--every", "1h"), "neither a declared site"),
        (("schedule", "almaghribtoday", "--every", "now"), "write 30m"),
    ],
)
def test_wrong_use_is_one_line(desk: Desk, arguments: tuple[str, ...], said: str) -> None:
    done = desk.run(*arguments)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert said in done.stderr


@contextmanager
def watching(desk: Desk) -> Iterator[subprocess.Popen[bytes]]:
    """`newscrawl watch`, until the block ends."""
    command = [*PROGRAM, "watch", *desk.options]
    with (
        (desk.folder / "watch.log").open("wb") as log,
        subprocess.Popen(command, cwd=ROOT, env={**os.environ, **PRIVATE}, stderr=log) as watch,
    ):
        try:
            yield watch
        finally:
            if watch.poll() is None:
                watch.terminate()
                watch.wait(60)


def wait_until(is_so: Callable[[], bool]) -> None:
    """Wait for what is to come about, a minute at most."""
    until = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < until, "it never came about"
        time.sleep(0.05)


def test_watch_goes_on_when_a_crawl_is_killed(desk: Desk) -> None:
    with small_site(1) as slow, small_site(2) as other:
        slow.answers["/robots.txt"] = lambda asked, handler: time.sleep(20)
        killed, well = jobs_of(desk.jobs_file, slow, other)
        with watching(desk) as watch:
            wait_until(lambda: slow.count("/robots.txt") > 0)
            (process,) = children(watch.pid, killed)
            os.kill(process, signal.SIGKILL)
            wait_until(lambda: desk.states()[killed].status == -signal.SIGKILL)
            wait_until(lambda: desk.states()[well].status == 0)
            assert watch.poll() is None
    assert watch.returncode == 0
    assert desk.states()[killed].finished_at is not None


def test_watch_takes_up_a_job_that_is_added(desk: Desk) -> None:
    with small_site(1) as first, small_site(2) as second:
        jobs_of(desk.jobs_file, first)
        with watching(desk):
            wait_until(lambda: desk.states()[name_of(first)].status == 0)
            jobs_of(desk.jobs_file, second)
            wait_until(lambda: desk.states()[name_of(second)].status == 0)


def test_watch_that_is_stopped_stops_its_crawls(desk: Desk) -> None:
    with small_site() as site:
        site.answers["/robots.txt"] = lambda asked, handler: time.sleep(3)
        (name,) = jobs_of(desk.jobs_file, site)
        with watching(desk) as watch:
            wait_until(lambda: site.count("/robots.txt") > 0)
            (process,) = children(watch.pid, name)
    assert not Path(f"/proc/{process}").exists()
    assert desk.states()[name].finished_at is not None


def children(parent: int, name: str) -> list[int]:
    """The processes that *parent* started for the site *name*."""
    found = Path(f"/proc/{parent}/task/{parent}/children").read_text("ascii").split()
    return [
        int(one) for one in found if name in Path(f"/proc/{one}/cmdline").read_text("utf-8")
    ]


@pytest.mark.parametrize(
    ("state", "hours", "word"),
    [
        (JobState(), 0, "never"),
        (JobState(started_at=NOON), 0.1, "running"),
        (JobState(started_at=NOON, finished_at=NOON, status=0), 1, "well"),
        (JobState(started_at=NOON, finished_at=NOON, status=75), 1, "well"),
        (JobState(started_at=NOON, finished_at=NOON, status=3), 1, "partial"),
        (JobState(started_at=NOON, finished_at=NOON, status=4), 1, "silent"),
        (JobState(started_at=NOON, finished_at=NOON, status=1), 1, "failing"),
        (JobState(started_at=NOON, finished_at=NOON, status=-9), 1, "failing"),
        (JobState(started_at=NOON, finished_at=NOON, status=0), 3, "late"),
        (JobState(started_at=NOON), 3, "late"),
        (JobState(started_at=NOON + 9_000 * HOUR, finished_at=NOON, status=0), 1, "late"),
        (JobState(started_at=NOON + 9_000 * HOUR), 1, "late"),
    ],
)
def test_health_in_a_word(state: JobState, hours: float, word: str) -> None:
    assert health_of(JOB, state, NOON + hours * HOUR).word == word


def test_one_message_for_each_change_and_recovery(desk: Desk) -> None:
    box = desk.folder / "box"
    messages = Messages(command=f'(echo "$NEWSCRAWL_SUBJECT"; cat) >> {shlex.quote(str(box))}')
    states = desk.states()
    for status in (0, 1, 1, 2, 0, 3, 4, 0):
        states.change(JOB.name, started_at=NOON, finished_at=NOON, status=status)
        health = health_of(JOB, states[JOB.name], NOON)
        send_changes(messages, states, [health])
    subjects = [line for line in box.read_text().splitlines() if line.startswith("newscrawl:")]
    assert subjects == [
        "newscrawl: shams.example is failing",
        "newscrawl: shams.example is well again",
        "newscrawl: shams.example is silent",
        "newscrawl: shams.example is well again",
    ]


def test_message_that_cannot_be_sent_stops_nothing(desk: Desk) -> None:
    states = desk.states()
    states.change(JOB.name, started_at=NOON, finished_at=NOON, status=1)
    health = health_of(JOB, states[JOB.name], NOON)
    assert send_changes(Messages(command="exit 7"), states, [health]) == 0
    assert send_changes(Messages(command="cat"), states, [health]) == 1
    assert send_changes(Messages(command="cat"), states, [health]) == 0


def test_digest_that_cannot_be_sent_is_sent_later(desk: Desk) -> None:
    health = [health_of(JOB, JobState(), NOON)]
    for command, is_sent in (("exit 7", False), ("cat", True), ("cat", False)):
        messages = Messages(command=command, digest_at=dt.time(7))
        assert send_digest(messages, desk.states(), health, NOON) is is_sent


def test_many_late_jobs_are_one_message(desk: Desk) -> None:
    box = desk.folder / "box"
    messages = Messages(command=f'(echo "$NEWSCRAWL_SUBJECT"; cat) >> {shlex.quote(str(box))}')
    jobs = [attrs.evolve(JOB, name=f"s{number}.example") for number in range(12)]
    rows_ = [health_of(job, JobState(started_at=NOON), NOON + 5 * HOUR) for job in jobs]
    assert send_changes(messages, desk.states(), rows_) == 1
    lines = box.read_text().splitlines()
    assert lines[0] == "newscrawl: 12 jobs are late"
    assert len(lines) == 13


def test_jobs_that_end_together_share_their_messages(desk: Desk) -> None:
    box = desk.folder / "box"
    command = f'sleep 0.3; echo "$NEWSCRAWL_SUBJECT" >> {shlex.quote(str(box))}'
    jobs = tuple(attrs.evolve(JOB, name=f"s{number}.example") for number in range(12))
    content = JobsFile(jobs=jobs, messages=Messages(command=command))
    for job in jobs:
        desk.states().change(job.name, started_at=NOON, status=0)
    jobs_desk = JobsDesk.at(desk.jobs_file, desk.archive)
    with ThreadPoolExecutor(3) as programs:
        list(programs.map(jobs_desk.report, [content] * 3))
    assert box.read_text() == "newscrawl: 12 jobs are late\n"


def test_line_says_why_where_and_what_to_do() -> None:
    state = JobState(started_at=NOON, finished_at=NOON, status=1, reason="no route " * 99)
    for given in (state, attrs.evolve(state, status=4), attrs.evolve(state, status=-9)):
        line = health_of(JOB, given, NOON).line
        assert len(line) <= LONGEST_LINE == 300
        assert "no route no route" in line
        assert ". Try: newscrawl " in line
        assert "shams.example" in line


def test_full_disk_is_news(desk: Desk) -> None:
    state = JobState(started_at=NOON, finished_at=NOON, status=3)
    desk.states().change(JOB.name, **attrs.asdict(state))
    full = health_of(JOB, state, NOON, Findings(is_full=True))
    assert (full.word, full.is_well) == ("full", False)
    assert send_changes(Messages(command="cat"), desk.states(), [full]) == 1


def test_run_that_ended_for_want_of_disk_is_found(desk: Desk) -> None:
    with Archive(desk.archive) as archive:
        run_id = archive.start_run("site", JOB.site, {})
        archive.finish_run(run_id, "disk_full: the archive refused", 3, {})
    now = dt.datetime.now(dt.UTC)
    desk.states().change("any name", started_at=now, finished_at=now, status=3)
    add_job(desk.jobs_file, attrs.evolve(JOB, name="any name"))
    content = read_jobs_file(desk.jobs_file)
    (row,) = JobsDesk.at(desk.jobs_file, desk.archive).health(content)
    assert row.word == "full"


def test_faults_are_reported_and_their_end_too(desk: Desk) -> None:
    box = desk.folder / "box"
    command = f"(echo $NEWSCRAWL_SUBJECT; cat) >> {box}"
    add_job(desk.jobs_file, JOB)
    with desk.jobs_file.open("a") as file:
        file.write(f"[messages]\ncommand = {json.dumps(command)}\n")
        file.write('[jobs."bad.example"]\nevery = 3\n')
    now = dt.datetime.now(dt.UTC)
    desk.states().change(JOB.name, started_at=now, finished_at=now, status=0)
    good = desk.jobs_file.read_text()
    reader = FileReader(desk.jobs_file)
    jobs_desk = JobsDesk.at(desk.jobs_file, desk.archive)

    def told() -> list[str]:
        box.write_text("")
        assert [job.name for job in reader.reread()] == [JOB.name]
        jobs_desk.report(reader.content, reader.problem)
        return [line[11:] for line in box.read_text().splitlines() if "newscrawl: " in line]

    assert told() == ["bad.example is failing"]
    assert told() == []
    desk.jobs_file.write_text("[jobs")
    assert told() == [f"{JOBS_FILE} is failing"]
    desk.jobs_file.unlink()
    assert told() == []
    desk.jobs_file.write_text(good)
    assert told() == [f"{JOBS_FILE} is well again"]
    desk.archive.write_bytes(b"SQLite format 3\0" + bytes(2_000))
    assert told() == [f"{ARCHIVE} is failing"]
    assert "newscrawl check" in box.read_text()
    desk.archive.unlink()
    assert told() == [f"{ARCHIVE} is well again"]


def test_second_watch_is_refused(desk: Desk) -> None:
    with small_site() as site:
        jobs_of(desk.jobs_file, site)
        with watching(desk):
            wait_until(lambda: desk.states()[name_of(site)].status == 0)
            second = desk.run("watch")
    assert second.returncode == 75
    assert "another newscrawl watch" in second.stderr
    assert second.stderr.count("\n") == 1


def test_watch_outlives_a_typo_and_a_damaged_archive(desk: Desk) -> None:
    with small_site(1) as first, small_site(2) as second:
        jobs_of(desk.jobs_file, first)
        with watching(desk) as watch:
            wait_until(lambda: desk.states()[name_of(first)].status == 0)
            good = desk.jobs_file.read_text()
            desk.jobs_file.write_text(f"{good}[jobs")
            log = desk.folder / "watch.log"
            wait_until(lambda: "the jobs go on as before" in log.read_text())
            desk.jobs_file.write_text(good)
            desk.archive.write_bytes(b"SQLite format 3\0" + bytes(9_000))
            jobs_of(desk.jobs_file, second)
            wait_until(lambda: desk.states()[name_of(second)].status == 1)
            assert watch.poll() is None
    assert watch.returncode == 0
    assert "Traceback" not in log.read_text()


def test_job_that_cannot_be_started_stops_no_other(desk: Desk) -> None:
    with small_site(1) as bad, small_site(2) as good:
        names = jobs_of(desk.jobs_file, bad, good)
        (desk.folder / "logs" / log_name(names[0]) / "x").mkdir(parents=True)
        (desk.folder / "logs" / f"{log_name(names[0])}.1" / "x").mkdir(parents=True)
        done = desk.run("run", "--due")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert desk.states()[names[0]].status == 1
    assert "cannot be started" in str(desk.states()[names[0]].reason)
    assert desk.states()[names[1]].status == 0


def test_settings_reach_the_job_through_the_file(desk: Desk) -> None:
    folder = desk.folder / "modules"
    folder.mkdir()
    with small_site() as site:
        (folder / "port_sites.py").write_text(
            "from newscrawl.layouts.site import Site, Sources\n"
            f"SITE = Site(name='port', title='Port', hosts=('127.0.0.1',), "
            f"languages=('en',), sources=Sources(home='{site.url}/'))\n"
        )
        given = {
            **PRIVATE,
            "NEWSCRAWL_SITES": "port_sites",
            "NEWSCRAWL_CONTACT": "desk@port.example",
            "PYTHONPATH": str(folder),
        }
        made = run("schedule", "port", "--every", "1h", *desk.options, environment=given)
        assert made.returncode == 0, made.stderr
        done = run("run", "--due", *desk.options)
        assert done.returncode == 0, done.stderr
        agents = {one.headers["User-Agent"] for one in site.asked}
    assert all("+desk@port.example" in agent for agent in agents)
    assert rows(desk.archive, "SELECT site, stored FROM run") == [{"site": "port", "stored": 1}]


def test_environment_of_the_file_keeps_what_is_there(desk: Desk) -> None:
    desk.jobs_file.write_text('[environment]\nNEWSCRAWL_X = "a"\nNEWSCRAWL_Y = "b"\n')
    add_environment(desk.jobs_file, {"NEWSCRAWL_Y": 'c"d'})
    found = read_jobs_file(desk.jobs_file).environment
    assert found == {"NEWSCRAWL_X": "a", "NEWSCRAWL_Y": 'c"d'}


def test_job_with_a_name_of_its_own_crawls_the_declared_site(desk: Desk) -> None:
    desk.jobs_file.write_text('[jobs.morning]\nevery = "1d"\nurl = "almaghribtoday"\n')
    (job,) = read_jobs(desk.jobs_file)
    assert (job.name, job.site) == ("morning", "almaghribtoday")
    assert job.command[-1] == "almaghribtoday"
    add_job(desk.jobs_file, job)
    assert read_jobs(desk.jobs_file) == (job,)


def test_password_in_the_jobs_file_is_in_no_message(desk: Desk) -> None:
    desk.jobs_file.write_text(
        '[jobs.a]\nevery = "1h"\nurl = "https://me:low-water@a.example/"\n'
    )
    content = read_jobs_file(desk.jobs_file)
    (row,) = JobsDesk.at(desk.jobs_file, desk.archive).health(content)
    assert "low-water" not in row.line


@pytest.mark.skipif(os.geteuid() != 0, reason=ONLY_ROOT)
def test_files_of_root_are_one_line_for_the_service_user(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    for folder in (desk.folder, *list(desk.folder.parents)[:3]):
        folder.chmod(0o755)
    desk.states().change(JOB.name, status=0)
    lock_site(desk.archive, "shams.example").release()
    jobs_desk = JobsDesk.at(desk.jobs_file, desk.archive)
    with jobs_desk.watched():
        jobs_desk.report(read_jobs_file(desk.jobs_file))
    os.seteuid(65_534)
    try:
        with pytest.raises(ArchiveError, match=r"cannot write .*chown"):
            desk.states().change(JOB.name, status=1)
        with pytest.raises(ArchiveError, match=r"cannot write .*chown"):
            lock_site(desk.archive, "shams.example")
        with pytest.raises(ArchiveError, match=r"cannot write .*chown"), jobs_desk.watched():
            pass
        runner = jobs_desk.runner(1, read_jobs_file(desk.jobs_file))
        assert runner.run_all([JOB]) == 1
        jobs_desk.report(read_jobs_file(desk.jobs_file))
        assert "report.lock: Permission denied. Its owner is another user" in caplog.text
    finally:
        os.seteuid(0)


def test_one_digest_a_day(desk: Desk) -> None:
    box = desk.folder / "box"
    messages = Messages(command=f"cat >> {shlex.quote(str(box))}", digest_at=dt.time(7))
    health = [health_of(JOB, JobState(), NOON)]
    sent = [
        send_digest(messages, desk.states(), health, NOON.replace(hour=6) + hours * HOUR)
        for hours in (0, 1, 2, 23, 25, 26)
    ]
    assert sent == [False, True, False, False, True, False]
    assert box.read_text().count("shams.example: never: it has never run") == 2
    assert DIGEST in desk.states().read()


def test_digest_of_a_clock_that_was_ahead_holds_back_no_other(desk: Desk) -> None:
    messages = Messages(command="cat", digest_at=dt.time(7))
    health = [health_of(JOB, JobState(), NOON)]
    ahead = NOON + dt.timedelta(days=400)
    assert send_digest(messages, desk.states(), health, ahead)
    assert send_digest(messages, desk.states(), health, NOON)
    assert not send_digest(messages, desk.states(), health, NOON + HOUR)


def test_damaged_state_file_counts_as_none(desk: Desk) -> None:
    states = desk.states()
    states.path.write_text("{", "utf-8")
    assert states[JOB.name] == JobState()
    states.change(JOB.name, status=0)
    assert states[JOB.name].status == 0


def test_metrics_are_open_metrics(desk: Desk) -> None:
    state = JobState(started_at=NOON, finished_at=NOON, status=0, good_at=NOON)
    odd = attrs.evolve(JOB, name='a"b\\c')
    text = open_metrics([health_of(job, state, NOON) for job in (JOB, odd)])
    assert 'newscrawl_job_well{job="shams.example"} 1\n' in text
    assert 'newscrawl_job_well{job="a\\"b\\\\c"} 1\n' in text
    assert "newscrawl_job_last_success_timestamp_seconds{" in text
    assert text.endswith("# EOF\n")
    families = [line.split()[2] for line in text.splitlines() if line.startswith("# TYPE")]
    assert len(families) == len(set(families)) == 6


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A project whose folders have names that need quoting."""
    folder = tmp_path / "the $news 100%"
    folder.mkdir()
    return Place(
        project=ROOT,
        archive=folder / "archive.db",
        jobs_file=folder / "jobs.toml",
        user=None,
    )


@needs("systemd-analyze", "systemd")
def test_systemd_accepts_the_units(tmp_path: Path, place: Place) -> None:
    paths = []
    for user in (None, "daemon"):
        job = attrs.evolve(JOB, name=f"shams-{user}.example")
        texts = {
            "service": service_unit(job, attrs.evolve(place, user=user)),
            "timer": timer_unit(job),
        }
        if user:
            paths.append(str(tmp_path / "newscrawl-watch.service"))
            text = watch_unit(attrs.evolve(place, user=user), 4)
            Path(paths[-1]).write_text(text, "utf-8")
        for suffix, text in texts.items():
            path = tmp_path / f"{unit_name(job)}.{suffix}"
            path.write_text(text, "utf-8")
            paths.append(str(path))
    done = subprocess.run(
        ["systemd-analyze", "verify", *paths], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


@needs("crontab", "cron")
@pytest.mark.parametrize("every", ["1m", "5m", "30m", "1h", "2h", "12h", "1d"])
def test_cron_accepts_the_line(tmp_path: Path, place: Place, every: str) -> None:
    line = crontab_line(attrs.evolve(JOB, every=parse_interval(every)), place)
    path = tmp_path / "crontab"
    path.write_text(f"{line}\n", "utf-8")
    done = subprocess.run(
        ["crontab", "-n", str(path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("every", ["45m", "7h", "90m", "2d"])
def test_interval_that_cron_cannot_keep_is_refused(place: Place, every: str) -> None:
    with pytest.raises(UsageError, match="divides an hour or a day"):
        crontab_line(attrs.evolve(JOB, every=parse_interval(every)), place)


def test_line_of_cron_works_in_an_empty_environment(desk: Desk) -> None:
    with small_site() as site:
        done = desk.run("schedule", site.url, "--every", "1h", "--cron")
        assert done.returncode == 0, done.stderr
        command = done.stdout.split(maxsplit=5)[5].strip().replace(r"\%", "%")
        done_by_cron = subprocess.run(
            ["/bin/sh", "-c", command],
            env={
                "HOME": str(desk.folder),
                "PATH": "/usr/bin:/bin",
                "SHELL": "/bin/sh",
                **PRIVATE,
            },
            cwd="/",
            timeout=120,
            check=False,
        )
    assert done_by_cron.returncode == 0
    assert rows(desk.archive, "SELECT stored FROM run") == [{"stored": 1}]


def test_schedule_says_what_is_next(desk: Desk) -> None:
    done = desk.run("schedule", "https://shams.example/", "--every", "90m")
    assert done.returncode == 0
    assert "every 90m" in done.stdout
    assert [job.name for job in read_jobs(desk.jobs_file)] == ["shams.example"]
    units = desk.run(
        "schedule", "shams.example", "--every", "2h", "--systemd", str(desk.folder / "units")
    )
    assert "systemctl enable --now newscrawl-shams.example.timer" in units.stdout
    assert len(list((desk.folder / "units").iterdir())) == 2


def test_health_without_jobs_is_not_well(desk: Desk) -> None:
    done = desk.run("health")
    assert done.returncode == 1
    assert "names no job" in " ".join(done.stdout.split())
